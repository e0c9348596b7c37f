"""Items registered, replaced, changed and removed over HTTP."""

from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.classes import CHANGING, LOCKING, UPDATE
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE
from thalweg.catalogue.api.parameters import OneCollection, OneItem
from thalweg.catalogue.api.serving import CHANGED, Serving, belonging, expected, shows_change, unshown
from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Item
from thalweg.web.answers import GeoJson
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON
from thalweg.web.pool import in_pool
from thalweg.web.routes import Body, delete, patch, post, put

_TAG = "Items"
_MEDIA = (GEOJSON_TYPE, JSON_TYPE)
_ONE = "/collections/{collection}/items/{item}"


class ItemChanges:
    """Changes Items; each change keeps what was there as an earlier version."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @post(
        "/collections/{collection}/items",
        body=Body.DOCUMENT,
        media=_MEDIA,
        forms=(GEOJSON,),
        status=201,
        conforms=CHANGING,
        tag=_TAG,
    )
    async def register(self, asked: Asked[OneCollection]) -> Response:
        """Register an Item, or all Items of a FeatureCollection or none."""
        collection = asked.parameters.collection
        await self._serving.there(asked, collection)
        document = self._serving.document(asked)
        if document.get("type") != "FeatureCollection":
            (new,) = await in_pool(self._serving.catalogue.register, [belonging(document, collection)], asked.who)
            return self._answer(new, asked, 201)
        features = document.get("features")
        if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
            raise InvalidParameter("features", "is not an array of Items")
        documents = [belonging(one, collection) for one in features]
        registered = await in_pool(self._serving.catalogue.register, documents, asked.who)
        return GeoJson(self._serving.pages(asked).items(registered, []), 201)

    @put(
        _ONE,
        body=Body.DOCUMENT,
        media=_MEDIA,
        forms=(GEOJSON,),
        conforms=(*CHANGING, LOCKING),
        tag=_TAG,
        status=204,
        answers=CHANGED,
    )
    async def replace(self, asked: Asked[OneItem]) -> Response:
        """Put an Item in the place of another."""
        given = asked.parameters
        document = belonging(self._serving.document(asked), given.collection, id=given.item)
        await self._serving.there(asked, given.collection)
        version = await self._serving.read(expected, asked, lambda: self._now(asked))
        changed = await in_pool(self._serving.catalogue.replace, document, asked.who, version)
        return self._answer(changed, asked) if shows_change(asked) else unshown(changed)

    @patch(
        _ONE,
        body=Body.DOCUMENT,
        media=("application/merge-patch+json", *_MEDIA),
        forms=(GEOJSON,),
        conforms=(*CHANGING, UPDATE, LOCKING),
        tag=_TAG,
        status=204,
        answers=CHANGED,
    )
    async def change(self, asked: Asked[OneItem]) -> Response:
        """Change an Item by a JSON merge patch."""
        given, document = asked.parameters, self._serving.document(asked)
        await self._serving.there(asked, given.collection)
        version = await self._serving.read(expected, asked, lambda: self._now(asked))
        catalogue = self._serving.catalogue
        changed = await in_pool(catalogue.patch, given.collection, given.item, document, asked.who, version)
        return self._answer(changed, asked) if shows_change(asked) else unshown(changed)

    @delete(_ONE, status=204, forms=(), conforms=CHANGING, tag=_TAG)
    async def remove(self, asked: Asked[OneItem]) -> Response:
        """Remove an Item."""
        given = asked.parameters
        await self._serving.there(asked, given.collection)
        version = await self._serving.read(expected, asked, lambda: self._now(asked))
        await in_pool(self._serving.catalogue.remove, given.collection, given.item, asked.who, version)
        return Response(status_code=204)

    def _now(self, asked: Asked[OneItem]) -> Item:
        given = asked.parameters
        return self._serving.catalogue.item(given.collection, given.item, asked.who, asked.workspace)

    def _answer(self, item: Item, asked: Asked[Any], status: int = 200) -> GeoJson:
        pages = self._serving.pages(asked)
        headers = {"etag": item.etag}
        if status == 201:  # noqa: PLR2004 - created
            headers["location"] = pages.item_address(item.collection, item.id)
        return GeoJson(pages.item(item), status, headers)
