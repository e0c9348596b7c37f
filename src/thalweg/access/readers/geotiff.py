"""GeoTIFF (and JPEG 2000) through GDAL: what is known of a raster, and reading one of its levels."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, Resampling
from rasterio.windows import Window as GdalWindow

from thalweg.access.ports import Level, Opened, Pixels, Valid, Window
from thalweg.access.readers import describing
from thalweg.access.readers.opening import Opener, open_raster, translated
from thalweg.core.coverages import RasterFacts
from thalweg.core.errors import TooLarge

MOST_READ = 64 * 1024 * 1024
"""Pixels of a level that one reading may decode; more means that a large file has no overviews."""
_HALF = 127


def describe(source: Path | Opener) -> RasterFacts:
    """Say what is known of a raster file, and read a little of every band on the way.

    Raises:
        NotFound: the file is not there.
        UnsupportedMedia: it is no raster that is read here, or complex.
        TooLarge: too many bands, or blocks too large to be decoded.
        InvalidParameter: it is broken, or does not say where it lies.
    """
    return opened(source, "").facts


def opened(source: Path | Opener, key: str) -> Opened:
    """Open a raster once and say what is known of it; errors as ``describe``."""
    with open_raster(source) as dataset, translated():
        placed = describing.placement(dataset)
        known = describing.facts(dataset, placed, _size(source))
        return Opened(key, known, placed, _levels(source, dataset), _palette(dataset))


def _size(source: Path | Opener) -> int:
    if isinstance(source, Path):
        return source.stat().st_size
    with source() as file:
        return file.seek(0, io.SEEK_END)


def _levels(source: Path | Opener, dataset: rasterio.DatasetReader) -> tuple[tuple[int, int], ...]:
    """Return the shape of each level; an overview's is asked of itself, since roundings differ between writers."""
    levels = [dataset.shape]
    for n in range(len(dataset.overviews(1))):
        with open_raster(source, overview=n) as overview:
            levels.append(overview.shape)
    return tuple(levels)


def _palette(dataset: rasterio.DatasetReader) -> dict[int, tuple[int, int, int, int]] | None:
    if dataset.count != 1 or dataset.colorinterp[0] is not ColorInterp.palette:
        return None
    return {int(value): (*colour[:3], colour[3]) for value, colour in dataset.colormap(1).items()}


class GdalLevel:
    """One level of a raster, opened by GDAL, in the hands of one thread."""

    def __init__(self, dataset: rasterio.DatasetReader) -> None:
        self._dataset = dataset

    def read(
        self, bands: tuple[int, ...], window: Window, shape: tuple[int, int], *, smooth: bool
    ) -> tuple[Pixels, Valid]:
        """Read bands of a window, reduced to ``shape``.

        Raises:
            TooLarge: the window has more pixels than one reading may decode.
            InvalidParameter: a block of the file is broken.
        """
        if window.width * window.height > MOST_READ:
            raise TooLarge("the file is large and has no overviews: add it again, so that it gets them")
        place = GdalWindow(window.column, window.row, window.width, window.height)
        reduced = shape != (window.height, window.width)
        how = Resampling.average if smooth and reduced else Resampling.nearest
        with translated():
            pixels = self._dataset.read(list(bands), window=place, out_shape=(len(bands), *shape), resampling=how)
            valid = self._valid(bands, pixels, place, how)
        if pixels.dtype.kind == "f":
            valid &= np.isfinite(pixels).all(axis=0)
        return pixels, valid

    def _valid(self, bands: tuple[int, ...], pixels: Pixels, place: GdalWindow, how: Resampling) -> Valid:
        """Return where a pixel of any of the bands holds something."""
        if ColorInterp.alpha in self._dataset.colorinterp and describing.is_described(self._dataset):
            return np.ones(
                pixels.shape[1:], bool
            )  # the last of four named bands is no mask, whatever GDAL takes it for
        masks = self._dataset.read_masks(list(bands), window=place, out_shape=pixels.shape, resampling=how)
        return np.asarray((masks > _HALF).any(axis=0))


if TYPE_CHECKING:
    _keeps_its_promise: type[Level] = GdalLevel
