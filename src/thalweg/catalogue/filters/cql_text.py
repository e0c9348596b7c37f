"""Reads ``CONSTRAINTLANGUAGE=CQL_TEXT``: CQL2, and what CQL 1 (07-006r1, 6.2.2) and ECQL spell otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thalweg.catalogue.filters.queryables import queryable_of
from thalweg.catalogue.filters.terms import between, compared, like, opposite, unknown
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import (
    COMPARISONS,
    SPATIAL,
    TEMPORAL,
    Array,
    Expression,
    Instant,
    Literal,
    Operation,
    Property,
    Shape,
)
from thalweg.core.time import written
from thalweg.cql2.reading import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from thalweg.catalogue.filters.queryables import Queryable

PARAMETER = "Constraint"
_QUOTED = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\")")
_NAME, _MOMENT = r"([A-Za-z_][\w:.]*)", r"(\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)"
_NUMBER = r"\s*(-?[\d.]+(?:[eE][+-]?\d+)?)\s*"
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(old, re.IGNORECASE), new)
    for old, new in (
        (
            rf"\bBBOX\s*\(\s*{_NAME}\s*,{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\)",
            r"S_INTERSECTS(\1, BBOX(\2,\3,\4,\5))",
        ),
        (rf"\bENVELOPE\s*\({_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\)", r"BBOX(\1,\3,\2,\4)"),
        (r"(?<![\w:])(INTERSECTS|EQUALS|DISJOINT|TOUCHES|WITHIN|OVERLAPS|CROSSES|CONTAINS)\s*\(", r"S_\1("),
        (rf"(?<![\w:]){_NAME}\s+DURING\s+{_MOMENT}\s*/\s*{_MOMENT}", r"T_DURING(\1, INTERVAL('\2','\3'))"),
        (rf"(?<![\w:]){_NAME}\s+(BEFORE|AFTER)\s+{_MOMENT}T?(?![\w:])", r"T_\2(\1, TIMESTAMP('\3'))"),
        (rf"(?<![\w:]){_NAME}\s+ILIKE\s+(?=\x00)", r"CASEI(\1) LIKE CASEI"),
    )
)
_WITHOUT_ZONE = re.compile(r"(TIMESTAMP\('\d{4}-\d\d-\d\d)'\)")
_DEEPEST = 64


def read_cql(text: str) -> Expression:
    """Read a filter.

    Raises:
        InvalidParameter: it is none, or asks what cannot be asked here.
        TooLarge: it goes beyond a bound.
    """
    try:
        read = read_text(_respelled(text))
    except InvalidParameter as error:
        raise InvalidParameter(PARAMETER, error.why) from error
    return _meant(read)


def _respelled(text: str) -> str:
    """Return the text in the words of CQL2; what stands in quotes is left as it is."""
    pieces = _QUOTED.split(text)
    quoted = pieces[1::2]
    # Each quoted piece is two marks while the rest is respelled, so that no pattern reaches into or across it.
    bare = "\x00\x01".join(pieces[0::2])
    for old, new in _SPELLINGS:
        bare = old.sub(new, bare)
    bare = _WITHOUT_ZONE.sub(r"\1T00:00:00Z')", bare)
    found = bare.split("\x00\x01")
    if len(found) != len(quoted) + 1:
        raise InvalidParameter(PARAMETER, "holds a character that no text has")
    return found[0] + "".join(
        (f"({one})" if before.endswith("CASEI") else one) + after
        for before, one, after in zip(found, quoted, found[1:], strict=False)
    )


def _meant(read: Expression) -> Expression:
    """Return what is read with queryables in the place of their names."""
    match read:
        case Literal(bool()):
            return read
        case Operation("not", (one,)):
            return opposite(_meant(one))
        case Operation("and" | "or" as op, several):
            return Operation(op, tuple(map(_meant, several)))
        case Operation(op, arguments):
            for operators, form in _FORMS:
                if op in operators:
                    return form(op, arguments)
    raise InvalidParameter(PARAMETER, "asks what cannot be asked of Records here")


def _comparison(op: str, arguments: Sequence[Expression]) -> Expression:
    one, other = arguments
    if not isinstance(_bare(one), Property):
        one, other, op = other, one, {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(op, op)
    return compared(_named(one), op, _value(other), match_case=not _folded(one))


def _like(_op: str, arguments: Sequence[Expression]) -> Expression:
    one, pattern = arguments
    return like(_named(one), _value(pattern), match_case=not _folded(one))


def _between(_op: str, arguments: Sequence[Expression]) -> Expression:
    one, low, high = arguments
    return between(_named(one), _value(low), _value(high))


def _in(_op: str, arguments: Sequence[Expression]) -> Expression:
    one, listed = arguments
    items = listed.items if isinstance(listed, Array) else ()
    found = tuple(compared(_named(one), "=", _value(item), match_case=not _folded(one)) for item in items)
    return found[0] if len(found) == 1 else Operation("or", found)


def _null(_op: str, arguments: Sequence[Expression]) -> Expression:
    return unknown(_named(arguments[0]))


def _spatial(op: str, arguments: Sequence[Expression]) -> Expression:
    for one in arguments:
        if not isinstance(one, Shape) and _named(one).kind != "geometry":
            raise InvalidParameter(PARAMETER, f"{_named(one).name} is no geometry, which {op.upper()} takes")
    return Operation(op, tuple(one if isinstance(one, Shape) else Property("geometry") for one in arguments))


def _temporal(op: str, arguments: Sequence[Expression]) -> Expression:
    return Operation(op, tuple(_time(one) if isinstance(one, Property) else one for one in arguments))


def _time(one: Expression) -> Expression:
    queryable = _named(one)
    if queryable.kind != "time":
        raise InvalidParameter(PARAMETER, f"{queryable.name} is no time")
    return Property(queryable.members[0].name)


def _named(one: Expression) -> Queryable:
    bare = _bare(one)
    if not isinstance(bare, Property):
        raise InvalidParameter(PARAMETER, "compares a property with a literal")
    return queryable_of(bare.name)


def _value(one: Expression) -> str:
    match _bare(one):
        case Instant(at, date):
            return at.date().isoformat() if date else written(at)
        case Literal(value) if value is not None:
            return str(value)
        case _:
            raise InvalidParameter(PARAMETER, "compares a property with a literal")


def _bare(one: Expression) -> Expression:
    depth = 0
    while isinstance(one, Operation) and one.op in ("casei", "accenti") and depth < _DEEPEST:
        one, depth = one.arguments[0], depth + 1
    return one


def _folded(one: Expression) -> bool:
    return isinstance(one, Operation)


_FORMS: tuple[tuple[frozenset[str], Callable[[str, Sequence[Expression]], Expression]], ...] = (
    (COMPARISONS, _comparison),
    (frozenset({"like"}), _like),
    (frozenset({"between"}), _between),
    (frozenset({"in"}), _in),
    (frozenset({"isNull"}), _null),
    (SPATIAL, _spatial),
    (TEMPORAL, _temporal),
)
