"""The rows of Items: put in, changed, taken out, all inside the caller's transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
import psycopg

from thalweg.catalogue.ports import NewItem, id_taken
from thalweg.catalogue.stores.pgstac.bases import Base, Bases
from thalweg.catalogue.stores.pgstac.bodies import parsed, tag_of, whole
from thalweg.catalogue.stores.pgstac.connections import Again, Connection
from thalweg.catalogue.stores.pgstac.rows import Row, columns, day_of, month_of
from thalweg.core.errors import NotFound, PreconditionFailed

# A Collection is held while Items are written to it: neither does it go, nor does what its Items have in common change.
_COLLECTIONS = "SELECT id, c, key, k FROM coll WHERE id = ANY (%s) AND key IS NOT NULL ORDER BY id FOR SHARE"
_LAST_VERSIONS = """
SELECT past.c, past.id, max(past.v) FROM unnest(%s::int[], %s::text[]) AS asked (c, id) JOIN past USING (c, id)
GROUP BY 1, 2
"""
_TAKEN = "SELECT item.c, item.id FROM unnest(%s::int[], %s::text[]) AS asked (c, id) JOIN item USING (c, id)"
_SIDE = "COPY item (c, id, k, t, u, first, last, shape, p, w, x, y, at) FROM STDIN"
_STAC = "COPY {partition} (id, geometry, collection, datetime, end_datetime, content, private) FROM STDIN"
_MOVE = """
UPDATE item SET t = new.t, u = new.u, first = new.first, last = new.last, shape = new.shape::geometry,
    p = new.p::jsonb, w = new.w, x = new.x, y = new.y, at = new.at
FROM unnest(
    %s::int[], %b::text[], %s::int[], %s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::text[],
    %b::text[], %b::text[], %s::float8[], %s::float8[], %s::timestamptz[]
) AS new (c, id, k, t, u, first, last, shape, p, w, x, y, at), item AS before
WHERE item.c = new.c AND item.id = new.id AND before.n = item.n RETURNING item.c, item.k, before.t
"""
_NEW = """
FROM unnest(
    %b::text[], %b::text[], %b::text[], %s::timestamptz[], %s::timestamptz[], %b::text[], %b::text[]
) AS new (id, geometry, collection, datetime, end_datetime, content, private)
"""
_TALLY = """
INSERT INTO tally AS one (c, k, n, span) SELECT * FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::bigint[])
ON CONFLICT (c, k) DO UPDATE SET n = one.n + excluded.n, span = greatest(one.span, excluded.span)
"""
_ROLL = """
INSERT INTO roll_{unit} AS one (c, k, {unit}, n) SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::bigint[])
ON CONFLICT (c, k, {unit}) DO UPDATE SET n = one.n + excluded.n
"""
# What it was found by is what the row says at its end.
_PAST = """
INSERT INTO past (c, id, v, gone, k, since, until, body, n, t, u, first, last, shape, w, x, y)
SELECT was.c, was.id, was.v, false, was.k, was.since, was.until, was.body,
    item.n, item.t, item.u, item.first, item.last, item.shape, coalesce(item.w, ''), item.x, item.y
FROM (
    SELECT %s::int AS c, %s::text AS id, %s::bigint AS v, %s::int AS k, %s::timestamptz AS since,
        %s::timestamptz AS until, %s::jsonb AS body
) AS was LEFT JOIN item ON item.c = was.c AND item.id = was.id
ON CONFLICT (c, id, v, gone) DO NOTHING
"""
_END = """
INSERT INTO past (c, id, v, gone, k, since) VALUES (%s, %s, %s, true, %s, %s)
ON CONFLICT (c, id, v, gone) DO NOTHING
"""
COLUMNS = "id, content, private, CASE WHEN private ? 'geometry' THEN NULL ELSE ST_AsGeoJSON(geometry, 20) END"
ALONE = 72160002
"""The outbox's lock: what all writers count together is counted in its shadow, so that none waits for two."""


@dataclass(frozen=True, slots=True)
class Held:
    """A Collection that Items are written to."""

    c: int
    key: int
    k: int

    @property
    def partition(self) -> str:
        """Return pgstac's table of its Items."""
        return f'pgstac."_items_{self.key}"'


@dataclass(frozen=True, slots=True)
class Known:
    """An Item that is there: its version and class, the digest of its JSON, and when the version began."""

    v: int
    k: int
    digest: str
    since: datetime
    unpack: Callable[[], bytes] = field(repr=False)

    @property
    def body(self) -> bytes:
        """Return its JSON."""
        return self.unpack()

    def same(self, digest: str, body: bytes) -> bool:
        """Tell whether a document is what it is; what others changed has no digest."""
        return self.digest == digest if self.digest else self.body == body


class Tallies:
    """What a transaction changes of the counts."""

    def __init__(self) -> None:
        self._items: Counter[tuple[int, int]] = Counter()
        self._spans: dict[tuple[int, int], int] = {}
        self._days: Counter[tuple[int, int, int]] = Counter()
        self._months: Counter[tuple[int, int, int]] = Counter()

    def count(self, c: int, k: int, t: int, by: int, span: int = 0) -> None:
        """Take an Item that comes (1) or goes (-1)."""
        self._items[c, k] += by
        self._spans[c, k] = max(span, self._spans.get((c, k), 0))
        self._days[c, k, day_of(t)] += by
        self._months[c, k, month_of(t)] += by

    def write(self, connection: Connection) -> None:
        """Write them, alone among all writers: rows that all touch are a deadlock in the making."""
        if not self._items:
            return
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ALONE,))
        tallied = sorted((*place, n, self._spans[place]) for place, n in self._items.items())
        connection.execute(_TALLY, columns(tallied))
        for unit, counted in (("day", self._days), ("month", self._months)):
            if rolled := sorted((*place, n) for place, n in counted.items() if n):
                connection.execute(_ROLL.format(unit=unit), columns(rolled))


def held(connection: Connection, ids: Iterable[str]) -> dict[str, Held]:
    """Return the Collections that are there, held until the transaction ends."""
    rows = connection.execute(_COLLECTIONS, (sorted(set(ids)),)).fetchall()
    return {name: Held(c, key, k) for name, c, key, k in rows}


def last_versions(connection: Connection, places: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Return the last versions of Items that were there before."""
    if not places:
        return {}
    rows = connection.execute(_LAST_VERSIONS, columns(places)).fetchall()
    return {(c, item_id): v for c, item_id, v in rows}


def taken(connection: Connection, places: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return which places have an Item."""
    if not places:
        return set()
    return {(c, item_id) for c, item_id in connection.execute(_TAKEN, columns(places)).fetchall()}


def check_free(items_: Sequence[NewItem], places: Sequence[tuple[int, str]], there: set[tuple[int, str]]) -> None:
    """Return quietly where no new Item's place is taken, by one that is there or by another of them.

    Raises:
        Conflict: one is.
    """
    seen = set(there)
    for item, place in zip(items_, places, strict=True):
        if place in seen:
            raise id_taken(item.collection, item.id, item.visibility_class)
        seen.add(place)


def insert(connection: Connection, within: Mapping[str, Held], rows: Sequence[Row], tallies: Tallies) -> None:
    """Put new Items in.

    Raises:
        Again: another took one of their ids a moment ago.
    """
    if not rows:
        return
    try:
        _copy(connection, _SIDE, (row.side() for row in rows))
        for collection, some in _by_collection(rows).items():
            _copy(connection, _STAC.format(partition=within[collection].partition), (row.stac() for row in some))
    except psycopg.errors.UniqueViolation as error:
        raise Again from error
    for row in rows:
        tallies.count(row.c, row.k, row.new.times.at, 1, row.new.times.last - row.new.times.first)


def _copy(connection: Connection, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


def update(connection: Connection, within: Mapping[str, Held], rows: Sequence[Row], tallies: Tallies) -> None:
    """Put Items in the place of those that are there."""
    if not rows:
        return
    for collection, some in _by_collection(rows).items():
        sql = (
            f"UPDATE {within[collection].partition} AS old"  # noqa: S608 - a number of ours
            " SET geometry = new.geometry::geometry, datetime = new.datetime, end_datetime = new.end_datetime,"
            f" content = new.content::jsonb, private = new.private::jsonb {_NEW} WHERE old.id = new.id"
        )
        connection.execute(sql, columns([row.stac() for row in some]))
    before = connection.execute(_MOVE, columns([row.side() for row in rows])).fetchall()
    for c, k, t in before:
        tallies.count(c, k, t, -1)
    for row in rows:
        tallies.count(row.c, row.k, row.new.times.at, 1, row.new.times.last - row.new.times.first)


def remove(connection: Connection, one: Held, item_id: str, known: Known, tallies: Tallies) -> None:
    """Take an Item out; its end is kept with what it was."""
    now = max(known.since, datetime.now(UTC))
    keep_past(connection, [(one.c, item_id, known, now)])
    connection.execute(f"DELETE FROM {one.partition} WHERE id = %s", (item_id,))  # noqa: S608 - a number of ours
    sql = "DELETE FROM item WHERE c = %s AND id = %s RETURNING k, t"
    for k, t in connection.execute(sql, (one.c, item_id)).fetchall():
        tallies.count(one.c, k, t, -1)
    connection.execute(_END, (one.c, item_id, known.v, known.k, now))


def keep_past(connection: Connection, were: Sequence[tuple[int, str, Known, datetime]]) -> None:
    """Keep what Items, whose rows are there still, were: each until the moment that is given with it."""
    connection.cursor().executemany(
        _PAST, [(c, item_id, one.v, one.k, one.since, until, one.body.decode()) for c, item_id, one, until in were]
    )


def known(connection: Connection, bases: Bases, collection: str, one: Held, ids: Sequence[str]) -> dict[str, Known]:
    """Return the Items of a Collection that are there, held until the transaction ends."""
    sql = f"SELECT {COLUMNS} FROM {one.partition} WHERE id = ANY (%s) ORDER BY id FOR UPDATE"  # noqa: S608 - ours
    rows = connection.execute(sql, (sorted(set(ids)),)).fetchall()
    return {row[0]: known_of(connection, bases, collection, one, row) for row in rows}


def known_of(connection: Connection, bases: Bases, collection: str, one: Held, row: tuple[Any, ...]) -> Known:
    """Return an Item of its id, content, private and geometry."""
    item_id, content, kept, geometry = row
    private = orjson.loads(kept)
    unread = (one.c, one.key, collection, item_id, content, private, geometry)
    unpack = partial(unpacked, connection, bases, unread)
    return Known(int(private["v"]), int(private["k"]), str(private.get("h", "")), since_of(private), unpack)


def since_of(private: Mapping[str, Any]) -> datetime:
    """Return when an Item's version began."""
    return datetime.fromisoformat(private["at"]).astimezone(UTC) if "at" in private else datetime.now(UTC)


def unpacked(connection: Connection, bases: Bases, row: tuple[Any, ...]) -> bytes:
    """Return the document of a row: Collection's number, key and id, the Item's id, content, private, geometry."""
    c, key, collection, item_id, raw, private, geometry = row
    content = parsed(raw)
    base: Base = bases.of(connection, c, key, tag_of(content))
    if geometry is not None:
        shape = orjson.loads(geometry)
        return whole(item_id, collection, content, None if shape.get("geometries") == [] else shape, base)
    return whole(item_id, collection, content, orjson.Fragment(private.get("geometry", "null")), base)


def expected(found: Mapping[str, Known], collection: str, item_id: str, version: int) -> Known:
    """Return the Item that has this version.

    Raises:
        NotFound: there is none.
        PreconditionFailed: it has another version.
    """
    one = found.get(item_id)
    if one is None:
        raise missing(collection, item_id)
    if one.v != version:
        raise PreconditionFailed(f"The Item {item_id!r} has changed meanwhile: read it again.")
    return one


def missing(collection: str, item_id: str) -> NotFound:
    """Return what is said of an Item that is not there or may not be seen."""
    return NotFound(f"The Collection {collection!r} has no Item {item_id!r}.")


def _by_collection(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.new.collection, []).append(row)
    return found
