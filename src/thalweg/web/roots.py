"""A root: the landing page, conformance and OpenAPI of the faces that stand below one prefix."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Annotated, Any, Protocol, runtime_checkable

from pydantic import Field
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from thalweg.web.answers import Json, Page
from thalweg.web.asked import Asked
from thalweg.web.binder import endpoint
from thalweg.web.forms import HTML, JSON, OPENAPI_30, OPENAPI_31
from thalweg.web.hot import HotRoute
from thalweg.web.languages import NAMES, chosen, spoken
from thalweg.web.links import link
from thalweg.web.openapi import document
from thalweg.web.pages import render
from thalweg.web.parameters import Flag, NoParameters, Parameters
from thalweg.web.routes import Operation, get, operations
from thalweg.web.site import Site
from thalweg.web.verification import DisprovedError, Inside, Probe, Verdict, verified

_COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/"
CORE, LANDING_PAGE, COMMON_JSON, COMMON_HTML, COMMON_OAS30 = (
    _COMMON + part for part in ("core", "landing-page", "json", "html", "oas30")
)
Links = Callable[[str], list[dict[str, Any]]]
"""From the root's address to the links that a face adds to the landing page."""


class Landing(Parameters):
    """In which language."""

    language: Annotated[
        str | None, Field(max_length=256, description="languages by preference, as Accept-Language lists them")
    ] = None


class Verification(Parameters):
    """Whether the classes are tried."""

    verify: Flag = False


@runtime_checkable
class Greeting(Protocol):
    """A face whose links on the landing page depend on who asks."""

    async def on_landing(self, asked: Asked[Any]) -> list[dict[str, Any]]:
        """Return the links for this caller."""
        ...


@dataclass(frozen=True, slots=True)
class Root:
    """The faces below one prefix; a prefix may be a template such as ``/workspaces/{workspace}``.

    Attributes:
        landing: members of the landing page that its protocols ask for (STAC's ``type``, ``id``, ``stac_version``).
        links: what faces add to the landing page's links.
    """

    prefix: str
    title: str
    description: str
    faces: Sequence[object]
    version: str
    landing: dict[str, Any] = field(default_factory=dict)
    links: Sequence[Links] = ()

    def routes(self, site: Site) -> list[BaseRoute]:
        """Return the routes under which the whole root answers."""
        return mounted(self.prefix, self.operations(), site)

    def operations(self) -> list[Operation]:
        """Return all operations, the landing page first."""
        return [*operations(_Entrance(self)), *(one for face in self.faces for one in operations(face))]

    def conformance(self) -> list[str]:
        """Return the conformance classes declared by the operations, sorted."""
        return sorted({uri for one in self.operations() for uri in one.declared.conforms})


def mounted(prefix: str, declared: Sequence[Operation], site: Site) -> list[BaseRoute]:
    """Return the routes of operations below a prefix; the prefix without a slash answers as with one."""
    grouped: dict[tuple[str, str], list[Operation]] = {}
    for one in declared:
        grouped.setdefault((one.declared.method, one.declared.path), []).append(one)
    below = [_route(path, group, site, prefix) for (_, path), group in grouped.items()]
    bare = [_route(prefix, group, site, prefix) for (_, path), group in grouped.items() if path == "/"]
    hot = [
        HotRoute(one.declared.path, prefix, one.declared.forms, one.shortly, site)
        for one in declared
        if one.shortly is not None
    ]
    return [*hot, *bare, Mount(prefix, routes=below)]


def _route(path: str, group: Sequence[Operation], site: Site, prefix: str) -> Route:
    first = group[0]
    return Route(path, endpoint(group, site, prefix), methods=[first.declared.method], name=first.name)


class _Entrance:
    """What every root answers itself."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._descriptions: dict[str, dict[str, Any]] = {}

    @cached_property
    def _conformance(self) -> list[str]:
        """What is declared does not change while the root answers, and takes milliseconds to gather."""
        return self._root.conformance()

    @get("/", forms=(JSON, HTML), conforms=(CORE, LANDING_PAGE, COMMON_JSON, COMMON_HTML), tag="Root")
    async def landing(self, asked: Asked[Landing]) -> Response:
        """Say what this root is and where its parts are, in the language that the caller prefers."""
        language = chosen(asked.parameters.language, asked.headers.get("accept-language"))
        greeting = [face for face in self._root.faces if isinstance(face, Greeting)]
        told = [one for face in greeting for one in await face.on_landing(asked)]
        page = {
            **self._root.landing,
            "title": self._root.title,
            "description": self._root.description,
            "conformsTo": self._conformance,
            "links": [
                *self._own_links(asked),
                *(one for links in self._root.links for one in links(asked.root)),
                *told,
            ],
        }
        if asked.form is HTML:
            return Page(render("landing.html", page=page, base=asked.base))
        said = {"content-language": language, "vary": "Accept, Accept-Language"}
        return Json(spoken(page, language), headers=said)

    @get("/conformance", forms=(JSON, HTML), tag="Root")
    async def conformance(self, asked: Asked[Verification]) -> Response:
        """List the conformance classes that are kept here; ``verify`` tries each on the running data."""
        listed, verdicts = self._conformance, list[Verdict]()
        if asked.parameters.verify:
            verdicts = await verified(listed, (self, *self._root.faces), asked)
        told = {one.uri: one for one in verdicts}
        if asked.form is HTML:
            title, root = self._root.title, asked.root
            return Page(render("conformance.html", title=title, conforms=listed, root=root, told=told))
        return Json({"conformsTo": listed, **({"verified": [asdict(one) for one in verdicts]} if verdicts else {})})

    @get("/openapi", forms=(OPENAPI_30, OPENAPI_31), conforms=(COMMON_OAS30,), tag="Root")
    async def openapi(self, asked: Asked[NoParameters]) -> Response:
        """Describe every operation, in OpenAPI 3.0 or 3.1."""
        return Json(self._openapi(asked.form.name, asked.root), media_type=asked.form.media_type)

    @get("/docs", forms=(HTML,), tag="Root")
    async def docs(self, asked: Asked[NoParameters]) -> Response:
        """Describe every operation for a person."""
        return Page(render("docs.html", api=self._openapi("3.1", asked.root), root=asked.root))

    def probes(self) -> Mapping[str, Probe]:
        """Return what proves the classes of OGC API Common."""
        return {
            CORE: _landing_page,
            LANDING_PAGE: _landing_page,
            COMMON_JSON: _landing_page,
            COMMON_HTML: _page_for_people,
            COMMON_OAS30: _description,
        }

    def _openapi(self, version: str, server: str) -> dict[str, Any]:
        """Return the description; all but the server is declared once, and takes a tenth of a second to gather."""
        if version not in self._descriptions:
            info = {"title": self._root.title, "description": self._root.description, "version": self._root.version}
            self._descriptions[version] = document(self._root.operations(), version, info, server)
        return {**self._descriptions[version], "servers": [{"url": server}]}

    def _own_links(self, asked: Asked[Landing]) -> list[dict[str, Any]]:
        root = asked.root
        return [
            link("self", f"{root}/", "application/json", "This page"),
            link("root", f"{root}/", "application/json", "This page"),
            link("alternate", f"{root}/?f=html", "text/html", "This page for people"),
            *(link("alternate", f"{root}/?language={code}", "application/json", hreflang=code) for code in NAMES),
            link("conformance", f"{root}/conformance", "application/json", "What is kept here"),
            link("http://www.opengis.net/def/rel/ogc/1.0/conformance", f"{root}/conformance", "application/json"),
            link("service-desc", f"{root}/openapi", OPENAPI_30.media_type, "OpenAPI 3.0"),
            link("service-desc", f"{root}/openapi?f=3.1", OPENAPI_31.media_type, "OpenAPI 3.1"),
            link("service-doc", f"{root}/docs", "text/html", "The operations, for people"),
        ]


async def _landing_page(inside: Inside) -> str:
    page = (await inside.get("/")).json()
    rels = {one["rel"]: one["href"] for one in page["links"]}
    for rel in ("service-desc", "service-doc", "conformance"):
        await inside.get(rels[rel])
    listed = (await inside.get("/conformance")).json()["conformsTo"]
    if listed != page["conformsTo"]:
        raise DisprovedError("the landing page and /conformance tell different classes")
    return f"the landing page links to its description and to {len(listed)} classes"


async def _page_for_people(inside: Inside) -> str:
    answer = await inside.get("/", f="html")
    if not answer.headers["content-type"].startswith("text/html"):
        raise DisprovedError(f"f=html gives {answer.headers['content-type']}")
    return f"f=html gives {len(answer.body)} bytes of text/html"


async def _description(inside: Inside) -> str:
    document = (await inside.get("/openapi", f="3.0")).json()
    if not document["openapi"].startswith("3.0"):
        raise DisprovedError(f"the description is OpenAPI {document['openapi']}")
    return f"OpenAPI {document['openapi']} describes {len(document['paths'])} paths"
