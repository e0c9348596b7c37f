"""Collections over HTTP: listed, searched and shown."""

import re
from datetime import datetime

import orjson
from starlette.responses import Response

from thalweg.catalogue.api.classes import (
    COLLECTION_SEARCH,
    FEATURES_CORE,
    FEATURES_OAS30,
    LANGUAGE,
    STAC_COLLECTIONS,
    STAC_CORE,
)
from thalweg.catalogue.api.html import OF_COLLECTIONS, collection_page, collections_page
from thalweg.catalogue.api.listing import alternates
from thalweg.catalogue.api.moments import moment_of, remembered
from thalweg.catalogue.api.narrowing import Listed
from thalweg.catalogue.api.pages import JSON_TYPE, QUERYABLES, SCHEMA_TYPE, SORTABLES, turns
from thalweg.catalogue.api.parameters import OneCollectionThen
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.crs import LISTED
from thalweg.core.items import Collection
from thalweg.core.queries import CollectionQuery, Page
from thalweg.web.answers import Json, not_modified
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML, JSON, Form
from thalweg.web.links import link
from thalweg.web.pool import in_pool
from thalweg.web.routes import get

_TAG = "Collections"
_ANSWER = {"type": "object", "required": ["type", "id", "extent", "links"]}
_TAG_OF_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,8}")
FORMS: tuple[Form, ...] = (JSON, HTML)
"""The forms of a page of Collections."""


class Collections:
    """Lists and shows Collections."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @get(
        "/collections",
        forms=FORMS,
        conforms=(STAC_CORE, STAC_COLLECTIONS, FEATURES_CORE, FEATURES_OAS30, *COLLECTION_SEARCH),
        tag=_TAG,
        schema={"type": "object", "required": ["collections", "links"]},
        entries=OF_COLLECTIONS,
    )
    async def listed(self, asked: Asked[Listed]) -> Response:
        """List the Collections that the caller may see, or search them."""
        return await in_pool(self._listed, asked)

    @get(
        "/collections/{collection}",
        forms=FORMS,
        conforms=(STAC_COLLECTIONS, LANGUAGE),
        tag=_TAG,
        schema=_ANSWER,
        answers={304: "unchanged"},
    )
    async def collection(self, asked: Asked[OneCollectionThen]) -> Response:
        """Show one Collection, as it is or as it was."""
        at, name = moment_of(asked.parameters.as_of, asked.headers), asked.parameters.collection
        found = await self._serving.read(self._serving.catalogue.collection, name, asked.who, asked.workspace, at)
        return remembered(self._shown(asked, found, at), self._serving.pages(asked).collection_address(name), at)

    def _shown(self, asked: Asked[OneCollectionThen], found: Collection, at: datetime | None) -> Response:
        pages = self._serving.pages(asked, at)
        if asked.form is HTML:
            changes = "versions" in self._serving.catalogue.capabilities
            document, address = orjson.loads(pages.collection(found)), pages.collection_address(found.id)
            return collection_page(asked, document, address, at, changes=changes)
        headers = {"etag": found.etag, **_language(found.body)}
        return not_modified(found.etag, asked.headers) or Json(pages.collection(found), headers=headers)

    def _listed(self, asked: Asked[Listed]) -> Response:
        given, serving = asked.parameters, self._serving
        said = {"collections": asked.workspace, **given.said()}
        one = serving.catalogue.collection
        after = serving.place(given.token, said, lambda name: one(name, asked.who, asked.workspace, given.as_of))
        query = given.collection_query(after, serving.limits.page)
        page = serving.catalogue.collections(query, asked.who, asked.workspace)
        links = [
            link("self", asked.url, JSON_TYPE, "This page"),
            link("root", f"{asked.root}/", JSON_TYPE, "The platform"),
            link("parent", f"{asked.root}/", JSON_TYPE, "The platform"),
            link(QUERYABLES, f"{asked.root}/collections-queryables", SCHEMA_TYPE, "What Collections can be asked for"),
            link(SORTABLES, f"{asked.root}/collections-sortables", SCHEMA_TYPE, "What Collections can be sorted by"),
            *alternates(asked, FORMS),
            *turns(
                asked.url,
                serving.sealing(said, page.found),
                ("next", page.next),
                ("prev", page.previous),
                media_type=JSON_TYPE,
            ),
        ]
        matched = self._matched(asked, query, page)
        pages = serving.pages(asked, given.as_of)
        if asked.form is HTML:
            listed = [orjson.loads(pages.collection(one)) for one in page.found]
            return collections_page(asked, listed, links)
        return Json(pages.collections(page.found, links, given.fields, numberMatched=matched, crs=LISTED))

    def _matched(self, asked: Asked[Listed], query: CollectionQuery, page: Page[Collection]) -> int | None:
        wanted = asked.parameters.count
        if wanted is not False and query.after is None and page.next is None:
            return len(page.found)
        if wanted or (wanted is None and _unnarrowed(query)):
            return self._serving.catalogue.count_collections(query, asked.who, asked.workspace)
        return None


def _language(body: bytes) -> dict[str, str]:
    """Return the header that tells the language of a Collection whose writer tells it (STAC's extension language)."""
    said = orjson.loads(body).get("language") if b'"language":' in body else None
    code = said.get("code") if isinstance(said, dict) else None
    return {"content-language": code} if isinstance(code, str) and _TAG_OF_LANGUAGE.fullmatch(code) else {}


def _unnarrowed(query: CollectionQuery) -> bool:
    narrows = (query.ids, query.bbox, query.interval, query.filter, query.text)
    return all(one in (None, ()) for one in narrows)
