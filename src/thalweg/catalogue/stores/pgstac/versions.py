"""What Items were: rows of the past beside what is now."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from thalweg.catalogue.canonical import written
from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.core.items import Version

_PAST = """
SELECT past.v, past.gone, past.k, past.since, past.until, past.body FROM past JOIN coll USING (c)
WHERE coll.id = %s AND past.id = %s ORDER BY past.v DESC, past.gone DESC
"""


def versions(
    connection: Connection, collection: str, item_id: str, now: Version | None, seen: Seen
) -> tuple[Version, ...]:
    """Return the versions of an Item that may be seen, newest first; ``now`` is what may be seen of it as it is."""
    rows: Any = connection.execute(_PAST, (collection, item_id)).fetchall()
    if now is not None:
        # What became of it after it was read is left for who asks next.
        rows = [row for row in rows if row[0] < now.number]
    elif not _ended(rows, seen):
        return ()
    found = [] if now is None else [now]
    until = None if now is None else now.since
    for v, gone, k, since, ended, raw in rows:
        if seen.sees(k):
            body = None if gone or raw is None else written(orjson.loads(raw))
            found.append(Version(int(v), body, _utc(since), _end(until if gone else ended)))
        until = since
    return tuple(found)


def _ended(rows: Sequence[Any], seen: Seen) -> bool:
    """Tell whether an Item is gone, and its end may be seen."""
    return bool(rows) and rows[0][1] and seen.sees(rows[0][2])


def _end(at: datetime | None) -> datetime | None:
    return None if at is None else _utc(at)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
