"""The sitemap: the page of each Record that anyone may see, for search engines (sitemaps.org).

It is read in stretches of the list of changes, each written while it is read: however many Records there are, a part is
no larger than the protocol takes, and no more of it is held than a page.
"""

import time
from collections.abc import AsyncIterator, Iterator
from html import escape
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from thalweg.catalogue.api.records.documents import Documents
from thalweg.catalogue.api.records.parameters import ALL
from thalweg.catalogue.changes import ChangeQuery
from thalweg.catalogue.records.entries import Entry
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import NotFound, NotSupported
from thalweg.core.principals import ANYONE
from thalweg.core.queries import CollectionQuery, Token
from thalweg.core.time import written
from thalweg.web.pool import QUESTIONS, in_turn

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from thalweg.catalogue.changes import Change
    from thalweg.catalogue.records.service import Records
    from thalweg.web.site import Site

SITEMAP = "/sitemap.xml"
STRETCH = 20_000
"""Records of one part: at 2,000 characters an address they are still less than the 50 MB that a part may have."""
_KNOWN_SECONDS, _AT_ONCE, _MOST_PARTS = 600.0, 500, 50_000
_XML, _SPACE = "application/xml; charset=utf-8", "http://www.sitemaps.org/schemas/sitemap/0.9"
_FOR_PEOPLE = "?f=html"
Place = Token | None


class Sitemap:
    """Tells search engines where the pages of Records are.

    Args:
        records: of which only what anyone may see is told, whoever asks.
        site: tells the platform's address.
        stretch: Records of one part.
        seconds: for how long it is known where the parts begin.
    """

    def __init__(
        self, records: "Records", site: "Site", stretch: int = STRETCH, seconds: float = _KNOWN_SECONDS
    ) -> None:
        self._records = records
        self._site = site
        self._stretch = stretch
        self._seconds = seconds
        self._known: tuple[float, tuple[Place, ...]] = (-seconds, ())

    def routes(self) -> "list[BaseRoute]":
        """Return the routes of the sitemap and of its parts."""
        return [
            Route(SITEMAP, self._index, methods=["GET"]),
            Route("/sitemaps/catalogues.xml", self._catalogues, methods=["GET"]),
            Route("/sitemaps/{part:int}.xml", self._part, methods=["GET"]),
        ]

    async def _index(self, request: "Request") -> Response:
        base, places = self._site.base(request), await self._places(request)
        names = ("catalogues", *map(str, range(len(places))))[:_MOST_PARTS]
        told = (_entry("sitemap", f"{base}/sitemaps/{name}.xml") for name in names)
        return _answer(request, "sitemapindex", iter(["".join(told)]))

    async def _catalogues(self, request: "Request") -> Response:
        return _answer(request, "urlset", self._told_catalogues(self._documents(request)))

    async def _part(self, request: "Request") -> Response:
        places, part = await self._places(request), int(request.path_params["part"])
        if part >= len(places):
            raise NotFound(f"The sitemap has no such part; {SITEMAP} lists all.")
        end = places[part + 1] if part + 1 < len(places) else None
        return _answer(request, "urlset", self._told_records(self._documents(request), places[part], end))

    def _documents(self, request: "Request") -> Documents:
        base = self._site.base(request)
        return Documents(base, f"{base}/records")

    async def _places(self, request: "Request") -> tuple[Place, ...]:
        """Return where the parts begin."""
        at, places = self._known
        if time.monotonic() - at < self._seconds:
            return places
        places = await in_turn(self._parted, among=QUESTIONS, caller=_caller(request))
        self._known = time.monotonic(), places
        return places

    def _parted(self) -> tuple[Place, ...]:
        if not self._records.search(RecordQuery(limit=1), ANYONE).found:
            return ()
        try:
            return (None, *self._records.milestones(self._stretch, ANYONE))
        except NotSupported:  # a database of others tells nobody what changed
            return ()

    def _told_catalogues(self, documents: Documents) -> Iterator[str]:
        yield _entry("url", f"{documents.root}/{_FOR_PEOPLE}") + _entry("url", _page(documents, ALL))
        query, left = CollectionQuery(limit=_AT_ONCE), self._stretch
        while left > 0:
            page = self._records.catalogues(query, ANYONE)
            left -= len(page.found)
            yield "".join(_entry("url", _page(documents, one.id)) for one in page.found)
            if page.next is None:
                return
            query = CollectionQuery(limit=_AT_ONCE, after=page.next)

    def _told_records(self, documents: Documents, after: Place, end: Place) -> Iterator[str]:
        left = self._stretch
        while left > 0:
            page = self._records.changes(ChangeQuery(limit=min(left, _AT_ONCE), after=after), ANYONE)
            within = [one for one in page.found if end is None or _is_no_later(one.place, end)]
            there = [one for one in within if not one.gone]
            left -= len(there)
            yield "".join(_changed(documents, one) for one in there)
            if page.next is None or len(within) < len(page.found):
                return
            after = page.next


def _is_no_later(one: Token, end: Token) -> bool:
    return one.keys <= end.keys


def _page(documents: Documents, catalogue: str) -> str:
    return f"{documents.catalogue_address(catalogue)}{_FOR_PEOPLE}"


def _changed(documents: Documents, change: "Change") -> str:
    entry = Entry(change.item)
    return _entry("url", f"{documents.record_address(entry.catalogue, entry.id)}{_FOR_PEOPLE}", written(change.at))


def _entry(name: str, address: str, changed: str = "") -> str:
    last = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<{name}><loc>{escape(address)}</loc>{last}</{name}>\n"


def _caller(request: "Request") -> str:
    return "sitemap" if request.client is None else request.client.host


def _answer(request: "Request", root: str, parts: Iterator[str]) -> Response:
    return StreamingResponse(_document(root, parts, _caller(request)), media_type=_XML)


async def _document(root: str, parts: Iterator[str], caller: str) -> AsyncIterator[bytes]:
    """Write a document while its parts are read, each when it is the caller's turn."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SPACE}">\n'.encode()
    while (part := await in_turn(next, parts, None, among=QUESTIONS, caller=caller)) is not None:
        yield part.encode()
    yield f"</{root}>\n".encode()
