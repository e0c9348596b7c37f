"""What changed since: a walk over each class that is seen, of what is there and of what is gone, all merged.

A walk reads an index from where the page before ended, so that all pages together read it once.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import apsw
import orjson

from thalweg.catalogue.changes import Change, ChangeQuery, Changes
from thalweg.catalogue.stores.sqlite.bodies import DELTA, Bodies
from thalweg.catalogue.stores.sqlite.classes import Seen
from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Item
from thalweg.core.queries import Token

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LONGEST_WRITE = timedelta(seconds=30)
"""What is written is seen when all of its transaction is, as long after its time as that took."""
_LAST = 2**62
_THERE = """
SELECT u, n, c, k, 0, id, v FROM item INDEXED BY item_by_change
WHERE k = ?1 AND (u, n) > (?2, ?3) AND u < ?4 AND (?5 IS NULL OR c IN (SELECT value FROM json_each(?5)))
ORDER BY u, n LIMIT ?6
"""
_GONE = """
SELECT at, n, c, k, 1, id, v FROM gone INDEXED BY gone_by_change
WHERE k = ?1 AND (at, n) > (?2, ?3) AND at < ?4 AND (?5 IS NULL OR c IN (SELECT value FROM json_each(?5)))
ORDER BY at, n LIMIT ?6
"""
_NAMED = """
SELECT item.u, item.n, c, item.k, 0, item.id, item.v FROM json_each(?1) AS one JOIN item ON item.id = one.value
WHERE c IN (SELECT value FROM json_each(?2))
UNION ALL
SELECT gone.at, gone.n, gone.c, gone.k, 1, gone.id, gone.v FROM json_each(?2) AS coll JOIN json_each(?1) AS one
JOIN gone ON gone.c = coll.value AND gone.id = one.value WHERE gone.k IS NOT NULL
ORDER BY 1, 2
"""
_DOCUMENTS = "SELECT doc.n, d, z FROM json_each(?) AS one CROSS JOIN doc ON doc.n = one.value"
_ENDED = "SELECT d, z FROM past WHERE n = ? AND v = ?"
_COLLECTIONS = "SELECT c, id FROM coll WHERE c IN (SELECT value FROM json_each(?))"


class _Row(NamedTuple):
    at: int
    n: int
    c: int
    k: int
    gone: int
    id: str
    v: int


def changes(
    connection: apsw.Connection, bodies: Bodies, query: ChangeQuery, seen: Seen, names: Sequence[str]
) -> Changes:
    """Return a page of the changes that may be seen; ``names`` are those of the classes.

    Raises:
        InvalidParameter: the token is of another list.
    """
    now = datetime.now(UTC)
    rows = _named(connection, query, seen) if query.ids else _walked(connection, query, seen)
    page = [row for row, _ in zip(rows, range(query.limit + 1), strict=False)]
    shown = page[: query.limit]
    found = tuple(_told(connection, bodies, shown, names))
    more = found[-1].place if len(page) > query.limit else None
    return Changes(found, now - _LONGEST_WRITE, more)


def _walked(connection: apsw.Connection, query: ChangeQuery, seen: Seen) -> Iterator[_Row]:
    at, n = _place(query)
    until = _LAST if query.until is None else _milliseconds(query.until)
    among = None
    if query.collections:
        among = orjson.dumps(_numbers(connection, query.collections)).decode()
    step = max(2, (query.limit + 1) // max(1, len(seen.numbers)))
    walks = [_walk(connection, sql, (k, at, n, until, among), step) for k in seen.numbers for sql in (_THERE, _GONE)]
    return heapq.merge(*walks)


def _walk(
    connection: apsw.Connection, sql: str, asked: tuple[int, int, int, int, str | None], step: int
) -> Iterator[_Row]:
    k, at, n, until, among = asked
    while True:
        rows: Any = connection.execute(sql, (k, at, n, until, among, step)).fetchall()
        yield from map(_Row._make, rows)
        if len(rows) < step:
            return
        at, n, step = rows[-1][0], rows[-1][1], 2 * step


def _named(connection: apsw.Connection, query: ChangeQuery, seen: Seen) -> Iterator[_Row]:
    numbers = _numbers(connection, query.collections)
    rows: Any = connection.execute(
        _NAMED, (orjson.dumps(query.ids).decode(), orjson.dumps(numbers).decode())
    ).fetchall()
    place = _place(query)
    until = _LAST if query.until is None else _milliseconds(query.until)
    for row in map(_Row._make, rows):
        if seen.sees(row.k) and place < (row.at, row.n) and row.at < until:
            yield row


def _numbers(connection: apsw.Connection, ids: Sequence[str]) -> list[int]:
    """Return the numbers of Collections, of those too that are gone: what they held is told of still."""
    rows: Any = connection.execute(
        "SELECT c FROM coll WHERE id IN (SELECT value FROM json_each(?))", (orjson.dumps(ids).decode(),)
    ).fetchall()
    return [int(c) for (c,) in rows]


def _place(query: ChangeQuery) -> tuple[int, int]:
    since = 0 if query.since is None else max(0, _milliseconds(query.since))
    if query.after is None:
        return since, -1
    match query.after.keys:
        case (int(at), int(n)):
            return max((at, n), (since, -1))
        case _:
            raise InvalidParameter("token", "is of another list")


def _told(connection: apsw.Connection, bodies: Bodies, rows: Sequence[_Row], names: Sequence[str]) -> Iterator[Change]:
    """Yield the changes of rows, whose documents are read by one statement."""
    collections: dict[int, str] = dict(_selected(connection, _COLLECTIONS, {row.c for row in rows}))
    there = {n: (d, packed) for n, d, packed in _selected(connection, _DOCUMENTS, [r.n for r in rows if not r.gone])}
    for row in rows:
        d, packed = connection.execute(_ENDED, (row.n, row.v)).get or (DELTA, b"") if row.gone else there[row.n]
        body = b"" if d == DELTA else bodies.unpacked(connection, d, packed)
        item = Item(collections[row.c], row.id, body, row.v, names[row.k])
        at = _EPOCH + timedelta(milliseconds=row.at)
        yield Change(at, item, Token((row.at, row.n)), gone=bool(row.gone))


def _selected(connection: apsw.Connection, sql: str, numbers: Iterable[int]) -> Any:  # noqa: ANN401 - rows
    return connection.execute(sql, (orjson.dumps(list(numbers)).decode(),)).fetchall()


def _milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND
