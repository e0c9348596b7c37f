"""Sentinel-1 products, levels 0 to 2, as folders or zip archives."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Document
from thalweg.guard import formats
from thalweg.guard.markup import Element, number, number_of, parsed, text_of, texts_of
from thalweg.harvest.outlines import Outline, of_points, of_ring
from thalweg.harvest.ports import Contents, ImageDescriber, Reader
from thalweg.harvest.readers import xfdu
from thalweg.harvest.readers.products import NETCDF, XML, Mission, document, extensions, product_name, utc

_MANIFEST = "manifest.safe"
_EXTENSIONS = extensions(
    "sar/v1.3.0",
    "sat/v1.1.0",
    "view/v1.0.0",
    "eo/v1.1.0",
    "projection/v2.0.0",
    "processing/v1.2.0",
    "product/v1.0.0",
    "file/v2.1.0",
)
_ESA = {"name": "ESA", "roles": ["producer", "processor", "licensor"], "url": "https://earth.esa.int/eogateway"}
_LICENSE = {
    "rel": "license",
    "href": "https://sentinel.esa.int/documents/247904/690755/Sentinel_Data_Legal_Notice",
}
_POLARIZATIONS = ("VV", "VH", "HH", "HV")
_WAYS = {"V": "vertical", "H": "horizontal"}
_FILE = re.compile(
    r"(?:(?P<what>calibration|noise|rfi)-)?(?:s1[a-d]-)?(?P<swath>\w+?)-(?:\w+-)?(?P<pol>[vh]{2})(?:-.*)?"
)
_TITLES = {
    "product": "Product Schema",
    "calibration": "Calibration Schema",
    "noise": "Noise Schema",
    "rfi": "RFI Schema",
}
_CENTRE = 5.405
"""GHz; the carrier of the radar."""
_WITHIN = {"NRT-10m": "PT10M", "NRT-1h": "PT1H", "NRT-3h": "PT3H", "Fast-24h": "PT24H"}
_RESOLUTIONS = {"F": "full", "H": "high", "M": "medium"}


class Sentinel1(Mission):
    """Reads Sentinel-1 products by their manifests; their measurements need not be there."""

    named = re.compile(
        r"S1[A-D]_(?:S[1-6]|IW|EW|WV|EN|N[1-6])_\w{3}[\w]_[012][SANC_](?:[SD][HV]|HH|HV|VV|VH)_\d{8}T\d{6}_\d{8}T\d{6}"
        r"_\d{6}_\w{6}_[0-9A-F]{4}(?:_COG)?(?:\.SAFE)?"
    )
    inside = re.compile(r"manifest\.safe")

    def read(self, path: Path) -> Sequence[Document]:
        """Return the one Item of a product."""
        name = product_name(self.product(path)).removesuffix(".SAFE")
        with self.contents(path) as files:
            root = parsed(files.read(_MANIFEST), _MANIFEST)
            held = list(xfdu.parts(root, _MANIFEST))
            assets = {"safe-manifest": {"href": f"./{_MANIFEST}", "type": XML, "roles": ["metadata"]}}
            assets |= dict(filter(None, map(_asset, held)))
            properties = _properties(root, name) | _geometry_of_pixels(files, held)
            item_id = re.sub(r"_[0-9A-F]{4}(?=$|_COG$)", "", name)
            item = document(item_id, _outline(root), properties, assets, _EXTENSIONS, [_LICENSE])
            item["properties"]["proj:code"] = None  # in the radar's geometry or on the ellipsoid: on no map either way
            return [item]


def _outline(root: Element) -> Outline:
    rings = xfdu.footprints(root, "coordinates", _MANIFEST)
    if len(rings) == 1:
        return of_ring(rings[0], _MANIFEST)
    points = np.array(xfdu.joined(rings))  # the vignettes of the wave mode, along an orbit
    return of_points(points[:, 0], points[:, 1], _MANIFEST)


def _properties(root: Element, name: str) -> dict[str, Any]:
    polarizations = list(dict.fromkeys(texts_of(root, "transmitterReceiverPolarisation")))
    if not polarizations or not set(polarizations) <= set(_POLARIZATIONS):
        raise InvalidParameter(_MANIFEST, "names no polarisations")
    kind = text_of(root, "productType", _MANIFEST)
    category = next(iter(texts_of(root, "productTimelinessCategory")), "")
    return {
        **xfdu.period(root, _MANIFEST),
        **xfdu.platform(root, _MANIFEST),
        "providers": [_ESA],
        **xfdu.processing(root, _MANIFEST, name[12]),
        **xfdu.delivery(kind, category, _WITHIN.get(category)),
        **xfdu.orbit(root, _MANIFEST, text_of(root, "orbitProperties/pass", _MANIFEST)),
        "sar:frequency_band": "C",
        "sar:center_frequency": _CENTRE,
        "sar:observation_direction": "right",
        "sar:instrument_mode": text_of(root, "instrumentMode/mode", _MANIFEST),
        "sar:polarizations": polarizations,
        "sar:product_type": kind,
        "sar:beam_ids": list(dict.fromkeys(texts_of(root, "instrumentMode/swath"))) or None,
        **_mission(root, name),
    }


def _mission(root: Element, name: str) -> dict[str, Any]:
    said = {
        "s1:instrument_configuration_ID": "instrumentConfigurationID",
        "s1:datatake_id": "missionDataTakeID",
        "s1:product_timeliness": "productTimelinessCategory",
        "s1:slice_number": "sliceNumber",
        "s1:total_slices": "totalSlices",
    }
    found = {member: texts_of(root, tag) for member, tag in said.items()}
    kind = name[7:11]
    return {
        **{member: texts[0] for member, texts in found.items() if texts},
        "s1:processing_level": name[12],
        "s1:resolution": _RESOLUTIONS.get(kind[3]) if kind.startswith("GRD") else None,
        "s1:product_identifier": name,
        "s1:processing_datetime": _processed(root),
    }


def _processed(root: Element) -> str | None:
    stops = [element.get("stop") for element in root.xpath("//*[local-name()='processing']")][:1]
    return utc(stops[0], _MANIFEST).isoformat().replace("+00:00", "Z") if stops and stops[0] else None


def _geometry_of_pixels(files: Contents, held: Sequence[xfdu.Part]) -> dict[str, Any]:
    """Return what the first annotation says of pixels and view, where there is one: the manifest does not say."""
    annotations = [part.name for part in held if _what(part) == "product" and files.has(part.name)]
    if not annotations:
        return {}
    first = annotations[0]
    root = parsed(files.read(first), first)
    return {
        "sar:pixel_spacing_range": number_of(root, "imageInformation/rangePixelSpacing", first, 0.1, 10_000),
        "sar:pixel_spacing_azimuth": number_of(root, "imageInformation/azimuthPixelSpacing", first, 0.1, 10_000),
        "sar:looks_range": _looks(root, "rangeProcessing"),
        "sar:looks_azimuth": _looks(root, "azimuthProcessing"),
        "view:azimuth": _azimuth(root, first),
        **(_whole_scene(root, first) if texts_of(root, "adsHeader/productType") == ["GRD"] else {}),
    }


def _azimuth(root: Element, name: str) -> float | None:
    """Return where the radar looks, in degrees clockwise from north: to the right of where it flies."""
    headings = texts_of(root, "productInformation/platformHeading")
    return round((number(headings[0], f"{name}: platformHeading", -360, 360) + 90) % 360, 6) if headings else None


def _whole_scene(root: Element, name: str) -> dict[str, Any]:
    """Return what holds for all images of a GRD, which shows its swaths as one; those of an SLC differ."""
    sizes = [_number(root, f"imageInformation/{tag}", name, 10_000_000) for tag in ("numberOfLines", "numberOfSamples")]
    return {
        "proj:shape": None if None in sizes else [int(size) for size in sizes if size is not None],
        "view:incidence_angle": _number(root, "imageInformation/incidenceAngleMidSwath", name, 90),
    }


def _number(root: Element, path: str, name: str, high: float) -> float | None:
    texts = texts_of(root, path)
    return number(texts[0], f"{name}: {path}", 0, high) if texts else None


def _looks(root: Element, way: str) -> int | None:
    texts = texts_of(root, f"{way}/numberOfLooks")
    return int(texts[0]) if texts and texts[0].isdecimal() else None


def _what(part: xfdu.Part) -> str:
    """Return what a file is: one of ``_TITLES``, ``measurement``, ``thumbnail``, or nothing."""
    folder, _, last = part.name.rpartition("/")
    if last == "quick-look.png":
        return "thumbnail"
    if folder == "measurement":
        return "measurement"
    match = _FILE.fullmatch(part.stem)
    if match is None or not folder.startswith("annotation"):
        return ""
    return match["what"] or ("product" if folder == "annotation" else "")


def _asset(part: xfdu.Part) -> tuple[str, dict[str, Any]] | None:
    what, match = _what(part), _FILE.fullmatch(part.stem)
    if what == "thumbnail":
        return what, {"href": f"./{part.name}", "type": "image/png", "title": "Preview Image", "roles": ["thumbnail"]}
    if not what or match is None:
        return None
    polarization = match["pol"].upper()
    swath = match["swath"].lower()
    key = match["pol"] if not swath[-1:].isdigit() or swath[0] == "s" else f"{swath}-{match['pol']}"
    if what == "measurement":
        return key, _measurement(part, polarization)
    title = f"{key.upper()} {_TITLES[what]}"
    asset = {"href": f"./{part.name}", "type": XML, "title": title, "roles": ["metadata"], **part.file()}
    return f"schema-{what}-{key}", asset


def _measurement(part: xfdu.Part, polarization: str) -> dict[str, Any]:
    sent, received = (_WAYS[way] for way in polarization)
    band = {"name": polarization, "description": f"{polarization} band: {sent} transmit and {received} receive"}
    return {
        "href": f"./{part.name}",
        "type": NETCDF if part.name.endswith(".nc") else formats.TIFF.media_type,
        "title": f"{polarization} Data",
        "roles": ["data"],
        "sar:polarizations": [polarization],
        "eo:bands": [band],
        **part.file(),
    }


def sentinel1(_: ImageDescriber) -> Reader:
    """Return the reader of Sentinel-1 products."""
    return Sentinel1()


if TYPE_CHECKING:
    _keeps_its_promise: type[Reader] = Sentinel1
