"""Values beside each other: comparison, arithmetic, and arrays as sets. ``None`` is null and makes null."""

import math
import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from thalweg.cql2.moments import moment_of

_NUMBERS = (int, float)
_ORDERED = (str, bool, int, float, datetime)


def aligned(one: Any, other: Any) -> tuple[Any, Any] | None:  # noqa: ANN401 - JSON's values
    """Return two values as they are compared, or ``None`` where their kinds differ.

    Numbers are one kind, whole or not; truth values are not numbers; a string that is an RFC 3339 time or date is a
    time beside a time.
    """
    first, second = type(one), type(other)
    if first is second:
        return (one, other) if first in _ORDERED else None
    if first in _NUMBERS and second in _NUMBERS:
        return one, other
    if first is datetime and second is str:
        at = moment_of(other)
        return None if at is None else (one, at)
    if first is str and second is datetime:
        at = moment_of(one)
        return None if at is None else (at, other)
    return None


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def compared(one: Any, other: Any) -> bool | None:  # noqa: ANN401 - JSON's values
        pair = aligned(one, other)
        return None if pair is None else compare(*pair)

    return compared


COMPARED: Mapping[str, Callable[[Any, Any], bool | None]] = {
    "=": _comparison(operator.eq),
    "<>": _comparison(operator.ne),
    "<": _comparison(operator.lt),
    ">": _comparison(operator.gt),
    "<=": _comparison(operator.le),
    ">=": _comparison(operator.ge),
}


def number(value: Any) -> bool:  # noqa: ANN401 - JSON's values
    """Tell whether a value is a number; a truth value is none."""
    return type(value) in _NUMBERS


def _divided(one: float, other: float) -> float | None:
    return one / other if other else None


def _whole(one: float, other: float) -> float | None:
    """Divide and cut towards zero."""
    if not other:
        return None
    if isinstance(one, int) and isinstance(other, int):
        quotient = abs(one) // abs(other)
        return quotient if (one < 0) == (other < 0) else -quotient
    return math.trunc(one / other)


def _rest(one: float, other: float) -> float | None:
    """Return what a division cut towards zero leaves: it has the sign of what is divided."""
    return math.fmod(one, other) if other else None


def _power(one: float, other: float) -> float | None:
    """Return a power; null where it is no real number."""
    if one == 0 and other < 0:
        return None
    found = float(one) ** float(other)
    return None if isinstance(found, complex) else found


_CALCULATED: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "div": _whole,
    "%": _rest,
    "^": _power,
}


def calculation(op: str) -> Callable[[Any, Any], float | None]:
    """Return an arithmetic operator; null for what is no number, and where the result is not finite."""
    calculate = _CALCULATED[op]

    def calculated(one: Any, other: Any) -> float | None:  # noqa: ANN401 - JSON's values
        if not (number(one) and number(other)):
            return None
        try:
            found = calculate(one, other)
            return found if found is not None and math.isfinite(found) else None
        except OverflowError:
            return None

    return calculated


def as_set(values: list[Any], *, timed: bool) -> frozenset[Any]:
    """Return an array as a set of what its members are; ``timed``: strings that are times are times."""
    return frozenset(_member(one, timed) for one in values)


def _member(value: Any, timed: bool) -> Any:  # noqa: ANN401, FBT001 - JSON's values
    if isinstance(value, list):
        return ("array", as_set(value, timed=timed))
    if isinstance(value, Mapping):
        return ("object", frozenset((key, _member(one, timed)) for key, one in value.items()))
    if timed and isinstance(value, str):
        return ("time", moment_of(value)) if moment_of(value) else value
    if isinstance(value, datetime):
        return ("time", value)
    return ("truth", value) if isinstance(value, bool) else value


RELATED: Mapping[str, Callable[[frozenset[Any], frozenset[Any]], bool]] = {
    "a_contains": operator.ge,
    "a_containedBy": operator.le,
    "a_equals": operator.eq,
    "a_overlaps": lambda one, other: not one.isdisjoint(other),
}
