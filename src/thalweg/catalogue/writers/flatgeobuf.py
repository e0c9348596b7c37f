"""Items as FlatGeobuf, which GIS programs open over HTTP by its own spatial index."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape

from thalweg.catalogue.writers.spool import Scalar, Spool, row_of

_KINDS: dict[type, type | str] = {int: np.int64, float: np.float64, bool: np.bool_, str: object}
_TOO_WIDE = 2**63
_EMPTY: dict[type, Scalar] = {int: 0, float: 0.0, bool: False}


def write(spool: Spool, path: Path) -> None:
    """Write the layer ``items`` in lon/lat."""
    columns = spool.columns()
    items = list(spool.items())
    rows = [row_of(item) for item in items]
    geometry = np.array([shape(item["geometry"]) if item.get("geometry") else None for item in items], dtype=object)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(geometry),
        field_data=[_column([row.get(name) for row in rows], kind) for name, kind in columns.items()],
        field_mask=[np.array([name not in row for row in rows]) for name in columns],
        fields=np.array(list(columns), dtype=object),
        layer="items",
        driver="FlatGeobuf",
        geometry_type="Unknown",
        crs="OGC:CRS84",
        # An index of places has no room for what is nowhere.
        SPATIAL_INDEX="NO" if spool.placeless else "YES",
    )


def _column(values: list[Scalar | None], kind: type) -> NDArray[Any]:
    # What 64 bits do not hold is written out, for no column of numbers would keep it.
    if kind is str or (
        kind is int and not all(value is None or -_TOO_WIDE <= int(value) < _TOO_WIDE for value in values)
    ):
        return np.array([None if value is None else str(value) for value in values], dtype=object)
    return np.array([_EMPTY[kind] if value is None else value for value in values], dtype=_KINDS[kind])
