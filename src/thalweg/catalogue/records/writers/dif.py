"""A Record as DIF 10, the Directory Interchange Format of NASA's directory; what it demands is ``Not provided``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.boxes import around
from thalweg.catalogue.records.iso_words import TOPIC_CATEGORIES
from thalweg.catalogue.records.languages import english_name
from thalweg.catalogue.records.writers.citation import cited
from thalweg.catalogue.records.writers.iso_parts import said_in
from thalweg.catalogue.records.writers.nodes import Nodes
from thalweg.core.time import written

if TYPE_CHECKING:
    from datetime import datetime

    from thalweg.catalogue.records.record import Contact, Link, Record, Span
    from thalweg.catalogue.records.writers.nodes import Node
    from thalweg.guard.markup import Element

DIF = "http://gcmd.gsfc.nasa.gov/Aboutus/xml/dif/"
NOT_PROVIDED = "Not provided"
_XML = Nodes({None: DIF})
_ROLES = {"principalInvestigator": "INVESTIGATOR", "author": "INVESTIGATOR", "pointOfContact": "TECHNICAL CONTACT"}
_KINDS = {"enclosure": "GET DATA", "preview": "GET RELATED VISUALIZATION", "icon": "GET RELATED VISUALIZATION"}


def element_of(record: Record) -> Element:
    """Return the Record as ``DIF``."""
    xml, rights = _XML, record.rights
    version = str((record.extra or {}).get("version") or NOT_PROVIDED)
    notes = "\n".join(filter(None, (rights.license, *rights.notes)))
    children = [
        xml.element("Entry_ID", children=[xml.element("Short_Name", record.id), xml.element("Version", version)]),
        xml.element("Entry_Title", record.title),
        _citation(record),
        *(_personnel(one) for one in record.contacts),
        xml.element("Science_Keywords", children=[xml.element(n, NOT_PROVIDED) for n in ("Category", "Topic", "Term")]),
        *xml.leaves("ISO_Topic_Category", _topics(record)),
        *xml.leaves("Ancillary_Keyword", _words(record)),
        _platform(record),
        _times(record.span),
        _places(record),
        xml.element("Project", children=[xml.element("Short_Name", NOT_PROVIDED)]),
        xml.leaf("Quality", record.lineage),
        xml.leaf("Access_Constraints", "\n".join(rights.access)),
        xml.branch("Use_Constraints", [xml.leaf("Description", notes)]),
        *xml.leaves("Dataset_Language", filter(None, map(english_name, record.resource_languages))),
        _organization(record),
        *(xml.element("Distribution", children=[xml.element("Distribution_Format", n)]) for n in _formats(record)),
        xml.element("Summary", children=[xml.element("Abstract", record.description or NOT_PROVIDED)]),
        *([_related(link) for link in record.links] or [_nowhere()]),
        _parent(record.parent),
        xml.element("Metadata_Name", "CEOS IDN DIF"),
        xml.element("Metadata_Version", "VERSION 10.2"),
        _stamps(record),
    ]
    return xml.grown(xml.element("DIF", children=children))


def _citation(record: Record) -> Node | None:
    citation = cited(record)
    doi = [_XML.element("Type", "DOI"), _XML.element("Identifier", citation.doi)] if citation.doi else []
    return _XML.branch(
        "Dataset_Citation",
        [
            _XML.leaf("Dataset_Creator", "; ".join(one.name or one.organization for one in citation.authors)),
            _XML.leaf("Dataset_Title", record.title),
            _XML.leaf("Dataset_Release_Date", (record.dates or {}).get("publication", "")),
            _XML.leaf("Dataset_Publisher", citation.publisher),
            _XML.branch("Persistent_Identifier", doi),
        ],
    )


def _personnel(contact: Contact) -> Node:
    role = "METADATA AUTHOR" if contact.of_record else _ROLES.get((contact.roles or ("",))[0], "TECHNICAL CONTACT")
    mails, phones = _XML.leaves("Email", contact.emails), _XML.leaves("Number", contact.phones)
    phone = [_XML.element("Phone", children=[one, _XML.element("Type", "Telephone")]) for one in phones]
    if contact.name:
        first, _, last = contact.name.rpartition(" ")
        names = [_XML.leaf("First_Name", first), _XML.element("Last_Name", last)]
        who = _XML.element("Contact_Person", children=[*names, *phone, *mails])
    else:
        who = _XML.element("Contact_Group", children=[_XML.element("Name", contact.organization), *phone, *mails])
    return _XML.element("Personnel", children=[_XML.element("Role", role), who])


def _topics(record: Record) -> list[str]:
    return [one.id for theme in record.themes if theme.scheme == TOPIC_CATEGORIES for one in theme.concepts]


def _words(record: Record) -> list[str]:
    others = [one for theme in record.themes if theme.scheme != TOPIC_CATEGORIES for one in theme.concepts]
    return [*record.keywords, *(one.title or one.id for one in others)]


def _platform(record: Record) -> Node:
    names = said_in(record, "instruments") or (NOT_PROVIDED,)
    carried = [_XML.element("Instrument", children=[_XML.element("Short_Name", name)]) for name in names]
    name = next(iter(said_in(record, "platform")), NOT_PROVIDED)
    told = [_XML.element("Type", NOT_PROVIDED), _XML.element("Short_Name", name)]
    return _XML.element("Platform", children=[*told, *carried])


def _times(span: Span | None) -> Node:
    if span is not None and span.start == span.end != "..":
        return _XML.element("Temporal_Coverage", children=[_XML.element("Single_DateTime", span.start)])
    start, end = (span.start, span.end) if span else (NOT_PROVIDED, "..")
    ends = [
        _XML.element("Beginning_Date_Time", "unknown" if start == ".." else start),
        _XML.leaf("Ending_Date_Time", "" if end == ".." else end),
    ]
    return _XML.element("Temporal_Coverage", children=[_XML.element("Range_DateTime", children=ends)])


def _places(record: Record) -> Node:
    boxes = record.boxes or tuple(filter(None, [around((), record.geometry)]))
    sides = [
        _XML.element(
            "Bounding_Rectangle",
            children=[
                _XML.element("Southernmost_Latitude", repr(box.south)),
                _XML.element("Northernmost_Latitude", repr(box.north)),
                _XML.element("Westernmost_Longitude", repr(box.west)),
                _XML.element("Easternmost_Longitude", repr(box.east)),
            ],
        )
        for box in boxes
    ]
    geometry = [_XML.element("Coordinate_System", "GEODETIC"), *sides]
    return _XML.element(
        "Spatial_Coverage",
        children=[
            _XML.element("Granule_Spatial_Representation", "GEODETIC" if boxes else "NO_SPATIAL"),
            _XML.element("Geometry", children=geometry) if boxes else None,
        ],
    )


def _organization(record: Record) -> Node:
    held = next((one for one in record.contacts if one.organization and not one.of_record), None)
    name = _XML.element(
        "Organization_Name", children=[_XML.element("Short_Name", held.organization if held else NOT_PROVIDED)]
    )
    person = _XML.element("Contact_Group", children=[_XML.element("Name", held.organization if held else NOT_PROVIDED)])
    personnel = _XML.element("Personnel", children=[_XML.element("Role", "DATA CENTER CONTACT"), person])
    return _XML.element("Organization", children=[_XML.element("Organization_Type", "DISTRIBUTOR"), name, personnel])


def _formats(record: Record) -> list[str]:
    return [one.media_type or one.name for one in record.formats]


def _related(link: Link) -> Node:
    kind = _KINDS.get(link.rel, "VIEW RELATED INFORMATION")
    return _XML.element(
        "Related_URL",
        children=[
            _XML.element("URL_Content_Type", children=[_XML.element("Type", kind)]),
            _XML.leaf("Protocol", link.protocol),
            _XML.element("URL", link.href),
            _XML.leaf("Title", link.title),
            _XML.leaf("Description", link.description),
            _XML.leaf("Mime_Type", link.type),
        ],
    )


def _nowhere() -> Node:
    """Return the link that DIF demands, where there is none."""
    return _XML.element("Related_URL", children=[_XML.element("URL", NOT_PROVIDED)])


def _parent(identifier: str) -> Node | None:
    if not identifier:
        return None
    return _XML.element(
        "Metadata_Association",
        children=[
            _XML.element(
                "Entry_ID", children=[_XML.element("Short_Name", identifier), _XML.element("Version", NOT_PROVIDED)]
            ),
            _XML.element("Type", "Parent"),
        ],
    )


def _stamps(record: Record) -> Node:
    dates = record.dates or {}
    told = {
        "Metadata_Creation": _day(record.created),
        "Metadata_Last_Revision": _day(record.updated),
        "Data_Creation": dates.get("creation", ""),
        "Data_Last_Revision": dates.get("revision", ""),
    }
    return _XML.element(
        "Metadata_Dates", children=[_XML.element(name, text or NOT_PROVIDED) for name, text in told.items()]
    )


def _day(moment: datetime | None) -> str:
    return written(moment) if moment else ""
