"""Walking Items in the order of an index: a chunk at a time, so that no cursor stays open."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from thalweg.catalogue.stores.narrowing import COLUMNS, Narrowed, Row, Value

_FIRST_CHUNK, _LAST_CHUNK = 16, 1024
_EVER = 2**62


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
    walks = [_walk(connection, asked, way, limit) for way in ways]
    if len(walks) == 1:
        return walks[0]
    return heapq.merge(*walks, key=lambda row: (row.t, row.n), reverse=not asked.backwards)


def _walk(connection: apsw.Connection, asked: Narrowed, way: Way, limit: int) -> Iterator[Row]:
    low, high = _bounds(asked, way)
    place = asked.place
    chunk = min(max(limit, _FIRST_CHUNK), _LAST_CHUNK)
    while True:
        rows = _chunk(connection, asked, way, (low, high), place, chunk)
        yield from rows
        if len(rows) < chunk:
            return
        place = (rows[-1].t, rows[-1].n)
        chunk = min(4 * chunk, _LAST_CHUNK)


def _bounds(asked: Narrowed, way: Way) -> tuple[int, int]:
    """Return between which times Items that meet the interval are sorted: off by no more than the longest span."""
    low = -_EVER if asked.first is None else asked.first - way.span
    high = _EVER if asked.last is None else asked.last + way.span
    return low, high


def _chunk(
    connection: apsw.Connection,
    asked: Narrowed,
    way: Way,
    bounds: tuple[int, int],
    place: tuple[int, int] | None,
    limit: int,
) -> list[Row]:
    low, high = bounds
    if place is None:
        return _section(connection, asked, way, "item.t BETWEEN :low AND :high", {"low": low, "high": high}, limit)
    at, after = place
    # Items of one and the same time are a section of their own: an index that is bounded on both sides of its time
    # would be read from the first of them for every page.
    side = ">" if asked.backwards else "<"
    ties: list[Row] = []
    if low <= at <= high:
        ties = _section(connection, asked, way, f"item.t = :at AND item.n {side} :an", {"at": at, "an": after}, limit)
    if len(ties) == limit:
        return ties
    rest = {"low": max(low, at + 1), "high": high} if asked.backwards else {"low": low, "high": min(high, at - 1)}
    return ties + _section(connection, asked, way, "item.t BETWEEN :low AND :high", rest, limit - len(ties))


def _section(
    connection: apsw.Connection, asked: Narrowed, way: Way, where: str, values: dict[str, int], limit: int
) -> list[Row]:
    order = "item.t, item.n" if asked.backwards else "item.t DESC, item.n DESC"
    sql = (
        f"SELECT {COLUMNS} FROM item INDEXED BY {way.index}"  # noqa: S608 - parts of ours, values are bound
        f" WHERE {way.condition} AND {where} AND {asked.conditions} AND {asked.in_collections()[0]}"
        f" ORDER BY {order} LIMIT :limit"
    )
    bound: dict[str, Value] = {**asked.values, **asked.in_collections()[1], **values}
    rows = connection.execute(sql, {**bound, "way": way.number, "limit": limit})
    return [Row._make(row) for row in rows]
