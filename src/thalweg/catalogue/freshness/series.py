"""One series against its rule: the slots in which an Item is expected, those that have one, those that have none."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from thalweg.catalogue.freshness.clock import Clock, clock_of
from thalweg.catalogue.freshness.columns import Series
from thalweg.catalogue.freshness.light import noon_elevations
from thalweg.catalogue.freshness.presence import Key
from thalweg.catalogue.freshness.rule import Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from thalweg.catalogue.freshness.columns import Times

State = Literal["regular", "silent", "irregular", "few"]
_FEW = 3
_NONE = np.empty(0, np.int64)
_REGULAR = 0.5
_NEXT = 200
"""So many slots are looked at for the next with light."""
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
    present: "Times"
    missing: "Times"
    first: int
    newest: int
    next: int | None

    @property
    def expected(self) -> int:
        """Return how many slots should have an Item."""
        return len(self.present) + len(self.missing)


def series_report(key: Key, items: Series, rule: Rule, now: int) -> SeriesReport:
    """Hold a series against its rule.

    Source: a slot is expected from the series' first Item, or the rule's beginning, to the last slot that is further
    back than the delay and the tolerance; slots without enough light are not, and what came sooner counts as well. A
    series that fills less than half of its slots, or has less than three Items, follows no plan that can be expected;
    after ``patience`` empty slots it is silent, and no more is expected of it.
    """
    clock = clock_of(rule, items)
    on = clock.slots(items)
    first, newest, number = int(items.times[0]), int(items.times[-1]), len(items.times)
    extra = number - len(on)
    filled = np.unique(on)
    if len(filled) < _FEW:
        return SeriesReport(key, "few", number, extra, _NONE, _NONE, first, newest, None)
    last = int(filled[-1])
    begins, ends, final = _bounds(clock, rule, int(filled[0]), last, now)
    lit = _Light(rule, items, clock)
    there = clock.times(filled[(filled >= begins) & (filled <= final)])
    slots = np.arange(begins, min(ends, last + rule.patience) + 1)
    empty = np.setdiff1d(slots, filled, assume_unique=True)
    missing = clock.times(empty[lit(empty)])
    inner = int(np.count_nonzero(missing < newest))
    if len(there) < _REGULAR * (len(there) + inner):
        return SeriesReport(key, "irregular", number, extra, _NONE, _NONE, first, newest, None)
    silent = ends - last > rule.patience
    state: State = "silent" if silent else "regular"
    return SeriesReport(key, state, number, extra, there, missing, first, newest, None if silent else lit.next(last))


def _bounds(clock: Clock, rule: Rule, first: int, last: int, now: int) -> tuple[int, int, int]:
    """Return the first slot, the last in which an Item should be by now, and the last in which one counts."""
    ends = clock.at_or_before(now - rule.delay - rule.tolerance)
    final = last
    if rule.until is not None:
        until = clock.at_or_before(rule.until)
        ends, final = min(ends, until), min(last, until)
    begins = first if rule.since is None else max(first, clock.at_or_before(rule.since - 1) + 1)
    return max(begins, min(ends, final) - MOST_SLOTS), ends, final


class _Light:
    """Tells in which slots of a series there is light."""

    def __init__(self, rule: Rule, items: Series, clock: Clock) -> None:
        self._least = rule.least_sun
        self._latitude = 0.0
        self._clock = clock
        if self._least is not None:
            known = np.sort(items.latitudes[~np.isnan(items.latitudes)])
            self._least = rule.least_sun if len(known) else None
            self._latitude = float(known[(len(known) - 1) // 2]) if len(known) else 0.0

    def __call__(self, slots: "Times") -> "NDArray[np.bool_]":
        """Tell in which of the slots the sun rises high enough."""
        if self._least is None:
            return np.ones(len(slots), np.bool_)
        return noon_elevations(self._latitude, self._clock.times(slots)) >= self._least

    def next(self, slot: int) -> int | None:
        """Return the time of the first slot after one that has light, if one of the next has."""
        following = np.arange(slot + 1, slot + (2 if self._least is None else _NEXT))
        lit = self._clock.times(following[self(following)][:1])
        return int(lit[0]) if len(lit) else None
