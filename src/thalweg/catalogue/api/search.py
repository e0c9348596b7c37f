"""STAC's item search over HTTP."""

from functools import partial

from starlette.responses import Response

from thalweg.catalogue.api.classes import SEARCHING
from thalweg.catalogue.api.html import OF_SEARCH
from thalweg.catalogue.api.listing import FORMS, Question, answered
from thalweg.catalogue.api.narrowing import Search as WhichItems
from thalweg.catalogue.api.narrowing import SearchBody
from thalweg.catalogue.api.serving import Serving
from thalweg.core.queries import ItemQuery
from thalweg.web.asked import Asked
from thalweg.web.routes import Body, get, post

_ANSWER = {"type": "object", "required": ["type", "features", "links"]}


class Search:
    """Finds Items across Collections."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @get("/search", forms=FORMS, conforms=SEARCHING, tag="Search", schema=_ANSWER, entries=OF_SEARCH)
    async def search(self, asked: Asked[WhichItems]) -> Response:
        """Search Items, newest first unless sorted otherwise."""
        given = asked.parameters
        return await answered(self._serving, asked, Question(given, partial(self._query, asked), []))

    @post("/search", forms=FORMS[:1], body=Body.MEMBERS, conforms=SEARCHING, tag="Search", schema=_ANSWER)
    async def search_by_body(self, asked: Asked[SearchBody]) -> Response:
        """Search Items by a JSON body."""
        given = asked.parameters
        return await answered(self._serving, asked, Question(given, partial(self._query, asked), []))

    def _query(self, asked: Asked[WhichItems] | Asked[SearchBody]) -> ItemQuery:
        given = asked.parameters
        after = self._serving.place(given.token, given.said(), self._serving.finding(asked, given.as_of))
        return given.page_query(after, self._serving.limits.page)
