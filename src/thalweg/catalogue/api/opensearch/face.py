"""OpenSearch over HTTP: descriptions, and the searches that they describe; what is wrong is told with its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from thalweg.catalogue.api.opensearch.namespaces import ATOM_TYPE, DESCRIPTION_TYPE, GEOJSON_TYPE
from thalweg.catalogue.api.opensearch.offering import Caller
from thalweg.core.errors import ThalwegError
from thalweg.web.answers import problem
from thalweg.web.asked import share_of
from thalweg.web.pool import QUESTIONS, in_pool, in_turn
from thalweg.web.services import ServiceRoute

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from thalweg.catalogue.api.opensearch.offering import OpenSearchOffer
    from thalweg.web.site import Site

_XML = "application/xml; charset=UTF-8"


class OpenSearch:
    """The searches below one address; it may be a template such as ``/workspaces/{workspace}/opensearch``."""

    def __init__(self, offer: OpenSearchOffer, site: Site) -> None:
        self._offer = offer
        self._site = site

    def routes(self, prefix: str) -> list[BaseRoute]:
        """Return the routes under which the searches and their descriptions answer."""
        within = f"{prefix}/collections/{{collection}}"
        return [
            ServiceRoute(prefix, self._described, ["GET"]),
            ServiceRoute(f"{prefix}/search", self._searched, ["GET"]),
            ServiceRoute(within, self._described, ["GET"]),
            ServiceRoute(f"{within}/search", self._searched, ["GET"]),
        ]

    async def _described(self, request: Request) -> Response:
        content = await in_pool(self._description, self._caller(request))
        return Response(content, media_type=f"{DESCRIPTION_TYPE}; charset=UTF-8")

    def _description(self, caller: Caller) -> bytes:
        from thalweg.catalogue.api.opensearch.answering import Answers  # noqa: PLC0415 - loads the writers of XML

        return Answers(self._offer, caller).description()

    async def _searched(self, request: Request) -> Response:
        caller = self._caller(request)
        return await in_turn(self._answer, request, caller, among=QUESTIONS, caller=caller.share)

    def _answer(self, request: Request, caller: Caller) -> Response:
        from thalweg.catalogue.api.opensearch.answering import Answers  # noqa: PLC0415 - loads the writers of XML
        from thalweg.catalogue.api.opensearch.requests import form_of  # noqa: PLC0415 - likewise

        pairs, kind = request.query_params.multi_items(), ATOM_TYPE
        try:
            form = form_of(pairs, request.headers.get("accept"))
            kind = form.media_type
            return Response(Answers(self._offer, caller).answer(pairs, form), media_type=kind)
        except ThalwegError as error:
            return _refused(error, kind)

    def _caller(self, request: Request) -> Caller:
        workspace, collection = (request.path_params.get(name) for name in ("workspace", "collection"))
        base, who = self._site.base(request), self._site.authenticate(request.method, request.headers)
        within = f"/workspaces/{workspace}" if isinstance(workspace, str) else ""
        return Caller(
            who=who,
            base=base,
            root=f"{base}{within}/opensearch",
            records=f"{base}{within}/records",
            share=share_of(who, request),
            workspace=workspace if isinstance(workspace, str) else None,
            collection=collection if isinstance(collection, str) else None,
        )


def _refused(error: ThalwegError, kind: str) -> Response:
    """Return what is wrong, in the language of the form that was asked for (13-026r9)."""
    from thalweg.web.ows import OWS_200, report  # noqa: PLC0415 - loads lxml

    told = problem(error)
    if kind == GEOJSON_TYPE:
        return told
    headers = {name: value for name, value in told.headers.items() if name not in ("content-type", "content-length")}
    return Response(report(error, OWS_200), error.status, headers=headers, media_type=_XML)
