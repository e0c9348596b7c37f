"""Bands of several files on one grid, read a window at a time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from thalweg.core.errors import InvalidParameter
from thalweg.guard.formats import HEAD, JPEG2000, TIFF, sniff
from thalweg.hydrology.bands import BandOf

Floats = NDArray[np.float64]

BLOCK = 1024
"""Rows and columns of a window: three bands of it and their index take some 40 MB."""

_DRIVERS = {TIFF: "GTiff", JPEG2000: "JP2OpenJPEG"}
_MOST_PIXELS = 500_000_000
_DEGREE = 111_320.0


class Rasters:
    """The chosen bands, resampled where needed to the finest grid among those that measure.

    Bands that measure are interpolated bilinearly, coded ones (``quality``) take the nearest code: a code between two
    codes means nothing. A reader of its own is open for each band while the context is.

    Attributes:
        crs, transform, shape: of the one grid.
    """

    def __init__(self, files: Mapping[str, Path], measured: Sequence[BandOf], quality: BandOf | None = None) -> None:
        self._files, self._measured, self._quality = files, measured, quality
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            sources = [opening.enter_context(self._source(band)) for band in self._measured]
            finest = min(sources, key=_cell)
            if finest.crs is None:
                raise InvalidParameter("inputs/image", "the image does not say where on the globe it lies (no CRS)")
            if finest.width * finest.height > _MOST_PIXELS:
                raise InvalidParameter("inputs/image", f"more than {_MOST_PIXELS} pixels")
            self.crs, self.transform = finest.crs.to_wkt(), finest.transform
            self.shape: tuple[int, int] = (finest.height, finest.width)
            self._readers = [
                opening.enter_context(self._aligned(source, band, Resampling.bilinear))
                for source, band in zip(sources, self._measured, strict=True)
            ]
            self._codes = None
            if self._quality is not None:
                codes = opening.enter_context(self._source(self._quality))
                self._codes = opening.enter_context(self._aligned(codes, self._quality, Resampling.nearest))
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def windows(self) -> list[tuple[slice, slice]]:
        """Return the windows that tile the grid, row by row."""
        return [
            (slice(row, min(row + BLOCK, self.shape[0])), slice(column, min(column + BLOCK, self.shape[1])))
            for row in range(0, self.shape[0], BLOCK)
            for column in range(0, self.shape[1], BLOCK)
        ]

    def read(self, rows: slice, columns: slice) -> Iterator[Floats]:
        """Read a window of each measured band: physical values, NaN where there is no data."""
        for reader, band in zip(self._readers, self._measured, strict=True):
            stored = reader.read(band.number, window=Window.from_slices(rows, columns), masked=True)
            yield _physical(stored, band, reader)

    def codes(self, rows: slice, columns: slice) -> NDArray[np.integer] | None:
        """Read a window of the quality band, or nothing where there is none."""
        if self._codes is None or self._quality is None:
            return None
        window = Window.from_slices(rows, columns)
        codes: NDArray[np.integer] = self._codes.read(self._quality.number, window=window)
        return codes

    def _source(self, band: BandOf) -> DatasetReader:
        path = self._files.get(band.asset)
        if path is None:
            raise InvalidParameter("inputs/image", f"its asset {band.asset!r} could not be brought here")
        source = _opened(path, band.asset)
        if band.number > source.count:
            source.close()
            raise InvalidParameter("inputs/bands", f"the file of {band.asset!r} has {source.count} bands")
        return source

    def _aligned(self, source: DatasetReader, band: BandOf, resampling: Resampling) -> DatasetReader | WarpedVRT:
        if (source.height, source.width) == self.shape and source.transform.almost_equals(self.transform, 1e-6):
            return source
        nodata = band.nodata if band.nodata is not None else source.nodatavals[band.number - 1]
        return WarpedVRT(
            source,
            crs=self.crs,
            transform=self.transform,
            height=self.shape[0],
            width=self.shape[1],
            resampling=resampling,
            src_nodata=nodata,
            nodata=nodata if nodata is not None else 0,
        )


def _opened(path: Path, asset: str) -> DatasetReader:
    """Open with the one driver that the file's first bytes name: a VRT may read what it likes."""
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    driver = _DRIVERS.get(kind) if kind is not None else None
    if driver is None:
        raise InvalidParameter("inputs/image", f"the file of its asset {asset!r} is neither TIFF nor JPEG 2000")
    try:
        return rasterio.open(path, driver=driver)
    except rasterio.errors.RasterioIOError as error:
        raise InvalidParameter("inputs/image", f"the file of its asset {asset!r} cannot be read") from error


def _cell(source: DatasetReader) -> float:
    """Return the area of a cell, near enough to order grids by: m² where projected, else from degrees."""
    unit = source.crs.linear_units_factor[1] if source.crs is not None and source.crs.is_projected else _DEGREE
    return abs(float(source.transform.determinant)) * float(unit) ** 2


def _physical(stored: np.ma.MaskedArray, band: BandOf, reader: DatasetReader | WarpedVRT) -> Floats:
    values: Floats = np.ma.getdata(stored).astype(np.float64)
    missing = np.ma.getmaskarray(stored) | ~np.isfinite(values)
    if band.nodata is not None:
        missing |= values == band.nodata
    scale = band.scale if band.scale is not None else reader.scales[band.number - 1]
    offset = band.offset if band.offset is not None else reader.offsets[band.number - 1]
    values = values * scale + offset
    values[missing] = np.nan
    return values
