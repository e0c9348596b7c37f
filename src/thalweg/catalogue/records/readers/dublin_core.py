"""Reads a Record from Dublin Core: ``csw:Record`` of CSW 2.0.2 and 3.0, in any element set, and ``oai_dc``."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from thalweg.catalogue.records.iso_words import MEDIA_TYPE, is_license
from thalweg.catalogue.records.languages import two_letters
from thalweg.catalogue.records.readers.iso_elements import at, local_name
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

    from thalweg.guard.markup import Element

_ROLES = {"creator": "author", "publisher": "publisher", "contributor": "contributor"}
_RESTRICTIONS = frozenset(
    [
        "copyright",
        "patent",
        "patentPending",
        "trademark",
        "license",
        "intellectualPropertyRights",
        "restricted",
        "otherRestrictions",
    ]
)
_PART = re.compile(r"(\w+)\s*=\s*([^;]*)")
_SIDES = ("westlimit", "southlimit", "eastlimit", "northlimit")
_CORNERS = 4
_OF_EPSG = re.compile(r".*EPSG.*4326", re.IGNORECASE)


def record_of(root: Element) -> Record:
    """Read a Record.

    Raises:
        InvalidParameter: it has no identifier.
    """
    told = _Told(root)
    identifiers = told.elements("identifier")
    if not identifiers:
        raise InvalidParameter("record", "has no dc:identifier")
    modified = told.texts("modified")
    return Record(
        id=_text(identifiers[0]),
        type=told.text("type") or "dataset",
        title=told.text("title"),
        alternate_titles=(*told.texts("title")[1:], *told.texts("alternative")),
        description=told.text("abstract") or told.text("description"),
        keywords=tuple(_text(one) for one in told.elements("subject") if not one.get("scheme")),
        themes=tuple(_themes(told.elements("subject"))),
        resource_languages=tuple(map(two_letters, told.texts("language"))),
        updated=moment_of(modified[0]) if modified else None,
        dates=_dates(told, modified),
        span=_span(told),
        boxes=tuple(_boxes(root, told)),
        contacts=tuple(_contacts(told)),
        rights=_rights(told),
        formats=tuple(
            Format(media_type=one) if MEDIA_TYPE.fullmatch(one) else Format(one) for one in told.texts("format")
        ),
        external_ids=tuple(ExternalId(_text(one), _scheme(one)) for one in identifiers[1:]),
        links=tuple(_links(told)),
        lineage=told.text("provenance"),
        parent=told.text("isPartOf") or next((t for t in told.texts("relation") if "://" not in t), ""),
    )


class _Told:
    """What a record of Dublin Core says, by the local name of its elements."""

    def __init__(self, root: Element) -> None:
        self._elements: dict[str, list[Element]] = {}
        for child in root:
            self._elements.setdefault(local_name(child), []).append(child)

    def elements(self, name: str) -> list[Element]:
        return [one for one in self._elements.get(name, []) if _text(one)]

    def texts(self, name: str) -> list[str]:
        return [_text(one) for one in self.elements(name)]

    def text(self, name: str) -> str:
        return next(iter(self.texts(name)), "")


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _scheme(element: Element) -> str:
    return str(element.get("scheme") or "")


def _themes(subjects: list[Element]) -> Iterator[Theme]:
    schemes: dict[str, list[Concept]] = {}
    for one in subjects:
        if scheme := _scheme(one):
            schemes.setdefault(scheme, []).append(Concept(_text(one)))
    for scheme, concepts in schemes.items():
        yield Theme(scheme, tuple(concepts))


def _dates(told: _Told, modified: list[str]) -> Mapping[Occasion, str] | None:
    later = day_or_time(modified[1]) if len(modified) > 1 else ""
    found: dict[Occasion, str] = {
        "creation": day_or_time(told.text("created")),
        "publication": day_or_time(told.text("issued")),
        "revision": later,
    }
    date = day_or_time(told.text("date"))
    if date and not found["publication"] and date not in (found["creation"], later, *modified):
        found["publication"] = date
    return {occasion: text for occasion, text in found.items() if text} or None


def _span(told: _Told) -> Span | None:
    for text in (*told.texts("temporal"), *told.texts("coverage")):
        parts = _parts(text)
        start, end = day_or_time(parts.get("start", "")), day_or_time(parts.get("end", ""))
        if start or end:
            return Span(start or "..", end or "..")
    return None


def _parts(text: str) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in _PART.findall(text)}


def _boxes(root: Element, told: _Told) -> Iterator[BBox]:
    for element in (*at(root, "BoundingBox"), *at(root, "WGS84BoundingBox")):
        corners = [word for corner in element for word in _text(corner).split()]
        is_swapped = _OF_EPSG.match(str(element.get("crs") or "")) is not None
        yield from _box([corners[i] for i in (1, 0, 3, 2)] if is_swapped and len(corners) == _CORNERS else corners)
    for text in told.texts("coverage"):
        parts = _parts(text)
        yield from _box([parts.get(side, "") for side in _SIDES])


def _box(words: list[str]) -> Iterator[BBox]:
    try:
        numbers = [float(word) for word in words]
        if all(map(math.isfinite, numbers)):
            yield BBox.of(numbers)
    except (ValueError, InvalidParameter):
        return


def _contacts(told: _Told) -> Iterator[Contact]:
    for element, role in _ROLES.items():
        for name in told.texts(element):
            yield Contact(organization=name, roles=(role,))


def _rights(told: _Told) -> Rights:
    licenses = told.texts("license")
    named = next(filter(is_license, licenses), "")
    notes = [*told.texts("rights"), *(one for one in licenses if one != named)]
    return Rights(
        license=named,
        access=tuple(told.texts("accessRights")),
        use=tuple(one for one in notes if one in _RESTRICTIONS),
        notes=tuple(one for one in notes if one not in _RESTRICTIONS),
    )


def _links(told: _Told) -> Iterator[Link]:
    for one in (*told.elements("references"), *told.elements("URI")):
        scheme = _scheme(one) or str(one.get("protocol") or "")
        kind = scheme if MEDIA_TYPE.fullmatch(scheme) else ""
        yield Link(_text(one), type=kind, protocol="" if kind else scheme, title=str(one.get("name") or ""))
    for text in (*told.texts("relation"), *told.texts("source")):
        if text.startswith(("http://", "https://")):
            yield Link(text)
