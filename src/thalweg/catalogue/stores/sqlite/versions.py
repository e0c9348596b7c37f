"""What Items were: each version told by the one after it, the end of a removed Item by its whole document."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import apsw

from thalweg.catalogue.stores.sqlite.bodies import DELTA, Bodies, undone
from thalweg.catalogue.stores.sqlite.classes import Seen
from thalweg.core.items import Version

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOW = "SELECT n, v, k, u, d, z FROM item JOIN doc USING (n) WHERE id = ? AND c = (SELECT c FROM coll WHERE id = ?)"
_GONE = "SELECT n, v, k, at FROM gone WHERE id = ? AND c = (SELECT c FROM coll WHERE id = ?) AND n IS NOT NULL"
_PAST = "SELECT v, k, since, until, d, z FROM past WHERE n = ? ORDER BY v DESC"


class _Past(NamedTuple):
    v: int
    k: int
    since: int
    until: int
    d: int
    z: bytes


def versions(
    connection: apsw.Connection, bodies: Bodies, collection: str, item_id: str, seen: Seen
) -> tuple[Version, ...]:
    """Return the versions of an Item that may be seen, newest first; nothing where there are none."""
    now: Any = connection.execute(_NOW, (item_id, collection)).get
    if now is not None:
        n, v, k, since, d, z = now
        body = bodies.unpacked(connection, d, z)
        first = [Version(v, body, _at(since), None)] if seen.sees(k) else []
        return (*first, *_before(connection, bodies, n, body, since, seen)) if first else ()
    gone: Any = connection.execute(_GONE, (item_id, collection)).get
    if gone is None or not seen.sees(gone[2]):
        return ()
    n, v, _, at = gone
    return (Version(v, None, _at(at), None), *_before(connection, bodies, n, None, at, seen))


def _before(
    connection: apsw.Connection, bodies: Bodies, n: int, newer: bytes | None, until: int, seen: Seen
) -> Iterator[Version]:
    rows: Any = connection.execute(_PAST, (n,)).fetchall()
    for row in map(_Past._make, rows):
        newer = undone(row.z, newer or b"") if row.d == DELTA else bodies.unpacked(connection, row.d, row.z)
        if not seen.sees(row.k):
            until = row.since
            continue
        if row.until < until:
            yield Version(row.v, None, _at(row.until), _at(until))
        yield Version(row.v, newer, _at(row.since), _at(row.until))
        until = row.since


def _at(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
