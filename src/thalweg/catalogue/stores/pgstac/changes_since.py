"""What changed since: a walk over each class that is seen, of what is there and of what is gone, all merged.

A walk reads an index from where the page before ended, so that all pages together read it once. Times are µs since
1970; at one moment what is there comes before what is gone.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import orjson

from thalweg.catalogue.canonical import written
from thalweg.catalogue.changes import Change, ChangeQuery, Changes
from thalweg.catalogue.stores.pgstac import items
from thalweg.catalogue.stores.pgstac.bases import Bases
from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Item
from thalweg.core.queries import Token

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
# What is being written is seen when all of it is; others' transactions are seen by who may, and ours always are.
_SETTLED = """
SELECT least(now(), min(xact_start)) FROM pg_stat_activity
WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""
_NUMBERS = "SELECT c FROM coll WHERE id = ANY (%s)"
_AMONG = "AND (%(among)s::int[] IS NULL OR c = ANY (%(among)s::int[]))"
_THERE = f"""
SELECT at, 0, n, c, '', k FROM item
WHERE k = %(k)s AND (at, n) > (%(at)s, %(n)s) AND at < %(until)s {_AMONG} ORDER BY at, n LIMIT %(most)s
"""  # noqa: S608 - ours
# An Item that came back, and one that went again, is told of by its last change.
_LAST_END = """
gone AND NOT EXISTS (SELECT FROM item WHERE item.c = past.c AND item.id = past.id)
AND NOT EXISTS (SELECT FROM past AS later WHERE later.c = past.c AND later.id = past.id AND later.gone
    AND later.v > past.v)
"""
_GONE = f"""
SELECT since, 1, 0::bigint, c, id, k FROM past
WHERE k = %(k)s AND (since, c, id) > (%(at)s, %(c)s, %(id)s) AND since < %(until)s AND {_LAST_END} {_AMONG}
ORDER BY since, c, id LIMIT %(most)s
"""  # noqa: S608 - ours
_NAMED = f"""
SELECT at, 0, n, c, '', k FROM item WHERE id = ANY (%(ids)s) AND c = ANY (%(among)s::int[])
UNION ALL
SELECT since, 1, 0::bigint, c, id, k FROM past WHERE id = ANY (%(ids)s) AND c = ANY (%(among)s::int[]) AND {_LAST_END}
"""  # noqa: S608 - ours
_DOCUMENTS = """
SELECT item.n, doc.c, doc.key, doc.collection, doc.id, doc.content, doc.private, doc.geometry
FROM documents(
    (SELECT array_agg(c ORDER BY n) FROM item WHERE n = ANY (%(n)s)),
    (SELECT array_agg(id ORDER BY n) FROM item WHERE n = ANY (%(n)s))
) AS doc JOIN item ON item.c = doc.c AND item.id = doc.id
"""
_ENDED = """
SELECT coll.id, past.v, was.body FROM past JOIN coll USING (c)
LEFT JOIN past AS was ON was.c = past.c AND was.id = past.id AND was.v = past.v AND NOT was.gone
WHERE past.c = %s AND past.id = %s AND past.gone ORDER BY past.v DESC LIMIT 1
"""


class _Row(NamedTuple):
    at: datetime
    gone: int
    n: int
    c: int
    id: str
    k: int

    @property
    def keys(self) -> tuple[int, int, int, int, str]:
        return (self.at - _EPOCH) // _MICROSECOND, self.gone, self.n, self.c, self.id


def changes(connection: Connection, bases: Bases, query: ChangeQuery, seen: Seen, names: Sequence[str]) -> Changes:
    """Return a page of the changes that may be seen; ``names`` are those of the classes.

    Raises:
        InvalidParameter: the token is of another list.
    """
    # Asked first: what is settled then is seen by all that is asked after it.
    settled: datetime = connection.execute(_SETTLED).fetchall()[0][0]
    rows = _named(connection, query, seen) if query.ids else _walked(connection, query, seen)
    page = [row for row, _ in zip(rows, range(query.limit + 1), strict=False)]
    shown = page[: query.limit]
    there = _documents(connection, bases, [row.n for row in shown if not row.gone])
    found = (_gone(connection, row, names) if row.gone else _there(row, there, names) for row in shown)
    more = Token(shown[-1].keys) if len(page) > query.limit else None
    return Changes(tuple(one for one in found if one is not None), settled.astimezone(UTC), more)


def _place(query: ChangeQuery) -> tuple[datetime, int, int, int, str]:
    since = max(query.since or _EPOCH, _EPOCH)
    if query.after is None:
        return since, 0, -1, -1, ""
    match query.after.keys:
        case (int(at), int(gone), int(n), int(c), str(item_id)):
            return max((_EPOCH + at * _MICROSECOND, gone, n, c, item_id), (since, 0, -1, -1, ""))
        case _:
            raise InvalidParameter("token", "is of another list")


def _walked(connection: Connection, query: ChangeQuery, seen: Seen) -> Iterator[_Row]:
    at, gone, n, c, item_id = _place(query)
    among = _numbers(connection, query.collections) if query.collections else None
    asked = {"at": at, "until": query.until or _LAST, "among": among}
    # Of one moment all that is there was told before anything that is gone.
    there = {**asked, "n": 2**62 if gone else n}
    ends = {**asked, "c": c if gone else -1, "id": item_id if gone else ""}
    step = max(2, (query.limit + 1) // max(1, len(seen.numbers)))
    walks = [
        _walk(connection, sql, {**values, "k": k}, step)
        for k in seen.numbers
        for sql, values in ((_THERE, there), (_GONE, ends))
    ]
    return heapq.merge(*walks)


def _walk(connection: Connection, sql: str, values: Mapping[str, Any], step: int) -> Iterator[_Row]:
    place = dict(values)
    while True:
        rows = [_Row._make(row) for row in connection.execute(sql, {**place, "most": step}).fetchall()]
        yield from rows
        if len(rows) < step:
            return
        place.update(at=rows[-1].at, n=rows[-1].n, c=rows[-1].c, id=rows[-1].id)
        step *= 2


def _named(connection: Connection, query: ChangeQuery, seen: Seen) -> Iterator[_Row]:
    values = {"ids": [one for one in query.ids if "\0" not in one], "among": _numbers(connection, query.collections)}
    place, until = _place(query), query.until or _LAST
    for row in sorted(_Row._make(row) for row in connection.execute(_NAMED, values).fetchall()):
        if seen.sees(row.k) and place < row[:5] and row.at < until:
            yield row


def _numbers(connection: Connection, ids: Sequence[str]) -> list[int]:
    """Return the numbers of Collections, of those too that are gone: what they held is told of still."""
    named = [one for one in ids if "\0" not in one]
    return [int(c) for (c,) in connection.execute(_NUMBERS, (named,)).fetchall()]


def _documents(connection: Connection, bases: Bases, numbers: Sequence[int]) -> dict[int, tuple[str, str, bytes, int]]:
    """Return Collection, id, document and version of Items by number."""
    if not numbers:
        return {}
    rows: Any = connection.execute(_DOCUMENTS, {"n": list(numbers)}).fetchall()
    unpack, found = partial(items.unpacked, connection, bases), dict[int, tuple[str, str, bytes, int]]()
    for n, c, key, collection, item_id, content, kept, geometry in rows:
        private = orjson.loads(kept)
        body = unpack((c, key, collection, item_id, content, private, geometry))
        found[n] = collection, item_id, body, int(private["v"])
    return found


def _there(row: _Row, there: Mapping[int, tuple[str, str, bytes, int]], names: Sequence[str]) -> Change | None:
    """Return an Item that is there; nothing for one that went a moment ago, which appears among the ends."""
    if row.n not in there:
        return None
    collection, item_id, body, version = there[row.n]
    item = Item(collection, item_id, body, version, names[row.k])
    return Change(row.at.astimezone(UTC), item, Token(row.keys))


def _gone(connection: Connection, row: _Row, names: Sequence[str]) -> Change:
    collection, version, raw = connection.execute(_ENDED, (row.c, row.id)).fetchall()[0]
    body = b"" if raw is None else written(orjson.loads(raw))
    item = Item(collection, row.id, body, int(version), names[row.k])
    return Change(row.at.astimezone(UTC), item, Token(row.keys), gone=True)
