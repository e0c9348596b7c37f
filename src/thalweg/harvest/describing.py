"""From a raster's facts and a person's words to a STAC Item."""

import math
from dataclasses import dataclass
from typing import Any

from pyproj import CRS, Geod, Transformer

from thalweg.core.coverages import COMMON_NAMES, Band, RasterFacts
from thalweg.core.errors import InvalidParameter
from thalweg.core.items import FOLLOWING
from thalweg.core.time import Interval
from thalweg.harvest.dates import Taken

STAC_VERSION = "1.1.0"
EXTENSIONS = {
    "proj:": "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "raster:": "https://stac-extensions.github.io/raster/v2.0.0/schema.json",
    "eo:": "https://stac-extensions.github.io/eo/v2.0.0/schema.json",
    "file:": "https://stac-extensions.github.io/file/v2.1.0/schema.json",
}
"""By the prefix of their members: an Item names those it uses, and no other, as their schemas want it."""
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of an image; what is left out is read from the file, or stays unknown.

    Attributes:
        collection: its Collection; ``None`` for ``{workspace}.images``.
        datetime: when it was taken, or between when and when; ``date_known`` is false where the latter is only bounds.
        bands: names in the file's order; those that are common names (``green``, ``nir`` …) become ``eo:common_name``.
        provider: who made it.
        license: SPDX, or ``other``.
        attribution: the credit that pictures of it carry.
    """

    title: str | None = None
    collection: str | None = None
    datetime: Interval | None = None
    date_known: bool | None = None
    bands: tuple[str, ...] = ()
    platform: str | None = None
    instruments: tuple[str, ...] = ()
    provider: str | None = None
    license: str | None = None
    attribution: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """Where the file lies, and its bytes: ``checksum`` is a multihash in hexadecimal."""

    href: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Described:
    """All that is known of an image before it is an Item."""

    collection: str
    title: str
    told: Told
    facts: RasterFacts
    taken: Taken


def item_document(item_id: str, image: Described, stored: Stored) -> dict[str, Any]:
    """Return the Item; nothing in it is guessed."""
    facts = image.facts
    properties = {
        "title": image.title,
        **image.taken.properties(),
        **_words(image.told),
        **_grid(facts),
        **_pixel(facts),
    }
    asset = _asset(facts, image.told, stored)
    members = {*properties, *asset, *(member for band in asset["bands"] for member in band)}
    return {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": [
            address for prefix, address in EXTENSIONS.items() if any(member.startswith(prefix) for member in members)
        ],
        "id": item_id,
        "collection": image.collection,
        "geometry": facts.footprint,
        "bbox": list(facts.bbox),
        "properties": properties,
        "links": [],
        "assets": {"data": asset},
    }


def collection_document(collection: str, workspace: str) -> dict[str, Any]:
    """Return a Collection for images of a workspace, titled so that several in one list differ."""
    name = collection.rpartition(".")[2].replace("-", " ")
    return {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "id": collection,
        "title": f"{name.capitalize()} of {workspace}",
        "description": "Images that members of the workspace have added.",
        "license": "other",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        FOLLOWING: "items",
        "links": [],
    }


def _words(told: Told) -> dict[str, Any]:
    said: dict[str, Any] = {
        "platform": told.platform,
        "instruments": list(told.instruments) or None,
        "license": told.license,
        "providers": [{"name": told.provider, "roles": ["producer"]}] if told.provider else None,
        "attribution": told.attribution,
    }
    return {name: value for name, value in said.items() if value is not None}


def _grid(facts: RasterFacts) -> dict[str, Any]:
    found: dict[str, Any] = {"proj:code": facts.code, "proj:shape": list(facts.shape)}
    if facts.wkt2 is not None:
        found["proj:wkt2"] = facts.wkt2
    if not facts.tied_by_points:
        found["proj:transform"] = list(facts.transform)
    return found


def _pixel(facts: RasterFacts) -> dict[str, Any]:
    """Return ``gsd``: m on the ellipsoid, the longer side of the middle pixel, to six digits.

    Source: geodesic distances on WGS 84 (Karney, as in PROJ).
    """
    a, b, c, d, e, f = facts.transform
    rows, columns = facts.shape
    at = [(columns / 2 + column, rows / 2 + row) for column, row in ((0, 0), (1, 0), (0, 1))]
    x, y = zip(*((a * column + b * row + c, d * column + e * row + f) for column, row in at), strict=True)
    crs = CRS.from_user_input(facts.code or facts.wkt2)
    longitude, latitude = Transformer.from_crs(crs, "OGC:CRS84", always_xy=True).transform(x, y)
    if not all(map(math.isfinite, (*longitude, *latitude))):
        return {}
    _, _, sides = Geod(ellps="WGS84").inv([longitude[0]] * 2, [latitude[0]] * 2, longitude[1:], latitude[1:])
    side = max(sides)
    return {"gsd": float(f"{side:.{_DIGITS}g}")} if math.isfinite(side) and side > 0 else {}


def _asset(facts: RasterFacts, told: Told, stored: Stored) -> dict[str, Any]:
    if told.bands and len(told.bands) != len(facts.bands):
        raise InvalidParameter("bands", f"names {len(told.bands)} bands; the file has {len(facts.bands)}")
    names: tuple[str | None, ...] = told.bands or (None,) * len(facts.bands)
    return {
        "href": stored.href,
        "type": facts.media_type,
        "title": "Image",
        "roles": ["data"],
        "file:size": stored.size,
        "file:checksum": stored.checksum,
        "bands": [_band(band, name) for band, name in zip(facts.bands, names, strict=True)],
    }


def _band(band: Band, told: str | None) -> dict[str, Any]:
    known_as = _common_name(band, told)
    statistics = {"minimum": band.minimum, "maximum": band.maximum} if band.minimum is not None else None
    said: dict[str, Any] = {
        "name": told or band.name or known_as or f"band-{band.number}",
        "description": band.description if band.description != (told or band.name) else None,
        "eo:common_name": known_as,
        "data_type": band.data_type,
        "nodata": _nodata(band.nodata),
        "unit": band.unit,
        "raster:scale": band.scale,
        "raster:offset": band.offset,
        "statistics": statistics,
    }
    return {name: value for name, value in said.items() if value is not None}


def _common_name(band: Band, told: str | None) -> str | None:
    """Return what the field calls a band; what a person told of it goes before what its file says."""
    if told:
        return told if told in COMMON_NAMES else None
    return band.common_name


def _nodata(value: float | None) -> float | str | None:
    """Return a nodata value as STAC writes it: JSON has no NaN and no infinity."""
    if value is None or math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
