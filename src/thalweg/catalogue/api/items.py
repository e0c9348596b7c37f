"""The Items of one Collection over HTTP."""

from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.classes import FEATURES_CORE, FEATURES_GEOJSON, STAC_FEATURES, STAC_TRANSACTION
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE, turns
from thalweg.catalogue.api.parameters import Items as WhichItems
from thalweg.catalogue.api.parameters import OneCollection, OneItem
from thalweg.catalogue.api.serving import CHANGED, Serving, expected, shows_change, unshown
from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Document, Item
from thalweg.web.answers import GeoJson, not_modified
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON
from thalweg.web.links import link
from thalweg.web.pool import in_pool
from thalweg.web.routes import Body, delete, get, patch, post, put

_TAG = "Items"
_MEDIA = (GEOJSON_TYPE, JSON_TYPE)
_CONFORMS = (STAC_FEATURES, FEATURES_CORE, FEATURES_GEOJSON)
_FEATURE = {"type": "object", "required": ["type", "id", "geometry", "properties", "links", "assets"]}
_FEATURES = {"type": "object", "required": ["type", "features", "links"]}


class Items:
    """Lists, shows and changes Items."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @get("/collections/{collection}/items", forms=(GEOJSON,), conforms=_CONFORMS, tag=_TAG, schema=_FEATURES)
    async def listed(self, asked: Asked[WhichItems]) -> Response:
        """List the Items of a Collection, newest first."""
        given = asked.parameters
        if given.collections and set(given.collections) != {given.collection}:
            raise InvalidParameter("collections", "is not that of the address")
        self._serving.catalogue.collection(given.collection, asked.who, asked.workspace)
        said = given.said()
        place = self._serving.place(given.token, said)
        query = given.query(place, self._serving.limits.page, collections=(given.collection,), ids=given.ids)
        page = await in_pool(self._serving.catalogue.search, query, asked.who, asked.workspace)
        pages = self._serving.pages(asked)
        links = [
            link("self", asked.url, GEOJSON_TYPE),
            link("root", f"{asked.root}/", JSON_TYPE),
            link("parent", pages.collection_address(given.collection), JSON_TYPE),
            link("collection", pages.collection_address(given.collection), JSON_TYPE),
            *turns(
                asked.url,
                self._serving.sealing(said),
                ("next", page.next),
                ("prev", page.previous),
                media_type=GEOJSON_TYPE,
            ),
        ]
        return GeoJson(pages.items(page.found, links))

    @get(
        "/collections/{collection}/items/{item}",
        forms=(GEOJSON,),
        conforms=_CONFORMS,
        tag=_TAG,
        schema=_FEATURE,
        answers={304: "unchanged"},
    )
    async def item(self, asked: Asked[OneItem]) -> Response:
        """Show one Item."""
        found = self._now(asked)
        return not_modified(found.etag, asked.headers) or self._answer(found, asked)

    @post(
        "/collections/{collection}/items",
        body=Body.DOCUMENT,
        media=_MEDIA,
        forms=(GEOJSON,),
        status=201,
        conforms=(STAC_TRANSACTION,),
        tag=_TAG,
    )
    async def register(self, asked: Asked[OneCollection]) -> Response:
        """Register an Item, or all Items of a FeatureCollection or none."""
        collection = asked.parameters.collection
        self._serving.catalogue.collection(collection, asked.who, asked.workspace)
        document = self._serving.document(asked)
        if document.get("type") != "FeatureCollection":
            (new,) = await in_pool(self._serving.catalogue.register, [_belonging(document, collection)], asked.who)
            return self._answer(new, asked, 201)
        features = document.get("features")
        if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
            raise InvalidParameter("features", "is not an array of Items")
        documents = [_belonging(one, collection) for one in features]
        registered = await in_pool(self._serving.catalogue.register, documents, asked.who)
        return GeoJson(self._serving.pages(asked).items(registered, []), 201)

    @put(
        "/collections/{collection}/items/{item}",
        body=Body.DOCUMENT,
        media=_MEDIA,
        forms=(GEOJSON,),
        conforms=(STAC_TRANSACTION,),
        tag=_TAG,
        status=204,
        answers=CHANGED,
    )
    async def replace(self, asked: Asked[OneItem]) -> Response:
        """Put an Item in the place of another."""
        given = asked.parameters
        document = _belonging(self._serving.document(asked), given.collection, id=given.item)
        self._serving.catalogue.collection(given.collection, asked.who, asked.workspace)
        version = expected(asked, lambda: self._now(asked))
        changed = await in_pool(self._serving.catalogue.replace, document, asked.who, version)
        return self._answer(changed, asked) if shows_change(asked) else unshown(changed)

    @patch(
        "/collections/{collection}/items/{item}",
        body=Body.DOCUMENT,
        media=("application/merge-patch+json", *_MEDIA),
        forms=(GEOJSON,),
        conforms=(STAC_TRANSACTION,),
        tag=_TAG,
        status=204,
        answers=CHANGED,
    )
    async def change(self, asked: Asked[OneItem]) -> Response:
        """Change an Item by a JSON merge patch."""
        given, document = asked.parameters, self._serving.document(asked)
        self._serving.catalogue.collection(given.collection, asked.who, asked.workspace)
        version = expected(asked, lambda: self._now(asked))
        catalogue = self._serving.catalogue
        changed = await in_pool(catalogue.patch, given.collection, given.item, document, asked.who, version)
        return self._answer(changed, asked) if shows_change(asked) else unshown(changed)

    @delete("/collections/{collection}/items/{item}", status=204, forms=(), conforms=(STAC_TRANSACTION,), tag=_TAG)
    async def remove(self, asked: Asked[OneItem]) -> Response:
        """Remove an Item."""
        given = asked.parameters
        self._serving.catalogue.collection(given.collection, asked.who, asked.workspace)
        version = expected(asked, lambda: self._now(asked))
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


def _belonging(document: Document, collection: str, **names: str) -> Document:
    """Return the document with what the address says of it filled in.

    Raises:
        InvalidParameter: it says otherwise.
    """
    said = {"collection": collection, **names}
    for member, name in said.items():
        if document.get(member, name) != name:
            raise InvalidParameter(member, "is not that of the address")
    return {**document, **said}
