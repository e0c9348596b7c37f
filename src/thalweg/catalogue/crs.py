"""Coordinate reference systems by reference: OGC API Features Part 2 (OGC 18-058r1)."""

import math
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from shapely.geometry import mapping, shape

from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""What is stored, and served where nothing else is asked for: lon/lat in degrees."""
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_OF_THE_WORLD = (4326, 3857, 3395, 6933)
_OF_THE_POLES = (3031, 3413, 3976, 6931, 6932)
_OF_COUNTRIES = (4258, 3035, 3034, 2154, 27700, 25831, 25832, 25833, 5070, 3347, 3577, 2193)
_UTM = (*range(32601, 32661), *range(32701, 32761))
_OF_POLES_AND_COUNTRIES = (*_OF_THE_POLES, *_OF_COUNTRIES)
_NOWHERE = BBox(0.0, 0.0, 0.0, 0.0)
LISTED = (CRS84, *(f"{_EPSG}{code}" for code in (*_OF_THE_WORLD, *_OF_POLES_AND_COUNTRIES, *_UTM)))
"""Each of them can be asked for; their coordinates come in the order of their authority's axes."""
_NORTHING = frozenset({"north", "south"})
_EDGE_POINTS = 21


class ReferenceSystem:
    """One of the listed systems; its axes are those of its authority, so EPSG:4326 is lat/lon."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._crs = CRS.from_user_input("OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.removeprefix(_EPSG)}")
        first, second = (axis.direction.lower() for axis in self._crs.axis_info[:2])
        self._turned = first in _NORTHING and second not in _NORTHING
        self._here = Transformer.from_crs("OGC:CRS84", self._crs, always_xy=True)
        self._back = Transformer.from_crs(self._crs, "OGC:CRS84", always_xy=True)

    @property
    def turned(self) -> bool:
        """Tell whether its first axis goes north."""
        return self._turned

    def box(self, numbers: list[float], parameter: str) -> BBox:
        """Return the lon/lat box of four numbers, or six, of this system.

        Raises:
            InvalidParameter: another count, not finite, or no place on the globe.
        """
        if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
            raise InvalidParameter(parameter, "takes 4 or 6 finite numbers")
        left, low, right, high = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])  # noqa: PLR2004
        if self._turned:
            left, low, right, high = low, left, high, right
        if self._crs.is_geographic:
            return BBox.of([left, low, right, high], parameter)
        try:
            found = self._back.transform_bounds(left, low, right, high, densify_pts=_EDGE_POINTS, errcheck=True)
        except ProjError as error:
            raise InvalidParameter(parameter, "lies outside of where its system is defined") from error
        return BBox.of(found, parameter)

    def read_box(self, given: object, parameter: str) -> BBox:
        """Return the lon/lat box of numbers as a request gives them: joined by commas, or an array.

        Raises:
            InvalidParameter: they are no numbers, or no box of this system.
        """
        try:
            numbers = [float(part) for part in (given.split(",") if isinstance(given, str) else given)]  # type: ignore[attr-defined]
        except (TypeError, ValueError) as error:
            raise InvalidParameter(parameter, "takes 4 or 6 numbers joined by commas") from error
        return self.box(numbers, parameter)

    def feature(self, feature: Mapping[str, Any]) -> dict[str, Any]:
        """Return a Feature in lon/lat with its geometry and its bbox in this system; heights stay.

        Raises:
            InvalidParameter: it lies outside of where the system is defined.
        """
        geometry = feature.get("geometry")
        if geometry is None:
            return dict(feature)
        moved = shapely.transform(shape(dict(geometry)), self._moved, include_z=_has_heights(geometry))
        return {**feature, "geometry": mapping(moved), "bbox": list(moved.bounds)}

    def to_lonlat(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions of this system, ``(n, 2)`` in the order of its axes, in lon/lat degrees.

        Raises:
            InvalidParameter: one lies outside of where the system is defined.
        """
        x, y = (positions[:, 1], positions[:, 0]) if self._turned else (positions[:, 0], positions[:, 1])
        return _finite(np.column_stack(self._back.transform(x, y)))

    def _moved(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = self._here.transform(positions[:, 0], positions[:, 1])
        flat = _finite(np.column_stack((y, x) if self._turned else (x, y)))
        return np.column_stack((flat, positions[:, 2:]))


@cache
def _areas() -> Mapping[str, BBox]:
    """Return where each system that is not of the world is defined."""
    there = (f"{_EPSG}{code}" for code in (*_OF_POLES_AND_COUNTRIES, *_UTM))
    return {uri: _area(CRS.from_user_input(f"EPSG:{uri.removeprefix(_EPSG)}")) for uri in there}


def _area(crs: CRS) -> BBox:
    if crs.area_of_use is None:
        return _NOWHERE
    return BBox(*crs.area_of_use.bounds)


@lru_cache(maxsize=1024)
def holding(box: BBox) -> tuple[str, ...]:
    """Return the listed systems of the world, and those of an area that holds all of a box."""
    whole = box if box.west <= box.east else BBox(-180.0, box.south, 180.0, box.north)
    areas = _areas()
    return tuple(uri for uri in LISTED if uri not in areas or _within(whole, areas[uri]))


def _within(box: BBox, area: BBox) -> bool:
    across = area.west <= box.west and box.east <= area.east
    return across and area.south <= box.south and box.north <= area.north


@cache
def _codes() -> frozenset[str]:
    return frozenset(LISTED)


@lru_cache(maxsize=64)
def _opened(uri: str) -> ReferenceSystem:
    return ReferenceSystem(uri)


def reference_system(uri: str, parameter: str = "crs") -> ReferenceSystem:
    """Return the system of a listed URI.

    Raises:
        InvalidParameter: it is none of them.
    """
    if uri not in _codes():
        raise InvalidParameter(parameter, "names no system that is listed at /collections, such as " + LISTED[1])
    return _opened(uri)


def _has_heights(geometry: Mapping[str, Any]) -> bool:
    inside = geometry.get("coordinates")
    while isinstance(inside, list | tuple) and inside and isinstance(inside[0], list | tuple):
        inside = inside[0]
    return isinstance(inside, list | tuple) and len(inside) > 2  # noqa: PLR2004 - the third is a height


def _finite(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    if not np.isfinite(positions).all():
        raise InvalidParameter("crs", "is not defined where this lies; narrow what is asked for to its area")
    return positions
