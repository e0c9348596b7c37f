"""Boxes and footprints on the globe: longitude and latitude in degrees (CRS84)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thalweg.core.errors import InvalidParameter, TooLarge

WHOLE_GLOBE = 360.0
FLAT, SOLID = 4, 6
_FAR = math.inf
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_RING = 4
_COLLECTION_DEPTH = 4


@dataclass(frozen=True, slots=True)
class BBox:
    """A box; ``west > east`` means that it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, numbers: Sequence[float], parameter: str = "bbox") -> "BBox":
        """Read four numbers, or six of which the heights are passed over.

        Raises:
            InvalidParameter: another count, not finite, off the globe, or south above north.
        """
        if len(numbers) not in (FLAT, SOLID):
            raise InvalidParameter(parameter, f"takes 4 numbers (west,south,east,north) or 6, not {len(numbers)}")
        if not all(-_FAR < number < _FAR for number in numbers):
            raise InvalidParameter(parameter, "every number must be finite")
        west, south, east, north = numbers if len(numbers) == FLAT else (*numbers[:2], *numbers[3:5])
        if not (-180 <= west <= 180 and -180 <= east <= 180):  # noqa: PLR2004 - the globe
            raise InvalidParameter(parameter, "west and east lie between -180 and 180")
        if not -90 <= south <= north <= 90:  # noqa: PLR2004 - the globe
            raise InvalidParameter(parameter, "south and north lie between -90 and 90, south below north")
        return cls(float(west), float(south), float(east), float(north))

    def spans(self) -> tuple["BBox", ...]:
        """Return one box, or the two halves of one that crosses the antimeridian."""
        if self.west <= self.east:
            return (self,)
        return (BBox(self.west, self.south, 180.0, self.north), BBox(-180.0, self.south, self.east, self.north))

    def numbers(self) -> list[float]:
        """Return west, south, east, north, as STAC and GeoJSON write them."""
        return [self.west, self.south, self.east, self.north]


def positions(geometry: Mapping[str, Any], most: int, parameter: str = "geometry") -> list[tuple[float, float]]:
    """Return every position of a GeoJSON geometry, checked.

    Raises:
        InvalidParameter: no GeoJSON geometry, not finite, off the globe, or a ring that does not close.
        TooLarge: more than ``most`` positions.
    """
    found: list[tuple[float, float]] = []
    for position in _walk(geometry, parameter, _COLLECTION_DEPTH):
        found.append(position)
        if len(found) > most:
            raise TooLarge(f"{parameter}: more than {most} positions")
    return found


def _walk(geometry: Mapping[str, Any], parameter: str, depth: int) -> Iterator[tuple[float, float]]:
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind == "GeometryCollection" and depth and isinstance(geometry.get("geometries"), list):
        for part in geometry["geometries"]:
            yield from _walk(part, parameter, depth - 1)
        return
    if not isinstance(kind, str) or kind not in _DEPTH:
        raise InvalidParameter(parameter, "is not a GeoJSON geometry")
    yield from _lines(geometry.get("coordinates"), _DEPTH[kind], parameter, closed="Polygon" in kind)


def _lines(value: Any, depth: int, parameter: str, *, closed: bool) -> Iterator[tuple[float, float]]:  # noqa: ANN401 - JSON
    if depth == 0:
        yield _position(value, parameter)
        return
    if not isinstance(value, list) or not value:
        raise InvalidParameter(parameter, "its coordinates are not the arrays that its type asks for")
    if closed and depth == 1 and (len(value) < _RING or value[0] != value[-1]):
        raise InvalidParameter(parameter, "a ring has at least four positions and ends where it began")
    for part in value:
        yield from _lines(part, depth - 1, parameter, closed=closed)


def _position(value: Any, parameter: str) -> tuple[float, float]:  # noqa: ANN401 - JSON
    numbers = value[:2] if isinstance(value, list) else []
    if len(numbers) < 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in value):  # noqa: PLR2004
        raise InvalidParameter(parameter, "a position is [longitude, latitude]")
    longitude, latitude = numbers
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):  # noqa: PLR2004 - the globe; NaN fails too
        raise InvalidParameter(parameter, f"the position {longitude}, {latitude} is not on the globe")
    return float(longitude), float(latitude)
