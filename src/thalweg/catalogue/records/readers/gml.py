"""Geometries of GML, of any version, as GeoJSON; latitude stands first where an EPSG code is the reference system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.readers.iso_elements import at, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from thalweg.guard.markup import Element

_POLYGONS = frozenset({"Polygon", "PolygonPatch", "Rectangle", "Triangle"})
_LINES = frozenset({"LineString", "LineStringSegment"})
_MANY = frozenset({"MultiPoint", "MultiCurve", "MultiSurface", "MultiLineString", "MultiPolygon", "MultiGeometry"})
_LEAST_POSITIONS = 4
_SOLID = "3"
_KINDS = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}


def geometry_of(elements: Sequence[Element]) -> dict[str, Any] | None:
    """Return the geometries as one of GeoJSON; nothing where none can be read."""
    found = [made for element in elements if (made := _geometry(element)) is not None]
    if len(found) > 1:
        return {"type": "GeometryCollection", "geometries": found}
    return found[0] if found else None


def _geometry(element: Element) -> dict[str, Any] | None:
    parts = list(_parts(element, latitude_first="EPSG" in _attribute(element, "srsName")))
    if not parts:
        return None
    kinds = list(dict.fromkeys(kind for kind, _ in parts))
    if len(kinds) > 1:
        return {"type": "GeometryCollection", "geometries": [{"type": k, "coordinates": c} for k, c in parts]}
    if len(parts) == 1 and local_name(element) not in _MANY:
        return {"type": kinds[0], "coordinates": parts[0][1]}
    return {"type": _KINDS[kinds[0]], "coordinates": [coordinates for _, coordinates in parts]}


def _parts(element: Element, *, latitude_first: bool) -> Iterator[tuple[str, list[Any]]]:
    """Yield the points, lines and polygons of a geometry, whatever holds them."""
    name = local_name(element)
    if name in _POLYGONS:
        rings = [_positions(ring, latitude_first=latitude_first) for side in element for ring in side]
        if rings and all(len(ring) >= _LEAST_POSITIONS and ring[0] == ring[-1] for ring in rings):
            yield "Polygon", rings
    elif name in _LINES:
        line = _positions(element, latitude_first=latitude_first)
        if len(line) > 1:
            yield "LineString", line
    elif name == "Point":
        yield from (("Point", position) for position in _positions(element, latitude_first=latitude_first)[:1])
    else:
        for child in element:
            yield from _parts(child, latitude_first=latitude_first)


def _positions(element: Element, *, latitude_first: bool) -> list[list[float]]:
    words = [word for place in at(element, "*") for word in (place.text or "").replace(",", " ").split()]
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return []
    step = 3 if _dimension(element) == _SOLID else 2
    pairs = [numbers[place : place + 2] for place in range(0, len(numbers) - step + 1, step)]
    found = [pair[::-1] for pair in pairs] if latitude_first else pairs
    is_on_globe = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in found)  # noqa: PLR2004 - the globe
    return found if is_on_globe else []


def _dimension(element: Element) -> str:
    told = [str(place.get("srsDimension") or "") for place in at(element, "*")]
    return next(filter(None, told), _attribute(element, "srsDimension"))


def _attribute(element: Element, name: str) -> str:
    """Return an attribute of an element, else of the nearest around it that has it."""
    around = [element, *element.iterancestors()]
    return next((str(one.get(name)) for one in around if one.get(name)), "")
