"""Times as people write them, ``2024``, ``2024-05/2024-06``, and the RFC 3339 that the standards ask for."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant, written

_PART = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d))?)?)?")
_WHOLE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T00:00:00Z")
_LENGTHS = (timedelta(366), timedelta(31), timedelta(1), timedelta(0), timedelta(minutes=1))
"""How long what is written with so many parts after the year is, at most; hours stand with minutes only."""
_USUAL = (0, 1, 1, 0, 0)
_TICK = timedelta(milliseconds=1)
_OPEN, _ENDS = ("", ".."), 2
_STARTS_OF, _ENDS_OF, _SPAN = frozenset({"from"}), frozenset({"to", "as-of"}), "datetime"
TIMES = _STARTS_OF | _ENDS_OF | {_SPAN}
"""Parameters that are times."""
Ends = tuple[datetime, datetime]


def spelled_out(pairs: Iterable[tuple[str, str]]) -> str | None:
    """Return a query whose times are whole, of one in which a person wrote some shortly; nothing where none did.

    What begins or is ``datetime`` is a span, ``from`` the beginning of what is written, ``to`` and ``as-of`` its end,
    which does not lie in the future.
    """
    given = list(pairs)
    whole = [(name, _whole(name, value)) for name, value in given]
    return None if whole == given else urlencode(whole, safe=":/,")


def shortly(text: str) -> str:
    """Return a span as a person would write it, where it is one of whole days, months or years."""
    if text.count("/") != 1:
        return text
    start, end = text.split("/")
    for one in _short_starts(start):
        told = _ends(one)
        if told is not None and end == written(told[1]):
            return one
    starts, ends = _short_starts(start) or [start], _short_ends(end) or [end]
    near = next(((one, other) for one in starts for other in ends if len(one) == len(other)), None)
    return "/".join(near or (starts[0], ends[0]))


def _whole(name: str, value: str) -> str:
    """Return what a parameter means, in RFC 3339; the value itself where that is so already, or cannot be told."""
    if name == _SPAN:
        return _interval(value.strip()) or value
    told = _ends(value.strip()) if name in _STARTS_OF | _ENDS_OF and not _is_instant(value) else None
    if told is None:
        return value
    return written(told[0] if name in _STARTS_OF else min(told[1], datetime.now(UTC)))


def _interval(text: str) -> str | None:
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > _ENDS:
        return None
    told = [None if part in _OPEN else _ends(part) for part in parts]
    if any(one is None and part not in _OPEN for one, part in zip(told, parts, strict=True)):
        return None
    if len(parts) == _ENDS:
        # Of an end that is whole, nothing is changed.
        sides = zip(parts, told, (0, 1), strict=True)
        return "/".join(part if one is None or _is_instant(part) else written(one[at]) for part, one, at in sides)
    one = told[0]
    return None if one is None or _is_instant(text) else "/".join(map(written, one))


def _is_instant(text: str) -> bool:
    try:
        instant(text)
    except InvalidParameter:
        return False
    return True


def _ends(text: str) -> Ends | None:
    """Return when what is written begins and ends; nothing where it is no time."""
    match = _PART.fullmatch(text)
    try:
        if match is None:
            at = instant(text)
            return at, at
        year, month, day, hour, minute = (
            int(part or usual) for part, usual in zip(match.groups(), _USUAL, strict=True)
        )
        start = datetime(year, month, day, hour, minute, tzinfo=UTC)
        return start, _after(start, sum(part is not None for part in match.groups())) - _TICK
    except (InvalidParameter, ValueError, OverflowError):
        return None


def _after(start: datetime, parts: int) -> datetime:
    """Return when the year, month, day or minute after this one begins."""
    following = start + _LENGTHS[parts - 1]
    if parts == 1:
        return following.replace(year=start.year + 1, month=1, day=1)
    return following.replace(day=1) if parts == _ENDS else following


def _short_starts(text: str) -> list[str]:
    """Return shorter texts for what begins then, the shortest first."""
    match = _WHOLE.fullmatch(text)
    if match is None:
        return []
    year, month, day = match.groups()
    short = [f"{year}-{month}-{day}"]
    if day == "01":
        short.insert(0, f"{year}-{month}")
        if month == "01":
            short.insert(0, year)
    return short


def _short_ends(text: str) -> list[str]:
    """Return shorter texts for what ends then, the shortest first."""
    sized = [text[:size] for size in (4, 7, 10)] if text.endswith("T23:59:59.999Z") else []
    return [one for one in sized if (told := _ends(one)) is not None and written(told[1]) == text]
