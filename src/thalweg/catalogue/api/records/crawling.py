"""A catalogue as files that lead to each other: for those who follow links and ask nothing."""

from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE
from thalweg.catalogue.api.records import classes
from thalweg.catalogue.api.records.catalogues import TAG
from thalweg.catalogue.api.records.forms import CATALOGUE, OF_CATALOGUE
from thalweg.catalogue.api.records.html import catalogue_page
from thalweg.catalogue.api.records.parameters import ALL, OneCatalogue
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.queries import Token
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML
from thalweg.web.links import link
from thalweg.web.pool import in_pool
from thalweg.web.routes import get

SHOWN = 100
"""Records that one page links to; a further one links to the next page."""


class OnePage(OneCatalogue):
    """Which page of a catalogue."""

    page: str


class Crawling:
    """Leads from a catalogue to each of its Records by links of relation ``item``."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    @get("/collections/{catalogue}/crawl", forms=OF_CATALOGUE, conforms=(classes.CRAWLABLE,), tag=TAG)
    async def begin(self, asked: Asked[OneCatalogue]) -> Response:
        """Show the first page of a catalogue's Records, each as a link."""
        return await in_pool(self._page, asked, None)

    @get("/collections/{catalogue}/crawl/{page}", forms=OF_CATALOGUE, conforms=(classes.CRAWLABLE,), tag=TAG)
    async def go_on(self, asked: Asked[OnePage]) -> Response:
        """Show a further page of a catalogue's Records."""
        given = asked.parameters
        return await in_pool(self._page, asked, self._serving.place(given.page, _said(asked, given.catalogue)))

    def _page(self, asked: Asked[Any], after: Token | None) -> Response:
        name, serving = asked.parameters.catalogue, self._serving
        documents = serving.documents(asked)
        document = documents.catalogue(serving.catalogue(asked, name))
        within = () if name == ALL else (name,)
        query = RecordQuery(catalogues=within, limit=min(SHOWN, serving.limits.page), after=after)
        page = serving.records.search(query, asked.who, asked.workspace)
        address = documents.catalogue_address(name)
        links = [
            link("self", asked.url.partition("?")[0], CATALOGUE.media_type),
            link("alternate", f"{asked.url.partition('?')[0]}?f=html", HTML.kind),
            link("root", f"{asked.root}/", JSON_TYPE),
            link("collection", address, CATALOGUE.media_type, "The catalogue, to be searched"),
            *(link("item", documents.record_address(one.catalogue, one.id), GEOJSON_TYPE) for one in page.found),
        ]
        if page.next is not None:
            token = serving.sealing(_said(asked, name))(page.next)
            links.append(link("next", f"{address}/crawl/{token}", CATALOGUE.media_type, "More Records"))
        shown = {**document, "links": links}
        return catalogue_page(asked, shown) if asked.form is HTML else Json(shown, media_type=CATALOGUE.media_type)


def _said(asked: Asked[Any], catalogue: str) -> list[object]:
    return ["crawl", asked.workspace, catalogue]
