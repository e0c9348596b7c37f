"""``thalweg catalogue index | compact | remove``: an Item store made faster, and smaller, with what came of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.filesize import decimal

from thalweg.app.progress import counted, say, telling
from thalweg.core.errors import Unavailable
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery
from thalweg.core.queryables import Kind, Queryable, Reach
from thalweg.cql2.names import plain
from thalweg.cql2.reading import read_json
from thalweg.identity.service import ADMIN

if TYPE_CHECKING:
    from thalweg.app.compose import Platform
    from thalweg.catalogue.ports import Maintained

_REACHES = {Reach.INDEXED: "indexed", Reach.KEPT: "kept", Reach.SEEN: "let go of"}
_ALL = 2**62


def index(platform: "Platform", collection: str | None, names: tuple[str, ...], reach: Reach, kind: Kind | None) -> int:
    """Declare properties, and say of each how many Items have it; return the exit code.

    Raises:
        NotFound: there is no such Collection.
    """
    console = Console()
    known = {one.name: one.kind for one in platform.catalogue.queryables(collection, ADMIN)}
    for name in map(plain, names):
        asked = Queryable(name, kind or known.get(name, "string"), collection, reach)
        with telling(console, advice="the same command does it again") as told:
            platform.catalogue.declare(asked, ADMIN, told)
        for line in _declared(platform, asked):
            say(console, line)
    return 0


def _declared(platform: "Platform", asked: Queryable) -> Iterator[str]:
    has = read_json({"op": "not", "args": [{"op": "isNull", "args": [{"property": asked.name}]}]})
    collections = () if asked.collection is None else (asked.collection,)
    number = platform.item_store.count(ItemQuery(collections=collections, filter=has), EVERYTHING, _ALL) or 0
    where = asked.collection or "all Collections"
    yield f"{_REACHES[asked.reach]} {asked.name} of {where}: {counted(number, 'Item')}"
    if number == 0 and asked.reach is not Reach.SEEN:
        yield f"  no Item of {where} has {asked.name}: is it written so? It is found by once one has."


def remove(platform: "Platform", collection: str, *, with_items: bool, sure: bool) -> int:
    """Remove a Collection, with its Items where that is wanted; return the exit code.

    Raises:
        NotFound: there is no such Collection.
        Conflict: it holds Items, and they are not to go.
    """
    console = Console()
    platform.catalogue.collection(collection, ADMIN)
    number = platform.item_store.count(ItemQuery(collections=(collection,)), EVERYTHING, _ALL) or 0
    if with_items and number:
        if not sure:
            click.confirm(f"Remove {collection} and its {counted(number, 'Item')}?", abort=True)
        with telling(console, advice="the same command goes on with what is left") as told:
            platform.catalogue.empty(collection, ADMIN, told)
    platform.catalogue.remove_collection(collection, ADMIN)
    before = f" and its {counted(number, 'Item')}, of which each is kept as what was" if number else ""
    say(console, f"removed {collection}{before}")
    return 0


def compact(platform: "Platform", store: "Maintained") -> int:
    """Pack what can be packed, give back what is free, and say how much that was; return the exit code."""
    console, file = Console(), _file_of(platform)
    before = _size(store, file)
    with telling(console, advice="what is packed stays so, the same command does the rest") as told:
        store.compact(told)
    if file is not None:
        try:
            _give_back(platform, file)
        except Unavailable as error:  # what is packed is packed all the same
            say(console, str(error))
    say(console, f"{decimal(before)} before, {decimal(_size(store, file))} now.")
    return 0


def _give_back(platform: "Platform", file: Path) -> None:
    from thalweg.app.vacuuming import vacuum  # noqa: PLC0415 - only where there is a file

    platform.item_store.close()
    vacuum(file)


def _size(store: "Maintained", file: Path | None) -> int:
    if file is None:
        return sum(store.statistics().bytes.values())
    return sum(one.stat().st_size for one in (file, file.with_name(f"{file.name}-wal")) if one.exists())


def _file_of(platform: "Platform") -> Path | None:
    from sqlalchemy import make_url  # noqa: PLC0415 - slow to load

    url = make_url(platform.settings.items_url)
    return Path(url.database) if url.drivername == "sqlite" and url.database else None
