"""Two times of the catalogue compared over HTTP: what came, what went, what changed."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import orjson
from pydantic import Field
from starlette.responses import Response

from thalweg.catalogue.api.comparison_pages import OF_CHANGES, changes_page
from thalweg.catalogue.api.fields import Fields
from thalweg.catalogue.api.listing import alternates
from thalweg.catalogue.api.moments import Moment
from thalweg.catalogue.api.narrowing import Search
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE, Pages, turns, without
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.comparing import Difference
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import written
from thalweg.web.answers import GeoJson
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON, HTML
from thalweg.web.links import link
from thalweg.web.pool import QUESTIONS, in_turn
from thalweg.web.routes import get

_FORMS = (GEOJSON, HTML)
_ANSWER = {"type": "object", "required": ["type", "features", "links"]}


class Compared(Search):
    """Between which times, and of which Items."""

    start: Annotated[Moment, Field(alias="from", description="the earlier time")]
    end: Annotated[Moment | None, Field(alias="to", description="the later time; now where none is named")] = None


class Comparison:
    """Compares two times."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @get("/changes", forms=_FORMS, tag="Search", schema=_ANSWER, entries=OF_CHANGES)
    async def changes(self, asked: Asked[Compared]) -> Response:
        """Compare two times: Items that came and changed as they are at the later, then those that went as they were.

        Each feature tells in its member ``change`` what became of it. A page may hold fewer than its limit though
        others follow.
        """
        return await in_turn(partial(self._compared, asked), among=QUESTIONS, caller=asked.caller)

    def _compared(self, asked: Asked[Compared]) -> Response:
        given, serving = asked.parameters, self._serving
        if given.as_of is not None:
            raise InvalidParameter("as-of", "is said by from and to here")
        end = given.end or datetime.now(UTC)
        said = {**given.said(), "end": end}
        query = given.page_query(serving.place(given.token, said), serving.limits.page)
        page = serving.catalogue.compared(query, given.start, end, asked.who, asked.workspace)
        begun = f"{without(asked.url, 'to')}to={written(end)}"
        links = [
            link("self", asked.url, GEOJSON_TYPE),
            link("root", f"{asked.root}/", JSON_TYPE),
            *alternates(asked, _FORMS),
            *turns(begun, serving.sealing(said), ("next", page.next), media_type=GEOJSON_TYPE),
        ]
        fields = None if asked.form is HTML else given.fields  # a page for people is laid out of whole Items
        then, now = serving.pages(asked, given.start), serving.pages(asked, end)
        features = [_shown(then if one.kind == "went" else now, one, fields) for one in page.found]
        if asked.form is HTML:
            return changes_page(asked, features, links, given.start, end)
        body: dict[str, Any] = {"type": "FeatureCollection", "features": features, "links": links}
        return GeoJson(orjson.dumps({**body, "numberReturned": len(features), "from": given.start, "to": end}))


def _shown(pages: Pages, one: Difference, fields: Fields | None) -> dict[str, Any]:
    document = orjson.loads(pages.item(one.item))
    shown = dict(document if fields is None else fields.of_item(document))
    versions = {"before": one.before, "after": None if one.kind == "went" else one.item.version}
    return {**shown, "change": {"kind": one.kind, **versions}}
