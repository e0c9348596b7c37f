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
    Coupled,
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
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

_OF_RIGHTS = frozenset({"license", "rights", "accessConstraints", "useConstraints"})
_APART = frozenset(
    {*_OF_RIGHTS, "scale", "groundSampleDistance", "service", "boxes", "datetime", "start_datetime", "end_datetime"}
)
"""Members that are read with others, and the times that the store writes for itself."""
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
    boxes = _boxes_of(document, properties)
    links, templates, geometry = document.get("links"), document.get("linkTemplates"), document.get("geometry")
    return Record(
        id=str(document.get("id", "")),
        span=_span_of(document.get("time")),
        geometry=None if geometry == geometry_of(boxes) else geometry,
        boxes=boxes,
        rights=Rights() if _OF_RIGHTS.isdisjoint(properties) else _rights_of(properties),
        links=tuple(map(_link_of, _mappings(links, "links"))) if links else (),
        link_templates=tuple(map(_template_of, _mappings(templates, "linkTemplates"))) if templates else (),
        resolution=_resolution_of(properties),
        service=_service_of(properties),
        given=given,
        **_told_in(properties),
    )


def _told_in(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a Record that are each told by one property: most documents have few of them."""
    told, extra = dict[str, Any](), dict[str, Any]()
    for name, value in properties.items():
        if name in _MEMBERS:
            if value is not None:
                member, read, where = _MEMBERS[name]
                told[member] = read(value, where)
        elif name not in _APART:
            extra[name] = value
    if extra:
        told["extra"] = extra
    return told


def _string(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise InvalidParameter(where, "is not a string")
    return value


def _type(value: object, where: str) -> str:
    return _string(value, where) or "dataset"


def _texts(value: object, where: str) -> tuple[str, ...]:
    found = _list(value, where)
    if not all(isinstance(one, str) for one in found):
        raise InvalidParameter(where, "is not a list of strings")
    return tuple(found)


def _instant(value: object, where: str) -> datetime | None:
    text = _string(value, where)
    return instant(text, where) if text else None


def _dates(value: object, where: str) -> Mapping[Occasion, str] | None:
    found = _mapping(value or {}, where)
    return {one: _text(found, one, f"{where}.{one}") for one in _OCCASIONS if one in found} or None


def _languages(value: object, where: str) -> tuple[str, ...]:
    return tuple(map(_language_code, _list(value, where)))


def _language(value: object, where: str) -> str:
    del where
    return _language_code(value)


def _themes(value: object, where: str) -> tuple[Theme, ...]:
    return tuple(map(_theme_of, _mappings(value, where)))


def _theme_of(theme: Mapping[str, Any]) -> Theme:
    concepts = tuple(
        Concept(_text(one, "id"), _text(one, "title"), _text(one, "url"))
        for one in _mappings(theme.get("concepts") or [], "properties.themes.concepts")
    )
    return Theme(_text(theme, "scheme"), concepts, _text(theme, "date"), _text(theme, "kind"))


def _contacts(value: object, where: str) -> tuple[Contact, ...]:
    return tuple(map(_contact_of, _mappings(value, where)))


def _contact_of(contact: Mapping[str, Any]) -> Contact:
    addresses, links = _parts(contact, "addresses"), _parts(contact, "links")
    return Contact(
        name=_text(contact, "name"),
        organization=_text(contact, "organization"),
        position=_text(contact, "position"),
        roles=_strings(_list(contact.get("roles") or [], "properties.contacts.roles")),
        emails=tuple(_text(one, "value") for one in _parts(contact, "emails")),
        phones=tuple(_text(one, "value") for one in _parts(contact, "phones")),
        address=_address_of(addresses[0]) if addresses else None,
        url=_text(links[0], "href") if links else "",
        of_record=contact.get("ofRecord") is True,
    )


def _parts(contact: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    told = contact.get(name)
    return _mappings(told, f"properties.contacts.{name}") if told else ()


def _formats(value: object, where: str) -> tuple[Format, ...]:
    several = _mappings(value, where)
    return tuple(Format(_text(one, "name"), _text(one, "mediaType"), _text(one, "version")) for one in several)


def _external_ids(value: object, where: str) -> tuple[ExternalId, ...]:
    return tuple(ExternalId(_text(one, "value"), _text(one, "scheme")) for one in _mappings(value, where))


_READ: Mapping[str, tuple[str, Callable[[Any, str], Any]]] = {
    "type": ("type", _type),
    "title": ("title", _string),
    "alternateTitles": ("alternate_titles", _texts),
    "description": ("description", _string),
    "keywords": ("keywords", _texts),
    "themes": ("themes", _themes),
    "language": ("language", _language),
    "resourceLanguages": ("resource_languages", _languages),
    "created": ("created", _instant),
    "updated": ("updated", _instant),
    "dates": ("dates", _dates),
    "contacts": ("contacts", _contacts),
    "formats": ("formats", _formats),
    "externalIds": ("external_ids", _external_ids),
    "lineage": ("lineage", _string),
    "parent": ("parent", _string),
    "crs": ("crs", _texts),
}
_MEMBERS = {name: (member, read, f"properties.{name}") for name, (member, read) in _READ.items()}
"""By property: the member of a Record that it tells, what reads it, and how it is named where it is wrong."""


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


def _rights_of(properties: Mapping[str, Any]) -> Rights:
    notes = _text(properties, "rights", "properties.rights")
    access, use = properties.get("accessConstraints"), properties.get("useConstraints")
    return Rights(
        license=_text(properties, "license", "properties.license"),
        access=() if access is None else _texts(access, "properties.accessConstraints"),
        use=() if use is None else _texts(use, "properties.useConstraints"),
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
    coupled = _mappings(told.get("coupledResources") or [], "properties.service.coupledResources")
    known = Service(_text(told, "type"), _text(told, "version"), coupling=_text(told, "couplingType"))
    return replace(
        known,
        operations=_strings(operations),
        operates_on=_strings(served),
        coupled=tuple(Coupled(_text(one, "operation"), _text(one, "identifier")) for one in coupled),
    )


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
