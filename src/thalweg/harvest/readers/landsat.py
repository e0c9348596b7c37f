"""Landsat Collection 2 products, levels 1 and 2: a folder or zip archive with a metadata file, or that file."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Document
from thalweg.core.time import instant, written
from thalweg.guard import formats
from thalweg.harvest.contents import head_kind
from thalweg.harvest.outlines import of_ring
from thalweg.harvest.ports import Contents, ImageDescriber, Reader
from thalweg.harvest.readers.landsat_bands import OTHERS, SENSORS, TEXTS, Spectral
from thalweg.harvest.readers.landsat_metadata import Mtl, mtl
from thalweg.harvest.readers.products import Mission, document, extensions

_EXTENSIONS = [
    *extensions("eo/v1.1.0", "raster/v1.1.0", "view/v1.0.0", "projection/v2.0.0", "scientific/v1.0.0"),
    "https://landsat.usgs.gov/stac/landsat-extension/v1.1.1/schema.json",
]
_PRODUCT = re.compile(r"L[COTEM]0[4-9]_L[12]\w\w_\d{6}_\d{8}_\d{8}_02_(?:T1|T2|RT)")
_TIFF = f"{formats.TIFF.media_type}; profile=cloud-optimized"
_DOI = "https://doi.org/"
_METRES = 1e7
_IMAGES, _ATTRIBUTES, _GRID = "PRODUCT_CONTENTS", "IMAGE_ATTRIBUTES", "PROJECTION_ATTRIBUTES"
_REFLECTANCE, _TEMPERATURE = "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS", "LEVEL2_SURFACE_TEMPERATURE_PARAMETERS"


class Landsat(Mission):
    """Reads Landsat products by their metadata files."""

    named = re.compile(r"L[COTEM]0[4-9]_L[12]\w\w_.*")
    inside = re.compile(r"L[COTEM]0[4-9]_L[12]\w\w_\d{6}_.*_MTL\.(?:json|xml|txt)")

    def recognises(self, path: Path) -> bool:
        """Tell by the metadata file of a folder, or by the name of an archive."""
        product = self.product(path)
        if product.is_dir():
            return any(self.inside.fullmatch(file.name) for file in product.glob("L*_MTL.*"))
        return super().recognises(path) and head_kind(product) is formats.ZIP

    def read(self, path: Path) -> Sequence[Document]:
        """Return the one Item of a product."""
        with self.contents(path) as files:
            found = [name for name in files.names() if self.inside.fullmatch(name)]
            if not found:
                raise InvalidParameter("file", "the product has no metadata file …_MTL.json, .xml or .txt")
            said = mtl(files.read(found[0]), found[0])
            return [_item(said, files)]


def _item(said: Mtl, files: Contents) -> dict[str, Any]:
    product = said.text(_IMAGES, "LANDSAT_PRODUCT_ID")
    if not _PRODUCT.fullmatch(product):
        raise InvalidParameter(said.name, f"its product {product[:64]!r} is not named as Landsat's are")
    sensor = said.text(_ATTRIBUTES, "SENSOR_ID")
    instruments, bands = SENSORS.get(sensor, ([sensor.lower()], {}))
    outline = of_ring([_corner(said, at) for at in ("UL", "LL", "LR", "UR")], said.name)
    properties = {
        "datetime": _taken(said),
        "description": f"Landsat Collection 2 Level-{product[6]}",
        "platform": said.text(_ATTRIBUTES, "SPACECRAFT_ID").lower().replace("_", "-"),
        "instruments": instruments,
        "gsd": 30,
        **_numbers(said),
        **_landsat(said, product),
        **_grid(said),
    }
    assets = dict(_assets(said, files, product, bands))
    return document(product, outline, properties, assets, _EXTENSIONS)


def _taken(said: Mtl) -> str:
    day, time = said.text(_ATTRIBUTES, "DATE_ACQUIRED"), said.text(_ATTRIBUTES, "SCENE_CENTER_TIME").strip('"')
    return written(instant(f"{day}T{time}", f"{said.name}: DATE_ACQUIRED"))


def _corner(said: Mtl, at: str) -> tuple[float, float]:
    return (
        said.number(_GRID, f"CORNER_{at}_LON_PRODUCT", -180, 180),
        said.number(_GRID, f"CORNER_{at}_LAT_PRODUCT", -90, 90),
    )


def _numbers(said: Mtl) -> dict[str, Any]:
    """Return cloud cover (-1 means that it was not measured) and angles."""
    cloud, on_land = (said.maybe(_ATTRIBUTES, member, -1, 100) for member in ("CLOUD_COVER", "CLOUD_COVER_LAND"))
    nadir = said.groups[_ATTRIBUTES].get("NADIR_OFFNADIR", "NADIR") == "NADIR"
    roll = said.maybe(_ATTRIBUTES, "ROLL_ANGLE", -90, 90)
    return {
        "eo:cloud_cover": cloud if cloud is not None and cloud >= 0 else None,
        "landsat:cloud_cover_land": on_land if on_land is not None and on_land >= 0 else None,
        "view:off_nadir": 0 if nadir else abs(roll or 0),
        "view:sun_azimuth": said.number(_ATTRIBUTES, "SUN_AZIMUTH", -180, 360) % 360,
        "view:sun_elevation": said.number(_ATTRIBUTES, "SUN_ELEVATION", -90, 90),
    }


def _landsat(said: Mtl, product: str) -> dict[str, Any]:
    doi = said.groups[_IMAGES].get("DIGITAL_OBJECT_IDENTIFIER", "")
    path, row = (int(said.number(_ATTRIBUTES, member, 1, 251)) for member in ("WRS_PATH", "WRS_ROW"))
    scenes = [group["LANDSAT_SCENE_ID"] for group in said.groups.values() if "LANDSAT_SCENE_ID" in group]
    return {
        "landsat:wrs_type": said.text(_ATTRIBUTES, "WRS_TYPE"),
        "landsat:wrs_path": f"{path:03}",
        "landsat:wrs_row": f"{row:03}",
        "landsat:scene_id": scenes[0] if scenes else None,
        "landsat:collection_category": said.text(_IMAGES, "COLLECTION_CATEGORY"),
        "landsat:collection_number": "02",
        "landsat:correction": product[5:9],
        "sci:doi": doi.removeprefix(_DOI) or None,
    }


def _grid(said: Mtl) -> dict[str, Any]:
    """Return the grid of 30 m; corners are those of the middles of pixels, Landsat's zones all northern."""
    cell = said.number(_GRID, "GRID_CELL_SIZE_REFLECTIVE", 1, 1000)
    west = said.number(_GRID, "CORNER_UL_PROJECTION_X_PRODUCT", -_METRES, _METRES) - cell / 2
    north = said.number(_GRID, "CORNER_UL_PROJECTION_Y_PRODUCT", -_METRES, _METRES) + cell / 2
    if said.text(_GRID, "MAP_PROJECTION") == "UTM":
        code = f"EPSG:326{int(said.number(_GRID, 'UTM_ZONE', 1, 60)):02}"
    else:
        code = "EPSG:3031"
    lines, samples = (int(said.number(_GRID, f"REFLECTIVE_{side}", 1, 100_000)) for side in ("LINES", "SAMPLES"))
    return {
        "proj:code": code,
        "proj:shape": [lines, samples],
        "proj:transform": [cell, 0.0, west, 0.0, -cell, north],
    }


def _assets(
    said: Mtl, files: Contents, product: str, bands: dict[str, Spectral]
) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = [text for name, text in said.groups[_IMAGES].items() if name.startswith("FILE_NAME_")]
    for name in dict.fromkeys([*listed, *(name for name in files.names() if name.startswith(product))]):
        what = name.removeprefix(f"{product}_")
        if "/" in name or what == name:
            continue
        if what in TEXTS:
            key, title, kind = TEXTS[what]
            yield key, {"href": f"./{name}", "type": kind, "title": title, "roles": ["metadata"]}
        elif what.upper().endswith(".TIF"):
            yield _image(said, name, what.rpartition(".")[0], bands)


def _image(said: Mtl, name: str, what: str, bands: dict[str, Spectral]) -> tuple[str, dict[str, Any]]:
    asset: dict[str, Any] = {"href": f"./{name}", "type": _TIFF}
    match = re.fullmatch(r"(?:SR_|ST_)?B(\d+)(?:_VCID_\d)?", what)
    if match and match[1] in bands:
        key = bands[match[1]].key
        shown = _of_band(said, what, match[1], bands[match[1]])
        return (f"{key}-{what[-1]}" if "VCID" in what else key), asset | shown
    if what in OTHERS:
        key, title, roles, pixels = OTHERS[what]
        kind = _kind(said, name)
        band_of_it = {**pixels, **({"data_type": kind} if kind else {}), "spatial_resolution": 30}
        return key, asset | {"title": title, "roles": roles, "raster:bands": [band_of_it]}
    return re.sub(r"[^a-z0-9]+", "_", what.lower()), asset | {"title": what, "roles": ["data"]}


def _of_band(said: Mtl, what: str, number: str, band: Spectral) -> dict[str, Any]:
    """Return what an asset says of an image of one band."""
    sensor = {"OLI_TIRS": "OLI", "ETM": "ETM"}.get(said.text(_ATTRIBUTES, "SENSOR_ID"), "TM")
    return {
        "title": band.title,
        "roles": {"SR": ["data", "reflectance"], "ST": ["data", "temperature"]}.get(what[:2], ["data"]),
        "eo:bands": [band.eo(f"{'TIRS' if number in ('10', '11') else sensor}_B{number}")],
        **({"gsd": band.gsd} if band.gsd else {}),
        "raster:bands": [_pixels(said, what, number)],
    }


def _pixels(said: Mtl, what: str, band: str) -> dict[str, Any]:
    """Return scale and offset of level 2; those of level 1 need the sun's height, which differs by pixel."""
    group, prefix, of = (
        (_TEMPERATURE, "TEMPERATURE", f"BAND_ST_B{band}")
        if what.startswith("ST")
        else (_REFLECTANCE, "REFLECTANCE", f"BAND_{band}")
    )
    found = {
        "data_type": "uint16",
        "nodata": 0,
        "scale": said.maybe(group, f"{prefix}_MULT_{of}", -1000, 1000),
        "offset": said.maybe(group, f"{prefix}_ADD_{of}", -1000, 1000),
        "unit": "kelvin" if what.startswith("ST") else None,
        "spatial_resolution": 30,
    }
    return {name: value for name, value in found.items() if value is not None}


def _kind(said: Mtl, name: str) -> str | None:
    """Return the type of an image's numbers, which stands beside its name."""
    for member, text in said.groups[_IMAGES].items():
        if text == name:
            kind = said.groups[_IMAGES].get(member.replace("FILE_NAME_", "DATA_TYPE_"), "").lower()
            return kind if re.fullmatch(r"u?int(?:8|16|32)|float(?:32|64)", kind) else None
    return None


def landsat(_: ImageDescriber) -> Reader:
    """Return the reader of Landsat products."""
    return Landsat()


if TYPE_CHECKING:
    _keeps_its_promise: type[Reader] = Landsat
