"""Sentinel-3 products of all instruments, as folders (SEN3) or zip archives."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Document
from thalweg.guard.markup import Element, elements_of, number, number_of, parsed, text_of
from thalweg.harvest.outlines import Outline, of_ring, of_track
from thalweg.harvest.ports import ImageDescriber, Reader
from thalweg.harvest.readers import xfdu
from thalweg.harvest.readers.products import NETCDF, XML, Mission, document, extensions, product_name

_MANIFEST = "xfdumanifest.xml"
_EXTENSIONS = extensions("sat/v1.1.0", "eo/v1.1.0", "processing/v1.2.0", "product/v1.0.0", "file/v2.1.0")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_COUNTED = re.compile(r"(\w+)(?:Pixels|Percentage|(?<=Samples))")
_WITHIN = {"NR": "PT3H", "ST": "PT48H", "NT": "P1M"}
_TYPES = {".nc": NETCDF, ".xml": XML, ".jpg": "image/jpeg", ".png": "image/png"}
_ESA = {"name": "ESA", "roles": ["producer", "processor", "licensor"], "url": "https://earth.esa.int/eogateway"}
_LICENSE = {
    "rel": "license",
    "href": "https://sentinel.esa.int/documents/247904/690755/Sentinel_Data_Legal_Notice",
}


class Sentinel3(Mission):
    """Reads Sentinel-3 products by their manifests; their measurements need not be there."""

    named = re.compile(
        r"(?P<platform>S3[AB_])_(?P<instrument>OL|SL|SR|SY|DO|MW|GN|AX)_(?P<level>[012_])_(?P<type>\w{6})"
        r"_(?P<start>\d{8}T\d{6})_(?P<end>\d{8}T\d{6})_\d{8}T\d{6}_(?P<instance>\w{17})_\w{3}_\w{8}(?:\.SEN3|\.SAFE)?"
    )
    inside = re.compile(r"xfdumanifest\.xml")

    def read(self, path: Path) -> Sequence[Document]:
        """Return the one Item of a product."""
        named = self.named.fullmatch(product_name(self.product(path)))
        if named is None:
            raise InvalidParameter("file", "is not named as a Sentinel-3 product is")
        with self.contents(path) as files:
            root = parsed(files.read(_MANIFEST), _MANIFEST)
        measured = _measured(root)
        assets = {"safe-manifest": {"href": f"./{_MANIFEST}", "type": XML, "roles": ["metadata"]}}
        assets |= {_key(part): _asset(part, measured) for part in xfdu.parts(root, _MANIFEST)}
        item_id = re.sub(r"_+", "_", "_".join(_id_parts(named.groupdict()))).strip("_")
        outline = _outline(root, named["instrument"])
        return [document(item_id, outline, _properties(root, named["level"]), assets, _EXTENSIONS, [_LICENSE])]


def _id_parts(named: Mapping[str, str]) -> list[str]:
    """Return what an id is made of: the time of processing is no part of it, so that a newer version replaces."""
    return [named[part] for part in ("platform", "instrument", "level", "type", "start", "end", "instance")]


def _outline(root: Element, instrument: str) -> Outline:
    positions = xfdu.joined(xfdu.footprints(root, "posList", _MANIFEST))
    track = instrument in ("SR", "MW", "DO", "GN") and positions[0] != positions[-1]
    return (of_track if track else of_ring)(positions, _MANIFEST)


def _properties(root: Element, level: str) -> dict[str, Any]:
    ways = [way for one in elements_of(root, "orbitReference/orbitNumber") if (way := one.get("groundTrackDirection"))]
    shares = _shares(root)
    kind, timeliness = (text_of(root, tag, _MANIFEST) for tag in ("productType", "timeliness"))
    return {
        **xfdu.period(root, _MANIFEST),
        **xfdu.platform(root, _MANIFEST),
        "providers": [_ESA],
        **xfdu.orbit(root, _MANIFEST, ways[0] if ways else None),
        "eo:cloud_cover": shares.pop("cloudy", None),
        **xfdu.processing(root, _MANIFEST, level),
        **xfdu.delivery(kind, timeliness, _WITHIN.get(timeliness)),
        "s3:product_type": kind,
        "s3:product_name": text_of(root, "productName", _MANIFEST),
        "s3:processing_timeliness": timeliness,
        "s3:shape": _shape(root),
        **{f"s3:{name}": share for name, share in shares.items()},
    }


def _shares(root: Element) -> dict[str, float]:
    """Return the percentages of pixels by what they are: ``cloudyPixels`` is ``cloudy``; of several, the first."""
    # An altimeter sees no pixels: its shares are elements of their own, such as openOceanPercentage.
    said = [(one, one.get("percentage")) for one in root.xpath("//*[@percentage]")]
    said += [(one, one.text) for one in root.xpath("//*[contains(local-name(), 'Percentage')]")]
    found: dict[str, float] = {}
    for element, text in said:
        name = element.tag.rpartition("}")[2]
        if counted := _COUNTED.fullmatch(name):
            share = number(text or "", f"{_MANIFEST}: {name}", 0, 100)
            found.setdefault(_CAMEL.sub("_", counted[1]).lower(), share)
    return found


def _shape(root: Element) -> list[int] | None:
    """Return rows and columns of the images where all have as many; those of a radiometer with two views differ."""
    found = {
        tuple(int(number_of(size, tag, _MANIFEST, 0, 10_000_000)) for tag in ("rows", "columns"))
        for size in root.xpath("//*[contains(local-name(), 'mageSize')][*[local-name()='columns']]")
    }
    return list(found.pop()) if len(found) == 1 else None


def _measured(root: Element) -> frozenset[str]:
    """Return the ids of the files that hold measurements; the others annotate them."""
    units = elements_of(root, "contentUnit")
    return frozenset(
        str(pointer.get("dataObjectID"))
        for unit in units
        if str(unit.get("unitType", "")).startswith("Measurement")
        for pointer in elements_of(unit, "dataObjectPointer")
    )


def _key(part: xfdu.Part) -> str:
    return re.sub(r"[^a-z0-9]+", "-", part.stem.lower()).strip("-")


def _asset(part: xfdu.Part, measured: frozenset[str]) -> dict[str, Any]:
    asset = {
        "href": f"./{part.name}",
        "type": _TYPES.get(Path(part.name).suffix.lower(), "application/octet-stream"),
        "description": part.text or None,
        "roles": ["data" if part.id in measured else "metadata"],
        **part.file(),
    }
    return {name: value for name, value in asset.items() if value is not None}


def sentinel3(_: ImageDescriber) -> Reader:
    """Return the reader of Sentinel-3 products."""
    return Sentinel3()


if TYPE_CHECKING:
    _keeps_its_promise: type[Reader] = Sentinel3
