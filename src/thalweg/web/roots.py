"""A root: the landing page, conformance and OpenAPI of the faces that stand below one prefix."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from thalweg.web.answers import Json, Page
from thalweg.web.asked import Asked
from thalweg.web.binder import endpoint
from thalweg.web.forms import HTML, JSON, OPENAPI_30, OPENAPI_31
from thalweg.web.links import link
from thalweg.web.openapi import document
from thalweg.web.pages import render
from thalweg.web.parameters import NoParameters
from thalweg.web.routes import Operation, get, operations
from thalweg.web.site import Site

_COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/"
CORE, LANDING_PAGE, COMMON_JSON, COMMON_HTML, COMMON_OAS30 = (
    _COMMON + part for part in ("core", "landing-page", "json", "html", "oas30")
)
Links = Callable[[str], list[dict[str, Any]]]
"""From the root's address to the links that a face adds to the landing page."""


@runtime_checkable
class Greeting(Protocol):
    """A face whose links on the landing page depend on who asks."""

    async def on_landing(self, asked: Asked[NoParameters]) -> list[dict[str, Any]]:
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
    return [*bare, Mount(prefix, routes=below)]


def _route(path: str, group: Sequence[Operation], site: Site, prefix: str) -> Route:
    first = group[0]
    return Route(path, endpoint(group, site, prefix), methods=[first.declared.method], name=first.name)


class _Entrance:
    """What every root answers itself."""

    def __init__(self, root: Root) -> None:
        self._root = root

    @get("/", forms=(JSON, HTML), conforms=(CORE, LANDING_PAGE, COMMON_JSON, COMMON_HTML), tag="Root")
    async def landing(self, asked: Asked[NoParameters]) -> Response:
        """Say what this root is and where its parts are."""
        greeting = [face for face in self._root.faces if isinstance(face, Greeting)]
        told = [one for face in greeting for one in await face.on_landing(asked)]
        page = {
            **self._root.landing,
            "title": self._root.title,
            "description": self._root.description,
            "conformsTo": self._root.conformance(),
            "links": [
                *self._own_links(asked),
                *(one for links in self._root.links for one in links(asked.root)),
                *told,
            ],
        }
        if asked.form is HTML:
            return Page(render("landing.html", page=page, base=asked.base))
        return Json(page)

    @get("/conformance", forms=(JSON, HTML), tag="Root")
    async def conformance(self, asked: Asked[NoParameters]) -> Response:
        """List the conformance classes that are kept here."""
        listed = self._root.conformance()
        if asked.form is HTML:
            return Page(render("conformance.html", title=self._root.title, conforms=listed, root=asked.root))
        return Json({"conformsTo": listed})

    @get("/openapi", forms=(OPENAPI_30, OPENAPI_31), conforms=(COMMON_OAS30,), tag="Root")
    async def openapi(self, asked: Asked[NoParameters]) -> Response:
        """Describe every operation, in OpenAPI 3.0 or 3.1."""
        return Json(self._openapi(asked.form.name, asked.root), media_type=asked.form.media_type)

    @get("/docs", forms=(HTML,), tag="Root")
    async def docs(self, asked: Asked[NoParameters]) -> Response:
        """Describe every operation for a person."""
        return Page(render("docs.html", api=self._openapi("3.1", asked.root), root=asked.root))

    def _openapi(self, version: str, server: str) -> dict[str, Any]:
        info = {"title": self._root.title, "description": self._root.description, "version": self._root.version}
        return document(self._root.operations(), version, info, server)

    def _own_links(self, asked: Asked[NoParameters]) -> list[dict[str, Any]]:
        root = asked.root
        return [
            link("self", f"{root}/", "application/json", "This page"),
            link("root", f"{root}/", "application/json", "This page"),
            link("alternate", f"{root}/?f=html", "text/html", "This page for people"),
            link("conformance", f"{root}/conformance", "application/json", "What is kept here"),
            link("http://www.opengis.net/def/rel/ogc/1.0/conformance", f"{root}/conformance", "application/json"),
            link("service-desc", f"{root}/openapi", OPENAPI_30.media_type, "OpenAPI 3.0"),
            link("service-desc", f"{root}/openapi?f=3.1", OPENAPI_31.media_type, "OpenAPI 3.1"),
            link("service-doc", f"{root}/docs", "text/html", "The operations, for people"),
        ]
