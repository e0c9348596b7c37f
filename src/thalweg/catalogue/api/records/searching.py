"""The Records of a catalogue, searched over HTTP."""

from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from starlette.responses import Response

from thalweg.catalogue.api.filters import equals
from thalweg.catalogue.api.listing import alternates
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE, QUERYABLES, SCHEMA_TYPE, Links, turns, without
from thalweg.catalogue.api.records import classes
from thalweg.catalogue.api.records.atom import feed
from thalweg.catalogue.api.records.facets import told_of, unasked_of
from thalweg.catalogue.api.records.federating import Onward
from thalweg.catalogue.api.records.forms import ATOM, CATALOGUE, OF_RECORDS
from thalweg.catalogue.api.records.html import OF_SEARCH, records_page
from thalweg.catalogue.api.records.parameters import ALL, WhichRecords
from thalweg.catalogue.api.records.queryables import known_of
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.records.entries import Entry
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import Array, Expression, Literal, Operation, Property, both
from thalweg.core.queries import Page
from thalweg.core.queryables import Queryable
from thalweg.web.answers import GeoJson
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON, HTML
from thalweg.web.links import link
from thalweg.web.pool import QUESTIONS, in_pool, in_turn
from thalweg.web.routes import get

TAG = "Records"
_ANSWER = {"type": "object", "required": ["type", "features", "links"]}


class Searching:
    """Finds Records."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    @get(
        "/collections/{catalogue}/items",
        forms=OF_RECORDS,
        conforms=(
            *classes.FEATURES,
            classes.OAS30,
            classes.SEARCHABLE,
            classes.QUERY_PARAMETERS,
            classes.PROFILE,
            classes.SIMPLE_FACETS,
            classes.ADVANCED_FACETS,
            classes.FILTERING,
            classes.SORTING,
            *classes.SEARCHABLE_FILTERING,
            *classes.SEARCHABLE_SORTING,
        ),
        tag=TAG,
        schema=_ANSWER,
        entries=OF_SEARCH,
    )
    async def found(self, asked: Asked[WhichRecords]) -> Response:
        """Find Records of a catalogue, newest first unless sorted otherwise."""
        given = asked.parameters
        if given.distributed:
            here = replace(asked, form=GEOJSON)
            own = await in_turn(partial(self._found, here), among=QUESTIONS, caller=asked.caller)
            return await Onward(self._serving, asked).answered(own)
        if asked.form is HTML or given.may_take_long() or (given.narrows() and given.token is None):
            return await in_turn(partial(self._found, asked), among=QUESTIONS, caller=asked.caller)
        return await in_pool(self._found, asked, among=self._serving.soon)

    def _found(self, asked: Asked[WhichRecords]) -> Response:
        given, serving = asked.parameters, self._serving
        serving.catalogue(asked, given.catalogue, given.as_of)
        said = {"records": asked.workspace, **given.said()}
        after = serving.place(given.token, said, serving.finding(asked, given.as_of))
        query = given.record_query(after, serving.limits.page, self._equals(asked))
        page = serving.records.search(query, asked.who, asked.workspace)
        steps = (("next", page.next), ("prev", page.previous))
        begun = without(asked.url, "offset").rstrip("?&")
        links = [*_standing(asked), *turns(begun, serving.sealing(said, page.found), *steps, media_type=GEOJSON_TYPE)]
        matched = self._matched(asked, query, page)
        if given.facets is None:
            facets = unasked_of(serving, asked, query, matched)
        else:
            facets = told_of(serving, asked, query, given.facets)
        nothing = not page.found and query.after is None
        note = self._noted(asked, query) if nothing else None
        return self._answer(asked, page, links, {"numberMatched": matched, "facets": facets, "note": note})

    def _noted(self, asked: Asked[WhichRecords], query: RecordQuery) -> str | None:
        from thalweg.catalogue.api.records.nothing import note_on_nothing  # noqa: PLC0415 - where nothing is found

        return note_on_nothing(self._serving, asked, query)

    def _answer(self, asked: Asked[WhichRecords], page: Page[Entry], links: Links, told: dict[str, Any]) -> Response:
        given = asked.parameters
        documents, catalogue = self._serving.documents(asked, given.as_of), given.catalogue
        if asked.form is ATOM:
            found = [documents.standing(entry, catalogue, listed=True) for entry in page.found]
            return feed(asked, found, links, told["numberMatched"])
        features = [documents.record(entry, catalogue, listed=True) for entry in page.found]
        if asked.form is HTML:
            return records_page(asked, features, links, told)
        known = {name: value for name, value in told.items() if value is not None}
        body = {"type": "FeatureCollection", "features": features, "links": links, "numberReturned": len(features)}
        return GeoJson(orjson.dumps({**body, **known}))

    def _matched(self, asked: Asked[WhichRecords], query: RecordQuery, page: Page[Entry]) -> int | None:
        """Return how many are found: of first pages, which clients of catalogues count on, and where it was asked."""
        given = asked.parameters
        if query.after is None and page.next is None and (page.found or not query.skip):
            return query.skip + len(page.found)
        wanted = given.token is None or not given.narrows() if given.count is None else given.count
        if not wanted:
            return None
        return self._serving.records.count(query, asked.who, self._serving.limits.counted, asked.workspace)

    def _equals(self, asked: Asked[WhichRecords]) -> Expression | None:
        """Return what the queryables among the parameters ask for; what is neither is refused."""
        given, wanted = asked.parameters.model_extra or {}, None
        if not given:
            return None
        known = known_of(self._serving, asked, asked.parameters.catalogue)
        for name, text in given.items():
            if name not in known:
                raise InvalidParameter(name[:64], "is not a parameter here, nor a queryable of the catalogue")
            wanted = both(wanted, _is(known[name], text))
        return wanted


def _is(queryable: Queryable, text: str) -> Expression:
    if queryable.kind != "array":
        return equals(queryable, text)
    return Operation("a_contains", (Property(queryable.name), Array((Literal(text),))))


def _standing(asked: Asked[WhichRecords]) -> Links:
    address = f"{asked.url.partition('?')[0].removesuffix('/items')}"
    return [
        link("self", asked.url, GEOJSON_TYPE),
        *alternates(asked, OF_RECORDS),
        link("root", f"{asked.root}/", JSON_TYPE),
        link("collection", address, CATALOGUE.media_type, "The catalogue"),
        link(QUERYABLES, f"{address}/queryables", SCHEMA_TYPE, "What Records can be asked for"),
        link("profile", classes.RECORD_PROFILE),
        link(classes.CATALOGUE_REL, f"{asked.root}/collections/{ALL}/items", GEOJSON_TYPE, "Everything"),
    ]
