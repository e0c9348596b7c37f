"""Collections and Items by following links: children, and pages of them as Catalogs."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field
from starlette.responses import Response

from thalweg.catalogue.api.classes import BROWSEABLE, CHILDREN, CHILDREN_TYPE
from thalweg.catalogue.api.collections import FORMS
from thalweg.catalogue.api.html import links_page
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE, Links, turns
from thalweg.catalogue.api.parameters import COLLECTIONS_PAGE, Limit, PageToken
from thalweg.catalogue.api.serving import Serving
from thalweg.core.items import Collection
from thalweg.core.queries import CollectionQuery, ItemQuery, Page, Token
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML
from thalweg.web.links import link
from thalweg.web.parameters import Parameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import get

SHOWN = 100
"""Children that one Catalog links to; a further one links to the next."""
_TAG = "Browsing"
_CATALOG = {"type": "object", "required": ["type", "id", "description", "links"]}
_CHILDREN = {"type": "object", "required": ["children", "links"]}


class WhichChildren(Parameters):
    """Which page of the children, and of which type."""

    type: Annotated[Literal["Catalog", "Collection"] | None, Field(description="only children of this type")] = None
    limit: Limit = COLLECTIONS_PAGE
    token: PageToken = None


class FromHere(Parameters):
    """Where a page begins."""

    token: PageToken = None


class FromHereInOne(FromHere):
    """Where a page of one Collection begins."""

    collection: str


class ChildrenOfOne(WhichChildren):
    """Which children of one Collection."""

    collection: str


class Browsing:
    """Leads from the landing page to every Item by links of relation ``child`` and ``item``."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def on_landing(self, asked: Asked[Any]) -> Links:
        """Return the links to children that stand on the landing page."""
        page = await in_pool(self._page, asked, None, SHOWN)
        return [link("children", f"{asked.root}/children", JSON_TYPE, "The Collections"), *self._below(asked, page)]

    @get("/children", forms=FORMS, conforms=(CHILDREN, CHILDREN_TYPE), tag=_TAG, schema=_CHILDREN)
    async def children(self, asked: Asked[WhichChildren]) -> Response:
        """List what is below the landing page: Collections."""
        return await in_pool(self._children, asked)

    @get("/browse", forms=FORMS, conforms=(BROWSEABLE,), tag=_TAG, schema=_CATALOG)
    async def browse(self, asked: Asked[FromHere]) -> Response:
        """Show a page of Collections as a Catalog that links to them."""
        after = self._serving.place(asked.parameters.token, self._said(asked))
        page = await in_pool(self._page, asked, after, SHOWN)
        links = [*_standing(asked, f"{asked.root}/"), *self._below(asked, page)]
        return _shown(asked, _catalog("collections", "More Collections", "Collections, in the order they came.", links))

    @get("/collections/{collection}/children", forms=FORMS, conforms=(CHILDREN,), tag=_TAG, schema=_CHILDREN)
    async def children_of_one(self, asked: Asked[ChildrenOfOne]) -> Response:
        """List what is below a Collection: the Catalog of its Items."""
        given = asked.parameters
        await self._serving.there(asked, given.collection)
        above = self._serving.pages(asked).collection_address(given.collection)
        links = _standing(asked, above)
        below = [] if given.type == "Collection" else [await in_pool(self._items, asked, given.collection, None)]
        if asked.form is HTML:
            items = [link("child", f"{above}/browse", JSON_TYPE, one["title"]) for one in below]
            return links_page(asked, f"What is below {given.collection}", "", [*links, *items])
        return Json({"children": below, "links": links, "numberReturned": len(below)})

    @get("/collections/{collection}/browse", forms=FORMS, conforms=(BROWSEABLE,), tag=_TAG, schema=_CATALOG)
    async def browse_one(self, asked: Asked[FromHereInOne]) -> Response:
        """Show a page of a Collection's Items as a Catalog that links to them."""
        given = asked.parameters
        await self._serving.there(asked, given.collection)
        after = self._serving.place(given.token, ["browse", given.collection])
        return _shown(asked, await in_pool(self._items, asked, given.collection, after))

    def _children(self, asked: Asked[WhichChildren]) -> Response:
        given, serving = asked.parameters, self._serving
        said = ["children", asked.workspace, given.type]
        after = serving.place(given.token, said)
        page: Page[Collection] = Page(())
        if given.type != "Catalog":
            page = self._page(asked, after, min(given.limit, serving.limits.page))
        links = [
            *_standing(asked, f"{asked.root}/"),
            *turns(
                asked.url, serving.sealing(said), ("next", page.next), ("prev", page.previous), media_type=JSON_TYPE
            ),
        ]
        if asked.form is HTML:
            return links_page(asked, "What is below", "", [*links, *self._linked(asked, page)])
        return Json(serving.pages(asked).collections(page.found, links, member="children"))

    def _page(self, asked: Asked[Any], after: Token | None, most: int) -> Page[Collection]:
        query = CollectionQuery(limit=min(most, self._serving.limits.page), after=after)
        return self._serving.catalogue.collections(query, asked.who, asked.workspace)

    def _below(self, asked: Asked[Any], page: Page[Collection]) -> Links:
        links = self._linked(asked, page)
        if page.next is not None:
            token = self._serving.sealing(self._said(asked))(page.next)
            links.append(link("child", f"{asked.root}/browse?token={token}", JSON_TYPE, "More Collections"))
        return links

    def _linked(self, asked: Asked[Any], page: Page[Collection]) -> Links:
        pages = self._serving.pages(asked)
        return [link("child", pages.collection_address(one.id), JSON_TYPE, _title(one)) for one in page.found]

    @staticmethod
    def _said(asked: Asked[Any]) -> Sequence[object]:
        return ["browse", asked.workspace]

    def _items(self, asked: Asked[Any], collection: str, after: Token | None) -> dict[str, Any]:
        serving, pages = self._serving, self._serving.pages(asked)
        query = ItemQuery(collections=(collection,), limit=min(SHOWN, serving.limits.page), after=after)
        page = serving.catalogue.search(query, asked.who, asked.workspace)
        above = pages.collection_address(collection)
        seal = serving.sealing(["browse", collection])
        own = f"{above}/browse" + ("" if after is None else f"?token={seal(after)}")
        links = [
            link("self", own, JSON_TYPE),
            link("root", f"{asked.root}/", JSON_TYPE),
            link("parent", above, JSON_TYPE),
            *(link("item", pages.item_address(collection, one.id), GEOJSON_TYPE) for one in page.found),
        ]
        if page.next is not None:
            links.append(link("child", f"{above}/browse?token={seal(page.next)}", JSON_TYPE, "More Items"))
        return _catalog(f"{collection}.items", "Items", f"Items of {collection}, newest first.", links)


def _title(collection: Collection) -> str:
    title = orjson.loads(collection.body).get("title")
    return title if isinstance(title, str) and title else collection.id


def _shown(asked: Asked[Any], catalog: dict[str, Any]) -> Response:
    if asked.form is HTML:
        return links_page(asked, catalog["title"], catalog["description"], catalog["links"])
    return Json(catalog)


def _standing(asked: Asked[Any], parent: str) -> Links:
    return [
        link("self", asked.url, JSON_TYPE),
        link("root", f"{asked.root}/", JSON_TYPE),
        link("parent", parent, JSON_TYPE),
    ]


def _catalog(name: str, title: str, description: str, links: Links) -> dict[str, Any]:
    return {
        "type": "Catalog",
        "stac_version": "1.1.0",
        "id": name,
        "title": title,
        "description": description,
        "links": links,
    }
