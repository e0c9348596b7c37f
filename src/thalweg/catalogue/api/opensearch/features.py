"""A page of what was found as GeoJSON (17-047r1, over 17-003r2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from thalweg.catalogue.api.opensearch.feeds import shown
from thalweg.catalogue.api.opensearch.namespaces import DESCRIPTION_TYPE, GEOJSON_TYPE
from thalweg.catalogue.api.opensearch.paging import around
from thalweg.catalogue.api.opensearch.parameters import ALL
from thalweg.catalogue.records.boxes import geometry_of
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from thalweg.catalogue.api.opensearch.feeds import Answered
    from thalweg.catalogue.records.record import Link, Record, Span

_KINDS = {
    "enclosure": "data",
    "icon": "previews",
    "preview": "previews",
    "via": "via",
    "alternate": "alternates",
    "search": "search",
    "license": "license",
}
_ACQUIRED = {
    "orbitNumber": "sat:absolute_orbit",
    "orbitDirection": "sat:orbit_state",
    "wrsLongitudeGrid": "landsat:wrs_path",
    "wrsLatitudeGrid": "landsat:wrs_row",
}
_PRODUCED = {
    "cloudCover": "eo:cloud_cover",
    "snowCover": "eo:snow_cover",
    "processingLevel": "processing:level",
    "productType": "product:type",
}


def features(told: Answered) -> bytes:
    """Return the FeatureCollection."""
    search, found = told.search, told.found
    links: dict[str, list[dict[str, Any]]] = {
        rel: [{"href": href, "type": GEOJSON_TYPE}] for rel, href in around(told.address, "json", search, found)
    }
    links["search"] = [{"href": told.description, "type": DESCRIPTION_TYPE}]
    given = {name.lower(): value for name, value in search.given}
    asked = {one.wanted: given[one.name.lower()] for one in ALL if one.name.lower() in given}
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "id": links["self"][0]["href"],
            "properties": {
                "title": told.title,
                "creator": "Thalweg",
                "totalResults": found.total,
                "startIndex": search.start,
                "itemsPerPage": len(found.entries),
                "queries": {"request": [asked]},
                "links": links,
            },
            "features": [_feature(shown(told, entry)) for entry in found.entries],
        }
    )


def _feature(record: Record) -> dict[str, Any]:
    own = next((link.href for link in record.links if link.rel == "self"), record.id)
    extra: Mapping[str, Any] = record.extra or {}
    properties = {
        "title": record.title or record.id,
        "identifier": record.id,
        "kind": record.type,
        "abstract": record.description,
        "date": _period(record.span),
        "published": written(record.created) if record.created else None,
        "updated": written(record.updated) if record.updated else None,
        "parentIdentifier": record.parent,
        "keyword": list(record.keywords),
        "license": record.rights.license,
        "acquisitionInformation": _acquired(record, extra),
        "productInformation": _produced(record, extra),
        "links": _links(record.links),
    }
    told: dict[str, Any] = {
        "type": "Feature",
        "id": own.partition("?as-of=")[0],
        "geometry": record.geometry if record.geometry is not None else geometry_of(record.boxes),
        "properties": {name: value for name, value in properties.items() if value not in (None, "", [], {})},
    }
    if len(record.boxes) == 1:
        told["bbox"] = record.boxes[0].numbers()
    return told


def _period(span: Span | None) -> str | None:
    if span is None:
        return None
    if span.start == span.end:
        return span.start
    return "/".join("" if end == ".." else end for end in (span.start, span.end))


def _acquired(record: Record, extra: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return by what, and when, an Item was taken."""
    platform, instruments = extra.get("platform"), extra.get("instruments")
    if not platform and not instruments:
        return []
    found: dict[str, Any] = {}
    if platform:
        found["platform"] = {"platformShortName": platform}
    if isinstance(instruments, list) and instruments:
        found["instrument"] = {"instrumentShortName": instruments[0]}
    parameters = _named(_ACQUIRED, extra)
    if record.span is not None:
        parameters |= {"beginningDateTime": record.span.start, "endingDateTime": record.span.end}
    return [{**found, "acquisitionParameters": parameters}]


def _produced(record: Record, extra: Mapping[str, Any]) -> dict[str, Any]:
    found = _named(_PRODUCED, extra)
    if record.resolution is not None and record.resolution.metres is not None:
        found["resolution"] = [record.resolution.metres]
    return found


def _named(names: Mapping[str, str], extra: Mapping[str, Any]) -> dict[str, Any]:
    return {name: extra[there] for name, there in names.items() if there in extra}


def _links(links: Iterable[Link]) -> dict[str, list[dict[str, Any]]]:
    """Return links by what they are for, as 17-003r2 has them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in links:
        said = {"href": one.href, "type": one.type, "title": one.title, "length": one.length}
        kept = {name: value for name, value in said.items() if value}
        if one.rel == "self":
            found.setdefault("alternates", []).append(kept)
        else:
            found.setdefault(_KINDS.get(one.rel, "related"), []).append(kept)
    return found
