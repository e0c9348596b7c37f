"""Reads a Record from GeoJSON, as OGC API Records 1.0 (20-004r1) and the writer beside this reader tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.boxes import geometry_of
from thalweg.catalogue.records.record import (
    Address,
    Concept,
    Contact,
    ExternalId,
    Format,
    Given,
    Link,
    Occasion,
    Record,
    Resolution,
    Rights,
    Service,
    Span,
    Theme,
)
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox
from thalweg.core.time import instant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_KNOWN = frozenset(
    {
        "type",
        "title",
        "alternateTitles",
        "description",
        "keywords",
        "themes",
        "language",
        "resourceLanguages",
        "created",
        "updated",
        "dates",
        "contacts",
        "license",
        "rights",
        "accessConstraints",
        "useConstraints",
        "formats",
        "externalIds",
        "lineage",
        "parent",
        "crs",
        "scale",
        "groundSampleDistance",
        "service",
        "boxes",
        "datetime",
        "start_datetime",
        "end_datetime",
    }
)
_OCCASIONS: tuple[Occasion, ...] = ("creation", "publication", "revision")
_OPEN = ".."
_ENDS = 2


def record_of(document: Mapping[str, Any], given: Given | None = None) -> Record:
    """Read a Record from GeoJSON.

    Args:
        document: a Feature.
        given: the document that it was read from before, where it was kept.

    Raises:
        InvalidParameter: a member is not what record-core says.
    """
    properties = _mapping(document.get("properties") or {}, "properties")
    read = _Reader(properties)
    boxes = _boxes_of(document, properties)
    return Record(
        id=str(document.get("id", "")),
        type=read.text("type") or "dataset",
        title=read.text("title"),
        alternate_titles=read.texts("alternateTitles"),
        description=read.text("description"),
        keywords=read.texts("keywords"),
        themes=tuple(_theme_of(one) for one in read.mappings("themes")),
        language=read.language("language"),
        resource_languages=tuple(_language_code(one) for one in read.entries("resourceLanguages")),
        created=read.instant("created"),
        updated=read.instant("updated"),
        dates=read.dates(),
        span=_span_of(document.get("time")),
        geometry=None if document.get("geometry") == geometry_of(boxes) else document.get("geometry"),
        boxes=boxes,
        contacts=tuple(_contact_of(one) for one in read.mappings("contacts")),
        rights=_rights_of(read),
        formats=tuple(
            Format(_text(one, "name"), _text(one, "mediaType"), _text(one, "version"))
            for one in read.mappings("formats")
        ),
        external_ids=tuple(
            ExternalId(_text(one, "value"), _text(one, "scheme")) for one in read.mappings("externalIds")
        ),
        links=tuple(_link_of(one) for one in _mappings(document.get("links") or [], "links")),
        link_templates=tuple(
            _template_of(one) for one in _mappings(document.get("linkTemplates") or [], "linkTemplates")
        ),
        lineage=read.text("lineage"),
        parent=read.text("parent"),
        crs=read.texts("crs"),
        resolution=_resolution_of(properties),
        service=_service_of(properties),
        given=given,
        extra={name: value for name, value in properties.items() if name not in _KNOWN} or None,
    )


class _Reader:
    """Reads members of ``properties``, and names the one that is wrong."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self._properties = properties

    def text(self, name: str) -> str:
        value = self._properties.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        raise InvalidParameter(f"properties.{name}", "is not a string")

    def entries(self, name: str) -> list[Any]:
        value = self._properties.get(name)
        return [] if value is None else _list(value, f"properties.{name}")

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.entries(name)
        if not found:
            return ()
        if not all(isinstance(one, str) for one in found):
            raise InvalidParameter(f"properties.{name}", "is not a list of strings")
        return tuple(found)

    def mappings(self, name: str) -> list[Mapping[str, Any]]:
        found = self.entries(name)
        return _mappings(found, f"properties.{name}") if found else []

    def language(self, name: str) -> str:
        value = self._properties.get(name)
        return "" if value is None else _language_code(value)

    def instant(self, name: str) -> datetime | None:
        text = self.text(name)
        return instant(text, f"properties.{name}") if text else None

    def dates(self) -> Mapping[Occasion, str] | None:
        found = _mapping(self._properties.get("dates") or {}, "properties.dates")
        return {one: _text(found, one, f"properties.dates.{one}") for one in _OCCASIONS if one in found} or None


def _theme_of(theme: Mapping[str, Any]) -> Theme:
    concepts = tuple(
        Concept(_text(one, "id"), _text(one, "title"), _text(one, "url"))
        for one in _mappings(theme.get("concepts") or [], "properties.themes.concepts")
    )
    return Theme(_text(theme, "scheme"), concepts, _text(theme, "date"), _text(theme, "kind"))


def _contact_of(contact: Mapping[str, Any]) -> Contact:
    addresses = _mappings(contact.get("addresses") or [], "properties.contacts.addresses")
    links = _mappings(contact.get("links") or [], "properties.contacts.links")
    return Contact(
        name=_text(contact, "name"),
        organization=_text(contact, "organization"),
        position=_text(contact, "position"),
        roles=tuple(str(role) for role in _list(contact.get("roles") or [], "properties.contacts.roles")),
        emails=_values(contact, "emails"),
        phones=_values(contact, "phones"),
        address=_address_of(addresses[0]) if addresses else None,
        url=_text(links[0], "href") if links else "",
        of_record=contact.get("ofRecord") is True,
    )


def _values(contact: Mapping[str, Any], name: str) -> tuple[str, ...]:
    told = contact.get(name)
    if not told:
        return ()
    return tuple(_text(one, "value") for one in _mappings(told, f"properties.contacts.{name}"))


def _address_of(address: Mapping[str, Any]) -> Address:
    lines = tuple(str(line) for line in _list(address.get("deliveryPoint") or [], "properties.contacts.addresses"))
    names = ("city", "administrativeArea", "postalCode", "country")
    return Address(lines, *(_text(address, name) for name in names))


def _link_of(link: Mapping[str, Any]) -> Link:
    length = link.get("length")
    return Link(
        href=_text(link, "href"),
        rel=_text(link, "rel") or "related",
        type=_text(link, "type"),
        title=_text(link, "title"),
        description=_text(link, "description"),
        protocol=_text(link, "protocol"),
        function=_text(link, "function"),
        length=length if isinstance(length, int) else None,
    )


def _template_of(template: Mapping[str, Any]) -> Mapping[str, Any]:
    if not _text(template, "uriTemplate", "linkTemplates.uriTemplate"):
        raise InvalidParameter("linkTemplates.uriTemplate", "is required")
    return dict(template)


def _rights_of(read: _Reader) -> Rights:
    notes = read.text("rights")
    return Rights(
        license=read.text("license"),
        access=read.texts("accessConstraints"),
        use=read.texts("useConstraints"),
        notes=tuple(notes.split("\n")) if notes else (),
    )


def _resolution_of(properties: Mapping[str, Any]) -> Resolution | None:
    scale, metres = properties.get("scale"), properties.get("groundSampleDistance")
    if scale is None and metres is None:
        return None
    known = Resolution(
        scale if isinstance(scale, int) else None, float(metres) if isinstance(metres, int | float) else None
    )
    return None if known == Resolution() else known


def _service_of(properties: Mapping[str, Any]) -> Service | None:
    told = properties.get("service")
    if not isinstance(told, Mapping):
        return None
    operations, served = (_list(told.get(name) or [], "properties.service") for name in ("operations", "operatesOn"))
    known = Service(_text(told, "type"), _text(told, "version"))
    return replace(known, operations=_strings(operations), operates_on=_strings(served))


def _span_of(time: object) -> Span | None:
    if not isinstance(time, Mapping):
        return None
    resolution = _text(time, "resolution", "time.resolution")
    at = time.get("timestamp") or time.get("date")
    if isinstance(at, str):
        return Span(at, at, resolution)
    ends = time.get("interval")
    if not isinstance(ends, list) or len(ends) != _ENDS:
        return None
    return Span(str(ends[0] or _OPEN), str(ends[1] or _OPEN), resolution)


def _boxes_of(document: Mapping[str, Any], properties: Mapping[str, Any]) -> tuple[BBox, ...]:
    several = properties.get("boxes")
    if isinstance(several, list):
        return tuple(BBox.of(one, "properties.boxes") for one in several)
    one = document.get("bbox")
    return (BBox.of(one),) if isinstance(one, list) else ()


def _language_code(value: object) -> str:
    return _text(value, "code") if isinstance(value, Mapping) else str(value)


def _text(members: Mapping[str, Any], name: str, parameter: str = "") -> str:
    value = members.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidParameter(parameter or name, "is not a string")
    return value


def _strings(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _list(value: object, parameter: str) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidParameter(parameter, "is not a list")
    return value


def _mapping(value: object, parameter: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidParameter(parameter, "is not an object")
    return value


def _mappings(value: object, parameter: str) -> list[Mapping[str, Any]]:
    return [_mapping(one, parameter) for one in _list(value, parameter)]
