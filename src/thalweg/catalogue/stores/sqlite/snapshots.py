"""Snapshots as rows: their documents as they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from thalweg.catalogue.snapshots import KeepsSnapshots, Kept
from thalweg.catalogue.stores.sqlite import clock
from thalweg.catalogue.stores.sqlite.opened import Opened
from thalweg.catalogue.times import moment
from thalweg.core.events import Event
from thalweg.core.principals import Visibility
from thalweg.sql.outbox import record_raw

_SEEN = "(:everything OR class IN (SELECT value FROM json_each(:classes)))"


class Snapshots(Opened):
    """What keeps snapshots."""

    def settled(self) -> datetime:
        """Return a moment of just now; whatever is there as of it is there already."""
        with self._connections.writing() as connection:
            # Nobody else writes, and who writes next dates it later.
            at = clock.settle(connection)
        return moment(at)

    def keep_snapshot(self, kept: Kept, events: Sequence[Event]) -> None:
        """Keep a snapshot, or what changed of its document."""
        put = (
            "INSERT INTO snapshot (id, class, document) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET document = excluded.document"
        )
        with self._connections.writing() as connection:
            connection.execute(put, (kept.id, kept.visibility_class, kept.document.decode()))
            record_raw(connection, events)

    def snapshot(self, snapshot_id: str) -> Kept | None:
        """Return a snapshot."""
        row: Any = self._connections.glance("SELECT id, class, document, s FROM snapshot WHERE id = ?", (snapshot_id,))
        return None if row is None else _kept(row)

    def snapshots(self, seen_by: Visibility, limit: int, before: int | None) -> tuple[Kept, ...]:
        """Return snapshots that may be seen, the last taken first, those before a place."""
        sql = f"SELECT id, class, document, s FROM snapshot WHERE {_SEEN} AND s < :before ORDER BY s DESC LIMIT :limit"  # noqa: S608
        values = {
            "everything": seen_by.everything,
            "classes": orjson.dumps(sorted(seen_by.classes)).decode(),
            "before": 2**62 if before is None else before,
            "limit": limit,
        }
        with self._connections.reading() as connection:
            rows: Any = connection.execute(sql, values).fetchall()
        return tuple(map(_kept, rows))


def _kept(row: Sequence[Any]) -> Kept:
    snapshot_id, visibility_class, document, place = row
    return Kept(str(snapshot_id), str(visibility_class), str(document).encode(), int(place))


if TYPE_CHECKING:
    _keeps: type[KeepsSnapshots] = Snapshots
