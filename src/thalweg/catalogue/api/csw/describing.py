"""The schemas of record types, as DescribeRecord tells them: each in an XML Schema that leads to all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.pairs import XML_SCHEMA
from thalweg.catalogue.api.csw.versions import DC, DCT, XSD, XSI
from thalweg.catalogue.records.writers.iso19115_3 import MDB
from thalweg.catalogue.records.writers.iso19139 import GMD, GMI

if TYPE_CHECKING:
    from thalweg.catalogue.api.csw.requests import DescribeRecord
    from thalweg.guard.markup import Element

_BRIEF = (("dc:identifier", "1", "unbounded"), ("dc:title", "1", "unbounded"), ("dc:type", "0", "1"))
_SUMMARY = (
    *_BRIEF,
    *((name, "0", "unbounded") for name in ("dc:subject", "dc:format", "dc:relation")),
    *((name, "0", "unbounded") for name in ("dct:modified", "dct:abstract", "dct:spatial")),
)
_BOX = ("ows:BoundingBox", "0", "unbounded")
_ISO = {
    GMD: ("http://schemas.opengis.net/iso/19139/20070417/gmd/gmd.xsd", "MD_Metadata"),
    GMI: ("https://data.noaa.gov/resources/iso19139/gmi/gmi.xsd", "MI_Metadata"),
    MDB: ("https://schemas.isotc211.org/19115/-3/mdb/2.0/mdb.xsd", "MD_Metadata"),
}


def description(asked: DescribeRecord) -> bytes:
    """Return the schemas of the record types that are asked for, of all for none."""
    # Prefixes that only values of attributes use must stay, so that nothing is cleaned up here.
    version = asked.version
    wanted = asked.namespaces or (version.csw, *_ISO)
    xml = version.markup()
    root = xml.element("csw:DescribeRecordResponse")
    root.set(f"{{{XSI}}}schemaLocation", f"{version.csw} {version.schemas}/CSW-discovery.xsd")
    for space in dict.fromkeys(wanted):
        part = xml.element("csw:SchemaComponent", schemaLanguage=XML_SCHEMA[0], targetNamespace=space)
        part.append(_including(space) if space in _ISO else _records(version.csw, version.ows))
        root.append(part)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made


def _including(space: str) -> Element:
    """Return a schema that is all of another; its documents begin with one element."""
    location, _ = _ISO[space]
    schema = etree.Element(
        f"{{{XSD}}}schema", nsmap={"xsd": XSD}, targetNamespace=space, elementFormDefault="qualified"
    )
    etree.SubElement(schema, f"{{{XSD}}}include", schemaLocation=location)
    return schema


def _records(space: str, ows: str) -> Element:
    """Return the schema of ``csw:Record`` and its two shorter forms."""
    spaces = {"xsd": XSD, "csw": space, "dc": DC, "dct": DCT, "ows": ows}
    schema = etree.Element(f"{{{XSD}}}schema", nsmap=spaces, targetNamespace=space, elementFormDefault="qualified")
    schemas = "http://schemas.opengis.net"
    for imported, location in (
        (DCT, f"{schemas}/csw/2.0.2/rec-dcterms.xsd"),
        (DC, f"{schemas}/csw/2.0.2/rec-dcmes.xsd"),
        (ows, f"{schemas}/ows/1.0.0/owsAll.xsd"),
    ):
        etree.SubElement(schema, f"{{{XSD}}}import", namespace=imported, schemaLocation=location)
    etree.SubElement(schema, f"{{{XSD}}}element", name="AbstractRecord", type="csw:AbstractRecordType", abstract="true")
    etree.SubElement(schema, f"{{{XSD}}}complexType", name="AbstractRecordType", abstract="true")
    _form(schema, "BriefRecord", (*_BRIEF, _BOX))
    _form(schema, "SummaryRecord", (*_SUMMARY, _BOX))
    full = _form(schema, "Record", ())
    terms = etree.SubElement(full, f"{{{XSD}}}group", ref="dct:DCMI-terms")
    terms.addnext(_reference(*_BOX))
    return schema


def _form(schema: Element, name: str, elements: tuple[tuple[str, str, str], ...]) -> Element:
    """Add an element with its type; return the sequence of what is in it."""
    etree.SubElement(
        schema, f"{{{XSD}}}element", name=name, type=f"csw:{name}Type", substitutionGroup="csw:AbstractRecord"
    )
    kind = etree.SubElement(schema, f"{{{XSD}}}complexType", name=f"{name}Type", final="#all")
    content = etree.SubElement(kind, f"{{{XSD}}}complexContent")
    extension = etree.SubElement(content, f"{{{XSD}}}extension", base="csw:AbstractRecordType")
    sequence = etree.SubElement(extension, f"{{{XSD}}}sequence")
    sequence.extend(_reference(*one) for one in elements)
    return sequence


def _reference(name: str, least: str, most: str) -> Element:
    return etree.Element(f"{{{XSD}}}element", ref=name, minOccurs=least, maxOccurs=most)
