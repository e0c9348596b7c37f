"""Reads a Record from DIF 10, and from what DIF 9 says under the same names."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from thalweg.catalogue.records.iso_words import MEDIA_TYPE, TOPIC_CATEGORIES, is_license
from thalweg.catalogue.records.languages import named_in_english
from thalweg.catalogue.records.readers.iso_elements import all_said, at, first, prose, said
from thalweg.catalogue.records.readers.iso_parties import together
from thalweg.catalogue.records.readers.iso_times import day_or_time, moment_of
from thalweg.catalogue.records.record import (
    Concept,
    Contact,
    ExternalId,
    Format,
    Link,
    Occasion,
    Record,
    Rights,
    Span,
    Theme,
)
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from thalweg.guard.markup import Element

_ABSENT = re.compile(r"not (provided|applicable)|none", re.IGNORECASE)
_ROLES = {
    "INVESTIGATOR": "principalInvestigator",
    "METADATA AUTHOR": "author",
    "TECHNICAL CONTACT": "pointOfContact",
}
_RELATIONS = {"GET DATA": "enclosure", "GET RELATED VISUALIZATION": "preview"}
_SIDES = ("Westernmost_Longitude", "Southernmost_Latitude", "Easternmost_Longitude", "Northernmost_Latitude")
_GCMD = "https://gcmd.earthdata.nasa.gov/kms/concepts/concept_scheme/sciencekeywords"
_LEVELS = ("Category", "Topic", "Term", "Variable_Level_1", "Variable_Level_2", "Variable_Level_3")


def record_of(root: Element) -> Record:
    """Read a Record.

    Raises:
        InvalidParameter: it has no ``Entry_ID``.
    """
    identifier = said(root, "Entry_ID/Short_Name", "Entry_ID")
    if not identifier:
        raise InvalidParameter("record", "has no Entry_ID")
    return Record(
        id=identifier,
        title=said(root, "Entry_Title"),
        description=_told(prose(first(root, "Summary/Abstract", "Summary"))),
        keywords=tuple(filter(_told, (*all_said(root, "Ancillary_Keyword"), *all_said(root, "Keyword")))),
        themes=tuple(_themes(root)),
        resource_languages=tuple(named_in_english(text) for text in all_said(root, "Dataset_Language") if _told(text)),
        created=moment_of(said(root, "Metadata_Dates/Metadata_Creation", "DIF_Creation_Date")),
        updated=moment_of(said(root, "Metadata_Dates/Metadata_Last_Revision", "Last_DIF_Revision_Date")),
        dates=_dates(root),
        span=_span(root),
        boxes=tuple(_boxes(root)),
        contacts=together(*_contacts(root)),
        rights=_rights(root),
        formats=tuple(_formats(root)),
        external_ids=tuple(_external_ids(root)),
        links=tuple(_links(root)),
        lineage=_told(prose(first(root, "Quality"))),
        parent=said(root, "Metadata_Association/Entry_ID/Short_Name", "Parent_DIF"),
        extra=_extra(root),
    )


def _told(text: str) -> str:
    return "" if _ABSENT.fullmatch(text) else text


def _themes(root: Element) -> Iterator[Theme]:
    paths = (" > ".join(_path(one)) for one in (*at(root, "Science_Keywords"), *at(root, "Parameters")))
    concepts = tuple(Concept(path) for path in paths if path)
    if concepts:
        yield Theme(_GCMD, concepts)
    topics = tuple(Concept(text) for text in all_said(root, "ISO_Topic_Category") if _told(text))
    if topics:
        yield Theme(TOPIC_CATEGORIES, topics, kind="topic")


def _path(keyword: Element) -> Iterator[str]:
    for level in _LEVELS:
        text = _told(said(keyword, level))
        if text:
            yield text


def _dates(root: Element) -> Mapping[Occasion, str] | None:
    found: dict[Occasion, str] = {
        "creation": day_or_time(said(root, "Metadata_Dates/Data_Creation")),
        "publication": day_or_time(said(root, "Dataset_Citation/Dataset_Release_Date")),
        "revision": day_or_time(said(root, "Metadata_Dates/Data_Last_Revision")),
    }
    return {occasion: text for occasion, text in found.items() if text} or None


def _span(root: Element) -> Span | None:
    coverage = first(root, "Temporal_Coverage")
    single = day_or_time(said(coverage, "Single_DateTime"))
    if single:
        return Span(single, single)
    start = day_or_time(said(coverage, "Range_DateTime/Beginning_Date_Time", "Start_Date"))
    end = day_or_time(said(coverage, "Range_DateTime/Ending_Date_Time", "Stop_Date"))
    return Span(start or "..", end or "..") if start or end else None


def _boxes(root: Element) -> Iterator[BBox]:
    for coverage in at(root, "Spatial_Coverage"):
        for element in (*at(coverage, "Geometry/Bounding_Rectangle"), coverage):
            try:
                numbers = [float(said(element, side)) for side in _SIDES]
                if all(map(math.isfinite, numbers)):
                    yield BBox.of(numbers)
            except (ValueError, InvalidParameter):
                continue


def _contacts(root: Element) -> Iterator[Contact]:
    for one in at(root, "Personnel"):
        role = said(one, "Role").upper()
        who = first(one, "Contact_Person", "Contact_Group")
        names = (said(who, "First_Name"), said(who, "Last_Name"))
        person, group = " ".join(filter(None, names)), said(who, "Name")
        if person or group:
            yield Contact(
                name=person,
                organization=group,
                roles=(_ROLES.get(role, "pointOfContact"),),
                emails=tuple(all_said(who, "Email")),
                phones=tuple(all_said(who, "Phone/Number")),
                of_record=role == "METADATA AUTHOR",
            )
    for text, role in ((said(root, "Dataset_Citation/Dataset_Publisher"), "publisher"),):
        if _told(text):
            yield Contact(organization=text, roles=(role,))


def _rights(root: Element) -> Rights:
    use = [line for line in prose(first(root, "Use_Constraints/Description", "Use_Constraints")).split("\n") if line]
    named = use[0] if use and is_license(use[0]) else ""
    access = tuple(filter(_told, prose(first(root, "Access_Constraints")).split("\n")))
    return Rights(named, access, notes=tuple(map(str.strip, use[1:] if named else use)))


def _formats(root: Element) -> Iterator[Format]:
    for text in (
        *all_said(root, "Distribution/Distribution_Format"),
        *all_said(root, "Distribution/Distribution_Media"),
    ):
        if _told(text):
            yield Format(media_type=text) if MEDIA_TYPE.fullmatch(text) else Format(text)


def _external_ids(root: Element) -> Iterator[ExternalId]:
    for one in at(root, "Dataset_Citation/Persistent_Identifier"):
        text = said(one, "Identifier")
        if text:
            yield ExternalId(text, said(one, "Type"))


def _links(root: Element) -> Iterator[Link]:
    for one in at(root, "Related_URL"):
        for href in filter(_told, all_said(one, "URL")):
            yield Link(
                href,
                _RELATIONS.get(said(one, "URL_Content_Type/Type").upper(), "related"),
                said(one, "Mime_Type"),
                said(one, "Title"),
                said(one, "Description"),
                said(one, "Protocol"),
            )


def _extra(root: Element) -> dict[str, Any] | None:
    instruments = [text for text in all_said(root, "Platform/Instrument/Short_Name") if _told(text)]
    told = {"platform": _told(said(root, "Platform/Short_Name")), "instruments": instruments}
    return {name: value for name, value in told.items() if value} or None
