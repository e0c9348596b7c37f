"""ISO 8601 durations: how long after a harvest the next one is."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from thalweg.core.errors import InvalidParameter

_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_MONTHS, _SHORTEST_MONTH = 12, timedelta(days=28)
_LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Duration:
    """So many months of the calendar, and so much time beside."""

    months: int
    rest: timedelta

    @property
    def least(self) -> timedelta:
        """Return how long it is at least, whatever months it spans."""
        return self.months * _SHORTEST_MONTH + self.rest

    def after(self, at: datetime) -> datetime:
        """Return the moment so long after another; of a day that a month has not, its last day."""
        month = 12 * at.year + at.month - 1 + self.months
        year, place = divmod(month, _MONTHS)
        day = min(at.day, calendar.monthrange(year, place + 1)[1])
        return at.replace(year=year, month=place + 1, day=day) + self.rest


def duration_of(text: str, name: str, shortest: timedelta) -> Duration:
    """Read a duration such as ``P1W`` or ``PT12H``.

    Raises:
        InvalidParameter: it is none, or shorter or longer than it may be.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise InvalidParameter(name, f"{text[:32]!r} is no duration of ISO 8601 such as P1W, P1D or PT12H")
    parts = {unit: float(number) for unit, number in found.groupdict().items() if number is not None}
    months = int(12 * parts.pop("years", 0) + parts.pop("months", 0))
    made = Duration(months, timedelta(**parts))
    if made.least > _LONGEST:
        raise InvalidParameter(name, "is more than ten years")
    if made.least < shortest:
        raise InvalidParameter(name, f"is shorter than {shortest} (harvests.shortest_minutes)")
    return made
