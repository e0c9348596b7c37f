"""A pgstac database of others, read as it is: nothing is written to it, and all of it carries one visibility class.

What is less than in a database of ours: no free text, no versions, no events, no declarations. An Item that has both an
instant and a span is sorted and compared by the start of the span, as pgstac has it; geometries are those of pgstac,
which does not cut at the antimeridian. An entity tag changes whenever the row does.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import orjson
from sqlalchemy import Engine

from thalweg.catalogue.alterations import Alteration
from thalweg.catalogue.changes import ChangeQuery, Changes
from thalweg.catalogue.copying import History
from thalweg.catalogue.ports import Capability, Extent, Finding, NewCollection, NewItem, Statistics, Told
from thalweg.catalogue.stores.pgstac import items
from thalweg.catalogue.stores.pgstac.bases import Base, Bases
from thalweg.catalogue.stores.pgstac.connections import Connection, Pool
from thalweg.catalogue.stores.pgstac.finding import DOCUMENTS
from thalweg.catalogue.stores.pgstac.sorting import ENDED, STARTED
from thalweg.catalogue.stores.pgstac.store import PgstacStore
from thalweg.core.errors import NotSupported, ThalwegError
from thalweg.core.events import Event, Outbox, Recorded
from thalweg.core.items import Collection, Item, Loaded, Outcome, Turn, Version, at_once
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import Aggregated, Aggregation, CollectionQuery, ItemQuery, Page, Token
from thalweg.core.queryables import Queryable, Reach
from thalweg.cql2.names import plain
from thalweg.sql.engines import open_engine

T = TypeVar("T")
_EPOCH = "floor(extract(epoch FROM {at}) * 1000)::bigint"
# The side schema as it would be, seen through pgstac's tables; a part that a query does not name costs nothing.
_SEEN = f"""
class AS NOT MATERIALIZED (SELECT 0 AS k, '' AS name),
coll AS NOT MATERIALIZED (
    SELECT key::int AS c, id COLLATE "C" AS id, 0 AS k, xmin::text::bigint AS v, key FROM pgstac.collections
),
item AS NOT MATERIALIZED (
    SELECT hashtextextended(stac.collection || ' ' || stac.id, 0) AS n, coll.c, stac.id COLLATE "C" AS id, 0 AS k,
        {_EPOCH.format(at="stac.datetime")} AS t,
        (extract(microseconds FROM stac.datetime)::bigint % 1000)::smallint AS u,
        {_EPOCH.format(at="stac.datetime")} AS first, {_EPOCH.format(at="stac.end_datetime")} AS last,
        CASE WHEN ST_IsEmpty(stac.geometry) THEN NULL ELSE ST_SetSRID(ST_Force2D(stac.geometry), 0) END AS shape,
        stac.content -> 'properties' AS p, '' AS w,
        ST_X(ST_Centroid(ST_Envelope(stac.geometry))) AS x, ST_Y(ST_Centroid(ST_Envelope(stac.geometry))) AS y
    FROM pgstac.items AS stac JOIN coll ON coll.id = stac.collection
),
tally AS NOT MATERIALIZED (SELECT c, k, count(*) AS n, 0::bigint AS span FROM item GROUP BY 1, 2),
roll_day AS NOT MATERIALIZED (SELECT c, k, floor(t / 86400000.0)::int AS day, count(*) AS n FROM item GROUP BY 1, 2, 3),
roll_month AS NOT MATERIALIZED (
    SELECT c, k, (extract(year FROM at) * 12 + extract(month FROM at) - 1)::int AS month, count(*) AS n
    FROM (SELECT c, k, to_timestamp(t / 1000.0) AT TIME ZONE 'UTC' AS at FROM item) AS timed GROUP BY 1, 2, 3
)
"""  # noqa: S608 - ours
_PRIVATE = "jsonb_build_object('k', 0, 'v', stac.xmin::text::bigint)"
_DOCUMENTS = f"""(
    SELECT page.c, coll.key, coll.id AS collection, stac.id, stac.content, {_PRIVATE} AS private,
        ST_AsGeoJSON(stac.geometry, 20) AS geometry
    FROM page JOIN coll ON coll.c = page.c JOIN pgstac.items AS stac ON stac.collection = coll.id AND stac.id = page.id
)"""  # noqa: S608 - ours
_POINT = f"""
SELECT coll.c, coll.key, stac.content, {_PRIVATE}, ST_AsGeoJSON(stac.geometry, 20)
FROM pgstac.items AS stac JOIN coll ON coll.id = stac.collection WHERE stac.collection = %s AND stac.id = %s
"""  # noqa: S608 - ours
_SPAN = "(SELECT coalesce(max(span), 0) FROM tally)"
_MOMENT = "(CASE WHEN jsonb_typeof(item.p -> '{name}') = 'string' THEN item.{column} * 1000 END)"
_INSTEAD = {
    DOCUMENTS: _DOCUMENTS,
    _SPAN: "0::bigint",
    STARTED: _MOMENT.format(name="start_datetime", column="first"),
    ENDED: _MOMENT.format(name="end_datetime", column="last"),
}
"""What is asked of functions of ours, as pgstac's columns tell it."""
_LONGEST = 2**61
_QUERYABLES = """
SELECT DISTINCT name FROM pgstac.queryables
WHERE collection_ids IS NULL OR %(id)s::text IS NULL OR %(id)s = ANY (collection_ids)
"""
# What 0.8 has and 0.7 has not.
_COLUMNS = """
SELECT count(*) FROM information_schema.columns WHERE table_schema = 'pgstac'
AND (table_name, column_name) IN (('items', 'private'), ('collections', 'base_item'), ('collections', 'key'))
"""
_READ_ONLY = "This Item store is another's database: it is only read."


class _Lens:
    """A connection that sees the side schema in a database that has none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Any = None) -> Any:  # noqa: ANN401 - as psycopg's
        """Run a statement on what is seen."""
        asked = sql.strip()
        for ours, theirs in _INSTEAD.items():
            asked = asked.replace(ours, theirs)
        seen = _SEEN.replace("%", "%%") if values is not None else _SEEN
        whole = f"WITH {seen}, {asked[5:]}" if asked.startswith("WITH ") else f"WITH {seen} {asked}"
        return self._connection.execute(whole, values)


class _LensPool(Pool):
    """Connections that see the side schema, and can write nothing."""

    def read(self, ask: Callable[[Connection], T]) -> T:
        """Return what ``ask`` finds."""

        def asked(connection: Connection) -> T:
            return ask(cast("Connection", _Lens(connection)))

        return super().read(asked)

    def plainly(self, ask: Callable[[Connection], T]) -> T:
        """Return what ``ask`` finds in the database as it is."""
        return super().read(ask)


class _Nothing:
    """The outbox of a database that tells nothing."""

    name = "catalogue"

    def after(self, sequence: int, limit: int = 500) -> Sequence[Recorded]:  # noqa: ARG002 - keeps the promise
        """Return nothing."""
        return ()

    def last(self) -> int:
        """Return 0."""
        return 0


class _AttachedBases(Bases):
    """Bases read anew for each query where pgstac changes them under the Items, as it did before 0.10."""

    def __init__(self, pool: _LensPool) -> None:
        super().__init__()
        sql = "SELECT to_regprocedure('pgstac.collection_base_item(text,integer)') IS NOT NULL"
        self._tagged = bool(pool.plainly(lambda one: one.execute(sql).fetchall()[0][0]))

    def of(self, connection: Connection, c: int, key: int, tag: int | None) -> Base:
        """Return a base."""
        if self._tagged:
            return super().of(connection, c, key, tag)
        row = connection.execute("SELECT base_item FROM pgstac.collections WHERE key = %s", (key,)).fetchone()
        base = {} if row is None or row[0] is None else orjson.loads(row[0])
        return {name: value for name, value in base.items() if value is not None}


class AttachedStore(PgstacStore):
    """Items and Collections of a pgstac database of others."""

    def __init__(self, engine: Engine, pool: _LensPool, visibility_class: str) -> None:
        super().__init__(engine, pool)
        self._lenses = pool
        self._bases = _AttachedBases(pool)
        self._classes.fix((visibility_class,))
        self._span = _LONGEST

    @property
    def outbox(self) -> Outbox:
        """Return an empty log."""
        return _Nothing()

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Return none."""
        return frozenset()

    def item(self, collection: str, item_id: str, seen_by: Visibility, as_of: datetime | None = None) -> Item:
        """Return one Item."""
        _check_now(as_of)

        def ask(connection: Connection) -> Item | None:
            row = connection.execute(_POINT, (collection, item_id)).fetchone()
            if row is None:
                return None
            c, key, content, kept, geometry = row
            private = orjson.loads(kept)
            unread = (c, key, collection, item_id, content, private, geometry)
            body = items.unpacked(connection, self._bases, unread)
            return Item(collection, item_id, body, int(private["v"]), self._classes.names()[0])

        there = not self._classes.seen(seen_by).nothing and "\0" not in collection + item_id
        found = self._pool.read(ask) if there else None
        if found is None:
            raise items.missing(collection, item_id)
        return found

    def find(self, query: ItemQuery, seen_by: Visibility) -> Page[Item]:
        """Return a page of Items."""
        return super().find(_asked(query), seen_by)

    def count(self, query: ItemQuery, seen_by: Visibility, most: int, seconds: float = 0.0) -> int | None:
        """Return how many Items the query finds, ``None`` for more than ``most``."""
        return super().count(_asked(query), seen_by, most, seconds)

    def aggregate(
        self, query: ItemQuery, asked: Sequence[Aggregation], seen_by: Visibility, most: int
    ) -> tuple[Aggregated, ...]:
        """Answer aggregations over all Items that the query finds.

        Raises:
            NotSupported: dates of a property are to be counted, which only a function of ours reads.
        """
        for one in asked:
            if one.kind == "dates" and plain(one.property) not in {"", "datetime"}:
                raise NotSupported(f"{one.name}: in this Item store, another's database, only datetime is counted so.")
        return super().aggregate(_asked(query), asked, seen_by, most)

    def queryables(self, collection: str | None, seen_by: Visibility) -> tuple[Queryable, ...]:
        """Return what the database declares; of values and kinds it tells nothing that callers may not differ in."""
        if collection is not None:
            self.collection(collection, seen_by)
        rows = self._lenses.plainly(lambda one: one.execute(_QUERYABLES, {"id": collection}).fetchall())
        kinds: dict[str, Any] = {"datetime": "datetime", "geometry": "geometry", "eo:cloud_cover": "number"}
        names = sorted({"id", "collection", "datetime", "geometry", *(str(name) for (name,) in rows)})
        return tuple(Queryable(name, kinds.get(name, "string"), collection, Reach.KEPT) for name in names)

    def versions(self, collection: str, item_id: str, seen_by: Visibility) -> tuple[Version, ...]:  # noqa: ARG002 - keeps the promise
        """Refuse: none are kept."""
        raise NotSupported("This Item store is another's database: it keeps no versions.")

    def changes(self, query: ChangeQuery, seen_by: Visibility) -> Changes:  # noqa: ARG002 - keeps the promise
        """Refuse: pgstac writes down no changes."""
        raise NotSupported("This Item store is another's database: it does not know when its Items changed.")

    def milestones(self, every: int, seen_by: Visibility) -> tuple[Token, ...]:  # noqa: ARG002 - keeps the promise
        """Refuse, likewise."""
        raise NotSupported("This Item store is another's database: it does not know when its Items changed.")

    def collection(self, collection: str, seen_by: Visibility, as_of: datetime | None = None) -> Collection:
        """Return one Collection."""
        _check_now(as_of)
        return super().collection(collection, seen_by)

    def collections(self, query: CollectionQuery, seen_by: Visibility) -> Page[Collection]:
        """Return a page of Collections."""
        _check_now(query.as_of)
        return super().collections(query, seen_by)

    def count_collections(self, query: CollectionQuery, seen_by: Visibility, most: int) -> int | None:
        """Return how many Collections the query finds, ``None`` for more than ``most``."""
        _check_now(query.as_of)
        return super().count_collections(query, seen_by, most)

    def extent(self, collection: str) -> Extent | None:  # noqa: ARG002 - keeps the promise
        """Refuse: the Collections of others follow nothing of ours."""
        raise NotSupported(_READ_ONLY)

    def declare(self, queryable: Queryable, told: Told) -> None:  # noqa: ARG002 - keeps the promise
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def register(self, items_: Sequence[NewItem], events: Sequence[Event]) -> tuple[Item, ...]:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def load(
        self,
        items_: Sequence[NewItem],  # noqa: ARG002 - keeps the promise
        told: Callable[[Outcome, NewItem], Event],  # noqa: ARG002
        *,
        replacing: bool,  # noqa: ARG002
        turn: Turn = at_once,  # noqa: ARG002
        seen_by: Visibility = EVERYTHING,  # noqa: ARG002
    ) -> tuple[Loaded, ...]:
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def apply(self, alterations: Sequence[Alteration]) -> tuple[Item | None, ...]:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def remove_some(self, collection: str, most: int, told: Callable[[str, str], Event]) -> int:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def restore(self, items_: Sequence[History], events: Sequence[Event]) -> None:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def replace(self, item: NewItem, version: int, events: Sequence[Event]) -> Item:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def remove(self, collection: str, item_id: str, version: int, events: Sequence[Event]) -> None:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def register_collection(self, collection: NewCollection, events: Sequence[Event]) -> Collection:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def replace_collection(self, collection: NewCollection, version: int, events: Sequence[Event]) -> Collection:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def remove_collection(self, collection: str, version: int, events: Sequence[Event]) -> None:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def check(self, told: Told, *, mend: bool = False) -> Iterable[Finding]:  # noqa: ARG002
        """Yield nothing: what others keep is theirs to check."""
        return ()

    def compact(self, told: Told) -> None:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def reindex(self, told: Told) -> None:  # noqa: ARG002
        """Refuse: it is only read."""
        raise NotSupported(_READ_ONLY)

    def statistics(self) -> Statistics:
        """Return how much there is."""
        counts = {"Items": "SELECT count(*) FROM item", "Collections": "SELECT count(*) FROM coll"}
        found = {
            noun: int(self._pool.read(lambda one, sql=sql: one.execute(sql).fetchall())[0][0])  # type: ignore[misc]
            for noun, sql in counts.items()
        }
        return Statistics(found, {}, (_READ_ONLY,))


def _check_now(as_of: datetime | None) -> None:
    if as_of is not None:
        raise NotSupported("This Item store is another's database: it does not tell what it held at another time.")


def _asked(query: ItemQuery) -> ItemQuery:
    _check_now(query.as_of)
    if query.text is not None:
        raise NotSupported("This Item store is another's database: it has no index of words.")
    return query


def open_attached(dsn: str, visibility_class: str) -> AttachedStore:
    """Attach a database.

    Raises:
        Unavailable: it cannot be reached.
        NotSupported: it holds no pgstac that can be read, or an older one; both are named.
    """
    pool = _LensPool(dsn, "pgstac, public", writes=False)
    try:
        readable, version = pool.plainly(_version)
        if not readable:
            raise NotSupported(f"{version}: versions 0.8 to 0.10 are read.")
    except ThalwegError:
        pool.close()
        raise
    return AttachedStore(open_engine(dsn), pool, visibility_class)


def _version(connection: Connection) -> tuple[bool, str]:
    """Tell whether there is what is read, and what there is."""
    if connection.execute(_COLUMNS).fetchall()[0][0] == 3:  # noqa: PLR2004 - the three of them
        return True, ""
    if connection.execute("SELECT to_regclass('pgstac.migrations') IS NULL").fetchall()[0][0]:
        return False, "The database holds no pgstac"
    newest = "SELECT version FROM pgstac.migrations ORDER BY datetime DESC, version DESC LIMIT 1"
    row = connection.execute(newest).fetchone()
    return False, f"The database holds pgstac {row[0] if row else 'of no version'}"
