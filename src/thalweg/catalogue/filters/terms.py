"""Comparisons of queryables with what a filter writes, as expressions.

A predicate over what a Record does not tell is false here, as Filter Encoding has it, and its opposite is true; CQL2
would say null of both. A queryable with several values satisfies what one of them satisfies.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import (
    SOME,
    VALUE,
    Array,
    Expression,
    Instant,
    Literal,
    Operation,
    Property,
    parts,
    properties_of,
)
from thalweg.core.time import instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.catalogue.filters.queryables import Member, Queryable

ANY_TEXT, RECORD_ID = "anyText", "recordId"
"""Stand for a search of all words, and for the Record of an id, until the whole filter is known: see ``dividing``."""
NOTHING, ALL = Literal(value=False), Literal(value=True)
_DAY, _SECONDS = len("2000-01-01"), len("2000-01-01T00:00:00")
_NO = ("false", "0")
_JOINED = {"and": "or", "or": "and"}


def opposite(expression: Expression) -> Expression:
    """Return what is true where an expression is not: false or null."""
    if not isinstance(expression, Operation):
        return Literal(not expression.value) if isinstance(expression, Literal) else Operation("not", (expression,))
    if expression.op in _JOINED:
        return Operation(_JOINED[expression.op], tuple(map(opposite, expression.arguments)))
    if expression.op == "not":
        return expression.arguments[0]
    denied = Operation("not", (expression,))
    if expression.op in (SOME, ANY_TEXT, RECORD_ID, "isNull"):
        return denied
    read = sorted(properties_of(expression))
    unknown = Property(read[0]) if len(read) == 1 else expression
    return Operation("or", (denied, Operation("isNull", (unknown,))))


def compared(queryable: Queryable, op: str, written: str, *, match_case: bool = True) -> Expression:
    """Return a comparison (``=``, ``<>``, ``<``, ``>``, ``<=``, ``>=``) of a queryable with what a filter writes.

    Raises:
        InvalidParameter: its values do not compare with that.
    """
    if op == "<>":
        return opposite(compared(queryable, "=", written, match_case=match_case))
    match queryable.kind:
        case "any":
            return _words(queryable, op, written)
        case "geometry":
            raise InvalidParameter(queryable.name, "is a geometry: it takes spatial operators")
        case "id":
            return _identified(op, written)
        case "whether":
            return _told(queryable, op, written)
        case _:
            return _each(queryable, lambda of: _valued(queryable, of, op, written, match_case=match_case))


def _valued(queryable: Queryable, of: Expression, op: str, written: str, *, match_case: bool) -> Expression:
    """Compare a value."""
    match queryable.kind:
        case "number":
            return Operation(op, (of, Literal(_number(queryable, written))))
        case "time":
            return _timed(queryable, of, op, written)
        case _:
            return _text(of, op, queryable.reads(written), match_case=match_case)


def between(queryable: Queryable, low: str, high: str) -> Expression:
    """Return what asks for a value between two, both included."""
    if queryable.kind != "many":
        return Operation("and", (compared(queryable, ">=", low), compared(queryable, "<=", high)))
    return _each(
        queryable,
        lambda of: Operation("and", (_text(of, ">=", low, match_case=True), _text(of, "<=", high, match_case=True))),
    )


def like(queryable: Queryable, pattern: str, *, match_case: bool = True) -> Expression:
    r"""Return what asks for a text like a pattern of CQL2: ``%`` any run, ``_`` one character, ``\`` escapes.

    Raises:
        InvalidParameter: its values are no texts.
    """
    match queryable.kind:
        case "any":
            pieces = tuple(Literal(piece) for piece in _pieces(pattern) if piece.strip())
            return Operation(ANY_TEXT, pieces) if pieces else ALL
        case "geometry" | "number" | "whether":
            raise InvalidParameter(queryable.name, "is no text, which LIKE takes")
        case _:
            return _each(queryable, lambda of: _like(of, pattern, match_case=match_case))


def unknown(queryable: Queryable) -> Expression:
    """Return what asks for Records that tell nothing of a queryable."""
    if queryable.kind == "any":
        return NOTHING
    missing = tuple(map(_missing, queryable.members))
    return missing[0] if len(missing) == 1 else Operation("and", missing)


def _missing(member: Member) -> Expression:
    if not member.keys:
        return Operation("isNull", (Property(member.name),))
    told = Operation(SOME, (Property(member.name), Array(tuple(map(Literal, member.keys))), ALL))
    return Operation("not", (told,))


def identified(record_id: str) -> Expression:
    """Return what asks for the Record of an id."""
    return Operation(RECORD_ID, (Literal(record_id),))


def _identified(op: str, written: str) -> Expression:
    return identified(written) if op == "=" else Operation(op, (Property("id"), Literal(written)))


def _each(queryable: Queryable, said: Callable[[Expression], Expression]) -> Expression:
    """Return what is said of any of a queryable's values."""
    found = tuple(_of_member(queryable, one, said) for one in queryable.members)
    return found[0] if len(found) == 1 else Operation("or", found)


def _of_member(queryable: Queryable, member: Member, said: Callable[[Expression], Expression]) -> Expression:
    if queryable.kind != "many":
        return said(Property(member.name))
    keys = Array(tuple(map(Literal, member.keys)))
    return Operation(SOME, (Property(member.name), keys, said(Property(VALUE))))


def _text(of: Expression, op: str, written: str, *, match_case: bool) -> Expression:
    if match_case:
        return Operation(op, (of, Literal(written)))
    return Operation(op, (Operation("casei", (of,)), Operation("casei", (Literal(written),))))


def _like(of: Expression, pattern: str, *, match_case: bool) -> Expression:
    return _text(of, "like", pattern, match_case=match_case)


def _number(queryable: Queryable, written: str) -> float:
    try:
        found = float(written)
    except ValueError as error:
        raise InvalidParameter(queryable.name, f"compares with a number, not {written[:64]!r}") from error
    if found != found or abs(found) == float("inf"):  # noqa: PLR0124 - NaN
        raise InvalidParameter(queryable.name, "compares with a finite number")
    return int(found) if found.is_integer() else found


def _timed(queryable: Queryable, of: Expression, op: str, written: str) -> Expression:
    """Compare a time; what names a day, a month or a year means all of it."""
    if len(written) > _DAY:
        return Operation(op, (of, Instant(_moment(queryable, written))))
    start, end = _period(queryable, written)
    # Times of Records begin with their day, and compare as they are written.
    low, high = (_bound(of, one) for one in (start, end))
    match op:
        case "=":
            return Operation("and", (Operation(">=", (of, low)), Operation("<", (of, high))))
        case ">":
            return Operation(">=", (of, high))
        case "<=":
            return Operation("<", (of, high))
        case _:
            return Operation(op, (of, low))


def _bound(of: Expression, day: date) -> Expression:
    if of in (Property("updated"), Property("thalweg:date")):
        return Literal(day.isoformat())
    return Instant(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _moment(queryable: Queryable, written: str) -> datetime:
    text = f"{written}Z" if len(written) == _SECONDS else written
    return instant(text, queryable.name)


def _period(queryable: Queryable, written: str) -> tuple[date, date]:
    """Return the first day of a day, month or year, and the first day after it."""
    numbers = written.split("-")
    try:
        whole = [int(one) for one in numbers]
        start = date(*(*whole, 1, 1)[:3])
        if len(whole) == 1:
            return start, date(start.year + 1, 1, 1)
        if len(whole) == 2:  # noqa: PLR2004 - a year and a month
            return start, (start + timedelta(days=31)).replace(day=1)
        return start, start + timedelta(days=1)
    except (ValueError, OverflowError, TypeError) as error:
        raise InvalidParameter(queryable.name, f"compares with a time, not {written[:64]!r}") from error


def _words(queryable: Queryable, op: str, written: str) -> Expression:
    if op != "=":
        raise InvalidParameter(queryable.name, "is all the words of a Record: it takes = and LIKE")
    return Operation(ANY_TEXT, (Literal(written),)) if written.strip() else ALL


def _told(queryable: Queryable, op: str, written: str) -> Expression:
    """Return what asks whether something is told; other words than yes and no are said of nothing."""
    if op != "=":
        raise InvalidParameter(queryable.name, "takes =")
    if written in queryable.yes:
        return Operation("not", (unknown(queryable),))
    return unknown(queryable) if written in _NO else NOTHING


def _pieces(pattern: str) -> list[str]:
    """Return what stands between the wildcards of a pattern."""
    pieces, escaped = [""], False
    for sign in pattern:
        if escaped or sign not in "\\%_":
            pieces[-1] += sign
            escaped = False
        elif sign == "\\":
            escaped = True
        else:
            pieces.append("")
    return pieces


def count(expression: Expression) -> int:
    """Return of how many parts an expression is made."""
    return sum(1 for _ in parts(expression))


def mapped(expression: Expression, change: Callable[[Operation], Expression | None]) -> Expression:
    """Return an expression with some of its operations changed; those that ``change`` says nothing of are gone into."""
    if not isinstance(expression, Operation):
        return expression
    changed = change(expression)
    if changed is not None:
        return changed
    return replace(expression, arguments=tuple(mapped(one, change) for one in expression.arguments))
