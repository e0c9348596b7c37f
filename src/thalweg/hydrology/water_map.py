"""From bands to a map of water: one pass that counts, one that draws, a window at a time."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio import shutil
from rasterio.transform import Affine
from rasterio.windows import Window

from thalweg.hydrology.cell_area import CellAreas
from thalweg.hydrology.rasters import Rasters
from thalweg.hydrology.water_mask import (
    BINS,
    NO_DATA,
    WATER,
    Counts,
    Floats,
    Truths,
    classify,
    histogram,
    water_index,
)

Hidden = Callable[[NDArray[np.integer]], Truths]
Share = Callable[[float], None]
"""Told after each window how much of the pass is done, 0…1."""

_TILE = 512


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a mask holds.

    Attributes:
        water: m² on the ground.
        observed: m² on the ground that are land or water.
        water_cells, observed_cells: likewise, in cells.
    """

    water: float
    observed: float
    water_cells: int
    observed_cells: int


@dataclass(frozen=True)
class Seen:
    """The index of an image where the ground is seen; ``hidden`` reads the quality band."""

    rasters: Rasters
    hidden: Hidden | None = None

    def index(self, rows: slice, columns: slice) -> Floats:
        """Return the index of a window, NaN where there is no data or the ground is hidden."""
        green, other = self.rasters.read(rows, columns)
        index = water_index(green, other)
        codes = self.rasters.codes(rows, columns) if self.hidden is not None else None
        if codes is not None and self.hidden is not None:
            index[self.hidden(codes)] = np.nan
        return index


def count(seen: Seen, share: Share) -> Counts:
    """Return the histogram of the index of the whole image: (BINS,) over −1…1."""
    windows = seen.rasters.windows()
    counts = np.zeros(BINS, dtype=np.int64)
    for done, (rows, columns) in enumerate(windows, start=1):
        counts += histogram(seen.index(rows, columns))
        share(done / len(windows))
    return counts


def draw(seen: Seen, threshold: float, target: Path, share: Share) -> Drawn:
    """Write the mask as a cloud-optimised GeoTIFF and measure it.

    Args:
        seen: the image.
        threshold: the index above which there is water.
        target: the file to write: uint8, 0 land, 1 water, 255 no data, on the image's own grid.
        share: told of the progress.

    Returns:
        The areas; each cell counts with its own geodesic area (``CellAreas``).
    """
    rasters = seen.rasters
    areas = CellAreas(rasters.crs, rasters.transform, rasters.shape)
    windows = rasters.windows()
    ground, cells = np.zeros(2), np.zeros(2, dtype=np.int64)
    with ExitStack() as scratch:
        plain = Path(scratch.enter_context(tempfile.TemporaryDirectory(dir=target.parent))) / "mask.tif"
        with rasterio.open(plain, "w", **_profile(rasters)) as file:
            for done, (rows, columns) in enumerate(windows, start=1):
                mask = classify(seen.index(rows, columns), threshold)
                file.write(mask, 1, window=Window.from_slices(rows, columns))
                of_cell = areas.window(rows, columns)
                for place, cell in enumerate((mask == WATER, mask != NO_DATA)):
                    ground[place] += of_cell[cell].sum()
                    cells[place] += np.count_nonzero(cell)
                share(done / len(windows))
        _optimise(plain, target)
    return Drawn(float(ground[0]), float(ground[1]), int(cells[0]), int(cells[1]))


def grid_of(rasters: Rasters) -> dict[str, object]:
    """Return what STAC's projection extension says of the mask's grid."""
    crs = rasterio.crs.CRS.from_wkt(rasters.crs)
    authority = crs.to_authority()
    named = {"proj:code": ":".join(authority)} if authority else {"proj:code": None, "proj:wkt2": rasters.crs}
    return {**named, "proj:shape": list(rasters.shape), "proj:transform": list(Affine(*rasters.transform[:6]))[:6]}


def _profile(rasters: Rasters) -> dict[str, object]:
    height, width = rasters.shape
    return {
        "driver": "GTiff",
        "dtype": "uint8",
        "count": 1,
        "nodata": NO_DATA,
        "height": height,
        "width": width,
        "crs": rasters.crs,
        "transform": rasters.transform,
        "tiled": True,
        "blockxsize": _TILE,
        "blockysize": _TILE,
        "compress": "lzw",
        "bigtiff": "if_safer",
    }


def _optimise(plain: Path, target: Path) -> None:
    shutil.copy(plain, target, driver="COG", compress="deflate", blocksize=_TILE, overview_resampling="mode")
