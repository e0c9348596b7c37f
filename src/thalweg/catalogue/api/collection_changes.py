"""Collections registered, replaced, changed and removed over HTTP."""

from starlette.responses import Response

from thalweg.catalogue.api.classes import STAC_COLLECTION_TRANSACTION
from thalweg.catalogue.api.pages import JSON_TYPE
from thalweg.catalogue.api.parameters import OneCollection
from thalweg.catalogue.api.serving import CHANGED, Serving, expected, shows_change, unshown
from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.items import Collection
from thalweg.core.workspaces import workspace_of
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.parameters import NoParameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import Body, delete, patch, post, put

_TAG = "Collections"
_MERGE_PATCH = "application/merge-patch+json"
_ANSWER = {"type": "object", "required": ["type", "id", "extent", "links"]}


class CollectionChanges:
    """Changes Collections."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

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
        version = await self._serving.read(expected, asked, lambda: self._now(asked))
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
        document = self._serving.document(asked)
        version = await self._serving.read(expected, asked, lambda: self._now(asked))
        self._check_bound(asked)
        catalogue = self._serving.catalogue
        changed = await in_pool(catalogue.patch_collection, asked.parameters.collection, document, asked.who, version)
        return self._answer(changed, asked) if shows_change(asked) else unshown(changed)

    @delete("/collections/{collection}", status=204, forms=(), conforms=(STAC_COLLECTION_TRANSACTION,), tag=_TAG)
    async def remove(self, asked: Asked[OneCollection]) -> Response:
        """Remove a Collection that holds no Items."""
        version = await self._serving.read(expected, asked, lambda: self._now(asked))
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
