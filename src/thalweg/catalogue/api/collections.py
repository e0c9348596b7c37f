"""Collections over HTTP."""

from starlette.responses import Response

from thalweg.catalogue.api.classes import (
    FEATURES_CORE,
    FEATURES_OAS30,
    STAC_COLLECTION_TRANSACTION,
    STAC_COLLECTIONS,
    STAC_CORE,
)
from thalweg.catalogue.api.pages import JSON_TYPE, turns
from thalweg.catalogue.api.parameters import Listed, OneCollection
from thalweg.catalogue.api.serving import CHANGED, Serving, expected, shows_change, unshown
from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.items import Collection
from thalweg.core.queries import CollectionQuery
from thalweg.core.workspaces import workspace_of
from thalweg.web.answers import Json, not_modified
from thalweg.web.asked import Asked
from thalweg.web.links import link
from thalweg.web.parameters import NoParameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import Body, delete, get, patch, post, put

_TAG = "Collections"
_MERGE_PATCH = "application/merge-patch+json"
_ANSWER = {"type": "object", "required": ["type", "id", "extent", "links"]}


class Collections:
    """Lists, shows and changes Collections."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @get(
        "/collections",
        conforms=(STAC_CORE, STAC_COLLECTIONS, FEATURES_CORE, FEATURES_OAS30),
        tag=_TAG,
        schema={"type": "object", "required": ["collections", "links"]},
    )
    async def listed(self, asked: Asked[Listed]) -> Response:
        """List the Collections that the caller may see."""
        given, query = asked.parameters, ["collections", asked.workspace]
        after, limit = self._serving.place(given.token, query), min(given.limit, self._serving.limits.page)
        page = await in_pool(
            self._serving.catalogue.collections,
            CollectionQuery(limit=limit, after=after),
            asked.who,
            asked.workspace,
        )
        links = [
            link("self", asked.url, JSON_TYPE, "This page"),
            link("root", f"{asked.root}/", JSON_TYPE, "The platform"),
            link("parent", f"{asked.root}/", JSON_TYPE, "The platform"),
            *turns(
                asked.url,
                self._serving.sealing(query),
                ("next", page.next),
                ("prev", page.previous),
                media_type=JSON_TYPE,
            ),
        ]
        return Json(self._serving.pages(asked).collections(page.found, links))

    @get(
        "/collections/{collection}", conforms=(STAC_COLLECTIONS,), tag=_TAG, schema=_ANSWER, answers={304: "unchanged"}
    )
    async def collection(self, asked: Asked[OneCollection]) -> Response:
        """Show one Collection."""
        found = self._now(asked)
        return not_modified(found.etag, asked.headers) or self._answer(found, asked)

    @post(
        "/collections",
        body=Body.DOCUMENT,
        status=201,
        conforms=(STAC_COLLECTION_TRANSACTION,),
        tag=_TAG,
        schema=_ANSWER,
    )
    async def register(self, asked: Asked[NoParameters]) -> Response:
        """Register a Collection."""
        document = self._serving.document(asked)
        if asked.workspace is not None and workspace_of(str(document.get("id"))) != asked.workspace:
            raise InvalidParameter("id", f"begins with {asked.workspace}. here")
        new = await in_pool(self._serving.catalogue.register_collection, document, asked.who)
        return self._answer(new, asked, 201)

    @put(
        "/collections/{collection}",
        body=Body.DOCUMENT,
        conforms=(STAC_COLLECTION_TRANSACTION,),
        tag=_TAG,
        status=204,
        answers=CHANGED,
    )
    async def replace(self, asked: Asked[OneCollection]) -> Response:
        """Put a Collection in the place of another; its Items stay."""
        document = {**self._serving.document(asked)}
        if document.setdefault("id", asked.parameters.collection) != asked.parameters.collection:
            raise InvalidParameter("id", "is not that of the address")
        version = expected(asked, lambda: self._now(asked))
        self._check_bound(asked)
        changed = await in_pool(self._serving.catalogue.replace_collection, document, asked.who, version)
        return self._answer(changed, asked) if shows_change(asked) else unshown(changed)

    @patch(
        "/collections/{collection}",
        body=Body.DOCUMENT,
        media=(_MERGE_PATCH, JSON_TYPE),
        conforms=(STAC_COLLECTION_TRANSACTION,),
        tag=_TAG,
        status=204,
        answers=CHANGED,
    )
    async def change(self, asked: Asked[OneCollection]) -> Response:
        """Change a Collection by a JSON merge patch."""
        document, version = self._serving.document(asked), expected(asked, lambda: self._now(asked))
        self._check_bound(asked)
        catalogue = self._serving.catalogue
        changed = await in_pool(catalogue.patch_collection, asked.parameters.collection, document, asked.who, version)
        return self._answer(changed, asked) if shows_change(asked) else unshown(changed)

    @delete("/collections/{collection}", status=204, forms=(), conforms=(STAC_COLLECTION_TRANSACTION,), tag=_TAG)
    async def remove(self, asked: Asked[OneCollection]) -> Response:
        """Remove a Collection that holds no Items."""
        version = expected(asked, lambda: self._now(asked))
        self._check_bound(asked)
        await in_pool(self._serving.catalogue.remove_collection, asked.parameters.collection, asked.who, version)
        return Response(status_code=204)

    def _now(self, asked: Asked[OneCollection]) -> Collection:
        return self._serving.catalogue.collection(asked.parameters.collection, asked.who, asked.workspace)

    @staticmethod
    def _check_bound(asked: Asked[OneCollection]) -> None:
        if asked.workspace is not None and workspace_of(asked.parameters.collection) != asked.workspace:
            raise NotFound(f"There is no Collection {asked.parameters.collection!r}.")

    def _answer(
        self, collection: Collection, asked: Asked[OneCollection] | Asked[NoParameters], status: int = 200
    ) -> Json:
        pages = self._serving.pages(asked)
        headers = {"etag": collection.etag}
        if status == 201:  # noqa: PLR2004 - created
            headers["location"] = pages.collection_address(collection.id)
        return Json(pages.collection(collection), status, headers)
