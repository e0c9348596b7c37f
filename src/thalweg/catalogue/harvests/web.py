"""Records as GeoJSON: one, a page of an OGC API with those that follow it, or a static catalogue of links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import orjson

from thalweg.catalogue.harvests.pages import MOST_PAGES, Found, Opened, Page, Track
from thalweg.catalogue.records.fetching import SOURCE
from thalweg.core.errors import InvalidParameter, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from thalweg.catalogue.records.fetching import Document, Fetcher

_OF_ANOTHER_PLACE = frozenset({"root", "parent", "collection", "items", "next", "prev", "first", "last", "edit"})
"""What leads through the catalogue that a record comes from, and says nothing of its resource."""
_LISTS, _HOLDS = frozenset({"Collection", "Catalog"}), ("item", "child")


def is_json(content: bytes) -> bool:
    """Tell whether a document is JSON."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def opened(fetcher: Fetcher, first: Document) -> Opened:
    """Open what a first document leads to.

    Raises:
        InvalidParameter: it leads to no records.
    """
    document = _read(first)
    if _is_one(document):
        return Opened(iter([Page((_found(document, first.url),))]), alone=True)
    if document.get("type") != "FeatureCollection" and document.get("type") not in _LISTS:
        raise InvalidParameter(SOURCE, "is JSON, and neither a record nor a list of records")
    return Opened(_pages(fetcher, first))


def _pages(fetcher: Fetcher, first: Document) -> Iterator[Page]:
    track = Track()
    track.step(first.url)
    known, ahead, document = {first.url}, list[str](), first
    while True:
        page, links = _page(document)
        # Only a list leads on to its next page; of two branches of a tree each may hold the same.
        yield track.new(page) if links and page.found else page
        # The next of a list comes before what else was found, so that little is remembered.
        for one in reversed([one for one in links if one not in known]):
            known.add(one)
            ahead.append(one)
        if len(known) > MOST_PAGES:
            raise TooLarge(f"the source leads to more than {MOST_PAGES} documents")
        if not ahead:
            return
        url = ahead.pop()
        track.step(url)
        document = fetcher.get(url)


def _page(document: Document) -> tuple[Page, list[str]]:
    """Return what a document holds, and the addresses that it leads on to."""
    if not is_json(document.content):
        return Page((Found(document.content),)), []  # a record in XML, among others that are not
    read = _read(document)
    if _is_one(read):
        return Page((_found(read, document.url),)), []
    match read.get("type"):
        case "FeatureCollection":
            features = read.get("features")
            if not isinstance(features, list):
                raise InvalidParameter(SOURCE, "has features that are no array")
            total = read.get("numberMatched")
            found = tuple(_found(one, document.url) for one in features)
            return Page(found, total=total if isinstance(total, int) else None), _led(read, document.url, ("next",))
        case kind if kind in _LISTS:
            items = _led(read, document.url, ("items",))
            return Page(), items[:1] or _led(read, document.url, _HOLDS)
        case _:
            raise InvalidParameter(SOURCE, f"leads to {document.url[:256]}, which is no record and no list of records")


def _is_one(document: Mapping[str, Any]) -> bool:
    """Tell whether a document is a record: a Collection of STAC is one, as each of its Items is."""
    return document.get("type") == "Feature" or (document.get("type") == "Collection" and "stac_version" in document)


def _read(document: Document) -> Mapping[str, Any]:
    try:
        read = orjson.loads(document.content)
    except orjson.JSONDecodeError as error:
        raise InvalidParameter(SOURCE, "holds JSON that is broken or cut short") from error
    if not isinstance(read, dict):
        raise InvalidParameter(SOURCE, "holds JSON that is no object")
    return read


def _links(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    links = document.get("links")
    return [one for one in links if isinstance(one, dict)] if isinstance(links, list) else []


def _led(document: Mapping[str, Any], url: str, relations: tuple[str, ...]) -> list[str]:
    """Return where a document leads by relations, once each; what is for people is left."""
    found = [
        _joined(url, one["href"])
        for one in _links(document)
        if one.get("rel") in relations and isinstance(one.get("href"), str) and _is_read(one.get("type"))
    ]
    return list(dict.fromkeys(found))


def _is_read(media_type: object) -> bool:
    return not isinstance(media_type, str) or any(kind in media_type for kind in ("json", "xml"))


def _joined(url: str, href: str) -> str:
    try:
        return str(httpx.URL(url).join(href).copy_with(fragment=None))
    except httpx.InvalidURL as error:
        raise InvalidParameter(SOURCE, "leads to what is no address") from error


def _found(feature: object, url: str) -> Found:
    """Return one record, whose links do not lead through the catalogue that it came from, but back to it there."""
    if not isinstance(feature, dict):
        return Found(orjson.dumps(feature))  # what is no record is refused as one
    kept = []
    for one in _links(feature):
        relation, href = one.get("rel"), one.get("href")
        if relation in _OF_ANOTHER_PLACE or not isinstance(href, str):
            continue
        absolute = href if ":" in href.partition("/")[0] or not href else _joined(url, href)
        kept.append({**one, "href": absolute, **({"rel": "via"} if relation == "self" else {})})
    return Found(orjson.dumps({**feature, "links": kept}))
