"""The Items of one Collection over HTTP."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from starlette.responses import Response

from thalweg.catalogue.api.classes import (
    FEATURES_CORE,
    FEATURES_CRS,
    FEATURES_GEOJSON,
    FEATURES_HTML,
    LISTING,
    STAC_FEATURES,
)
from thalweg.catalogue.api.filters import equals
from thalweg.catalogue.api.html import OF_ITEMS, item_page
from thalweg.catalogue.api.listing import FORMS, Question, answered
from thalweg.catalogue.api.moments import ACCEPT_DATETIME, gate, moment_of, remembered
from thalweg.catalogue.api.narrowing import Items as WhichItems
from thalweg.catalogue.api.pages import JSON_TYPE, QUERYABLES, SCHEMA_TYPE, Pages
from thalweg.catalogue.api.parameters import OneItem, OneVersion
from thalweg.catalogue.api.serving import HEALTH, Serving
from thalweg.catalogue.crs import CRS84, reference_system
from thalweg.catalogue.documents import joined
from thalweg.core.errors import Gone, InvalidParameter, NotFound
from thalweg.core.expressions import Expression, both
from thalweg.core.items import Item
from thalweg.core.queries import ItemQuery
from thalweg.core.time import written
from thalweg.web.answers import GeoJson, Json, not_modified
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON, HTML
from thalweg.web.hot import Plainly, Ready
from thalweg.web.links import link
from thalweg.web.pool import in_pool
from thalweg.web.routes import get

_TAG = "Items"
_FEATURE = {"type": "object", "required": ["type", "id", "geometry", "properties", "links", "assets"]}
_FEATURES = {"type": "object", "required": ["type", "features", "links"]}
_PLAINLY = ((b"content-crs", f"<{CRS84}>".encode()), (b"vary", f"{ACCEPT_DATETIME}, accept".encode()))
_VERSIONS = {"type": "object", "required": ["versions", "links"]}


class Items:
    """Lists and shows Items, as they are and as they were."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @get("/collections/{collection}/items", forms=FORMS, conforms=LISTING, tag=_TAG, schema=_FEATURES, entries=OF_ITEMS)
    async def listed(self, asked: Asked[WhichItems]) -> Response:
        """List the Items of a Collection, newest first unless sorted otherwise."""
        given = asked.parameters
        if given.collections and set(given.collections) != {given.collection}:
            raise InvalidParameter("collections", "is not that of the address")
        address = self._serving.pages(asked).collection_address(given.collection)
        above = [
            link("parent", address, JSON_TYPE),
            link("collection", address, JSON_TYPE),
            link(QUERYABLES, f"{address}/queryables", SCHEMA_TYPE),
        ]
        question = Question(given, partial(self._query, asked), above, given.collection, counted=True)
        return await answered(self._serving, asked, question)

    @get(
        "/collections/{collection}/items/{item}",
        forms=(GEOJSON, HTML),
        conforms=(STAC_FEATURES, FEATURES_CORE, FEATURES_GEOJSON, FEATURES_HTML, FEATURES_CRS),
        tag=_TAG,
        schema=_FEATURE,
        answers={304: "unchanged"},
        shortly="item_shortly",
    )
    async def item(self, asked: Asked[OneVersion]) -> Response:
        """Show one Item."""
        given = asked.parameters
        if given.version is not None and given.as_of is not None:
            raise InvalidParameter("as-of", "is given beside version; only one of them is taken")
        address = self._serving.pages(asked).item_address(given.collection, given.item)
        if given.version is not None:
            found = await in_pool(self._numbered, asked, given.version)
            return not_modified(found.etag, asked.headers) or self._shown(asked, found)
        found, at = await self._serving.read(self._then, asked)
        shown = not_modified(found.etag, asked.headers) or await self._shown_of(asked, found, at)
        return remembered(shown, address, at)

    async def _shown_of(self, asked: Asked[OneVersion], found: Item, at: datetime | None) -> Response:
        """Show an Item as it was, or as it is with how its assets are."""
        look = self._serving.health
        if at is not None or look is None:
            return self._shown(asked, found, at)
        states = await in_pool(look, found.collection, found.id) if asked.form is HTML else {}
        return self._shown(asked, found, states=states)

    def _shown(
        self,
        asked: Asked[OneVersion],
        found: Item,
        at: datetime | None = None,
        states: Mapping[str, Any] | None = None,
    ) -> Response:
        pages = self._serving.pages(asked, at)
        body = pages.item(found) if states is None else self._as_it_is(pages, found)
        if asked.form is HTML:
            return item_page(asked, orjson.loads(body), states)
        crs = asked.parameters.crs or CRS84
        if crs != CRS84:
            body = orjson.dumps(reference_system(crs).feature(orjson.loads(body)))
        # Each form, and each system, is a representation of its own.
        etag = found.etag if crs == CRS84 else f"W/{found.etag}"
        return GeoJson(body, headers={"etag": etag, "content-crs": f"<{crs}>"})

    def item_shortly(self, asked: Plainly) -> Ready | None:
        """Show one Item to who asks for nothing else; nothing where a server is to be waited for."""
        if not self._serving.catalogue.computes:
            return None
        found = self._now(asked, asked.path["collection"], asked.path["item"])
        pages = self._serving.pages(asked)
        gated = (b"link", gate(pages.item_address(found.collection, found.id)).encode())
        return Ready(self._as_it_is(pages, found), found.etag, (*_PLAINLY, gated))

    def _as_it_is(self, pages: Pages, found: Item) -> bytes:
        """Return an Item that leads to how its assets are, where anybody looks."""
        if self._serving.health is None:
            return pages.item(found)
        address = pages.item_address(found.collection, found.id)
        return joined(pages.item(found), orjson.dumps(link(HEALTH, f"{address}/health", JSON_TYPE)))

    @get("/collections/{collection}/items/{item}/versions", tag=_TAG, schema=_VERSIONS)
    async def versions(self, asked: Asked[OneItem]) -> Response:
        """List what an Item was and is, newest first."""
        given = asked.parameters
        found = await in_pool(
            self._serving.catalogue.versions, given.collection, given.item, asked.who, asked.workspace
        )
        address = self._serving.pages(asked).item_address(given.collection, given.item)
        listed = [
            {
                "version": one.number,
                "since": written(one.since),
                "until": None if one.until is None else written(one.until),
                "removed": one.body is None,
                "links": []
                if one.body is None
                else [link("item", f"{address}?version={one.number}", GEOJSON.media_type)],
            }
            for one in found
        ]
        links = [
            link("self", f"{address}/versions", JSON_TYPE),
            link("root", f"{asked.root}/", JSON_TYPE),
            link("latest-version", address, GEOJSON.media_type),
        ]
        return Json({"id": given.item, "collection": given.collection, "versions": listed, "links": links})

    def _query(self, asked: Asked[WhichItems]) -> ItemQuery:
        given, serving = asked.parameters, self._serving
        serving.catalogue.collection(given.collection, asked.who, asked.workspace, given.as_of)
        after = serving.place(given.token, given.said(), serving.finding(asked, given.as_of))
        query = given.page_query(after, serving.limits.page, collections=(given.collection,))
        return replace(query, filter=both(query.filter, self._equals(asked)))

    def _equals(self, asked: Asked[WhichItems]) -> Expression | None:
        """Return what the queryables among the parameters ask for; what is neither is refused."""
        given, wanted = asked.parameters.model_extra or {}, None
        if not given:
            return None
        of, at = asked.parameters.collection, asked.parameters.as_of
        listed = self._serving.catalogue.queryables(of, asked.who, asked.workspace, at)
        known = {queryable.name: queryable for queryable in listed}
        for name, text in given.items():
            if name not in known:
                raise InvalidParameter(name[:64], "is not a parameter here, nor a queryable of the Collection")
            wanted = both(wanted, equals(known[name], text))
        return wanted

    def _then(self, asked: Asked[OneVersion]) -> tuple[Item, datetime | None]:
        """Return an Item, and as of when it is shown; who negotiates a time before its first is given its first."""
        given, catalogue = asked.parameters, self._serving.catalogue
        at = moment_of(given.as_of, asked.headers)
        if at is None:
            return self._now(asked, given.collection, given.item), None
        try:
            return catalogue.item(given.collection, given.item, asked.who, asked.workspace, at), at
        except NotFound:
            if given.as_of is not None:
                raise
            first = catalogue.versions(given.collection, given.item, asked.who, asked.workspace)[-1].since
            if at >= first:
                raise
        return catalogue.item(given.collection, given.item, asked.who, asked.workspace, first), first

    def _now(self, asked: Asked[Any] | Plainly, collection: str, name: str) -> Item:
        """Return an Item as it is.

        Raises:
            Removed: it was here, as the caller may know.
            NotFound: it never was, or the caller may not know.
        """
        catalogue, who, workspace = self._serving.catalogue, asked.who, asked.workspace
        try:
            return catalogue.item(collection, name, who, workspace)
        except NotFound as missing:
            from thalweg.catalogue.api.removals import removal  # noqa: PLC0415 - only where something is missing

            address = self._serving.pages(asked).item_address(collection, name)
            told = removal(
                missing, lambda: catalogue.versions(collection, name, who, workspace), address, f"Item {name!r}"
            )
            raise told from None

    def _numbered(self, asked: Asked[OneVersion], number: int) -> Item:
        given = asked.parameters
        listed = self._serving.catalogue.versions(given.collection, given.item, asked.who, asked.workspace)
        found = [one for one in listed if one.number == number]
        # What was removed has its last version's number twice: as what it was, and as its end.
        for one in found:
            if one.body is not None:
                return Item(given.collection, given.item, one.body, one.number, "")
        if found:
            raise Gone(f"The Item {given.item!r} was removed at this version.")
        raise NotFound(f"The Item {given.item!r} has no version {number}.")
