"""From an address to a store: our own pgstac database brought up to date, or another's attached as it is."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import URL, Engine, event, make_url

from thalweg.catalogue.stores.pgstac.connections import Connection, Pool
from thalweg.core.errors import NotSupported, Unavailable
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.catalogue.ports import ItemStore

SEARCH_PATH = "thalweg, pgstac, public"
_UNACCENT = "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'unaccent'"
_TRIES = 8
_LOCK = 72160003
"""The advisory lock of who brings pgstac up to date."""


@dataclass(frozen=True, slots=True)
class Address:
    """What ``postgresql://…?attached=public/anyone`` says.

    Attributes:
        url: of the database alone.
        attached: the class of all that a database of others holds, which is read as it is; ``None``: it is ours.
        others: the class of Collections that other programs put into our database; ``""``: nobody's.
    """

    url: URL
    attached: str | None
    others: str

    @classmethod
    def of(cls, text: str) -> Address:
        """Read the address; options of ours are taken out of its query."""
        url = make_url(text)
        attached, others = (url.query.get(name) for name in ("attached", "others"))
        if not (attached is None or isinstance(attached, str)) or not (others is None or isinstance(others, str)):
            raise NotSupported("A store's address names attached= and others= once.")
        return cls(url.difference_update_query(["attached", "others"]), attached, others or "")

    @property
    def text(self) -> str:
        """Return the database's address as psycopg takes it."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)


def open_store(url: str) -> ItemStore:
    """Open the store on ``postgresql://…``, its schemas brought up to date.

    With ``?attached=CLASS`` a pgstac database of others is read as it is and nothing is written to it; all of it
    carries that visibility class. With ``?others=CLASS`` what other programs wrote into our database carries that
    class; else only the platform's own work sees it.

    Raises:
        Unavailable: the database cannot be reached.
        NotSupported: an attached database holds no pgstac that can be read.
    """
    address = Address.of(url)
    if address.attached is not None:
        from thalweg.catalogue.stores.pgstac.attached import open_attached  # noqa: PLC0415 - the rarer way

        return open_attached(address.text, address.attached)
    from thalweg.catalogue.stores.pgstac.store import PgstacStore  # noqa: PLC0415 - it imports this module's words

    engine = _engine(address)
    pool = Pool(address.text, SEARCH_PATH)
    bring_up_to_date(engine, pool, address.text)
    store = PgstacStore(engine, pool)
    store.give_to_others(address.others)
    return store


def _engine(address: Address) -> Engine:
    engine = open_engine(address.text)

    @event.listens_for(engine, "connect")
    def _first_ours(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined] # SQLAlchemy gives any DBAPI's
        cursor.execute(f"SET search_path TO {SEARCH_PATH}")
        cursor.close()
        connection.commit()  # type: ignore[attr-defined]

    return engine


def bring_up_to_date(engine: Engine, pool: Pool, dsn: str) -> None:
    """Migrate pgstac by pypgstac, then the side schema; one at a time, whoever starts at the same moment."""
    from pypgstac import __version__  # noqa: PLC0415 - needed where something is to be done

    with pool.reading() as connection:
        known = connection.execute("SELECT to_regclass('pgstac.migrations') IS NOT NULL AS there").fetchone()
        current = None
        if known and known[0]:
            found = connection.execute(
                "SELECT version FROM pgstac.migrations ORDER BY datetime DESC, version DESC LIMIT 1"
            )
            row = found.fetchone()
            current = row[0] if row else None
    if current != __version__:
        _migrate_pgstac(pool, dsn)
    with pool.writing() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute("CREATE SCHEMA IF NOT EXISTS thalweg")
        _find_unaccent(connection)
    migrate(engine, "sql")
    migrate(engine, "catalogue.stores.pgstac")


def _find_unaccent(connection: Connection) -> None:
    """Have the extension unaccent where all look for it: to bring an old pgstac up to date puts it elsewhere."""
    found = connection.execute(_UNACCENT).fetchone()
    if found is not None and found[0] != "public":
        connection.execute("ALTER EXTENSION unaccent SET SCHEMA public")


def _migrate_pgstac(pool: Pool, dsn: str) -> None:
    from pypgstac.db import PgstacDB  # noqa: PLC0415 - half a second to load
    from pypgstac.migrate import Migrate  # noqa: PLC0415

    def attempt() -> None:
        database = PgstacDB(dsn)
        try:
            Migrate(database).run_migration()
        finally:
            database.disconnect()

    with pool.writing() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        unhurried(attempt)


def unhurried(attempt: Callable[[], None]) -> None:
    """Try again while another database of the same server is migrated: roles are the server's, locks a database's.

    Raises:
        Unavailable: others are still at it.
    """
    for tried in range(_TRIES):
        try:
            attempt()
        except psycopg.errors.InternalError as error:
            if "concurrently updated" not in str(error):
                raise
            time.sleep(random.uniform(0.2, 1.0) * (tried + 1))  # noqa: S311 - only spreads who waits
        else:
            return
    raise Unavailable("Other databases of this server are brought up to date just now: try again.")
