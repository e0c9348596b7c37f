"""What can be asked of Items: what they were seen to have, and which of it has an index."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from thalweg.catalogue.ports import Told
from thalweg.catalogue.sightings import Sighting, gathered, kind_named
from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.compiling import number_of, short, sortable_number_of, string_of, truth_of
from thalweg.catalogue.stores.pgstac.connections import Connection, Pool
from thalweg.catalogue.stores.pgstac.rows import columns
from thalweg.catalogue.times import moment
from thalweg.core.errors import InvalidParameter
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.time import written
from thalweg.cql2.names import full

Place = tuple[int, int, str]
_DAY = 86_400_000
_OWN = ("collection", "datetime", "end_datetime", "geometry", "id", "start_datetime")
_KINDS: Mapping[str, Any] = {
    "collection": "string",
    "datetime": "datetime",
    "end_datetime": "datetime",
    "geometry": "geometry",
    "id": "string",
    "start_datetime": "datetime",
}
_KNOWN = "SELECT c, k, seen FROM sighting JOIN unnest(%s::int[], %s::int[]) AS asked (c, k) USING (c, k)"
_MERGE = """
INSERT INTO sighting (c, k, seen)
SELECT c, k, seen::jsonb FROM unnest(%s::int[], %s::int[], %b::text[]) AS new (c, k, seen)
ON CONFLICT (c, k) DO UPDATE SET seen = sighting.seen || excluded.seen
"""
_DECLARE = """
INSERT INTO queryable (name, c, kind, reach) VALUES (%s, %s, %s, %s)
ON CONFLICT (name, c) DO UPDATE SET kind = excluded.kind, reach = excluded.reach
"""


def see(connection: Connection, seen: Mapping[Place, Sighting]) -> None:
    """Write down what Items show that none showed before; other writers wait meanwhile."""
    if not seen:
        return
    groups = columns(sorted({(c, k) for c, k, _ in seen}))
    known = {
        (c, k, name): _read(told)
        for c, k, all_of_it in connection.execute(_KNOWN, groups).fetchall()
        for name, told in orjson.loads(all_of_it).items()
    }
    changed: dict[tuple[int, int], dict[str, Any]] = {}
    for place, one in seen.items():
        before = known.get(place)
        after = one if before is None else before.joined(one)
        if after != before:
            changed.setdefault(place[:2], {})[place[2]] = [after.kinds, after.low, after.high, _few(after)]
    if changed:
        merged = [(*group, orjson.dumps(all_of_it).decode()) for group, all_of_it in changed.items()]
        connection.execute(_MERGE, columns(merged))


def see_properties(connection: Connection, c: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write down the same of a Collection's Items, given as number, class and properties."""
    see(connection, gathered(((c, k, orjson.loads(properties)) for _, k, properties in rows), {}))


def _read(told: Sequence[Any]) -> Sighting:
    kinds, low, high, few = told
    return Sighting(kinds, low, high, None if few is None else frozenset(few))


def _few(seen: Sighting) -> list[str | int | float] | None:
    return None if seen.few is None else sorted(seen.few, key=lambda one: (isinstance(one, str), one))


def listed(connection: Connection, c: int | None, collection: str | None, seen: Seen) -> tuple[Queryable, ...]:
    """Return what can be asked of a Collection's Items, or of all, from the Items that may be seen."""
    within = "" if c is None else " AND sighting.c = %(c)s"
    condition = seen.condition("sighting.k")
    sql = f"SELECT seen FROM sighting WHERE {condition}{within}"  # noqa: S608 - parts of ours
    merged: dict[str, Sighting] = {}
    for (raw,) in connection.execute(sql, {**seen.values, "c": c}).fetchall():
        for name, told in orjson.loads(raw).items():
            merged[name] = _read(told).joined(merged[name]) if name in merged else _read(told)
    reaches = _reaches(connection, c)
    own = [_own(name, collection, reaches) for name in _OWN]
    found = [_queryable(full(name), one, collection, reaches) for name, one in merged.items() if full(name) not in _OWN]
    first, last = _times(connection, c, seen)
    own = [_timed(one, first, last) if one.name == "datetime" else one for one in own]
    return tuple(sorted([*own, *found], key=lambda one: one.name))


def _reaches(connection: Connection, c: int | None) -> dict[str, Reach]:
    sql = "SELECT name, reach FROM queryable WHERE c = 0 OR c = %s ORDER BY reach"
    return {name: Reach(reach) for name, reach in connection.execute(sql, (c,)).fetchall()}


def _own(name: str, collection: str | None, _reaches: Mapping[str, Reach]) -> Queryable:
    return Queryable(name, _KINDS[name], collection, Reach.INDEXED)


def _timed(one: Queryable, first: str | None, last: str | None) -> Queryable:
    return Queryable(one.name, one.kind, one.collection, one.reach, first, last)


def _times(connection: Connection, c: int | None, seen: Seen) -> tuple[str | None, str | None]:
    """Return the first and the last time that may be seen: the days from the rollup, the times from their Items."""
    within, values = "" if c is None else " AND {table}.c = %(c)s", {**seen.values, "c": c}
    there = f"{seen.condition('roll_day.k')}{within.format(table='roll_day')} AND n > 0"
    sql = f"SELECT min(day), max(day) FROM roll_day WHERE {there}"  # noqa: S608 - parts of ours
    first, last = connection.execute(sql, values).fetchall()[0]
    if first is None:
        return None, None
    at = f"SELECT t FROM item WHERE {seen.condition()}{within.format(table='item')}"  # noqa: S608 - parts of ours
    ends = " AND t < %(early)s ORDER BY t LIMIT 1", " AND t >= %(late)s ORDER BY t DESC LIMIT 1"
    sql = f"SELECT {', '.join(f'({at}{end})' for end in ends)}"
    days = {"early": (first + 1) * _DAY, "late": last * _DAY}
    least, greatest = connection.execute(sql, {**values, **days}).fetchall()[0]
    return _told(least), _told(greatest)


def _told(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else written(moment(milliseconds))


def _queryable(name: str, one: Sighting, collection: str | None, reaches: Mapping[str, Reach]) -> Queryable:
    values = () if one.few is None else tuple(sorted(one.few, key=lambda value: (isinstance(value, str), value)))
    # Every property stands beside the Item: one that is not declared is as fast as one that is kept.
    reach = reaches.get(name, Reach.SEEN)
    return Queryable(name, kind_named(one.kinds), collection, reach, _end(one.low), _end(one.high), values)


def _end(end: float | None) -> float | None:
    return int(end) if isinstance(end, float) and end.is_integer() and abs(end) < 2**53 else end


def declare(pool: Pool, queryable: Queryable, c: int, told: Told) -> None:
    """Give a property an index, or take it away, while others read and write.

    An index serves all Collections, for all Items stand in one table; the declaration tells whose it was made for.
    """
    name = queryable.name
    if name in _OWN:
        raise InvalidParameter("name", f"{name!r} is indexed as it is")
    if "\x00" in name:
        raise InvalidParameter("name", "has a character that no text of PostgreSQL holds")
    if queryable.reach is Reach.SEEN:
        pool.write(lambda one: one.execute("DELETE FROM queryable WHERE name = %s AND c = %s", (name, c)))
    else:
        row = (name, c, queryable.kind, int(queryable.reach))
        pool.write(lambda one: one.execute(_DECLARE, row))
    told(f"indexing {name}", 0, 1)
    with pool.reading() as connection:
        wanted = connection.execute("SELECT 1 FROM queryable WHERE name = %s AND reach = 2 LIMIT 1", (name,)).fetchone()
        connection.execute("SET statement_timeout = 0")
        try:
            for index, definition in _indexes(name, queryable.kind):
                # What a build that was cut left behind is not valid, and no query uses it.
                _drop(connection, index, only_broken=bool(wanted))
                if wanted:
                    connection.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON item ({definition})")
        finally:
            connection.execute("RESET statement_timeout")
    told(f"indexing {name}", 1, 1)


def _drop(connection: Connection, index: str, *, only_broken: bool) -> None:
    sql = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
    row = connection.execute(sql, (f"thalweg.{index}",)).fetchone()
    if row is not None and not (only_broken and row[0]):
        connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS thalweg.{index}")


def order_index(name: str) -> str:
    """Return the name of the index along which Items are sorted by a property."""
    return f"q_{_digest(name)}_order"


def _indexes(name: str, kind: str) -> Iterable[tuple[str, str]]:
    # It finds strings too. Numbers are sorted beside truth values, so that they are found by another.
    yield order_index(name), f"{string_of(name)}, {sortable_number_of(name)}, t DESC, n DESC".replace("%%", "%")
    value = {"number": number_of, "integer": number_of, "boolean": truth_of}.get(kind)
    if value is not None:
        found_by = "truth" if value is truth_of else "number"
        yield f"q_{_digest(name)}_{found_by}", f"{value(name)}, t DESC, n DESC".replace("%%", "%")


def _digest(name: str) -> str:
    return hashlib.sha256(short(name).encode()).hexdigest()[:16]
