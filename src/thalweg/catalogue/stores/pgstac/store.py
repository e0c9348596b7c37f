"""The Item store on our own pgstac database."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
import psycopg
from sqlalchemy import Engine

from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import CAPABILITIES, Capability, NewCollection, NewItem
from thalweg.catalogue.stores.pgstac import collections, items
from thalweg.catalogue.stores.pgstac.bases import Bases
from thalweg.catalogue.stores.pgstac.bodies import canonical
from thalweg.catalogue.stores.pgstac.classes import Classes, Seen
from thalweg.catalogue.stores.pgstac.connections import Connection, Pool
from thalweg.catalogue.stores.pgstac.finding import Asked, Found, Outdated, find
from thalweg.catalogue.stores.pgstac.narrowing import Narrowed, narrowed
from thalweg.catalogue.stores.pgstac.rows import row_of
from thalweg.catalogue.stores.pgstac.sorting import order_of
from thalweg.core.errors import Conflict
from thalweg.core.events import Event, Outbox
from thalweg.core.items import Collection, Item
from thalweg.core.principals import Visibility
from thalweg.core.queries import CollectionQuery, ItemQuery, Page, Token
from thalweg.sql.outbox import SqlOutbox, record_direct

if TYPE_CHECKING:
    from thalweg.catalogue.ports import ItemStore

T = TypeVar("T")
_SEARCH_SECONDS = 10.0
_POINT = """
SELECT content, private, CASE WHEN private ? 'geometry' THEN NULL ELSE ST_AsGeoJSON(geometry, 20) END
FROM pgstac."_items_{key}" WHERE id = %s
"""


class PgstacStore:
    """Items and Collections in a pgstac database of ours; ``engine`` is of the same database, for its outbox."""

    def __init__(self, engine: Engine, pool: Pool, limits: Limits = Limits(), seconds: float = _SEARCH_SECONDS) -> None:  # noqa: B008 - frozen
        self._engine, self._pool, self._limits, self._seconds = engine, pool, limits, seconds
        self._classes, self._bases = Classes(pool), Bases()
        self._outbox = SqlOutbox(engine, "catalogue")
        self._places: dict[str, tuple[int, int]] = {}
        self._span = 0

    @property
    def outbox(self) -> Outbox:
        """Return the log of what changed here."""
        return self._outbox

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Return all there are."""
        return CAPABILITIES

    def give_to_others(self, visibility_class: str) -> None:
        """Name the class of what other programs write into this database."""
        self._classes.give_to_others(visibility_class)

    def item(self, collection: str, item_id: str, seen_by: Visibility) -> Item:
        """Return one Item, by the key of its partition."""
        row, (c, key) = self._pool.read(lambda connection: self._point(connection, collection, item_id))
        if row is None:
            raise items.missing(collection, item_id)
        private = orjson.loads(row[1])
        k = int(private["k"])
        if k >= self._classes.known:
            self._classes.renew()
        if not self._classes.seen(seen_by).sees(k):
            raise items.missing(collection, item_id)
        unread = (c, key, collection, item_id, row[0], private, row[2])
        body = self._pool.read(lambda connection: items.unpacked(connection, self._bases, unread))
        return Item(collection, item_id, body, int(private["v"]), self._classes.names()[k])

    def _point(self, connection: Connection, collection: str, item_id: str) -> tuple[Any, tuple[int, int]]:
        for _ in range(2):
            place = self._places.get(collection)
            if place is None:
                sql = "SELECT c, key FROM coll WHERE id = %s AND key IS NOT NULL"
                place = None if "\0" in collection else connection.execute(sql, (collection,)).fetchone()
            if place is None or "\0" in item_id:
                return None, (0, 0)
            self._places[collection] = place
            try:
                return connection.execute(_POINT.format(key=place[1]), (item_id,)).fetchone(), place
            except psycopg.errors.UndefinedTable:
                # The Collection went, and may have come again.
                del self._places[collection]
        return None, (0, 0)

    def find(self, query: ItemQuery, seen_by: Visibility) -> Page[Item]:
        """Return a page of Items; one more is read to know if any follow."""
        found = self._asked(query, seen_by, lambda connection, asked: self._found(connection, asked, query.limit + 1))
        return _page(found, query.limit, query.after)

    def _found(self, connection: Connection, asked: Asked, most: int) -> list[Found]:
        return find(connection, self._classes, self._bases, asked, most)

    def _asked(self, query: ItemQuery, seen_by: Visibility, ask: Callable[[Connection, Asked], T]) -> T:
        """Ask with what is known, and again where the answer knows of more."""
        order, deadline = order_of(query), time.monotonic() + self._seconds
        after = None if query.after is None else query.after.keys
        while True:
            seen, span = self._classes.seen(seen_by), self._span

            def once(connection: Connection, seen: Seen = seen, span: int = span) -> T:
                within = self._narrowed(connection, query, seen, span)
                return ask(connection, Asked(within, order, after, deadline, span))

            try:
                return self._pool.read(once)
            except Outdated:
                self._renew()

    def _renew(self) -> None:
        self._classes.renew()
        sql = "SELECT coalesce(max(span), 0) FROM tally"
        self._span = self._pool.read(lambda connection: int(connection.execute(sql).fetchall()[0][0]))

    def _narrowed(self, connection: Connection, query: ItemQuery, seen: Seen, span: int) -> Narrowed:
        numbers = None
        if query.collections:
            ids = [one for one in set(query.collections) if "\0" not in one]
            sql = "SELECT c FROM coll WHERE id = ANY (%s) AND key IS NOT NULL ORDER BY c"
            numbers = [c for (c,) in connection.execute(sql, (ids,)).fetchall()]
        return narrowed(query, seen, numbers, span, self._limits.positions)

    def register(self, items_: Sequence[NewItem], events: Sequence[Event]) -> tuple[Item, ...]:
        """Take new Items, all or none."""
        classes = self._classes.numbers({item.visibility_class for item in items_})

        def take(connection: Connection) -> tuple[Item, ...]:
            within = items.held(connection, {item.collection for item in items_})
            for item in items_:
                if item.collection not in within:
                    raise collections.missing(item.collection)
            places = [(within[item.collection].c, item.id) for item in items_]
            were = items.last_versions(connection, places)
            rows = [
                row_of(item, place[0], classes[item.visibility_class], were.get(place, 0) + 1)
                for item, place in zip(items_, places, strict=True)
            ]
            tallies = items.Tallies()
            taken = items.insert(connection, within, rows, tallies) if rows else set()
            if len(taken) < len(rows):
                raise _taken(items_, places, taken)
            tallies.write(connection)
            record_direct(connection, events)
            return tuple(Item(row.new.collection, row.new.id, row.body, row.v, row.new.visibility_class) for row in rows)

        return self._pool.write(take)

    def replace(self, item: NewItem, version: int, events: Sequence[Event]) -> Item:
        """Put an Item in the place of the one that has this version."""

        def put(connection: Connection) -> Item:
            within = items.held(connection, [item.collection])
            if item.collection not in within:
                raise items.missing(item.collection, item.id)
            one = within[item.collection]
            found = items.known(connection, self._bases, item.collection, one, [item.id])
            before = items.expected(found, item.collection, item.id, version)
            row = row_of(item, one.c, before.k, version + 1)
            tallies = items.Tallies()
            items.keep_past(connection, [(one.c, item.id, before)], row.at)
            items.update(connection, within, [row], tallies)
            tallies.write(connection)
            record_direct(connection, events)
            return Item(item.collection, item.id, row.body, row.v, self._classes.names()[before.k])

        return self._pool.write(put)

    def remove(self, collection: str, item_id: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Item that has this version."""

        def take_out(connection: Connection) -> None:
            within = items.held(connection, [collection])
            if collection not in within:
                raise items.missing(collection, item_id)
            found = items.known(connection, self._bases, collection, within[collection], [item_id])
            before = items.expected(found, collection, item_id, version)
            tallies = items.Tallies()
            items.remove(connection, within[collection], item_id, before, tallies)
            tallies.write(connection)
            record_direct(connection, events)

        self._pool.write(take_out)

    def collection(self, collection: str, seen_by: Visibility) -> Collection:
        """Return one Collection."""
        row = None if "\0" in collection else self._pool.read(lambda one: collections.read(one, collection))
        if row is not None and row[0] >= self._classes.known:
            self._classes.renew()
        if row is None or not self._classes.seen(seen_by).sees(row[3]):
            raise collections.missing(collection)
        return self._collection(row)

    def _collection(self, row: Sequence[Any]) -> Collection:
        return Collection(row[2], canonical(row[5]), row[4], self._classes.names()[row[3]])

    def collections(self, query: CollectionQuery, seen_by: Visibility) -> Page[Collection]:
        """Return a page of Collections in the order of their registration."""
        after = query.after
        backwards = after is not None and after.backwards
        place = None if after is None else int(str(after.keys[-1]))

        def ask(connection: Connection) -> list[Any]:
            seen = self._classes.seen(seen_by)
            return collections.listed(connection, seen, query.limit + 1, place, backwards=backwards)

        rows = self._pool.read(ask)
        if rows and rows[0][0] >= self._classes.known:
            self._classes.renew()
            rows = self._pool.read(ask)
        page = _sliced(rows, query.limit, after, lambda row: (row[1],))
        return Page(tuple(self._collection(row) for row in page.found), page.next, page.previous)

    def register_collection(self, collection: NewCollection, events: Sequence[Event]) -> Collection:
        """Take a new Collection, with the partition of its Items."""
        k = self._classes.numbers([collection.visibility_class])[collection.visibility_class]

        def take(connection: Connection) -> int:
            version = collections.register(connection, collection, k)
            record_direct(connection, events)
            return version

        version = self._pool.write(take)
        return Collection(collection.id, canonical(collection.body), version, collection.visibility_class)

    def replace_collection(self, collection: NewCollection, version: int, events: Sequence[Event]) -> Collection:
        """Put a Collection in the place of the one that has this version."""

        def put(connection: Connection) -> int:
            new = collections.replace(connection, collection, version)
            record_direct(connection, events)
            return new

        new = self._pool.write(put)
        return Collection(collection.id, canonical(collection.body), new, collection.visibility_class)

    def remove_collection(self, collection: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Collection that has this version and holds no Items."""

        def take_out(connection: Connection) -> None:
            collections.remove(connection, collection, version)
            record_direct(connection, events)

        self._pool.write(take_out)

    def close(self) -> None:
        """Let go of connections."""
        self._pool.close()
        self._engine.dispose()


def _taken(items_: Sequence[NewItem], places: Sequence[tuple[int, str]], taken: set[tuple[int, str]]) -> Conflict:
    seen: set[tuple[int, str]] = set()
    for item, place in zip(items_, places, strict=True):
        if place not in taken or place in seen:
            return Conflict(f"The Collection {item.collection!r} has an Item {item.id!r} already.")
        seen.add(place)
    return Conflict("An Item is there already.")


def _page(found: Sequence[Found], limit: int, after: Token | None) -> Page[Item]:
    page = _sliced(found, limit, after, lambda one: one.place)
    return Page(tuple(one.item for one in page.found), page.next, page.previous)


def _sliced(rows: Sequence[T], limit: int, after: Token | None, place: Callable[[T], tuple[Any, ...]]) -> Page[T]:
    """Return rows, of which one more than the limit were read, as a page in its order."""
    more, backwards = len(rows) > limit, after is not None and after.backwards
    shown = list(rows[:limit])
    if backwards:
        shown.reverse()
    if not shown:
        return Page(())
    follows, precedes = (True, more) if backwards else (more, after is not None)
    return Page(
        tuple(shown),
        Token(place(shown[-1])) if follows else None,
        Token(place(shown[0]), backwards=True) if precedes else None,
    )


if TYPE_CHECKING:
    _keeps_its_promise: type[ItemStore] = PgstacStore
