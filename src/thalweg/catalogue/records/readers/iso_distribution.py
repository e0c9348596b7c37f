"""In what forms a resource is given and where, from the distribution of ISO 19139 and ISO 19115-3."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from urllib.parse import unquote

from thalweg.catalogue.records.iso_words import (
    ASSIGNED_RELATIONS,
    FUNCTION_RELATIONS,
    MEDIA_TYPE,
    MEDIA_TYPES,
)
from thalweg.catalogue.records.readers.iso_elements import at, first, href_of, inner, said, value
from thalweg.catalogue.records.record import Format, Link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element

_TRANSFERS = (
    "distributionInfo/*/transferOptions/*",
    "distributionInfo/*/distributor/*/distributorTransferOptions/*",
)
_MEGABYTE = 1_000_000
_MOST_MEGABYTES = 1e9
_ARCROLE = "{http://www.w3.org/1999/xlink}arcrole"


def formats_of(root: Element, about: Element | None) -> Iterator[Format]:
    """Yield the forms that have a name; one whose name is a media type has no other."""
    for one in _formats(root, about):
        element = first(one, "name", "formatSpecificationCitation/*/title")
        name, href = value(element), href_of(element)
        media_type = href.removeprefix(MEDIA_TYPES) if href.startswith(MEDIA_TYPES) else ""
        if MEDIA_TYPE.fullmatch(name):
            name, media_type = "", name
        if name or media_type:
            yield Format(name, media_type, said(one, "version", "formatSpecificationCitation/*/edition"))


def _formats(root: Element, about: Element | None) -> Iterator[Element]:
    yield from at(root, "distributionInfo/*/distributionFormat/MD_Format")
    yield from at(root, "distributionInfo/*/distributor/*/distributorFormat/*")
    if about is not None:
        yield from at(about, "resourceFormat/MD_Format")


def links_of(root: Element) -> Iterator[Link]:
    """Yield the links to the resource and to more about it."""
    for path in (
        "distributionInfo/*/transferOptions/*",
        "distributionInfo/*/distributor/*/distributorTransferOptions/*",
    ):
        for options in at(root, path):
            places = list(at(options, "onLine"))
            for place in places:
                link = _link(place, _length(options) if len(places) == 1 else None)
                if link is not None:
                    yield link


def _link(place: Element, length: int | None) -> Link | None:
    online = first(place, "*")
    href = said(online, "linkage")
    if not href:
        return None
    function, name = said(online, "function"), first(online, "name")
    return Link(
        href=href,
        rel=_relation(place, FUNCTION_RELATIONS.get(function, "related")),
        type=_type(name),
        title=value(name),
        description=said(online, "description"),
        protocol=said(online, "protocol"),
        function=function,
        length=length,
    )


def _relation(place: Element, usual: str) -> str:
    role = str(place.get(_ARCROLE) or "")
    return unquote(role.removeprefix(ASSIGNED_RELATIONS)) if role.startswith(ASSIGNED_RELATIONS) else role or usual


def _type(name: Element | None) -> str:
    if name is None:
        return ""
    held = inner(name)
    return "" if held is name else str(held.get("type") or "")


def _length(options: Element) -> int | None:
    try:
        megabytes = float(said(options, "transferSize"))
    except ValueError:
        return None
    is_size = math.isfinite(megabytes) and 0 <= megabytes <= _MOST_MEGABYTES
    return round(megabytes * _MEGABYTE) if is_size else None


def previews_of(about: Element | None) -> Iterator[Link]:
    """Yield the pictures of the resource that the web has."""
    for place in at(about, "graphicOverview") if about is not None else ():
        one = first(place, "*")
        href = said(one, "fileName")
        if href.startswith(("http://", "https://")):
            kind = said(one, "fileType")
            yield Link(
                href,
                _relation(place, "preview"),
                type=kind if MEDIA_TYPE.fullmatch(kind) else "",
                title=said(one, "fileDescription"),
            )
