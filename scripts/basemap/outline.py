"""The land and its borders as two small SVG paths in lon/lat, for pages that run no script: see README.md."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

_TOLERANCE, _SMALLEST = 0.6, 2.0
"""Degrees, and square degrees."""
_TOLERANCE_OF_BORDERS = 0.3


def write(magics: Path, target: Path) -> int:
    """Write the paths, latitude turned downwards as SVG has it; return how many lines they have."""
    rings = [
        shape.exterior.coords[:-1]
        for one in _shapes(magics, "ne_110m_land")
        for shape in shapely.get_parts(shapely.simplify(one, _TOLERANCE))
        if shape.area > _SMALLEST
    ]
    merged = shapely.line_merge(shapely.union_all(_shapes(magics, "ne_110m_admin_0_boundary_lines_land")))
    kept = shapely.get_parts(shapely.simplify(merged, _TOLERANCE_OF_BORDERS))
    borders = [line.coords[:] for line in kept if line.length > _TOLERANCE_OF_BORDERS]
    land, lines = "".join(f"{_path(ring)}Z" for ring in rings), "".join(map(_path, borders))
    target.write_text(f'<path class="land" d="{land}"/>\n<path class="border" d="{lines}"/>\n')
    return len(rings) + len(borders)


def _shapes(magics: Path, name: str) -> list[BaseGeometry]:
    return list(shapely.from_wkb(pyogrio.raw.read(magics / "110m" / f"{name}.shp", columns=[])[2]))


def _path(positions: Sequence[tuple[float, ...]]) -> str:
    """Return a path on a grid of tenths of degrees, each step told from the one before: whole tenths do not drift."""
    tenths = [(round(x * 10), round(-y * 10)) for x, y in positions]
    steps = [(x - u, y - v) for (u, v), (x, y) in pairwise(tenths) if (x, y) != (u, v)]
    return "M" + "l".join(f"{_short(x)} {_short(y)}".replace(" -", "-") for x, y in (tenths[0], *steps))


def _short(tenths: int) -> str:
    return f"{tenths / 10:g}"
