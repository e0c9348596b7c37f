"""Cells of the globe by name: geohashes, and tiles of the web's Mercator."""

import math

_LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz"
_BITS = 5
_MERCATOR = 85.0511287798066
"""Degrees of latitude where the web's Mercator ends."""


def centre(west: float, south: float, east: float, north: float) -> tuple[float, float]:
    """Return the middle of a box, lon and lat; west > east crosses the antimeridian."""
    width = east - west if west <= east else east - west + 360
    middle = west + width / 2
    return (middle - 360 if middle > 180 else middle), (south + north) / 2  # noqa: PLR2004 - the globe


def geohash(longitude: float, latitude: float, characters: int) -> str:
    """Return the geohash of a place.

    Source: G. Niemeyer, geohash.org.
    """
    ends = [[-180.0, 180.0], [-90.0, 90.0]]
    place, bits = (longitude, latitude), 0
    for number in range(characters * _BITS):
        low, high = ends[number % 2]
        middle = (low + high) / 2
        upper = place[number % 2] >= middle
        ends[number % 2] = [middle, high] if upper else [low, middle]
        bits = bits << 1 | upper
    return "".join(_LETTERS[bits >> _BITS * place & 31] for place in range(characters - 1, -1, -1))


def geotile(longitude: float, latitude: float, zoom: int) -> str:
    """Return the tile of a place as ``zoom/column/row``.

    Source: OGC Two Dimensional Tile Matrix Set (17-083r4), WebMercatorQuad.
    """
    side = 2**zoom
    latitude = min(_MERCATOR, max(-_MERCATOR, latitude))
    column = int((longitude + 180) / 360 * side)
    row = int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * side)
    return f"{zoom}/{min(side - 1, max(0, column))}/{min(side - 1, max(0, row))}"
