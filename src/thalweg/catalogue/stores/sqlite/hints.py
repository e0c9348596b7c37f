"""What must be true of an Item where a filter is: bounds of its time, ground and indexed values, to find it by."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from thalweg.catalogue.stores.sqlite.filters import Bound
from thalweg.catalogue.stores.sqlite.letters import letters_of
from thalweg.catalogue.stores.sqlite.places import Places, short_of
from thalweg.catalogue.stores.sqlite.preparing import bindable
from thalweg.core.expressions import Array, Expression, Instant, Literal, Operation, Property, Shape, Span
from thalweg.core.geometry import BBox
from thalweg.cql2.moments import microseconds, moment_of

_TURNED = {"=": "=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_WITHIN = frozenset({"t_after", "t_before", "t_during", "t_equals"})
"""Relations that hold an Item's datetime, or its start, between the ends of what it is related to."""
_MOST_FRAMES = 8
_MOST_PARTS = 64
"""Parts of a filter that are looked at for ground and values: SQLite takes conditions a thousand deep, and each that
is joined by AND is a step."""
_MOST_LETTERS = 2_000
"""Signs of what the table letters is asked for one part of a filter."""
_LAST = 10**16
"""µs since 1970, beyond all times."""
Ends = tuple[int, int]


@dataclass(slots=True)
class Range:
    """Conditions on the column ``val.v`` of one property: from below, from above, and those that name its values.

    SQLite looks a range up by one bound on either side, and not always by the narrower of two: so there is one.
    """

    low: str | None = None
    high: str | None = None
    same: list[str] = field(default_factory=list)

    @property
    def sql(self) -> str:
        """Return all of them as one."""
        return " AND ".join([*self.same, *filter(None, (self.low, self.high))])

    def beyond(self, *, down: bool) -> str:
        """Return those that a walk meets at its end, which begins at a place of its own."""
        return " AND ".join([*self.same, *filter(None, (self.low if down else self.high,))]) or "1"

    def compare(self, op: str, value: str | float, name: str) -> None:
        """Take a comparison with a value, which is bound as ``name``; texts stand above numbers, and meet none."""
        if op == "=":
            self.same.append(f"val.v = {name}")
        elif op in {">", ">="}:
            self.low = f"val.v {op} {name}"
            self.high = self.high or (None if isinstance(value, str) else "val.v < ''")
        else:
            self.high = f"val.v {op} {name}"
            self.low = self.low or ("val.v >= ''" if isinstance(value, str) else None)


@dataclass(slots=True)
class Hints:
    """Bounds that hold for every Item of which a filter is true.

    Attributes:
        low, high: ms since 1970, of what Items are sorted by.
        frames: for each ground, the boxes of which an Item's box meets one.
        indexed: for each property in the table val, where in it the values lie.
        letters: what the table letters is asked for.
    """

    low: int | None = None
    high: int | None = None
    frames: list[tuple[BBox, ...]] = field(default_factory=list)
    indexed: dict[int, Range] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)

    def between(self, low: int | None, high: int | None) -> None:
        """Take a bound of times in µs."""
        if low is not None:
            self.low = max(low // 1000, self.low if self.low is not None else low // 1000)
        if high is not None:
            self.high = min(high // 1000, self.high if self.high is not None else high // 1000)


def hints_of(expression: Expression | None, places: Places, bound: Bound) -> Hints:
    """Return what can be told of an Item for which a filter is true."""
    found = Hints()
    for place, one in enumerate(() if expression is None else conjuncts(expression)):
        if not isinstance(one, Operation):
            continue
        _of_time(one, found)
        if place < _MOST_PARTS:
            _of_ground(one, found)
            _of_values(one, places, bound, found)
            _of_letters(one, places, found)
    return found


def conjuncts(expression: Expression) -> Iterator[Expression]:
    """Yield what must each be true for a filter to be."""
    match expression:
        case Operation("and", several):
            for one in several:
                yield from conjuncts(one)
        case Operation("between", (one, low, high)):
            yield Operation(">=", (one, low))
            yield Operation("<=", (one, high))
        case _:
            yield expression


def _is_datetime(expression: Expression) -> bool:
    return isinstance(expression, Property) and short_of(expression.name) == "datetime"


def _at(expression: Expression | None) -> int | None:
    if isinstance(expression, Instant):
        return microseconds(expression.at)
    if isinstance(expression, Literal) and isinstance(expression.value, str):
        at = moment_of(expression.value)
        return None if at is None else microseconds(at)
    return None


def _of_time(one: Operation, found: Hints) -> None:
    turned = _aligned(one, _is_datetime)
    if turned is not None:
        op, other = turned
        at = _at(other)
        if at is not None:
            found.between(at if op in {"=", ">", ">="} else None, at if op in {"=", "<", "<="} else None)
    elif one.op in _WITHIN and _is_datetime(one.arguments[0]):
        ends = _ends(one.arguments[1])
        if ends is not None:
            start, end = ends
            found.between(
                {"t_after": end, "t_before": None}.get(one.op, start),
                {"t_before": start, "t_after": None}.get(one.op, end),
            )


def _ends(other: Expression) -> Ends | None:
    if isinstance(other, Instant):
        at = microseconds(other.at)
        return at, at
    if not isinstance(other, Span):
        return None
    start = -_LAST if other.start is None else _at(other.start)
    end = _LAST if other.end is None else _at(other.end)
    return None if start is None or end is None else (start, end)


def _aligned(one: Operation, named: Callable[[Expression], bool]) -> tuple[str, Expression] | None:
    """Return a comparison as if its property stood on the left."""
    if one.op not in _TURNED:
        return None
    left, right = one.arguments
    if named(left):
        return one.op, right
    return (_TURNED[one.op], left) if named(right) else None


def _of_ground(one: Operation, found: Hints) -> None:
    if not one.op.startswith("s_") or one.op == "s_disjoint":
        return
    shapes = [side for side in one.arguments if isinstance(side, Shape)]
    if len(shapes) == 1 and Property("geometry") in one.arguments:
        found.frames.append(frames_of(shapely.from_geojson(shapes[0].geojson)))


def frames_of(shape: BaseGeometry) -> tuple[BBox, ...]:
    """Return the boxes of a shape's parts where they are few, else of the whole."""
    parts: Sequence[BaseGeometry] = list(shapely.get_parts(shape))
    several = parts if 0 < len(parts) <= _MOST_FRAMES else [shape]
    return tuple(BBox(*part.bounds) for part in several)


def _of_values(one: Operation, places: Places, bound: Bound, found: Hints) -> None:
    if one.op == "in":
        _of_listed(one, places, bound, found)
        return
    turned = _aligned(one, lambda side: isinstance(side, Property) and _indexed(side, places) is not None)
    if turned is None or not _plain([turned[1]]):
        return
    (name,) = (side for side in one.arguments if isinstance(side, Property))
    q, (op, literal) = _indexed(name, places), turned
    if q is not None:
        value = _value(literal)
        found.indexed.setdefault(q, Range()).compare(op, value, bound(value))


def _of_letters(one: Operation, places: Places, found: Hints) -> None:
    letters = None if one.op == "=" else letters_of(one, lambda name: places.place(name).indexed)
    if letters is not None and len(letters) <= _MOST_LETTERS:
        found.letters.append(letters)


def _of_listed(one: Operation, places: Places, bound: Bound, found: Hints) -> None:
    left, listed = one.arguments
    literals = listed.items if isinstance(listed, Array) else ()
    if isinstance(left, Property) and (q := _indexed(left, places)) is not None and _plain(literals):
        names = [bound(_value(literal)) for literal in literals]
        found.indexed.setdefault(q, Range()).same.append(f"val.v IN ({', '.join(names)})")


def _indexed(side: Property, places: Places) -> int | None:
    place = places.place(side.name)
    return place.q if place.indexed else None


def _plain(literals: Sequence[Expression]) -> bool:
    return len(literals) > 0 and all(
        isinstance(one, Literal) and isinstance(one.value, str | int | float) and not isinstance(one.value, bool)
        for one in literals
    )


def _value(literal: Expression) -> str | int | float:
    value = literal.value if isinstance(literal, Literal) else None
    return "" if value is None else bindable(value)
