"""The one function through which GDAL opens a file.

The first bytes are sniffed, then exactly one driver may open the file: a VRT or a service description that is named
``.tif`` would otherwise read other files and other hosts. No neighbour is looked at (``.aux.xml``, ``.ovr``, ``.msk``,
world files), none is written, no name is resolved.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import rasterio
from rasterio.errors import RasterioError

from thalweg.core.errors import InvalidParameter, NotFound, UnsupportedMedia
from thalweg.guard import formats

DRIVERS = {formats.TIFF.name: "GTiff", formats.JPEG2000.name: "JP2OpenJPEG"}
"""The formats that are read, each by its one driver."""

CLOSED_WORLD: dict[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": False,
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".nothing",
    "GDAL_CACHEMAX": 128 * 2**20,
    "GDAL_NUM_THREADS": "1",
}
"""GDAL's configuration; ``GDAL_CACHEMAX`` is for the whole process, and in bytes: rasterio hands it on as it is."""

_ONE_FILE = "raster"
Opener = Callable[[], BinaryIO]
"""Opens the file's bytes anew, seekable; for stores that have no local path."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise the platform's errors for GDAL's; GDAL's own words, which name paths, stay in the chain."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("the file is not there") from error
    except (RasterioError, OSError, ValueError) as error:
        raise InvalidParameter("file", "is broken or cut short: its pixels cannot be read") from error


def sniffed(head: bytes) -> str:
    """Return the driver for a file that begins so.

    Raises:
        UnsupportedMedia: it is of no kind that is read here.
    """
    kind = formats.sniff(head)
    if kind is None or kind.name not in DRIVERS:
        named = kind.name.upper() if kind else "of no known kind"
        raise UnsupportedMedia(f"the file is {named}, whatever its name says; GeoTIFF and JPEG 2000 are read here")
    return DRIVERS[kind.name]


def open_raster(source: Path | Opener, overview: int | None = None) -> rasterio.DatasetReader:
    """Open a raster, or one of its overviews (0 is the largest).

    Raises:
        NotFound: the file is not there.
        UnsupportedMedia: it is of no kind that is read here.
        InvalidParameter: it is broken.
    """
    options = {} if overview is None else {"overview_level": overview}
    with translated(), rasterio.Env(**CLOSED_WORLD):
        if isinstance(source, Path):
            with source.open("rb") as file:
                driver = sniffed(file.read(formats.HEAD))
            return rasterio.open(source.absolute(), driver=driver, **options)
        with source() as file:
            driver = sniffed(file.read(formats.HEAD))
        return rasterio.open(
            _ONE_FILE, driver=driver, opener=lambda path, mode="rb": _only(path, mode, source), **options
        )


def _only(path: str, mode: str, source: Opener) -> BinaryIO:
    """Open the one file there is; rasterio first measures a file of its own invention, ``test``."""
    if path not in (_ONE_FILE, "test") or "w" in mode:
        raise FileNotFoundError(path)
    return source()
