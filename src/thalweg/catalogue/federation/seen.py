"""Distributed searches that came here lately: one that comes back goes no further."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

_REMEMBERED, _LONGEST = 4096, 3600.0
USUAL_SECONDS = 600.0
"""For which searches are remembered that do not say how long (12-176r7, Table 6)."""


class Seen:
    """The ids of searches that came here lately; bounded, shared by threads."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, search_id: str) -> bool:
        """Tell whether a search came lately."""
        with self._lock:
            return self._ids.get(search_id, 0.0) > time.monotonic()

    def first_time(self, search_id: str, seconds: float = USUAL_SECONDS) -> bool:
        """Note that a search came, for so long; tell whether it is the first time."""
        now = time.monotonic()
        with self._lock:
            until = self._ids.get(search_id, now)
            self._ids[search_id] = now + min(seconds, _LONGEST)
            self._ids.move_to_end(search_id)
            while len(self._ids) > _REMEMBERED:
                self._ids.popitem(last=False)
        return until <= now
