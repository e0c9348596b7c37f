"""Reads Filter Encoding: OGC Filter 1.1.0 (04-095) and FES 2.0 (09-026r2), bounded in depth, parts and positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.filters.distances import Distances
from thalweg.catalogue.filters.gml import Geometries, is_gml, local, namespace, time_of
from thalweg.catalogue.filters.queryables import queryable_of
from thalweg.catalogue.filters.terms import between, compared, identified, like, opposite, unknown
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.expressions import Expression, Operation, Property
from thalweg.cql2.bounds import USUAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from thalweg.catalogue.filters.queryables import Queryable
    from thalweg.core.expressions import Instant, Shape, Span
    from thalweg.guard.markup import Element

FILTER_11, FES_20 = "http://www.opengis.net/ogc", "http://www.opengis.net/fes/2.0"
_PARAMETER = "Filter"
_COMPARISONS = {
    "PropertyIsEqualTo": "=",
    "PropertyIsNotEqualTo": "<>",
    "PropertyIsLessThan": "<",
    "PropertyIsGreaterThan": ">",
    "PropertyIsLessThanOrEqualTo": "<=",
    "PropertyIsGreaterThanOrEqualTo": ">=",
}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SPATIAL = {
    "BBOX": "s_intersects",
    "Intersects": "s_intersects",
    "Equals": "s_equals",
    "Disjoint": "s_disjoint",
    "Touches": "s_touches",
    "Within": "s_within",
    "Overlaps": "s_overlaps",
    "Crosses": "s_crosses",
    "Contains": "s_contains",
}
_TEMPORAL = {
    "After": "t_after",
    "Before": "t_before",
    "Begins": "t_starts",
    "BegunBy": "t_startedBy",
    "TContains": "t_contains",
    "During": "t_during",
    "TEquals": "t_equals",
    "TOverlaps": "t_overlaps",
    "Meets": "t_meets",
    "OverlappedBy": "t_overlappedBy",
    "MetBy": "t_metBy",
    "Ends": "t_finishes",
    "EndedBy": "t_finishedBy",
    "AnyInteracts": "t_intersects",
}
_IDS = {"ResourceId": "rid", "FeatureId": "fid", "GmlObjectId": "{http://www.opengis.net/gml}id"}
_NAMES, _DISTANCES = ("PropertyName", "ValueReference"), ("DWithin", "Beyond")
_PAIR = 2


def read_filter(element: Element) -> Expression:
    """Read a ``Filter``.

    Raises:
        InvalidParameter: it is none, or asks what cannot be asked here.
        TooLarge: it goes beyond a bound.
    """
    if local(element) != "Filter" or namespace(element) not in (FILTER_11, FES_20):
        raise InvalidParameter(_PARAMETER, f"is no Filter of {FILTER_11} or {FES_20}")
    return _Reader(namespace(element)).whole(element)


class _Reader:
    """One reading of one filter, with what it has used of its bounds."""

    def __init__(self, of: str) -> None:
        self._of = of
        self._parts = 0
        self._distances = Distances()
        self._geometries = Geometries()
        self._forms: tuple[tuple[Mapping[str, object] | tuple[str, ...], Callable[[Element, int], Expression]], ...] = (
            (("And", "Or"), self._joined),
            (("Not",), self._not),
            (_COMPARISONS, self._comparison),
            (("PropertyIsLike",), self._like),
            (("PropertyIsNull", "PropertyIsNil"), self._null),
            (("PropertyIsBetween",), self._between),
            (_SPATIAL, self._spatial),
            (_DISTANCES, self._distance),
            (_TEMPORAL, self._temporal),
        )

    def whole(self, element: Element) -> Expression:
        """Return what a filter asks for: one predicate, or ids any of which may be."""
        inside = list(element)
        if inside and all(local(one) in _IDS for one in inside):
            ids = tuple(self._id(one) for one in inside)
            return ids[0] if len(ids) == 1 else Operation("or", ids)
        if len(inside) != 1:
            raise InvalidParameter(_PARAMETER, "has one predicate, or ids")
        return self._predicate(inside[0], 0)

    def _predicate(self, element: Element, depth: int) -> Expression:
        self._count(depth)
        name = local(element)
        if namespace(element) == self._of:
            for names, form in self._forms:
                if name in names:
                    return form(element, depth)
            if name in _IDS:
                return self._id(element)
        raise InvalidParameter(_PARAMETER, f"{name[:64]} is no predicate of {self._of}")

    def _count(self, depth: int) -> None:
        self._parts += 1
        if self._parts > USUAL.nodes:
            raise TooLarge(f"Filter: more than {USUAL.nodes} parts")
        if depth > USUAL.depth:
            raise TooLarge(f"Filter: parts within parts more than {USUAL.depth} deep")

    def _id(self, element: Element) -> Expression:
        self._count(0)
        found = element.get(_IDS[local(element)]) or element.get("{http://www.opengis.net/gml/3.2}id")
        if not found:
            raise InvalidParameter(_PARAMETER, f"{local(element)} names no id")
        return identified(found)

    def _joined(self, element: Element, depth: int) -> Expression:
        parts = tuple(self._predicate(one, depth + 1) for one in element)
        if not parts:
            raise InvalidParameter(_PARAMETER, f"{local(element)} joins nothing")
        return parts[0] if len(parts) == 1 else Operation(local(element).lower(), parts)

    def _not(self, element: Element, depth: int) -> Expression:
        if len(element) != 1:
            raise InvalidParameter(_PARAMETER, "Not takes one predicate")
        return opposite(self._predicate(element[0], depth + 1))

    def _comparison(self, element: Element, _depth: int) -> Expression:
        op = _COMPARISONS[local(element)]
        one, other = self._pair(element)
        if local(one) not in _NAMES:
            one, other, op = other, one, _MIRRORED.get(op, op)
        of, written = self._named(one), self._literal(other)
        return compared(of, op, written, match_case=element.get("matchCase", "true") not in ("false", "0"))

    def _pair(self, element: Element) -> tuple[Element, Element]:
        if len(element) != _PAIR:
            raise InvalidParameter(_PARAMETER, f"{local(element)} compares a property with a literal")
        self._parts += _PAIR
        return element[0], element[1]

    def _named(self, element: Element) -> Queryable:
        if local(element) not in _NAMES:
            raise InvalidParameter(_PARAMETER, f"{local(element)[:64]} is not the name of a property")
        return queryable_of(element.text or "")

    def _literal(self, element: Element) -> str:
        if local(element) == "Function":
            raise InvalidParameter(
                _PARAMETER, f"{(element.get('name') or '')[:64]!r} is no function here: there is none"
            )
        if local(element) != "Literal" or len(element):
            raise InvalidParameter(_PARAMETER, f"{local(element)[:64]} is no literal, which is compared here")
        text = element.text or ""
        if len(text) > USUAL.characters:
            raise TooLarge(f"Filter: a literal has more than {USUAL.characters} characters")
        return str(text)

    def _like(self, element: Element, _depth: int) -> Expression:
        one, other = self._pair(element)
        signs = (element.get("wildCard") or "%", element.get("singleChar") or "_")
        escape = element.get("escapeChar") or element.get("escape") or "\\"
        pattern = pattern_of(self._literal(other), *signs, escape)
        return like(self._named(one), pattern, match_case=element.get("matchCase", "true") not in ("false", "0"))

    def _null(self, element: Element, _depth: int) -> Expression:
        if len(element) != 1:
            raise InvalidParameter(_PARAMETER, f"{local(element)} takes one property")
        return unknown(self._named(element[0]))

    def _between(self, element: Element, _depth: int) -> Expression:
        named = {local(one): one for one in element}
        ends = [named.get("LowerBoundary"), named.get("UpperBoundary")]
        if any(end is None or len(end) != 1 for end in ends) or not len(element):
            raise InvalidParameter(_PARAMETER, "PropertyIsBetween has a LowerBoundary and an UpperBoundary")
        low, high = (self._literal(end[0]) for end in ends if end is not None)
        return between(self._named(element[0]), low, high)

    def _spatial(self, element: Element, _depth: int) -> Expression:
        of, shape = self._ground(element)
        return Operation(_SPATIAL[local(element)], (of, shape))

    def _ground(self, element: Element) -> tuple[Property, Shape]:
        """Return the geometry of the Record, and the one that it is held against; BBOX may leave the first out."""
        inside = [one for one in element if local(one) != "Distance"]
        names = [one for one in inside if local(one) in _NAMES]
        shapes = [one for one in inside if is_gml(one)]
        if len(shapes) != 1 or len(inside) > _PAIR or len(names) != len(inside) - 1:
            raise InvalidParameter(_PARAMETER, f"{local(element)} takes a property and a geometry of GML")
        for name in names:
            queryable = self._named(name)
            if queryable.kind != "geometry":
                raise InvalidParameter("PropertyName", f"{queryable.name} is no geometry, which {local(element)} takes")
        return Property("geometry"), self._geometries.shape(shapes[0])

    def _distance(self, element: Element, _depth: int) -> Expression:
        of, shape = self._ground(element)
        told = next((one for one in element if local(one) == "Distance"), None)
        if told is None:
            raise InvalidParameter(_PARAMETER, f"{local(element)} has a Distance")
        unit = told.get("uom") or told.get("units") or ""
        near = Operation("s_intersects", (of, self._distances.around(shape, told.text or "", unit)))
        return near if local(element) == "DWithin" else opposite(near)

    def _temporal(self, element: Element, _depth: int) -> Expression:
        one, other = self._pair(element)
        queryable = self._named(one)
        if queryable.kind != "time":
            raise InvalidParameter("PropertyName", f"{queryable.name} is no time, which {local(element)} takes")
        time: Instant | Span = time_of(other)
        return Operation(_TEMPORAL[local(element)], (Property(queryable.members[0].name), time))


def pattern_of(text: str, many: str, one: str, escape: str) -> str:
    """Return a pattern with signs of its own as CQL2 writes it."""
    signs, at, found = {many: "%", one: "_"}, 0, []
    while at < len(text):
        if text.startswith(escape, at) and at + len(escape) < len(text):
            at += len(escape)
        else:
            sign = next((sign for sign in (many, one) if text.startswith(sign, at)), None)
            if sign is not None:
                found.append(signs[sign])
                at += len(sign)
                continue
        found.append(f"\\{text[at]}" if text[at] in "\\%_" else text[at])
        at += 1
    return "".join(found)
