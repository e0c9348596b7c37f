"""A Record as an entry of an Atom feed, with where (GeoRSS) and when (Dublin Core), as OpenSearch asks (10-032r8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from thalweg.catalogue.records.boxes import around
from thalweg.catalogue.records.writers.nodes import Nodes
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.records.record import Contact, Link, Record, Span
    from thalweg.catalogue.records.writers.nodes import Node
    from thalweg.core.geometry import BBox
    from thalweg.guard.markup import Element

ATOM = "http://www.w3.org/2005/Atom"
_XML = Nodes(
    {
        "atom": ATOM,
        "georss": "http://www.georss.org/georss",
        "gml": "http://www.opengis.net/gml",
        "dc": "http://purl.org/dc/elements/1.1/",
    }
)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_POLYGON = "Polygon"


def element_of(record: Record) -> Element:
    """Return the Record as an ``atom:entry``; one that never says when it changed says the beginning of 1970."""
    changed = record.updated or record.created or _NEVER
    authors = [_person("author", contact) for contact in record.contacts] or [_nobody()]
    entry = _XML.element(
        "atom:entry",
        children=[
            _XML.element("atom:id", _address(record)),
            _XML.element("atom:title", record.title or record.id),
            _XML.element("atom:updated", written(changed)),
            _XML.leaf("atom:published", written(record.created)) if record.created else None,
            *authors,
            _XML.leaf("atom:summary", record.description),
            *_categories(record),
            _XML.leaf("atom:rights", "\n".join(filter(None, (record.rights.license, *record.rights.notes)))),
            *(_link(link) for link in record.links),
            _XML.element("dc:identifier", record.id),
            _XML.leaf("dc:date", _period(record.span)),
            *_places(record),
        ],
    )
    return _XML.grown(entry)


def _address(record: Record) -> str:
    """Return the entry's id, which is an IRI: its own page's where it has one, of whatever moment, else a URN."""
    own = next((link.href for link in record.links if link.rel == "self" and "://" in link.href), "")
    return own.partition("?as-of=")[0] or f"urn:x-record:{quote(record.id, safe=':')}"


def _person(element: str, contact: Contact) -> Node:
    return _XML.element(
        f"atom:{element}",
        children=[
            _XML.element("atom:name", contact.name or contact.organization),
            _XML.leaf("atom:uri", contact.url),
            _XML.leaf("atom:email", contact.emails[0] if contact.emails else ""),
        ],
    )


def _nobody() -> Node:
    """Return the author that Atom demands of an entry, where none is told."""
    return _XML.element("atom:author", children=[_XML.element("atom:name", "unknown")])


def _categories(record: Record) -> Iterator[Node]:
    for word in record.keywords:
        yield _XML.element("atom:category", term=word)
    for theme in record.themes:
        for concept in theme.concepts:
            yield _XML.element("atom:category", term=concept.id, scheme=theme.scheme, label=concept.title)


def _link(link: Link) -> Node:
    length = "" if link.length is None else str(link.length)
    return _XML.element("atom:link", rel=link.rel, href=link.href, type=link.type, title=link.title, length=length)


def _period(span: Span | None) -> str:
    """Return a span as 10-032r8 writes it: two times and a slash; an open end is left empty."""
    if span is None:
        return ""
    if span.start == span.end:
        return span.start
    return "/".join("" if end == ".." else end for end in (span.start, span.end))


def _envelope(box: BBox) -> Node:
    """Return a box in GML, which readers of GeoRSS GML look for."""
    lower = _XML.element("gml:lowerCorner", f"{box.south!r} {box.west!r}")
    upper = _XML.element("gml:upperCorner", f"{box.north!r} {box.east!r}")
    return _XML.element("gml:Envelope", children=[lower, upper], srsName="urn:ogc:def:crs:EPSG::4326")


def _places(record: Record) -> Iterator[Node | None]:
    """Yield where the resource is, latitude first: a box each, and the outline of a polygon."""
    for box in record.boxes or tuple(filter(None, [around((), record.geometry)])):
        yield _XML.element("georss:box", f"{box.south!r} {box.west!r} {box.north!r} {box.east!r}")
        yield _XML.element("georss:where", children=[_envelope(box)])
    geometry = record.geometry
    if geometry is not None and geometry.get("type") == _POLYGON:
        ring = geometry["coordinates"][0]
        yield _XML.element("georss:polygon", " ".join(f"{float(lat)!r} {float(lon)!r}" for lon, lat, *_ in ring))
