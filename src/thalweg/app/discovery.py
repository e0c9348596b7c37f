"""How programs find what there is from the platform's address alone: robots.txt (RFC 9309), api-catalog (RFC 9727)."""

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from thalweg.catalogue.api.records.sitemap import SITEMAP
from thalweg.web.answers import Json

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from thalweg.web.site import Site

CATALOG = "/.well-known/api-catalog"
_LINKSET = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
# Pages of Records are for search engines; searches, which never end, and what is within workspaces are not.
_UNWANTED = ("/auth/", "/events", "/workspaces/", "/api/search", "/records/collections/*/items?", "/opensearch/")
_OPENAPI, _HTML = "application/vnd.oai.openapi+json;version=3.0", "text/html"
_CAPABILITIES = {
    "/csw": ("/csw?service=CSW&request=GetCapabilities", "application/xml"),
    "/oai": ("/oai?verb=Identify", "text/xml"),
    "/sru": ("/sru?operation=explain&version=1.2", "text/xml"),
    "/opensearch": ("/opensearch", "application/opensearchdescription+xml"),
}
"""Protocols that describe themselves, and where."""


class Discovery:
    """Answers what programs ask of any host."""

    def __init__(self, site: "Site") -> None:
        self._site = site

    def routes(self) -> "list[BaseRoute]":
        """Return the routes of both."""
        return [
            Route("/robots.txt", self._robots, methods=["GET"]),
            Route(CATALOG, self._catalog, methods=["GET"]),
        ]

    async def _robots(self, request: "Request") -> Response:
        lines = ("User-agent: *", *(f"Disallow: {path}" for path in _UNWANTED))
        return PlainTextResponse("\n".join((*lines, "", f"Sitemap: {self._site.base(request)}{SITEMAP}", "")))

    async def _catalog(self, request: "Request") -> Response:
        base = self._site.base(request)
        roots = ("/api/", "/records/", *_CAPABILITIES)
        listed = {"anchor": f"{base}{CATALOG}", "item": [{"href": f"{base}{path}"} for path in roots]}
        described = [
            *(_by_openapi(base, path) for path in ("/api", "/records")),
            *(_by_itself(base, path, where, kind) for path, (where, kind) in _CAPABILITIES.items()),
        ]
        headers = {"link": f'<{base}{CATALOG}>; rel="api-catalog"'}
        return Json({"linkset": [listed, *described]}, headers=headers, media_type=_LINKSET)


def _by_openapi(base: str, path: str) -> dict[str, object]:
    return {
        "anchor": f"{base}{path}/",
        "service-desc": [{"href": f"{base}{path}/openapi", "type": _OPENAPI}],
        "service-doc": [{"href": f"{base}{path}/docs", "type": _HTML}],
        "service-meta": [{"href": f"{base}{path}/conformance", "type": "application/json"}],
        "status": [{"href": f"{base}/health", "type": "application/json"}],
    }


def _by_itself(base: str, path: str, where: str, kind: str) -> dict[str, object]:
    return {"anchor": f"{base}{path}", "service-desc": [{"href": f"{base}{where}", "type": kind}]}
