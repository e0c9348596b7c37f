"""Which Records a request means: its filter, in XML or as text, its words, box and ids, and its order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.requests import Constraint
from thalweg.catalogue.filters.cql_text import read_cql
from thalweg.catalogue.filters.dividing import divided, spoken
from thalweg.catalogue.filters.fes import read_filter
from thalweg.catalogue.filters.queryables import queryable_of
from thalweg.catalogue.filters.systems import axes_of
from thalweg.catalogue.filters.terms import identified
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.expressions import Expression, Operation, both
from thalweg.core.geometry import BBox
from thalweg.core.queries import Sort
from thalweg.core.texts import AllOf
from thalweg.core.time import Interval
from thalweg.guard.markup import parsed
from thalweg.web.freetext import read_advanced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thalweg.core.texts import Text
    from thalweg.guard.markup import Element
    from thalweg.web.kvp import Kvp

_XML, _TEXT = ("FILTER", "http://www.opengis.net/fes/2.0", "http://www.opengis.net/ogc"), ("CQL_TEXT", "CQL")
_NUMBERS = 4
_MOST_KEYS = 8
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DESCENDING = {"A": False, "ASC": False, "D": True, "DESC": True}


def of_expression(expression: Expression | None) -> Constraint:
    """Return the constraint that a filter is."""
    if expression is None:
        return Constraint()
    parts = divided(expression)
    return Constraint(parts.rest, parts.text, ids=parts.ids)


def of_element(element: Element | None) -> Constraint:
    """Read a ``csw:Constraint``.

    Raises:
        InvalidParameter: it holds neither a filter nor CQL text, or one that cannot be read.
    """
    if element is None:
        return Constraint()
    inside = list(element)
    if len(inside) != 1:
        raise InvalidParameter("Constraint", "holds one Filter or one CqlText")
    name = str(inside[0].tag).rpartition("}")[2]
    return of_expression(read_cql(inside[0].text or "") if name == "CqlText" else read_filter(inside[0]))


def of_pairs(kvp: Kvp) -> Constraint:
    """Read what a request of pairs asks for: ``CONSTRAINT``, and CSW 3's ``q``, ``bbox``, ``time`` and ``recordIds``.

    Raises:
        InvalidParameter: one of them cannot be read.
    """
    found = _constraint(kvp)
    words, ids, narrowed = kvp.text("q"), kvp.listed("recordIds"), found.filter
    if ids and found.ids:
        named = tuple(map(identified, found.ids))
        narrowed = both(narrowed, spoken(Operation("or", named) if len(named) > 1 else named[0]))
    return Constraint(
        filter=narrowed,
        text=_all_of(found.text, None if words is None else read_advanced(words)),
        bbox=_box(kvp.text("bbox")),
        interval=_interval(kvp.text("time")),
        ids=ids or found.ids,
    )


def _constraint(kvp: Kvp) -> Constraint:
    text = kvp.text("CONSTRAINT")
    if text is None:
        return Constraint()
    language = kvp.text("CONSTRAINTLANGUAGE") or ("FILTER" if text.startswith("<") else "CQL_TEXT")
    if language.upper() in _TEXT:
        return of_expression(read_cql(text))
    if language.upper() == "FILTER" or language in _XML:
        return of_expression(read_filter(parsed(text.encode(), "Constraint")))
    raise InvalidParameter("CONSTRAINTLANGUAGE", f"is {language[:64]!r}, not FILTER or CQL_TEXT")


def _all_of(one: Text | None, other: Text | None) -> Text | None:
    if one is None or other is None:
        return other if one is None else one
    return AllOf((one, other))


def _interval(text: str | None) -> Interval | None:
    """Read ``time``; a template whose places are left empty leaves the line between them."""
    if text is None or text == "/":
        return None
    start, line, end = text.partition("/")
    return Interval.parse(f"{_from(start)}/{_to(end if line else start)}", "time")


def _from(text: str) -> str:
    return f"{text}T00:00:00Z" if _DAY.fullmatch(text) else text


def _to(text: str) -> str:
    """Return the end of a span: of a day its last moment."""
    return f"{text}T23:59:59.999Z" if _DAY.fullmatch(text) else text


def _box(text: str | None) -> BBox | None:
    """Return the box of ``bbox``: four numbers, longitude first unless a reference system after them says otherwise."""
    if text is None:
        return None
    parts = text.split(",")
    srs = parts[_NUMBERS] if len(parts) == _NUMBERS + 1 else None
    try:
        numbers = [float(part) for part in parts[:_NUMBERS]]
    except ValueError as error:
        raise InvalidParameter("bbox", "takes four numbers joined by commas") from error
    if len(numbers) != _NUMBERS or len(parts) > _NUMBERS + 1:
        raise InvalidParameter("bbox", "takes four numbers joined by commas, and a reference system")
    try:
        return BBox.of(axes_of(srs).box(numbers), "bbox")
    except InvalidParameter as error:
        raise InvalidParameter("bbox", error.why) from error


def order_of_element(element: Element | None) -> tuple[Sort, ...]:
    """Read a ``SortBy`` of either version of Filter Encoding.

    Raises:
        InvalidParameter: a property is not known, or cannot be sorted by.
    """
    found = []
    for one in element if element is not None else ():
        named = {str(part.tag).rpartition("}")[2]: (part.text or "").strip() for part in one}
        name = named.get("PropertyName") or named.get("ValueReference")
        if not name:
            raise InvalidParameter("SortBy", "names a property in each SortProperty")
        found.append((name, named.get("SortOrder", "ASC")))
    return order_of(found)


def order_of_pairs(text: str | None) -> tuple[Sort, ...]:
    """Read ``SortBy=dc:title:A,dc:date:D``."""
    found = []
    for one in (text or "").split(","):
        name, _, way = one.strip().rpartition(":")
        if one.strip():
            found.append((name, way) if way.upper() in _DESCENDING and name else (one.strip(), "A"))
    return order_of(found)


def order_of(keys: Iterable[tuple[str, str]]) -> tuple[Sort, ...]:
    """Return an order by queryables, each with its way: ``ASC``, ``DESC``, ``A`` or ``D``."""
    found = []
    for name, way in keys:
        queryable = queryable_of(name, "SortBy")
        if way.upper() not in _DESCENDING:
            raise InvalidParameter("SortBy", f"an order is ASC or DESC, not {way[:32]!r}")
        # Records are put in no order by what they may tell several times; what follows is as it was.
        if queryable.sortable is not None:
            found.append(Sort(queryable.sortable, _DESCENDING[way.upper()]))
        elif queryable.kind in ("any", "geometry"):
            raise InvalidParameter("SortBy", f"{queryable.name} has no order")
    if len(found) > _MOST_KEYS:
        raise TooLarge(f"SortBy: more than {_MOST_KEYS} properties")
    return tuple(found)
