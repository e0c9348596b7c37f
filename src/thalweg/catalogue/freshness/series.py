"""One series against its rule: the slots in which an Item is expected, those that have one, those that have none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from thalweg.catalogue.freshness.clock import Clock, clock_of
from thalweg.catalogue.freshness.light import noon_elevation
from thalweg.catalogue.freshness.middle import middle
from thalweg.catalogue.freshness.presence import Key, Presence
from thalweg.catalogue.freshness.rule import Rule

State = Literal["regular", "silent", "irregular", "few"]
_FEW = 3
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
    back than the delay and the tolerance; slots without enough light are not, and what came sooner counts as well. A
    series that fills less than half of its slots, or has less than three Items, follows no plan that can be expected;
    after ``patience`` empty slots it is silent, and no more is expected of it.
    """
    clock = clock_of(rule, items)
    on = [slot for one in items if (slot := clock.slot(one)) is not None]
    first, newest = min(one.at for one in items), max(one.at for one in items)
    extra = len(items) - len(on)
    filled = set(on)
    if len(filled) < _FEW:
        return SeriesReport(key, "few", len(items), extra, (), (), first, newest, None)
    last = max(filled)
    begins, ends, final = _bounds(clock, rule, min(filled), last, now)
    silent = ends - last > rule.patience
    lit = _Light(rule, items, clock)
    there = [clock.time(slot) for slot in sorted(filled) if begins <= slot <= final]
    empty = (slot for slot in range(begins, min(ends, last + rule.patience) + 1) if slot not in filled)
    missing = [clock.time(slot) for slot in empty if lit(slot)]
    inner = sum(1 for at in missing if at < newest)
    if len(there) < _REGULAR * (len(there) + inner):
        return SeriesReport(key, "irregular", len(items), extra, (), (), first, newest, None)
    state: State = "silent" if silent else "regular"
    following = None if silent else next(lit.following(last), None)
    return SeriesReport(key, state, len(items), extra, tuple(there), tuple(missing), first, newest, following)


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

    def __init__(self, rule: Rule, items: Sequence[Presence], clock: Clock) -> None:
        known = [one.latitude for one in items if one.latitude is not None]
        self._least = rule.least_sun if known else None
        self._latitude = middle(known) if known else 0.0
        self._clock = clock

    def __call__(self, slot: int) -> bool:
        """Tell whether the sun rises high enough."""
        return self._least is None or noon_elevation(self._latitude, self._clock.time(slot)) >= self._least

    def following(self, slot: int) -> Iterator[int]:
        """Yield the time of the first slot after one that has light, if one of the next has."""
        found = (one for one in range(slot + 1, slot + _NEXT) if self(one))
        yield from (self._clock.time(one) for one in islice(found, 1))
