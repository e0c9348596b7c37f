"""Sentinel-2 products, level 1C and 2A, as folders or zip archives."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.items import Document
from thalweg.guard import formats
from thalweg.guard.markup import elements_of, parsed
from thalweg.harvest.outlines import centroid, of_ring
from thalweg.harvest.ports import Contents, ImageDescriber, Reader
from thalweg.harvest.readers.products import XML, Mission, document, extensions
from thalweg.harvest.readers.sentinel2_bands import BANDS, CLASSES, VISUAL
from thalweg.harvest.readers.sentinel2_metadata import Product, Tile, product, tile

_EXTENSIONS = extensions(
    "eo/v1.1.0",
    "raster/v1.1.0",
    "sat/v1.0.0",
    "projection/v2.0.0",
    "mgrs/v1.0.0",
    "grid/v1.1.0",
    "view/v1.0.0",
    "sentinel-2/v1.0.0",
)
_CLASSIFICATION = extensions("classification/v1.1.0")
_LICENSE = {
    "rel": "license",
    "href": "https://sentinel.esa.int/documents/247904/690755/Sentinel_Data_Legal_Notice",
}
_ESA = {
    "name": "ESA",
    "roles": ["producer", "processor", "licensor"],
    "url": "https://earth.esa.int/web/guest/home",
}
_IMAGE = re.compile(r".*_(?P<what>B\d[\dA]|TCI|AOT|WVP|SCL)(?:_(?P<resolution>[126]0)m)?")
_OTHERS = {
    "TCI": ("visual", 10, "True color image"),
    "AOT": ("aot", 20, "Aerosol optical thickness (AOT)"),
    "WVP": ("wvp", 20, "Water Vapour (WVP)"),
    "SCL": ("scl", 20, "Scene classification map (SCL)"),
}
_PREVIEW = 320
_QUALITY = {
    "degraded_msi_data": "DEGRADED_MSI_DATA",
    "nodata_pixel": "NODATA_PIXEL",
    "saturated_defective_pixel": "SATURATED_DEFECTIVE_PIXEL",
    "dark_features": "DARK_FEATURES",
    "cloud_shadow": "CLOUD_SHADOW",
    "vegetation": "VEGETATION",
    "not_vegetated": "NOT_VEGETATED",
    "water": "WATER",
    "unclassified": "UNCLASSIFIED",
    "medium_proba_clouds": "MEDIUM_PROBA_CLOUDS",
    "high_proba_clouds": "HIGH_PROBA_CLOUDS",
    "thin_cirrus": "THIN_CIRRUS",
    "snow_ice": "SNOW_ICE",
}


class Sentinel2(Mission):
    """Reads Sentinel-2 products; their images need not be there."""

    named = re.compile(r"S2[A-D]_MSIL(?:1C|2A)_\d{8}T\d{6}_N\d{4}_R\d{3}_T\w{5}_\d{8}T\d{6}(?:\.SAFE)?")
    inside = re.compile(r"MTD_MSIL(?:1C|2A)\.xml|manifest\.safe")

    def read(self, path: Path) -> Sequence[Document]:
        """Return the one Item of a product."""
        with self.contents(path) as files:
            main = next((name for name in ("MTD_MSIL1C.xml", "MTD_MSIL2A.xml") if files.has(name)), None)
            if main is None:
                raise InvalidParameter("file", "the product has neither MTD_MSIL1C.xml nor MTD_MSIL2A.xml")
            made = product(files, main)
            granule = made.images[0].partition("/IMG_DATA/")[0]
            grid = tile(files, f"{granule}/MTD_TL.xml")
            assets = dict(_assets(files, made, grid, granule))
            return [_item(made, grid, assets)]


def _item(made: Product, grid: Tile, assets: dict[str, Any]) -> dict[str, Any]:
    zone, band, square = made.tile
    outline = of_ring(made.footprint, made.file)
    longitude, latitude = centroid(outline[0])
    item_id = f"{made.uri[:3]}_T{zone:02}{band}{square}_{made.sensed}_L{made.level.removeprefix('L')}"
    properties = {
        "datetime": made.started.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "platform": made.platform,
        "constellation": "sentinel-2",
        "instruments": ["msi"],
        "providers": [_ESA],
        "eo:cloud_cover": grid.quality.get("CLOUDY_PIXEL_PERCENTAGE"),
        "eo:snow_cover": grid.quality.get("SNOW_ICE_PERCENTAGE"),
        "sat:orbit_state": made.direction,
        "sat:relative_orbit": made.orbit,
        "proj:code": grid.code,
        "proj:centroid": {"lat": latitude, "lon": longitude},
        "mgrs:utm_zone": zone,
        "mgrs:latitude_band": band,
        "mgrs:grid_square": square,
        "grid:code": f"MGRS-{zone:02}{band}{square}",
        "view:sun_azimuth": grid.sun_azimuth,
        "view:sun_elevation": 90 - grid.sun_zenith,
        "view:azimuth": grid.view_azimuth,
        "view:incidence_angle": grid.view_zenith,
        **_mission(made, grid),
    }
    used = _EXTENSIONS + (_CLASSIFICATION if "scl" in assets else [])
    return document(item_id, outline, properties, assets, used, [_LICENSE])


def _mission(made: Product, grid: Tile) -> dict[str, Any]:
    quality = {f"s2:{name}_percentage": grid.quality.get(f"{tag}_PERCENTAGE") for name, tag in _QUALITY.items()}
    return {
        "title": made.uri,  # the name by which people know a product, and look for it
        "s2:product_uri": made.uri,
        "s2:generation_time": made.generated,
        "s2:processing_baseline": made.baseline,
        "s2:product_type": made.product_type,
        "s2:datatake_id": made.datatake,
        "s2:datatake_type": made.datatake_type,
        "s2:datastrip_id": made.datastrip,
        "s2:tile_id": made.tile_id,
        "s2:reflectance_conversion_factor": made.reflectance_factor,
        **quality,
    }


def _assets(files: Contents, made: Product, grid: Tile, granule: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for image in made.images:
        yield _image(image, made, grid)
    if grid.preview is not None:
        name = grid.preview.removesuffix(".jp2")
        yield (
            "preview",
            {
                "href": f"./{name}.jp2",
                "type": formats.JPEG2000.media_type,
                "title": "True color preview",
                "roles": ["overview"],
                "gsd": _PREVIEW,
                **_placed(grid, _PREVIEW),
            },
        )
    yield "product_metadata", _metadata(made.file)
    yield "granule_metadata", _metadata(f"{granule}/MTD_TL.xml")
    yield from _listed(files)


def _image(image: str, made: Product, grid: Tile) -> tuple[str, dict[str, Any]]:
    match = _IMAGE.fullmatch(image)
    if match is None:
        raise InvalidParameter(made.file, f"names an image of no known kind: {image[-64:]}")
    what, said = match["what"], int(match["resolution"] or 0)
    usual = BANDS[what].resolution if what in BANDS else _OTHERS[what][1]
    name = BANDS[what].key if what in BANDS else _OTHERS[what][0]
    resolution = said or usual
    shown = _measured(what, resolution, made) if what in BANDS else _derived(what, said, resolution, made)
    file = {"href": f"./{image}.jp2", "type": formats.JPEG2000.media_type}
    return name if resolution == usual else f"{name}_{resolution}m", file | shown | _placed(grid, resolution)


def _measured(what: str, resolution: int, made: Product) -> dict[str, Any]:
    """Return what an asset says of an image of one band."""
    band = BANDS[what]
    pixels = {"offset": made.offsets.get(band.number, 0), "scale": made.scales[""]}
    return {
        "title": f"{band.title} - {resolution}m",
        "roles": ["data", "reflectance"],
        "eo:bands": [band.eo(what)],
        **({"gsd": resolution} if resolution == band.resolution else {}),
        "raster:bands": [_band("uint16", resolution, **pixels)],
    }


def _derived(what: str, said: int, resolution: int, made: Product) -> dict[str, Any]:
    """Return what an asset says of an image that was made of several bands."""
    roles = ["visual" if what == "TCI" else "data"]
    told = {"title": _OTHERS[what][2], "roles": roles, **({"gsd": said} if said else {})}
    return told | _other(what, resolution, made)


def _other(what: str, resolution: int, made: Product) -> dict[str, Any]:
    if what == "TCI":
        return {"eo:bands": VISUAL, "raster:bands": [_band("uint8", resolution)] * 3}
    if what == "SCL":
        return {"raster:bands": [{**_band("uint8", resolution), "classification:classes": CLASSES}]}
    unit = {"unit": "cm"} if what == "WVP" else {}
    scale = made.scales.get(what)
    return {"raster:bands": [_band("uint16", resolution, **({"offset": 0, "scale": scale} if scale else {}), **unit)]}


def _band(kind: str, resolution: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"data_type": kind, "nodata": 0, "spatial_resolution": resolution, **more}


def _placed(grid: Tile, resolution: int) -> dict[str, Any]:
    """Return where an image lies; the preview's grid is not in the metadata and follows from that of 10 m."""
    rows, columns = grid.shapes.get(resolution) or tuple(side * 10 // resolution for side in grid.shapes[10])
    west, north, step = grid.west, grid.north, float(resolution)
    return {
        "proj:shape": [rows, columns],
        "proj:bbox": [west, north - step * rows, west + step * columns, north],
        "proj:transform": [step, 0.0, west, 0.0, -step, north],
    }


def _metadata(name: str) -> dict[str, Any]:
    return {"href": f"./{name}", "type": XML, "roles": ["metadata"]}


def _listed(files: Contents) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the metadata files that only the manifest names."""
    try:
        root = parsed(files.read("manifest.safe"), "manifest.safe")
    except NotFound:
        return
    yield "safe_manifest", _metadata("manifest.safe")
    for key, found in (
        ("inspire_metadata", "INSPIRE_Metadata"),
        ("datastrip_metadata", r"S2_Level-\w+_Datastrip1_Metadata"),
    ):
        for one in elements_of(root, "dataObject"):
            places = elements_of(one, "fileLocation")
            if re.fullmatch(found, one.get("ID", "")) and places:
                yield key, _metadata(str(places[0].get("href", "")).removeprefix("./"))
                break


def sentinel2(_: ImageDescriber) -> Reader:
    """Return the reader of Sentinel-2 products."""
    return Sentinel2()


if TYPE_CHECKING:
    _keeps_its_promise: type[Reader] = Sentinel2
