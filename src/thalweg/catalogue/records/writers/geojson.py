"""A Record as GeoJSON: OGC API Records 1.0 (20-004r1), record-core, its schema ``recordGeoJSON.yaml``.

What record-core has no member for is told beside its members, under names of ISO 19115's words in lower camel case; the
standard leaves room for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.boxes import around, geometry_of
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thalweg.catalogue.records.record import Address, Contact, Link, Record, Service, Span, Theme

RECORD_CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"


def document_of(record: Record) -> dict[str, Any]:
    """Return the Record as a GeoJSON Feature; what it does not tell is left out, but for what the standard demands."""
    told: dict[str, Any] = {
        "id": record.id,
        "type": "Feature",
        "conformsTo": [RECORD_CORE],
        "time": _time(record.span),
        "geometry": record.geometry if record.geometry is not None else geometry_of(record.boxes),
        "properties": _full(_properties(record)) | dict(record.extra or {}),
        "links": [_full(_link(link)) for link in record.links],
    }
    if record.link_templates:
        told["linkTemplates"] = [dict(one) for one in record.link_templates]
    box = around(record.boxes, record.geometry)
    if box is not None:
        told["bbox"] = box.numbers()
    return told


def _properties(record: Record) -> dict[str, Any]:
    rights, resolution = record.rights, record.resolution
    return {
        "type": record.type,
        "title": record.title,
        "alternateTitles": list(record.alternate_titles),
        "description": record.description,
        "keywords": list(record.keywords),
        "themes": [_theme(theme) for theme in record.themes],
        "language": {"code": record.language} if record.language else None,
        "resourceLanguages": [{"code": code} for code in record.resource_languages],
        "created": written(record.created) if record.created else None,
        "updated": written(record.updated) if record.updated else None,
        "dates": dict(record.dates or {}),
        "contacts": [_full(_contact(contact)) for contact in record.contacts],
        "license": rights.license,
        "rights": "\n".join(rights.notes),
        "accessConstraints": list(rights.access),
        "useConstraints": list(rights.use),
        "formats": [_full({"name": f.name, "mediaType": f.media_type, "version": f.version}) for f in record.formats],
        "externalIds": [_full({"scheme": one.scheme, "value": one.value}) for one in record.external_ids],
        "lineage": record.lineage,
        "parent": record.parent,
        "crs": list(record.crs),
        "scale": resolution.scale if resolution else None,
        "groundSampleDistance": resolution.metres if resolution else None,
        "service": _full(_service(record.service)) if record.service else None,
        "boxes": [box.numbers() for box in record.boxes] if len(record.boxes) > 1 else None,
    }


def _full(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that tell something."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def _time(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    resolution = {"resolution": span.resolution} if span.resolution else {}
    start, end = _in_utc(span.start), _in_utc(span.end)
    if start == end and start != "..":
        return {"timestamp" if "T" in start else "date": start, **resolution}
    return {"interval": [start, end], **resolution}


def _in_utc(end: str) -> str:
    """Return an end with Z for its zone, which the standard demands; a day, and what is UTC already, as it is."""
    if end.endswith("Z") or "T" not in end:
        return end
    try:
        return written(instant(end))
    except InvalidParameter:  # an odd time is shown as it was told
        return end


def _theme(theme: Theme) -> dict[str, Any]:
    concepts = [_full({"id": one.id, "title": one.title, "url": one.url}) for one in theme.concepts]
    return _full({"concepts": concepts, "date": theme.date, "kind": theme.kind}) | {"scheme": theme.scheme}


def _contact(contact: Contact) -> dict[str, Any]:
    address = contact.address
    return {
        "name": contact.name,
        "organization": contact.organization,
        "position": contact.position,
        "roles": list(contact.roles),
        "emails": [{"value": one} for one in contact.emails],
        "phones": [{"value": one} for one in contact.phones],
        "addresses": [_full(_address(address))] if address else [],
        "links": [{"rel": "about", "type": "text/html", "href": contact.url}] if contact.url else [],
        "ofRecord": contact.of_record or None,
    }


def _address(address: Address) -> dict[str, Any]:
    return {
        "deliveryPoint": list(address.lines),
        "city": address.city,
        "administrativeArea": address.area,
        "postalCode": address.postal_code,
        "country": address.country,
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "rel": link.rel,
        "href": link.href,
        "type": link.type,
        "title": link.title,
        "description": link.description,
        "protocol": link.protocol,
        "function": link.function,
        "length": link.length,
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "type": service.type,
        "version": service.version,
        "operations": list(service.operations),
        "operatesOn": list(service.operates_on),
        "couplingType": service.coupling,
        "coupledResources": [_full({"operation": c.operation, "identifier": c.identifier}) for c in service.coupled],
    }
