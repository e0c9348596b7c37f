"""A Record in the words of schema.org, as search engines read them in a page."""

from collections.abc import Mapping
from typing import Any

_TYPES = {
    "service": "WebAPI",
    "process": "SoftwareApplication",
    "application": "SoftwareApplication",
    "software": "SoftwareApplication",
    "document": "DigitalDocument",
    "collection": "Dataset",
    "series": "Dataset",
}


def dataset_of(document: Mapping[str, Any], address: str) -> dict[str, Any]:
    """Return what schema.org's Dataset tells of a resource; of services, software and documents their own type."""
    properties = document["properties"]
    told = {
        "@context": "https://schema.org/",
        "@type": _TYPES.get(str(properties.get("type")), "Dataset"),
        "@id": address,
        "url": address,
        "identifier": [document["id"], *(one["value"] for one in properties.get("externalIds") or ())],
        "name": properties.get("title") or document["id"],
        "description": properties.get("description") or properties.get("title") or document["id"],
        "keywords": properties.get("keywords"),
        "license": _license(document),
        "inLanguage": (properties.get("language") or {}).get("code"),
        "dateModified": properties.get("updated"),
        "datePublished": (properties.get("dates") or {}).get("publication"),
        "temporalCoverage": _time(document.get("time")),
        "spatialCoverage": _place(document.get("bbox")),
        "creator": [_party(one) for one in properties.get("contacts") or ()],
        "distribution": [_file(one) for one in document["links"] if one["rel"] == "enclosure"],
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def _license(document: Mapping[str, Any]) -> str | None:
    linked = next((str(one["href"]) for one in document["links"] if one["rel"] == "license"), None)
    named = document["properties"].get("license")
    known = named and named not in ("other", "various", "proprietary")
    return linked or (f"https://spdx.org/licenses/{named}" if known else None)


def _time(time: Mapping[str, Any] | None) -> str | None:
    if not time:
        return None
    if at := time.get("timestamp") or time.get("date"):
        return str(at)
    return "/".join(map(str, time["interval"]))


def _place(box: list[float] | None) -> dict[str, Any] | None:
    if not box:
        return None
    west, south, east, north = box if len(box) == 4 else (*box[:2], *box[3:5])  # noqa: PLR2004 - flat or solid
    return {"@type": "Place", "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}}


def _party(contact: Mapping[str, Any]) -> dict[str, Any]:
    if name := contact.get("name"):
        return {"@type": "Person", "name": name}
    return {"@type": "Organization", "name": contact.get("organization", "")}


def _file(one: Mapping[str, Any]) -> dict[str, Any]:
    told = {"@type": "DataDownload", "contentUrl": one["href"], "encodingFormat": one.get("type")}
    return {name: value for name, value in told.items() if value}
