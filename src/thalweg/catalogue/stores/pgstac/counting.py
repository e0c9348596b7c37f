"""How many Items a query finds, and sums over all of them: of the tallies where they know, else of ``item``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from thalweg.catalogue.stores.pgstac.compiling import member, number_of, quoted, short, string_of
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.narrowing import Narrowed
from thalweg.catalogue.stores.pgstac.sorting import ENDED, STARTED
from thalweg.core.queries import Aggregated, Aggregation, Bucket
from thalweg.core.time import written
from thalweg.cql2.names import plain

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)
_NAME = "(SELECT coll.id FROM coll WHERE coll.c = {table}.c)"
_LATITUDE = 85.0511287798066
"""As far as web maps go north: atan(sinh(pi)) in degrees."""
_TERMS = """
WITH told AS (SELECT {told} AS json, count(*) AS n FROM {source} WHERE {condition} GROUP BY 1)
SELECT jsonb_typeof(value), value #>> '{{}}', sum(n)::bigint FROM told CROSS JOIN LATERAL (
    SELECT DISTINCT found AS value FROM unnest(ARRAY[{paths}]) AS path,
    jsonb_path_query(told.json, path, '{{}}', true) AS found
) AS each WHERE jsonb_typeof(value) IN ('string', 'number', 'boolean') GROUP BY 1, 2
"""
"""How many Items have each value; what an Item says twice counts once, and what many say alike is looked at once."""
Buckets = list[tuple[Any, int]]
_MOMENTS = {"datetime": ("item.t", 1000), "start_datetime": (STARTED, 1), "end_datetime": (ENDED, 1)}
"""Times in SQL, and how many µs their units have."""


def tallied(connection: Connection, within: Narrowed) -> int | None:
    """Return how many Items there are, where the tally knows."""
    if not within.bare:
        return None
    collections = "" if within.numbers is None else " AND tally.c = ANY (%(numbers)s)"
    sql = f"SELECT coalesce(sum(n), 0)::bigint FROM tally WHERE {within.seen.condition('tally.k')}{collections}"  # noqa: S608
    return int(connection.execute(sql, _parameters(within)).fetchall()[0][0])


def count(connection: Connection, within: Narrowed, most: int) -> int | None:
    """Return how many Items the conditions find, ``None`` for more than ``most``; residuals are left to the caller."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {within.seen.source} WHERE {within.condition} LIMIT %(most)s) AS found"  # noqa: S608
    found = connection.execute(sql, {**_parameters(within), "most": most + 1}).fetchall()
    number = int(found[0][0])
    return number if number <= most else None


def _parameters(within: Narrowed) -> dict[str, object]:
    return {**within.parameters, "numbers": None if within.numbers is None else list(within.numbers)}


def aggregated(connection: Connection, within: Narrowed, asked: Aggregation, most: int) -> Aggregated:
    """Answer one aggregation."""
    if within.empty:
        return Aggregated(asked, 0 if asked.kind == "count" else None)
    if asked.kind == "count":
        known = tallied(connection, within)
        return Aggregated(asked, _all(connection, within) if known is None else known)
    if asked.kind in {"least", "greatest"}:
        return Aggregated(asked, _end(connection, within, asked))
    kept, overflow = _most(_BUCKETS[asked.kind](connection, within, asked), most)
    return Aggregated(asked, buckets=tuple(_BUCKET[asked.kind](asked, key, n) for key, n in kept), overflow=overflow)


def _all(connection: Connection, within: Narrowed) -> int:
    sql = f"SELECT count(*) FROM {within.seen.source} WHERE {within.condition}"  # noqa: S608 - parts of ours
    return int(connection.execute(sql, _parameters(within)).fetchall()[0][0])


def _end(connection: Connection, within: Narrowed, asked: Aggregation) -> int | float | str | None:
    function = "min" if asked.kind == "least" else "max"
    if short(asked.property) in _MOMENTS:
        at, unit = _MOMENTS[short(asked.property)]
        sql = f"SELECT {function}({at}) FROM {within.seen.source} WHERE {within.condition}"  # noqa: S608 - parts of ours
        found = connection.execute(sql, _parameters(within)).fetchall()[0][0]
        return None if found is None else written(_EPOCH + timedelta(microseconds=found * unit))
    number, text = number_of(asked.property), string_of(asked.property)
    sql = f"SELECT {function}({number}), {function}({text}) FROM {within.seen.source} WHERE {within.condition}"  # noqa: S608
    numeric, textual = connection.execute(sql, _parameters(within)).fetchall()[0]
    return _plain(numeric) if numeric is not None else textual


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _grouped(connection: Connection, within: Narrowed, key: str, there: str = "true") -> Buckets:
    sql = f"SELECT {key}, count(*) FROM {within.seen.source} WHERE {within.condition} AND {there} GROUP BY 1"  # noqa: S608
    return [(key, int(n)) for key, n in connection.execute(sql, _parameters(within)).fetchall() if key is not None]


def _rolled(connection: Connection, within: Narrowed, table: str, key: str) -> Buckets:
    collections = "" if within.numbers is None else f" AND {table}.c = ANY (%(numbers)s)"
    sql = f"SELECT {key}, sum(n)::bigint FROM {table} WHERE {within.seen.condition(f'{table}.k')}{collections}"  # noqa: S608
    rows = connection.execute(f"{sql} GROUP BY 1 HAVING sum(n) > 0", _parameters(within)).fetchall()
    return [(key, int(n)) for key, n in rows]


def _terms(connection: Connection, within: Narrowed, asked: Aggregation) -> Buckets:
    name = plain(asked.property)
    if name == "collection":
        if within.bare:
            return _rolled(connection, within, "tally", _NAME.format(table="tally"))
        return _grouped(connection, within, _NAME.format(table="item"))
    if name == "id":
        return _grouped(connection, within, "item.id")
    sql = _TERMS.format(
        told=member(name), source=within.seen.source, condition=within.condition, paths=", ".join(_paths(asked.keys))
    )
    sums: dict[tuple[str, Any], int] = {}
    for kind, text, n in connection.execute(sql, _parameters(within)).fetchall():
        value = _SCALARS[kind](text)
        # A truth value equals a number in Python, and is another value here.
        sums[kind, value] = sums.get((kind, value), 0) + int(n)
    return [(value, n) for (_, value), n in sums.items()]


def _paths(keys: Sequence[str]) -> Iterator[str]:
    """Yield the paths to values of a property: itself or the members of its array, or what stands under some names."""
    for path in (f"lax $.**.{orjson.dumps(key).decode()}.**" for key in keys) if keys else ("lax $[*]",):
        yield f"{quoted(path)}::jsonpath"


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "number": lambda text: _plain(float(text)),
    "boolean": lambda text: text == "true",
}


def _histogram(connection: Connection, within: Narrowed, asked: Aggregation) -> Buckets:
    return _grouped(connection, within, f"floor({number_of(asked.property)} / {float(asked.step)!r}::float8)")


def _dates(connection: Connection, within: Narrowed, asked: Aggregation) -> Buckets:
    if short(asked.property) not in {"", "datetime"}:
        text = string_of(asked.property)
        # PostgreSQL takes words for times as well: now, infinity.
        at = f"(CASE WHEN {text} ~ '^[0-9]{{4}}-' THEN thalweg.moment({text}) END) AT TIME ZONE 'UTC'"
        # A time written with an offset may lie beyond the years that can be told.
        told = f"{at} >= '0001-01-01' AND {at} < '9999-12-31'::date + 1"
        return _grouped(connection, within, f"date_trunc('{asked.interval}', {at})::date", told)
    if within.bare and asked.interval == "day":
        return _rolled(connection, within, "roll_day", "DATE '1970-01-01' + roll_day.day")
    if within.bare:
        month = "make_date(1970, 1, 1) + make_interval(months => roll_month.month - 1970 * 12)"
        return _rolled(connection, within, "roll_month", f"date_trunc('{asked.interval}', {month})::date")
    return _grouped(
        connection,
        within,
        f"date_trunc('{asked.interval}', to_timestamp(floor(item.t / 1000.0)) AT TIME ZONE 'UTC')::date",
    )


def _geohash(connection: Connection, within: Narrowed, asked: Aggregation) -> Buckets:
    key = f"ST_GeoHash(ST_Point(item.x, item.y), {int(asked.precision)})"
    return _grouped(connection, within, key, "item.x IS NOT NULL")


def _geotile(connection: Connection, within: Narrowed, asked: Aggregation) -> Buckets:
    zoom = int(asked.precision)
    side, last = 2**zoom, 2**zoom - 1
    latitude = f"radians(greatest(-{_LATITUDE}, least({_LATITUDE}, item.y)))"
    column = f"least({last}, greatest(0, floor((item.x + 180) / 360 * {side})))::int"
    northing = f"(1 - ln(tan({latitude}) + 1 / cos({latitude})) / pi()) / 2 * {side}"
    line = f"least({last}, greatest(0, floor({northing})))::int"
    key = f"'{zoom}/' || {column} || '/' || {line}"
    return _grouped(connection, within, key, "item.x IS NOT NULL")


def _most(buckets: Buckets, most: int) -> tuple[Buckets, int]:
    """Return the largest buckets in the order of their keys, and how many Items the others have."""
    largest = sorted(buckets, key=lambda one: (-one[1], str(type(one[0])), one[0]))
    kept = sorted(largest[:most], key=lambda one: (isinstance(one[0], str), one[0]))
    return kept, sum(n for _, n in largest[most:])


def _of_term(_asked: Aggregation, key: Any, n: int) -> Bucket:  # noqa: ANN401 - a string, number or truth value
    return Bucket(key, n)


def _of_step(asked: Aggregation, key: float, n: int) -> Bucket:
    low, high = _plain(key * asked.step), _plain((key + 1) * asked.step)
    return Bucket(low, n, low, high)


def _of_date(asked: Aggregation, key: Any, n: int) -> Bucket:  # noqa: ANN401 - a date
    start = datetime(key.year, key.month, key.day, tzinfo=UTC)
    return Bucket(written(start), n, written(start), written(_after(start, asked.interval)))


def _after(start: datetime, interval: str) -> datetime:
    """Return when a day, month or year is over; the last moment that can be told where none follows."""
    if interval == "day":
        return start + timedelta(days=1) if start.date() < _END.date() else _END
    place = start.year * 12 + start.month - 1 + (12 if interval == "year" else 1)
    return datetime(place // 12, place % 12 + 1, 1, tzinfo=UTC) if place // 12 <= _END.year else _END


_BUCKETS: dict[str, Callable[[Connection, Narrowed, Aggregation], Buckets]] = {
    "terms": _terms,
    "histogram": _histogram,
    "dates": _dates,
    "geohash": _geohash,
    "geotile": _geotile,
}
_BUCKET: dict[str, Callable[[Aggregation, Any, int], Bucket]] = {
    "terms": _of_term,
    "histogram": _of_step,
    "dates": _of_date,
    "geohash": _of_term,
    "geotile": _of_term,
}
