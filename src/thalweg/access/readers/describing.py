"""From an opened GDAL dataset to what is known of the raster."""

import itertools
import math
from collections.abc import Iterator

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, MaskFlags

from thalweg.access.band_names import common_name
from thalweg.access.footprints import footprint
from thalweg.access.placement import AffinePlacement, ControlPoints, crs_of
from thalweg.core.coverages import Band, RasterFacts
from thalweg.core.errors import InvalidParameter, TooLarge, UnsupportedMedia
from thalweg.guard import formats

MOST_BANDS = 1000
ALPHA = "alpha"
LARGEST_BLOCK = 256 * 1024 * 1024
"""Bytes that decoding one block may take; a header can promise any number."""
MOST_DECODED = 64 * 1024**3
"""Bytes that all pixels of the full resolution may take."""
_MOST_RATIO, _RATIO_FROM = 250, 1024**3
"""A file may hold so many times fewer bytes than its pixels take, once they take more than a gigabyte."""
STATISTICS_SIDE = 512
"""Pixels of the longer side of the overview that statistics are taken from."""

_COG = f"{formats.TIFF.media_type}; profile=cloud-optimized"
_TYPES = frozenset(
    {"uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"}
)
_COLOURS = {
    ColorInterp.red: "red",
    ColorInterp.green: "green",
    ColorInterp.blue: "blue",
    ColorInterp.alpha: ALPHA,
}
_TAG_SETS = (None, "IMAGERY")
_MOST_TAGS, _LONGEST_TAG = 200, 500
_TILE = 512
_MOST_BLOCKS = 20_000


def placement(dataset: rasterio.DatasetReader) -> AffinePlacement | ControlPoints:
    """Return how the raster lies on the ground.

    Raises:
        InvalidParameter: the file does not say, or what it says makes no sense.
    """
    points, points_crs = dataset.gcps
    if dataset.crs is not None and not dataset.transform.is_identity:
        grid = dataset.transform
        placed = AffinePlacement(dataset.crs.to_wkt(), (grid.a, grid.b, grid.c, grid.d, grid.e, grid.f), dataset.shape)
        placed.pixels(np.zeros(1), np.zeros(1))
        return placed
    if points and points_crs is not None:
        columns, rows, x, y = np.array([(point.col, point.row, point.x, point.y) for point in points], dtype=float).T
        return ControlPoints(points_crs.to_wkt(), columns, rows, x, y)
    raise InvalidParameter("file", "has no coordinate reference system or no grid, so that its place is not known")


def facts(dataset: rasterio.DatasetReader, placed: AffinePlacement | ControlPoints, size: int) -> RasterFacts:
    """Return what is known of the raster, whose file has ``size`` bytes.

    Raises:
        UnsupportedMedia: its pixels are of a type that is not read.
        TooLarge: it has too many bands, or blocks too large to be decoded.
        InvalidParameter: its edges are not on the globe, or its file is cut short.
    """
    _check(dataset)
    _check_decoded(dataset, size)
    if not _complete(dataset, size):
        raise InvalidParameter("file", "is broken or cut short: some of its pixels lie behind its end")
    outline, bbox = footprint(dataset.shape, placed.crs, placed.ground)
    code = _code(placed.crs)
    optimized = _cloud_optimized(dataset)
    return RasterFacts(
        media_type=_media_type(dataset, optimized=optimized),
        shape=dataset.shape,
        transform=placed.grid if isinstance(placed, AffinePlacement) else placed.affine(),
        code=code,
        wkt2=None if code else crs_of(placed.crs).to_wkt(),
        footprint=outline,
        bbox=bbox,
        bands=tuple(_bands(dataset)),
        cloud_optimized=optimized,
        tags=dict(_tags(dataset)),
        tied_by_points=isinstance(placed, ControlPoints),
    )


def _check(dataset: rasterio.DatasetReader) -> None:
    if dataset.count > MOST_BANDS:
        raise TooLarge(f"the file has {dataset.count} bands; {MOST_BANDS} may be read")
    for kind in set(dataset.dtypes):
        if kind not in _TYPES:
            raise UnsupportedMedia(
                f"the file's pixels are {kind}; complex numbers cannot be shown or computed with here"
            )
    rows, columns = dataset.block_shapes[0]
    together = dataset.count if dataset.tags(ns="IMAGE_STRUCTURE").get("INTERLEAVE") == "PIXEL" else 1
    if rows * columns * together * np.dtype(dataset.dtypes[0]).itemsize > LARGEST_BLOCK:
        raise TooLarge(f"the file is stored in blocks of more than {LARGEST_BLOCK >> 20} MiB; store it tiled")


def _check_decoded(dataset: rasterio.DatasetReader, size: int) -> None:
    """Refuse what some bytes promise and only days of decoding would show to be empty."""
    decoded = dataset.width * dataset.height * sum(np.dtype(kind).itemsize for kind in dataset.dtypes)
    if decoded > MOST_DECODED:
        raise TooLarge(f"the file's pixels take {decoded >> 30} GiB; {MOST_DECODED >> 30} GiB may be read")
    if decoded > max(_RATIO_FROM, _MOST_RATIO * size):
        raise TooLarge(f"the file's pixels take more than {_MOST_RATIO} times its bytes: it is nearly all empty")


def _complete(dataset: rasterio.DatasetReader, size: int) -> bool:
    """Tell whether all blocks of a TIFF lie inside its file; of very many, the first and last rows are looked at."""
    if dataset.driver != "GTiff":
        return True
    height, width = dataset.block_shapes[0]
    rows, columns = math.ceil(dataset.height / height), math.ceil(dataset.width / width)
    looked_at = range(rows) if rows * columns <= _MOST_BLOCKS else (0, rows - 1)
    for band in {1, dataset.count}:
        for row, column in itertools.product(looked_at, range(columns)):
            start, length = (
                int(dataset.get_tag_item(f"{item}_{column}_{row}", "TIFF", bidx=band) or 0)
                for item in ("BLOCK_OFFSET", "BLOCK_SIZE")
            )
            if start + length > size:
                return False
    return True


def _code(crs: str) -> str | None:
    authority = crs_of(crs).to_authority(min_confidence=90)
    return ":".join(authority) if authority else None


def _media_type(dataset: rasterio.DatasetReader, *, optimized: bool) -> str:
    if dataset.driver != "GTiff":
        return formats.JPEG2000.media_type
    return _COG if optimized else formats.TIFF.media_type


def _cloud_optimized(dataset: rasterio.DatasetReader) -> bool:
    """Tell whether a TIFF is tiled, has overviews where it needs them, and all its directories lie before its pixels.

    Source: the Cloud Optimized GeoTIFF standard, OGC 21-026, requirements of tiling, overviews and order.
    """
    if dataset.driver != "GTiff" or not (_tiled(dataset) or max(dataset.shape) <= _TILE):
        return False
    if max(dataset.shape) > max(_TILE, *dataset.block_shapes[0]) and not dataset.overviews(1):
        return False
    return _directories_first(dataset)


def _tiled(dataset: rasterio.DatasetReader) -> bool:
    """Tell tiles from strips: a strip is as wide as the image; a tile that is so too has sides divisible by 16."""
    rows, columns = dataset.block_shapes[0]
    return bool(columns != dataset.width or (columns % 16 == 0 and rows % 16 == 0 and rows > 1))


def _directories_first(dataset: rasterio.DatasetReader) -> bool:
    overviews = range(len(dataset.overviews(1)))
    directories = [_offset(dataset, "IFD_OFFSET"), *(_offset(dataset, "IFD_OFFSET", n) for n in overviews)]
    pixels = [_offset(dataset, "BLOCK_OFFSET_0_0"), *(_offset(dataset, "BLOCK_OFFSET_0_0", n) for n in overviews)]
    known = [offset for offset in pixels if offset]  # an empty block has none
    return directories == sorted(directories) and all(max(directories) < offset for offset in known)


def _offset(dataset: rasterio.DatasetReader, item: str, overview: int | None = None) -> int:
    found = dataset.get_tag_item(item, "TIFF", bidx=1, **({} if overview is None else {"ovr": overview}))
    return int(found or 0)


def _bands(dataset: rasterio.DatasetReader) -> Iterator[Band]:
    colours = {} if is_described(dataset) or dataset.count == 1 else _COLOURS
    ranges = _ranges(dataset)
    for n, kind in enumerate(dataset.dtypes, start=1):
        description = dataset.descriptions[n - 1]
        colour = colours.get(dataset.colorinterp[n - 1])
        low, high = ranges[n - 1]
        scale, offset = dataset.scales[n - 1], dataset.offsets[n - 1]
        scaled = (scale, offset) != (1.0, 0.0)
        yield Band(
            number=n,
            data_type=kind,
            name=description or colour,
            common_name=common_name(description, colour),
            description=description,
            nodata=dataset.nodatavals[n - 1],
            scale=scale if scaled else None,
            offset=offset if scaled else None,
            unit=dataset.units[n - 1] or None,
            minimum=low,
            maximum=high,
        )


def is_described(dataset: rasterio.DatasetReader) -> bool:
    """Tell whether bands are named: then the names count, not the colours, which GDAL writes into any 3 or 4 bytes."""
    return any(dataset.descriptions)


def _ranges(dataset: rasterio.DatasetReader) -> list[tuple[float, float] | tuple[None, None]]:
    """Return the least and greatest valid value of each band, from a small reading of the whole."""
    step = max(1.0, max(dataset.shape) / STATISTICS_SIDE)
    shape = tuple(max(1, round(side / step)) for side in dataset.shape)
    found: list[tuple[float, float] | tuple[None, None]] = []
    for n in dataset.indexes:
        values = dataset.read(n, out_shape=shape)
        valid = dataset.read_masks(n, out_shape=shape) > 0
        if MaskFlags.all_valid not in dataset.mask_flag_enums[n - 1] or values.dtype.kind == "f":
            values = values[valid & np.isfinite(values)]
        found.append((float(values.min()), float(values.max())) if values.size else (None, None))
    return found


def _tags(dataset: rasterio.DatasetReader) -> Iterator[tuple[str, str]]:
    tags = [pair for space in _TAG_SETS for pair in dataset.tags(ns=space).items()]
    for name, value in tags[:_MOST_TAGS]:
        yield name, value[:_LONGEST_TAG]
