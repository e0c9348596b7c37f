"""A page of Items, from the question to its bytes: the one place that knows the forms they are given in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from starlette.responses import Response

from thalweg.catalogue.api.exports import FILES, Export, exported
from thalweg.catalogue.api.html import items_page
from thalweg.catalogue.api.narrowing import Search
from thalweg.catalogue.api.notes import note_on_nothing
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE, Links, posted_turns, turns, without
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.crs import CRS84, reference_system
from thalweg.core.items import Item
from thalweg.core.queries import ItemQuery, Page
from thalweg.core.time import written
from thalweg.web.answers import GeoJson
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON, HTML, Form
from thalweg.web.links import link
from thalweg.web.pool import QUESTIONS, in_pool, in_turn

FORMS: tuple[Form, ...] = (GEOJSON, HTML, *FILES)
"""The forms of a page of Items; `answered` gives each."""


@dataclass(frozen=True, slots=True)
class Question:
    """A search as it was asked.

    Attributes:
        query: returns the query for the service; in the pool, for it may read the store.
        above: links besides those of the page itself.
        title: of the page for people, and the name of a file.
        counted: whether the first page of a place or a time tells how many there are, though nobody asks for it.
    """

    given: Search
    query: Callable[[], ItemQuery]
    above: Links
    title: str = "Items"
    counted: bool = False

    def counts(self) -> bool:
        """Tell whether the Items may have to be counted one by one without being asked for."""
        given = self.given
        narrowed = given.bbox is not None or given.datetime is not None
        return self.counted and narrowed and given.count is None and given.token is None


async def answered(serving: Serving, asked: Asked[Any], question: Question) -> Response:
    """Return a page of Items in the form that was asked for, or all of them as a file."""
    if asked.form in FILES:
        export = await in_pool(_export, serving, asked, question)
        return await exported(export, asked.form, asked.caller, serving.scratch)
    page = partial(_page, serving, asked, question)
    if question.given.may_take_long() or question.counts():
        return await in_turn(page, among=QUESTIONS, caller=asked.caller)
    return await in_pool(page, among=serving.soon)


def _export(serving: Serving, asked: Asked[Any], question: Question) -> Export:
    query, given = replace(question.query(), limit=serving.limits.page), question.given
    search = serving.catalogue.search
    return Export(
        page=lambda after: search(replace(query, after=after or query.after), asked.who, asked.workspace),
        write=serving.pages(asked, given.as_of).item,
        name=question.title,
        wanted=given.limit if "limit" in given.model_fields_set else None,
        most=serving.limits.exported,
        counted=partial(_counted, serving, asked, query),
        fields=given.fields,
    )


def _counted(serving: Serving, asked: Asked[Any], query: ItemQuery) -> int:
    """Return how many Items are found; where they are more than are counted, at least as many."""
    found = serving.catalogue.count(query, asked.who, asked.workspace)
    return serving.limits.counted + 1 if found is None else found


def _page(serving: Serving, asked: Asked[Any], question: Question) -> Response:
    crs = CRS84 if question.given.crs is None else reference_system(question.given.crs).uri
    body, matched = _features(serving, asked, question)
    if asked.form is HTML:
        page = orjson.loads(body)
        return items_page(asked, question.title, page["features"], page["links"], matched, page.get("note"))
    return GeoJson(_in_system(body, crs), headers={"content-crs": f"<{crs}>"})


def _in_system(body: bytes, crs: str) -> bytes:
    if crs == CRS84:
        return body
    page, system = orjson.loads(body), reference_system(crs)
    return orjson.dumps({**page, "features": [system.feature(feature) for feature in page["features"]]})


def _features(serving: Serving, asked: Asked[Any], question: Question) -> tuple[bytes, int | None]:
    query, given = question.query(), question.given
    page = serving.catalogue.search(query, asked.who, asked.workspace)
    matched = _matched(serving, asked, question, query, page)
    nothing = not page.found and query.after is None
    body = serving.pages(asked, given.as_of).items(
        page.found,
        [*_standing(asked, question), *_turned(serving, asked, given, page)],
        None if asked.form is HTML else given.fields,  # a page for people is laid out of whole Items
        note=note_on_nothing(serving, asked, query) if nothing else None,
        numberMatched=matched,
        timeStamp=written(datetime.now(UTC).replace(microsecond=0)),
    )
    return body, matched


def _matched(serving: Serving, asked: Asked[Any], question: Question, query: ItemQuery, page: Page[Item]) -> int | None:
    if question.given.count is not False and query.after is None and page.next is None:
        return len(page.found)
    return serving.catalogue.count(query, asked.who, asked.workspace) if _told(question, query) else None


def _told(question: Question, query: ItemQuery) -> bool:
    """Tell whether the Items are counted: where that was asked for, costs nothing, or is expected of the question."""
    if question.given.count is not None:
        return question.given.count
    return _unnarrowed(replace(query, bbox=None, interval=None) if question.counts() else query)


def _unnarrowed(query: ItemQuery) -> bool:
    """Tell whether nothing but Collections narrows: then a tally knows the number."""
    narrows = (query.ids, query.bbox, query.interval, query.intersects, query.filter, query.text, query.as_of)
    return all(one in (None, ()) for one in narrows)


def _standing(asked: Asked[Any], question: Question) -> Links:
    return [
        link("self", asked.url, GEOJSON_TYPE),
        link("root", f"{asked.root}/", JSON_TYPE),
        *question.above,
        *alternates(asked, FORMS),
    ]


def _turned(serving: Serving, asked: Asked[Any], given: Search, page: Page[Item]) -> Links:
    seal, places = serving.sealing(given.said(), page.found), (("next", page.next), ("prev", page.previous))
    if asked.request.method == "POST":
        return posted_turns(asked.url, seal, *places)
    return turns(asked.url, seal, *places, media_type=GEOJSON_TYPE)


def alternates(asked: Asked[Any], forms: Sequence[Form]) -> Links:
    """Return links to the other forms of what was asked by GET."""
    if asked.request.method == "POST":
        return []
    begun = without(asked.url, "f")
    return [link("alternate", f"{begun}f={form.name}", form.kind) for form in forms if form is not asked.form]
