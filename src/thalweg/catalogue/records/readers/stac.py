"""Reads a Record from a STAC Item or Collection; what STAC says beside it stays as it is, under its own names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.kinds import ITEM
from thalweg.catalogue.records.naming import item_record_id
from thalweg.catalogue.records.record import (
    Contact,
    ExternalId,
    Format,
    Link,
    Occasion,
    Record,
    Resolution,
    Rights,
    Span,
)
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox
from thalweg.core.time import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from thalweg.core.items import Document

COLLECTION = "collection"
_ROLES = {"licensor": "owner", "producer": "originator", "processor": "processor", "host": "distributor"}
"""STAC's roles of providers in the words of CI_RoleCode."""
_PICTURES = {"thumbnail": "icon", "overview": "preview", "visual": "preview"}
_COMMON = frozenset(
    [
        "title",
        "description",
        "keywords",
        "created",
        "updated",
        "datetime",
        "start_datetime",
        "end_datetime",
        "license",
        "providers",
        "gsd",
        "published",
        "sci:doi",
        "processing:lineage",
    ]
)
_STRUCTURE = frozenset({"self", "root", "parent", "collection", "items", "item", "child"})


def of_item(item: Document) -> Record:
    """Read a Record from an Item."""
    properties: Mapping[str, Any] = item.get("properties") or {}
    collection = str(item.get("collection", ""))
    box = item.get("bbox")
    told = _common(properties, item)
    return replace(
        told,
        id=item_record_id(collection, str(item.get("id", ""))),
        type=ITEM,
        title=told.title or str(item.get("id", "")),
        span=_span(properties),
        geometry=item.get("geometry"),
        boxes=(BBox.of(box),) if isinstance(box, list) else (),
        parent=collection,
        crs=tuple(_systems(properties)),
        resolution=_resolution(properties),
        extra={name: value for name, value in properties.items() if name not in _COMMON} or None,
    )


def of_collection(collection: Document) -> Record:
    """Read a Record from a Collection."""
    extent: Mapping[str, Any] = collection.get("extent") or {}
    boxes = [BBox.of(box) for box in extent.get("spatial", {}).get("bbox", [])]
    told = _common(collection, collection)
    summaries = collection.get("summaries")
    return replace(
        told,
        id=str(collection.get("id", "")),
        type=COLLECTION,
        title=told.title or str(collection.get("id", "")),
        span=_whole_span(extent.get("temporal", {}).get("interval", [])),
        # The first of several boxes is around the others.
        boxes=tuple(boxes[1:] if len(boxes) > 1 else boxes),
        extra={"summaries": summaries} if summaries else None,
    )


def _common(told: Mapping[str, Any], document: Document) -> Record:
    """Read what Items say among their properties and Collections at their top."""
    assets = document.get("assets") or document.get("item_assets") or {}
    return Record(
        id="",
        title=str(told.get("title") or ""),
        description=str(told.get("description") or ""),
        keywords=tuple(str(word) for word in told.get("keywords") or ()),
        created=_moment(told.get("created")),
        updated=_moment(told.get("updated")),
        dates=_dates(told),
        contacts=tuple(_contacts(told.get("providers") or ())),
        rights=Rights(license=str(told.get("license") or "")),
        formats=tuple(_formats(assets.values())),
        external_ids=tuple(_external_ids(told)),
        links=(*_asset_links(document.get("assets") or {}), *_own_links(document.get("links") or ())),
        lineage=str(told.get("processing:lineage") or ""),
    )


def _moment(text: object) -> datetime | None:
    try:
        return instant(text) if isinstance(text, str) else None
    except InvalidParameter:
        return None


def _dates(told: Mapping[str, Any]) -> Mapping[Occasion, str] | None:
    published = told.get("published")
    return {"publication": published} if isinstance(published, str) else None


def _contacts(providers: Iterable[Mapping[str, Any]]) -> Iterator[Contact]:
    for one in providers:
        roles = tuple(_ROLES.get(str(role), str(role)) for role in one.get("roles") or ())
        yield Contact(organization=str(one.get("name", "")), roles=roles, url=str(one.get("url") or ""))


def _formats(assets: Iterable[Mapping[str, Any]]) -> Iterator[Format]:
    kinds = dict.fromkeys(str(asset["type"]) for asset in assets if asset.get("type"))
    for kind in kinds:
        yield Format(media_type=kind)


def _external_ids(told: Mapping[str, Any]) -> Iterator[ExternalId]:
    if doi := told.get("sci:doi"):
        yield ExternalId(str(doi), "https://doi.org")


def _asset_links(assets: Mapping[str, Mapping[str, Any]]) -> Iterator[Link]:
    for name, asset in assets.items():
        rel = next((_PICTURES[role] for role in asset.get("roles") or () if role in _PICTURES), "enclosure")
        size = asset.get("file:size")
        yield Link(
            href=str(asset.get("href", "")),
            rel=rel,
            type=str(asset.get("type") or ""),
            title=str(asset.get("title") or name),
            description=str(asset.get("description") or ""),
            function="download" if rel == "enclosure" else "",
            length=size if isinstance(size, int) else None,
        )


def _own_links(links: Iterable[Mapping[str, Any]]) -> Iterator[Link]:
    for one in links:
        if one.get("rel") not in _STRUCTURE and one.get("method", "GET") == "GET" and not one.get("templated"):
            yield Link(str(one["href"]), str(one["rel"]), str(one.get("type") or ""), str(one.get("title") or ""))


def _span(properties: Mapping[str, Any]) -> Span | None:
    start, end, at = (properties.get(name) for name in ("start_datetime", "end_datetime", "datetime"))
    if start and end:
        return Span(str(start), str(end))
    return Span(str(at), str(at)) if at else None


def _whole_span(intervals: list[list[str | None]]) -> Span | None:
    if not intervals:
        return None
    start, end = intervals[0]
    return None if start is None and end is None else Span(start or "..", end or "..")


def _systems(properties: Mapping[str, Any]) -> Iterator[str]:
    if code := properties.get("proj:code"):
        yield str(code)
    elif epsg := properties.get("proj:epsg"):
        yield f"EPSG:{epsg}"


def _resolution(properties: Mapping[str, Any]) -> Resolution | None:
    metres = properties.get("gsd")
    return Resolution(metres=float(metres)) if isinstance(metres, int | float) else None
