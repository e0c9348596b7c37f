"""What both encodings of ISO 19115 tell alike but for the namespaces: citation, keywords, extent, rights, links."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

from thalweg.catalogue.records.boxes import around
from thalweg.catalogue.records.iso_words import (
    ASSIGNED_RELATIONS,
    FUNCTION_RELATIONS,
    MEDIA_TYPES,
    PICTURES,
    TOPIC_CATEGORIES,
    TOPICS,
)
from thalweg.catalogue.records.writers.gml import geometries_of, named_after, period_of
from thalweg.catalogue.records.writers.iso_dialect import ISO_19139, MISSING, Linked
from thalweg.catalogue.records.writers.iso_parties import address_of_web

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thalweg.catalogue.records.record import Concept, Format, Link, Record, Resolution, Theme
    from thalweg.catalogue.records.writers.iso_dialect import Dialect
    from thalweg.catalogue.records.writers.nodes import Node
    from thalweg.core.geometry import BBox

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_MEGABYTE = 1_000_000


def said_in(record: Record, name: str) -> tuple[str, ...]:
    """Return the texts that a member beside the model says, one or several."""
    value = (record.extra or {}).get(name)
    return tuple(one for one in (value if isinstance(value, list | tuple) else [value]) if isinstance(one, str) and one)


def citation(iso: Dialect, record: Record) -> Node:
    """Return how the resource is cited."""
    dates = [made for kind, text in (record.dates or {}).items() if (made := date(iso, text, kind)) is not None]
    return iso.made(
        "CI_Citation",
        title=record.title or MISSING,
        alternateTitle=list(record.alternate_titles),
        date=dates or (MISSING if iso is ISO_19139 else None),
        identifier=[identifier(iso, one.value, one.scheme) for one in record.external_ids],
    )


def identifier(iso: Dialect, code: str, space: str = "", kind: str = "") -> Node:
    """Return an identifier; ISO 19139 has another class for one with a code space."""
    name = kind or ("RS_Identifier" if space and iso is ISO_19139 else "MD_Identifier")
    return iso.made(name, code=code or MISSING, codeSpace=space)


def date(iso: Dialect, text: str, occasion: str) -> Node | None:
    """Return a date with its occasion; nothing for a text that is none."""
    value = moment(iso, text)
    return None if value is None else iso.made("CI_Date", date=value, dateType=iso.code("CI_DateTypeCode", occasion))


def moment(iso: Dialect, text: str) -> Node | None:
    """Return a date or a time; nothing for a text that is neither."""
    if _TIME.fullmatch(text):
        return iso.primitive("DateTime", text)
    return iso.primitive("Date", text) if _DATE.fullmatch(text) else None


def topics(iso: Dialect, record: Record) -> list[Node]:
    """Return the topic categories."""
    found = [concept.id for theme in record.themes if _is_of_topics(theme) for concept in theme.concepts]
    return [iso.leaf(f"{iso.packages.get('MD_TopicCategoryCode', iso.usual)}:MD_TopicCategoryCode", t) for t in found]


def _is_of_topics(theme: Theme) -> bool:
    return theme.scheme == TOPIC_CATEGORIES and all(concept.id in TOPICS for concept in theme.concepts)


def keywords(iso: Dialect, record: Record, *, with_topics: bool) -> list[Node]:
    """Return the keywords, those of a vocabulary with it.

    Args:
        iso: the dialect.
        record: what is told.
        with_topics: topic categories too, where the class has no place for them.
    """
    free = iso.made("MD_Keywords", keyword=list(record.keywords)) if record.keywords else None
    of_vocabularies = [_keywords(iso, theme) for theme in record.themes if with_topics or not _is_of_topics(theme)]
    return [made for made in (free, *of_vocabularies) if made is not None]


def _keywords(iso: Dialect, theme: Theme) -> Node:
    edition = date(iso, theme.date, "publication")
    undated = MISSING if iso is ISO_19139 else None
    thesaurus = iso.made("CI_Citation", title=theme.scheme, date=undated if edition is None else edition)
    return iso.made(
        "MD_Keywords",
        keyword=[_keyword(iso, concept) for concept in theme.concepts] or MISSING,
        type=iso.code("MD_KeywordTypeCode", theme.kind),
        thesaurusName=thesaurus,
    )


def _keyword(iso: Dialect, concept: Concept) -> Node:
    return iso.anchor(concept.title or concept.id, concept.id if concept.title else concept.url)


def extent(iso: Dialect, record: Record) -> Node | None:
    """Return where and when the resource is."""
    box = around((), record.geometry) if not record.boxes else None
    boxes, of = record.boxes or ((box,) if box else ()), named_after(record.id)
    places = [_box(iso, one) for one in boxes] + [
        iso.made("EX_BoundingPolygon", polygon=[geometry]) for geometry in geometries_of(record.geometry, of)
    ]
    places += [
        iso.made("EX_GeographicDescription", geographicIdentifier=identifier(iso, code))
        for code in said_in(record, "geographicDescriptions")
    ]
    span = record.span
    if not places and span is None:
        return None
    time = iso.made("EX_TemporalExtent", extent=period_of(span, of)) if span is not None else None
    return iso.made("EX_Extent", geographicElement=places, temporalElement=time)


def _box(iso: Dialect, box: BBox) -> Node:
    west, south, east, north = (iso.primitive("Decimal", _decimal(number)) for number in box.numbers())
    return iso.made(
        "EX_GeographicBoundingBox",
        westBoundLongitude=west,
        eastBoundLongitude=east,
        southBoundLatitude=south,
        northBoundLatitude=north,
    )


def _decimal(number: float) -> str:
    """Return a number without an exponent, which ``xs:decimal`` has none of."""
    return format(Decimal(repr(number)), "f")


def constraints(iso: Dialect, record: Record) -> list[Node]:
    """Return what one may do with the resource, its license in a block of its own."""
    rights = record.rights
    access, use = (iso.codes("MD_RestrictionCode", told) for told in (rights.access, rights.use))
    is_explained = "otherRestrictions" in (*rights.access, *rights.use)
    notes = list(rights.notes)
    found = []
    if access or use or notes:
        found.append(
            iso.made(
                "MD_LegalConstraints",
                useLimitation=None if is_explained else notes,
                accessConstraints=access,
                useConstraints=use,
                otherConstraints=notes if is_explained else None,
            )
        )
    kind = (record.extra or {}).get("classification")
    if isinstance(kind, str) and kind:
        found.append(iso.made("MD_SecurityConstraints", classification=iso.code("MD_ClassificationCode", kind)))
    if rights.license:
        word = iso.code("MD_RestrictionCode", "license")
        found.append(iso.made("MD_LegalConstraints", useConstraints=word, otherConstraints=rights.license))
    return found


def resolutions(iso: Dialect, resolution: Resolution | None) -> list[Node]:
    """Return how fine the resource is."""
    if resolution is None:
        return []
    found = []
    if resolution.scale is not None:
        denominator = iso.primitive("Integer", str(resolution.scale))
        fraction = iso.made("MD_RepresentativeFraction", denominator=denominator)
        found.append(iso.made("MD_Resolution", equivalentScale=fraction))
    if resolution.metres is not None:
        distance = iso.primitive("Distance", repr(resolution.metres), uom="m")
        found.append(iso.made("MD_Resolution", distance=distance))
    return found


def named_format(iso: Dialect, one: Format) -> Node:
    """Return the name of a format; its media type is where the name points."""
    if not one.name:
        return iso.primitive("CharacterString", one.media_type)
    return iso.anchor(one.name, f"{MEDIA_TYPES}{one.media_type}" if one.media_type else "")


def previews(iso: Dialect, links: Iterable[Link]) -> list[Linked]:
    """Return the pictures of the resource."""
    return [
        Linked(
            iso.made("MD_BrowseGraphic", fileName=one.href, fileDescription=one.title, fileType=one.type),
            {"xlink:arcrole": "" if one.rel == "preview" else f"{ASSIGNED_RELATIONS}{one.rel}"},
        )
        for one in links
        if is_picture(one)
    ]


def is_picture(link: Link) -> bool:
    """Tell whether a link leads to a picture of the resource that ISO 19115 has a place of its own for."""
    return link.rel in PICTURES and link.href.startswith(("http://", "https://"))


def transfers(iso: Dialect, links: Iterable[Link]) -> list[Node]:
    """Return the other links, each with the size of what it leads to."""
    return [_transfer(iso, one) for one in links if not is_picture(one)]


def _transfer(iso: Dialect, link: Link) -> Node:
    size = None if link.length is None else iso.primitive("Real", repr(link.length / _MEGABYTE))
    resource = iso.made(
        "CI_OnlineResource",
        linkage=address_of_web(iso, link.href),
        protocol=link.protocol,
        name=_titled(iso, link),
        description=link.description,
        function=iso.code("CI_OnLineFunctionCode", link.function),
    )
    told = link.rel == FUNCTION_RELATIONS.get(link.function, "related")
    relation = "" if told else link.rel if "://" in link.rel else f"{ASSIGNED_RELATIONS}{quote(link.rel)}"
    return iso.made(
        "MD_DigitalTransferOptions", transferSize=size, onLine=Linked(resource, {"xlink:arcrole": relation})
    )


def _titled(iso: Dialect, link: Link) -> Node | str:
    return iso.leaf(f"{iso.anchors}:MimeFileType", link.title, type=link.type) if link.type else link.title
