"""Distributed searches that came here lately: one that comes back goes no further."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

_REMEMBERED, _KEPT_SECONDS = 4096, 60.0


class Seen:
    """The ids of searches that came here lately; bounded, shared by threads."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def first_time(self, search_id: str) -> bool:
        """Note that a search came; tell whether it is the first time."""
        now = time.monotonic()
        with self._lock:
            before = self._ids.get(search_id)
            self._ids[search_id] = now
            self._ids.move_to_end(search_id)
            while len(self._ids) > _REMEMBERED:
                self._ids.popitem(last=False)
        return before is None or now - before > _KEPT_SECONDS
