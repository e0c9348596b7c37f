"""The place of a Record that is told by boxes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.core.geometry import BBox, positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_POSITIONS = 1_000_000


def geometry_of(boxes: Sequence[BBox]) -> dict[str, Any] | None:
    """Return the boxes as GeoJSON, one that crosses the antimeridian in two parts; nothing for no box."""
    parts = [_ring(part) for box in boxes for part in box.spans()]
    if not parts:
        return None
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _ring(box: BBox) -> list[list[list[float]]]:
    west, south, east, north = box.west, box.south, box.east, box.north
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def around(boxes: Sequence[BBox], geometry: Mapping[str, Any] | None = None) -> BBox | None:
    """Return the box that holds the boxes, or the geometry where there are none; all round where one crosses 180°."""
    if len(boxes) == 1:
        return boxes[0]
    if boxes:
        crossing = any(box.west > box.east for box in boxes)
        west, east = (-180.0, 180.0) if crossing else (min(b.west for b in boxes), max(b.east for b in boxes))
        return BBox(west, min(box.south for box in boxes), east, max(box.north for box in boxes))
    if geometry is None:
        return None
    found = positions(geometry, _POSITIONS)
    longitudes, latitudes = [lon for lon, _ in found], [lat for _, lat in found]
    return BBox(min(longitudes), min(latitudes), max(longitudes), max(latitudes)) if found else None
