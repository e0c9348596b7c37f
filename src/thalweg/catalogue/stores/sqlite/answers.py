"""The questions of the store: each in one reading transaction, bounded in time."""

import time
from collections.abc import Hashable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

import apsw
import orjson

from thalweg.catalogue.changes import ChangeQuery, Changes
from thalweg.catalogue.footprints import grounds_of
from thalweg.catalogue.ports import Extent
from thalweg.catalogue.stores.merging import merged
from thalweg.catalogue.stores.sqlite import as_of, changes_since, collections, counts, telling, versions
from thalweg.catalogue.stores.sqlite.aggregates import Aggregates
from thalweg.catalogue.stores.sqlite.aggregates_then import AggregatesThen, BothNarrowing
from thalweg.catalogue.stores.sqlite.census import Scope
from thalweg.catalogue.stores.sqlite.chains import document_at
from thalweg.catalogue.stores.sqlite.classes import Seen
from thalweg.catalogue.stores.sqlite.filters import Bound
from thalweg.catalogue.stores.sqlite.listing import Found, Listing
from thalweg.catalogue.stores.sqlite.listing_then import PastListing
from thalweg.catalogue.stores.sqlite.narrowing import Narrowed, Narrowing, Row
from thalweg.catalogue.stores.sqlite.opened import Opened
from thalweg.catalogue.stores.sqlite.pages import page_of
from thalweg.catalogue.stores.sqlite.plans import find, stopping
from thalweg.catalogue.stores.sqlite.sentinel import Stamp
from thalweg.catalogue.times import milliseconds, moment
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

    def item(self, collection: str, item_id: str, seen_by: Visibility, as_of: datetime | None = None) -> Item:
        """Return one Item, as it is or as it was."""
        if as_of is not None:
            return self._item_then(collection, item_id, seen_by, milliseconds(as_of))
        row = self._connections.glance(_POINT, (collection, item_id))
        if row is None or not seen_by.sees(row[3]):
            raise NotFound(f"The Collection {collection!r} has no Item {item_id!r}.")
        version, d, packed, visibility_class = row
        body = self._bodies.known(d, packed)
        if body is None:
            with self._connections.reading() as connection:
                body = self._bodies.unpacked(connection, d, packed)
        return Item(collection, item_id, body, version, visibility_class)

    def _item_then(self, collection: str, item_id: str, seen_by: Visibility, at: int) -> Item:
        with self._connections.reading() as connection:
            seen, names = self._classes.seen(connection, seen_by), self._classes.names(connection)
            found = as_of.point(connection, self._bodies, collection, item_id, at, seen)
        if found is None:
            raise NotFound(f"The Collection {collection!r} has no Item {item_id!r}.")
        version, k, body = found
        return Item(collection, item_id, body, version, names[k])

    def find(self, query: ItemQuery, seen_by: Visibility) -> Page[Item]:
        """Return a page of Items; one more is read to know if any follow."""
        asking = self._asking(seen_by)
        with asking as (stamp, seen), self._searching(query, seen_by) as (connection, _, asked, scope):
            # To find nothing takes longest: who asks again is told what was found, or counted, before.
            question = _all_of(query, seen) if asked.is_dear else None
            known = self._held.known(stamp, question) if question else None
            if known == 0:
                return Page(())
            most = query.limit + 1
            rows, were = find(connection, asked, scope, most, known), list[Row]()
            if query.as_of is not None:
                were = as_of.find(connection, self._past(connection, query, seen_by), most)
                both, down = [*rows, *were], asked.order.descending
                rows = merged(both, attrgetter("keys"), down, backwards=asked.backwards)[:most]
            page = page_of(rows, query.limit, query.after, lambda row: Token(row.keys))
            if question and query.after is None and page.next is None:
                self._held.note(stamp, question, len(page.found))
            past = frozenset(row.n for row in were)
            return Page(tuple(self._items(connection, page.found, past)), page.next, page.previous)

    def count(self, query: ItemQuery, seen_by: Visibility, most: int, seconds: float = 0.0) -> int | None:
        """Return how many Items the query finds, ``None`` for more than ``most`` that take longer than ``seconds``.

        What the tally knows is told however many there are.
        """
        with self._asking(seen_by) as (stamp, seen):
            question = _all_of(query, seen)
            counted = ("count", most, seconds, *question)
            found = self._held.answer(stamp, counted, lambda: self._counted(query, seen_by, most, seconds))
            if found is not None:
                self._held.note(stamp, question, found)
            return found

    def _counted(self, query: ItemQuery, seen_by: Visibility, most: int, seconds: float) -> int | None:
        with self._searching(query, seen_by) as (connection, _, asked, scope):
            if query.as_of is None:
                return counts.count(connection, asked, scope, most, seconds)
            found = counts.count(connection, asked, scope, most)
            if found is None:
                return None
            found += as_of.count(connection, self._past(connection, query, seen_by), most)
            return found if found <= most else None

    @contextmanager
    def _asking(self, seen_by: Visibility) -> Iterator[tuple[Stamp, Seen]]:
        """Read one snapshot, in which what is asked inside joins; the stamp is of a moment before it."""
        stamp = self._sentinel.now()
        with self._connections.reading() as connection:
            yield stamp, self._classes.seen(connection, seen_by)

    def aggregate(
        self, query: ItemQuery, asked: Sequence[Aggregation], seen_by: Visibility, most: int
    ) -> tuple[Aggregated, ...]:
        """Answer aggregations over all Items that the query finds."""
        with self._asking(seen_by) as (stamp, seen):
            question = ("sums", most, tuple(asked), *_all_of(query, seen))
            return self._held.answer(stamp, question, lambda: self._aggregated(query, asked, seen_by, most))

    def _aggregated(
        self, query: ItemQuery, asked: Sequence[Aggregation], seen_by: Visibility, most: int
    ) -> tuple[Aggregated, ...]:
        with self._searching(query, seen_by) as (connection, narrowing, narrowed, scope):
            if query.as_of is None:
                return Aggregates(connection, narrowing, narrowed, scope).all(asked, most)
            past = self._past(connection, query, seen_by, narrowing.bound)
            within = _within(connection, query)
            both = BothNarrowing(connection, self._functions, narrowed.seen, within, narrowing.bound)
            return AggregatesThen(connection, both, narrowed, past, scope).all(asked, most)

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

    def milestones(self, every: int, seen_by: Visibility) -> tuple[Token, ...]:
        """Return each so-manieth place of the list of changes."""
        from thalweg.catalogue.stores.sqlite import milestones  # noqa: PLC0415 - not before a harvester asks

        with self._connections.reading() as connection, self._in_time(connection, frozenset()):
            return milestones.milestones(connection, every, self._classes.seen(connection, seen_by))

    def collection(self, collection: str, seen_by: Visibility, as_of: datetime | None = None) -> Collection:
        """Return one Collection, as it is or as it was."""
        with self._connections.reading() as connection:
            seen, names = self._classes.seen(connection, seen_by), self._classes.names(connection)
            if as_of is not None:
                return collections.read_then(connection, collection, milliseconds(as_of), seen, names)
            return collections.read(connection, collection, seen, names)

    def collections(self, query: CollectionQuery, seen_by: Visibility) -> Page[Collection]:
        """Return a page of Collections, in the order of their registration unless sorted otherwise."""
        most = query.limit + 1
        with self._listing(query, seen_by) as (connection, listings):
            names = self._classes.names(connection)
            rows = [one for listing in listings for one in listing.page(connection, names, most)]
            if len(listings) > 1:
                backwards = query.after is not None and query.after.backwards
                rows = merged(rows, itemgetter(0), listings[0].order.descending, backwards=backwards)[:most]
        page: Page[Found] = page_of(rows, query.limit, query.after, lambda row: Token(row[0]))
        return Page(tuple(collection for _, collection in page.found), page.next, page.previous)

    def count_collections(self, query: CollectionQuery, seen_by: Visibility, most: int) -> int | None:
        """Return how many Collections the query finds, ``None`` for more than ``most``."""
        with self._listing(query, seen_by) as (connection, listings):
            found = sum(listing.count(connection, most) for listing in listings)
        return found if found <= most else None

    @contextmanager
    def _listing(
        self, query: CollectionQuery, seen_by: Visibility
    ) -> Iterator[tuple[apsw.Connection, Sequence[Listing]]]:
        self._functions.clear()
        sides = [Listing] if query.as_of is None else [Listing, PastListing]
        with self._connections.reading() as connection:
            seen = self._classes.seen(connection, seen_by)
            with self._in_time(connection, frozenset()):
                yield connection, [side(self._functions, query, seen) for side in sides]

    @contextmanager
    def _searching(
        self, query: ItemQuery, seen_by: Visibility
    ) -> Iterator[tuple[apsw.Connection, Narrowing, Narrowed, Scope]]:
        self._functions.clear()
        with self._connections.reading() as connection:
            seen = self._classes.seen(connection, seen_by)
            narrowing = Narrowing(connection, self._functions, seen, _within(connection, query))
            asked = self._narrowed(narrowing, query)
            scope = self._census.scope(connection, seen, asked.collections)
            with self._in_time(connection, asked.slow):
                yield connection, narrowing, asked, scope

    def _past(
        self, connection: apsw.Connection, query: ItemQuery, seen_by: Visibility, bound: Bound | None = None
    ) -> Narrowed:
        """Return what a query asks of versions of the past."""
        seen = self._classes.seen(connection, seen_by)
        narrowing = as_of.PastNarrowing(connection, self._functions, seen, _within(connection, query), bound)
        return self._narrowed(narrowing, query)

    def _narrowed(self, narrowing: Narrowing, query: ItemQuery) -> Narrowed:
        grounds = grounds_of(query, self._limits.positions)
        boxy = [True, False] if query.bbox is not None else [False]
        return narrowing.of(query, grounds, boxy[: len(grounds)])

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

    def _items(self, connection: apsw.Connection, rows: Sequence[Row], past: AbstractSet[int]) -> Iterator[Item]:
        """Yield the Items of rows; of those whose numbers are in ``past``, the version is one that was superseded."""
        names = self._classes.names(connection)
        ids: dict[int, str] = {}
        listed = orjson.dumps([row.n for row in rows]).decode()
        documents = {n: (d, packed) for n, d, packed in _typed(connection.execute(_DOCUMENTS, (listed,)))}
        for row in rows:
            if row.c not in ids:
                ids[row.c] = connection.execute("SELECT id FROM coll WHERE c = ?", (row.c,)).get
            if row.n in past:
                body = document_at(connection, self._bodies, row.n, row.v)
            else:
                body = self._bodies.unpacked(connection, *documents[row.n])
            yield Item(ids[row.c], row.id, body, row.v, names[row.k])


def _all_of(query: ItemQuery, seen: Seen) -> tuple[Hashable, ...]:
    """Return what the pages of one question have in common, in whatever order: what is asked, and who may see it."""
    return "all", repr(replace(query, limit=1, after=None, sort=())), seen.bitmap, seen.everything


def _within(connection: apsw.Connection, query: ItemQuery) -> list[int] | None:
    """Return the numbers of the Collections that a query names; for a time, also of those that went since."""
    if not query.collections:
        return None
    numbers = collections.numbers if query.as_of is None else collections.numbers_ever
    return list(numbers(connection, query.collections).values())


def _typed(rows: Iterable[Any]) -> Iterable[Any]:
    return rows
