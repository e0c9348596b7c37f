"""``thalweg catalogue copy``: from a store that is there into another, which may be new."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.console import Console

from thalweg.app.compose import open_item_store
from thalweg.app.progress import telling
from thalweg.core.errors import InvalidParameter, NotFound

if TYPE_CHECKING:
    from sqlalchemy import URL

_GOES_ON = "the same command goes on there"


def copy(source: str, target: str) -> int:
    """Copy a store with progress; return the exit code: 1 where both do not hold the same in the end.

    Raises:
        InvalidParameter: an address is none.
        NotFound: there is no source.
        Unavailable: a store does not answer; the same command goes on where it was.
    """
    from thalweg.catalogue.copying import copy_store  # noqa: PLC0415 - costs what only a copy needs

    for name, address in (("SOURCE", source), ("TARGET", target)):
        check_spelling(name, address)
    if not store_is_there(source):
        raise NotFound(f"there is no store at {shown(source)}")
    console = Console()
    with telling(console, advice=_GOES_ON) as told:
        report = copy_store(open_item_store(source), open_item_store(target), told)
    console.print(report.said(), soft_wrap=True, highlight=False, markup=False)
    return 0 if report.equal else 1


def check_spelling(name: str, address: str) -> None:
    """Refuse a bare path, and say how its address is written."""
    if not urlsplit(address).scheme:
        raise InvalidParameter(
            name, f"an address is sqlite:///PATH or postgresql://USER@HOST/DATABASE; of this file: sqlite:///{address}"
        )


def store_is_there(address: str) -> bool:
    """Tell whether an address leads to a store, which is not made by asking; of other programs' stores it is believed.

    Raises:
        InvalidParameter: the address is none.
        Unavailable: the database does not answer.
    """
    looks = {"sqlite": _has_file, "postgresql": _has_schema}.get(urlsplit(address).scheme)
    return looks is None or looks(_url_of(address))


def shown(address: str) -> str:
    """Return an address as it may be seen: without its password."""
    return _url_of(address).render_as_string()


def _url_of(address: str) -> "URL":
    from sqlalchemy import make_url  # noqa: PLC0415 - slow to load
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - likewise

    try:
        return make_url(address)
    except (ArgumentError, ValueError) as error:  # the latter of a port that is no number
        raise InvalidParameter("address", "is written sqlite:///PATH or postgresql://USER@HOST/DATABASE") from error


def _has_file(url: "URL") -> bool:
    from thalweg.sql.connections import Connections  # noqa: PLC0415 - likewise

    path = Path(url.database or "")
    if not path.is_file():
        return False
    connections = Connections(path)
    try:
        return bool(connections.glance("SELECT count(*) FROM sqlite_master WHERE name = 'coll'", ()))
    finally:
        connections.close()


def _has_schema(url: "URL") -> bool:
    from sqlalchemy import text  # noqa: PLC0415 - likewise

    from thalweg.catalogue.stores.pgstac.opening import Address  # noqa: PLC0415 - likewise
    from thalweg.sql.engines import open_engine, reading  # noqa: PLC0415 - likewise

    engine = open_engine(Address.of(url.render_as_string(hide_password=False)).text)
    try:
        with reading(engine) as connection:
            return connection.execute(text("SELECT to_regclass('pgstac.items')")).scalar() is not None
    finally:
        engine.dispose()
