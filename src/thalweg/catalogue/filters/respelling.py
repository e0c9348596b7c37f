"""A filter of one version of Filter Encoding (04-095, 09-026r2) as one of the other, where the other can say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.filters.fes import FES_20, FILTER_11
from thalweg.catalogue.filters.gml import is_gml, local, time_of
from thalweg.catalogue.filters.queryables import queryable_of
from thalweg.core.errors import NotSupported
from thalweg.core.expressions import Expression, Instant, Span
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from thalweg.guard.markup import Element

NAMES = {FILTER_11: "PropertyName", FES_20: "ValueReference"}
"""What a filter calls the name of a property."""
_GML = {FILTER_11: "http://www.opengis.net/gml", FES_20: "http://www.opengis.net/gml/3.2"}
_UNITS = {FILTER_11: "units", FES_20: "uom"}
_SAME = frozenset(
    [
        *("Filter", "And", "Or", "Not", "Literal", "LowerBoundary", "UpperBoundary", "BBOX", "DWithin", "Beyond"),
        *("PropertyIsEqualTo", "PropertyIsNotEqualTo", "PropertyIsLessThan", "PropertyIsGreaterThan"),
        *("PropertyIsLessThanOrEqualTo", "PropertyIsGreaterThanOrEqualTo", "PropertyIsBetween", "PropertyIsNull"),
        *("Equals", "Disjoint", "Touches", "Within", "Overlaps", "Crosses", "Intersects", "Contains"),
    ]
)
_IDS = {"FeatureId": "fid", "GmlObjectId": "{http://www.opengis.net/gml}id", "ResourceId": "rid"}
_SHAPES = frozenset(["Point", "LineString", "Polygon", "MultiPoint", "MultiCurve", "MultiSurface"])
_PARTS = frozenset(
    [
        *("Envelope", "lowerCorner", "upperCorner", "pos", "posList", "coordinates", "exterior", "interior"),
        *("LinearRing", "pointMember", "pointMembers", "curveMember", "curveMembers", "surfaceMember"),
        "surfaceMembers",
    ]
)
_RENAMED = {
    "MultiLineString": "MultiCurve",
    "lineStringMember": "curveMember",
    "MultiPolygon": "MultiSurface",
    "polygonMember": "surfaceMember",
}
"""What GML 3.2 has another name for."""
_INSTANTS = {"After": "PropertyIsGreaterThan", "Before": "PropertyIsLessThan", "TEquals": "PropertyIsEqualTo"}
_PLACE = "ows:BoundingBox"


def respelled(element: Element, into: str) -> Element:
    """Return a filter that was read here, in the other version.

    Args:
        element: a ``Filter``, or a part of one.
        into: the namespace of the version.

    Raises:
        NotSupported: the version has no word for something of it.
    """
    return _Respelling(into).predicate(element)


class _Respelling:
    """One filter on its way; its geometries have ids that are counted through."""

    def __init__(self, into: str) -> None:
        self._into = into
        self._shapes = 0
        self._forms: dict[str, Callable[[Element], Element]] = {
            **dict.fromkeys(NAMES.values(), self._name),
            **dict.fromkeys(_IDS, self._id),
            "PropertyIsLike": self._like,
            "PropertyIsNil": lambda element: self._made("PropertyIsNull", element),
            "Distance": self._distance,
            "BBOX": self._box,
            **(dict.fromkeys((*_INSTANTS, "During"), self._timed) if into == FILTER_11 else {}),
        }

    def predicate(self, element: Element) -> Element:
        name = local(element)
        if is_gml(element):
            return self._geometry(element)
        form = self._forms.get(name)
        if form is not None:
            return form(element)
        if name not in _SAME:
            raise _unsayable(name, self._into)
        return self._made(name, element, self._said(element))

    def _made(self, name: str, element: Element, said: dict[str, str] | None = None) -> Element:
        made = etree.Element(f"{{{self._into}}}{name}", said or {})
        made.text = element.text
        made.extend(self.predicate(one) for one in _elements(element))
        return made

    def _said(self, element: Element) -> dict[str, str]:
        """Return the attributes of a comparison that both versions know."""
        if element.get("matchAction", "Any") != "Any":
            raise _unsayable("matchAction", self._into)
        return {"matchCase": element.get("matchCase")} if "matchCase" in element.attrib else {}

    def _name(self, element: Element) -> Element:
        made = etree.Element(f"{{{self._into}}}{NAMES[self._into]}")
        made.text = queryable_of(element.text or "").name
        return made

    def _id(self, element: Element) -> Element:
        attribute = _IDS[local(element)]
        if set(element.attrib) != {attribute}:
            raise _unsayable(f"{local(element)} of a version", self._into)
        name = "ResourceId" if self._into == FES_20 else "FeatureId"
        return etree.Element(f"{{{self._into}}}{name}", {_IDS[name]: element.get(attribute)})

    def _like(self, element: Element) -> Element:
        said = {"wildCard": element.get("wildCard") or "%", "singleChar": element.get("singleChar") or "_"}
        said["escapeChar"] = element.get("escapeChar") or element.get("escape") or "\\"
        if element.get("matchCase") in ("false", "0"):
            if self._into == FES_20:
                raise _unsayable("PropertyIsLike with matchCase", self._into)
            said["matchCase"] = "false"
        return self._made("PropertyIsLike", element, said)

    def _distance(self, element: Element) -> Element:
        unit = element.get("uom") or element.get("units") or "m"
        return self._made("Distance", element, {_UNITS[self._into]: unit})

    def _box(self, element: Element) -> Element:
        made = self._made("BBOX", element)
        if self._into == FILTER_11 and not any(local(one) == NAMES[FILTER_11] for one in made):
            named = etree.Element(f"{{{FILTER_11}}}{NAMES[FILTER_11]}")
            named.text = _PLACE
            made.insert(0, named)
        return made

    def _timed(self, element: Element) -> Element:
        """Return a relation in time as a comparison: of what has one time, with a moment or both ends of a period."""
        named, told = _elements(element)
        time, name = time_of(told), local(element)
        if name == "During":
            span = time if isinstance(time, Span) else Span(time, time)
            ends = (("PropertyIsGreaterThan", span.start), ("PropertyIsLessThan", span.end))
            joined = etree.Element(f"{{{FILTER_11}}}And")
            joined.extend(self._compared(operator, named, end) for operator, end in ends)
            return joined
        return self._compared(_INSTANTS[name], named, time)

    def _compared(self, operator: str, named: Element, time: Expression | None) -> Element:
        if not isinstance(time, Instant) or time.date:
            raise _unsayable("a relation to a time that is no moment", self._into)
        made = etree.Element(f"{{{FILTER_11}}}{operator}")
        literal = etree.SubElement(made, f"{{{FILTER_11}}}Literal")
        literal.text = written(time.at)
        made.insert(0, self._name(named))
        return made

    def _geometry(self, element: Element) -> Element:
        name = local(element)
        name = _RENAMED.get(name, name)
        if name not in _SHAPES and name not in _PARTS:
            raise _unsayable(f"{name} of GML", self._into)
        space = _GML[self._into]
        said = {key: value for key, value in element.attrib.items() if not key.startswith("{")}
        if name in _SHAPES and self._into == FES_20:
            self._shapes += 1
            said[f"{{{space}}}id"] = f"g{self._shapes}"
        made = etree.Element(f"{{{space}}}{name}", said)
        made.text = element.text
        made.extend(self._geometry(one) for one in _elements(element))
        return made


def _elements(element: Element) -> Iterator[Element]:
    return (one for one in element if isinstance(one.tag, str))


def _unsayable(what: str, into: str) -> NotSupported:
    return NotSupported(f"{what[:64]} cannot be said in {'FES 2.0' if into == FES_20 else 'Filter Encoding 1.1'}")
