"""What Items of a query tell together: from the tally and the rollups where these know, else from the Items."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import apsw
import orjson

from thalweg.catalogue.sightings import Kinds
from thalweg.catalogue.stores.sqlite import cells
from thalweg.catalogue.stores.sqlite.census import Scope
from thalweg.catalogue.stores.sqlite.counts import of_tables, tallied
from thalweg.catalogue.stores.sqlite.narrowing import Narrowed, Narrowing
from thalweg.catalogue.stores.sqlite.orders import sortable
from thalweg.catalogue.stores.sqlite.places import COLLECTION, Place, RowLookup, short_of
from thalweg.catalogue.stores.sqlite.plans import cheapest, source
from thalweg.catalogue.stores.sqlite.rollups import DAY, month_of
from thalweg.catalogue.stores.sqlite.spans import end_of
from thalweg.catalogue.stores.sqlite.walks import covered
from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import Aggregated, Aggregation, Bucket
from thalweg.core.time import written
from thalweg.cql2.lookups import INSTANTS
from thalweg.cql2.moments import Times
from thalweg.cql2.names import MEMBERS

GATHERED = 200_000
"""So many Items are remembered for the next aggregation; of more, each looks anew."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)
_LAST_DAY, _LAST_MONTH = (_END - _EPOCH).days, 12 * _END.year + 11
_NO_STRINGS = Kinds.NUMBER | Kinds.INTEGER | Kinds.BOOLEAN | Kinds.ARRAY | Kinds.OBJECT
_DAYS = "CAST(floor(item.t / 86400000.0) AS INTEGER)"
Counted = list[tuple[Any, int]]
Answer = Callable[[Aggregation, int], Aggregated]


class Aggregates:
    """Aggregations over one query, within its reading transaction."""

    def __init__(self, connection: apsw.Connection, narrowing: Narrowing, asked: Narrowed, scope: Scope) -> None:
        self._connection = connection
        self._narrowing = narrowing
        self._asked = asked
        self._scope = scope
        self._timeless = asked.plain and asked.first is None and asked.last is None
        self._found: str | None = None
        self._often = False

    def all(self, asked: Sequence[Aggregation], most: int) -> tuple[Aggregated, ...]:
        """Answer aggregations; Items whose whole documents tell whether they are asked for are found once for all.

        Raises:
            InvalidParameter: a property has nothing of the kind.
        """
        self._often = len(asked) > 1 and bool(self._asked.slow)
        return tuple(self._aggregated(one, most) for one in asked)

    def _aggregated(self, asked: Aggregation, most: int) -> Aggregated:
        answers: dict[str, Answer] = {
            "count": self._count,
            "least": self._end,
            "greatest": self._end,
            "terms": self._terms,
            "histogram": self._histogram,
            "dates": self._dates,
            "geohash": self._cells,
            "geotile": self._cells,
        }
        if self._asked.seen.nothing or not self._any:
            return Aggregated(asked, 0 if asked.kind == "count" else None)
        return answers[asked.kind](asked, most)

    @property
    def _any(self) -> bool:
        """Tell whether there may be Items."""
        return self._scope.mine > 0

    def _count(self, asked: Aggregation, _most: int) -> Aggregated:
        if self._timeless:
            return Aggregated(asked, tallied(self._connection, self._asked))
        return Aggregated(asked, self._one("count(*)"))

    def _end(self, asked: Aggregation, _most: int) -> Aggregated:
        function = "min" if asked.kind == "least" else "max"
        short = short_of(asked.property)
        if short == "datetime":
            if self._timeless:
                values = self._asked.values
                at = end_of(
                    self._connection,
                    "least" if asked.kind == "least" else "greatest",
                    self._asked.classes,
                    self._asked.within,
                    values,
                )
            else:
                at = self._one(f"{function}(item.t)")
            return Aggregated(asked, None if at is None else _time(1000 * at))
        if short in INSTANTS:
            at = self._one(f"{function}(item.p ->> '{short[0]}')")
            return Aggregated(asked, None if at is None else _time(at))
        return Aggregated(asked, self._one(f"{function}({self._value(asked.property)})"))

    def _terms(self, asked: Aggregation, most: int) -> Aggregated:
        if asked.property == "collection" and self._timeless:
            within = "item.c > 0" if self._asked.collections is None else self._asked.within
            inner = (
                f"SELECT {COLLECTION} AS key, sum(n) AS n FROM tally AS item"
                f" WHERE {within} AND n > 0 AND {self._asked.classes} GROUP BY item.c"
            )
            return self._bucketed(asked, inner, most)
        listed = None if asked.property in MEMBERS else self._listed(asked)
        if listed is not None:
            return self._bucketed(asked, listed, most)
        value = "NULL" if asked.keys else self._value(asked.property, truth=("x'01'", "x'00'"))
        if asked.property in MEMBERS or self._only_one(asked):
            inner = f"SELECT {value} AS key, count(*) AS n FROM {self._source()} GROUP BY key"
            return self._bucketed(asked, inner, most)
        from thalweg.catalogue.stores.sqlite.members import counted, several  # noqa: PLC0415 - not before it is asked

        place, functions = self._narrowing.places.place(asked.property), self._narrowing.functions
        json = several(place, functions, self._narrowing.bound, asked.keys)
        rows = self._connection.execute(f"SELECT {value}, {json} FROM {self._source()}", self._asked.values)
        kept, overflow = counted(rows, asked.keys, most)
        buckets = sorted((Bucket(key, n) for key, n in kept), key=lambda one: _order(one.key))
        return Aggregated(asked, None, tuple(buckets), overflow)

    def _only_one(self, asked: Aggregation) -> bool:
        """Tell whether no Item has several values of what is counted."""
        from thalweg.catalogue.stores.sqlite.members import only_one  # noqa: PLC0415 - likewise

        return only_one(self._connection, self._narrowing.places.place(asked.property), asked.keys)

    def _listed(self, asked: Aggregation) -> str | None:
        """Return what counts the strings of an indexed property in their own table, where nothing else is asked."""
        place = self._narrowing.places.place(asked.property)
        if not (self._timeless and place.indexed) or asked.keys:
            return None
        others = f"SELECT 1 FROM sighting WHERE q = {place.q} AND kinds & {_NO_STRINGS} LIMIT 1"
        if self._connection.execute(others).get is not None:
            return None
        return f"SELECT v AS key, count(*) AS n FROM val WHERE q = {place.q} AND {covered(self._asked)} GROUP BY v"

    def _histogram(self, asked: Aggregation, most: int) -> Aggregated:
        if not asked.step > 0:
            raise InvalidParameter("aggregations", "a histogram has a step above 0")
        # A truth value is no number, and is a blob here.
        value, step = self._value(asked.property, ("x'01'", "x'00'")), self._narrowing.bound(float(asked.step))
        inner = (
            f"SELECT CAST(floor({value} / {step}) AS INTEGER) AS key, count(*) AS n FROM {self._source()}"
            f" AND typeof({value}) IN ('integer', 'real') GROUP BY key"
        )
        found = self._bucketed(asked, inner, most)
        low = [(bucket, bucket.key * asked.step) for bucket in found.buckets]  # type: ignore[operator]
        buckets = tuple(Bucket(one, bucket.count, one, one + asked.step) for bucket, one in low)
        return Aggregated(asked, None, buckets, found.overflow)

    def _dates(self, asked: Aggregation, most: int) -> Aggregated:
        if short_of(asked.property or "datetime") == "datetime" and self._timeless:
            unit, table = ("day", "roll_day") if asked.interval == "day" else ("mon", "roll_mon")
            rows = self._rows(
                f"SELECT {unit}, sum(n) FROM {table} AS item WHERE {of_tables(self._asked)} GROUP BY 1"
                " HAVING sum(n) > 0"
            )
            days = unit == "day"
        else:
            day = self._day(asked.property or "datetime")
            rows = self._rows(f"SELECT {day} AS day, count(*) FROM {self._source()} AND day IS NOT NULL GROUP BY day")
            days = True
        return _by_date(asked, rows, most, days=days)

    def _day(self, name: str) -> str:
        short = short_of(name)
        if short == "datetime":
            return _DAYS
        place = self._narrowing.places.place(name)
        times = RowLookup({name: 0}).times(name)

        def day(row: tuple[Any, ...]) -> int | None:
            return day_of(times(row))

        number = self._narrowing.bound(self._narrowing.functions.answering(day))
        kept = f"of_values({', '.join((number, *place.columns))})"
        return kept if place.slow is None else self._unkept_day(place, kept)

    def _unkept_day(self, place: Place, kept: str) -> str:  # noqa: ARG002 - others read what is not kept
        raise InvalidParameter("aggregations", f"{short_of(place.name)} is not kept beside its Items: declare it first")

    def _cells(self, asked: Aggregation, most: int) -> Aggregated:
        name = cells.geohash if asked.kind == "geohash" else cells.geotile

        def cell(row: tuple[Any, ...]) -> str:
            return name(*cells.centre(*row), asked.precision)

        number = self._narrowing.bound(self._narrowing.functions.answering(cell))
        inner = (
            f"SELECT of_values({number}, item.west, item.south, item.east, item.north) AS key, count(*) AS n"
            f" FROM {self._source()} AND item.west IS NOT NULL GROUP BY key"
        )
        return self._bucketed(asked, inner, most)

    def _value(self, name: str, truth: tuple[str, str] = ("1", "0")) -> str:
        if name == "id":
            return "item.id"
        if name == "collection":
            return COLLECTION
        if name == "geometry" or short_of(name) in INSTANTS:
            raise InvalidParameter("aggregations", f"{name} has no values to be told one by one")
        return sortable(self._narrowing.places.place(name), self._narrowing.functions, self._narrowing.bound, truth)

    def _source(self) -> str:
        if self._found is None:
            self._found = source(self._asked, cheapest(self._connection, self._asked, self._scope))
            if self._often:
                self._found = self._gathered(self._found)
        return self._found

    def _gathered(self, found: str) -> str:
        """Return the source of the Items that were found, by their numbers; to read their documents took longest."""
        rows = self._connection.execute(f"SELECT item.n FROM {found} LIMIT {GATHERED + 1}", self._asked.values)
        numbers = [row[0] for row in rows]
        if len(numbers) > GATHERED:
            return found
        listed = self._narrowing.bound(orjson.dumps(numbers).decode())
        return f"(SELECT value AS n FROM json_each({listed})) AS found CROSS JOIN item ON item.n = found.n WHERE 1"

    def _one(self, expression: str) -> Any:  # noqa: ANN401 - a value of SQL
        return self._connection.execute(f"SELECT {expression} FROM {self._source()}", self._asked.values).get

    def _rows(self, sql: str) -> Counted:
        return [(key, int(n)) for key, n in self._connection.execute(sql, self._asked.values)]

    def _bucketed(self, asked: Aggregation, inner: str, most: int) -> Aggregated:
        sql = (
            f"SELECT key, n, sum(n) OVER () FROM ({inner}) WHERE key IS NOT NULL"
            f" ORDER BY n DESC, key LIMIT {self._narrowing.bound(most)}"
        )
        rows: Any = self._connection.execute(sql, self._asked.values).fetchall()
        buckets = [Bucket(_told(key), int(n)) for key, n, _ in rows]
        overflow = int(rows[0][2]) - sum(bucket.count for bucket in buckets) if rows else 0
        return Aggregated(asked, None, tuple(sorted(buckets, key=lambda one: _order(one.key))), overflow)


def day_of(times: Times | None) -> int | None:
    """Return the day since 1970 on which a time begins."""
    return None if times is None else int(times.start // (1000 * DAY))


def _by_date(asked: Aggregation, rows: Counted, most: int, *, days: bool) -> Aggregated:
    """Sum days, or months, up to what is asked for."""
    sums: dict[int, int] = {}
    for key, number in rows:
        unit = key if asked.interval == "day" else month_of(key) if days else key
        unit = unit - unit % 12 if asked.interval == "year" else unit
        sums[unit] = sums.get(unit, 0) + number
    kept = sorted(sorted(sums.items(), key=lambda one: (-one[1], one[0]))[:most])
    step = 12 if asked.interval == "year" else 1
    buckets = []
    for unit, number in kept:
        low, high = (_start(one, day=asked.interval == "day") for one in (unit, unit + step))
        buckets.append(Bucket(low, number, low, high))
    return Aggregated(asked, None, tuple(buckets), sum(sums.values()) - sum(number for _, number in kept))


def _start(unit: int, *, day: bool) -> str:
    """Return the first moment of a day since 1970, or of a month; the last that can be told for what is beyond."""
    if unit > (_LAST_DAY if day else _LAST_MONTH):
        return written(_END)
    if day:
        return written(_EPOCH + timedelta(days=unit))
    return f"{unit // 12:04}-{unit % 12 + 1:02}-01T00:00:00Z"


def _time(microseconds: int) -> str:
    return written(_EPOCH + timedelta(microseconds=microseconds))


def _told(key: Any) -> str | int | float | bool:  # noqa: ANN401 - a value of SQL
    if isinstance(key, bytes):
        return key == b"\x01"
    told: str | int | float = key
    return told


def _order(key: str | float | bool) -> tuple[bool, Any]:  # noqa: FBT001 - a key
    return isinstance(key, str), key
