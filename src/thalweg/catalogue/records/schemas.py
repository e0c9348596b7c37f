"""The schemas of metadata that Records go out in: one table that every protocol asks.

CSW asks by ``outputSchema``, OAI-PMH by ``metadataPrefix``; both are answered by the same writer, and a document that
was given in the schema goes out as it came.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.records.record import Record, Rights, Service
from thalweg.catalogue.records.writers import atom, datacite, dif, dublin_core, fgdc, iso19115_3, iso19139
from thalweg.catalogue.records.writers.iso_parts import is_picture
from thalweg.catalogue.records.writers.markup import document
from thalweg.core.errors import InvalidParameter
from thalweg.guard.markup import parsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.catalogue.records.writers.dublin_core import ElementSet
    from thalweg.guard.markup import Element

_PROLOGUE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^>]*?\?>)?\s*")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([\w.-]+)[\"']")
_PLAIN = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})


@dataclass(frozen=True)
class Schema:
    """One schema.

    Attributes:
        uri: the namespace of its root, and CSW's ``outputSchema``.
        prefix: OAI-PMH's ``metadataPrefix``; empty where OAI-PMH does not offer it.
        location: where its XSD is.
        type_names: how CSW names what is in it.
        write: makes the root of a document.
        tell: writes the same as text, where that is done faster.
    """

    uri: str
    prefix: str
    location: str
    type_names: tuple[str, ...]
    write: Callable[[Record, ElementSet], Element]
    tell: Callable[[Record, ElementSet], bytes] | None = None

    def is_given(self, record: Record, elements: ElementSet = "full") -> bool:
        """Tell whether the Record was given in this schema and goes out as it came."""
        return elements == "full" and record.given is not None and record.given.schema == self.uri

    def element(self, record: Record, elements: ElementSet = "full") -> Element:
        """Return the Record as an element; one that was given is parsed."""
        if record.given is not None and self.is_given(record, elements):
            return parsed(record.given.content, "record")
        return self.write(record, elements)

    def document(self, record: Record, elements: ElementSet = "full") -> bytes:
        """Return the Record as an XML document, to the byte as it was given where it was."""
        if record.given is not None and self.is_given(record, elements):
            return record.given.content
        return document(self.write(record, elements))

    def fragment(self, record: Record, elements: ElementSet = "full") -> bytes:
        """Return the Record as it may stand within another document in UTF-8, one without a default namespace.

        What was given in UTF-8 is the same to the byte but for its declaration.
        """
        if record.given is not None and self.is_given(record, elements):
            return _undeclared(record.given.content)
        if self.tell is not None:
            return self.tell(record, elements)
        return _serialized(self.write(record, elements))


def _undeclared(content: bytes) -> bytes:
    match = _PROLOGUE.match(content)
    start = match.end() if match else 0
    encoding = _ENCODING.search(content[:start])
    if encoding is None or encoding[1].lower() in _PLAIN:
        return content[start:]
    return _serialized(parsed(content, "record"))


def _serialized(root: Element) -> bytes:
    etree.cleanup_namespaces(root)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return made


def told(record: Record, elements: ElementSet) -> Record:
    """Return what of a Record its brief or summary form tells, after the elements that CSW's ISO profile names."""
    if elements == "full":
        return record
    service = record.service
    pictures = tuple(link for link in record.links if is_picture(link))
    brief = Record(
        id=record.id,
        type=record.type,
        title=record.title,
        boxes=record.boxes,
        geometry=None if record.boxes else record.geometry,
        links=pictures,
        service=Service(service.type, service.version, coupling=service.coupling) if service else None,
    )
    if elements == "brief":
        return brief
    return replace(
        record,
        alternate_titles=(),
        geometry=brief.geometry,
        contacts=tuple(contact for contact in record.contacts if not contact.of_record),
        rights=Rights(),
        external_ids=(),
        lineage="",
        parent="",
        given=None,
        extra=None,
    )


def _in_part(write: Callable[[Record], Element]) -> Callable[[Record, ElementSet], Element]:
    return lambda record, elements: write(told(record, elements))


def _whole(write: Callable[[Record], Element]) -> Callable[[Record, ElementSet], Element]:
    return lambda record, _: write(record)


_CSW_3 = "http://schemas.opengis.net/csw/3.0/record.xsd"
SCHEMAS = (
    Schema(
        dublin_core.CSW_2,
        "csw",
        "http://schemas.opengis.net/csw/2.0.2/record.xsd",
        ("csw:Record", "csw:SummaryRecord", "csw:BriefRecord"),
        dublin_core.csw_2,
        dublin_core.csw_2_text,
    ),
    Schema(
        dublin_core.CSW_3,
        "csw30",
        _CSW_3,
        ("csw30:Record", "csw30:SummaryRecord", "csw30:BriefRecord"),
        dublin_core.csw_3,
        dublin_core.csw_3_text,
    ),
    Schema(
        iso19139.GMD,
        "iso19139",
        "http://schemas.opengis.net/iso/19139/20070417/gmd/gmd.xsd",
        ("gmd:MD_Metadata",),
        _in_part(iso19139.element_of),
    ),
    Schema(
        iso19139.GMI,
        "iso19115-2",
        "https://data.noaa.gov/resources/iso19139/schema.xsd",
        ("gmi:MI_Metadata",),
        _in_part(iso19139.element_with_acquisition),
    ),
    Schema(
        iso19115_3.MDB,
        "iso19115-3.2018",
        "https://schemas.isotc211.org/19115/-3/mdb/2.0/mdb.xsd",
        ("mdb:MD_Metadata",),
        _in_part(iso19115_3.element_of),
    ),
    Schema(
        dif.DIF,
        "dif",
        "https://cdn.earthdata.nasa.gov/dif/10.2/dif_v10.2.xsd",
        ("dif:DIF",),
        _in_part(dif.element_of),
    ),
    Schema(
        fgdc.FGDC,
        "fgdc",
        "http://www.fgdc.gov/metadata/fgdc-std-001-1998.xsd",
        ("fgdc:metadata",),
        _in_part(fgdc.element_of),
    ),
    Schema(atom.ATOM, "atom", "http://www.kbcafe.com/rss/atom.xsd.xml", ("atom:entry",), _whole(atom.element_of)),
    Schema(
        dublin_core.OAI_DC,
        "oai_dc",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        ("oai_dc:dc",),
        _whole(dublin_core.oai_dc),
        dublin_core.oai_dc_text,
    ),
    Schema(
        datacite.DATACITE,
        "datacite",
        "http://schema.datacite.org/meta/kernel-4/metadata.xsd",
        ("datacite:resource",),
        _whole(datacite.element_of),
    ),
)
"""Every schema, the first the one that CSW answers in when none is asked."""
_BY_URI = {schema.uri: schema for schema in SCHEMAS}
_BY_PREFIX = {schema.prefix: schema for schema in SCHEMAS if schema.prefix}
_BY_TYPE = {name: schema for schema in SCHEMAS for name in schema.type_names}


def by_uri(uri: str, parameter: str = "outputSchema") -> Schema:
    """Return the schema of a namespace.

    Raises:
        InvalidParameter: Records do not go out in it.
    """
    if uri not in _BY_URI:
        raise InvalidParameter(parameter, f"{uri[:128]!r} is none of {', '.join(_BY_URI)}")
    return _BY_URI[uri]


def by_prefix(prefix: str) -> Schema | None:
    """Return the schema of a ``metadataPrefix``; nothing for one that is not offered, which OAI-PMH has a code for."""
    return _BY_PREFIX.get(prefix)


def by_type_name(name: str) -> Schema | None:
    """Return the schema that a type name of CSW belongs to, such as ``gmd:MD_Metadata``."""
    return _BY_TYPE.get(name)
