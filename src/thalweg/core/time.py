"""Instants and intervals, as RFC 3339 and STAC write them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from thalweg.core.errors import InvalidParameter

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,18}))?([Zz]|[+-]\d\d:\d\d)",
)
_USUAL = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{3}(?:[0-9]{3})?)?Z"
)
"""How nearly all times are written: read several times as fast."""
_OPEN = ("", "..")


def instant(text: str, parameter: str = "datetime") -> datetime:
    """Read an RFC 3339 instant; digits below a microsecond are cut, a leap second is the second before it.

    Raises:
        InvalidParameter: it is none, or its date does not exist.
    """
    if _USUAL.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise _absent(text, parameter) from error
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise InvalidParameter(parameter, f"{text[:64]!r} is not an RFC 3339 time such as 2024-02-29T12:00:00Z")
    year, month, day, hour, minute, second = (int(group) for group in match.groups()[:6])
    micro = int((match[7] or "0")[:6].ljust(6, "0"))
    try:
        leap = second == 60  # noqa: PLR2004 - a leap second
        at = datetime(year, month, day, hour, minute, 59 if leap else second, micro, _zone(match[8]))
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _absent(text, parameter) from error


def _absent(text: str, parameter: str) -> InvalidParameter:
    return InvalidParameter(parameter, f"{text[:64]!r} is not a date that exists")


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - a day's hours, an hour's minutes
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def written(at: datetime) -> str:
    """Write an aware instant in RFC 3339, in UTC, with the fraction only where there is one."""
    utc = at.astimezone(UTC)
    text = utc.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    fraction = f".{utc.microsecond:06d}".rstrip("0") if utc.microsecond else ""
    return f"{text}{fraction}Z"


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed span of time; an end that is ``None`` is open."""

    start: datetime | None
    end: datetime | None

    @classmethod
    def parse(cls, text: str, parameter: str = "datetime") -> "Interval":
        """Read an instant, or two joined by ``/`` of which one may be open (``..`` or empty).

        Raises:
            InvalidParameter: neither, both ends open, or the end before the start.
        """
        parts = text.split("/")
        if len(parts) == 1:
            at = instant(text, parameter)
            return cls(at, at)
        if len(parts) != 2:  # noqa: PLR2004 - a start and an end
            raise InvalidParameter(parameter, "an interval has one /")
        start, end = (None if part in _OPEN else instant(part, parameter) for part in parts)
        known = [at for at in (start, end) if at is not None]
        if not known:
            raise InvalidParameter(parameter, "an interval is open at one end at most")
        if known != sorted(known):
            raise InvalidParameter(parameter, "the interval ends before it starts")
        return cls(start, end)
