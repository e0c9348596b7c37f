"""Nonsense is refused before anything is asked: every part has a kind, and every operator takes some kinds only."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import (
    ARITHMETIC,
    ARRAYS,
    CHARACTERS,
    COMPARISONS,
    LOGIC,
    SPATIAL,
    TEMPORAL,
    Array,
    Expression,
    Instant,
    Literal,
    Operation,
    Property,
    Shape,
    Span,
)
from thalweg.cql2.functions import FUNCTIONS, Function
from thalweg.cql2.kinds import Kind
from thalweg.cql2.moments import moment_of
from thalweg.cql2.names import plain

FIXED: Final[Mapping[str, Kind]] = {
    "id": Kind.STRING,
    "collection": Kind.STRING,
    "geometry": Kind.GEOMETRY,
    "datetime": Kind.INSTANT,
    "start_datetime": Kind.INSTANT,
    "end_datetime": Kind.INSTANT,
}
"""What is known of every Item."""
_SCALARS = frozenset({Kind.STRING, Kind.NUMBER, Kind.BOOLEAN, Kind.INSTANT, Kind.UNKNOWN})
_INTERVALS_ONLY = TEMPORAL - {"t_after", "t_before", "t_disjoint", "t_equals", "t_intersects"}
_OF_VALUES: Final[Mapping[type, Kind]] = {
    type(None): Kind.UNKNOWN,
    bool: Kind.BOOLEAN,
    str: Kind.STRING,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
}
_BOTH: Final = 2
_BETWEEN: Final = 3


def check_filter(expression: Expression, known: Mapping[str, Kind] = FIXED) -> None:
    """Check that an expression is a predicate, and every part of it makes sense.

    Raises:
        InvalidParameter: it is not, or a part of it does not.
    """
    kind = kind_of(expression, known)
    if kind not in {Kind.BOOLEAN, Kind.UNKNOWN} or (isinstance(expression, Literal) and expression.value is None):
        raise InvalidParameter("filter", f"is {_named(kind)}, not something true or false")


def kind_of(expression: Expression, known: Mapping[str, Kind] = FIXED) -> Kind:
    """Return the kind of an expression, after a check of all its parts; ``known`` has the properties' kinds.

    Raises:
        InvalidParameter: an operator or a function is given what it does not take.
    """
    match expression:
        case Property(name):
            return known.get(plain(name), Kind.UNKNOWN)
        case Span(start, end):
            return _span(start, end, known)
        case Array(items):
            for one in items:
                kind_of(one, known)
            return Kind.ARRAY
        case Operation(op, arguments):
            return _operation(op, arguments, known)
        case _:
            return _kind_of_literal(expression)


def _kind_of_literal(literal: Literal | Instant | Shape) -> Kind:
    if isinstance(literal, Literal):
        return _OF_VALUES[type(literal.value)]
    return Kind.INSTANT if isinstance(literal, Instant) else Kind.GEOMETRY


def _span(start: Expression | None, end: Expression | None, known: Mapping[str, Kind]) -> Kind:
    for one in (start, end):
        if one is not None and kind_of(one, known) not in {Kind.INSTANT, Kind.STRING, Kind.UNKNOWN}:
            raise InvalidParameter("filter", f"an interval's end is a time, not {_named(kind_of(one, known))}")
    return Kind.SPAN


def _operation(op: str, arguments: Sequence[Expression], known: Mapping[str, Kind]) -> Kind:
    kinds = [kind_of(one, known) for one in arguments]
    for operators, check in _CHECKS:
        if op in operators:
            return check(op, arguments, kinds)
    return _called(FUNCTIONS[op], kinds)


def _logic(op: str, _arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, 1, 1 if op == "not" else None)
    _check_kinds(op, kinds, frozenset({Kind.BOOLEAN}))
    return Kind.BOOLEAN


def _comparison(op: str, arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, _BOTH, _BOTH)
    _check_kinds(op, kinds, _SCALARS)
    _check_alike(op, arguments, kinds)
    return Kind.BOOLEAN


def _between(op: str, arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, _BETWEEN, _BETWEEN)
    _check_kinds(op, kinds, _SCALARS)
    _check_alike(op, arguments, kinds)
    return Kind.BOOLEAN


def _in(op: str, arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, _BOTH, _BOTH)
    listed = arguments[1]
    if not isinstance(listed, Array) or not listed.items:
        raise InvalidParameter("filter", "in takes a value and a list of one value or more")
    of_list = [kind_of(one) for one in listed.items]
    _check_kinds(op, (kinds[0], *of_list), _SCALARS)
    _check_alike(op, (arguments[0], *listed.items), (kinds[0], *of_list))
    return Kind.BOOLEAN


def _null(op: str, _arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, 1, 1)
    return Kind.BOOLEAN


def _like(op: str, arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, _BOTH, _BOTH)
    _check_kinds(op, kinds, frozenset({Kind.STRING}))
    pattern = arguments[1]
    while isinstance(pattern, Operation) and pattern.op in CHARACTERS:
        pattern = pattern.arguments[0]
    if not isinstance(pattern, Literal):
        raise InvalidParameter("filter", "like takes a pattern that is a string, or CASEI or ACCENTI of one")
    return Kind.BOOLEAN


def _characters(op: str, _arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, 1, 1)
    _check_kinds(op, kinds, frozenset({Kind.STRING}))
    return Kind.STRING


def _arithmetic(op: str, _arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, _BOTH, _BOTH)
    _check_kinds(op, kinds, frozenset({Kind.NUMBER}))
    return Kind.NUMBER


def _spatial(op: str, _arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, _BOTH, _BOTH)
    _check_kinds(op, kinds, frozenset({Kind.GEOMETRY}))
    return Kind.BOOLEAN


def _temporal(op: str, arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, _BOTH, _BOTH)
    _check_kinds(op, kinds, frozenset({Kind.INSTANT, Kind.SPAN}))
    if op in _INTERVALS_ONLY and any(isinstance(one, Instant) for one in arguments):
        raise InvalidParameter("filter", f"{op} is between intervals, and a DATE or a TIMESTAMP is an instant")
    return Kind.BOOLEAN


def _array(op: str, _arguments: Sequence[Expression], kinds: Sequence[Kind]) -> Kind:
    _check_count(op, kinds, _BOTH, _BOTH)
    _check_kinds(op, kinds, frozenset({Kind.ARRAY}))
    return Kind.BOOLEAN


Check = Callable[[str, Sequence[Expression], Sequence[Kind]], Kind]
_CHECKS: tuple[tuple[frozenset[str], Check], ...] = (
    (LOGIC, _logic),
    (COMPARISONS, _comparison),
    (frozenset({"between"}), _between),
    (frozenset({"in"}), _in),
    (frozenset({"isNull"}), _null),
    (frozenset({"like"}), _like),
    (CHARACTERS, _characters),
    (ARITHMETIC, _arithmetic),
    (SPATIAL, _spatial),
    (TEMPORAL, _temporal),
    (ARRAYS, _array),
)


def _called(called: Function, kinds: Sequence[Kind]) -> Kind:
    _check_count(called.name, kinds, len(called.arguments), called.most)
    for place, kind in enumerate(kinds):
        _check_kinds(called.name, (kind,), called.argument(place).kinds)
    if called.returns is not Kind.UNKNOWN:
        return called.returns
    told = _told(kinds)
    if len(told) > 1:
        raise InvalidParameter("filter", f"{called.name} takes values of one kind, not {_listed(told)}")
    return told.pop() if told else Kind.UNKNOWN


def _told(kinds: Sequence[Kind]) -> set[Kind]:
    return set(kinds) - {Kind.UNKNOWN}


def _check_count(op: str, kinds: Sequence[Kind], least: int, most: int | None) -> None:
    if len(kinds) < least or (most is not None and len(kinds) > most):
        wanted = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
        raise InvalidParameter("filter", f"{op} takes {wanted} argument{'s' * (wanted != '1')}, not {len(kinds)}")


def _check_kinds(op: str, kinds: Sequence[Kind], allowed: frozenset[Kind]) -> None:
    for place, kind in enumerate(kinds):
        if kind is not Kind.UNKNOWN and kind not in allowed:
            wanted = _listed(allowed - {Kind.UNKNOWN})
            raise InvalidParameter("filter", f"{op} takes {wanted}, but its argument {place + 1} is {_named(kind)}")


def _check_alike(op: str, arguments: Sequence[Expression], kinds: Sequence[Kind]) -> None:
    """Check that all are of one kind; a string may stand for an instant where it is one."""
    told = _told(kinds)
    if told == {Kind.INSTANT, Kind.STRING}:
        for one in arguments:
            if isinstance(one, Literal) and isinstance(one.value, str) and moment_of(one.value) is None:
                raise InvalidParameter("filter", f"{op} compares a time with {one.value[:64]!r}, which is none")
    elif len(told) > 1:
        raise InvalidParameter("filter", f"{op} compares values of one kind, not {_listed(told)}")


def _listed(kinds: set[Kind] | frozenset[Kind]) -> str:
    return " or ".join(sorted(_named(kind) for kind in kinds))


def _named(kind: Kind) -> str:
    if kind is Kind.UNKNOWN:
        return "nothing"
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
