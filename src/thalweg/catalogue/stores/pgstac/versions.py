"""What Items were: rows of the past beside what is now."""

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
    if now is None and (not rows or not rows[0][1] or not seen.sees(rows[0][2])):
        return ()
    found = [] if now is None else [now]
    until = None if now is None else now.since
    for v, gone, k, since, ended, raw in rows:
        if seen.sees(k):
            body = None if gone or raw is None else written(orjson.loads(raw))
            end = until if gone else ended
            found.append(Version(int(v), body, _utc(since), None if end is None else _utc(end)))
        until = since
    return tuple(found)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
