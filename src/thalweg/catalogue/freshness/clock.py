"""From times to the numbered slots of a cadence, and back."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from thalweg.catalogue.freshness.middle import middle
from thalweg.catalogue.freshness.presence import DAY, Presence
from thalweg.catalogue.freshness.rule import Rule, Unit
from thalweg.catalogue.times import milliseconds, moment

_PARTS_OF_YEAR: dict[Unit, int] = {"dekad": 36, "month": 12, "year": 1}
_DEKAD = 10


class Clock(Protocol):
    """The slots of one series, numbered in the order of time."""

    def slot(self, one: Presence) -> int | None:
        """Return the slot that an Item fills; nothing for one that fits none."""
        ...

    def time(self, slot: int) -> int:
        """Return when a slot is, in ms since 1970."""
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

    def slot(self, one: Presence) -> int | None:
        """Return the slot that an Item fills."""
        return self.slot_of(one.at)

    def slot_of(self, at: int) -> int | None:
        """Return the slot that a time fills; nothing for one further than the tolerance from each."""
        number = round((at - self.phase) / self.step)
        return number if abs(at - self.time(number)) <= self.tolerance else None

    def time(self, slot: int) -> int:
        """Return when a slot is."""
        return round(self.phase + slot * self.step)

    def at_or_before(self, at: int) -> int:
        """Return the last slot that is not after a time."""
        return int((at - self.phase) // self.step)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Dekads (from the 1st, 11th and 21st), months or years; ``offset`` ms after its beginning is the Item's time."""

    unit: Unit
    offset: int = 0

    def slot(self, one: Presence) -> int | None:
        """Return the dekad, month or year of an Item."""
        return calendar_slot(self.unit, one.at)

    def time(self, slot: int) -> int:
        """Return when a slot is."""
        return calendar_start(self.unit, slot) + self.offset

    def at_or_before(self, at: int) -> int:
        """Return the last slot that is not after a time."""
        return calendar_slot(self.unit, at - self.offset)


@dataclass(frozen=True, slots=True)
class Cycles:
    """Slots that Items number themselves; a number that is of another time is of another count, and fills none."""

    number: str
    beat: Beat

    def slot(self, one: Presence) -> int | None:
        """Return the number that an Item tells."""
        number = one.number(self.number)
        if number is None or abs(one.at - self.beat.time(number)) > self.beat.step / 2:
            return None
        return number

    def time(self, slot: int) -> int:
        """Return when a slot is."""
        return self.beat.time(slot)

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


def by_month(times: Iterable[int]) -> Counter[int]:
    """Return how many times each month has, by its number."""
    months: Counter[int] = Counter()
    for day, number in Counter(at // DAY for at in times).items():
        months[calendar_slot("month", day * DAY)] += number
    return months


def clock_of(rule: Rule, series: Sequence[Presence]) -> Clock:
    """Return the slots of one series: a rule says how far they lie apart, the series where they lie."""
    if rule.kind == "calendar":
        offsets = [one.at - calendar_start(rule.unit, calendar_slot(rule.unit, one.at)) for one in series]
        return Calendar(rule.unit, middle(offsets))
    if rule.kind == "cycle":
        numbered = [(one.at, number) for one in series if (number := one.number(rule.number)) is not None]
        phase = densest([at - number * rule.step for at, number in numbered], rule.step) if numbered else 0
        return Cycles(rule.number, Beat(round(phase), rule.step, rule.tolerance))
    return beat_of([one.at for one in series], rule.step, rule.tolerance)


def beat_of(times: Sequence[int], step: float, tolerance: int) -> Beat:
    """Return the beat of a step on which most of the times fall.

    Source: times are folded by the step; the phase is the middle of the densest window of twice the tolerance.
    """
    folded = [at % step for at in times]
    return Beat(round(densest([*folded, *(one + step for one in folded)], 2 * tolerance)), step, tolerance)


def densest(values: Sequence[float], width: float) -> float:
    """Return the middle of the window of this width in which most of the values lie, the first of several."""
    ordered = sorted(values)
    counts = (bisect_right(ordered, low + width) - place for place, low in enumerate(ordered))
    most, start = max((count, -place) for place, count in enumerate(counts))
    return middle(ordered[-start : -start + most])


def merged(times: Sequence[int], gap: int) -> list[int]:
    """Return times in their order, those less than a gap after the one before left out: slices, or made again."""
    kept: list[int] = []
    for at in sorted(times):
        if not kept or at - kept[-1] >= gap:
            kept.append(at)
    return kept
