"""What an Item and a Collection must be before the catalogue keeps them: STAC's schemas, and the rules beyond them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from thalweg.catalogue import jsonschemas
from thalweg.catalogue.documents import Link, own_links, stored
from thalweg.catalogue.footprints import Footprint, footprint_of
from thalweg.catalogue.hrefs import Hrefs
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import HrefGuard, NewCollection, NewItem
from thalweg.catalogue.times import times_of
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox
from thalweg.core.items import Document
from thalweg.core.time import instant

_ID = re.compile(r"(?!\.{1,2}$)[\w.~:@+=()-]+")
_IN_COLLECTION: Link = {"rel": "collection", "href": "./collection"}
"""Stands in for the link that the façade adds: STAC wants it wherever ``collection`` is named."""


class Validator:
    """Turns documents into what a store takes, or says which member is wrong and why."""

    def __init__(self, guard: HrefGuard, limits: Limits) -> None:
        self._hrefs = Hrefs(guard)
        self._limits = limits

    def item(self, document: Document, visibility_class: str) -> NewItem:
        """Check an Item.

        Raises:
            InvalidParameter: a member is wrong; the parameter is its path, ``properties.datetime``.
            TooLarge: a bound was hit.
        """
        if document.get("type") != "Feature":
            raise InvalidParameter("type", 'an Item is a "Feature"')
        item_id, collection = self._id(document, "id"), self._id(document, "collection")
        links = own_links(document)
        body = stored(document, links, self._limits.document)
        properties = document.get("properties")
        if not isinstance(properties, Mapping):
            raise InvalidParameter("properties", "is required" if properties is None else "is not an object")
        times, footprint = times_of(properties), self._footprint(document)
        jsonschemas.check({**document, "links": [*_untemplated(links), _IN_COLLECTION]})
        self._hrefs.check({**document, "links": links}, body, collection)
        return NewItem(collection, item_id, body, times, footprint, visibility_class)

    def collection(self, document: Document, visibility_class: str) -> NewCollection:
        """Check a Collection.

        Raises:
            InvalidParameter: a member is wrong; the parameter is its path, ``extent.spatial.bbox.0``.
            TooLarge: a bound was hit.
        """
        if document.get("type") != "Collection":
            raise InvalidParameter("type", 'a Collection is a "Collection"')
        collection_id = self._id(document, "id")
        links = own_links(document)
        body = stored(document, links, self._limits.document)
        jsonschemas.check({**document, "links": _untemplated(links)})
        _check_extent(document["extent"])
        self._hrefs.check({**document, "links": links}, body, collection_id)
        return NewCollection(collection_id, body, visibility_class)

    def _id(self, document: Document, member: str) -> str:
        value = document.get(member)
        if not isinstance(value, str):
            raise InvalidParameter(member, "is required" if value is None else "is not a string")
        if len(value) > self._limits.id:
            raise InvalidParameter(member, f"has more than {self._limits.id} characters (limits.id)")
        if not _ID.fullmatch(value):
            raise InvalidParameter(member, "is made of letters, digits and _ - . ~ : @ + = ( )")
        return value

    def _footprint(self, document: Document) -> Footprint | None:
        geometry, bbox = document.get("geometry"), document.get("bbox")
        if geometry is None:
            return None
        if not isinstance(geometry, Mapping):
            raise InvalidParameter("geometry", "is not a GeoJSON geometry")
        if geometry.get("type") == "GeometryCollection":
            raise InvalidParameter("geometry", "is a GeometryCollection, which STAC does not take for an Item")
        if not isinstance(bbox, list) or not all(_is_number(number) for number in bbox):
            raise InvalidParameter("bbox", "is required with a geometry: 4 or 6 numbers")
        return footprint_of(geometry, bbox, self._limits.positions)


def _untemplated(links: Sequence[Link]) -> list[Link]:
    """Return the links without the braces of templates such as ``{z}``, which STAC's schema takes for no IRI."""
    braces = str.maketrans("", "", "{}")
    return [
        {**link, "href": href.translate(braces)} if isinstance(href := link.get("href"), str) and "{" in href else link
        for link in links
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_extent(extent: Mapping[str, Any]) -> None:
    for place, bbox in enumerate(extent["spatial"]["bbox"]):
        BBox.of(bbox, f"extent.spatial.bbox.{place}")
    for place, interval in enumerate(extent["temporal"]["interval"]):
        _check_interval(interval, f"extent.temporal.interval.{place}")


def _check_interval(interval: Sequence[str | None], place: str) -> None:
    start, end = (None if text is None else instant(text, place) for text in interval)
    if start is not None and end is not None and end < start:
        raise InvalidParameter(place, "ends before it starts")
