"""Reads a Record from ISO 19139 (19115, 19115-2) and from ISO 19115-3.

The elements are found by their local names: the two encodings, and the national profiles that derive elements of their
own (``CHE_MD_Metadata``), differ in namespaces most. What is not there, or cannot be read, is not told; a record that
is odd is still a record.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from thalweg.catalogue.records.iso_words import KINDS
from thalweg.catalogue.records.languages import two_letters
from thalweg.catalogue.records.readers.iso_distribution import formats_of, links_of, previews_of
from thalweg.catalogue.records.readers.iso_elements import all_said, at, first, local_name, prose, said
from thalweg.catalogue.records.readers.iso_extents import boxes_of, geometry_of, span_of
from thalweg.catalogue.records.readers.iso_imagery import extra_of
from thalweg.catalogue.records.readers.iso_keywords import keywords_of, themes_of
from thalweg.catalogue.records.readers.iso_parties import contacts_of, together
from thalweg.catalogue.records.readers.iso_rights import rights_of
from thalweg.catalogue.records.readers.iso_services import service_of
from thalweg.catalogue.records.readers.iso_times import dates_of, stamps_of
from thalweg.catalogue.records.record import Contact, ExternalId, Record, Resolution
from thalweg.core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element

_ROOTS = re.compile(r"(?:\w+_)?M[DI]_Metadata")
_METRES = {"m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0, "km": 1000.0, "cm": 0.01, "": 1.0}
_LINEAGE = ("dataQualityInfo/*/lineage/*/statement", "resourceLineage/*/statement")
_MOST_DIGITS = 12


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
    created, updated = stamps_of(root)
    return replace(
        _identified(about),
        id=identifier,
        type=_type(root),
        language=two_letters(said(root, "language", "defaultLocale/*/language")),
        created=created,
        updated=updated,
        contacts=_contacts(root, about),
        formats=tuple(formats_of(root, about)),
        links=(*links_of(root), *previews_of(about)),
        lineage=prose(first(root, *_LINEAGE)),
        parent=said(root, "parentIdentifier", "parentMetadata/*/identifier/*/code", "parentMetadata/*/title"),
        crs=tuple(_systems(root)),
        extra=extra_of(root, about),
    )


def _identified(about: Element | None) -> Record:
    """Read what the identification tells: what the resource is, where, of when and for whom."""
    citation = first(about, "citation/*")
    return Record(
        id="",
        title=said(citation, "title"),
        alternate_titles=tuple(all_said(citation, "alternateTitle")),
        description=prose(first(about, "abstract")),
        keywords=tuple(keywords_of(about)),
        themes=tuple(themes_of(about)),
        resource_languages=tuple(_languages(about)),
        dates=dates_of(citation),
        span=span_of(about),
        geometry=geometry_of(about),
        boxes=boxes_of(about),
        rights=rights_of(about),
        external_ids=tuple(_identifiers(citation)),
        resolution=_resolution(about),
        service=service_of(about),
    )


def _contacts(root: Element, about: Element | None) -> tuple[Contact, ...]:
    return together(
        *contacts_of(root, "contact", of_record=True),
        *contacts_of(about, "pointOfContact"),
        *contacts_of(first(about, "citation/*"), "citedResponsibleParty"),
    )


def _type(root: Element) -> str:
    """Return the level; of ours that ISO 19115 has another word for, its name says which."""
    level = said(root, "hierarchyLevel", "metadataScope/*/resourceScope") or "dataset"
    name = said(root, "hierarchyLevelName", "metadataScope/*/name")
    return name if KINDS.get(name) == level else level


def _languages(about: Element | None) -> Iterator[str]:
    for path in ("language", "defaultLocale/*/language", "otherLocale/*/language"):
        for text in all_said(about, path):
            yield two_letters(text)


def _identifiers(citation: Element | None) -> Iterator[ExternalId]:
    for one in at(citation, "identifier/*") if citation is not None else ():
        code = said(one, "code")
        if code:
            yield ExternalId(code, said(one, "codeSpace"))


def _systems(root: Element) -> Iterator[str]:
    for one in at(root, "referenceSystemInfo/*/referenceSystemIdentifier/*"):
        code, space = said(one, "code"), said(one, "codeSpace")
        if code:
            yield f"{space}:{code}" if space and space not in code and "/" not in code else code


def _resolution(about: Element | None) -> Resolution | None:
    denominator = said(about, "spatialResolution/*/equivalentScale/*/denominator")
    is_scale = denominator.isdecimal() and len(denominator) <= _MOST_DIGITS
    found = Resolution(int(denominator) if is_scale else None, _metres(first(about, "spatialResolution/*/distance/*")))
    return None if found == Resolution() else found


def _metres(distance: Element | None) -> float | None:
    if distance is None:
        return None
    unit = (distance.get("uom") or "").rpartition("#")[2].strip().lower()
    try:
        metres = float(distance.text) * _METRES[unit]
    except (TypeError, ValueError, KeyError):
        return None
    return metres if math.isfinite(metres) else None
