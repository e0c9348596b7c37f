"""Geometries and periods of time as GML 3.2, longitude first, which their reference system says."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.writers.nodes import Node, sayable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from thalweg.catalogue.records.record import Span

GML = "http://www.opengis.net/gml/3.2"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_MANY = {
    "MultiPoint": ("MultiPoint", "pointMember", "Point"),
    "MultiLineString": ("MultiCurve", "curveMember", "LineString"),
    "MultiPolygon": ("MultiSurface", "surfaceMember", "Polygon"),
}
_OPEN = ".."


def named_after(record_id: str) -> str:
    """Return what ends the ids of a record's GML, so that they are its own in a document of many records."""
    return blake2b(record_id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def geometries_of(geometry: Mapping[str, Any] | None, of: str) -> list[Node]:
    """Return a GeoJSON geometry as GML; a collection's are several; none for what is no geometry.

    Args:
        geometry: of a record.
        of: what ends its ids.
    """
    return [
        made
        for place, part in enumerate(_parts(geometry))
        if (made := _geometry(str(part.get("type")), part.get("coordinates"), f"geometry-{place}-{of}")) is not None
    ]


def _parts(geometry: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(geometry, Mapping):
        if geometry.get("type") == "GeometryCollection":
            for part in geometry.get("geometries") or ():
                yield from _parts(part)
        else:
            yield geometry


def _geometry(kind: str, coordinates: Any, name: str) -> Node | None:  # noqa: ANN401 - JSON
    if not isinstance(coordinates, list) or not coordinates:
        return None
    if kind in _MANY:
        outer, member, single = _MANY[kind]
        parts = (_single(single, part, f"{name}-{place}") for place, part in enumerate(coordinates))
        return _located(outer, name, [_node(member, children=[part]) for part in parts])
    return _single(kind, coordinates, name) if kind in ("Point", "LineString", "Polygon") else None


def _single(kind: str, coordinates: Any, name: str) -> Node:  # noqa: ANN401 - JSON
    if kind == "Point":
        return _located(kind, name, [_node("pos", _numbers([coordinates]))])
    if kind == "LineString":
        return _located(kind, name, [_node("posList", _numbers(coordinates))])
    rings = [_node("LinearRing", children=[_node("posList", _numbers(ring))]) for ring in coordinates]
    sides = [_node("interior" if place else "exterior", children=[ring]) for place, ring in enumerate(rings)]
    return _located(kind, name, sides)


def _located(kind: str, name: str, children: list[Node]) -> Node:
    return _node(kind, children=children, attributes={f"{{{GML}}}id": name, "srsName": CRS84})


def _numbers(positions: Sequence[Sequence[float]]) -> str:
    return " ".join(repr(float(number)) for position in positions for number in position[:2])


def period_of(span: Span, of: str) -> Node:
    """Return a span of time, whose id ends with ``of``; one without length is an instant."""
    identified = {f"{{{GML}}}id": f"time-{of}"}
    if span.start == span.end != _OPEN:
        return _node("TimeInstant", children=[_node("timePosition", span.start)], attributes=identified)
    ends = [_end("beginPosition", span.start), _end("endPosition", span.end)]
    return _node("TimePeriod", children=ends, attributes=identified)


def _end(name: str, text: str) -> Node:
    if text == _OPEN:
        return _node(name, attributes={"indeterminatePosition": "unknown"})
    return _node(name, text)


def _node(
    name: str, text: str = "", children: list[Node] | None = None, attributes: dict[str, str] | None = None
) -> Node:
    return Node(f"{{{GML}}}{name}", sayable(text), attributes or {}, children or [])
