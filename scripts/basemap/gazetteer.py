"""The places, countries and rivers that the search bar completes, as one small JSON file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from names import other_spellings
from shapely.geometry.base import BaseGeometry
from sources import RADIUS, Sources

_RIVER_RANK = 6
_HALF_ROUND = 180.0


def write(sources: Sources, target: Path) -> int:
    """Write the gazetteer, greatest first, and return how many names it holds.

    A row is ``[name, region, other spellings, rank, west, south, east, north]``, a place without extent
    ``[name, region, other spellings, rank, lon, lat]``; degrees to three decimals.
    """
    rows = sorted(
        [*_countries(sources), *_places(sources), *_rivers(sources)],
        key=lambda row: (row[3], row[0]),
    )
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return len(rows)


def _places(sources: Sources) -> list[list[Any]]:
    rows = []
    for shape, name, row in sources.places():
        region = ", ".join(part for part in (_sound(row["adm1name"], name), row["adm0name"]) if part)
        lon, lat = _degrees(shape)[0]
        spellings = "|".join(other_spellings(row, name))
        rows.append([name, region, spellings, int(row["scalerank"]), _round(lon), _round(lat)])
    return rows


def _sound(region: str | None, name: str) -> str | None:
    return None if not region or region == name or "?" in region or "\ufffd" in region else region


def _countries(sources: Sources) -> list[list[Any]]:
    rows = []
    for shape, name in sources.countries():
        # A country across the antimeridian is shown by its greatest part.
        part = max(shapely.get_parts(shape), key=lambda part: part.area)
        extent = shape.bounds if shape.bounds[2] - shape.bounds[0] < _HALF_ROUND else part.bounds
        rows.append([name, "Country", "", -1, *map(_round, extent)])
    return rows


def _rivers(sources: Sources) -> list[list[Any]]:
    found: dict[str, list[BaseGeometry]] = {}
    ranks: dict[str, int] = {}
    for shape, name, rank in sources.rivers("10m"):
        if name and rank <= _RIVER_RANK:
            found.setdefault(name, []).append(shape)
            ranks[name] = min(rank, ranks.get(name, rank))
    rows = []
    for name, shapes in found.items():
        # Two rivers of one name are one row each: their pieces do not come near each other.
        for reach in _together(shapes):
            (west, south), (east, north) = _degrees(shapely.box(*reach))[[3, 1]]
            rows.append([name, "River", "", ranks[name] + 1, *map(_round, (west, south, east, north))])
    return rows


def _together(shapes: list[BaseGeometry], near: float = 200_000.0) -> list[tuple[float, float, float, float]]:
    grown = shapely.union_all([shapely.buffer(shapely.box(*shape.bounds), near / 2) for shape in shapes])
    groups = [[shape for shape in shapes if shape.intersects(part)] for part in shapely.get_parts(grown)]
    return [shapely.union_all(group).bounds for group in groups]


def _degrees(shape: BaseGeometry) -> np.ndarray:
    points = shapely.get_coordinates(shape) / RADIUS
    return np.degrees(np.column_stack([points[:, 0], np.arctan(np.sinh(points[:, 1]))]))


def _round(number: float) -> float:
    return round(float(number), 3)
