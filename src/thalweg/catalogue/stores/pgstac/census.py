"""Which part of all Items a caller sees, about: what plans are chosen by, never answers."""

import time
from dataclasses import dataclass, field, replace

from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.connections import Pool

_FRESH_SECONDS = 5.0
_MUCH = 0.02
"""Of a caller who sees such a part of all Items a walk finds one in fifty."""
_RARE = 1_000
"""So many Items are looked at one by one in a millisecond or two."""
_CLASSES = 1_000
"""Of more classes the numbers alone cost more to send."""


@dataclass(slots=True)
class _Counted:
    at: float = float("-inf")
    items: dict[int, int] = field(default_factory=dict)
    seen: dict[Seen, int] = field(default_factory=dict)


class Census:
    """The tally of one store by class, as it was a moment ago."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._counted = _Counted()

    def look(self, seen: Seen) -> Seen:
        """Return what a caller sees, with what plans are chosen by."""
        if seen.everything or seen.nothing:
            return seen
        counted = self._now()
        if seen not in counted.seen:
            counted.seen[seen] = sum(n for k, n in counted.items.items() if seen.sees(k))
        mine = counted.seen[seen]
        rare = mine <= _RARE and len(seen.numbers) <= _CLASSES
        much = seen.few is None and mine >= _MUCH * max(1, sum(counted.items.values()))
        return replace(seen, much=much, rare=rare) if much or rare else seen

    def _now(self) -> _Counted:
        if time.monotonic() - self._counted.at > _FRESH_SECONDS:
            sql = "SELECT k, sum(n)::bigint FROM tally GROUP BY k"
            rows = self._pool.read(lambda one: one.execute(sql).fetchall())
            self._counted = _Counted(time.monotonic(), {k: int(n) for k, n in rows})
        return self._counted
