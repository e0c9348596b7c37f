"""Catalogues over HTTP: the local resources catalogue that lists them, and each of them."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.listing import alternates
from thalweg.catalogue.api.moments import moment_of, remembered
from thalweg.catalogue.api.pages import JSON_TYPE, QUERYABLES, SCHEMA_TYPE, SORTABLES, Links, turns
from thalweg.catalogue.api.records import classes
from thalweg.catalogue.api.records.forms import CATALOGUE, OF_CATALOGUE, OF_CATALOGUES
from thalweg.catalogue.api.records.html import OF_LISTED, catalogue_page, catalogues_page
from thalweg.catalogue.api.records.parameters import ALL, OneCatalogueThen, WhichCatalogues
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.crs import LISTED
from thalweg.core.items import Collection
from thalweg.core.queries import CollectionQuery, Page
from thalweg.web.answers import Json, not_modified
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML
from thalweg.web.links import link
from thalweg.web.pool import in_pool
from thalweg.web.routes import get

TAG = "Catalogues"
_COLLECTION = "collection"
_LOCAL = (classes.LOCAL, *classes.LOCAL_PARAMETERS, *classes.LOCAL_SORTING, *classes.LOCAL_FILTERING)
_ANSWER = {"type": "object", "required": ["id", "type", "links"]}


class Catalogues:
    """Lists and shows catalogues: that of everything, Collections of Records, Collections of Items."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    @get(
        "/collections",
        forms=OF_CATALOGUES,
        conforms=(*_LOCAL, classes.RECORDS_API, classes.AUTODISCOVERY),
        tag=TAG,
        schema={"type": "object", "required": ["id", "type", "collections", "links"]},
        entries=OF_LISTED,
    )
    async def listed(self, asked: Asked[WhichCatalogues]) -> Response:
        """List the catalogues that the caller may see, or search them."""
        return await in_pool(self._listed, asked)

    @get(
        "/collections/{catalogue}",
        forms=OF_CATALOGUE,
        conforms=(classes.RECORD_COLLECTION, classes.JSON, classes.HTML, classes.CRAWLABLE),
        tag=TAG,
        schema=_ANSWER,
        answers={304: "unchanged"},
    )
    async def catalogue(self, asked: Asked[OneCatalogueThen]) -> Response:
        """Show one catalogue, as it is or as it was."""
        name, at = asked.parameters.catalogue, moment_of(asked.parameters.as_of, asked.headers)
        found = await self._serving.read(self._serving.catalogue, asked, name, at)
        shown = self._shown(asked, found, at)
        if found is None:  # that of everything is the same at all times
            return shown
        return remembered(shown, self._serving.documents(asked).catalogue_address(name), at)

    def _shown(self, asked: Asked[OneCatalogueThen], found: Collection | None, at: datetime | None) -> Response:
        document = self._serving.documents(asked, at).catalogue(found)
        if asked.form is HTML:
            return catalogue_page(asked, document)
        if found is None:
            return Json(document, media_type=CATALOGUE.media_type)
        headers = {"etag": found.etag}
        return not_modified(found.etag, asked.headers) or Json(document, headers=headers, media_type=asked.form.kind)

    def _listed(self, asked: Asked[WhichCatalogues]) -> Response:
        given, serving = asked.parameters, self._serving
        said = {"catalogues": asked.workspace, **given.said()}
        query = given.catalogue_query(serving.place(given.token, said), serving.limits.page)
        wanted = not given.type or _COLLECTION in {one.casefold() for one in given.type}
        page: Page[Collection] = Page(())
        if wanted:
            page = serving.records.catalogues(query, asked.who, asked.workspace)
        documents = serving.documents(asked, given.as_of)
        listed = [documents.catalogue(one) for one in page.found]
        first = wanted and given.takes_all() and given.token is None
        if first:
            listed.insert(0, documents.catalogue(None))
        links = [
            *_standing(asked),
            *(link("child", documents.catalogue_address(one["id"]), CATALOGUE.media_type) for one in listed),
            *turns(
                asked.url, serving.sealing(said), ("next", page.next), ("prev", page.previous), media_type=JSON_TYPE
            ),
        ]
        matched = self._matched(asked, query, page) if wanted else 0
        if asked.form is HTML:
            return catalogues_page(asked, listed, links)
        counted = None if matched is None else matched + (wanted and given.takes_all())
        return Json(_list(listed, links, counted))

    def _matched(self, asked: Asked[WhichCatalogues], query: CollectionQuery, page: Page[Collection]) -> int | None:
        if query.after is None and page.next is None:
            return len(page.found)
        counted = asked.parameters.count
        if counted is False or (counted is None and query.filter is not None):
            return None
        return self._serving.records.count_catalogues(query, asked.who, asked.workspace)


def _list(listed: list[dict[str, Any]], links: Links, matched: int | None) -> dict[str, Any]:
    """Return the local resources catalogue: a list of Collections that is a catalogue itself."""
    return {
        "id": "catalogues",
        "type": "Collection",
        "title": "Catalogues",
        "description": "Each is a catalogue of Records; the first is of all of them.",
        "itemType": "catalog",
        "recordsArrayName": "collections",
        "conformsTo": [classes.RECORD_COLLECTION],
        "crs": LISTED,
        "collections": listed,
        **({} if matched is None else {"numberMatched": matched}),
        "numberReturned": len(listed),
        "links": links,
    }


def _standing(asked: Asked[Any]) -> Links:
    return [
        link("self", asked.url, JSON_TYPE, "This page"),
        *alternates(asked, OF_CATALOGUES),
        link("root", f"{asked.root}/", JSON_TYPE, "The landing page"),
        link("parent", f"{asked.root}/", JSON_TYPE, "The landing page"),
        link(classes.CATALOGUE_REL, f"{asked.root}/collections", JSON_TYPE, "The catalogues"),
        link(classes.CATALOGUE_REL, f"{asked.root}/collections/{ALL}/items", "application/geo+json", "Everything"),
        link(QUERYABLES, f"{asked.root}/collections-queryables", SCHEMA_TYPE, "What catalogues can be asked for"),
        link(SORTABLES, f"{asked.root}/collections-sortables", SCHEMA_TYPE, "What catalogues can be sorted by"),
        link("profile", classes.CATALOGUE_PROFILE),
    ]
