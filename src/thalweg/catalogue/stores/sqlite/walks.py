"""Walking Items in the order of an index by time: a chunk at a time, so that no cursor stays open."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import apsw

from thalweg.catalogue.stores.sqlite.hints import Range
from thalweg.catalogue.stores.sqlite.narrowing import Narrowed, Row

_LAST_CHUNK = 1024
_FIRST_CHUNK = 4
_EVER = 2**62
Part = Callable[[apsw.Connection, Narrowed, int, int], list[Row]]


@dataclass(frozen=True, slots=True)
class Way:
    """An index and where in it to walk: one Collection, one class, or all Items."""

    index: str
    condition: str
    number: int
    span: int

    @classmethod
    def of_collection(cls, c: int, span: int) -> "Way":
        """Walk the Items of one Collection."""
        return cls("item_by_collection", "item.c = :way", c, span)

    @classmethod
    def of_class(cls, k: int, span: int) -> "Way":
        """Walk the Items of one visibility class."""
        return cls("item_by_class", "item.k = :way", k, span)

    @classmethod
    def of_all(cls, span: int) -> "Way":
        """Walk all Items."""
        return cls("item_by_time", ":way = 0", 0, span)


def merged(connection: apsw.Connection, asked: Narrowed, ways: list[Way], limit: int) -> Iterator[Row]:
    """Yield what the ways find, in the order asked for; an Item lies on one way only."""
    chunk = max(_FIRST_CHUNK, 2 * limit // len(ways)) if len(ways) > 1 else limit
    walks = [_walk(connection, asked, way, chunk) for way in ways]
    if len(walks) == 1:
        return walks[0]
    down = asked.order.keys[0].descending != asked.backwards
    return heapq.merge(*walks, key=lambda row: row.keys, reverse=down)


def _walk(connection: apsw.Connection, asked: Narrowed, way: Way, chunk: int) -> Iterator[Row]:
    section = _Section(connection, asked, way)
    place = None if asked.after is None else (int(asked.after.keys[0] or 0), int(asked.after.keys[1] or 0))
    while True:
        rows = section.rows(place, chunk)
        yield from rows
        if len(rows) < chunk:
            return
        place = (rows[-1].keys[0], rows[-1].keys[1])
        chunk = min(4 * chunk, _LAST_CHUNK)


class _Section:
    """One way's Items in order, from any place."""

    def __init__(self, connection: apsw.Connection, asked: Narrowed, way: Way) -> None:
        self._connection = connection
        self._values = {**asked.values, "way": way.number}
        self._down = asked.order.keys[0].descending != asked.backwards
        self._low, self._high = _bounds(asked, way)
        self._sql = (
            f"SELECT {asked.columns} FROM item INDEXED BY {way.index}"
            f" WHERE {way.condition} AND {{where}} AND {asked.conditions} AND {asked.within} AND {asked.spoken}"
            f" ORDER BY {asked.order.sorting(backwards=asked.backwards)} LIMIT :limit"
        )

    def rows(self, place: tuple[int, int] | None, limit: int) -> list[Row]:
        """Return the rows after a place."""
        if place is None:
            return self._between(self._low, self._high, limit)
        at, after = place
        # Items of one and the same time are a section of their own: an index that is bounded on both sides of its time
        # would be read from the first of them for every page.
        ties: list[Row] = []
        if self._low <= at <= self._high:
            where = f"item.t = :at AND item.n {'<' if self._down else '>'} :an"
            ties = self._selected(where, {"at": at, "an": after}, limit)
        if len(ties) == limit:
            return ties
        low, high = (self._low, min(self._high, at - 1)) if self._down else (max(self._low, at + 1), self._high)
        return ties + self._between(low, high, limit - len(ties))

    def _between(self, low: int, high: int, limit: int) -> list[Row]:
        return self._selected("item.t BETWEEN :low AND :high", {"low": low, "high": high}, limit)

    def _selected(self, where: str, values: dict[str, int], limit: int) -> list[Row]:
        sql = self._sql.replace("{where}", where)
        return [Row.of(row) for row in self._connection.execute(sql, {**self._values, **values, "limit": limit})]


def _bounds(asked: Narrowed, way: Way) -> tuple[int, int]:
    """Return between which times Items that meet the query are sorted: off by no more than the longest span."""
    lows = [-_EVER, *([] if asked.first is None else [asked.first - way.span])]
    highs = [_EVER, *([] if asked.last is None else [asked.last + way.span])]
    lows += [] if asked.low is None else [asked.low]
    highs += [] if asked.high is None else [asked.high]
    return max(lows), min(highs)


def along(connection: apsw.Connection, asked: Narrowed, most: int) -> list[Row]:
    """Return the first Items in the order of an indexed property, then of those that lack it.

    Raises:
        apsw.InterruptError: the order is of no such property.
    """
    place = asked.order.indexed
    if place is None or place.q is None:
        raise apsw.InterruptError
    found: list[Row] = []
    for part in _parts(asked, place.q):
        found += part(connection, asked, place.q, most - len(found))
        if len(found) >= most:
            break
    return found


def _parts(asked: Narrowed, q: int) -> list[Part]:
    """Return what is walked, in order: Items with the property, and those that lack it unless the filter wants it."""
    if q in asked.ranges:
        return [_with_value]
    if asked.after is None:
        return [_with_value, _without_value]
    lacks = asked.after.keys[0] is None
    if asked.backwards:
        return [_without_value, _with_value] if lacks else [_with_value]
    return [_without_value] if lacks else [_with_value, _without_value]


def _with_value(connection: apsw.Connection, asked: Narrowed, q: int, most: int) -> list[Row]:
    down = asked.order.keys[0].descending != asked.backwards
    values = {**asked.values, "q": q, "most": most}
    lies = asked.ranges.get(q, Range())
    where = lies.sql or "1"
    if asked.after is not None and asked.after.keys[0] is not None:
        values["v"] = asked.after.keys[0]
        where = f"val.v {'<=' if down else '>='} :v AND {lies.beyond(down=down)}"
    by = f"val.v {'DESC' if down else 'ASC'}, val.t {'ASC' if down else 'DESC'}, val.n {'ASC' if down else 'DESC'}"
    sql = (
        f"SELECT {asked.columns} FROM val CROSS JOIN item ON item.n = val.n"
        f" WHERE val.q = :q AND {where} AND {covered(asked)} AND {asked.conditions} AND {asked.within}"
        f" AND {asked.spoken} AND {asked.follows} ORDER BY {by} LIMIT :most"
    )
    return [Row.of(row) for row in connection.execute(sql, values)]


def covered(asked: Narrowed) -> str:
    """Return what a row of the table val tells of its Item without it."""
    return " AND ".join(one.replace("item.", "val.") for one in (asked.classes, asked.within))


def _without_value(connection: apsw.Connection, asked: Narrowed, q: int, most: int) -> list[Row]:  # noqa: ARG001
    order = asked.order
    sql = (
        f"SELECT {asked.columns} FROM item WHERE {order.keys[0].sql} IS NULL AND {asked.conditions} AND {asked.within}"
        f" AND {asked.spoken} AND {asked.follows} ORDER BY {order.sorting(backwards=asked.backwards)} LIMIT :most"
    )
    return [Row.of(row) for row in connection.execute(sql, {**asked.values, "most": most})]
