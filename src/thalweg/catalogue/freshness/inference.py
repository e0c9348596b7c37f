"""A rule of cadence told from the Items that are there, with how sure it is and why; or why none can be told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from thalweg.catalogue.freshness.clock import beat_of, calendar_slot, calendar_start, densest, merged
from thalweg.catalogue.freshness.columns import UNNUMBERED, Columns, Series
from thalweg.catalogue.freshness.confidence import lower_bound
from thalweg.catalogue.freshness.keys import Names, sampled, schemes
from thalweg.catalogue.freshness.lags import delay_of
from thalweg.catalogue.freshness.light import noon_elevations
from thalweg.catalogue.freshness.middle import middle
from thalweg.catalogue.freshness.presence import DAY
from thalweg.catalogue.freshness.rule import UNITS, Rule

if TYPE_CHECKING:
    from thalweg.catalogue.freshness.columns import Times

SURE = 0.6
"""So sure a rule must be to be told."""
_SURE = 2
_SERIES, _LONGEST, _STEPS = 20, 120, 4
"""So many series, and Items of each, the newest, tell enough; and so many steps are tried."""
_TOLERANCE, _MERGED = 0.05, DAY // 24
_ALIKE = 0.02
_WHOLE, _A_DIGIT = 1e-4, DAY // 100_000
_DARKEST = 15.0
"""Degrees: where the sun stands higher at noon nobody stops for want of light."""
_NIGHT = 3
"""So many slots in a row without light are a winter."""
_MOST_SLOTS = 20_000
_DAY_OF_MONTH = 0.95


@dataclass(frozen=True, slots=True)
class Inference:
    """What the Items tell of their cadence.

    Attributes:
        rule: the likeliest; ``None`` where none can be told.
        confidence: 0 to 1, the lesser of the least likely shares of Items on a slot and of slots filled.
        evidence: the numbers behind it.
        reason: a sentence for people.
    """

    rule: Rule | None
    confidence: float
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a rule fits: ``fitting`` of ``items`` lie on a slot, ``filled`` of ``slots`` are filled."""

    rule: Rule
    series: int
    items: int
    fitting: int
    slots: int
    filled: int

    @property
    def confidence(self) -> float:
        return min(lower_bound(self.fitting, self.items), lower_bound(self.filled, self.slots))

    @property
    def standing(self) -> int:
        """Return 2 for a rule that is sure, 1 for a grid on which Items lie though few of its slots are filled."""
        return _SURE if self.confidence >= SURE else int(lower_bound(self.fitting, self.items) >= SURE)

    def beats(self, other: "_Fit") -> bool:
        """Tell whether it says more than one that was tried before."""
        if self.standing != other.standing:
            return self.standing > other.standing
        return self.confidence > other.confidence + _ALIKE

    def evidence(self) -> dict[str, Any]:
        return {
            "series": self.series,
            "items_after_the_first": self.items,
            "on_a_slot": self.fitting,
            "slots_after_the_first": self.slots,
            "slots_filled": self.filled,
        }


def infer(columns: Columns) -> Inference:
    """Tell the cadence of Items.

    Source: keys are tried, the finest first, with the commonest steps between their Items; times are folded by the
    step, and a rule is as sure as the lesser of two lower bounds (Wilson 1927): of the share of Items that lie on the
    slots, and of the share of slots that have one. The first Item of a series only says where its slots are.
    """
    if not len(columns):
        return Inference(None, 0.0, {"items": 0}, "There are no Items.")
    best: _Fit | None = None
    tried, some = 0, sampled(columns)
    counter = some.counter()
    for names in schemes(some):
        picked = _picked([one for _, one in some.series(names, counter)])
        for fit in _fits(names, picked, counter) if picked else ():
            tried += 1
            lit = _lit(fit, picked)
            if best is None or lit.beats(best):
                best = lit
        # A coarser key would look the more complete the more tiles fill in for each other.
        if best is not None and best.standing == _SURE:
            break
    return _told(best, columns, tried)


def _told(best: _Fit | None, columns: Columns, tried: int) -> Inference:
    evidence: dict[str, Any] = {"items": len(columns), "rules_tried": tried}
    if best is None:
        return Inference(None, 0.0, evidence, "No rule can be told: no series has two Items at different times.")
    evidence |= best.evidence() | {"key": list(best.rule.key)}
    what = _what(best.rule)
    if best.confidence >= SURE:
        rule = replace(best.rule, delay=_rounded(delay_of(columns)))
        lying = f"{best.fitting} of {best.items} Items lie on a slot"
        said = f"{what[0].upper()}{what[1:]}: {lying}, {best.filled} of {best.slots} slots are filled."
        return Inference(rule, best.confidence, evidence, said)
    return Inference(None, best.confidence, evidence | {"likeliest": what}, _why_not(best, what))


def _why_not(best: _Fit, what: str) -> str:
    said = f"No rule can be told; the likeliest is {what}, but "
    if best.fitting == best.items and best.filled == best.slots:
        return f"{said}it held {'once' if best.slots == 1 else f'{best.slots} times'} only, too few to tell."
    if lower_bound(best.fitting, best.items) >= SURE:
        return f"{said}only {best.filled} of {best.slots} slots are filled: a selection, or an irregular plan."
    return f"{said}only {best.fitting} of {best.items} Items lie on its slots."


def _what(rule: Rule) -> str:
    key = f" by {', '.join(rule.key)}" if rule.key else ""
    if rule.kind == "calendar":
        return f"once a {rule.unit}{key}"
    days = f"{rule.step / DAY:.4g} days"
    if rule.kind == "cycle":
        return f"once a cycle of {days}{key}"
    return f"every day{key}" if rule.step == DAY else f"every {days}{key}"


def _picked(series: Sequence[Series]) -> list[Series]:
    """Return the longest series, each without its older part."""
    longest = sorted(series, key=lambda one: len(one.times), reverse=True)[:_SERIES]
    return [one.newest(_LONGEST) for one in longest if len(one.times) > 1]


def _fits(names: Names, series: Sequence[Series], counter: str) -> Iterator[_Fit]:
    if counter:
        yield from _cycles(names, series, counter)
    times = [merged(items.times, _MERGED) for items in series]
    yield from _calendars(names, times)
    for step in _steps(times):
        yield _revisit(names, times, step)


def _steps(times: "Sequence[Times]") -> list[float]:
    """Return the commonest steps between neighbours, those that differ by no more than a few percent taken as one."""
    bins: dict[int, list[int]] = {}
    for one in times:
        for step in np.diff(one).tolist():
            bins.setdefault(round(log(step) * 20), []).append(step)
    common = sorted(bins.values(), key=len, reverse=True)[:_STEPS]
    return [middle(steps) for steps in common]


def _revisit(names: Names, times: "Sequence[Times]", step: float) -> _Fit:
    items = fitting = slots = filled = 0
    step = _refined(times, step)
    tolerance = round(_TOLERANCE * step)
    several = [one for one in times if len(one) > 1]
    for one in several:
        beat = beat_of(one, step, tolerance)
        on = beat.slots_of(one)
        items, fitting = items + len(one) - 1, fitting + len(on) - 1
        slots, filled = slots + int(on.max() - on.min()), filled + len(np.unique(on)) - 1
    rule = Rule("revisit", names, _rounded(step), _rounded(tolerance))
    return _Fit(rule, len(several), items, fitting, slots, filled)


def _refined(times: "Sequence[Times]", step: float) -> float:
    """Return the step that the differences between neighbours tell, each taken for a whole number of steps.

    Source: the sum of these differences over the sum of their numbers, where they differ by less than the tolerance.
    What is nearly so many days is taken for them: orbits are flown to repeat so, and only the hour drifts.
    """
    span = numbers = 0
    for one in times:
        apart = np.diff(one)
        number = np.rint(apart / step)
        whole = (number > 0) & (np.abs(apart - number * step) <= _TOLERANCE * step)
        span, numbers = span + int(apart[whole].sum()), numbers + int(number[whole].sum())
    told = span / numbers if numbers else step
    days = max(1, round(told / DAY)) * DAY
    return days if abs(told - days) <= _WHOLE * told else told


def _calendars(names: Names, times: "Sequence[Times]") -> Iterator[_Fit]:
    for unit in UNITS:
        all_times = np.concatenate(times).tolist()
        offsets = Counter((at - calendar_start(unit, calendar_slot(unit, at))) // DAY for at in all_times)
        if offsets.most_common(1)[0][1] < _DAY_OF_MONTH * offsets.total():
            continue
        numbers = [[calendar_slot(unit, at) for at in one.tolist()] for one in times if len(one) > 1]
        items = sum(len(one) - 1 for one in numbers)
        filled = sum(len(set(one)) - 1 for one in numbers)
        slots = sum(one[-1] - one[0] for one in numbers)
        yield _Fit(Rule("calendar", names, unit=unit), len(numbers), items, filled, slots, filled)


def _cycles(names: Names, series: Sequence[Series], counter: str) -> Iterator[_Fit]:
    told = [one for one in map(_numbered, series) if len(one) > 1]
    if not told:
        return
    steps = [(one[-1][1] - one[0][1]) / (one[-1][0] - one[0][0]) for one in told]
    step = middle(steps)
    if step < _MERGED:
        return
    tolerance = round(_TOLERANCE * step)
    items = fitting = slots = filled = 0
    for one in told:
        phase = densest(np.array([at - number * step for number, at in one]), tolerance)
        on = {number for number, at in one if abs(at - number * step - phase) <= tolerance}
        items, fitting = items + len(one) - 1, fitting + len(on) - 1
        slots, filled = slots + max(on) - min(on), filled + len(on) - 1
    rule = Rule("cycle", names, _rounded(step), _rounded(tolerance), number=counter)
    yield _Fit(rule, len(told), items, fitting, slots, filled)


def _numbered(series: Series) -> list[tuple[int, int]]:
    """Return the numbers of cycles with a time of each, in the order of the numbers."""
    having = series.cycles != UNNUMBERED
    return sorted(dict(zip(series.cycles[having].tolist(), series.times[having].tolist(), strict=True)).items())


def _rounded(span: float) -> int:
    """Return ms that make a number of days with five digits behind the point, as people write them."""
    return round(span / _A_DIGIT) * _A_DIGIT


def _lit(fit: _Fit, series: Sequence[Series]) -> _Fit:
    """Return the fit without the slots of winters in which no Item of any series has light, where there are such.

    The least elevation of the sun is that at which an Item was taken; slots in the dark count as a winter only where
    several follow each other, so that an outage in the darkest week is not excused.
    """
    if fit.rule.kind != "revisit" or not fit.filled < fit.slots <= _MOST_SLOTS:
        return fit
    if lower_bound(fit.fitting, fit.items) < SURE:
        return fit
    known = [one for one in map(_placed, series) if len(one.times)]
    least = min((float(noon_elevations(one.latitudes, one.times).min()) for one in known), default=90.0)
    if least > _DARKEST:
        return fit
    dark = sum(_dark(items, fit.rule, least) for items in known if len(items.times) > 1)
    if not dark:
        return fit
    return replace(fit, rule=replace(fit.rule, least_sun=round(least, 1) - 0.1), slots=fit.slots - dark)


def _placed(series: Series) -> Series:
    """Return the Items of which it is known where they are."""
    there = ~np.isnan(series.latitudes)
    return Series(series.times[there], series.cycles[there], series.latitudes[there])


def _dark(series: Series, rule: Rule, least: float) -> int:
    """Return how many slots of a series lie in winters without light."""
    beat = beat_of(series.times, rule.step, rule.tolerance)
    latitude = middle(series.latitudes.tolist())
    first, last = (beat.at_or_before(int(at)) for at in (series.times[0], series.times[-1]))
    found = run = 0
    for dark in (noon_elevations(latitude, beat.times(np.arange(first, last + 1))) < least).tolist():
        run = run + 1 if dark else 0
        found += 1 if run > _NIGHT else _NIGHT if run == _NIGHT else 0
    return found
