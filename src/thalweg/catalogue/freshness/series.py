"""One series against its rule: the slots in which an Item is expected, those that have one, those that have none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from thalweg.catalogue.freshness.clock import Clock, clock_of
from thalweg.catalogue.freshness.light import noon_elevation
from thalweg.catalogue.freshness.presence import Key, Presence
from thalweg.catalogue.freshness.rule import Rule

State = Literal["regular", "silent", "irregular", "few"]
_FEW = 3
_REGULAR = 0.5
MOST_SLOTS = 10_000
"""So many slots of one series are looked at, the newest: an Item of 1970 must not make millions."""


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """One series; times in ms since 1970.

    Attributes:
        state: ``few`` Items and ``irregular`` ones let nothing be expected; a ``silent`` series has ended, or lies
            still for longer than the rule's patience.
        items: all of them; ``extra`` are those on no slot.
        present, missing: the times of the slots that have an Item, and of those that should.
        first, newest: of its Items.
        next: when the slot after the newest Item is; nothing where none is expected.
    """

    key: Key
    state: State
    items: int
    extra: int
    present: tuple[int, ...]
    missing: tuple[int, ...]
    first: int
    newest: int
    next: int | None

    @property
    def expected(self) -> int:
        """Return how many slots should have an Item."""
        return len(self.present) + len(self.missing)


def series_report(key: Key, items: Sequence[Presence], rule: Rule, now: int) -> SeriesReport:
    """Hold a series against its rule.

    Source: a slot is expected from the series' first Item, or the rule's beginning, to the last slot that is further
    back than the delay and the tolerance; slots without enough light are not. A series that fills less than half of
    its slots, or has less than three Items, follows no plan that can be expected; after ``patience`` empty slots it is
    silent, and no more is expected of it.
    """
    clock = clock_of(rule, items)
    on = [slot for one in items if (slot := clock.slot(one)) is not None]
    first, newest = min(one.at for one in items), max(one.at for one in items)
    extra = len(items) - len(on)
    filled = set(on)
    if len(filled) < _FEW:
        return SeriesReport(key, "few", len(items), extra, (), (), first, newest, None)
    begins, ends = _bounds(clock, rule, min(filled), now)
    last = max(filled)
    silent = ends - last > rule.patience
    lit = _Light(rule, items, clock)
    there, missing = [], []
    for slot in range(begins, min(ends, last + rule.patience) + 1):
        if slot in filled:
            there.append(clock.time(slot))
        elif lit(slot):
            missing.append(clock.time(slot))
    inner = sum(1 for at in missing if at < newest)
    if len(there) < _REGULAR * (len(there) + inner):
        return SeriesReport(key, "irregular", len(items), extra, (), (), first, newest, None)
    state: State = "silent" if silent else "regular"
    following = None if silent else next(lit.following(last), None)
    return SeriesReport(key, state, len(items), extra, tuple(there), tuple(missing), first, newest, following)


def _bounds(clock: Clock, rule: Rule, first: int, now: int) -> tuple[int, int]:
    """Return the first and the last slot in which an Item is expected."""
    until = now - rule.delay - rule.tolerance
    ends = clock.at_or_before(until if rule.until is None else min(until, rule.until))
    begins = first if rule.since is None else max(first, clock.at_or_before(rule.since - 1) + 1)
    return max(begins, ends - MOST_SLOTS), ends


class _Light:
    """Tells in which slots of a series there is light."""

    def __init__(self, rule: Rule, items: Sequence[Presence], clock: Clock) -> None:
        known = [one.latitude for one in items if one.latitude is not None]
        self._least = rule.least_sun if known else None
        self._latitude = median(known) if known else 0.0
        self._clock = clock

    def __call__(self, slot: int) -> bool:
        """Tell whether the sun rises high enough."""
        return self._least is None or noon_elevation(self._latitude, self._clock.time(slot)) >= self._least

    def following(self, slot: int) -> Iterator[int]:
        """Yield the time of the first slot after one that has light, if one of the next thousand has."""
        found = (one for one in range(slot + 1, slot + 1001) if self(one))
        for one in found:
            yield self._clock.time(one)
            return
