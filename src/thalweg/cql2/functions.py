"""The functions that filters may call beside the operators; given null, each gives null."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from thalweg.core.errors import InvalidParameter
from thalweg.cql2.kinds import Kind
from thalweg.cql2.spellings import CALLED

_MOST_JOINED = 16
_LIKENESS = 0.76


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a function, by the kinds it may have."""

    title: str
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Function:
    """A function as ``/functions`` tells of it.

    Attributes:
        returns: the kind of what it gives; ``UNKNOWN``: that of its arguments.
        most: how many arguments at most; the last one is repeated.
        answer: what it gives for arguments of those kinds, none of them null; ``None`` is null.
    """

    name: str
    description: str
    arguments: tuple[Argument, ...]
    returns: Kind
    answer: Callable[..., Any]
    most: int

    def argument(self, place: int) -> Argument:
        """Return the argument at a place, from 0."""
        return self.arguments[min(place, len(self.arguments) - 1)]


def _rounded(number: float) -> float:
    """Round half away from zero, as SQL does and Python does not."""
    if abs(number) >= 2**52:
        return number
    whole = math.floor(abs(number))
    return math.copysign(whole + (abs(number) - whole >= 0.5), number)  # noqa: PLR2004 - a half


def _root(number: float) -> float | None:
    return math.sqrt(number) if number >= 0 else None


def _part(name: str) -> Callable[[datetime], int]:
    return lambda at: int(getattr(at.astimezone(UTC), name))


_STRING, _NUMBER, _TIME = frozenset({Kind.STRING}), frozenset({Kind.NUMBER}), frozenset({Kind.INSTANT, Kind.STRING})
_ORDERED = frozenset({Kind.STRING, Kind.NUMBER, Kind.INSTANT})
_TEXT, _OF, _AT = Argument("string", _STRING), Argument("number", _NUMBER), Argument("time", _TIME)
_ANY = Argument("value", _ORDERED)


def _one(name: str, description: str, of: Argument, returns: Kind, answer: Callable[..., Any]) -> Function:
    return Function(name, description, (of,), returns, answer, 1)


_DECLARED = (
    _one("lower", "The string in lower case.", _TEXT, Kind.STRING, str.lower),
    _one("upper", "The string in upper case.", _TEXT, Kind.STRING, str.upper),
    _one("trim", "The string without spaces (U+0020) at its ends.", _TEXT, Kind.STRING, lambda text: text.strip(" ")),
    _one("length", "How many code points the string has.", _TEXT, Kind.NUMBER, len),
    Function(
        "concat",
        f"The strings joined, two to {_MOST_JOINED}; null where one is null.",
        (_TEXT, _TEXT),
        Kind.STRING,
        lambda *texts: "".join(texts),
        _MOST_JOINED,
    ),
    _one("abs", "The number without its sign.", _OF, Kind.NUMBER, abs),
    _one("ceil", "The smallest whole number that is not below.", _OF, Kind.NUMBER, math.ceil),
    _one("floor", "The largest whole number that is not above.", _OF, Kind.NUMBER, math.floor),
    _one("round", "The nearest whole number; a half is rounded away from zero.", _OF, Kind.NUMBER, _rounded),
    _one("sqrt", "The square root; of a negative number null.", _OF, Kind.NUMBER, _root),
    Function("least", "The smaller of two of one kind.", (_ANY, _ANY), Kind.UNKNOWN, min, 2),
    Function("greatest", "The greater of two of one kind.", (_ANY, _ANY), Kind.UNKNOWN, max, 2),
    _one("year", "The year of a time, in UTC.", _AT, Kind.NUMBER, _part("year")),
    _one("month", "The month of a time, in UTC, 1 to 12.", _AT, Kind.NUMBER, _part("month")),
    _one("day", "The day of the month of a time, in UTC, 1 to 31.", _AT, Kind.NUMBER, _part("day")),
    _one(
        "day_of_year",
        "The day of the year of a time, in UTC, 1 to 366.",
        _AT,
        Kind.NUMBER,
        lambda at: at.astimezone(UTC).timetuple().tm_yday,
    ),
    _one("hour", "The hour of a time, in UTC, 0 to 23.", _AT, Kind.NUMBER, _part("hour")),
)
FUNCTIONS: Mapping[str, Function] = {one.name: one for one in _DECLARED}


def nearest(name: str) -> str | None:
    """Return the function or operator that a name was most likely meant for, as it is written in text."""
    # WITHIN alone means S_WITHIN, not an operator of arrays or of times.
    called = sorted(CALLED, key=lambda one: one.startswith("s_"))
    spelled = {one.partition("_")[2] or one: one.upper() for one in called}
    spelled |= {one: one.upper() for one in called} | {one: one for one in FUNCTIONS}
    close = get_close_matches(name.lower()[:64], spelled, 1, _LIKENESS)
    return spelled[close[0]] if close else None


def function(name: str) -> Function:
    """Return a function by its name, in any case.

    Raises:
        InvalidParameter: there is none of this name.
    """
    found = FUNCTIONS.get(name.lower())
    if found is None:
        meant = "" if (near := nearest(name)) is None else f": did you mean {near}?"
        raise InvalidParameter("filter", f"{name[:64]!r} is no function here{meant}; there are {', '.join(FUNCTIONS)}")
    return found
