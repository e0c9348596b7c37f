"""A page of Items, from the question to its bytes: the one place that knows the forms they are given in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.responses import Response

from thalweg.catalogue.api.narrowing import Search
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE, Links, posted_turns, turns
from thalweg.catalogue.api.serving import Serving
from thalweg.core.items import Item
from thalweg.core.queries import ItemQuery, Page
from thalweg.core.time import written
from thalweg.web.answers import GeoJson
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON, Form
from thalweg.web.links import link
from thalweg.web.pool import in_pool

FORMS: tuple[Form, ...] = (GEOJSON,)
"""The forms of a page of Items; `answered` gives each."""


@dataclass(frozen=True, slots=True)
class Question:
    """A search as it was asked.

    Attributes:
        query: returns the query for the service; in the pool, for it may read the store.
        above: links besides those of the page itself.
    """

    given: Search
    query: Callable[[], ItemQuery]
    above: Links


async def answered(serving: Serving, asked: Asked[Any], question: Question) -> Response:
    """Return a page of Items in the form that was asked for."""
    return await in_pool(_features, serving, asked, question)


def _features(serving: Serving, asked: Asked[Any], question: Question) -> Response:
    query, given = question.query(), question.given
    page = serving.catalogue.search(query, asked.who, asked.workspace)
    count = _unnarrowed(query) if given.count is None else given.count
    body = serving.pages(asked).items(
        page.found,
        [*_standing(asked, question), *_turned(serving, asked, given, page)],
        given.fields,
        numberMatched=serving.catalogue.count(query, asked.who, asked.workspace) if count else None,
        timeStamp=written(datetime.now(UTC).replace(microsecond=0)),
    )
    return GeoJson(body)


def _unnarrowed(query: ItemQuery) -> bool:
    """Tell whether nothing but Collections narrows: then a tally knows the number."""
    narrows = (query.ids, query.bbox, query.interval, query.intersects, query.filter, query.text)
    return all(one in (None, ()) for one in narrows)


def _standing(asked: Asked[Any], question: Question) -> Links:
    return [
        link("self", asked.url, GEOJSON_TYPE),
        link("root", f"{asked.root}/", JSON_TYPE),
        *question.above,
        *alternates(asked, FORMS),
    ]


def _turned(serving: Serving, asked: Asked[Any], given: Search, page: Page[Item]) -> Links:
    seal, places = serving.sealing(given.said()), (("next", page.next), ("prev", page.previous))
    if asked.request.method == "POST":
        return posted_turns(asked.url, seal, *places)
    return turns(asked.url, seal, *places, media_type=GEOJSON_TYPE)


def alternates(asked: Asked[Any], forms: Sequence[Form]) -> Links:
    """Return links to the other forms of what was asked by GET."""
    if asked.request.method == "POST":
        return []
    split = urlsplit(asked.url)
    kept = [(name, value) for name, value in parse_qsl(split.query, keep_blank_values=True) if name != "f"]
    return [
        link("alternate", urlunsplit(split._replace(query=urlencode([*kept, ("f", form.name)]))), form.media_type)
        for form in forms
        if form is not asked.form
    ]
