"""Expected, present and missing Items along time, as drawings for pages that run no script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thalweg.catalogue.freshness.clock import calendar_slot, calendar_start
from thalweg.catalogue.freshness.report import Month, Report
from thalweg.catalogue.freshness.series import SeriesReport
from thalweg.catalogue.times import moment
from thalweg.core.time import written

LABEL, WIDTH, ROW, AXIS = 150.0, 820.0, 18.0, 24.0
_ROWS, _MONTHS = 40, 60
_LEAST, _MOST = 3.0, 12.0
"""A slot is so wide at least, and at most."""
_BARS = 96.0
_TICKS, _EVERY, _YEAR = 12, (1, 2, 3, 6, 12, 24, 60, 120, 240), 12
_WIDEST, _TEXT = 28.0, 56.0
"""A bar is no wider, and texts stand so far apart."""
_ROOM = 44.0
"""A text takes so much."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A slot, or the bar of a month, with what it says to who points at it."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text at a place."""

    x: float
    y: float
    says: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a template draws; ``more`` is what there was no room for."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    ticks: tuple[Text, ...]
    labels: tuple[Text, ...]
    more: int


def timeline(report: Report, step: int) -> Drawing | None:
    """Draw the slots of the series that miss most, as far back as they can be told apart; nothing where none is."""
    shown = [one for one in report.series if one.expected]
    if not shown:
        return None
    worst = sorted(shown, key=lambda one: (-len(one.missing), one.key))[:_ROWS]
    rows = sorted(worst, key=lambda one: one.key)
    room = WIDTH - LABEL
    first = min(min(_times(one)) for one in rows)
    last = max(max((*_times(one), one.next or 0)) for one in rows)
    span = max(step, min(last - first, int(room / (_LEAST + 1)) * step))
    begins, scale = last - span, (room - _MOST) / span
    width = min(_MOST, max(_LEAST, step * scale - 1))
    marks = tuple(mark for place, one in enumerate(rows) for mark in _row(one, place, begins, scale, width))
    ticks = tuple(_ticks(begins, last, scale))
    labels = tuple(Text(0, place * ROW + ROW - 5, "/".join(one.key)[:22] or "all") for place, one in enumerate(rows))
    return Drawing(WIDTH, len(rows) * ROW + AXIS, marks, ticks, labels, len(shown) - len(rows))


def _times(one: SeriesReport) -> list[int]:
    return [*one.present.tolist(), *one.missing.tolist()]


def _row(one: SeriesReport, place: int, begins: int, scale: float, width: float) -> Iterator[Mark]:
    following = (one.next,) if one.next is not None else ()
    missing = one.missing.tolist()
    for kind, times in (("there", one.present.tolist()), ("gap", missing), ("next", following)):
        for at in times:
            if at >= begins and not (kind == "next" and at in missing):
                x = round(LABEL + (at - begins) * scale, 1)
                says = f"{'/'.join(one.key)} {written(moment(at))[:16]}"
                yield Mark(x, place * ROW + 3, round(width, 1), ROW - 6, kind, says)


def _ticks(begins: int, last: int, scale: float) -> Iterator[Text]:
    """Yield beginnings of months or of years, no more than there is room for."""
    numbers = range(calendar_slot("month", begins) + 1, calendar_slot("month", last) + 1)
    every = next((one for one in _EVERY if len(numbers) <= one * _TICKS), _EVERY[-1])
    for number in numbers:
        x = LABEL + (calendar_start("month", number) - begins) * scale
        if number % every == 0 and x < WIDTH - _ROOM:
            yield Text(round(x, 1), 0, _said(number, every))


def months(listed: Sequence[Month]) -> Drawing | None:
    """Draw the last months as bars: how many Items are there, and above them how many are missing."""
    shown = listed[-_MONTHS:]
    if not shown:
        return None
    first, last = shown[0].number, shown[-1].number
    most = max(one.expected for one in shown) or 1
    wide = min(_WIDEST, (WIDTH - LABEL) / (last - first + 1))
    marks = tuple(mark for one in shown for mark in _bars(one, LABEL + (one.number - first) * wide, wide, most))
    every = next((one for one in _EVERY if one * wide >= _TEXT), _EVERY[-1])
    ticks = tuple(
        Text(round(LABEL + (number - first) * wide, 1), 0, _said(number, every))
        for number in range(first, last + 1)
        if number % every == 0 and LABEL + (number - first) * wide < WIDTH - _ROOM
    )
    labels = (Text(0, 12, f"{most} expected"), Text(0, _BARS, "0"))
    return Drawing(WIDTH, _BARS + AXIS, marks, ticks, labels, len(listed) - len(shown))


def _bars(one: Month, x: float, wide: float, most: int) -> Iterator[Mark]:
    says = f"{_said(one.number, 1)}: {one.present} of {one.expected}"
    top = _BARS
    for kind, count in (("there", one.present), ("gap", one.expected - one.present)):
        if count:
            height = _BARS * count / most
            top -= height
            yield Mark(round(x, 1), round(top, 1), round(max(1.0, wide - 2), 1), round(height, 1), kind, says)


def _said(month: int, every: int) -> str:
    year, rest = divmod(month, 12)
    return f"{year:04}-{rest + 1:02}" if every < _YEAR else f"{year:04}"
