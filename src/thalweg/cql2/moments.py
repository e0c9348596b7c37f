"""Times as numbers: instants, spans of them, and how two of them lie to each other."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_USUAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]Z")
"""How nearly all times are written: read ten times as fast."""


class Times(NamedTuple):
    """A span in µs since 1970, both ends within it; an open end is infinite, an instant starts where it ends."""

    start: float
    end: float


def date_of(text: str, parameter: str = "filter") -> datetime:
    """Read an RFC 3339 full-date as its first moment in UTC.

    Raises:
        InvalidParameter: it is none, or does not exist.
    """
    if not _DATE.fullmatch(text) or not text.isascii():
        raise InvalidParameter(parameter, f"{text[:64]!r} is not a date such as 2024-02-29")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidParameter(parameter, f"{text[:64]!r} is not a date that exists") from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def moment_of(text: str) -> datetime | None:
    """Read an RFC 3339 time or date, or return ``None`` where it is neither."""
    try:
        if _USUAL.fullmatch(text):
            return datetime.fromisoformat(text)
        return date_of(text) if _DATE.fullmatch(text) else instant(text)
    except (InvalidParameter, ValueError):
        return None


def microseconds(at: datetime) -> int:
    """Return µs since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def times_of(value: object) -> Times | None:
    """Return a value as times: an instant, a string that is one, or times already."""
    if isinstance(value, Times):
        return value
    at = moment_of(value) if isinstance(value, str) else value
    if not isinstance(at, datetime):
        return None
    point = microseconds(at)
    return Times(point, point)


def span_of(start: object, end: object) -> Times | None:
    """Return the span between two values of which either may be infinite already."""
    first, last = _end(start), _end(end)
    return None if first is None or last is None else Times(first, last)


def _end(value: object) -> float | None:
    if isinstance(value, float) and math.isinf(value):
        return value
    at = moment_of(value) if isinstance(value, str) else value
    return microseconds(at) if isinstance(at, datetime) else None


RELATIONS: Mapping[str, Callable[[Times, Times], bool]] = {
    "t_after": lambda a, b: a.start > b.end,
    "t_before": lambda a, b: a.end < b.start,
    "t_contains": lambda a, b: a.start < b.start and a.end > b.end,
    "t_disjoint": lambda a, b: a.start > b.end or a.end < b.start,
    "t_during": lambda a, b: a.start > b.start and a.end < b.end,
    "t_equals": lambda a, b: a.start == b.start and a.end == b.end,
    "t_finishedBy": lambda a, b: a.start < b.start and a.end == b.end,
    "t_finishes": lambda a, b: a.start > b.start and a.end == b.end,
    "t_intersects": lambda a, b: a.start <= b.end and a.end >= b.start,
    "t_meets": lambda a, b: a.end == b.start,
    "t_metBy": lambda a, b: a.start == b.end,
    "t_overlappedBy": lambda a, b: b.start < a.start < b.end < a.end,
    "t_overlaps": lambda a, b: a.start < b.start < a.end < b.end,
    "t_startedBy": lambda a, b: a.start == b.start and a.end > b.end,
    "t_starts": lambda a, b: a.start == b.start and a.end < b.end,
}
"""Allen's relations, as OWL-Time defines them (OGC 21-065r2, temporal functions)."""
