"""Filters as a tree: what CQL2 says, whoever read it and whoever answers it (OGC 21-065r2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

LOGIC = frozenset({"and", "or", "not"})
COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
PREDICATES = frozenset({"like", "between", "in", "isNull"})
CHARACTERS = frozenset({"casei", "accenti"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "^", "%", "div"})
SPATIAL = frozenset(
    {"s_intersects", "s_equals", "s_disjoint", "s_touches", "s_within", "s_overlaps", "s_crosses", "s_contains"}
)
TEMPORAL = frozenset(
    {
        "t_after",
        "t_before",
        "t_contains",
        "t_disjoint",
        "t_during",
        "t_equals",
        "t_finishedBy",
        "t_finishes",
        "t_intersects",
        "t_meets",
        "t_metBy",
        "t_overlappedBy",
        "t_overlaps",
        "t_startedBy",
        "t_starts",
    }
)
ARRAYS = frozenset({"a_contains", "a_containedBy", "a_equals", "a_overlaps"})
SOME, VALUE = "some", "*"
"""``some(property, keys, predicate)``, which CQL2 cannot say: true where a value in the property, or within it under
one of the keys, satisfies the predicate, which calls it ``*``; false where none does, never null."""


@dataclass(frozen=True, slots=True)
class Property:
    """A queryable by its name: ``eo:cloud_cover``, ``datetime``, ``geometry``, ``id``, ``collection``."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, a number, a truth value, or nothing."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Instant:
    """A TIMESTAMP, or a DATE; ``at`` is aware and in UTC, of a date its first moment."""

    at: datetime
    date: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """An INTERVAL; an end is an ``Instant``, a ``Property``, an ``Operation``, or ``None`` where it is open."""

    start: "Expression | None"
    end: "Expression | None"


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry in lon/lat (CRS84), as the text of its GeoJSON; a BBOX is the polygon it means."""

    geojson: str


@dataclass(frozen=True, slots=True)
class Array:
    """An array of literals."""

    items: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or a function on its arguments, by its name in CQL2's JSON; checked when it was read.

    ``in`` has its list as an ``Array``; the function ``year`` is an ``Operation`` as ``and`` is.
    """

    op: str
    arguments: "tuple[Expression, ...]"


Expression = Property | Literal | Instant | Span | Shape | Array | Operation


def parts(expression: Expression) -> Iterator[Expression]:
    """Yield the expression and all it is made of, each before its own parts."""
    waiting: list[Expression] = [expression]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed(_inside(one)))


def _inside(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Operation(arguments=inside) | Array(items=inside):
            return inside
        case Span(start=start, end=end):
            return tuple(one for one in (start, end) if one is not None)
        case _:
            return ()


def properties_of(expression: Expression) -> frozenset[str]:
    """Return the names of the properties that an expression reads."""
    return frozenset(one.name for one in parts(expression) if isinstance(one, Property))


def both(first: Expression | None, second: Expression | None) -> Expression | None:
    """Return what asks for both, where ``None`` asks for nothing."""
    if first is None or second is None:
        return first if second is None else second
    return Operation("and", (first, second))
