"""How much of each tile is land, measured on the source itself and by no tile encoder: what a test expects."""

from pathlib import Path

import shapely
from sources import Sources
from tiles import MAX_ZOOM, Tile, scale_of, subdivided


def write(sources: Sources, target: Path) -> int:
    """Write ``zoom,x,y,share`` for every tile that holds land and return how many there are."""
    lines = ["zoom,x,y,land"]
    for scale, zooms in _zooms_of_scales().items():
        pieces = subdivided(sources.land(scale))
        tree = shapely.STRtree(pieces)
        for tile in (Tile(zoom, x, y) for zoom in zooms for x in range(2**zoom) for y in range(2**zoom)):
            square = shapely.box(*tile.bounds)
            land = shapely.union_all([pieces[row].intersection(square) for row in tree.query(square)])
            if land.area:
                lines.append(f"{tile.zoom},{tile.x},{tile.y},{land.area / square.area:.5f}")
    target.write_text("\n".join(lines) + "\n")
    return len(lines) - 1


def _zooms_of_scales() -> dict[str, list[int]]:
    zooms: dict[str, list[int]] = {}
    for zoom in range(MAX_ZOOM + 1):
        zooms.setdefault(scale_of(zoom), []).append(zoom)
    return zooms
