"""Outlines on the globe as GeoJSON in CRS84, from rings and clouds of points, across the antimeridian and the poles."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiLineString, MultiPolygon, Polygon
from shapely.geometry import mapping, shape
from shapely.geometry.polygon import orient

from thalweg.core.errors import InvalidParameter

Floats = NDArray[np.float64]
Outline = tuple[dict[str, Any], list[float]]
"""A GeoJSON geometry and its bbox, whose west is greater than its east across the antimeridian."""

_TURN, _POLE = 360.0, 90.0
_DIGITS = 6
"""Decimals of a degree that an outline is written with: a decimetre."""
_CENTROID_DIGITS = 5
_CORNERS = 4
_MOST_POINTS = 2000
_POINT_SIZE = 1e-6
"""Degrees by which a hull without area is widened, a tenth of a metre: an outline is an area."""


def of_ring(positions: Sequence[tuple[float, float]], name: str) -> Outline:
    """Return the outline of a ring of longitudes and latitudes in degrees; it need not be closed.

    A step of more than half a turn crosses the antimeridian; a ring that goes once around encloses a pole.

    Raises:
        InvalidParameter: it is no ring on the globe; the parameter is ``name``.
    """
    at = np.array(positions, dtype=float).reshape(-1, 2)
    if len(at) and (at[0] != at[-1]).any():
        at = np.vstack((at, at[:1]))
    if len(at) < _CORNERS or not np.isfinite(at).all() or (np.abs(at[:, 1]) > _POLE).any():
        raise InvalidParameter(name, "its footprint is no ring of positions on the globe")
    if (np.abs(at[:, 0]) > _TURN).any():
        raise InvalidParameter(name, "its footprint has longitudes that do not exist")
    ring = np.column_stack((_unwrapped(at[:, 0]), at[:, 1]))
    if abs(ring[-1, 0] - ring[0, 0]) > _TURN / 2:
        pole = float(np.copysign(_POLE, at[:, 1].mean()))
        ring = np.vstack((ring, [[ring[-1, 0], pole], [ring[0, 0], pole], ring[:1][0]]))
    return _outline(shapely.make_valid(Polygon(ring)), name)


def centroid(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """Return the longitude and latitude, in degrees, of an outline's middle: planar, across the antimeridian too."""
    area = shape(dict(geometry))
    if area.geom_type == "MultiPolygon" and area.bounds[2] - area.bounds[0] > _TURN / 2:
        area = shapely.transform(area, lambda at: np.column_stack((at[:, 0] % _TURN, at[:, 1])))
    at = area.centroid
    longitude = at.x - _TURN if at.x > _TURN / 2 else at.x
    return round(longitude, _CENTROID_DIGITS), round(at.y, _CENTROID_DIGITS)


def of_track(positions: Sequence[tuple[float, float]], name: str) -> Outline:
    """Return a line on the ground, cut at the antimeridian, and its bbox.

    Raises:
        InvalidParameter: it is no line on the globe; the parameter is ``name``.
    """
    at = np.array(positions, dtype=float).reshape(-1, 2)
    if len(at) < 2 or not np.isfinite(at).all() or (np.abs(at) > (_TURN, _POLE)).any():  # noqa: PLR2004 - a line
        raise InvalidParameter(name, "its track is no line of positions on the globe")
    line = shapely.LineString(np.column_stack((_unwrapped(at[:, 0]), at[:, 1])))
    lines = [one for one in _singles(line) if one.length > 0]
    if not lines:
        raise InvalidParameter(name, "its track has no length")
    rounded = [shapely.transform(one, lambda at: np.round(at, _DIGITS) + 0.0) for one in lines]
    return _lists(mapping(MultiLineString(rounded) if len(rounded) > 1 else rounded[0])), _bbox(line)


def of_points(longitude: Floats, latitude: Floats, name: str) -> Outline:
    """Return the convex hull of points in degrees, on the side of the globe where they lie.

    Raises:
        InvalidParameter: there are none on the globe; the parameter is ``name``.
    """
    valid = np.isfinite(longitude) & np.isfinite(latitude) & (np.abs(latitude) <= _POLE) & (np.abs(longitude) <= _TURN)
    longitude, latitude = longitude[valid], latitude[valid]
    if not longitude.size:
        raise InvalidParameter(name, "has no positions on the globe")
    turns = np.floor((longitude - _west(longitude) + _POINT_SIZE) / _TURN)
    hull: Any = shapely.convex_hull(shapely.multipoints(np.column_stack((longitude - _TURN * turns, latitude))))
    if hull.area == 0:
        hull = hull.buffer(_POINT_SIZE, cap_style="square")
        hull = hull.intersection(shapely.box(-2 * _TURN, -_POLE, 2 * _TURN, _POLE))
    if shapely.get_num_coordinates(hull) > _MOST_POINTS:
        hull = hull.simplify(_POINT_SIZE)
    return _outline(hull, name)


def of_box(west: float, south: float, east: float, north: float, name: str) -> Outline:
    """Return the outline of a box in degrees; longitudes may be 0 to 360, a box over a turn is the whole globe.

    Raises:
        InvalidParameter: it is none on the globe; the parameter is ``name``.
    """
    if not np.isfinite([west, south, east, north]).all() or not -_POLE <= south <= north <= _POLE:
        raise InvalidParameter(name, "its extent is no box on the globe")
    if abs(west) > _TURN or abs(east) > 2 * _TURN:
        raise InvalidParameter(name, "its extent has longitudes that do not exist")
    if east - west >= _TURN:
        west, east = -180.0, 180.0
    elif east < west:
        east += _TURN
    box = shapely.box(west, south, east, north)
    if box.area == 0:
        box = shapely.box(
            west - _POINT_SIZE, max(south - _POINT_SIZE, -_POLE), east + _POINT_SIZE, min(north + _POINT_SIZE, _POLE)
        )
    return _outline(box, name)


def _unwrapped(longitude: Floats) -> Floats:
    """Add whole turns where a step is longer than half of one; nothing else changes, not even a last digit."""
    turns = np.concatenate(([0.0], np.cumsum(-np.round(np.diff(longitude) / _TURN))))
    return longitude + _TURN * turns


def _west(longitude: Floats) -> float:
    """Return the western end of the shortest arc that holds all longitudes."""
    around = np.unique(np.round(longitude % _TURN, _DIGITS + 1))
    gaps = np.diff(around, append=around[0] + _TURN)
    west = float(around[(int(gaps.argmax()) + 1) % around.size])
    return west - _TURN if west >= _TURN / 2 else west


def _outline(area: Any, name: str) -> Outline:  # noqa: ANN401 - any of shapely's geometries
    polygons = _cut(area)
    if not polygons:
        raise InvalidParameter(name, "its footprint has no area")
    whole = MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]
    return _lists(mapping(whole)), _bbox(area)


def _singles(shape: Any) -> list[Any]:  # noqa: ANN401 - as above
    return [one for part in _parts(shape) for one in getattr(part, "geoms", [part])]


def _parts(shape: Any) -> list[Any]:  # noqa: ANN401 - as above
    """Fold a geometry back between -180 and 180, cut at the antimeridian."""
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:  # noqa: PLR2004 - the globe
        return [shape]
    turns = range(int(np.floor((west + 180) / _TURN)), int(np.ceil((east + 180) / _TURN)))
    return [_folded(shape, turn) for turn in turns]


def _cut(area: Any) -> list[Polygon]:  # noqa: ANN401 - as above
    singles = _singles(area)
    polygons = [orient(one) for one in singles if isinstance(one, Polygon) and one.area > 0]
    return [shapely.transform(one, lambda at: np.round(at, _DIGITS) + 0.0) for one in polygons]


def _folded(area: Any, turn: int) -> Any:  # noqa: ANN401 - as above
    around = shapely.box(-180 + _TURN * turn, -_POLE, 180 + _TURN * turn, _POLE)
    return shapely.transform(area.intersection(around), lambda at: at - (_TURN * turn, 0.0))


def _bbox(area: Any) -> list[float]:  # noqa: ANN401 - as above
    west, south, east, north = (float(n) for n in area.bounds)
    if east - west >= _TURN:
        west, east = -180.0, 180.0
    elif west < -180 or east > 180:  # noqa: PLR2004 - the globe
        west, east = (west + 180) % _TURN - 180, 180 - (180 - east) % _TURN
    return [round(n, _DIGITS) + 0.0 for n in (west, south, east, north)]


def _lists(geometry: Any) -> dict[str, Any]:  # noqa: ANN401 - a GeoJSON mapping with tuples
    def listed(value: Any) -> Any:  # noqa: ANN401
        return [listed(part) for part in value] if isinstance(value, tuple | list) else value

    return {"type": geometry["type"], "coordinates": listed(geometry["coordinates"])}
