"""Filters as SQL over the side schema's ``item``: what SQL can say exactly, and a wider question for the rest.

A condition that is ``exact`` is true, false or null as the filter is in memory. One that is not is true at least where
the filter is true; who asks then looks at the documents (``thalweg.cql2.matching``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
import shapely

from thalweg.catalogue.times import milliseconds
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import (
    ARRAYS,
    COMPARISONS,
    TEMPORAL,
    Array,
    Expression,
    Instant,
    Operation,
    Property,
    Shape,
    Span,
)
from thalweg.core.expressions import Literal as Constant
from thalweg.cql2.moments import microseconds, moment_of

EXACT_WHOLE = 2**53
"""Below this a number of either kind is the same as PostgreSQL's double precision."""
_AT = "(item.t * 1000 + item.u)"
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_TIMES = frozenset({"datetime", "start_datetime", "end_datetime"})
_TURNED = {"t_before": "t_after", "t_after": "t_before"}
_SCALARS = (str, int, float, bool)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of SQL, and whether it says all that the filter says."""

    sql: str
    exact: bool = True


ANY = Condition("true", exact=False)
"""Tells nothing."""
UNKNOWN = Condition("NULL::boolean")


@dataclass(slots=True)
class Values:
    """The parameters of one statement, by the names that it has them under."""

    held: dict[str, object] = field(default_factory=dict)

    def add(self, value: object) -> str:
        """Take a value; return what stands for it in SQL."""
        name = f"v{len(self.held)}"
        self.held[name] = value
        return f"%({name})s"


def quoted(text: str) -> str:
    """Return a string as a constant of SQL, for indexes know no parameters.

    Raises:
        InvalidParameter: it holds the character NUL, of which PostgreSQL has none.
    """
    if "\0" in text:
        raise InvalidParameter("property", "holds the character NUL")
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def short(name: str) -> str:
    """Return a property's name without ``properties.``."""
    return name.removeprefix("properties.")


def member(name: str) -> str:
    """Return the JSON of a property."""
    return f"(item.p -> {quoted(short(name))})"


def number_of(name: str) -> str:
    """Return a property as a number, null where it is none."""
    one = quoted(short(name))
    return f"(CASE WHEN jsonb_typeof(item.p -> {one}) = 'number' THEN (item.p ->> {one})::float8 END)"


def sortable_number_of(name: str) -> str:
    """Return a property as a number, a truth value as 0 or 1, null where it is neither."""
    one = quoted(short(name))
    kind, text = f"jsonb_typeof(item.p -> {one})", f"item.p ->> {one}"
    return (
        f"(CASE {kind} WHEN 'number' THEN ({text})::float8"
        f" WHEN 'boolean' THEN CASE {text} WHEN 'true' THEN 1::float8 ELSE 0::float8 END END)"
    )


def string_of(name: str) -> str:
    """Return a property as a string that sorts by code points, null where it is none."""
    one = quoted(short(name))
    return f"(CASE WHEN jsonb_typeof(item.p -> {one}) = 'string' THEN item.p ->> {one} END COLLATE \"C\")"


def truth_of(name: str) -> str:
    """Return a property as a truth value, null where it is none."""
    one = quoted(short(name))
    return f"(CASE WHEN jsonb_typeof(item.p -> {one}) = 'boolean' THEN (item.p ->> {one})::boolean END)"


def compiled(expression: Expression, values: Values) -> Condition:
    """Compile a filter; its parameters go to ``values``."""
    if not isinstance(expression, Operation):
        return _truth(expression)
    for operators, compile_one in _OPERATORS:
        if expression.op in operators:
            return compile_one(expression.op, expression.arguments, values)
    return ANY


def _truth(expression: Expression) -> Condition:
    match expression:
        case Constant(value):
            return Condition(str(value).lower()) if isinstance(value, bool) else UNKNOWN
        case Property(name) if not _outside(name):
            return Condition(truth_of(name))
        case _:
            return ANY


def _outside(name: str) -> bool:
    """Tell whether a property is not one of those that stand in ``p`` as they are compared."""
    return (
        name in {"id", "collection", "geometry"}
        or "\0" in name
        or short(name)
        in {
            "datetime",
            "start_datetime",
            "end_datetime",
        }
    )


def _logic(op: str, arguments: Sequence[Expression], values: Values) -> Condition:
    parts = [compiled(one, values) for one in arguments]
    if op == "not":
        return Condition(f"(NOT {parts[0].sql})") if parts[0].exact else ANY
    joined = f" {op.upper()} ".join(one.sql for one in parts)
    return Condition(f"({joined})", all(one.exact for one in parts))


def _comparison(op: str, arguments: Sequence[Expression], values: Values) -> Condition:
    left, right = arguments
    if not isinstance(left, Property) and isinstance(right, Property):
        left, right, op = right, left, _MIRRORED[op]
    if not isinstance(left, Property):
        return ANY
    if isinstance(right, Instant):
        return _at(op, left.name, right.at, values)
    return _constant(op, left.name, right.value, values) if isinstance(right, Constant) else ANY


def _at(op: str, name: str, at: datetime, values: Values) -> Condition:
    if short(name) == "datetime":
        return Condition(f"({_AT} {op} {values.add(microseconds(at))})")
    return UNKNOWN if name in {"id", "collection", "geometry"} else ANY


def _constant(op: str, name: str, value: object, values: Values) -> Condition:
    if isinstance(value, str) and name != "geometry":
        return _text(op, name, value, values)
    if value is None or name in {"geometry", "id", "collection"}:
        return UNKNOWN
    if _outside(name):
        return ANY
    if isinstance(value, bool):
        return Condition(f"({truth_of(name)} {op} {values.add(value)})")
    if not isinstance(value, int | float) or abs(value) >= EXACT_WHOLE:
        return ANY
    return Condition(f"({number_of(name)} {op} {values.add(float(value))}::float8)")


def _text(op: str, name: str, value: str, values: Values) -> Condition:
    if short(name) == "datetime":
        at = moment_of(value)
        return UNKNOWN if at is None else _at(op, name, at, values)
    if "\0" in value:
        return ANY
    text = _string(name)
    return ANY if text is None else Condition(f"({text} {op} {values.add(value)})")


def _string(name: str) -> str | None:
    """Return a property that is a string, where SQL has it as it is compared."""
    if name == "id":
        return "item.id"
    if name == "collection":
        return "(SELECT coll.id FROM coll WHERE coll.c = item.c)"
    return None if _outside(name) else string_of(name)


def _in(_op: str, arguments: Sequence[Expression], values: Values) -> Condition:
    left, listed = arguments
    items = listed.items if isinstance(listed, Array) else ()
    strings = _strings(items)
    text = _string(left.name) if strings and isinstance(left, Property) else None
    if text is not None:
        return Condition(f"({text} = ANY ({values.add(strings)}::text[]))")
    return _logic("or", [Operation("=", (left, one)) for one in items], values) if items else Condition("false")


def _strings(items: Sequence[Expression]) -> list[str]:
    """Return several constants, all of which are strings; nothing where they are not."""
    found = [one.value for one in items if isinstance(one, Constant) and isinstance(one.value, str)]
    return found if len(found) == len(items) > 1 and "\0" not in "".join(found) else []


def _between(_op: str, arguments: Sequence[Expression], values: Values) -> Condition:
    one, low, high = arguments
    return _logic("and", (Operation(">=", (one, low)), Operation("<=", (one, high))), values)


def _null(_op: str, arguments: Sequence[Expression], _values: Values) -> Condition:
    one = arguments[0]
    if not isinstance(one, Property) or "\0" in one.name:
        return ANY
    if one.name in {"id", "collection"}:
        return Condition("false")
    if one.name == "geometry":
        return Condition("(item.shape IS NULL)")
    return Condition(f"(coalesce(jsonb_typeof({member(one.name)}), 'null') = 'null')")


def _like(_op: str, arguments: Sequence[Expression], values: Values) -> Condition:
    left, right = arguments
    if not isinstance(left, Property) or not isinstance(right, Constant):
        return ANY
    text = _string(left.name)
    if text is None or not isinstance(right.value, str) or "\0" in right.value:
        return ANY
    return Condition(f"({text} LIKE {values.add(_pattern(right.value))})")


def _pattern(like: str) -> str:
    """Return a pattern whose last backslash, if it escapes nothing, is itself."""
    behind = len(like) - len(like.rstrip("\\"))
    return like + "\\" if behind % 2 else like


def _spatial(op: str, arguments: Sequence[Expression], values: Values) -> Condition:
    one, other = arguments
    if isinstance(one, Shape):
        one, other = other, one
    if not isinstance(one, Property) or not isinstance(other, Shape):
        return ANY
    if one.name != "geometry":
        return UNKNOWN
    meets = f"ST_Intersects(item.shape, {ground(shapely.from_geojson(other.geojson), values)})"
    if op == "s_disjoint":
        return Condition(f"(NOT {meets})")
    # All other relations need the two to meet.
    return Condition(f"({meets})", exact=op == "s_intersects")


def ground(shape: shapely.Geometry, values: Values) -> str:
    """Return a geometry in SQL."""
    return f"ST_GeomFromWKB({values.add(shapely.to_wkb(shape))}::bytea)"


def _temporal(op: str, arguments: Sequence[Expression], values: Values) -> Condition:
    """Return what an Item's whole time must at least be for the relation to hold."""
    left, right = arguments
    turned = not isinstance(left, Property)
    own, other = (right, left) if turned else (left, right)
    ends = _ends(other)
    if not isinstance(own, Property) or short(own.name) not in _TIMES or ends is None or op == "t_disjoint":
        return ANY
    parts = _bounds(_TURNED.get(op, op) if turned else op, ends, values)
    return Condition(f"({' AND '.join(parts)})", exact=False) if parts else ANY


def _bounds(op: str, ends: tuple[datetime | None, datetime | None], values: Values) -> list[str]:
    """Return bounds on an Item's first and last time; but before and after, all relations need the two to meet."""
    start, end = (None if at is None else milliseconds(at) for at in ends)
    upper, lower = {"t_before": (start, None), "t_after": (None, end)}.get(op, (end, start))
    parts = [] if upper is None else [f"item.first <= {values.add(upper)}"]
    return parts if lower is None else [*parts, f"item.last >= {values.add(lower)}"]


def _ends(expression: Expression) -> tuple[datetime | None, datetime | None] | None:
    match expression:
        case Instant(at):
            return at, at
        case Span(start, end) if _plain(start) and _plain(end):
            return (
                start.at if isinstance(start, Instant) else None,
                end.at if isinstance(end, Instant) else None,
            )
        case _:
            return None


def _plain(end: Expression | None) -> bool:
    return end is None or isinstance(end, Instant)


def _array(op: str, arguments: Sequence[Expression], values: Values) -> Condition:
    left, right = arguments
    if op not in {"a_contains", "a_equals"} or not isinstance(left, Property) or _outside(left.name):
        return ANY
    written = _written(right)
    if written is None:
        return ANY
    return Condition(f"({member(left.name)} @> {values.add(written)}::jsonb)", exact=False)


def _written(array: Expression) -> str | None:
    """Return the JSON of an array of constants, where jsonb has it."""
    if not isinstance(array, Array) or not all(map(_scalar, array.items)):
        return None
    try:
        written = orjson.dumps([one.value for one in array.items if isinstance(one, Constant)])
    except orjson.JSONEncodeError:
        return None
    return None if b"\\u0000" in written else written.decode()


def _scalar(one: Expression) -> bool:
    return isinstance(one, Constant) and isinstance(one.value, _SCALARS)


_Compile = Callable[[str, Sequence[Expression], Values], Condition]
_SPATIALS = frozenset(
    {f"s_{one}" for one in ("intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains")}
)
_OPERATORS: Sequence[tuple[frozenset[str] | Mapping[str, object], _Compile]] = (
    (COMPARISONS, _comparison),
    (frozenset({"and", "or", "not"}), _logic),
    (frozenset({"in"}), _in),
    (frozenset({"between"}), _between),
    (frozenset({"isNull"}), _null),
    (frozenset({"like"}), _like),
    (_SPATIALS, _spatial),
    (TEMPORAL, _temporal),
    (ARRAYS, _array),
)
