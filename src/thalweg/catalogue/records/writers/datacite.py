"""A Record as metadata of DataCite 4: what a registrar of DOIs takes, as JSON, and as XML for OAI-PMH."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.boxes import around
from thalweg.catalogue.records.writers.citation import cited
from thalweg.catalogue.records.writers.nodes import Nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thalweg.catalogue.records.record import Contact, Record
    from thalweg.catalogue.records.writers.nodes import Node
    from thalweg.core.geometry import BBox
    from thalweg.guard.markup import Element

DATACITE = "http://datacite.org/schema/kernel-4"
_XML = Nodes({None: DATACITE, "xml": "http://www.w3.org/XML/1998/namespace"})
_GENERAL = {
    "dataset": "Dataset",
    "item": "Dataset",
    "collection": "Collection",
    "series": "Collection",
    "service": "Service",
    "process": "Software",
    "software": "Software",
    "document": "Text",
    "model": "Model",
}
_CONTRIBUTORS = {
    "pointOfContact": "ContactPerson",
    "custodian": "DataManager",
    "distributor": "Distributor",
    "owner": "RightsHolder",
    "rightsHolder": "RightsHolder",
    "resourceProvider": "HostingInstitution",
    "processor": "Producer",
    "editor": "Editor",
    "sponsor": "Sponsor",
    "funder": "Sponsor",
}
_DATES = {"creation": "Created", "publication": "Issued", "revision": "Updated"}
_NOT_TOLD = ":unav"
"""How DataCite writes a value that it demands and nobody told; a year is then 0000, for the schema wants digits."""
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def document_of(record: Record, address: str = "") -> dict[str, Any]:
    """Return the attributes that a registrar's REST API takes.

    Args:
        record: what is told.
        address: of the landing page that the DOI leads to.
    """
    citation = cited(record, address)
    told = {
        "doi": citation.doi,
        "identifiers": _identifiers(record, citation.doi),
        "url": citation.url,
        "creators": [_named(one) for one in citation.authors] or [{"name": _NOT_TOLD}],
        "titles": [
            {"title": citation.title},
            *({"title": title, "titleType": "AlternativeTitle"} for title in record.alternate_titles),
        ],
        "publisher": {"name": citation.publisher or _NOT_TOLD},
        "publicationYear": int(citation.date[:4]) if citation.date[:4].isdecimal() else None,
        "types": {"resourceTypeGeneral": _GENERAL.get(record.type, "Other"), "resourceType": record.type},
        "subjects": _subjects(record),
        "contributors": _contributors(record, citation.authors),
        "dates": _dates(record),
        "language": next(iter(record.resource_languages), record.language),
        "relatedIdentifiers": _related(record),
        "formats": [one.media_type or one.name for one in record.formats],
        "version": citation.version,
        "rightsList": _rights(record),
        "descriptions": _descriptions(record),
        "geoLocations": [{"geoLocationBox": _box(box)} for box in _boxes(record)],
        "schemaVersion": DATACITE,
    }
    return {name: value for name, value in told.items() if value not in ("", [], None)}


def _named(contact: Contact) -> dict[str, Any]:
    if contact.name:
        affiliation = [{"name": contact.organization}] if contact.organization else []
        return {"name": contact.name, "nameType": "Personal", "affiliation": affiliation}
    return {"name": contact.organization, "nameType": "Organizational"}


def _identifiers(record: Record, doi: str) -> list[dict[str, str]]:
    others = [(one.value, one.scheme or "Other") for one in record.external_ids if doi not in one.value or not doi]
    return [{"identifier": value, "identifierType": kind} for value, kind in ((record.id, "Local"), *others)]


def _subjects(record: Record) -> list[dict[str, str]]:
    free = [{"subject": word} for word in record.keywords]
    return free + [
        {"subject": one.title or one.id, "subjectScheme": theme.scheme}
        for theme in record.themes
        for one in theme.concepts
    ]


def _contributors(record: Record, authors: tuple[Contact, ...]) -> list[dict[str, Any]]:
    return [
        {**_named(contact), "contributorType": _CONTRIBUTORS.get(role, "Other")}
        for contact in record.contacts
        if not contact.of_record and contact not in authors
        for role in contact.roles or ("",)
        if role != "publisher"
    ]


def _dates(record: Record) -> list[dict[str, str]]:
    found = [{"date": text, "dateType": _DATES[kind]} for kind, text in (record.dates or {}).items()]
    if record.span is not None:
        ends = ["" if end == ".." else end for end in (record.span.start, record.span.end)]
        found.append({"date": "/".join(ends), "dateType": "Coverage"})
    return found


def _related(record: Record) -> list[dict[str, str]]:
    parent = record.parent if "://" in record.parent else ""
    pairs = [(parent, "IsPartOf"), *((link.href, "IsDescribedBy") for link in record.links if link.rel == "about")]
    return [
        {"relatedIdentifier": text, "relatedIdentifierType": "URL", "relationType": kind}
        for text, kind in pairs
        if text.startswith(("http://", "https://"))
    ]


def _rights(record: Record) -> list[dict[str, str]]:
    rights = record.rights
    named = [{"rights": rights.license, "rightsIdentifier": rights.license}] if rights.license else []
    return named + [{"rights": note} for note in rights.notes]


def _descriptions(record: Record) -> list[dict[str, str]]:
    told = ((record.description, "Abstract"), (record.lineage, "Methods"))
    return [{"description": text, "descriptionType": kind} for text, kind in told if text]


def _boxes(record: Record) -> tuple[BBox, ...]:
    return record.boxes or tuple(filter(None, [around((), record.geometry)]))


def _box(box: BBox) -> dict[str, float]:
    return {
        "westBoundLongitude": box.west,
        "eastBoundLongitude": box.east,
        "southBoundLatitude": box.south,
        "northBoundLatitude": box.north,
    }


def element_of(record: Record) -> Element:
    """Return the Record as ``resource`` of the XML; one without a DOI says its own id as ``Local``."""
    told = document_of(record)
    doi = told.get("doi", "")
    year = f"{told.get('publicationYear', 0):04}"
    general = told["types"]["resourceTypeGeneral"]
    resource = _XML.element(
        "resource",
        children=[
            _XML.element("identifier", doi or record.id, identifierType="DOI" if doi else "Local"),
            _several("creators", [_party("creator", one) for one in told["creators"]]),
            _several(
                "titles", [_XML.element("title", t["title"], titleType=t.get("titleType", "")) for t in told["titles"]]
            ),
            _XML.element("publisher", told["publisher"]["name"]),
            _XML.element("publicationYear", year),
            _XML.element("resourceType", record.type, resourceTypeGeneral=general),
            _listed(told, "subjects", "subject", "subject"),
            _several("contributors", [_party("contributor", one) for one in told.get("contributors", [])]),
            _listed(told, "dates", "date", "date"),
            _XML.leaf("language", told.get("language", "") if _LANGUAGE.fullmatch(told.get("language", "")) else ""),
            _alternates(told, doi),
            _listed(told, "relatedIdentifiers", "relatedIdentifier", "relatedIdentifier"),
            _several("formats", _XML.leaves("format", told.get("formats", []))),
            _XML.leaf("version", told.get("version", "")),
            _listed(told, "rightsList", "rights", "rights"),
            _listed(told, "descriptions", "description", "description"),
            _several("geoLocations", [_place(one["geoLocationBox"]) for one in told.get("geoLocations", [])]),
        ],
    )
    return _XML.grown(resource)


def _several(name: str, children: list[Node]) -> Node | None:
    return _XML.branch(name, children)


def _listed(told: Mapping[str, Any], plural: str, element: str, text: str) -> Node | None:
    """Return a list of elements whose attributes are what a member of the JSON says beside its text."""
    made = [
        _XML.element(element, one[text], **{name: value for name, value in one.items() if name != text})
        for one in told.get(plural, [])
    ]
    return _several(plural, made)


def _party(element: str, said: Mapping[str, Any]) -> Node:
    name = _XML.element(f"{element}Name", said["name"], nameType=said.get("nameType", ""))
    affiliations = _XML.leaves("affiliation", [one["name"] for one in said.get("affiliation", [])])
    return _XML.element(element, children=[name, *affiliations], contributorType=said.get("contributorType", ""))


def _alternates(told: Mapping[str, Any], doi: str) -> Node | None:
    others = told["identifiers"] if doi else told["identifiers"][1:]
    return _several(
        "alternateIdentifiers",
        [
            _XML.element("alternateIdentifier", one["identifier"], alternateIdentifierType=one["identifierType"])
            for one in others
        ],
    )


def _place(box: Mapping[str, float]) -> Node:
    sides = [_XML.element(name, repr(number)) for name, number in box.items()]
    return _XML.element("geoLocation", children=[_XML.element("geoLocationBox", children=sides)])
