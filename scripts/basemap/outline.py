"""The land as one small SVG path in lon/lat, for pages that run no script: see README.md beside this."""

from pathlib import Path

import pyogrio
import shapely

_TOLERANCE, _SMALLEST = 0.6, 2.0
"""Degrees, and square degrees."""


def write(magics: Path, target: Path) -> int:
    """Write the path, latitude turned downwards as SVG has it; return how many rings it has."""
    land = pyogrio.raw.read(magics / "110m" / "ne_110m_land.shp", columns=[])[2]
    rings = [
        shape.exterior
        for one in shapely.from_wkb(land)
        for shape in shapely.get_parts(shapely.simplify(one, _TOLERANCE))
        if shape.area > _SMALLEST
    ]
    path = "".join("M" + "L".join(f"{x:.1f} {-y:.1f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings)
    target.write_text(f'<path class="land" d="{path.replace(".0 ", " ").replace(".0L", "L").replace(".0Z", "Z")}"/>\n')
    return len(rings)
