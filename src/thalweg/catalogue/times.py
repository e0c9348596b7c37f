"""When an Item was: to the millisecond, the span from the first to the last of its times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Times:
    """An Item's times in ms since 1970.

    Attributes:
        at: its ``datetime``, else its ``start_datetime``; Items are sorted by it.
        first, last: the earliest and the latest of ``datetime``, ``start_datetime`` and ``end_datetime``.
    """

    at: int
    first: int
    last: int


def milliseconds(at: datetime) -> int:
    """Return ms since 1970, what is below a millisecond cut off."""
    return (at - _EPOCH) // _MILLISECOND


def moment(at: int) -> datetime:
    """Return the time of ms since 1970."""
    return _EPOCH + at * _MILLISECOND


def times_of(properties: Mapping[str, Any]) -> Times:
    """Read the times of an Item's properties.

    Raises:
        InvalidParameter: one is wrong, ``datetime`` is null without the two others, or the end is before the start.
    """
    at, *ends = (_read(properties, name) for name in ("datetime", "start_datetime", "end_datetime"))
    told = [time for time in ends if time is not None]
    if at is None and len(told) < len(ends):
        raise InvalidParameter("properties.datetime", "is null or missing: start_datetime and end_datetime are needed")
    if told != sorted(told):
        raise InvalidParameter("properties.end_datetime", "lies before start_datetime")
    known = told if at is None else [at, *told]
    return Times(known[0], min(known), max(known))


def _read(properties: Mapping[str, Any], name: str) -> int | None:
    text = properties.get(name)
    if text is None:
        return None
    if not isinstance(text, str):
        raise InvalidParameter(f"properties.{name}", "is not a string")
    return milliseconds(instant(text, f"properties.{name}"))
