"""Geometries and periods of time as GML 3.2, longitude first, which their reference system says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lxml import etree  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from thalweg.catalogue.records.record import Span
    from thalweg.guard.markup import Element

GML = "http://www.opengis.net/gml/3.2"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_MANY = {
    "MultiPoint": ("MultiPoint", "pointMember", "Point"),
    "MultiLineString": ("MultiCurve", "curveMember", "LineString"),
    "MultiPolygon": ("MultiSurface", "surfaceMember", "Polygon"),
}
_OPEN = ".."


def geometries_of(geometry: Mapping[str, Any] | None) -> list[Element]:
    """Return a GeoJSON geometry as GML; a collection's are several; none for what is no geometry."""
    return [
        made
        for place, part in enumerate(_parts(geometry))
        if (made := _geometry(str(part.get("type")), part.get("coordinates"), f"geometry-{place}")) is not None
    ]


def _parts(geometry: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(geometry, Mapping):
        if geometry.get("type") == "GeometryCollection":
            for part in geometry.get("geometries") or ():
                yield from _parts(part)
        else:
            yield geometry


def _geometry(kind: str, coordinates: Any, name: str) -> Element | None:  # noqa: ANN401 - JSON
    if not isinstance(coordinates, list) or not coordinates:
        return None
    if kind in _MANY:
        outer, member, single = _MANY[kind]
        made = _element(outer, {_named("id"): name, "srsName": CRS84})
        for place, part in enumerate(coordinates):
            etree.SubElement(made, _named(member)).append(_single(single, part, f"{name}-{place}"))
        return made
    return _single(kind, coordinates, name) if kind in ("Point", "LineString", "Polygon") else None


def _single(kind: str, coordinates: Any, name: str) -> Element:  # noqa: ANN401 - JSON
    made = _element(kind, {_named("id"): name, "srsName": CRS84})
    if kind == "Point":
        etree.SubElement(made, _named("pos")).text = _numbers([coordinates])
    elif kind == "LineString":
        etree.SubElement(made, _named("posList")).text = _numbers(coordinates)
    else:
        for place, ring in enumerate(coordinates):
            side = etree.SubElement(made, _named("interior" if place else "exterior"))
            etree.SubElement(etree.SubElement(side, _named("LinearRing")), _named("posList")).text = _numbers(ring)
    return made


def _numbers(positions: Sequence[Sequence[float]]) -> str:
    return " ".join(repr(float(number)) for position in positions for number in position[:2])


def period_of(span: Span) -> Element:
    """Return a span of time; one without length is an instant."""
    if span.start == span.end != _OPEN:
        made = _element("TimeInstant", {_named("id"): "time"})
        etree.SubElement(made, _named("timePosition")).text = span.start
        return made
    made = _element("TimePeriod", {_named("id"): "time"})
    for name, end in (("beginPosition", span.start), ("endPosition", span.end)):
        position = etree.SubElement(made, _named(name))
        if end == _OPEN:
            position.set("indeterminatePosition", "unknown")
        else:
            position.text = end
    return made


def _element(name: str, attributes: dict[str, str]) -> Element:
    return etree.Element(_named(name), attributes, nsmap={"gml": GML})


def _named(name: str) -> str:
    return f"{{{GML}}}{name}"
