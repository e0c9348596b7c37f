"""Cut the sources into the tiles of one PMTiles archive."""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import shapely
from mvt import EXTENT, Feature, Value, encode, quantised
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry.base import BaseGeometry
from sources import HALF, Sources

MAX_ZOOM = 5
_MARGIN = 64
_FINEST = 2.0
"""Tile units: a vertex nearer than this to its line is not seen (a screen's pixel is eight)."""
_SPECK = 16.0
"""Square tile units below which an island or a lake is not seen."""
_VERTICES = 400
_SCALES = {"10m": 5, "50m": 2, "110m": 0}
"""The first zoom drawn from each scale of Natural Earth."""
_RIVERS_FROM, _REGIONS_FROM = 2, 3
_LAYERS = ("land", "lake", "border", "river", "region", "place")


def scale_of(zoom: int) -> str:
    """Return the scale of Natural Earth that a zoom is drawn from."""
    return next(scale for scale, first in _SCALES.items() if zoom >= first)


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of the Web Mercator pyramid."""

    zoom: int
    x: int
    y: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        side = 2 * HALF / 2**self.zoom
        west, north = self.x * side - HALF, HALF - self.y * side
        return west, north - side, west + side, north

    def units(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a shape in tile units, y down."""
        west, _, east, north = self.bounds
        scale = EXTENT / (east - west)
        return shapely.transform(shape, lambda points: (points - (west, north)) * (scale, -scale))

    @property
    def window(self) -> BaseGeometry:
        """The tile with its margin, in metres."""
        west, south, east, north = self.bounds
        margin = (east - west) * _MARGIN / EXTENT
        return shapely.box(west - margin, south - margin, east + margin, north + margin)


@dataclass(frozen=True)
class Layer:
    """Shapes of one kind with an index, each with what is told of it and the zoom from which it is drawn."""

    name: str
    shapes: Sequence[BaseGeometry]
    properties: Sequence[dict[str, Value]] = ()
    from_zoom: Sequence[float] = ()
    _tree: shapely.STRtree = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the shapes."""
        object.__setattr__(self, "_tree", shapely.STRtree(self.shapes))

    def features(self, tile: Tile) -> list[Feature]:
        """Return what of this layer a tile shows."""
        rows = [
            row
            for row in sorted(self._tree.query(tile.window))
            if not self.from_zoom or self.from_zoom[row] <= tile.zoom
        ]
        if self.name in {"land", "lake"}:
            return _surface(tile, [self.shapes[row] for row in rows])
        draw = _point if self.name == "place" else _line
        drawn = [(draw(tile, self.shapes[row]), row) for row in rows]
        return [Feature(shape, self.properties[row] if self.properties else {}) for shape, row in drawn if shape]


def _surface(tile: Tile, shapes: Sequence[BaseGeometry]) -> list[Feature]:
    pieces = [tile.units(shapely.intersection(shape, tile.window)) for shape in shapes]
    if not pieces:
        return []
    whole = shapely.simplify(quantised(pieces), _FINEST, preserve_topology=True)
    shape = quantised([part for part in shapely.get_parts(whole) if part.area >= _SPECK])
    return [] if shape.is_empty else [Feature(shape)]


def _line(tile: Tile, shape: BaseGeometry) -> BaseGeometry | None:
    clipped = shapely.simplify(tile.units(shapely.intersection(shape, tile.window)), _FINEST)
    snapped = shapely.set_precision(shapely.line_merge(clipped), 1, mode="pointwise")
    parts = [_without_repeats(part) for part in shapely.get_parts(snapped) if part.geom_type == "LineString"]
    return (
        shapely.multilinestrings([part for part in parts if part.length > 0]) if any(p.length for p in parts) else None
    )


def _without_repeats(line: BaseGeometry) -> BaseGeometry:
    return shapely.remove_repeated_points(line)


def _point(tile: Tile, shape: BaseGeometry) -> BaseGeometry | None:
    west, south, east, north = tile.bounds
    inside = west <= shape.x < east and south < shape.y <= north
    return shapely.set_precision(tile.units(shape), 1) if inside else None


def subdivided(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Cut great polygons into pieces that are quick to clip."""
    done, left = [], list(shapes)
    while left:
        shape = left.pop()
        if shapely.get_num_coordinates(shape) <= _VERTICES:
            done.append(shape)
            continue
        west, south, east, north = shape.bounds
        wide = east - west > north - south
        middle = (west + east) / 2 if wide else (south + north) / 2
        halves = (
            [(west, south, middle, north), (middle, south, east, north)]
            if wide
            else [(west, south, east, middle), (west, middle, east, north)]
        )
        left += [part for half in halves if not (part := shapely.intersection(shape, shapely.box(*half))).is_empty]
    return done


class Pyramid:
    """The layers of every zoom, each read and indexed once."""

    def __init__(self, sources: Sources) -> None:
        """Read what every scale needs."""
        scales = ("110m", "50m", "10m")
        self._land = {scale: Layer("land", subdivided(sources.land(scale))) for scale in scales}
        self._borders = {scale: Layer("border", sources.borders(scale)) for scale in scales}
        self._rivers = {scale: _rivers(sources, scale) for scale in scales}
        self._lakes = Layer("lake", subdivided(sources.lakes()))
        self._regions = _regions(sources)
        self._places = _places(sources)

    def layers(self, zoom: int) -> list[Layer]:
        """Return the layers of a zoom in the order of painting."""
        scale = scale_of(zoom)
        rivers = [self._rivers[scale]] if zoom >= _RIVERS_FROM else []
        regions = [self._regions] if zoom >= _REGIONS_FROM else []
        return [self._land[scale], self._lakes, self._borders[scale], *rivers, *regions, self._places]

    def tiles(self) -> Iterator[tuple[int, bytes]]:
        """Yield every tile that is not empty as its number and its compressed bytes."""
        for zoom in range(MAX_ZOOM + 1):
            layers = self.layers(zoom)
            for x in range(2**zoom):
                for y in range(2**zoom):
                    tile = Tile(zoom, x, y)
                    content = encode([(layer.name, layer.features(tile)) for layer in layers])
                    if content:
                        yield zxy_to_tileid(zoom, x, y), gzip.compress(content, 9, mtime=0)


def _rivers(sources: Sources, scale: str) -> Layer:
    shapes, properties, zooms = [], [], []
    for shape, name, rank in sources.rivers(scale):
        shapes.append(shape)
        properties.append({"rank": rank} | ({"name": name} if name else {}))
        zooms.append(rank - 3)
    return Layer("river", shapes, properties, zooms)


def _regions(sources: Sources) -> Layer:
    rows = list(sources.regions())
    return Layer("region", [shape for shape, _ in rows], (), [zoom - 3 for _, zoom in rows])


def _places(sources: Sources) -> Layer:
    rows = list(sources.places())
    ranks = [int(row["scalerank"]) for _, _, row in rows]
    # The last zoom holds every place: MapLibre goes on drawing from it however near one looks.
    zooms = [min(rank, MAX_ZOOM) for rank in ranks]
    told = [{"name": name, "rank": rank} for (_, name, _), rank in zip(rows, ranks, strict=True)]
    return Layer("place", [shape for shape, _, _ in rows], told, zooms)


def write(sources: Sources, target: Path) -> int:
    """Write the archive and return how many tiles it holds."""
    tiles = sorted(Pyramid(sources).tiles())
    with target.open("wb") as file:
        writer = Writer(file)
        for number, content in tiles:
            writer.write_tile(number, content)
        writer.finalize(_HEADER, {"attribution": "Natural Earth", "vector_layers": _VECTOR_LAYERS})
    return len(tiles)


_VECTOR_LAYERS = [{"id": name, "fields": {}} for name in _LAYERS]
_HEADER = {
    "tile_type": TileType.MVT,
    "tile_compression": Compression.GZIP,
    "min_zoom": 0,
    "max_zoom": MAX_ZOOM,
    "min_lon_e7": -1800000000,
    "min_lat_e7": -850000000,
    "max_lon_e7": 1800000000,
    "max_lat_e7": 850000000,
    "center_zoom": 0,
    "center_lon_e7": 0,
    "center_lat_e7": 0,
}
