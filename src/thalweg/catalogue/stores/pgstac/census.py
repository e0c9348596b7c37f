"""Which part of all Items a caller sees, about: what plans are chosen by, never answers."""

import time
from dataclasses import dataclass, field

from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.connections import Pool

_FRESH_SECONDS = 5.0


@dataclass(slots=True)
class _Counted:
    at: float = float("-inf")
    items: dict[int, int] = field(default_factory=dict)
    shares: dict[Seen, float] = field(default_factory=dict)


class Census:
    """The tally of one store by class, as it was a moment ago."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._counted = _Counted()

    def share(self, seen: Seen) -> float:
        """Return which part of all Items is seen, from 0 to 1."""
        if seen.everything:
            return 1.0
        if time.monotonic() - self._counted.at > _FRESH_SECONDS:
            sql = "SELECT k, sum(n)::bigint FROM tally GROUP BY k"
            rows = self._pool.read(lambda one: one.execute(sql).fetchall())
            self._counted = _Counted(time.monotonic(), {k: int(n) for k, n in rows})
        counted = self._counted
        if seen not in counted.shares:
            mine = sum(n for k, n in counted.items.items() if seen.sees(k))
            counted.shares[seen] = mine / max(1, sum(counted.items.values()))
        return counted.shares[seen]
