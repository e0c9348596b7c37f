"""A Record as JSON-LD of schema.org, which search engines for data read in the pages of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from thalweg.catalogue.records.boxes import around
from thalweg.catalogue.records.iso_words import UNNAMED_LICENSES, is_license
from thalweg.catalogue.records.writers.citation import cited
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.records.record import Contact, Link, Record
    from thalweg.core.geometry import BBox

_CONTEXT = "https://schema.org/"
_KINDS = {
    "service": "WebAPI",
    "process": "SoftwareApplication",
    "software": "SoftwareApplication",
    "document": "CreativeWork",
}
_DOI = "https://doi.org/"
_DISTRIBUTED = ("enclosure", "data", "items")
_SHORTEST, _LONGEST = 50, 5000
"""Characters of a description that Google's search for data sets takes."""


def dataset(record: Record, address: str, catalogue: str = "") -> dict[str, Any]:
    """Return a ``Dataset``, or what else the resource is.

    Args:
        record: what is told.
        address: of the record's page.
        catalogue: of the catalogue that it is in.
    """
    citation = cited(record, address)
    told = {
        "@context": _CONTEXT,
        "@type": _KINDS.get(record.type, "Dataset"),
        "@id": f"{_DOI}{citation.doi}" if citation.doi else address,
        "url": address,
        "identifier": [record.id, *(one.value for one in record.external_ids)],
        "name": citation.title,
        "alternateName": list(record.alternate_titles),
        "description": _description(record, address),
        "keywords": [*record.keywords, *_terms(record)],
        "inLanguage": list(record.resource_languages),
        "license": _license(record),
        "dateCreated": (record.dates or {}).get("creation", ""),
        "datePublished": (record.dates or {}).get("publication", ""),
        "dateModified": written(record.updated) if record.updated else "",
        "version": citation.version,
        "creator": [_party(one) for one in citation.authors],
        "publisher": {"@type": "Organization", "name": citation.publisher} if citation.publisher else None,
        "temporalCoverage": _times(record),
        "spatialCoverage": [_place(box) for box in _boxes(record)],
        "isPartOf": record.parent if "://" in record.parent else "",
        "distribution": [_download(link) for link in record.links if link.rel in _DISTRIBUTED],
        "thumbnailUrl": next((link.href for link in record.links if link.rel in ("icon", "preview")), ""),
        "includedInDataCatalog": {"@type": "DataCatalog", "url": catalogue} if catalogue else None,
    }
    return {name: value for name, value in told.items() if value not in ("", [], None)}


def catalogue(title: str, description: str, address: str, datasets: Sequence[str] = ()) -> dict[str, Any]:
    """Return a ``DataCatalog`` with the addresses of what is in it."""
    told = {
        "@context": _CONTEXT,
        "@type": "DataCatalog",
        "@id": address,
        "url": address,
        "name": title,
        "description": description,
        "dataset": [{"@type": "Dataset", "@id": one, "url": one} for one in datasets],
    }
    return {name: value for name, value in told.items() if value not in ("", [], None)}


def in_page(document: dict[str, Any]) -> str:
    """Return the JSON as it may stand in a ``script`` of a page: no text in it can end the script."""
    text = orjson.dumps(document).decode("utf-8")
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _terms(record: Record) -> list[dict[str, str]]:
    return [
        {"@type": "DefinedTerm", "name": one.title or one.id, "inDefinedTermSet": theme.scheme}
        for theme in record.themes
        for one in theme.concepts
    ]


def _description(record: Record, address: str) -> str:
    """Return the description, as long as search engines ask for; one that is shorter says what it is of as well."""
    told = " ".join(record.description.split())
    if len(told) < _SHORTEST:
        told = f"{told or record.title or record.id} ({record.type}; the record {record.id} at {address})"
    return told[:_LONGEST]


def _license(record: Record) -> str | dict[str, str]:
    """Return the license's address: at SPDX, or where the Record says; an expression and prose as a work so called."""
    named = record.rights.license
    if is_license(named) and named not in UNNAMED_LICENSES and not set(named) & set(" ()"):
        return f"https://spdx.org/licenses/{named}"
    linked = next((link.href for link in record.links if link.rel == "license" and "://" in link.href), "")
    if linked or not named or named in UNNAMED_LICENSES:
        return linked
    return {"@type": "CreativeWork", "name": named}


def _party(contact: Contact) -> dict[str, str]:
    kind = "Person" if contact.name else "Organization"
    told = {"@type": kind, "name": contact.name or contact.organization, "url": contact.url}
    return {name: value for name, value in told.items() if value}


def _times(record: Record) -> str:
    span = record.span
    if span is None:
        return ""
    return span.start if span.start == span.end else f"{span.start}/{span.end}"


def _boxes(record: Record) -> tuple[BBox, ...]:
    return record.boxes or tuple(filter(None, [around((), record.geometry)]))


def _place(box: BBox) -> dict[str, Any]:
    """Return a place: its box is ``south west north east``."""
    shape = {"@type": "GeoShape", "box": f"{box.south!r} {box.west!r} {box.north!r} {box.east!r}"}
    return {"@type": "Place", "geo": shape}


def _download(link: Link) -> dict[str, Any]:
    told = {"@type": "DataDownload", "contentUrl": link.href, "encodingFormat": link.type, "name": link.title}
    size = {"contentSize": f"{link.length} B"} if link.length is not None else {}
    return {name: value for name, value in told.items() if value} | size
