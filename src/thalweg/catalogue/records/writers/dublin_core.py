"""A Record in Dublin Core: ``csw:Record`` of CSW 2.0.2 and 3.0 in three element sets, and ``oai_dc``.

Boxes of ``csw:Record`` have latitude first, as their reference system, EPSG:4326, says; the element is always
``ows:BoundingBox``, which the clients of CSW look for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

from thalweg.catalogue.records.boxes import around
from thalweg.catalogue.records.writers.nodes import Nodes
from thalweg.catalogue.records.writers.texts import Texts
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from thalweg.catalogue.records.record import Contact, Occasion, Record, Span
    from thalweg.catalogue.records.writers.texts import Maker
    from thalweg.core.geometry import BBox
    from thalweg.guard.markup import Element

T = TypeVar("T")
ElementSet = Literal["brief", "summary", "full"]
"""How much CSW tells of a record."""
CSW_2 = "http://www.opengis.net/cat/csw/2.0.2"
CSW_3 = "http://www.opengis.net/cat/csw/3.0"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_DC: dict[str | None, str] = {"dc": "http://purl.org/dc/elements/1.1/", "dct": "http://purl.org/dc/terms/"}
_OAI: dict[str | None, str] = {"oai_dc": OAI_DC, "dc": _DC["dc"]}
_OAI_NODES, _OAI_TEXTS = Nodes(_OAI), Texts(_OAI)
_NAMES = {"brief": "BriefRecord", "summary": "SummaryRecord", "full": "Record"}
_CREATORS = frozenset({"author", "originator", "principalInvestigator", "coAuthor"})
_PUBLISHERS = frozenset({"publisher", "distributor"})


@dataclass(frozen=True)
class _Version:
    """What the versions of CSW differ in."""

    csw: str
    ows: str
    crs: str
    has_times: bool

    @cached_property
    def nodes(self) -> Nodes:
        return Nodes({**_DC, "csw": self.csw, "ows": self.ows})

    @cached_property
    def texts(self) -> Texts:
        return Texts({**_DC, "csw": self.csw, "ows": self.ows})


_V2 = _Version(CSW_2, "http://www.opengis.net/ows", "urn:x-ogc:def:crs:EPSG:6.11:4326", has_times=False)
_V3 = _Version(CSW_3, "http://www.opengis.net/ows/2.0", "http://www.opengis.net/def/crs/EPSG/0/4326", has_times=True)


def csw_2(record: Record, elements: ElementSet = "full") -> Element:
    """Return the Record as CSW 2.0.2 tells it."""
    return _V2.nodes.grown(_csw(_V2.nodes, record, elements, _V2))


def csw_2_text(record: Record, elements: ElementSet = "full") -> bytes:
    """Return the same as text."""
    return _V2.texts.document(_csw(_V2.texts, record, elements, _V2))


def csw_3(record: Record, elements: ElementSet = "full") -> Element:
    """Return the Record as CSW 3.0 tells it."""
    return _V3.nodes.grown(_csw(_V3.nodes, record, elements, _V3))


def csw_3_text(record: Record, elements: ElementSet = "full") -> bytes:
    """Return the same as text."""
    return _V3.texts.document(_csw(_V3.texts, record, elements, _V3))


def _csw(xml: Maker[T], record: Record, elements: ElementSet, version: _Version) -> T:
    told = _brief if elements == "brief" else _summary if elements == "summary" else _full
    boxes = record.boxes or tuple(filter(None, [around((), record.geometry)]))
    children: list[T | None] = [*told(xml, record), *(_box(xml, box, version.crs) for box in boxes)]
    if version.has_times and elements != "brief" and record.span is not None:
        children.append(_times(xml, record.span))
    return xml.element(f"csw:{_NAMES[elements]}", children=children)


def _brief(xml: Maker[T], record: Record) -> Iterator[T | None]:
    yield xml.element("dc:identifier", record.id)
    for one in record.external_ids:
        yield xml.leaf("dc:identifier", one.value, scheme=one.scheme)
    yield xml.element("dc:title", record.title)
    yield xml.leaf("dc:type", record.type)


def _summary(xml: Maker[T], record: Record) -> Iterator[T | None]:
    yield from _brief(xml, record)
    yield from _subjects(xml, record)
    yield from xml.leaves("dc:format", _formats(record))
    yield xml.leaf("dc:relation", record.parent)
    yield xml.leaf("dct:modified", _modified(record))
    yield xml.leaf("dct:abstract", record.description)


def _full(xml: Maker[T], record: Record) -> Iterator[T | None]:
    dates, rights = record.dates or {}, record.rights
    yield from _summary(xml, record)
    yield from xml.leaves("dct:alternative", record.alternate_titles)
    yield from _parties(xml, record)
    yield xml.leaf("dc:date", date_of(record))
    yield xml.leaf("dct:created", dates.get("creation", ""))
    yield xml.leaf("dct:issued", dates.get("publication", ""))
    if _modified(record):
        yield xml.leaf("dct:modified", dates.get("revision", ""))
    yield from xml.leaves("dc:language", record.resource_languages or (record.language,))
    yield xml.leaf("dct:license", rights.license)
    yield from xml.leaves("dct:accessRights", rights.access)
    yield from xml.leaves("dc:rights", (*rights.notes, *rights.use))
    yield xml.leaf("dct:provenance", record.lineage)
    yield xml.leaf("dct:temporal", period(record.span))
    yield xml.leaf("dct:isPartOf", record.parent)
    for link in record.links:
        yield xml.leaf("dct:references", link.href, scheme=link.protocol or link.type)


def _subjects(xml: Maker[T], record: Record) -> Iterator[T | None]:
    yield from xml.leaves("dc:subject", record.keywords)
    for theme in record.themes:
        for concept in theme.concepts:
            yield xml.leaf("dc:subject", concept.title or concept.id, scheme=theme.scheme)


def _formats(record: Record) -> list[str]:
    return [one.media_type or one.name for one in record.formats]


def _modified(record: Record) -> str:
    changed = record.updated or record.created
    return written(changed) if changed else (record.dates or {}).get("revision", "")


def date_of(record: Record) -> str:
    """Return the one date that Dublin Core has of a resource; empty where none is told."""
    return day_of(record.dates or {})


def day_of(dates: Mapping[Occasion, str]) -> str:
    """Return that one of several by occasion."""
    return dates.get("publication") or dates.get("creation") or dates.get("revision") or ""


def _parties(xml: Maker[T], record: Record) -> Iterator[T | None]:
    return _named(xml, _parts(record))


def _parts(record: Record) -> Iterator[tuple[str, str]]:
    for contact in record.contacts:
        if not contact.of_record:
            for role in contact.roles or ("",):
                yield part_of(role), _name(contact)


def _named(xml: Maker[T], parties: Iterable[tuple[str, str]]) -> Iterator[T | None]:
    for element, name in dict.fromkeys(parties):
        yield xml.leaf(element, name)


def part_of(role: str) -> str:
    """Return the element that names who has a role."""
    if role in _CREATORS:
        return "dc:creator"
    return "dc:publisher" if role in _PUBLISHERS else "dc:contributor"


def _name(contact: Contact) -> str:
    return contact.name or contact.organization


def _box(xml: Maker[T], box: BBox, crs: str) -> T:
    corners = [
        xml.element("ows:LowerCorner", f"{box.south!r} {box.west!r}"),
        xml.element("ows:UpperCorner", f"{box.north!r} {box.east!r}"),
    ]
    return xml.element("ows:BoundingBox", children=corners, crs=crs, dimensions="2")


def _times(xml: Maker[T], span: Span) -> T | None:
    ends = (("csw:begin", span.start, "T00:00:00Z"), ("csw:end", span.end, "T23:59:59Z"))
    return xml.branch(
        "csw:TemporalExtent",
        [xml.leaf(name, text if "T" in text else f"{text}{rest}") for name, text, rest in ends if text != ".."],
    )


def period(span: Span | None) -> str:
    """Return a span of time as DCMI Period says it."""
    if span is None:
        return ""
    ends = [f"{name}={text}" for name, text in (("start", span.start), ("end", span.end)) if text != ".."]
    return "; ".join([*ends, "scheme=W3C-DTF"])


def box(bounds: BBox) -> str:
    """Return a box as DCMI Box says it, in degrees."""
    return box_of(bounds.west, bounds.south, bounds.east, bounds.north)


def box_of(west: float, south: float, east: float, north: float) -> str:
    """Return the same of its four sides."""
    return f"northlimit={north!r}; southlimit={south!r}; westlimit={west!r}; eastlimit={east!r}"


def oai_dc(record: Record) -> Element:
    """Return the Record as OAI-PMH's unqualified Dublin Core tells it."""
    return _OAI_NODES.grown(_oai_dc(_OAI_NODES, record))


def oai_dc_text(record: Record, _elements: ElementSet = "full") -> bytes:
    """Return the same as text."""
    return _OAI_TEXTS.document(_oai_dc(_OAI_TEXTS, record))


def oai_dc_of(terms: Mapping[str, Iterable[str]], parties: Iterable[tuple[str, str]]) -> bytes:
    """Return the same as text, of what its elements say and of who is named in which of them."""
    return _OAI_TEXTS.document(_of_terms(_OAI_TEXTS, terms, parties))


def _of_terms(xml: Maker[T], terms: Mapping[str, Iterable[str]], parties: Iterable[tuple[str, str]]) -> T:
    children = [made for name, texts in terms.items() for made in xml.leaves(name, texts)]
    return xml.element("oai_dc:dc", children=[*children, *_named(xml, parties)])


def _oai_dc(xml: Maker[T], record: Record) -> T:
    rights = record.rights
    words = (*record.keywords, *(one.title or one.id for theme in record.themes for one in theme.concepts))
    boxes = record.boxes or tuple(filter(None, [around((), record.geometry)]))
    terms = {
        "dc:title": (record.title, *record.alternate_titles),
        "dc:subject": tuple(dict.fromkeys(words)),
        "dc:description": (record.description,),
        "dc:date": tuple(dict.fromkeys(filter(None, (date_of(record), *(record.dates or {}).values())))),
        "dc:type": (record.type,),
        "dc:format": _formats(record),
        "dc:identifier": (record.id, *(one.value for one in record.external_ids)),
        "dc:language": record.resource_languages or (record.language,),
        "dc:relation": (record.parent, *(link.href for link in record.links)),
        "dc:coverage": (*map(box, boxes), period(record.span)),
        "dc:rights": (rights.license, *rights.notes, *rights.access, *rights.use),
    }
    return _of_terms(xml, terms, _parts(record))
