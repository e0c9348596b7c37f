"""SWOT Level 2 High Rate: rivers and lakes as zipped shapefiles, pixel clouds and rasters as NetCDF."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.items import Document
from thalweg.guard import formats
from thalweg.guard.archives import Archive
from thalweg.harvest.contents import OneFile, head_kind
from thalweg.harvest.outlines import Floats, Outline, of_box, of_points, of_ring
from thalweg.harvest.ports import Contents, ImageDescriber, Reader
from thalweg.harvest.readers import netcdf_files, shapefiles
from thalweg.harvest.readers.arrays import Arrays
from thalweg.harvest.readers.products import NETCDF, ZIP, document, extensions, span

_EXTENSIONS = extensions("sat/v1.0.0")
_TIMES = r"(?P<start>\d{8}T\d{6})_(?P<end>\d{8}T\d{6})_(?P<crid>[A-Z]\w{3,5})_(?P<counter>\d{2})"
_NAMES = (
    re.compile(
        r"SWOT_L2_HR_(?P<product>RiverSP_(?:Reach|Node)|LakeSP_(?:Obs|Prior|Unassigned))"
        rf"_(?P<cycle>\d{{1,3}})_(?P<pass>\d{{1,4}})_(?P<continent>[A-Z]{{2}})_{_TIMES}"
    ),
    re.compile(
        r"SWOT_L2_HR_(?P<product>PIXC|PIXCVec)"
        rf"_(?P<cycle>\d{{3}})_(?P<pass>\d{{3}})_(?P<tile>\d{{3}}[LR])_{_TIMES}"
    ),
    re.compile(
        r"SWOT_L2_HR_(?P<product>Raster)_(?P<grid>\d+m_UTM\d\d[A-Z]_\w_x_x_x)"
        rf"_(?P<cycle>\d{{3}})_(?P<pass>\d{{3}})_(?P<tile>\d{{3}}F)_{_TIMES}"
    ),
)
_GROUPS = {
    "PIXC": ("pixel_cloud", "longitude", "latitude"),
    "PIXCVec": ("", "longitude_vectorproc", "latitude_vectorproc"),
}
_MOST_POSITIONS, _AT_ONCE = 100_000_000, 1_000_000
_PASSES = 584
"""Passes of a cycle of the science orbit, two an orbit, the odd ones ascending (SWOT Product Description, 2023)."""
_LAUNCHED = datetime(2022, 12, 16, tzinfo=UTC)
_TITLES = {
    "RiverSP_Reach": "River reaches of one pass",
    "RiverSP_Node": "River nodes of one pass",
    "LakeSP_Obs": "Lakes as observed in one pass",
    "LakeSP_Prior": "Prior lakes in one pass",
    "LakeSP_Unassigned": "Water that is neither a known lake nor river, in one pass",
    "PIXC": "Water mask pixel cloud of one tile",
    "PIXCVec": "Pixel cloud's vector attributes of one tile",
    "Raster": "Water surface raster of one scene",
}


class Swot:
    """Reads SWOT granules: what and when from the name, where from the content."""

    of_format = False

    def recognises(self, path: Path) -> bool:
        """Tell by the name and the first bytes."""
        named = _named(path)
        kind = formats.ZIP if path.suffix.lower() == ".zip" else formats.HDF5
        return named is not None and head_kind(path) is kind

    def read(self, path: Path) -> Sequence[Document]:
        """Return the one Item of a granule; its geometry is null where it holds no position."""
        named = _named(path)
        if named is None:
            raise InvalidParameter("file", "is not named as a granule of SWOT L2 HR is")
        zipped = path.suffix.lower() == ".zip"
        asset = {
            "href": f"./{path.name}",
            "type": ZIP if zipped else NETCDF,
            "title": _TITLES[named["product"]],
            "roles": ["data"],
        }
        outline = _of_shapes(path) if zipped else _of_arrays(path, named["product"])
        return [document(path.stem, outline, _properties(named), {"data": asset}, _EXTENSIONS)]

    def contents(self, path: Path) -> Contents:
        """Open the granule, which is one file."""
        return OneFile(path)


def _named(path: Path) -> re.Match[str] | None:
    stem, _, ending = path.name.rpartition(".")
    if ending.lower() not in ("zip", "nc"):
        return None
    found = (pattern.fullmatch(stem) for pattern in _NAMES)
    return next((match for match in found if match and (ending.lower() == "zip") == ("SP_" in match["product"])), None)


def _properties(named: re.Match[str]) -> dict[str, Any]:
    start, end = (_time(named[which]) for which in ("start", "end"))
    number, said = int(named["pass"]), named.groupdict()
    science = 1 <= number <= _PASSES and start >= _LAUNCHED
    return {
        **span(start, end, "file"),
        "title": _TITLES[named["product"]],
        "platform": "swot",
        "instruments": ["karin"],
        "sat:platform_international_designator": "2022-173A" if start >= _LAUNCHED else None,
        "sat:orbit_state": "ascending" if number % 2 else "descending",
        "sat:relative_orbit": (number + 1) // 2 if science else None,
        "swot:product": named["product"],
        "swot:cycle": int(named["cycle"]),
        "swot:pass": number,
        "swot:continent": said.get("continent"),
        "swot:tile": said.get("tile"),
        "swot:grid": said.get("grid"),
        "swot:crid": named["crid"],
        "swot:product_counter": int(named["counter"]),
    }


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidParameter("file", f"its name has {text}, which is no time that exists") from error


def _of_shapes(path: Path) -> Outline | None:
    with Archive(path) as archive:
        shapes = [name for name in archive.names() if name.lower().endswith(".shp")]
        if len(shapes) != 1:
            raise InvalidParameter("file", f"the archive holds {len(shapes)} shapefiles; a granule is one")
        x, y = shapefiles.positions(archive.read(shapes[0], shapefiles.MOST_BYTES), shapes[0])
    return of_points(x, y, shapes[0]) if x.size else None


def _of_arrays(path: Path, product: str) -> Outline | None:
    if product == "Raster":
        with netcdf_files.opened(path) as arrays:
            return _of_corners(arrays, path.name)
    group, longitude, latitude = _GROUPS[product]
    with netcdf_files.opened(path, group) as arrays:
        if longitude not in arrays.variables or latitude not in arrays.variables:
            raise InvalidParameter(path.name, f"has no {longitude} and {latitude}")
        kept = list(_hulls(arrays, longitude, latitude))
    at = np.concatenate(kept) if kept else np.empty((0, 2))
    return of_points(at[:, 0], at[:, 1], path.name) if at.size else None


def _hulls(arrays: Arrays, longitude: str, latitude: str) -> Iterator[Floats]:
    """Yield what of each piece of a cloud can be a corner of its hull, so that no cloud is held whole."""
    x, y = arrays.variables[longitude], arrays.variables[latitude]
    if x.shape != y.shape or len(x.shape) != 1 or x.shape[0] > _MOST_POSITIONS:
        raise InvalidParameter(longitude, f"and {latitude} are not two lists of at most {_MOST_POSITIONS} positions")
    for start in range(0, x.shape[0], _AT_ONCE):
        at = np.column_stack([one.part(start, start + _AT_ONCE) for one in (x, y)])
        at = at[(np.abs(at) <= (360.0, 90.0)).all(axis=1)]  # NaN and what stands for it fail too
        if len(at) and np.ptp(at[:, 0]) < 180:  # noqa: PLR2004 - half a turn
            yield shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(at)))
        elif len(at):
            yield np.unique(np.round(at, 2), axis=0)


def _of_corners(arrays: Arrays, name: str) -> Outline:
    corners = ("left_first", "left_last", "right_last", "right_first")
    longitudes, latitudes = (
        _numbers(arrays, [f"{corner}_{axis}" for corner in corners]) for axis in ("longitude", "latitude")
    )
    if longitudes and latitudes:
        return of_ring(list(zip(longitudes, latitudes, strict=True)), name)
    box = _numbers(arrays, [f"geospatial_{which}" for which in ("lon_min", "lat_min", "lon_max", "lat_max")])
    if not box:
        raise NotFound(f"{name} does not say where its corners are")
    west, south, east, north = box
    return of_box(west, south, east, north, name)


def _numbers(arrays: Arrays, names: Sequence[str]) -> list[float]:
    """Return the numbers of these attributes; nothing where one of them is none."""
    said = [arrays.attributes.get(name) for name in names]
    found = [float(one) for one in said if isinstance(one, int | float)]
    return found if len(found) == len(names) else []


def swot(_: ImageDescriber) -> Reader:
    """Return the reader of SWOT granules."""
    return Swot()


if TYPE_CHECKING:
    _keeps_its_promise: type[Reader] = Swot
