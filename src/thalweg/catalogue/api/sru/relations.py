"""Relations of CQL between an index and a term, as conditions on Records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import shapely

from thalweg.catalogue.api.sru.cql import MOST_BOOLEANS
from thalweg.catalogue.api.sru.diagnostics import (
    ANCHOR,
    EMPTY,
    ESCAPE,
    FORMAT,
    MASK,
    RELATION,
    RELATION_MODIFIER,
    RELATION_OF_INDEX,
    TOO_MANY_BOOLEANS,
    Diagnostic,
)
from thalweg.catalogue.api.sru.indexes import ALL_RECORDS
from thalweg.catalogue.filters.terms import ALL, between, compared, like
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import Expression, Operation, Property, Shape
from thalweg.core.geometry import BBox
from thalweg.cql2.grounds import literal
from thalweg.web.freetext import words_of

if TYPE_CHECKING:
    from thalweg.catalogue.api.sru.indexes import Index
    from thalweg.catalogue.api.sru.queries import Clause

_RELATIONS = frozenset(
    {"=", "==", "<>", "<", ">", "<=", ">=", "exact", "scr", "adj", "all", "any", "within", "encloses"}
)
_MODIFIERS = frozenset({"ignorecase", "respectcase", "masked", "word", "string", "isodate", "number"})
_ORDERED = frozenset({"<", ">", "<=", ">="})
_BOX, _ENDS = 4, 2
_POSITIONS = 20_000
_SPATIAL = {"=": "s_intersects", "scr": "s_intersects", "within": "s_within", "encloses": "s_contains"}


def condition(clause: Clause, index: Index) -> Expression:
    """Return what a clause asks of Records.

    Raises:
        Diagnostic: the relation, its modifiers or the term are not for this index.
    """
    relation = clause.relation.removeprefix("cql.")
    if relation not in _RELATIONS:
        raise Diagnostic(RELATION, clause.relation[:64])
    named = frozenset(one.name.removeprefix("cql.") for one in clause.modifiers)
    for one in clause.modifiers:
        if one.name.removeprefix("cql.") not in _MODIFIERS or one.comparison:
            raise Diagnostic(RELATION_MODIFIER, one.name[:64])
    if index.asked is ALL_RECORDS:
        return ALL
    if not clause.term.strip():
        raise Diagnostic(EMPTY)
    try:
        return _of_kind(clause, index, relation, named)
    except InvalidParameter as error:
        raise Diagnostic(FORMAT, error.why) from error


def _of_kind(clause: Clause, index: Index, relation: str, named: frozenset[str]) -> Expression:
    match index.asked.kind:
        case "any":
            return _anywhere(clause, index, relation)
        case "geometry":
            return _place(clause, index, relation)
        case "time" | "number":
            return _measured(clause, index, relation)
        case "id":
            return _identified(clause, index, relation)
        case _:
            return _text(clause, index, relation, named)


def _unfit(clause: Clause, index: Index) -> Diagnostic:
    return Diagnostic(RELATION_OF_INDEX, f"{index.context}.{index.name} {clause.relation}"[:128])


def _anywhere(clause: Clause, index: Index, relation: str) -> Expression:
    """Return what asks for words, which are found as wholes."""
    pattern = _pattern(clause.term)
    if pattern == "%":
        return ALL
    if any(sign in pattern.replace("\\%", "").replace("\\_", "") for sign in "%_"):
        raise Diagnostic(MASK, "*" if "%" in pattern else "?")
    words = words_of(_plain(clause.term))
    if not words:
        raise Diagnostic(EMPTY)
    match relation:
        case "=" | "adj" | "scr" | "==" | "exact":
            return compared(index.asked, "=", " ".join(words))
        case "all" | "any":
            return _joined(relation, tuple(compared(index.asked, "=", word) for word in words))
        case _:
            raise _unfit(clause, index)


def _place(clause: Clause, index: Index, relation: str) -> Expression:
    if relation not in _SPATIAL:
        raise _unfit(clause, index)
    shape = _wkt(clause.term) if index.name == "geometry" else _box(clause.term)
    return Operation(_SPATIAL[relation], (Property("geometry"), shape))


def _box(term: str) -> Shape:
    try:
        numbers = [float(part) for part in term.replace(",", " ").split()]
    except ValueError as error:
        raise InvalidParameter("term", "is four numbers: west, south, east, north") from error
    if len(numbers) != _BOX:
        raise InvalidParameter("term", "is four numbers: west, south, east, north")
    parts = [shapely.box(one.west, one.south, one.east, one.north) for one in BBox.of(numbers).spans()]
    whole = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return Shape(shapely.to_geojson(whole))


def _wkt(term: str) -> Shape:
    try:
        found = shapely.from_wkt(term)
    except shapely.errors.ShapelyError as error:
        raise InvalidParameter("term", "is no WKT") from error
    if found is None or found.is_empty:
        raise InvalidParameter("term", "is no WKT of a place")
    geojson, _ = literal(orjson.loads(shapely.to_geojson(found)), _POSITIONS)
    return Shape(geojson)


def _measured(clause: Clause, index: Index, relation: str) -> Expression:
    """Compare a time or a number; ``within`` takes the two ends."""
    term = _plain(clause.term).strip()
    if relation == "within":
        ends = term.replace("/", " ").split()
        if len(ends) != _ENDS:
            raise InvalidParameter("term", "is the two ends, a space between")
        return between(index.asked, *ends)
    if relation in _ORDERED or relation == "<>":
        return compared(index.asked, relation, term)
    if relation in ("=", "==", "exact", "scr"):
        return compared(index.asked, "=", term)
    raise _unfit(clause, index)


def _identified(clause: Clause, index: Index, relation: str) -> Expression:
    term = _plain(clause.term)
    if relation in ("=", "==", "exact", "scr", "<>"):
        return compared(index.asked, "<>" if relation == "<>" else "=", term)
    if relation in ("any", "all"):
        return _joined(relation, tuple(compared(index.asked, "=", one) for one in term.split()))
    raise _unfit(clause, index)


def _text(clause: Clause, index: Index, relation: str, named: frozenset[str]) -> Expression:
    exact, match_case = relation in ("==", "exact"), "respectcase" in named
    if relation in _ORDERED:
        return compared(index.asked, relation, _plain(clause.term))
    if exact or relation == "<>":
        strict = "ignorecase" not in named
        op = "<>" if relation == "<>" else "="
        return compared(index.asked, op, _plain(clause.term), match_case=strict)
    if relation in ("=", "scr", "adj"):
        return _said(index, clause.term, match_case=match_case)
    if relation not in ("all", "any"):
        raise _unfit(clause, index)
    return _joined(relation, tuple(_said(index, word, match_case=match_case) for word in clause.term.split()))


def _joined(relation: str, each: tuple[Expression, ...]) -> Expression:
    """Return what ``all`` or ``any`` ask of the words of a term, which are as many booleans."""
    if len(each) > MOST_BOOLEANS:
        raise Diagnostic(TOO_MANY_BOOLEANS, str(MOST_BOOLEANS))
    return each[0] if len(each) == 1 else Operation("and" if relation == "all" else "or", each)


def _said(index: Index, term: str, *, match_case: bool) -> Expression:
    """Return what asks for a term within a text; an anchor ``^`` at an end holds it to that end of the text."""
    starts, ends = term.startswith("^"), term.endswith("^") and not term.endswith("\\^")
    inner = _pattern(term[starts : len(term) - ends if len(term) > 1 else None])
    pattern = f"{'' if starts else '%'}{inner}{'' if ends else '%'}"
    return like(index.asked, pattern, match_case=match_case)


def _pattern(term: str) -> str:
    r"""Return a term as a pattern: ``*`` is any run, ``?`` one character, ``\`` takes the meaning from the next."""
    found, escaped = [], False
    for sign in term:
        if escaped:
            found.append(_escape(sign))
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign in "*?":
            found.append("%" if sign == "*" else "_")
        elif sign == "^":
            raise Diagnostic(ANCHOR, "^")
        else:
            found.append(f"\\{sign}" if sign in "%_" else sign)
    return "".join(found)


def _escape(sign: str) -> str:
    if sign not in '*?\\"^':
        raise Diagnostic(ESCAPE, sign)
    return "\\\\" if sign == "\\" else sign


def _plain(term: str) -> str:
    """Return a term that has no masks without its escapes.

    Raises:
        Diagnostic: it has masks, where only a whole value is compared.
    """
    pattern = _pattern(term)
    plain, at = [], 0
    while at < len(pattern):
        if pattern[at] in "%_":
            raise Diagnostic(MASK, "*" if pattern[at] == "%" else "?")
        at += pattern[at] == "\\"
        plain.append(pattern[at])
        at += 1
    return "".join(plain)
