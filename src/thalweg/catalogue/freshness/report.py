"""What is expected of a Collection, what is there of it, and what is missing: by series and by month."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thalweg.catalogue.freshness.clock import by_month
from thalweg.catalogue.freshness.columns import Columns
from thalweg.catalogue.freshness.presence import Key
from thalweg.catalogue.freshness.rule import Rule
from thalweg.catalogue.freshness.series import SeriesReport, series_report

MOST_GAPS = 100_000
"""So many gaps are told one by one, the newest."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An Item that is missing: of which series, and when it was expected, ms since 1970."""

    at: int
    key: Key


@dataclass(frozen=True, slots=True)
class Month:
    """How many Items were expected in a month, and how many slots have one; ``number`` is 12 · year + month − 1."""

    number: int
    expected: int
    present: int


@dataclass(frozen=True, slots=True)
class Report:
    """A Collection against a rule; times in ms since 1970.

    Attributes:
        expected, present, extra, unkeyed: slots, those with an Item; Items on no slot; Items without the key.
        gaps: newest first.
        due: when something was, or is, to come after the newest Item; nothing where nothing is expected.
        overdue: ms since that was late; 0 where it is not.
    """

    series: tuple[SeriesReport, ...]
    months: tuple[Month, ...]
    gaps: tuple[Gap, ...]
    expected: int
    present: int
    extra: int
    unkeyed: int
    newest: int | None
    due: int | None
    overdue: int

    @property
    def missing(self) -> int:
        """Return how many slots should have an Item and have none."""
        return self.expected - self.present

    @property
    def completeness(self) -> float | None:
        """Return the share of expected slots that have an Item; nothing where none is expected."""
        return self.present / self.expected if self.expected else None


def report(columns: Columns, rule: Rule, now: int) -> Report:
    """Hold Items against a rule.

    Source: completeness is the share of expected slots that have an Item at least, however many it has. The Collection
    is overdue when, after its newest Item, the first slot of any of its series has passed by more than the rule's delay
    and tolerance and nothing has come.
    """
    series = tuple(series_report(key, items, rule, now) for key, items in columns.series(rule.key, rule.number))
    newest = int(columns.times.max()) if len(columns) else None
    due = _due(series, rule, newest)
    late = 0 if due is None else max(0, now - due - rule.delay - rule.tolerance)
    return Report(
        series,
        _months(series),
        _gaps(series),
        expected=sum(one.expected for one in series),
        present=sum(len(one.present) for one in series),
        extra=sum(one.extra for one in series),
        unkeyed=len(columns) - sum(one.items for one in series),
        newest=newest,
        due=due,
        overdue=late if rule.until is None or (due is not None and due <= rule.until) else 0,
    )


def _gaps(series: Sequence[SeriesReport]) -> tuple[Gap, ...]:
    """Return the newest gaps, of one time in the order of the keys, which is that of the series."""
    if not series:
        return ()
    times = np.concatenate([one.missing for one in series])
    numbers = np.repeat(np.arange(len(series)), [len(one.missing) for one in series])
    order = np.lexsort((numbers, -times))[:MOST_GAPS]
    return tuple(
        Gap(at, series[number].key) for at, number in zip(times[order].tolist(), numbers[order].tolist(), strict=True)
    )


def _due(series: Sequence[SeriesReport], rule: Rule, newest: int | None) -> int | None:
    """Return the first time after the newest Item at which a series expects one; silent ones expect as before."""
    if newest is None:
        return None
    after = newest + rule.tolerance
    later = [
        at
        for one in series
        if one.state in ("regular", "silent")
        for at in (*one.missing[one.missing > after][:1].tolist(), *filter(None, (one.next,)))
        if at > after
    ]
    return min(later, default=None)


def _months(series: Sequence[SeriesReport]) -> tuple[Month, ...]:
    present, missing = (
        by_month(np.concatenate(times)) if times else Counter[int]()
        for times in ([one.present for one in series], [one.missing for one in series])
    )
    return tuple(
        Month(number, present[number] + missing[number], present[number]) for number in sorted({*present, *missing})
    )


def by_value(series: Sequence[SeriesReport], names: Sequence[str]) -> Mapping[str, Mapping[str, tuple[int, int]]]:
    """Return how many were expected and how many are present for each value of each property of the key."""
    told: dict[str, dict[str, tuple[int, int]]] = {name: {} for name in names}
    for one in series:
        for name, value in zip(names, one.key, strict=True):
            expected, present = told[name].get(value, (0, 0))
            told[name][value] = (expected + one.expected, present + len(one.present))
    return told
