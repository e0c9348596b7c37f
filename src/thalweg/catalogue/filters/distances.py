"""What lies within a distance of a geometry, as a geometry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import orjson
import shapely
from pyproj import CRS, Transformer

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.expressions import Shape
from thalweg.cql2.grounds import Coordinates, literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_METRES = {
    "": 1.0,
    "m": 1.0,
    "metre": 1.0,
    "meter": 1.0,
    "metres": 1.0,
    "meters": 1.0,
    "km": 1_000.0,
    "kilometre": 1_000.0,
    "kilometer": 1_000.0,
    "kilometres": 1_000.0,
    "kilometers": 1_000.0,
    "mi": 1_609.344,
    "mile": 1_609.344,
    "miles": 1_609.344,
    "statute miles": 1_609.344,
    "nmi": 1_852.0,
    "nautical miles": 1_852.0,
    "ft": 0.3048,
    "feet": 0.3048,
}
_FARTHEST, _WIDEST = 1_000_000.0, 2_000_000.0
"""m: beyond these a circle around a place is none on the plane that it is drawn on."""
_POSITIONS = 100_000
_MOST, _LEAST = 120, 6
"""Positions of the geometries of one filter, of each no fewer than make up for its plane: where lines cross, the time
that it takes to draw around them grows with the square."""
_FINE = 500


class Distances:
    """Draws what lies within the distances of one filter, which share a bound of positions."""

    def __init__(self, most: int = _MOST) -> None:
        self._room = most

    def around(self, shape: Shape, written: str, unit: str) -> Shape:
        """Return the ground within a distance of a geometry; see ``around``.

        Raises:
            TooLarge: the geometries have too many positions, those left out that the distance hides.
        """
        flat = _Flat(shape, _metres(written, unit))
        self._room -= max(_LEAST, flat.positions)
        if self._room < 0:
            raise TooLarge(f"Distance: more than {_MOST} positions of geometries that a filter draws around")
        return flat.grown()


def around(shape: Shape, written: str, unit: str) -> Shape:
    """Return the ground within a distance of a geometry.

    It is drawn on the azimuthal equidistant plane about the middle of the geometry, where distances from the middle are
    true, and those around it by less than a hundredth as far as is taken here.

    Raises:
        InvalidParameter: the distance or its unit is none, or it or the geometry is too large for that, or it would
            reach a pole or the antimeridian.
        TooLarge: the geometry has too many positions.
    """
    return Distances().around(shape, written, unit)


class _Flat:
    """A geometry on the plane about its middle, without the positions that the distance hides."""

    def __init__(self, shape: Shape, metres: float) -> None:
        given = shapely.from_geojson(shape.geojson)
        middle = given.envelope.centroid
        plane = CRS.from_proj4(f"+proj=aeqd +lat_0={middle.y} +lon_0={middle.x} +datum=WGS84 +units=m")
        there = Transformer.from_crs("OGC:CRS84", plane, always_xy=True)
        self._back = Transformer.from_crs(plane, "OGC:CRS84", always_xy=True)
        self._metres = metres
        flat = _moved(given, there)
        west, south, east, north = flat.bounds
        if max(east - west, north - south) > _WIDEST:
            raise InvalidParameter("Distance", "the geometry is too large for a distance around it")
        self._shape = flat.simplify(metres / _FINE, preserve_topology=False)
        if self._shape.is_empty:
            self._shape = flat

    @property
    def positions(self) -> int:
        """Return how many there are."""
        return int(shapely.get_num_coordinates(self._shape))

    def grown(self) -> Shape:
        """Return what lies within the distance, on the globe."""
        grown = _moved(self._shape.buffer(self._metres, quad_segs=32), self._back)
        left, low, right, high = grown.bounds
        if right - left > 180 or not all(map(math.isfinite, (left, low, right, high))):  # noqa: PLR2004 - half a turn
            raise InvalidParameter("Distance", "reaches a pole or the antimeridian, which is not taken here")
        geojson, _ = literal(orjson.loads(shapely.to_geojson(grown)), _POSITIONS)
        return Shape(geojson)


def _moved(shape: BaseGeometry, transformer: Transformer) -> BaseGeometry:
    def transform(positions: Coordinates) -> Coordinates:
        return np.column_stack(transformer.transform(positions[:, 0], positions[:, 1]))

    moved: BaseGeometry = shapely.transform(shape, transform)
    return moved


def _metres(written: str, unit: str) -> float:
    factor = _METRES.get(unit.strip().rpartition(":")[2].lower())
    if factor is None:
        raise InvalidParameter("Distance", f"{unit[:64]!r} is no unit of length that is known here")
    try:
        found = float(written) * factor
    except ValueError as error:
        raise InvalidParameter("Distance", f"{written[:64]!r} is no number") from error
    if not 0 < found <= _FARTHEST:
        raise InvalidParameter("Distance", f"lies between 0 and {_FARTHEST / 1000:.0f} km")
    return found
