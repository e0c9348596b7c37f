"""The embedded Item store: one SQLite file, read and written through apsw."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import apsw
from sqlalchemy import Engine

from thalweg.catalogue.footprints import grounds_of
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import ItemStore, NewCollection, NewItem
from thalweg.catalogue.stores import collections, items
from thalweg.catalogue.stores.bodies import ENOUGH, Bodies, dictionary_number, taught
from thalweg.catalogue.stores.classes import Classes
from thalweg.catalogue.stores.narrowing import Narrowed, Row, narrowed
from thalweg.catalogue.stores.plans import find, stopping
from thalweg.core.errors import NotFound, Unavailable
from thalweg.core.events import Event, Outbox
from thalweg.core.items import Collection, Item
from thalweg.core.principals import Visibility
from thalweg.core.queries import CollectionQuery, ItemQuery, Page, Token
from thalweg.sql.connections import Connections
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate
from thalweg.sql.outbox import SqlOutbox, record_raw

T = TypeVar("T")
_POINT = """
SELECT item.k, item.v, doc.d, doc.z FROM coll CROSS JOIN item ON item.c = coll.c CROSS JOIN doc ON doc.n = item.n
WHERE coll.id = ? AND item.id = ?
"""
_NEWEST_BODIES = "SELECT d, z FROM doc WHERE n IN (SELECT n FROM item WHERE c = ? ORDER BY t DESC, n DESC LIMIT ?)"
_SEARCH_SECONDS = 10.0


def open_store(url: str) -> "SqliteStore":
    """Open the store on ``sqlite:///path``, its tables brought up to date."""
    engine = open_engine(url)
    migrate(engine, "sql")
    migrate(engine, "catalogue")
    return SqliteStore(engine)


class SqliteStore:
    """Items and Collections in one SQLite file; ``engine`` is of the same file, for its outbox."""

    def __init__(self, engine: Engine, limits: Limits = Limits(), seconds: float = _SEARCH_SECONDS) -> None:  # noqa: B008 - frozen
        self._limits = limits
        self._engine = engine
        self._connections = Connections(str(engine.url.database))
        self._classes, self._bodies = Classes(), Bodies()
        self._outbox = SqlOutbox(engine, "catalogue")
        self._seconds = seconds

    @property
    def outbox(self) -> Outbox:
        """Return the log of what changed here."""
        return self._outbox

    def item(self, collection: str, item_id: str, seen_by: Visibility) -> Item:
        """Return one Item."""
        with self._connections.reading() as connection:
            row = connection.execute(_POINT, (collection, item_id)).get
            seen = self._classes.seen(connection, seen_by)
            if row is None or not seen.sees(row[0]):
                raise NotFound(f"The Collection {collection!r} has no Item {item_id!r}.")
            k, version, d, packed = row
            body = self._bodies.unpacked(connection, d, packed)
            return Item(collection, item_id, body, version, self._classes.names(connection)[k])

    def find(self, query: ItemQuery, seen_by: Visibility) -> Page[Item]:
        """Return a page of Items; one more is read to know if any follow."""
        with self._searching(query, seen_by) as (connection, asked):
            rows = find(connection, asked, query.limit + 1)
            page = _page(rows, query.limit, query.after, lambda row: Token((row.t, row.n)))
            return Page(tuple(self._items(connection, page.found)), page.next, page.previous)

    def count(self, query: ItemQuery, seen_by: Visibility, most: int) -> int | None:
        """Return how many Items the query finds, ``None`` for more than ``most``."""
        with self._searching(query, seen_by) as (connection, asked):
            found = len(find(connection, asked, most + 1))
        return found if found <= most else None

    @contextmanager
    def _searching(self, query: ItemQuery, seen_by: Visibility) -> Iterator[tuple[apsw.Connection, Narrowed]]:
        grounds = grounds_of(query, self._limits.positions)
        deadline = time.monotonic() + self._seconds
        with self._connections.reading() as connection:
            within = None
            if query.collections:
                within = list(collections.numbers(connection, query.collections).values())
            asked = narrowed(query, self._classes.seen(connection, seen_by), within, grounds)
            try:
                with stopping(connection, lambda: time.monotonic() > deadline):
                    yield connection, asked
            except apsw.InterruptError as error:
                raise Unavailable(f"The search took longer than {self._seconds:g} s: narrow it.") from error

    def _items(self, connection: apsw.Connection, rows: Iterable[Row]) -> Iterator[Item]:
        names = self._classes.names(connection)
        ids: dict[int, str] = {}
        for row in rows:
            if row.c not in ids:
                ids[row.c] = connection.execute("SELECT id FROM coll WHERE c = ?", (row.c,)).get
            d, packed = connection.execute("SELECT d, z FROM doc WHERE n = ?", (row.n,)).get
            yield Item(ids[row.c], row.id, self._bodies.unpacked(connection, d, packed), row.v, names[row.k])

    def register(self, items_: Sequence[NewItem], events: Sequence[Event]) -> tuple[Item, ...]:
        """Take new Items, all or none, packed before the lock is taken."""
        self._teach(items_)
        packed = self._packed(items_)
        with self._connections.writing() as connection:
            numbers = _all_of(connection, {item.collection for item in items_})
            versions = items.insert(connection, numbers, list(zip(items_, packed, strict=True)))
            record_raw(connection, events)
        return tuple(
            Item(item.collection, item.id, item.body, version, item.visibility_class)
            for item, version in zip(items_, versions, strict=True)
        )

    def replace(self, item: NewItem, version: int, events: Sequence[Event]) -> Item:
        """Put an Item in the place of the one that has this version."""
        (packed,) = self._packed([item])
        with self._connections.writing() as connection:
            c = _all_of(connection, {item.collection})[item.collection]
            new = items.replace(connection, c, item, packed, version)
            record_raw(connection, events)
        return Item(item.collection, item.id, item.body, new, item.visibility_class)

    def remove(self, collection: str, item_id: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Item that has this version."""
        with self._connections.writing() as connection:
            c = _all_of(connection, {collection})[collection]
            items.remove(connection, c, collection, item_id, version)
            record_raw(connection, events)

    def collection(self, collection: str, seen_by: Visibility) -> Collection:
        """Return one Collection."""
        with self._connections.reading() as connection:
            seen = self._classes.seen(connection, seen_by)
            return collections.read(connection, collection, seen, self._classes.names(connection))

    def collections(self, query: CollectionQuery, seen_by: Visibility) -> Page[Collection]:
        """Return a page of Collections in the order of their registration."""
        limit, after = query.limit, query.after
        with self._connections.reading() as connection:
            seen, names = self._classes.seen(connection, seen_by), self._classes.names(connection)
            rows = collections.listed(connection, seen, names, limit + 1, after)
        page = _page(rows, limit, after, lambda row: Token((row[0],)))
        return Page(tuple(collection for _, collection in page.found), page.next, page.previous)

    def register_collection(self, collection: NewCollection, events: Sequence[Event]) -> Collection:
        """Take a new Collection."""
        with self._connections.writing() as connection:
            version = collections.register(connection, collection)
            record_raw(connection, events)
        return Collection(collection.id, collection.body, version, collection.visibility_class)

    def replace_collection(self, collection: NewCollection, version: int, events: Sequence[Event]) -> Collection:
        """Put a Collection in the place of the one that has this version."""
        with self._connections.writing() as connection:
            new = collections.replace(connection, collection, version)
            record_raw(connection, events)
        return Collection(collection.id, collection.body, new, collection.visibility_class)

    def remove_collection(self, collection: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Collection that has this version and holds no Items."""
        with self._connections.writing() as connection:
            collections.remove(connection, collection, version)
            record_raw(connection, events)

    def close(self) -> None:
        """Let go of files and connections."""
        self._connections.close()
        self._engine.dispose()

    def _packed(self, items_: Sequence[NewItem]) -> list[items.Packed]:
        with self._connections.reading() as connection:
            numbers = _all_of(connection, {item.collection for item in items_})
            newest = {name: dictionary_number(connection, c) for name, c in numbers.items()}
            return [
                (newest[item.collection], self._bodies.packed(connection, newest[item.collection], item.body))
                for item in items_
            ]

    def _teach(self, items_: Sequence[NewItem]) -> None:
        """Give a dictionary to each Collection that has none and, with these Items, enough to learn from."""
        for name in {item.collection for item in items_}:
            fresh = [item.body for item in items_ if item.collection == name]
            sample = self._sample(name, fresh)
            dictionary = taught(sample) if len(sample) >= ENOUGH else None
            if dictionary is None:
                continue
            with self._connections.writing() as connection:
                connection.execute(
                    "INSERT INTO dict (c, body) SELECT c, ?2 FROM coll WHERE id = ?1"
                    " AND NOT EXISTS (SELECT 1 FROM dict WHERE dict.c = coll.c)",
                    (name, dictionary),
                )

    def _sample(self, collection: str, fresh: list[bytes]) -> list[bytes]:
        with self._connections.reading() as connection:
            c = collections.numbers(connection, [collection]).get(collection)
            if c is None or dictionary_number(connection, c):
                return []
            held: int = connection.execute("SELECT coalesce(sum(n), 0) FROM tally WHERE c = ?", (c,)).get
            # Where the Items are too unlike, the next try waits for as many more.
            if held // ENOUGH == (held + len(fresh)) // ENOUGH:
                return []
            rows: Any = connection.execute(_NEWEST_BODIES, (c, ENOUGH)).fetchall()
            return fresh + [self._bodies.unpacked(connection, d, packed) for d, packed in rows]


def _all_of(connection: apsw.Connection, ids: set[str]) -> dict[str, int]:
    numbers = collections.numbers(connection, ids)
    for missing in sorted(ids - numbers.keys()):
        raise collections.missing(missing)
    return numbers


def _page(rows: list[T], limit: int, after: Token | None, token: Callable[[T], Token]) -> Page[T]:
    """Cut off the one row too many and say what follows and what went before."""
    more, rows = len(rows) > limit, rows[:limit]
    if not rows:
        return Page(())
    if after is None or not after.backwards:
        previous = _turned(token(rows[0])) if after is not None else None
        return Page(tuple(rows), token(rows[-1]) if more else None, previous)
    rows.reverse()
    return Page(tuple(rows), token(rows[-1]), _turned(token(rows[0])) if more else None)


def _turned(token: Token) -> Token:
    return Token(token.keys, backwards=True)


if TYPE_CHECKING:
    _keeps_its_promise: type[ItemStore] = SqliteStore
