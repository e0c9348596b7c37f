"""Geometries on the globe: a filter's literals and an Item's footprint, valid, flat, cut at the antimeridian."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely.geometry import GeometryCollection, MultiLineString, MultiPoint, MultiPolygon
from shapely.geometry.base import BaseGeometry

from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox, positions
from thalweg.cql2.windings import cut, unrolled

Coordinates = npt.NDArray[np.float64]
_MOST_MENDED = 500
"""Positions of a shape that crosses itself: one of so many at random is mended in a second."""
_MOST_MENDED_BY_FILTER, _EASY = 300, 5
"""A filter may hold several: such a one counts as the square of its positions over this."""
_HALF_TURN = 180.0
_SIDE = 16
"""Into how many pieces a side of a box is cut before it is moved to another reference system."""
_FLAT, _SOLID = 4, 6
_MULTIPLE: Mapping[str, Callable[[Sequence[Any]], BaseGeometry]] = {
    "Point": MultiPoint,
    "LineString": MultiLineString,
    "Polygon": MultiPolygon,
}


def literal(geometry: Mapping[str, Any], most: int, *, globe: bool = True) -> tuple[str, int]:
    """Return a GeoJSON literal, checked and flat, as text, and as how many positions it counts.

    One that crosses itself counts as more than it has, for it takes longer to be mended.

    Raises:
        InvalidParameter: it is no geometry, or where it should be on the globe, is not.
        TooLarge: more than ``most`` positions.
    """
    if globe:
        count = len(positions(geometry, most, "filter"))
    try:
        shape = shapely.force_2d(shapely.from_geojson(orjson.dumps(geometry)))
    except (shapely.errors.GEOSException, TypeError) as error:
        raise InvalidParameter("filter", "a geometry is not what its type asks for") from error
    if not globe:
        return shapely.to_geojson(shape), int(shapely.get_num_coordinates(shape))
    whole = checked(shape, _MOST_MENDED_BY_FILTER)
    return shapely.to_geojson(whole), count if whole is shape else count + count * count // _EASY


def checked(shape: BaseGeometry, most: int = _MOST_MENDED) -> BaseGeometry:
    """Return a shape made valid where it crosses itself.

    Raises:
        InvalidParameter: it crosses itself too often to be mended, or covers nothing.
    """
    if not shape.is_valid:
        if shapely.get_num_coordinates(shape) > most:
            why = f"a geometry crosses itself; with more than {most} positions it must not"
            raise InvalidParameter("filter", why)
        shape = mended(shape)
    if shape.is_empty:
        raise InvalidParameter("filter", "a geometry covers nothing")
    return shape


def mended(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape that crosses itself made valid; how long that takes grows with the square of its positions."""
    # The default method, by lines, is a hundred times slower on a shape that crosses itself often.
    made: BaseGeometry = shapely.make_valid(shape, method="structure")
    # Faces that share an edge may come as neighbours of one MultiPolygon, which must not touch along a line.
    return made if made.is_valid else shapely.union_all(shapely.get_parts(made))


def box(numbers: Sequence[float], *, globe: bool = True) -> str:
    """Return the GeoJSON that a BBOX means: a polygon, two where it crosses the antimeridian, or a line or a point.

    Raises:
        InvalidParameter: another count of numbers, off the globe, or turned over.
    """
    if not globe:
        return shapely.to_geojson(_foreign(numbers))
    planes = [plane(span) for span in BBox.of(numbers, "filter").spans()]
    return shapely.to_geojson(together(planes))


def _foreign(numbers: Sequence[float]) -> BaseGeometry:
    if len(numbers) not in (_FLAT, _SOLID):
        raise InvalidParameter("filter", f"a BBOX takes 4 numbers or 6, not {len(numbers)}")
    left, bottom, right, top = numbers if len(numbers) == _FLAT else (*numbers[:2], *numbers[3:5])
    if left > right or bottom > top:
        raise InvalidParameter("filter", "a BBOX begins at its lower left corner")
    shape = plane(BBox(left, bottom, right, top))
    longest = max(right - left, top - bottom) / _SIDE
    segmented: BaseGeometry = shapely.segmentize(shape, longest) if longest > 0 else shape
    return segmented


def moved(geojson: str, transform: Callable[[Coordinates], Coordinates]) -> str:
    """Return a GeoJSON geometry in lon/lat after a change of reference system, checked there.

    Raises:
        InvalidParameter: it lands off the globe.
    """
    shape = shapely.transform(shapely.from_geojson(geojson), transform)
    west, south, east, north = shape.bounds
    if not (-_HALF_TURN <= west <= east <= _HALF_TURN and -90 <= south <= north <= 90):  # noqa: PLR2004 - the globe
        raise InvalidParameter("filter", "a geometry is not on the globe: is filter-crs the one it is in?")
    return shapely.to_geojson(checked(shape))


def plane(one: BBox) -> BaseGeometry:
    """Return a box that does not cross as a geometry: a polygon, or the line or point that it shrinks to."""
    west, south, east, north = one.numbers()
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def together(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return parts as one geometry: itself, several of one type, or a collection of types."""
    flat = [one for part in parts for one in shapely.get_parts(part) if not one.is_empty]
    if len(flat) == 1:
        only: BaseGeometry = flat[0]
        return only
    types = {one.geom_type for one in flat}
    multiple = _MULTIPLE[types.pop()] if len(types) == 1 else GeometryCollection
    whole = multiple(flat)
    # Pieces that were cut along one meridian share it as an edge.
    return whole if whole.is_valid else shapely.union_all(flat)


def footprint(geometry: object, bbox: object) -> BaseGeometry | None:
    """Return the geometry of a document, flat, valid, and cut at the antimeridian as its bbox tells.

    ``None`` where there is none that can be read.
    """
    if not isinstance(geometry, Mapping):
        return None
    try:
        written = shapely.force_2d(shapely.from_geojson(orjson.dumps(geometry)))
        shape = together(_pieces(written, bbox))
    except (shapely.errors.GEOSException, InvalidParameter, TypeError):
        return None
    return None if shape.is_empty else shape


def _pieces(written: BaseGeometry, bbox: object) -> list[BaseGeometry]:
    parts = unrolled(written, BBox.of(bbox)) if _is_box(bbox) else None
    if parts is None:
        return [checked(written)]
    return [piece for part in parts for piece in cut(checked(part))]


def _is_box(bbox: object) -> TypeGuard[list[float]]:
    return isinstance(bbox, list) and len(bbox) in (_FLAT, _SOLID)


def plane_of(numbers: Sequence[float]) -> tuple[BaseGeometry, ...]:
    """Return a bbox as its one plane or its two; none where it is no box."""
    try:
        return tuple(plane(span) for span in BBox.of(numbers).spans())
    except (InvalidParameter, TypeError):
        return ()
