"""A rule of cadence told from the Items that are there, with how sure it is and why; or why none can be told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import log
from typing import Any

from thalweg.catalogue.freshness.clock import beat_of, calendar_slot, calendar_start, densest, merged
from thalweg.catalogue.freshness.confidence import lower_bound
from thalweg.catalogue.freshness.keys import Names, sampled, schemes, series_of
from thalweg.catalogue.freshness.lags import delay_of
from thalweg.catalogue.freshness.light import noon_elevation
from thalweg.catalogue.freshness.middle import middle
from thalweg.catalogue.freshness.presence import DAY, Presence
from thalweg.catalogue.freshness.rule import UNITS, Rule

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
_CYCLE = "swot:cycle"
_DAY_OF_MONTH = 0.95
Series = Sequence[Sequence[Presence]]


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


def infer(presences: Sequence[Presence]) -> Inference:
    """Tell the cadence of Items.

    Source: keys are tried, the finest first, with the commonest steps between their Items; times are folded by the
    step, and a rule is as sure as the lesser of two lower bounds (Wilson 1927): of the share of Items that lie on the
    slots, and of the share of slots that have one. The first Item of a series only says where its slots are.
    """
    if not presences:
        return Inference(None, 0.0, {"items": 0}, "There are no Items.")
    best: _Fit | None = None
    tried, some = 0, sampled(presences)
    for names in schemes(some):
        picked = _picked(list(series_of(some, names).values()))
        for fit in _fits(names, picked) if picked else ():
            tried += 1
            lit = _lit(fit, picked)
            if best is None or lit.beats(best):
                best = lit
        # A coarser key would look the more complete the more tiles fill in for each other.
        if best is not None and best.standing == _SURE:
            break
    return _told(best, presences, tried)


def _told(best: _Fit | None, presences: Sequence[Presence], tried: int) -> Inference:
    evidence: dict[str, Any] = {"items": len(presences), "rules_tried": tried}
    if best is None:
        return Inference(None, 0.0, evidence, "No rule can be told: no series has two Items at different times.")
    evidence |= best.evidence() | {"key": list(best.rule.key)}
    what = _what(best.rule)
    if best.confidence >= SURE:
        rule = replace(best.rule, delay=_rounded(delay_of(presences)))
        lying = f"{best.fitting} of {best.items} Items lie on a slot"
        said = f"{what[0].upper()}{what[1:]}: {lying}, {best.filled} of {best.slots} slots are filled."
        return Inference(rule, best.confidence, evidence, said)
    return Inference(None, best.confidence, evidence | {"likeliest": what}, _why_not(best, what))


def _why_not(best: _Fit, what: str) -> str:
    said = f"No rule can be told; the likeliest is {what}, but "
    if best.fitting == best.items and best.filled == best.slots:
        return f"{said}{best.slots} expected Items that are there are too few to tell."
    if lower_bound(best.fitting, best.items) >= SURE:
        return f"{said}only {best.filled} of {best.slots} slots are filled: a selection, or an irregular plan."
    return f"{said}only {best.fitting} of {best.items} Items lie on its slots."


def _what(rule: Rule) -> str:
    key = f" by {', '.join(rule.key)}" if rule.key else ""
    if rule.kind == "calendar":
        return f"once a {rule.unit}{key}"
    days = f"{rule.step / DAY:.4g} days"
    return f"once a cycle of {days}{key}" if rule.kind == "cycle" else f"every {days}{key}"


def _picked(series: Series) -> list[list[Presence]]:
    """Return the longest series, each without its older part."""
    longest = sorted(series, key=len, reverse=True)[:_SERIES]
    return [sorted(one, key=lambda item: item.at)[-_LONGEST:] for one in longest if len(one) > 1]


def _fits(names: Names, series: Series) -> Iterator[_Fit]:
    if any(one.number(_CYCLE) is not None for items in series for one in items):
        yield from _cycles(names, series)
    times = [merged([one.at for one in items], _MERGED) for items in series]
    yield from _calendars(names, times)
    for step in _steps(times):
        yield _revisit(names, times, step)


def _steps(times: Sequence[Sequence[int]]) -> list[float]:
    """Return the commonest steps between neighbours, those that differ by no more than a few percent taken as one."""
    bins: dict[int, list[int]] = {}
    for one in times:
        for before, after in pairwise(one):
            bins.setdefault(round(log(after - before) * 20), []).append(after - before)
    common = sorted(bins.values(), key=len, reverse=True)[:_STEPS]
    return [middle(steps) for steps in common]


def _revisit(names: Names, times: Sequence[Sequence[int]], step: float) -> _Fit:
    items = fitting = slots = filled = 0
    step = _refined(times, step)
    tolerance = round(_TOLERANCE * step)
    several = [one for one in times if len(one) > 1]
    for one in several:
        beat = beat_of(one, step, tolerance)
        on = [slot for at in one if (slot := beat.slot_of(at)) is not None]
        items, fitting = items + len(one) - 1, fitting + len(on) - 1
        slots, filled = slots + max(on) - min(on), filled + len(set(on)) - 1
    rule = Rule("revisit", names, _rounded(step), _rounded(tolerance))
    return _Fit(rule, len(several), items, fitting, slots, filled)


def _refined(times: Sequence[Sequence[int]], step: float) -> float:
    """Return the step that the differences between neighbours tell, each taken for a whole number of steps.

    Source: the sum of these differences over the sum of their numbers, where they differ by less than the tolerance.
    What is nearly so many days is taken for them: orbits are flown to repeat so, and only the hour drifts.
    """
    span = numbers = 0
    for one in times:
        for before, after in pairwise(one):
            number = round((after - before) / step)
            if number and abs(after - before - number * step) <= _TOLERANCE * step:
                span, numbers = span + after - before, numbers + number
    told = span / numbers if numbers else step
    days = max(1, round(told / DAY)) * DAY
    return days if abs(told - days) <= _WHOLE * told else told


def _calendars(names: Names, times: Sequence[Sequence[int]]) -> Iterator[_Fit]:
    for unit in UNITS:
        offsets = Counter((at - calendar_start(unit, calendar_slot(unit, at))) // DAY for one in times for at in one)
        if offsets.most_common(1)[0][1] < _DAY_OF_MONTH * offsets.total():
            continue
        numbers = [[calendar_slot(unit, at) for at in one] for one in times if len(one) > 1]
        items = sum(len(one) - 1 for one in numbers)
        filled = sum(len(set(one)) - 1 for one in numbers)
        slots = sum(one[-1] - one[0] for one in numbers)
        yield _Fit(Rule("calendar", names, unit=unit), len(numbers), items, filled, slots, filled)


def _cycles(names: Names, series: Series) -> Iterator[_Fit]:
    numbered = [[(number, one.at) for one in items if (number := one.number(_CYCLE)) is not None] for items in series]
    told = [sorted(dict(one).items()) for one in numbered if len({number for number, _ in one}) > 1]
    if not told:
        return
    steps = [(one[-1][1] - one[0][1]) / (one[-1][0] - one[0][0]) for one in told]
    step = middle(steps)
    if step < _MERGED:
        return
    tolerance = round(_TOLERANCE * step)
    items = fitting = slots = filled = 0
    for one in told:
        phase = densest([at - number * step for number, at in one], tolerance)
        on = {number for number, at in one if abs(at - number * step - phase) <= tolerance}
        items, fitting = items + len(one) - 1, fitting + len(on) - 1
        slots, filled = slots + max(on) - min(on), filled + len(on) - 1
    rule = Rule("cycle", names, _rounded(step), _rounded(tolerance), number=_CYCLE)
    yield _Fit(rule, len(told), items, fitting, slots, filled)


def _rounded(span: float) -> int:
    """Return ms that make a number of days with five digits behind the point, as people write them."""
    return round(span / _A_DIGIT) * _A_DIGIT


def _lit(fit: _Fit, series: Series) -> _Fit:
    """Return the fit without the slots of winters in which no Item of any series has light, where there are such.

    The least elevation of the sun is that at which an Item was taken; slots in the dark count as a winter only where
    several follow each other, so that an outage in the darkest week is not excused.
    """
    if fit.rule.kind != "revisit" or not fit.filled < fit.slots <= _MOST_SLOTS:
        return fit
    if lower_bound(fit.fitting, fit.items) < SURE:
        return fit
    known = [[one for one in items if one.latitude is not None] for items in series]
    elevations = [noon_elevation(one.latitude or 0.0, one.at) for items in known for one in items]
    least = min(elevations, default=90.0)
    if least > _DARKEST:
        return fit
    dark = sum(_dark(items, fit.rule, least) for items in known if len(items) > 1)
    if not dark:
        return fit
    return replace(fit, rule=replace(fit.rule, least_sun=round(least, 1) - 0.1), slots=fit.slots - dark)


def _dark(items: Sequence[Presence], rule: Rule, least: float) -> int:
    """Return how many slots of a series lie in winters without light."""
    times = [one.at for one in items]
    beat = beat_of(times, rule.step, rule.tolerance)
    latitude = middle(one.latitude or 0.0 for one in items)
    found = run = 0
    for slot in range(beat.at_or_before(times[0]), beat.at_or_before(times[-1]) + 1):
        run = run + 1 if noon_elevation(latitude, beat.time(slot)) < least else 0
        found += 1 if run > _NIGHT else _NIGHT if run == _NIGHT else 0
    return found
