"""Snapshots as rows: their documents as they are."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.snapshots import KeepsSnapshots, Kept
from thalweg.catalogue.stores.pgstac.connections import Connection, Pool
from thalweg.core.errors import Unavailable
from thalweg.core.events import Event
from thalweg.core.principals import Visibility
from thalweg.sql.outbox import record_direct

_PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.05
# Who writes now dates what it writes from after it began; its transaction is seen by all as long as it lasts.
_WRITING_SINCE = """
SELECT coalesce(min(xact_start), clock_timestamp()) FROM pg_stat_activity
WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""
_PUT = """
INSERT INTO snapshot (id, class, document) VALUES (%s, %s, %s::jsonb)
ON CONFLICT (id) DO UPDATE SET document = excluded.document
"""
_ONE = "SELECT id, class, document::text, s FROM snapshot WHERE id = %s"
_SEVERAL = """
SELECT id, class, document::text, s FROM snapshot
WHERE (%(everything)s OR class = ANY (%(classes)s::text[])) AND s < %(before)s ORDER BY s DESC LIMIT %(limit)s
"""


class Snapshots:
    """What keeps snapshots."""

    _pool: Pool

    def settled(self) -> datetime:
        """Return a moment of just now; whatever is there as of it is there already.

        Raises:
            Unavailable: others write at it for long.
        """
        asked, deadline = self._pool.read(_now), time.monotonic() + _PATIENCE_SECONDS
        while self._pool.read(_writing_since) < asked:
            if time.monotonic() > deadline:
                raise Unavailable("Others write many Items just now: try again when they are done.")
            time.sleep(_PAUSE_SECONDS)
        return asked

    def keep_snapshot(self, kept: Kept, events: Sequence[Event]) -> None:
        """Keep a snapshot, or what changed of its document."""

        def put(connection: Connection) -> None:
            connection.execute(_PUT, (kept.id, kept.visibility_class, kept.document.decode()))
            record_direct(connection, events)

        self._pool.write(put)

    def snapshot(self, snapshot_id: str) -> Kept | None:
        """Return a snapshot."""
        row = None if "\0" in snapshot_id else self._pool.read(lambda one: one.execute(_ONE, (snapshot_id,)).fetchone())
        return None if row is None else _kept(row)

    def snapshots(self, seen_by: Visibility, limit: int, before: int | None) -> tuple[Kept, ...]:
        """Return snapshots that may be seen, the last taken first, those before a place."""
        values = {
            "everything": seen_by.everything,
            "classes": sorted(seen_by.classes),
            "before": 2**62 if before is None else before,
            "limit": limit,
        }
        return tuple(_kept(row) for row in self._pool.read(lambda one: one.execute(_SEVERAL, values).fetchall()))


def _now(connection: Connection) -> datetime:
    found: datetime = connection.execute("SELECT clock_timestamp()").fetchall()[0][0]
    return found


def _writing_since(connection: Connection) -> datetime:
    found: datetime = connection.execute(_WRITING_SINCE).fetchall()[0][0]
    return found


def _kept(row: Sequence[Any]) -> Kept:
    snapshot_id, visibility_class, document, place = row
    return Kept(str(snapshot_id), str(visibility_class), str(document).encode(), int(place))


if TYPE_CHECKING:
    _keeps: type[KeepsSnapshots] = Snapshots
