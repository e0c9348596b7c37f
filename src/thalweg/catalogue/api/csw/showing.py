"""Records as CSW shows them: an element set of an output schema, or elements of a full record by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.versions import OF_NAMESPACE
from thalweg.catalogue.records import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thalweg.catalogue.api.csw.requests import View
    from thalweg.catalogue.records.record import Record
    from thalweg.guard.markup import Element

_PLACE = "thalweg-here"


def fragment(record: Record, view: View) -> bytes:
    """Return a Record as it may stand in an answer; one that was given in the schema is the same to the byte."""
    schema = schemas.by_uri(view.schema)
    if view.elements is not None:
        return schema.fragment(record, view.elements)
    if view.schema not in OF_NAMESPACE:
        return schema.fragment(record, "full")
    made: bytes = etree.tostring(_chosen(schema.element(record), view), encoding="UTF-8", xml_declaration=False)
    return made


def _chosen(full: Element, view: View) -> Element:
    """Return a record with those of its elements that are named."""
    chosen = etree.Element(full.tag, nsmap=full.nsmap)
    for one in full:
        if one.tag in view.names or (_is_box(one) and _wants_box(view)):
            chosen.append(one)
    etree.cleanup_namespaces(chosen)
    return chosen


def _is_box(element: Element) -> bool:
    return str(element.tag).rpartition("}")[2] in ("BoundingBox", "WGS84BoundingBox")


def _wants_box(view: View) -> bool:
    return any(name.endswith("BoundingBox") for name in view.names)


def filled(root: Element, place: Element, fragments: Iterable[bytes]) -> bytes:
    """Return a document with fragments put into one of its elements as they are."""
    etree.SubElement(place, _PLACE)
    etree.cleanup_namespaces(root)
    before, _, after = etree.tostring(root, encoding="UTF-8", xml_declaration=True).partition(f"<{_PLACE}/>".encode())
    return b"".join((before, *fragments, after))
