"""What is known of a raster before a pixel of it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COMMON_NAMES = frozenset(
    {
        "pan",
        "coastal",
        "blue",
        "green",
        "green05",
        "yellow",
        "red",
        "rededge",
        "rededge071",
        "rededge075",
        "rededge078",
        "nir",
        "nir08",
        "nir09",
        "cirrus",
        "swir16",
        "swir22",
        "lwir",
        "lwir11",
        "lwir12",
    }
)
"""What ``Band.common_name`` may say (STAC's EO extension 2.0)."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band; what the file does not say is ``None``.

    Attributes:
        number: 1-based, in the file.
        data_type: STAC's word: ``uint8``, ``int16``, ``float32`` …
        common_name: STAC's ``eo:common_name`` where it is known: ``green``, ``nir``, ``swir16`` …
        scale, offset: physical value = stored value × scale + offset.
        minimum, maximum: of the valid pixels of an overview, stored values.
    """

    number: int
    data_type: str
    name: str | None = None
    common_name: str | None = None
    description: str | None = None
    nodata: float | None = None
    scale: float | None = None
    offset: float | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class RasterFacts:
    """A raster's place on the globe, its grid, its bands.

    Attributes:
        shape: rows, columns.
        transform: the six numbers of ``proj:transform``: column, row → x, y in the raster's CRS.
        code: ``EPSG:31985`` where the CRS has a code, else ``None`` and ``wkt2`` speaks.
        footprint: GeoJSON, CRS84, densified so that straight edges of the grid stay on the ground.
        bbox: of the footprint; west > east where it crosses the antimeridian.
        cloud_optimized: tiled, with overviews where it is larger than a tile, in COG order.
        tags: what the file says of itself (``TIFFTAG_DATETIME`` …).
        tied_by_points: control points tie it to the ground; ``transform`` is only their best affine fit.
    """

    media_type: str
    shape: tuple[int, int]
    transform: tuple[float, float, float, float, float, float]
    code: str | None
    wkt2: str | None
    footprint: Mapping[str, Any]
    bbox: tuple[float, float, float, float]
    bands: tuple[Band, ...]
    cloud_optimized: bool
    tags: Mapping[str, str]
    tied_by_points: bool = False
