"""The outline of a raster on the globe, whatever its CRS, across the antimeridian and around the poles."""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping

from thalweg.access.placement import CRS84, crs_of, transformer
from thalweg.access.ports import Floats
from thalweg.core.errors import InvalidParameter

_STEPS = 16
"""Parts an edge of the grid is divided into, so that its straight lines stay on the ground."""
_STRAIGHT = 1e-5
"""Part of the outline's length by which a point may be off before it is needed."""
_DIGITS = 7
"""Decimals of a degree that a footprint is written with: a centimetre."""
_TURN, _POLE = 360.0, 90.0
_OVERHANG = 1.0
"""Degrees by which a grid of points may overhang a pole."""

Ground = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""From columns and rows to x and y in a CRS."""


def footprint(
    shape: tuple[int, int], crs: str, ground: Ground
) -> tuple[dict[str, Any], tuple[float, float, float, float]]:
    """Return the outline of a grid as GeoJSON in CRS84, and its bbox (west > east across the antimeridian).

    Raises:
        InvalidParameter: an edge of the grid is not on the globe.
    """
    column, row = _edge(shape)
    longitude, latitude = _degrees(crs, *ground(column, row))
    if not _keeps_turns(crs):
        longitude = np.rad2deg(np.unwrap(np.deg2rad(longitude)))
    turned = longitude[-1] - longitude[0]
    ring = np.column_stack((longitude, latitude))
    if abs(turned) > _TURN / 2:
        ring = _around_pole(ring, crs, shape, ground)
    outline = shapely.make_valid(Polygon(ring)).simplify(_STRAIGHT * float(np.ptp(ring, axis=0).max()))
    return _written(_cut(outline)), _bbox(outline)


def _edge(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return columns and rows around the grid's outer edge, first point repeated at the end."""
    rows, columns = shape
    step = np.linspace(0.0, 1.0, _STEPS + 1)[:-1]
    zero, one = np.zeros(_STEPS), np.ones(_STEPS)
    across = np.concatenate((step, one, 1 - step, zero, [0.0]))
    down = np.concatenate((zero, step, one, 1 - step, [0.0]))
    return across * columns, down * rows


def _keeps_turns(crs: str) -> bool:
    definition = crs_of(crs)
    return definition.is_geographic and definition.axis_info[0].unit_name == "degree"


def _degrees(crs: str, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    degrees = _keeps_turns(crs)
    if degrees and (np.abs(y) < _POLE + _OVERHANG).all():
        y = np.clip(y, -_POLE, _POLE)  # grids of points overhang the poles by half a pixel
    longitude, latitude = transformer(crs, CRS84).transform(x, y)
    if not (np.isfinite(longitude).all() and (np.abs(latitude) <= _POLE).all()):
        raise InvalidParameter("file", "its edges are not on the globe: its CRS and its grid do not go together")
    if degrees:
        longitude = longitude + _TURN * np.round((x - longitude) / _TURN)  # the turn that the transformation folded
    if np.ptp(longitude) > 2 * _TURN:
        raise InvalidParameter("file", "it goes around the globe more than twice")
    return longitude, latitude


def _around_pole(ring: Floats, crs: str, shape: tuple[int, int], ground: Ground) -> Floats:
    """Close a ring that goes once around the globe along the pole that it encloses."""
    rows, columns = shape
    _, middle = _degrees(crs, *ground(np.array([columns / 2.0]), np.array([rows / 2.0])))
    pole = float(np.copysign(_POLE, middle[0]))
    ends = [[ring[-1, 0], pole], [ring[0, 0], pole]]
    return np.vstack((ring, ends))


def _cut(outline: Any) -> Any:  # noqa: ANN401 - any of shapely's geometries
    """Fold an outline back between -180 and 180, cut at the antimeridian."""
    west, _, east, _ = outline.bounds
    parts = []
    for turn in range(int(np.floor((west + 180) / _TURN)), int(np.ceil((east + 180) / _TURN))):
        around = shapely.box(-180 + _TURN * turn, -_POLE, 180 + _TURN * turn, _POLE)
        part = outline.intersection(around)
        parts.append(_moved(part, -_TURN * turn))
    return shapely.union_all([part for part in parts if part.area > 0])


def _moved(part: Any, east: float) -> Any:  # noqa: ANN401 - as above
    return shapely.transform(part, lambda at: np.add(at, (east, 0.0)))


def _bbox(outline: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - as above
    west, south, east, north = (float(n) for n in outline.bounds)
    if east - west >= _TURN:
        return -180.0, _round(south), 180.0, _round(north)
    folded_west, folded_east = (west + 180) % _TURN - 180, 180 - (180 - east) % _TURN
    return _round(folded_west), _round(south), _round(folded_east), _round(north)


def _round(degrees: float) -> float:
    return round(degrees, _DIGITS) + 0.0


def _written(outline: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    polygons = [part for part in getattr(outline, "geoms", [outline]) if isinstance(part, Polygon) and part.area > 0]
    if not polygons:
        raise InvalidParameter("file", "its outline has no area on the globe")
    oriented = [shapely.geometry.polygon.orient(part) for part in polygons]
    written = shapely.transform(MultiPolygon(oriented), lambda at: np.round(at, _DIGITS) + 0.0)
    whole = written if len(oriented) > 1 else written.geoms[0]
    return _lists(mapping(whole))


def _lists(geometry: Any) -> dict[str, Any]:  # noqa: ANN401 - a GeoJSON mapping with tuples
    def listed(value: Any) -> Any:  # noqa: ANN401
        return [listed(part) for part in value] if isinstance(value, tuple | list) else value

    return {"type": geometry["type"], "coordinates": listed(geometry["coordinates"])}
