"""The tiles of the Military Grid Reference System over land, as Sentinel-2 has them: 109.8 km, overlapping."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pyproj import Transformer

# The grid zones that are at least a third land, by bands of 8° from 56° S to 80° N; computed once from Natural Earth's
# 1:110m land (public domain).
_LAND = {
    "F": ".................##.........................................",
    "G": ".................##.........................................",
    "H": "..................###................................##.....",
    "J": "..................####...........###.............#######....",
    "K": "..................#####.........####.#...........######.....",
    "L": ".................#######........#####...............#.......",
    "M": "................########........#####..........##....#......",
    "N": ".................####........#.#######........#..#..........",
    "P": "...............#..#........###########....#...##............",
    "Q": "............###............#############..#######...........",
    "R": "...........###..............######################..........",
    "S": "..........#######............###...###############.#........",
    "T": ".........##########..........########################.......",
    "U": "........#############........#########################..#...",
    "V": "...############..##...#........##.#########################.",
    "W": "#.#################..#####......############################",
    "X": "..........#..####..########..................####...........",
}
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_SQUARE = 100_000
_SIDE = 109_800
Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: ``13TDE``, its UTM zone as EPSG code, west and north edges in m, and its corners in lon/lat.

    ``corners`` are north-west, south-west, south-east, north-east.
    """

    name: str
    epsg: int
    west: int
    north: int
    corners: tuple[Corner, Corner, Corner, Corner]

    @property
    def path(self) -> str:
        """Return the tile as the folders of archives name it: ``13/T/DE``."""
        return f"{int(self.name[:2])}/{self.name[2]}/{self.name[3:]}"


@lru_cache
def tiles() -> tuple[Tile, ...]:
    """Return all tiles, always in the same order; none touches the antimeridian."""
    zones = [(band, zone + 1) for band, row in _LAND.items() for zone, land in enumerate(row) if land == "#"]
    return tuple(tile for band, zone in zones for tile in _of_zone(band, zone))


def _of_zone(band: str, zone: int) -> Iterator[Tile]:
    south, west = -80 + 8 * _BANDS.index(band), -180 + 6 * (zone - 1)
    epsg = (32600 if south >= 0 else 32700) + zone
    to_lonlat = Transformer.from_crs(epsg, 4326, always_xy=True)
    to_utm = Transformer.from_crs(4326, epsg, always_xy=True)
    bottom, top = sorted(to_utm.transform(west + 3, latitude)[1] for latitude in (south, south + 8))
    for row in range(int(bottom // _SQUARE), int(top // _SQUARE) + 1):
        for column in range(1, 9):
            lon, lat = to_lonlat.transform((column + 0.5) * _SQUARE, (row + 0.5) * _SQUARE)
            if west <= lon < west + 6 and south <= lat < south + 8:
                tile = _tile(f"{zone:02}{band}{_letters(zone, column, row)}", epsg, (column, row), to_lonlat)
                if max(abs(x) for x, _ in tile.corners) < 179 or min(x for x, _ in tile.corners) > 0:
                    yield tile


def _tile(name: str, epsg: int, square: tuple[int, int], to_lonlat: Transformer) -> Tile:
    west, north = square[0] * _SQUARE - 40, (square[1] + 1) * _SQUARE
    edges = ((west, north), (west, north - _SIDE), (west + _SIDE, north - _SIDE), (west + _SIDE, north))
    corners = [to_lonlat.transform(x, y) for x, y in edges]
    north_west, south_west, south_east, north_east = [(round(x, 7), round(y, 7)) for x, y in corners]
    return Tile(name, epsg, west, north, (north_west, south_west, south_east, north_east))


def _letters(zone: int, column: int, row: int) -> str:
    """Name a square of 100 km in its zone: three sets of columns, and rows that begin at F in even zones."""
    return _COLUMNS[(zone - 1) % 3][column - 1] + _ROWS[(row + (5 if zone % 2 == 0 else 0)) % 20]
