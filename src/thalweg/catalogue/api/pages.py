"""Items, Collections and their pages as bytes: stored documents joined with the links that stand around them."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import orjson

from thalweg.catalogue.api.fields import Fields
from thalweg.catalogue.crs import CRS84, holding
from thalweg.catalogue.documents import FOR_PEOPLE, LOCAL_HREF, joined, served
from thalweg.catalogue.ports import ItemLinks
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox
from thalweg.core.items import Collection, Item
from thalweg.core.queries import Token
from thalweg.web.links import link

JSON_TYPE, GEOJSON_TYPE, SCHEMA_TYPE = "application/json", "application/geo+json", "application/schema+json"
HTML_TYPE = "text/html"
_OGC = "http://www.opengis.net/def/rel/ogc/1.0/"
QUERYABLES, SORTABLES, FUNCTIONS = (f"{_OGC}{name}" for name in ("queryables", "sortables", "functions"))
VERSIONS = "version-history"
ORIGINAL = "original"
"""Where what is shown as it was is as it is (RFC 7089)."""
OWN_RELS = frozenset({QUERYABLES, SORTABLES, "aggregate", "aggregations", "children", "freshness", VERSIONS, ORIGINAL})
"""Relations of the links that are added to Items and Collections, besides those of structure."""
Links = list[dict[str, Any]]
OWN_SYSTEMS = ["#/crs"]
"""What Collections on a page are given as ``crs``: all that the page lists, OGC API Features Part 2."""
_OF_FEATURES = b',"itemType":"feature"'
"""What Collections hold, for clients that ask for nothing else: OGC API Common Part 2."""
_PEOPLE = FOR_PEOPLE.encode()
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+")


class Pages:
    """Writes what the catalogue serves below one root.

    Args:
        base: the platform's address.
        root: where the root is.
        more: links that other blocks add.
        versions: tells that earlier ones are kept.
        then: as of when what is written was so, as an address says it; ``""`` for what is so.
    """

    def __init__(self, base: str, root: str, more: ItemLinks, *, versions: bool = False, then: str = "") -> None:
        self._base = base
        self._root = root
        self._more = more
        self._versions = versions
        self._then = then

    def collection_address(self, collection: str) -> str:
        """Return where a Collection is."""
        return _collection_address(self._root, collection)

    def item_address(self, collection: str, item_id: str) -> str:
        """Return where an Item is."""
        return f"{self.collection_address(collection)}/items/{_quoted(item_id)}"

    def item(self, item: Item) -> bytes:
        """Return one Item, its links among them those that other blocks add."""
        address = self.item_address(item.collection, item.id)
        written = orjson.dumps(address)[1:-1]
        links = _item_links(self._root, item.collection) % self._here(written)
        if self._then:
            links += b',{"rel":"original","type":"application/geo+json","href":"%s"}' % written
        if self._versions:
            links += b',{"rel":"version-history","type":"application/json","href":"%s/versions"}' % written
        if LOCAL_HREF not in item.body:
            # Nothing of the platform's own: no href to be made absolute, and no picture to be drawn.
            return joined(item.body, links)
        more = self._more(address, item.body)
        return served(item.body, links + b"," + _joined(more) if more else links, self._base)

    def _here(self, written: bytes) -> tuple[bytes, bytes]:
        """Return where an Item is, and where for people."""
        if not self._then:
            return written, written + _PEOPLE
        here = b"%s?as-of=%s" % (written, self._then.encode())
        return here, here + b"&" + _PEOPLE[1:]

    def collection(self, collection: Collection, *, listed: bool = False) -> bytes:
        """Return one Collection, its systems told; a ``listed`` one refers to those of the page around it."""
        body = served(collection.body, _collection_links(self._root, collection.id, self._then), self._base)
        added = b""
        if b'"storageCrs":' not in collection.body:
            added = _systems(OWN_SYSTEMS if listed else systems_of(orjson.loads(collection.body)))
        if b'"itemType":' not in collection.body:
            added += _OF_FEATURES
        return body[:-1] + added + b"}"

    def items(self, found: Sequence[Item], links: Links, fields: Fields | None = None, **more: object) -> bytes:
        """Return a page of Items; ``more`` are members of the page."""
        if fields is None:
            features = b",".join([self.item(item) for item in found])
        else:
            features = b",".join([orjson.dumps(fields.of_item(orjson.loads(self.item(item)))) for item in found])
        end = orjson.dumps({"links": links, "numberReturned": len(found), **_known(more)})[1:]
        return b'{"type":"FeatureCollection","features":[' + features + b"]," + end

    def collections(
        self,
        found: Sequence[Collection],
        links: Links,
        fields: Fields | None = None,
        member: str = "collections",
        **more: object,
    ) -> bytes:
        """Return a page of Collections, in a member of this name."""
        listed = [self.collection(collection, listed=True) for collection in found]
        if fields is not None:
            listed = [orjson.dumps(fields.of_collection(orjson.loads(one))) for one in listed]
        end = orjson.dumps({"links": links, "numberReturned": len(found), **_known(more)})[1:]
        return b'{"%s":[' % member.encode() + b",".join(listed) + b"]," + end


def systems_of(collection: Mapping[str, Any]) -> Sequence[str]:
    """Return the reference systems that hold the whole extent of a Collection."""
    try:
        return holding(BBox.of(collection["extent"]["spatial"]["bbox"][0]))
    except (KeyError, IndexError, TypeError, InvalidParameter):
        # Nobody checked the Collections of a foreign database.
        return (CRS84,)


def _systems(crs: Sequence[str]) -> bytes:
    return b"," + orjson.dumps({"crs": crs, "storageCrs": CRS84})[1:-1]


def _known(more: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in more.items() if value is not None}


def joined_with(href: str, *said: str) -> str:
    """Return an address with more said in its query; what is empty says nothing."""
    more = "&".join(filter(None, said))
    return f"{href}{'&' if '?' in href else '?'}{more}" if more else href


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else quote(name, safe="~:@+=()")


@lru_cache(4096)
def _collection_address(root: str, collection: str) -> str:
    return f"{root}/collections/{_quoted(collection)}"


@lru_cache(4096)
def _item_links(root: str, collection: str) -> bytes:
    """Return the links of a Collection's Items, with ``%s`` for the address of each, and for that of its page."""
    above = _collection_address(root, collection)
    links = [
        link("self", "\0", GEOJSON_TYPE),
        link("root", f"{root}/", JSON_TYPE),
        link("parent", above, JSON_TYPE),
        link("collection", above, JSON_TYPE),
        link("alternate", "\0", HTML_TYPE),
    ]
    return _joined(links).replace(b"%", b"%%").replace(b"\\u0000", b"%s")


@lru_cache(4096)
def _collection_links(root: str, collection: str, then: str) -> bytes:
    address = _collection_address(root, collection)
    when, people = (f"?as-of={then}", f"?as-of={then}&{FOR_PEOPLE[1:]}") if then else ("", FOR_PEOPLE)
    now = [link(ORIGINAL, address, JSON_TYPE, "This Collection as it is")] if then else []
    return _joined(
        [
            link("self", f"{address}{when}", JSON_TYPE, "This Collection"),
            *now,
            link("root", f"{root}/", JSON_TYPE, "The platform"),
            link("parent", f"{root}/", JSON_TYPE, "The platform"),
            link("alternate", f"{address}{people}", HTML_TYPE, "This Collection for people"),
            link("items", f"{address}/items{when}", GEOJSON_TYPE, "The Items"),
            link("child", f"{address}/browse", JSON_TYPE, "The Items by page, for those who follow links"),
            link("children", f"{address}/children", JSON_TYPE, "What is below this Collection"),
            link(QUERYABLES, f"{address}/queryables", SCHEMA_TYPE, "What Items can be asked for"),
            link(SORTABLES, f"{address}/sortables", SCHEMA_TYPE, "What Items can be sorted by"),
            link("aggregate", f"{address}/aggregate", JSON_TYPE, "Sums over the Items"),
            link("aggregations", f"{address}/aggregations", JSON_TYPE, "Which sums there are"),
            link("freshness", f"{address}/freshness", JSON_TYPE, "How fresh and complete it is"),
        ]
    )


def _joined(links: Sequence[Mapping[str, Any]]) -> bytes:
    return orjson.dumps(links)[1:-1]


def turns(url: str, seal: Callable[[Token], str], *tokens: tuple[str, Token | None], media_type: str) -> Links:
    """Return the links to the next and the previous page by GET: the address asked, with another token."""
    begun = without(url, "token")
    return [
        link(rel, f"{begun}token={seal(token)}", media_type, method="GET") for rel, token in tokens if token is not None
    ]


def without(url: str, name: str) -> str:
    """Return an address that was asked without one of its parameters, to be followed by another.

    What its writer encoded stays as it is: to read and write it again costs as much as the search.
    """
    path, _, query = url.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] != name]
    return f"{path}?{'&'.join(kept)}&" if kept else f"{path}?"


def posted_turns(url: str, seal: Callable[[Token], str], *tokens: tuple[str, Token | None]) -> Links:
    """Return the links to the next and the previous page by POST: the body sent, with another token."""
    return [
        link(rel, url, GEOJSON_TYPE, method="POST", body={"token": seal(token)}, merge=True)
        for rel, token in tokens
        if token is not None
    ]
