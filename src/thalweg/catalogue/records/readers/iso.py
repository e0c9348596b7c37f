"""Reads a Record from ISO 19139 (19115, 19115-2) and from ISO 19115-3.

The elements are found by their local names: the two encodings, and the national profiles that derive elements of their
own (``CHE_MD_Metadata``), differ in namespaces most. What is not there, or cannot be read, is not told; a record that
is odd is still a record.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from thalweg.catalogue.records.languages import two_letters
from thalweg.catalogue.records.readers.iso_elements import all_said, at, first, local_name, prose, said
from thalweg.catalogue.records.readers.iso_extents import boxes_of, geometry_of, span_of
from thalweg.catalogue.records.readers.iso_parties import contacts_of
from thalweg.catalogue.records.record import (
    Concept,
    ExternalId,
    Format,
    Link,
    Occasion,
    Record,
    Resolution,
    Rights,
    Service,
    Theme,
)
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from thalweg.guard.markup import Element

TOPIC_CATEGORIES = "https://standards.iso.org/iso/19115/resources/Codelists/gml/MD_TopicCategoryCode.xml"
"""The scheme of ISO 19115's topic categories."""
_OCCASIONS: tuple[Occasion, ...] = ("creation", "publication", "revision")
_ROOTS = re.compile(r"(?:\w+_)?M[DI]_Metadata")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_METRES = {"m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0, "km": 1000.0, "cm": 0.01, "": 1.0}
_FUNCTIONS = {"download": "enclosure", "information": "about", "search": "search", "order": "about"}


def record_of(root: Element) -> Record:
    """Read a Record.

    Raises:
        InvalidParameter: the root is no metadata of ISO 19115, or has no identifier.
    """
    if not _ROOTS.fullmatch(local_name(root)):
        raise InvalidParameter("record", f"its root is {local_name(root)!r}: MD_Metadata or MI_Metadata is read here")
    identifier = said(root, "fileIdentifier", "metadataIdentifier/*/code")
    if not identifier:
        raise InvalidParameter("record", "has no fileIdentifier")
    about = first(root, "identificationInfo/*")
    citation = first(about, "citation/*")
    return Record(
        id=identifier,
        type=said(root, "hierarchyLevel", "metadataScope/*/resourceScope") or "dataset",
        title=said(citation, "title"),
        alternate_titles=tuple(all_said(citation, "alternateTitle")),
        description=prose(first(about, "abstract")),
        keywords=tuple(_free_keywords(about)),
        themes=tuple(_themes(about)),
        language=two_letters(said(root, "language", "defaultLocale/*/language")),
        resource_languages=tuple(_languages(about)),
        updated=_stamp(root),
        dates=_dates(citation),
        span=span_of(about),
        geometry=geometry_of(about),
        boxes=boxes_of(about),
        contacts=(
            *contacts_of(root, "contact", of_record=True),
            *contacts_of(about, "pointOfContact"),
            *contacts_of(citation, "citedResponsibleParty"),
        ),
        rights=_rights(about),
        formats=tuple(_formats(root, about)),
        external_ids=tuple(_identifiers(citation)),
        links=(*_links(root), *_previews(about)),
        lineage=_lineage(root),
        parent=said(root, "parentIdentifier", "parentMetadata/*/identifier/*/code", "parentMetadata/*/title"),
        crs=tuple(_systems(root)),
        resolution=_resolution(about),
        service=_service(about),
    )


def _free_keywords(about: Element | None) -> Iterator[str]:
    """Yield the keywords that are of no vocabulary."""
    for block in _blocks(about):
        if first(block, "thesaurusName/*/title") is None:
            yield from all_said(block, "keyword")


def _themes(about: Element | None) -> Iterator[Theme]:
    for block in _blocks(about):
        thesaurus = first(block, "thesaurusName/*")
        scheme = said(thesaurus, "title")
        concepts = tuple(Concept(text) for text in all_said(block, "keyword"))
        if scheme and concepts:
            yield Theme(scheme, concepts, said(thesaurus, "date/*/date")[:10], said(block, "type"))
    topics = tuple(Concept(text) for text in all_said(about, "topicCategory"))
    if topics:
        yield Theme(TOPIC_CATEGORIES, topics, kind="topic")


def _blocks(about: Element | None) -> Iterator[Element]:
    if about is not None:
        yield from at(about, "descriptiveKeywords/MD_Keywords")


def _languages(about: Element | None) -> Iterator[str]:
    for path in ("language", "defaultLocale/*/language", "otherLocale/*/language"):
        for text in all_said(about, path):
            yield two_letters(text)


def _stamp(root: Element) -> datetime | None:
    text = said(root, "dateStamp")
    for date in at(root, "dateInfo/*"):
        if said(date, "dateType") in ("revision", "creation"):
            text = said(date, "date")
    return _moment(text)


def _moment(text: str) -> datetime | None:
    try:
        if _DAY.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _dates(citation: Element | None) -> Mapping[Occasion, str] | None:
    found: dict[Occasion, str] = {}
    for date in at(citation, "date/*") if citation is not None else ():
        text, kind = said(date, "date"), said(date, "dateType")
        for occasion in _OCCASIONS:
            if kind == occasion and text:
                found.setdefault(occasion, _plain(text))
    return found or None


def _plain(text: str) -> str:
    """Return a time as RFC 3339 where it is one, else as it stands."""
    try:
        instant(text)
    except InvalidParameter:
        moment = _moment(text) if "T" in text else None
        return moment.isoformat().replace("+00:00", "Z") if moment else text
    return text


def _rights(about: Element | None) -> Rights:
    if about is None:
        return Rights()
    every = list(at(about, "resourceConstraints/*"))
    return Rights(
        access=tuple(text for one in every for text in all_said(one, "accessConstraints")),
        use=tuple(text for one in every for text in all_said(one, "useConstraints")),
    )


def _formats(root: Element, about: Element | None) -> Iterator[Format]:
    places = ("distributionInfo/*/distributionFormat/MD_Format", "distributionInfo/*/distributor/*/distributorFormat/*")
    for one in [*(found for path in places for found in at(root, path)), *_resource_formats(about)]:
        name = said(one, "name", "formatSpecificationCitation/*/title")
        if name:
            yield Format(name, version=said(one, "version", "formatSpecificationCitation/*/edition"))


def _resource_formats(about: Element | None) -> Iterator[Element]:
    if about is not None:
        yield from at(about, "resourceFormat/MD_Format")


def _identifiers(citation: Element | None) -> Iterator[ExternalId]:
    for one in at(citation, "identifier/*") if citation is not None else ():
        code = said(one, "code")
        if code:
            yield ExternalId(code, said(one, "codeSpace"))


def _links(root: Element) -> Iterator[Link]:
    for options in (
        "distributionInfo/*/transferOptions/*/onLine/*",
        "distributionInfo/*/distributor/*/distributorTransferOptions/*/onLine/*",
    ):
        for one in at(root, options):
            href = said(one, "linkage")
            if href:
                function = said(one, "function")
                yield Link(
                    href=href,
                    rel=_FUNCTIONS.get(function, "related"),
                    title=said(one, "name"),
                    description=said(one, "description"),
                    protocol=said(one, "protocol"),
                    function=function,
                )


def _previews(about: Element | None) -> Iterator[Link]:
    for one in at(about, "graphicOverview/*") if about is not None else ():
        href = said(one, "fileName")
        if href.startswith(("http://", "https://")):
            yield Link(href, "preview", title=said(one, "fileDescription"))


def _lineage(root: Element) -> str:
    found = first(root, "dataQualityInfo/*/lineage/*/statement", "resourceLineage/*/statement")
    return prose(found)


def _systems(root: Element) -> Iterator[str]:
    for one in at(root, "referenceSystemInfo/*/referenceSystemIdentifier/*"):
        code, space = said(one, "code"), said(one, "codeSpace")
        if code:
            yield f"{space}:{code}" if space and space not in code and "/" not in code else code


def _resolution(about: Element | None) -> Resolution | None:
    scale = said(about, "spatialResolution/*/equivalentScale/*/denominator")
    distance = first(about, "spatialResolution/*/distance/*")
    if scale.isdecimal():
        return Resolution(scale=int(scale))
    if distance is None:
        return None
    unit = (distance.get("uom") or "").rpartition("#")[2].strip().lower()
    try:
        return Resolution(metres=float(distance.text) * _METRES[unit])
    except (TypeError, ValueError, KeyError):
        return None


def _service(about: Element | None) -> Service | None:
    if about is None or not local_name(about).endswith("SV_ServiceIdentification"):
        return None
    return Service(
        type=said(about, "serviceType"),
        version=said(about, "serviceTypeVersion"),
        operations=tuple(all_said(about, "containsOperations/*/operationName")),
        operates_on=tuple(filter(None, (_served(one) for one in at(about, "operatesOn")))),
    )


def _served(element: Element) -> str:
    return str(element.get("uuidref") or element.get("{http://www.w3.org/1999/xlink}href") or "")
