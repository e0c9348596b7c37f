"""What is drawn: a tile of a tile matrix set, or a picture of a box; with the grid's arithmetic."""

import math
from dataclasses import dataclass
from functools import lru_cache

import morecantile
from morecantile import TileMatrixSet

from thalweg.core.errors import NotFound

WEB_MERCATOR = "WebMercatorQuad"
TILE_MATRIX_SETS = (WEB_MERCATOR, "WorldCRS84Quad")
DEEPEST = 24
TILE = 256
_EARTH_RADIUS = 6378137.0
"""m, of the sphere of Web Mercator (EPSG:3857)."""
_LAST_LATITUDE = 85.0511287798066
"""Degrees: where the square of Web Mercator ends."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Target:
    """A picture's grid: ``box`` (west, south, east, north in ``crs``) divided into ``width`` × ``height`` pixels.

    ``crs`` is Web Mercator or CRS84: of both, x grows with longitude alone and y with latitude alone.
    """

    crs: str
    box: Box
    width: int
    height: int

    def columns(self, longitude: float) -> float:
        """Return the column of a longitude, in pixels from the west edge."""
        west, _, east, _ = self.box
        return (_x(self.crs, longitude) - west) / (east - west) * self.width

    def rows(self, latitude: float) -> float:
        """Return the row of a latitude, in pixels from the north edge."""
        _, south, _, north = self.box
        return (north - _y(self.crs, latitude)) / (north - south) * self.height


def _x(crs: str, longitude: float) -> float:
    return math.radians(longitude) * _EARTH_RADIUS if crs == "EPSG:3857" else longitude


def _y(crs: str, latitude: float) -> float:
    if crs != "EPSG:3857":
        return latitude
    held = max(-_LAST_LATITUDE, min(_LAST_LATITUDE, latitude))
    return math.asinh(math.tan(math.radians(held))) * _EARTH_RADIUS


@lru_cache(maxsize=len(TILE_MATRIX_SETS))
def tile_matrix_set(name: str) -> TileMatrixSet:
    """Return a tile matrix set by its registered name, or raise ``NotFound``."""
    if name not in TILE_MATRIX_SETS:
        raise NotFound(f"there is no tile matrix set {name[:64]}; there are {', '.join(TILE_MATRIX_SETS)}")
    return morecantile.tms.get(name)


def tile(name: str, z: int, x: int, y: int, size: int = TILE) -> Target:
    """Return the grid of one tile.

    Raises:
        NotFound: there is no such tile in the set.
    """
    tms = tile_matrix_set(name)
    if not 0 <= z <= DEEPEST:
        raise NotFound(f"there is no zoom level {z}; the levels are 0 to {DEEPEST}")
    matrix = tms.matrix(z)
    if not (0 <= x < matrix.matrixWidth and 0 <= y < matrix.matrixHeight):
        raise NotFound(f"there is no tile {x}, {y} at zoom level {z}")
    bounds = tms.xy_bounds(morecantile.Tile(x, y, z))
    crs = "EPSG:3857" if name == WEB_MERCATOR else "OGC:CRS84"
    return Target(crs, (bounds.left, bounds.bottom, bounds.right, bounds.top), size, size)


def picture(bbox: Box, width: int, most_height: int) -> Target:
    """Return the grid of a picture of a box in degrees, so that its shapes are true.

    It is in Web Mercator, or in degrees where the box reaches behind the ends of Web Mercator.

    Args:
        bbox: west, south, east, north in degrees; west > east crosses the antimeridian.
        width: pixels.
        most_height: pixels; a taller picture is made narrower.

    """
    west, south, east, north = bbox
    polar = max(abs(south), abs(north)) > _LAST_LATITUDE
    crs = "OGC:CRS84" if polar else "EPSG:3857"
    left, right = _x(crs, west), _x(crs, east if east >= west else east + 360)
    bottom, top = _y(crs, south), _y(crs, north)
    squeezed = max(math.cos(math.radians((south + north) / 2)), 0.05) if polar else 1.0
    height = max(1, round(width * (top - bottom) / ((right - left) * squeezed)))
    if height > most_height:
        width, height = max(1, round(width * most_height / height)), most_height
    return Target(crs, (left, bottom, right, top), width, height)


def deepest_useful(pixel: float, latitude: float) -> int:
    """Return the Web Mercator zoom level at which a tile's pixel is no larger than an image's.

    Args:
        pixel: m on the ground.
        latitude: degrees, where the image lies.
    """
    at_zero = 2 * math.pi * _EARTH_RADIUS * math.cos(math.radians(latitude)) / TILE
    return max(0, min(DEEPEST, math.ceil(math.log2(max(at_zero, 1e-9) / pixel) - 1e-6)))
