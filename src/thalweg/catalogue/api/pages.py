"""Items, Collections and their pages as bytes: stored documents joined with the links that stand around them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import orjson

from thalweg.catalogue.documents import served
from thalweg.catalogue.ports import ItemLinks
from thalweg.core.items import Collection, Item
from thalweg.core.queries import Token
from thalweg.web.links import link

JSON_TYPE, GEOJSON_TYPE = "application/json", "application/geo+json"
Links = list[dict[str, Any]]


class Pages:
    """Writes what the catalogue serves below one root."""

    def __init__(self, base: str, root: str, more: ItemLinks) -> None:
        self._base = base
        self._root = root
        self._more = more
        self._addresses: dict[str, str] = {}

    def collection_address(self, collection: str) -> str:
        """Return where a Collection is."""
        known = self._addresses.get(collection)
        if known is None:
            known = self._addresses[collection] = f"{self._root}/collections/{_quoted(collection)}"
        return known

    def item_address(self, collection: str, item_id: str) -> str:
        """Return where an Item is."""
        return f"{self.collection_address(collection)}/items/{_quoted(item_id)}"

    def item(self, item: Item) -> bytes:
        """Return one Item, its links among them those that other blocks add."""
        collection, address = self.collection_address(item.collection), self.item_address(item.collection, item.id)
        links = [
            link("self", address, GEOJSON_TYPE),
            link("root", f"{self._root}/", JSON_TYPE),
            link("parent", collection, JSON_TYPE),
            link("collection", collection, JSON_TYPE),
            *self._more(address, item.body),
        ]
        return served(item.body, _joined(links), self._base)

    def collection(self, collection: Collection) -> bytes:
        """Return one Collection."""
        address = self.collection_address(collection.id)
        links = [
            link("self", address, JSON_TYPE, "This Collection"),
            link("root", f"{self._root}/", JSON_TYPE, "The platform"),
            link("parent", f"{self._root}/", JSON_TYPE, "The platform"),
            link("items", f"{address}/items", GEOJSON_TYPE, "The Items"),
        ]
        return served(collection.body, _joined(links), self._base)

    def items(self, found: Sequence[Item], links: Links) -> bytes:
        """Return a page of Items."""
        features = b",".join(self.item(item) for item in found)
        end = orjson.dumps({"links": links, "numberReturned": len(found)})[1:]
        return b'{"type":"FeatureCollection","features":[' + features + b"]," + end

    def collections(self, found: Sequence[Collection], links: Links) -> bytes:
        """Return a page of Collections."""
        listed = b",".join(self.collection(collection) for collection in found)
        end = orjson.dumps({"links": links, "numberReturned": len(found)})[1:]
        return b'{"collections":[' + listed + b"]," + end


def _quoted(name: str) -> str:
    return quote(name, safe="~:@+=()")


def _joined(links: Sequence[Mapping[str, Any]]) -> bytes:
    return orjson.dumps(links)[1:-1]


def turns(url: str, seal: Callable[[Token], str], *tokens: tuple[str, Token | None], media_type: str) -> Links:
    """Return the links to the next and the previous page by GET: the address asked, with another token."""
    split = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(split.query, keep_blank_values=True) if name != "token"]
    return [
        link(
            rel, urlunsplit(split._replace(query=urlencode([*kept, ("token", seal(token))]))), media_type, method="GET"
        )
        for rel, token in tokens
        if token is not None
    ]


def posted_turns(url: str, seal: Callable[[Token], str], *tokens: tuple[str, Token | None]) -> Links:
    """Return the links to the next and the previous page by POST: the body sent, with another token."""
    return [
        link(rel, url, GEOJSON_TYPE, method="POST", body={"token": seal(token)}, merge=True)
        for rel, token in tokens
        if token is not None
    ]
