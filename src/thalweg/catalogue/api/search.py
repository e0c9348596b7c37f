"""STAC's item search over HTTP."""

from starlette.responses import Response

from thalweg.catalogue.api.classes import STAC_SEARCH
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE, posted_turns, turns
from thalweg.catalogue.api.parameters import Search as WhichItems
from thalweg.catalogue.api.serving import Serving
from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Item
from thalweg.core.queries import Page
from thalweg.web.answers import GeoJson
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON
from thalweg.web.links import link
from thalweg.web.pool import in_pool
from thalweg.web.routes import Body, get, post

_ARRAYS = ("bbox", "collections", "ids", "intersects")
_ANSWER = {"type": "object", "required": ["type", "features", "links"]}


class Search:
    """Finds Items across Collections."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @get("/search", forms=(GEOJSON,), conforms=(STAC_SEARCH,), tag="Search", schema=_ANSWER)
    async def search(self, asked: Asked[WhichItems]) -> Response:
        """Search Items, newest first."""
        page = await self._found(asked)
        seal = self._serving.sealing(asked.parameters.said())
        places = (("next", page.next), ("prev", page.previous))
        return self._answer(asked, page, turns(asked.url, seal, *places, media_type=GEOJSON_TYPE))

    @post("/search", forms=(GEOJSON,), body=Body.MEMBERS, conforms=(STAC_SEARCH,), tag="Search", schema=_ANSWER)
    async def search_by_body(self, asked: Asked[WhichItems]) -> Response:
        """Search Items by a JSON body."""
        for name in _ARRAYS:
            # In a query these are written in a text, and the parameters take that; a JSON body says what it means.
            if isinstance(asked.document.get(name), str):
                raise InvalidParameter(name, "is not an array" if name != "intersects" else "is not an object")
        page = await self._found(asked)
        seal = self._serving.sealing(asked.parameters.said())
        places = (("next", page.next), ("prev", page.previous))
        return self._answer(asked, page, posted_turns(asked.url, seal, *places))

    async def _found(self, asked: Asked[WhichItems]) -> Page[Item]:
        given = asked.parameters
        if given.bbox is not None and given.intersects is not None:
            raise InvalidParameter("intersects", "is given beside bbox; only one of them is taken")
        query = given.query(
            self._serving.place(given.token, given.said()),
            self._serving.limits.page,
            collections=given.collections,
            ids=given.ids,
            intersects=given.intersects,
        )
        return await in_pool(self._serving.catalogue.search, query, asked.who, asked.workspace)

    def _answer(self, asked: Asked[WhichItems], page: Page[Item], turned: list[dict[str, object]]) -> GeoJson:
        links = [link("self", asked.url, GEOJSON_TYPE), link("root", f"{asked.root}/", JSON_TYPE), *turned]
        return GeoJson(self._serving.pages(asked).items(page.found, links))
