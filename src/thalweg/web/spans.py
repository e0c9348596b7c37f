"""Days, months and years as people write them where a time is asked for: the spans that they are, in UTC."""

import calendar
import re

_DAYS = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def spelled_out(text: str) -> str:
    """Return an instant or an interval with its days, months and years written as RFC 3339 times.

    One that stands alone is all of it; an interval begins where its first begins, and ends where its last ends.
    What is none of these stays as it is.
    """
    parts = text.split("/")
    if len(parts) == 1:
        return "/".join((_first(text), _last(text))) if _DAYS.fullmatch(text) else text
    return "/".join([_first(parts[0]), *parts[1:-1], _last(parts[-1])])


def _first(text: str) -> str:
    match = _DAYS.fullmatch(text)
    if match is None:
        return text
    year, month, day = match.groups()
    return f"{year}-{month or '01'}-{day or '01'}T00:00:00Z"


def _last(text: str) -> str:
    match = _DAYS.fullmatch(text)
    if match is None:
        return text
    year, month, day = match.groups()
    month = month or "12"
    return f"{year}-{month}-{day or _length(int(year), int(month))}T23:59:59.999999Z"


def _length(year: int, month: int) -> int:
    """Return how many days a month has; one that does not exist is refused by who reads the time."""
    return calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 31  # noqa: PLR2004 - the months of a year
