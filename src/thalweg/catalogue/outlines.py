"""Outlines as nearly all Items have them, points and flat polygons, as WKB without a parser between.

Whatever is unusual in a geometry is told by saying nothing: then it is read, and refused, by those who read all.
"""

import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

import shapely

from thalweg.core.items import Document

_POINT, _POLYGON, _MULTIPOLYGON = 1, 3, 6
_LITTLE_ENDIAN = 1
_RING, _CORNERS = 4, 5
_ONE_POINT = struct.Struct("<BIdd")
_HEAD = struct.Struct("<BII")
_NUMBERS = frozenset({int, float})
_LISTS, _PAIRS = {list}, {2}
Bounds = tuple[float, float, float, float]


class Outline(NamedTuple):
    """A valid geometry in two dimensions.

    Attributes:
        bounds: west, south, east, north.
        wkb: little endian.
        is_box: whether its bounds are all of it.
    """

    bounds: Bounds
    wkb: bytes
    is_box: bool


def outline_of(geometry: Document, most: int) -> Outline | None:
    """Return a GeoJSON geometry of at most so many positions; nothing where it is unusual, or wrong."""
    coordinates = geometry.get("coordinates")
    if len(geometry) != 2 or type(coordinates) is not list:  # noqa: PLR2004 - its type and its coordinates
        return None
    kind = geometry.get("type")
    if kind == "Polygon":
        return _of_polygons([coordinates], most, multiple=False)
    if kind == "MultiPolygon":
        return _of_polygons(coordinates, most, multiple=True)
    return _of_point(coordinates) if kind == "Point" and most else None


def _of_point(position: list[Any]) -> Outline | None:
    if len(position) != 2 or not _NUMBERS.issuperset(map(type, position)):  # noqa: PLR2004 - longitude and latitude
        return None
    bounds = _bounds(position)
    return None if bounds is None else Outline(bounds, _ONE_POINT.pack(_LITTLE_ENDIAN, _POINT, *position), is_box=True)


def _of_polygons(polygons: Sequence[Any], most: int, *, multiple: bool) -> Outline | None:
    rings = _rings(polygons)
    if rings is None:
        return None
    every = rings[0] if len(rings) == 1 else list(chain.from_iterable(rings))
    bounds = _bounds(every)
    if bounds is None or len(every) > 2 * most:
        return None
    wkb = b"".join(_written(map(len, polygons), iter(rings)))
    if multiple:
        wkb = _HEAD.pack(_LITTLE_ENDIAN, _MULTIPOLYGON, len(polygons)) + wkb
    if not shapely.from_wkb(wkb).is_valid:
        return None
    return Outline(bounds, wkb, is_box=not multiple and _fills(every, bounds))


def _rings(polygons: Sequence[Any]) -> list[list[float]] | None:
    """Return the numbers of each ring of polygons, none of which is empty."""
    found: list[list[float]] = []
    for polygon in polygons:
        if type(polygon) is not list or not polygon:
            return None
        for ring in polygon:
            numbers = _numbers(ring)
            if numbers is None:
                return None
            found.append(numbers)
    return found


def _written(polygons: Iterable[int], rings: Iterator[list[float]]) -> Iterator[bytes]:
    """Yield the WKB of polygons of so many rings each."""
    for number in polygons:
        yield _HEAD.pack(_LITTLE_ENDIAN, _POLYGON, number)
        for ring in islice(rings, number):
            yield _ring(len(ring)).pack(len(ring) // 2, *ring)


@lru_cache(maxsize=64)
def _ring(numbers: int) -> struct.Struct:
    return struct.Struct(f"<I{numbers}d")


def _numbers(ring: object) -> list[float] | None:
    """Return the numbers of a closed ring one after the other."""
    if type(ring) is not list or len(ring) < _RING or ring[0] != ring[-1]:
        return None
    if set(map(type, ring)) != _LISTS or set(map(len, ring)) != _PAIRS:
        return None
    numbers = list(chain.from_iterable(ring))
    return numbers if _NUMBERS.issuperset(map(type, numbers)) else None


def _bounds(numbers: Sequence[float]) -> Bounds | None:
    """Return the bounds of positions, if there are any and all are on the globe."""
    xs, ys = numbers[::2], numbers[1::2]
    if not xs:
        return None
    west, south, east, north = min(xs), min(ys), max(xs), max(ys)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 - the globe
        return None
    # What is no number is neither less nor more than another, but it spoils their sum.
    return None if math.isnan(sum(numbers)) else (float(west), float(south), float(east), float(north))


def _fills(numbers: Sequence[float], bounds: Bounds) -> bool:
    """Tell whether a valid polygon is its bounds: then its four corners are those of its bounds, each once."""
    if len(numbers) != 2 * _CORNERS:
        return False
    west, south, east, north = bounds
    corners = set(zip(numbers[::2], numbers[1::2], strict=True))
    return corners == {(west, south), (east, south), (east, north), (west, north)}
