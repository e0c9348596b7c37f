"""From times to the numbered slots of a cadence, and back."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import numpy as np

from thalweg.catalogue.freshness.columns import UNNUMBERED, Series
from thalweg.catalogue.freshness.middle import middle
from thalweg.catalogue.freshness.presence import DAY
from thalweg.catalogue.freshness.rule import Rule, Unit
from thalweg.catalogue.times import milliseconds, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from thalweg.catalogue.freshness.columns import Times

_PARTS_OF_YEAR: dict[Unit, int] = {"dekad": 36, "month": 12, "year": 1}
_DEKAD = 10


class Clock(Protocol):
    """The slots of one series, numbered in the order of time."""

    def slots(self, series: Series) -> "Times":
        """Return the slots that Items fill, in no order; those that fit none are left out."""
        ...

    def times(self, slots: "Times") -> "Times":
        """Return when slots are, in ms since 1970."""
        ...

    def at_or_before(self, at: int) -> int:
        """Return the last slot that is not after a time."""
        ...


@dataclass(frozen=True, slots=True)
class Beat:
    """Slots that are one step apart; ``phase`` is the time of slot 0."""

    phase: int
    step: float
    tolerance: int

    def slots(self, series: Series) -> "Times":
        """Return the slots that Items fill."""
        return self.slots_of(series.times)

    def slots_of(self, times: "Times") -> "Times":
        """Return the slots that times fill; those further than the tolerance from each are left out."""
        slots: Times = np.rint((times - self.phase) / self.step).astype(np.int64)
        near: NDArray[np.bool_] = np.abs(times - self.times(slots)) <= self.tolerance
        return np.extract(near, slots)

    def times(self, slots: "Times") -> "Times":
        """Return when slots are."""
        times: Times = np.rint(self.phase + slots * self.step).astype(np.int64)
        return times

    def at_or_before(self, at: int) -> int:
        """Return the last slot that is not after a time."""
        return int((at - self.phase) // self.step)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Dekads (from the 1st, 11th and 21st), months or years; ``offset`` ms after its beginning is the Item's time."""

    unit: Unit
    offset: int = 0

    def slots(self, series: Series) -> "Times":
        """Return the dekads, months or years of Items."""
        return np.array([calendar_slot(self.unit, at) for at in series.times.tolist()], np.int64)

    def times(self, slots: "Times") -> "Times":
        """Return when slots are."""
        return np.array([calendar_start(self.unit, slot) + self.offset for slot in slots.tolist()], np.int64)

    def at_or_before(self, at: int) -> int:
        """Return the last slot that is not after a time."""
        return calendar_slot(self.unit, at - self.offset)


@dataclass(frozen=True, slots=True)
class Cycles:
    """Slots that Items number themselves; a number that is of another time is of another count, and fills none."""

    beat: Beat

    def slots(self, series: Series) -> "Times":
        """Return the numbers that Items tell."""
        numbered = series.cycles != UNNUMBERED
        numbers: Times = series.cycles[numbered].astype(np.int64)
        near: NDArray[np.bool_] = np.abs(series.times[numbered] - self.beat.times(numbers)) <= self.beat.step / 2
        return np.extract(near, numbers)

    def times(self, slots: "Times") -> "Times":
        """Return when slots are."""
        return self.beat.times(slots)

    def at_or_before(self, at: int) -> int:
        """Return the last slot that is not after a time."""
        return self.beat.at_or_before(at)


def calendar_slot(unit: Unit, at: int) -> int:
    """Return the number of the dekad, month or year that a time lies in, from the year 0 on."""
    day = moment(at)
    if unit == "year":
        return day.year
    month = 12 * day.year + day.month - 1
    return month if unit == "month" else 3 * month + min(2, (day.day - 1) // _DEKAD)


def calendar_start(unit: Unit, slot: int) -> int:
    """Return when a dekad, month or year begins, in ms since 1970."""
    year, part = divmod(slot, _PARTS_OF_YEAR[unit])
    month, dekad = divmod(part, 3) if unit == "dekad" else (part, 0)
    return milliseconds(datetime(year, month + 1, 1 + _DEKAD * dekad, tzinfo=UTC))


def by_month(times: "Times") -> Counter[int]:
    """Return how many times each month has, by its number."""
    months: Counter[int] = Counter()
    days, counts = np.unique(times // DAY, return_counts=True)
    for day, number in zip(days.tolist(), counts.tolist(), strict=True):
        months[calendar_slot("month", day * DAY)] += number
    return months


def clock_of(rule: Rule, series: Series) -> Clock:
    """Return the slots of one series: a rule says how far they lie apart, the series where they lie."""
    if rule.kind == "calendar":
        offsets = [at - calendar_start(rule.unit, calendar_slot(rule.unit, at)) for at in series.times.tolist()]
        return Calendar(rule.unit, middle(offsets))
    if rule.kind == "cycle":
        numbered = series.cycles != UNNUMBERED
        folded = series.times[numbered] - series.cycles[numbered] * float(rule.step)
        return Cycles(Beat(round(densest(folded, rule.step)) if len(folded) else 0, rule.step, rule.tolerance))
    return beat_of(series.times, rule.step, rule.tolerance)


def beat_of(times: "Times", step: float, tolerance: int) -> Beat:
    """Return the beat of a step on which most of the times fall.

    Source: times are folded by the step; the phase is the middle of the densest window of twice the tolerance.
    """
    folded = times % step
    return Beat(round(densest(np.concatenate((folded, folded + step)), 2 * tolerance)), step, tolerance)


def densest(values: "NDArray[np.float64] | Times", width: float) -> float:
    """Return the middle of the window of this width in which most of the values lie, the first of several."""
    ordered = np.sort(values)
    counts = np.searchsorted(ordered, ordered + width, side="right") - np.arange(len(ordered))
    start = int(np.argmax(counts))
    return float(ordered[start + (int(counts[start]) - 1) // 2])


def merged(times: "Sequence[int] | Times", gap: int) -> "Times":
    """Return times in their order, those less than a gap after the one before left out: slices, or made again."""
    kept: list[int] = []
    for at in np.sort(times).tolist():
        if not kept or at - kept[-1] >= gap:
            kept.append(at)
    return np.array(kept, np.int64)
