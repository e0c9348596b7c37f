"""A Record as CSDGM, the metadata of the FGDC (FGDC-STD-001-1998), with what it can say.

CSDGM has no identifier; it stands as ``datasetid``, where GeoNetwork and pycsw look for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thalweg.catalogue.records.boxes import around
from thalweg.catalogue.records.writers.citation import cited
from thalweg.catalogue.records.writers.iso_parts import said_in
from thalweg.catalogue.records.writers.nodes import Nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.records.record import Contact, Record, Span
    from thalweg.catalogue.records.writers.nodes import Node
    from thalweg.guard.markup import Element

FGDC = "http://www.opengis.net/cat/csw/csdgm"
"""How CSW names CSDGM, whose elements are in no namespace."""
UNKNOWN, PRESENT = "Unknown", "Present"
_XML = Nodes({})
_DATE = re.compile(r"(\d{4})-?(\d\d)?-?(\d\d)?")
_NO_VOCABULARY = "None"


def _made(name: str, *children: Node | None, text: str = "") -> Node:
    return _XML.element(name, text, children)


def element_of(record: Record) -> Element:
    """Return the Record as ``metadata``."""
    metadata = _made(
        "metadata",
        _identification(record),
        _XML.branch("dataqual", [_lineage(record.lineage)]),
        _distribution(record),
        _about_metadata(record),
    )
    return _XML.grown(metadata)


def _identification(record: Record) -> Node:
    rights = record.rights
    use = "\n".join(filter(None, (rights.license, *rights.notes)))
    contact = next((one for one in record.contacts if not one.of_record), None)
    return _made(
        "idinfo",
        _made("datasetid", text=record.id),
        _made("citation", _citation(record)),
        _made(
            "descript",
            _made("abstract", text=record.description),
            _made("purpose", text="\n".join(said_in(record, "purpose")) or UNKNOWN),
            _XML.leaf("supplinf", "\n".join(said_in(record, "supplementalInformation"))),
        ),
        _made("timeperd", _made("timeinfo", *_times(record.span)), _made("current", text="ground condition")),
        _made("status", _made("progress", text=UNKNOWN), _made("update", text=UNKNOWN)),
        _place(record),
        _made("keywords", *_keywords(record)),
        _made("accconst", text="\n".join(rights.access) or _NO_VOCABULARY),
        _made("useconst", text=use or _NO_VOCABULARY),
        _made("ptcontac", _contact(contact)) if contact else None,
        *(_browse(link.href, link.title, link.type) for link in record.links if link.rel in ("preview", "icon")),
    )


def _citation(record: Record) -> Node:
    citation = cited(record)
    names = [one.name or one.organization for one in citation.authors] or [UNKNOWN]
    publication = [_made("pubplace", text=UNKNOWN), _made("publish", text=citation.publisher)]
    published = (record.dates or {}).get("publication", "")
    return _made(
        "citeinfo",
        *(_made("origin", text=name) for name in names),
        _made("pubdate", text=_date(published) or UNKNOWN),
        _made("title", text=record.title),
        _made("pubinfo", *publication) if citation.publisher else None,
        *_XML.leaves("onlink", [link.href for link in record.links if link.rel == "about"]),
    )


def _date(text: str) -> str:
    match = _DATE.match(text)
    return "".join(filter(None, match.groups())) if match else ""


def _times(span: Span | None) -> Iterator[Node]:
    if span is None:
        yield _made("sngdate", _made("caldate", text=UNKNOWN))
    elif span.start == span.end:
        yield _made("sngdate", _made("caldate", text=_date(span.start) or UNKNOWN))
    else:
        ends = (("begdate", _date(span.start) or UNKNOWN), ("enddate", _date(span.end) or PRESENT))
        yield _made("rngdates", *(_made(name, text=text) for name, text in ends))


def _place(record: Record) -> Node | None:
    box = around(record.boxes, record.geometry)
    if box is None:
        return None
    sides = (("westbc", box.west), ("eastbc", box.east), ("northbc", box.north), ("southbc", box.south))
    return _made("spdom", _made("bounding", *(_made(name, text=repr(number)) for name, number in sides)))


def _keywords(record: Record) -> Iterator[Node]:
    groups = [(_NO_VOCABULARY, "", list(record.keywords))] if record.keywords or not record.themes else []
    groups += [(one.scheme, one.kind, [c.title or c.id for c in one.concepts]) for one in record.themes]
    for scheme, kind, words in groups:
        name = "place" if kind == "place" else "theme"
        yield _made(
            name,
            _made(f"{name}kt", text=scheme),
            *(_made(f"{name}key", text=word) for word in words or [UNKNOWN]),
        )


def _browse(href: str, title: str, media_type: str) -> Node:
    told = (("browsen", href), ("browsed", title or UNKNOWN), ("browset", media_type or UNKNOWN))
    return _made("browse", *(_made(name, text=text) for name, text in told))


def _contact(contact: Contact) -> Node:
    organization = _made("cntorg", text=contact.organization) if contact.organization else None
    person = _made("cntper", text=contact.name) if contact.name else None
    inside = [person, organization] if person is not None else [organization]
    address = contact.address
    return _made(
        "cntinfo",
        _made("cntperp" if person is not None else "cntorgp", *inside),
        _XML.leaf("cntpos", contact.position),
        _made(
            "cntaddr",
            _made("addrtype", text="mailing"),
            *_XML.leaves("address", address.lines if address else ()),
            _made("city", text=(address.city if address else "") or UNKNOWN),
            _made("state", text=(address.area if address else "") or UNKNOWN),
            _made("postal", text=(address.postal_code if address else "") or UNKNOWN),
            _XML.leaf("country", address.country if address else ""),
        ),
        *_XML.leaves("cntvoice", contact.phones or (UNKNOWN,)),
        *_XML.leaves("cntemail", contact.emails),
    )


def _lineage(lineage: str) -> Node | None:
    if not lineage:
        return None
    step = [_made("procdesc", text=lineage), _made("procdate", text=UNKNOWN)]
    return _made("lineage", _made("procstep", *step))


def _distribution(record: Record) -> Node | None:
    downloads = [link.href for link in record.links if link.rel not in ("about", "preview", "icon")]
    names = [one.name or one.media_type for one in record.formats]
    if not downloads and not names:
        return None
    holder = next((one for one in record.contacts if "distributor" in one.roles), None)
    addresses = [_made("networka", _made("networkr", text=href)) for href in downloads]
    online = _made("digtopt", _made("onlinopt", _made("computer", *addresses))) if addresses else None
    forms = [
        _made("digform", _made("digtinfo", _made("formname", text=name)), online if not place else None)
        for place, name in enumerate(names or [UNKNOWN])
    ]
    return _made(
        "distinfo",
        _made("distrib", _contact(holder)) if holder else None,
        _made("distliab", text=UNKNOWN),
        _made("stdorder", *forms, _made("fees", text=UNKNOWN)),
    )


def _about_metadata(record: Record) -> Node:
    changed = record.updated or record.created
    holder = next((one for one in record.contacts if one.of_record), None)
    return _made(
        "metainfo",
        _made("metd", text=changed.date().isoformat().replace("-", "") if changed else UNKNOWN),
        _made("metc", _contact(holder)) if holder else None,
        _made("metstdn", text="FGDC Content Standard for Digital Geospatial Metadata"),
        _made("metstdv", text="FGDC-STD-001-1998"),
    )
