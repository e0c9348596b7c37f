"""Register a product over HTTP: its bytes are the body, its name tells which reader knows it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field
from starlette.responses import Response

from thalweg.core.errors import InvalidParameter
from thalweg.core.workspaces import workspace_of
from thalweg.harvest.service import MOST_BYTES
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.parameters import Parameters
from thalweg.web.pool import UPLOADS, chunks, in_pool
from thalweg.web.routes import Body, post

if TYPE_CHECKING:
    from thalweg.harvest.ingest import Ingest
    from thalweg.harvest.registering import Registered


class Product(Parameters):
    """A product, and where its Items go."""

    workspace: str
    name: str = Field(
        description="of the file, as its mission names it; in place: ARCHIVE/PATH", min_length=1, max_length=1024
    )
    collection: str | None = Field(None, description="{workspace}.NAME; {workspace}.images where it is not given")
    in_place: bool = Field(
        default=False,
        description="there is no body: the product lies in an archive and stays there; for administrators",
    )


class RegisterFace:
    """Takes products; the readers are loaded by the first that comes."""

    def __init__(self, ingest: "Callable[[], Ingest]", items_root: str = "/api") -> None:
        self._ingest = ingest
        self._items_root = items_root

    @post(
        "/{workspace}/register",
        body=Body.BYTES,
        media=(),
        most=MOST_BYTES,
        status=201,
        tag="Files",
        answers={415: "no product that a reader knows", 413: "too large"},
    )
    async def register(self, asked: Asked[Product]) -> Response:
        """Register a product's Items: a zipped SAFE, a SWOT granule, NetCDF, an image."""
        said = asked.parameters
        collection = said.collection or f"{said.workspace}.images"
        if workspace_of(collection) != said.workspace:
            raise InvalidParameter("collection", f"is called {said.workspace}.NAME")
        if said.in_place:
            outcomes = await in_pool(self._archived, said.name, collection, asked)
        else:
            upload = chunks(asked.stream())
            outcomes = await in_pool(self._received, said.name, upload, collection, asked, among=UPLOADS)
        if len(outcomes) == 1 and outcomes[0].error is not None:
            raise outcomes[0].error
        root = f"{asked.base}{self._items_root}/collections/{collection}/items"
        items = [_told(one, root) for one in outcomes]
        headers = {"location": items[0]["href"]} if len(items) == 1 else {}
        return Json({"items": items}, 201, headers=headers)

    def _received(
        self, name: str, upload: Iterator[bytes], collection: str, asked: Asked[Product]
    ) -> "list[Registered]":
        return self._ingest().receive(name, upload, collection, asked.who)

    def _archived(self, name: str, collection: str, asked: Asked[Product]) -> "list[Registered]":
        return self._ingest().register_archived(name, collection, asked.who)


def _told(one: "Registered", root: str) -> dict[str, Any]:
    said = {
        "id": one.id,
        "outcome": one.outcome,
        "href": f"{root}/{one.id}" if one.error is None else None,
        "missing": list(one.missing) or None,
        "why": str(one.error) if one.error is not None else None,
    }
    return {name: value for name, value in said.items() if value is not None}
