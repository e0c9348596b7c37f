"""The questions of the store: each in one reading transaction, bounded in time."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import apsw
import orjson

from thalweg.catalogue.changes import ChangeQuery, Changes
from thalweg.catalogue.footprints import grounds_of
from thalweg.catalogue.ports import Extent
from thalweg.catalogue.stores.sqlite import changes_since, collections, counts, telling, versions
from thalweg.catalogue.stores.sqlite.aggregates import Aggregates
from thalweg.catalogue.stores.sqlite.census import Scope
from thalweg.catalogue.stores.sqlite.listing import Found, Listing
from thalweg.catalogue.stores.sqlite.narrowing import Narrowed, Narrowing, Row
from thalweg.catalogue.stores.sqlite.opened import Opened
from thalweg.catalogue.stores.sqlite.pages import page_of
from thalweg.catalogue.stores.sqlite.plans import find, stopping
from thalweg.catalogue.times import moment
from thalweg.core.errors import NotFound, Unavailable
from thalweg.core.geometry import BBox
from thalweg.core.items import Collection, Item, Version
from thalweg.core.principals import Visibility
from thalweg.core.queries import Aggregated, Aggregation, CollectionQuery, ItemQuery, Page, Token
from thalweg.core.queryables import Queryable

_POINT = """
SELECT item.v, doc.d, doc.z, class.name FROM coll CROSS JOIN item ON item.c = coll.c CROSS JOIN doc ON doc.n = item.n
CROSS JOIN class ON class.k = item.k WHERE coll.id = ? AND item.id = ?
"""
_EXTENT = """
SELECT min(west), min(south), max(east), max(north), min(t - lead), max(t + lag), max(west > east)
FROM item WHERE c = (SELECT c FROM coll WHERE id = ?)
"""
_DOCUMENTS = "SELECT doc.n, d, z FROM json_each(?) AS one CROSS JOIN doc ON doc.n = one.value"


class Answers(Opened):
    """What is asked of Items and Collections."""

    def item(self, collection: str, item_id: str, seen_by: Visibility) -> Item:
        """Return one Item."""
        row = self._connections.glance(_POINT, (collection, item_id))
        if row is None or not seen_by.sees(row[3]):
            raise NotFound(f"The Collection {collection!r} has no Item {item_id!r}.")
        version, d, packed, visibility_class = row
        body = self._bodies.known(d, packed)
        if body is None:
            with self._connections.reading() as connection:
                body = self._bodies.unpacked(connection, d, packed)
        return Item(collection, item_id, body, version, visibility_class)

    def find(self, query: ItemQuery, seen_by: Visibility) -> Page[Item]:
        """Return a page of Items; one more is read to know if any follow."""
        with self._searching(query, seen_by) as (connection, _, asked, scope):
            rows = find(connection, asked, scope, query.limit + 1)
            page = page_of(rows, query.limit, query.after, lambda row: Token(row.keys))
            return Page(tuple(self._items(connection, page.found)), page.next, page.previous)

    def count(self, query: ItemQuery, seen_by: Visibility, most: int) -> int | None:
        """Return how many Items the query finds, ``None`` for more than ``most``; from the tally however many."""
        with self._searching(query, seen_by) as (connection, _, asked, scope):
            return counts.count(connection, asked, scope, most)

    def aggregate(
        self, query: ItemQuery, asked: Sequence[Aggregation], seen_by: Visibility, most: int
    ) -> tuple[Aggregated, ...]:
        """Answer aggregations over all Items that the query finds."""
        with self._searching(query, seen_by) as (connection, narrowing, narrowed, scope):
            return Aggregates(connection, narrowing, narrowed, scope).all(asked, most)

    def queryables(self, collection: str | None, seen_by: Visibility) -> tuple[Queryable, ...]:
        """Return what can be asked of a Collection's Items, or of all Items."""
        with self._connections.reading() as connection:
            seen = self._classes.seen(connection, seen_by)
            c = None
            if collection is not None:
                collections.read(connection, collection, seen, self._classes.names(connection))
                c = collections.numbers(connection, [collection])[collection]
            return telling.queryables(connection, seen, c, collection)

    def extent(self, collection: str) -> Extent | None:
        """Return where and when the Items of a Collection are."""
        row: Any = self._connections.glance(_EXTENT, (collection,))
        if row is None or row[4] is None:
            return None
        west, south, east, north, first, last, crosses = row
        if crosses:
            west, east = -180.0, 180.0
        box = None if south is None else BBox(west, south, east, north)
        return Extent(box, moment(first), moment(last))

    def versions(self, collection: str, item_id: str, seen_by: Visibility) -> tuple[Version, ...]:
        """Return what an Item was and is, newest first."""
        with self._connections.reading() as connection:
            seen = self._classes.seen(connection, seen_by)
            found = versions.versions(connection, self._bodies, collection, item_id, seen)
        if not found:
            raise NotFound(f"The Collection {collection!r} has no Item {item_id!r}.")
        return found

    def changes(self, query: ChangeQuery, seen_by: Visibility) -> Changes:
        """Return a page of what changed, in the order of the last change of each."""
        with self._connections.reading() as connection, self._in_time(connection, frozenset()):
            seen, names = self._classes.seen(connection, seen_by), self._classes.names(connection)
            return changes_since.changes(connection, self._bodies, query, seen, names)

    def collection(self, collection: str, seen_by: Visibility) -> Collection:
        """Return one Collection."""
        with self._connections.reading() as connection:
            seen = self._classes.seen(connection, seen_by)
            return collections.read(connection, collection, seen, self._classes.names(connection))

    def collections(self, query: CollectionQuery, seen_by: Visibility) -> Page[Collection]:
        """Return a page of Collections, in the order of their registration unless sorted otherwise."""
        with self._listing(query, seen_by) as (connection, listing):
            rows = listing.page(connection, self._classes.names(connection), query.limit + 1)
        page: Page[Found] = page_of(rows, query.limit, query.after, lambda row: Token(row[0]))
        return Page(tuple(collection for _, collection in page.found), page.next, page.previous)

    def count_collections(self, query: CollectionQuery, seen_by: Visibility, most: int) -> int | None:
        """Return how many Collections the query finds, ``None`` for more than ``most``."""
        with self._listing(query, seen_by) as (connection, listing):
            found = listing.count(connection, most)
        return found if found <= most else None

    @contextmanager
    def _listing(self, query: CollectionQuery, seen_by: Visibility) -> Iterator[tuple[apsw.Connection, Listing]]:
        with self._connections.reading() as connection:
            seen = self._classes.seen(connection, seen_by)
            with self._in_time(connection, frozenset()):
                yield connection, Listing(self._functions, query, seen)

    @contextmanager
    def _searching(
        self, query: ItemQuery, seen_by: Visibility
    ) -> Iterator[tuple[apsw.Connection, Narrowing, Narrowed, Scope]]:
        grounds = grounds_of(query, self._limits.positions)
        boxy = [True, False] if query.bbox is not None else [False]
        with self._connections.reading() as connection:
            within = None
            if query.collections:
                within = list(collections.numbers(connection, query.collections).values())
            seen = self._classes.seen(connection, seen_by)
            narrowing = Narrowing(connection, self._functions, seen, within)
            asked = narrowing.of(query, grounds, boxy[: len(grounds)])
            scope = self._census.scope(connection, seen, asked.collections)
            with self._in_time(connection, asked.slow):
                yield connection, narrowing, asked, scope

    @contextmanager
    def _in_time(self, connection: apsw.Connection, slow: frozenset[str]) -> Iterator[None]:
        deadline = time.monotonic() + self._seconds
        try:
            with stopping(connection, lambda: time.monotonic() > deadline):
                yield
        except apsw.InterruptError as error:
            why = f"The search took longer than {self._seconds:g} s: narrow it."
            if slow:
                names = ", ".join(sorted(slow))
                why += f" It reads whole documents for {names}: thalweg catalogue index makes that fast."
            raise Unavailable(why) from error

    def _items(self, connection: apsw.Connection, rows: Sequence[Row]) -> Iterator[Item]:
        names = self._classes.names(connection)
        ids: dict[int, str] = {}
        listed = orjson.dumps([row.n for row in rows]).decode()
        documents = {n: (d, packed) for n, d, packed in _typed(connection.execute(_DOCUMENTS, (listed,)))}
        for row in rows:
            if row.c not in ids:
                ids[row.c] = connection.execute("SELECT id FROM coll WHERE c = ?", (row.c,)).get
            yield Item(ids[row.c], row.id, self._bodies.unpacked(connection, *documents[row.n]), row.v, names[row.k])


def _typed(rows: Iterable[Any]) -> Iterable[Any]:
    return rows
