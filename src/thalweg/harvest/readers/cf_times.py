"""Times of CF: numbers since a date in one of several calendars.

Source: CF Conventions 1.11, section 4.4.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import cftime  # type: ignore[import-untyped]
import numpy as np

from thalweg.core.errors import InvalidParameter
from thalweg.harvest.readers.arrays import Variable

_SINCE = re.compile(r"\s*\w+\s+since\s+\S.*", re.IGNORECASE | re.DOTALL)
_OF_MODELS = ("noleap", "365_day", "all_leap", "366_day", "360_day")
_FIRST, _LAST = 1, 9999


@dataclass(frozen=True, slots=True)
class Times:
    """The first and last of some times; ``calendar`` where it is not that of civil life."""

    start: datetime
    end: datetime
    calendar: str | None
    count: int


def is_time(variable: Variable) -> bool:
    """Tell whether a variable holds times, by its units: ``days since 1950-01-01``."""
    return bool(_SINCE.fullmatch(variable.text("units")))


def times(variable: Variable) -> Times:
    """Return the span of a variable that holds times.

    A date of a model's calendar is taken for the civil date that is written the same.

    Raises:
        InvalidParameter: no number is there, a calendar is not known, or a date does not exist in civil life.
    """
    units, calendar = variable.text("units"), (variable.text("calendar") or "standard").lower()
    values = variable.values()
    finite = values[np.isfinite(values)]
    if not finite.size:
        raise InvalidParameter(variable.name, "holds no times")
    start, end = (_civil(float(value), units, calendar, variable.name) for value in (finite.min(), finite.max()))
    return Times(start, end, calendar if calendar in _OF_MODELS else None, int(np.unique(finite).size))


def _civil(value: float, units: str, calendar: str, name: str) -> datetime:
    try:
        date = cftime.num2date(value, units, calendar, only_use_cftime_datetimes=True)
        if calendar == "julian":
            date = date.change_calendar("standard")
    except (ValueError, OverflowError, TypeError, AttributeError) as error:
        raise InvalidParameter(name, f"{value:g} {units[:64]} in the calendar {calendar[:32]} is no time") from error
    if not _FIRST <= date.year <= _LAST:
        raise InvalidParameter(name, f"{value:g} {units[:64]} lies outside the years {_FIRST} to {_LAST}")
    try:
        parts = (date.year, date.month, date.day, date.hour, date.minute, date.second, date.microsecond)
        return datetime(*parts, tzinfo=UTC)
    except ValueError as error:
        raise InvalidParameter(
            name, f"{date.isoformat()[:19]} of the calendar {calendar[:32]} is a date that civil life does not have"
        ) from error
