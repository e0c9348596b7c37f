"""A catalogue as files that lead to each other, as they are or as they were: for those who follow links."""

from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE
from thalweg.catalogue.api.records import classes
from thalweg.catalogue.api.records.catalogues import TAG
from thalweg.catalogue.api.records.documents import Documents
from thalweg.catalogue.api.records.forms import CATALOGUE, OF_CATALOGUE
from thalweg.catalogue.api.records.html import catalogue_page
from thalweg.catalogue.api.records.parameters import ALL, OneCatalogueThen
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.records.entries import Entry
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.queries import Token
from thalweg.core.time import written
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML
from thalweg.web.links import link
from thalweg.web.pool import in_pool
from thalweg.web.routes import get

SHOWN = 100
"""Records that one page links to; a further one links to the next page."""


class OnePage(OneCatalogueThen):
    """Which page of a catalogue, and as of when."""

    page: str


class Crawling:
    """Leads from a catalogue to each of its Records by links of relation ``item``."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    @get("/collections/{catalogue}/crawl", forms=OF_CATALOGUE, conforms=(classes.CRAWLABLE,), tag=TAG)
    async def begin(self, asked: Asked[OneCatalogueThen]) -> Response:
        """Show the first page of a catalogue's Records, each as a link."""
        return await in_pool(self._page, asked, None)

    @get("/collections/{catalogue}/crawl/{page}", forms=OF_CATALOGUE, conforms=(classes.CRAWLABLE,), tag=TAG)
    async def go_on(self, asked: Asked[OnePage]) -> Response:
        """Show a further page of a catalogue's Records."""
        given = asked.parameters
        return await in_pool(self._page, asked, self._serving.place(given.page, _said(asked)))

    def _page(self, asked: Asked[Any], after: Token | None) -> Response:
        name, at, serving = asked.parameters.catalogue, asked.parameters.as_of, self._serving
        documents = serving.documents(asked, at)
        document = documents.catalogue(serving.catalogue(asked, name, at))
        within = () if name == ALL else (name,)
        query = RecordQuery(catalogues=within, limit=min(SHOWN, serving.limits.page), after=after, as_of=at)
        page = serving.records.search(query, asked.who, asked.workspace)
        address, here = documents.catalogue_address(name), asked.url.partition("?")[0]
        links = [
            link("self", documents.when(here), CATALOGUE.media_type),
            link("alternate", documents.when(here, "f=html"), HTML.kind),
            link("root", f"{asked.root}/", JSON_TYPE),
            link("collection", documents.when(address), CATALOGUE.media_type, "The catalogue, to be searched"),
            *(_record(documents, one) for one in page.found),
        ]
        if page.next is not None:
            further = f"{address}/crawl/{serving.sealing(_said(asked))(page.next)}"
            links.append(link("next", documents.when(further), CATALOGUE.media_type, "More Records"))
        shown = {**document, "links": links}
        return catalogue_page(asked, shown) if asked.form is HTML else Json(shown, media_type=CATALOGUE.media_type)


def _record(documents: Documents, one: Entry) -> dict[str, Any]:
    address = documents.when(documents.record_address(one.catalogue, one.id))
    return link("item", address, GEOJSON_TYPE, documents.told(one).title or one.id)


def _said(asked: Asked[Any]) -> list[object]:
    given = asked.parameters
    return ["crawl", asked.workspace, given.catalogue, *([] if given.as_of is None else [written(given.as_of)])]
