"""Named snapshots over HTTP: taken, listed, shown, verified, registered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import orjson
from pydantic import Field
from starlette.responses import Response

from thalweg.catalogue.api.moments import AsOf
from thalweg.catalogue.api.narrowing import SearchBody
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE, Links, turns
from thalweg.catalogue.api.parameters import PAGE, Limit, NamesArray, PageToken
from thalweg.catalogue.api.records.forms import NAMES, OTHERS
from thalweg.catalogue.api.records.forms import written as in_form
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.api.snapshot_pages import snapshot_items_page, snapshot_page, snapshots_page, verification_page
from thalweg.catalogue.snapshot_records import record_of
from thalweg.catalogue.snapshots import Registrar, Search, Snapshot, Snapshots, Wanted
from thalweg.core.errors import InvalidParameter, NotSupported
from thalweg.core.queries import ItemQuery, Token
from thalweg.core.time import written
from thalweg.web.answers import GeoJson, Json
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON, HTML, JSON
from thalweg.web.links import link
from thalweg.web.parameters import Parameters, bind
from thalweg.web.pool import QUESTIONS, in_pool, in_turn
from thalweg.web.routes import Body, get, post

_TAG = "Snapshots"
_ONE = {"type": "object", "required": ["id", "title", "as-of", "number", "checksum", "search", "links"]}
_LIST = {"type": "object", "required": ["snapshots", "links"]}
_SUM = {"type": "object", "required": ["number", "checksum", "same"]}
_FEATURES = {"type": "object", "required": ["type", "features", "links"]}
CITATIONS = tuple(one for one in OTHERS if one.name in ("datacite", "datacite-json", "bibtex", "ris", "csl", "jsonld"))
"""The forms in which a snapshot is cited, as Records are."""
_SHOWN = 10
"""Items that the landing page shows."""
_MOST = 10_000
_NEVER = ("as-of", "token")


def read_search(search: Search) -> ItemQuery:
    """Return a search that a snapshot keeps as a query.

    Raises:
        InvalidParameter: it cannot be read.
    """
    for name in _NEVER:
        if name in search:
            raise InvalidParameter(f"search.{name}", "is not kept: a snapshot says itself as of when it is")
    try:
        return bind(SearchBody, dict(search)).page_query(None, _MOST)
    except InvalidParameter as error:
        raise error.within("search") from error


class WhichSnapshots(Parameters):
    """Which page of the snapshots."""

    limit: Limit = PAGE
    token: PageToken = None


class OneSnapshot(Parameters):
    """Which snapshot."""

    snapshot: str


class OfSnapshot(OneSnapshot):
    """Which page of a snapshot's Items."""

    limit: Limit = PAGE
    token: PageToken = None


class Taken(Parameters):
    """What a snapshot is to be of."""

    title: Annotated[str, Field(description="what it is called")]
    search: Annotated[dict[str, Any], Field(description="the body of an item search")]
    place: Annotated[str, Field(alias="in", description="the workspace that it is of: who sees that sees it")] = (
        "public"
    )
    description: str = ""
    creators: NamesArray = ()
    as_of: AsOf = None


@dataclass(frozen=True, slots=True)
class SnapshotServing:
    """Snapshots as they are served.

    Attributes:
        snapshots: returns them; asked for by the first who wants one.
        registrar: returns who gives DOIs; nothing where none is configured.
        publisher: who answers for the platform.
    """

    serving: Serving
    snapshots: Callable[[], Snapshots]
    registrar: Callable[[], Registrar | None] = lambda: None
    publisher: str = ""


class SnapshotsFace:
    """Takes and shows snapshots."""

    def __init__(self, serving: SnapshotServing) -> None:
        self._serving = serving

    @get("/snapshots", forms=(JSON, HTML), tag=_TAG, schema=_LIST)
    async def listed(self, asked: Asked[WhichSnapshots]) -> Response:
        """List the snapshots, the last taken first."""
        return await in_pool(self._listed, asked)

    @post("/snapshots", body=Body.MEMBERS, status=201, tag=_TAG, schema=_ONE)
    async def take(self, asked: Asked[Taken]) -> Response:
        """Keep a search, as of a time or now, under an address that stays."""
        given = asked.parameters
        workspace = asked.workspace or given.place
        wanted = Wanted(given.search, workspace, given.title, given.description, given.creators, given.as_of)
        taking = partial(self._serving.snapshots().take, wanted, asked.who)
        one = await in_turn(taking, among=QUESTIONS, caller=asked.caller)
        return Json(self._told(asked, one), 201, headers={"location": _address(asked, one)})

    @get("/snapshots/{snapshot}", forms=(JSON, HTML, *CITATIONS), tag=_TAG, schema=_ONE)
    async def snapshot(self, asked: Asked[OneSnapshot]) -> Response:
        """Show a snapshot: the search, the moment, the checksum; or as it is cited."""
        one = await in_pool(self._one, asked)
        if asked.form is JSON:
            return Json(self._told(asked, one))
        if asked.form is HTML:
            return await in_turn(partial(self._page, asked, one), among=QUESTIONS, caller=asked.caller)
        address = _address(asked, one)
        content = await in_pool(in_form, record_of(one, address, self._serving.publisher), asked.form, address)
        return Response(content, media_type=asked.form.media_type)

    @get("/snapshots/{snapshot}/items", forms=(GEOJSON, HTML), tag=_TAG, schema=_FEATURES)
    async def items(self, asked: Asked[OfSnapshot]) -> Response:
        """List a snapshot's Items as they were, those that the caller may still see."""
        return await in_turn(partial(self._items, asked), among=QUESTIONS, caller=asked.caller)

    @get("/snapshots/{snapshot}/verification", forms=(JSON, HTML), tag=_TAG, schema=_SUM)
    async def verification(self, asked: Asked[OneSnapshot]) -> Response:
        """Compute the checksum of a snapshot again."""
        one = await in_pool(self._one, asked)
        verifying = partial(self._serving.snapshots().verify, one)
        found = await in_turn(verifying, among=QUESTIONS, caller=asked.caller)
        told = {"number": found.number, "checksum": found.checksum, "same": found == one.sum}
        if asked.form is HTML:
            return verification_page(asked, self._told(asked, one), _address(asked, one), told)
        return Json(told)

    @post("/snapshots/{snapshot}/doi", tag=_TAG, schema=_ONE)
    async def register(self, asked: Asked[OneSnapshot]) -> Response:
        """Register a DOI for a snapshot at the registrar that is configured."""
        return Json(self._told(asked, await in_pool(self._registered, asked)))

    def _one(self, asked: Asked[Any]) -> Snapshot:
        return self._serving.snapshots().snapshot(asked.parameters.snapshot, asked.who, asked.workspace)

    def _registered(self, asked: Asked[OneSnapshot]) -> Snapshot:
        one, registrar = self._one(asked), self._serving.registrar()
        if registrar is None:
            raise NotSupported("No registrar of DOIs is configured: doi.url, doi.prefix, doi.repository, doi.password.")
        self._serving.snapshots().check_may_name(one, asked.who)
        address = _address(asked, one)
        from thalweg.catalogue.records.writers import datacite  # noqa: PLC0415 - loads lxml

        told = datacite.document_of(record_of(one, address, self._serving.publisher), address)
        return self._serving.snapshots().name(one, registrar.register(one.id, told), asked.who)

    def _page(self, asked: Asked[OneSnapshot], one: Snapshot) -> Response:
        shown = self._serving.snapshots().items(one, asked.who, _SHOWN, None, asked.workspace)
        pages, address = self._serving.serving.pages(asked, one.as_of), _address(asked, one)
        return snapshot_page(
            asked,
            self._told(asked, one),
            record_of(one, address, self._serving.publisher),
            address,
            [orjson.loads(pages.item(item)) for item in shown.found],
            CITATIONS,
            registers=self._serving.registrar() is not None,
        )

    def _listed(self, asked: Asked[WhichSnapshots]) -> Response:
        given, said = asked.parameters, ["snapshots", asked.workspace]
        after = self._serving.serving.place(given.token, said)
        before = None if after is None else int(after.keys[0] or 0)
        limit = min(given.limit, self._serving.serving.limits.page)
        found = self._serving.snapshots().snapshots(asked.who, limit, before, asked.workspace)
        follows = Token((found[-1].place,)) if len(found) == limit else None
        seal = self._serving.serving.sealing(said)
        links = [
            link("self", asked.url, JSON_TYPE),
            link("root", f"{asked.root}/", JSON_TYPE),
            *turns(asked.url, seal, ("next", follows), media_type=JSON_TYPE),
        ]
        told = [self._told(asked, one) for one in found]
        return snapshots_page(asked, told, links) if asked.form is HTML else Json({"snapshots": told, "links": links})

    def _items(self, asked: Asked[OfSnapshot]) -> Response:
        given, serving, one = asked.parameters, self._serving.serving, self._one(asked)
        said = ["snapshot", one.id]
        after = serving.place(given.token, said)
        page = self._serving.snapshots().items(one, asked.who, given.limit, after, asked.workspace)
        links = [
            link("self", asked.url, GEOJSON_TYPE),
            link("root", f"{asked.root}/", JSON_TYPE),
            link("collection", _address(asked, one), JSON_TYPE, one.title),
            *turns(
                asked.url,
                serving.sealing(said),
                ("next", page.next),
                ("prev", page.previous),
                media_type=GEOJSON_TYPE,
            ),
        ]
        pages = serving.pages(asked, one.as_of)
        if asked.form is HTML:
            features = [orjson.loads(pages.item(item)) for item in page.found]
            return snapshot_items_page(asked, self._told(asked, one), _address(asked, one), features, links)
        more: dict[str, Any] = {"as-of": written(one.as_of), "numberMatched": one.sum.number}
        return GeoJson(pages.items(page.found, links, **more))

    def _told(self, asked: Asked[Any], one: Snapshot) -> Mapping[str, Any]:
        return {
            "id": one.id,
            "title": one.title,
            "description": one.description,
            "creators": one.creators,
            "workspace": one.workspace,
            "created": written(one.created),
            "as-of": written(one.as_of),
            "search": one.search,
            "number": one.sum.number,
            "checksum": one.sum.checksum,
            "doi": one.doi or None,
            "links": _links(asked, one),
        }


def _links(asked: Asked[Any], one: Snapshot) -> Links:
    address = _address(asked, one)
    cited = f"https://doi.org/{one.doi}" if one.doi else address
    return [
        link("self", address, JSON_TYPE),
        link("root", f"{asked.root}/", JSON_TYPE),
        link("cite-as", cited, HTML.kind, "What is cited"),
        link("alternate", f"{address}?f=html", HTML.kind, "For people"),
        link("items", f"{address}/items", GEOJSON_TYPE, "The Items as they were"),
        *(link("describedby", f"{address}?f={form.name}", form.kind, NAMES.get(form.name)) for form in CITATIONS),
        link("related", f"{address}/verification", JSON_TYPE, "The checksum, computed again"),
    ]


def _address(asked: Asked[Any], one: Snapshot) -> str:
    """Return the address that stays: below the root of all workspaces."""
    return f"{asked.base}/api/snapshots/{one.id}"


def landing_links(root: str) -> Links:
    """Return what snapshots add to the links of a landing page."""
    return [link("related", f"{root}/snapshots", JSON_TYPE, "Snapshots: searches kept as of a time, to be cited")]
