"""What the store answers: everything that reads, asked again where the answer knows of more than was known."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import orjson
import psycopg
from sqlalchemy import Engine

from thalweg.catalogue.changes import ChangeQuery, Changes
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.stores.pgstac import as_of as then
from thalweg.catalogue.stores.pgstac import changes_since, collections, counting, items, milestones, queryables
from thalweg.catalogue.stores.pgstac.bases import Bases
from thalweg.catalogue.stores.pgstac.bodies import spelled
from thalweg.catalogue.stores.pgstac.census import Census
from thalweg.catalogue.stores.pgstac.classes import Classes, Seen
from thalweg.catalogue.stores.pgstac.compiling import Values, short
from thalweg.catalogue.stores.pgstac.connections import Connection, Pool
from thalweg.catalogue.stores.pgstac.finding import Asked, Found, Outdated, find, walk
from thalweg.catalogue.stores.pgstac.listing import Known, Listing, plain
from thalweg.catalogue.stores.pgstac.narrowing import Narrowed, narrowed
from thalweg.catalogue.stores.pgstac.ordering import Order, number_in
from thalweg.catalogue.stores.pgstac.planning import Indexes, Planning
from thalweg.catalogue.stores.pgstac.sorting import order_of
from thalweg.catalogue.stores.pgstac.upkeep import Upkeep
from thalweg.catalogue.stores.pgstac.versions import versions as past
from thalweg.core.errors import InvalidParameter
from thalweg.core.events import Outbox
from thalweg.core.items import Collection, Item, Version
from thalweg.core.principals import Visibility
from thalweg.core.queries import Aggregated, Aggregation, CollectionQuery, ItemQuery, Page, Token
from thalweg.core.queryables import Queryable
from thalweg.sql.outbox import SqlOutbox

T = TypeVar("T")
_SEARCH_SECONDS = 10.0
_AT_ONCE = 1_000
_ALL = 2**31
_POINT = """
SELECT content, private, CASE WHEN private ? 'geometry' THEN NULL ELSE ST_AsGeoJSON(geometry, 20) END
FROM pgstac."_items_{key}" WHERE id = %(id)s AND {visible}
"""
_CLASS = "(private ->> 'k')::int"
"""An Item that is not seen is not read: it takes as long as none."""


class Answers:
    """Questions to a pgstac database of ours; ``engine`` is of the same database, for its outbox."""

    def __init__(self, engine: Engine, pool: Pool, limits: Limits = Limits(), seconds: float = _SEARCH_SECONDS) -> None:  # noqa: B008 - frozen
        self._engine, self._pool, self._limits, self._seconds = engine, pool, limits, seconds
        self._classes, self._bases = Classes(pool), Bases()
        self._census, self._indexes = Census(pool), Indexes(pool)
        self._outbox = SqlOutbox(engine, "catalogue")
        self._places: dict[str, tuple[int, int]] = {}
        self._numbered: dict[str, int] = {}
        self._listing, self._upkeep, self._planning = Listing(), Upkeep(pool, self._bases), Planning(pool)
        self._span = 0

    @property
    def outbox(self) -> Outbox:
        """Return the log of what changed here."""
        return self._outbox

    @property
    def computes(self) -> bool:
        """Tell that a server answers."""
        return False

    def item(self, collection: str, item_id: str, seen_by: Visibility, as_of: datetime | None = None) -> Item:
        """Return one Item, by the key of its partition."""

        def ask(connection: Connection, seen: Seen) -> Item | None:
            row, (c, key) = self._point(connection, collection, item_id, seen)
            if as_of is not None and (row is None or items.since_of(orjson.loads(row[1])) > as_of):
                return self._item_then(connection, collection, item_id, as_of, seen)
            if row is None:
                return None
            private = orjson.loads(row[1])
            body = items.unpacked(connection, self._bases, (c, key, collection, item_id, row[0], private, row[2]))
            return Item(collection, item_id, body, int(private["v"]), self._classes.name(private["k"], connection))

        found = self._seen_now(ask, seen_by)
        if found is None:
            raise items.missing(collection, item_id)
        return found

    def _item_then(
        self, connection: Connection, collection: str, item_id: str, at: datetime, seen: Seen
    ) -> Item | None:
        found = None if "\0" in collection + item_id else then.point(connection, collection, item_id, at, seen)
        if found is None:
            return None
        version, k, body = found
        return Item(collection, item_id, body, version, self._classes.name(k, connection))

    def _seen_now(self, ask: Callable[[Connection, Seen], T | None], seen_by: Visibility) -> T | None:
        """Return what is found; where that is nothing, with the classes that there are now."""
        seen = self._classes.seen(seen_by)
        found = self._pool.read(lambda one: ask(one, seen))
        if found is None and self._class_is_new():
            self._classes.renew()
            newer = self._classes.seen(seen_by)
            found = self._pool.read(lambda one: ask(one, newer))
        return found

    def _point(self, connection: Connection, collection: str, item_id: str, seen: Seen) -> tuple[Any, tuple[int, int]]:
        for _ in range(2):
            place = self._places.get(collection)
            if place is None:
                sql = "SELECT c, key FROM coll WHERE id = %s AND key IS NOT NULL"
                place = None if "\0" in collection else connection.execute(sql, (collection,)).fetchone()
            if place is None or "\0" in item_id:
                return None, (0, 0)
            self._places[collection] = place
            sql = _POINT.format(key=place[1], visible=seen.condition(_CLASS))
            try:
                return connection.execute(sql, {**seen.values, "id": item_id}).fetchone(), place
            except psycopg.errors.UndefinedTable:
                # The Collection went, and may have come again.
                del self._places[collection]
        return None, (0, 0)

    def find(self, query: ItemQuery, seen_by: Visibility) -> Page[Item]:
        """Return a page of Items; one more is read to know if any follow."""
        most = query.limit + 1

        def ask(connection: Connection, asked: Asked) -> list[Found]:
            there = self._found(connection, asked, most)
            if query.as_of is None:
                return there
            return then.together(asked, there, self._past(connection, query, asked, most), most)

        return _page(self._asked(query, seen_by, ask), query.limit, query.after)

    def _past(self, connection: Connection, query: ItemQuery, asked: Asked, most: int) -> list[Found]:
        """Return the first versions of the past that a query finds."""
        at = query.as_of
        if at is None:
            return []
        past = then.past_of(connection, query, asked.within.seen, self._limits.positions)
        return then.find(connection, self._classes, past, asked, at, most)

    def _found(self, connection: Connection, asked: Asked, most: int) -> list[Found]:
        if asked.within.empty:
            # Who saw nothing may see what came since.
            self._check_known(connection, asked)
        return find(connection, self._classes, self._bases, asked, most)

    def _asked(self, query: ItemQuery, seen_by: Visibility, ask: Callable[[Connection, Asked], T]) -> T:
        """Ask with what is known, and again where the answer knows of more."""
        order, deadline = order_of(query), time.monotonic() + self._seconds
        place = None if query.after is None else query.after.keys
        walked = order.lead is not None and self._indexes.has(queryables.order_index(short(order.lead)))
        while True:
            seen, span = self._seen(seen_by), self._span

            def once(connection: Connection, seen: Seen = seen, span: int = span) -> T:
                within = self._narrowed(connection, query, seen, span)
                return ask(connection, Asked(within, order, place, deadline, span, walked))

            try:
                return self._pool.read(once)
            except Outdated:
                self._renew()
            except (psycopg.DataError, psycopg.ProgrammingError) as error:
                if place is None:
                    raise
                raise InvalidParameter("token", "is of another search") from error

    def _seen(self, seen_by: Visibility) -> Seen:
        seen = self._classes.seen(seen_by)
        return seen if self._classes.fixed else self._census.look(seen)

    def _renew(self) -> None:
        self._classes.renew()
        sql = "SELECT coalesce(max(span), 0) FROM tally"
        self._span = self._pool.read(lambda connection: int(connection.execute(sql).fetchall()[0][0]))

    def _narrowed(self, connection: Connection, query: ItemQuery, seen: Seen, span: int) -> Narrowed:
        numbers = self._numbers(connection, query.collections) if query.collections else None
        return narrowed(query, seen, numbers, span, self._limits.positions)

    def _numbers(self, connection: Connection, ids: Sequence[str]) -> list[int]:
        """Return the numbers of Collections; a name's, once given, stays, for one that goes leaves no Items."""
        if unknown := [one for one in set(ids) if one not in self._numbered and "\0" not in one]:
            sql = "SELECT id, c FROM coll WHERE id = ANY (%s) AND key IS NOT NULL"
            self._numbered.update(connection.execute(sql, (unknown,)).fetchall())
        return sorted({self._numbered[one] for one in ids if one in self._numbered})

    def count(self, query: ItemQuery, seen_by: Visibility, most: int, seconds: float = 0.0) -> int | None:  # noqa: ARG002
        """Return how many Items the query finds, ``None`` for more than ``most``, unless a tally knows."""

        def ask(connection: Connection, asked: Asked) -> int | None:
            self._check_known(connection, asked)
            if query.as_of is not None:
                asked = self._of_then(connection, query, query.as_of, asked)
                return counting.count(connection, asked.within, most)
            if asked.within.empty:
                return 0
            if asked.within.residual is not None:
                found = len(self._found(connection, asked, most + 1))
                return found if found <= most else None
            known = counting.tallied(connection, asked.within)
            return counting.count(connection, asked.within, most) if known is None else known

        return self._asked(replace(query, sort=(), after=None), seen_by, ask)

    def _check_known(self, connection: Connection, asked: Asked) -> None:
        sql = "SELECT (SELECT max(k) FROM class), (SELECT coalesce(max(span), 0) FROM tally)"
        newest, span = connection.execute(sql).fetchall()[0]
        if newest >= asked.within.seen.known or span > asked.span:
            raise Outdated

    def aggregate(
        self, query: ItemQuery, asked: Sequence[Aggregation], seen_by: Visibility, most: int
    ) -> tuple[Aggregated, ...]:
        """Answer aggregations over all Items that the query finds."""

        def ask(connection: Connection, all_: Asked) -> tuple[Aggregated, ...]:
            self._check_known(connection, all_)
            if query.as_of is not None:
                all_ = self._of_then(connection, query, query.as_of, all_)
            within = self._without_residual(connection, all_)
            return tuple(counting.aggregated(connection, within, one, most) for one in asked)

        return self._asked(replace(query, sort=(), after=None), seen_by, ask)

    def _of_then(self, connection: Connection, query: ItemQuery, at: datetime, asked: Asked) -> Asked:
        """Return a question so that sums are of both sides; where SQL cannot say the filter, by numbers."""
        past = then.past_of(connection, query, asked.within.seen, self._limits.positions)
        if past.residual is None or past.empty:
            return replace(asked, within=then.both(past, at))
        there = [] if asked.within.empty else list(walk(connection, self._classes, self._bases, asked, _AT_ONCE))
        were = then.find(connection, self._classes, past, asked, at, _ALL)
        numbers = [one.place[-1] for one in (*there, *were)]
        found = replace(
            past, where="item.n = ANY (%(numbers_)s::bigint[])", values=Values({"numbers_": numbers}), residual=None
        )
        return replace(asked, within=then.both(found, at))

    def _without_residual(self, connection: Connection, asked: Asked) -> Narrowed:
        """Return the conditions, where SQL cannot say the filter with the numbers of the Items that it finds."""
        within = asked.within
        if within.residual is None or within.empty:
            return within
        numbers = [one.place[-1] for one in walk(connection, self._classes, self._bases, asked, _AT_ONCE)]
        values = Values({"numbers_": numbers})
        return replace(within, where="item.n = ANY (%(numbers_)s::bigint[])", values=values, residual=None)

    def queryables(self, collection: str | None, seen_by: Visibility) -> tuple[Queryable, ...]:
        """Return what can be asked of a Collection's Items, or of all Items, from the Items that are there."""
        if collection is not None:
            self.collection(collection, seen_by)

        def ask(connection: Connection) -> tuple[Queryable, ...]:
            c = None if collection is None else self._number(connection, collection)
            return queryables.listed(connection, c, collection, self._classes.seen(seen_by))

        if self._class_is_new():
            self._classes.renew()
        return self._pool.read(ask)

    def _number(self, connection: Connection, collection: str) -> int:
        row = connection.execute("SELECT c FROM coll WHERE id = %s AND key IS NOT NULL", (collection,)).fetchone()
        if row is None:
            raise collections.missing(collection)
        return int(row[0])

    def versions(self, collection: str, item_id: str, seen_by: Visibility) -> tuple[Version, ...]:
        """Return what an Item was and is, newest first."""

        def ask(connection: Connection, seen: Seen) -> tuple[Version, ...] | None:
            row, (c, key) = self._point(connection, collection, item_id, seen)
            now = None
            if row is not None:
                private = orjson.loads(row[1])
                body = items.unpacked(connection, self._bases, (c, key, collection, item_id, row[0], private, row[2]))
                now = Version(int(private["v"]), body, items.since_of(private), None)
            return past(connection, collection, item_id, now, seen) or None

        found = None if "\0" in collection + item_id else self._seen_now(ask, seen_by)
        if found is None:
            raise items.missing(collection, item_id)
        return found

    def changes(self, query: ChangeQuery, seen_by: Visibility) -> Changes:
        """Return a page of what changed, in the order of the last change of each."""
        if self._class_is_new():
            self._classes.renew()
        seen, names = self._classes.seen(seen_by), self._classes.names()
        return self._pool.read(lambda one: changes_since.changes(one, self._bases, query, seen, names))

    def milestones(self, every: int, seen_by: Visibility) -> tuple[Token, ...]:
        """Return each so-manieth place of the list of changes."""
        if self._class_is_new():
            self._classes.renew()
        seen = self._classes.seen(seen_by)
        return self._pool.read(lambda one: milestones.milestones(one, every, seen))

    def collection(self, collection: str, seen_by: Visibility, as_of: datetime | None = None) -> Collection:
        """Return one Collection."""
        if as_of is not None:
            return self._collection_then(collection, seen_by, as_of)
        row = None if "\0" in collection else self._pool.read(lambda one: collections.read(one, collection))
        if row is not None and row[0] >= self._classes.known:
            self._classes.renew()
        if row is None or not self._classes.seen(seen_by).sees(row[3]):
            raise collections.missing(collection)
        return self._collection(row)

    def _collection_then(self, collection: str, seen_by: Visibility, at: datetime) -> Collection:
        found = self._listed(CollectionQuery((collection,), as_of=at), seen_by)
        if not found:
            raise collections.missing(collection)
        return self._collection(found[0].row)

    def _collection(self, row: Sequence[Any]) -> Collection:
        return Collection(row[2], spelled(row[5]), row[4], self._classes.names()[row[3]])

    def collections(self, query: CollectionQuery, seen_by: Visibility) -> Page[Collection]:
        """Return a page of Collections."""
        if plain(query):
            return self._registered(query, seen_by)
        order = Order(query.sort)
        found = order.after(self._listed(query, seen_by), query.after)
        page = _sliced(found[: query.limit + 1], query.limit, query.after, order.place)
        return Page(tuple(self._collection(one.row) for one in page.found), page.next, page.previous)

    def count_collections(self, query: CollectionQuery, seen_by: Visibility, most: int) -> int | None:
        """Return how many Collections the query finds, ``None`` for more than ``most``."""
        found = len(self._listed(query, seen_by))
        return found if found <= most else None

    def _listed(self, query: CollectionQuery, seen_by: Visibility) -> list[Known]:
        found = self._pool.read(lambda one: self._listing.find(one, self._classes.seen(seen_by), query))
        if any(one.row[3] >= self._classes.known for one in found) or self._class_is_new():
            self._classes.renew()
            found = self._pool.read(lambda one: self._listing.find(one, self._classes.seen(seen_by), query))
        return found

    def _class_is_new(self) -> bool:
        newest = self._pool.read(lambda one: one.execute("SELECT max(k) FROM class").fetchall()[0][0])
        return bool(newest >= self._classes.known)

    def _registered(self, query: CollectionQuery, seen_by: Visibility) -> Page[Collection]:
        backwards = query.after is not None and query.after.backwards
        place = None if query.after is None else number_in(query.after)

        def ask(connection: Connection) -> list[Any]:
            seen = self._classes.seen(seen_by)
            return collections.listed(connection, seen, query.limit + 1, place, backwards=backwards)

        rows = self._pool.read(ask)
        if (rows and rows[0][0] >= self._classes.known) or (not rows and self._class_is_new()):
            self._classes.renew()
            rows = self._pool.read(ask)
        page = _sliced(rows, query.limit, query.after, lambda row: (row[1],))
        return Page(tuple(self._collection(row) for row in page.found), page.next, page.previous)


def _page(found: Sequence[Found], limit: int, after: Token | None) -> Page[Item]:
    page = _sliced(found, limit, after, lambda one: one.place)
    return Page(tuple(one.item for one in page.found), page.next, page.previous)


def _sliced(rows: Sequence[T], limit: int, token: Token | None, place: Callable[[T], tuple[Any, ...]]) -> Page[T]:
    """Return rows, of which one more than the limit were read, as a page in its order."""
    more, backwards = len(rows) > limit, token is not None and token.backwards
    shown = list(rows[:limit])
    if backwards:
        shown.reverse()
    if not shown:
        return Page(())
    follows, precedes = (True, more) if backwards else (more, token is not None)
    return Page(
        tuple(shown),
        Token(place(shown[-1])) if follows else None,
        Token(place(shown[0]), backwards=True) if precedes else None,
    )
