"""OAI-PMH over HTTP: one address, by GET and by POST of a form; what is refused is told with 200 (3.1.1, 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from thalweg.catalogue.api.oai.offering import Caller
from thalweg.core.errors import Unavailable
from thalweg.web.asked import posted_pairs, share_of
from thalweg.web.pool import QUESTIONS, in_turn
from thalweg.web.services import ServiceRoute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from thalweg.catalogue.api.oai.offering import OaiOffer
    from thalweg.web.site import Site

_XML = "text/xml; charset=UTF-8"
_LATER = "20"


class Oai:
    """The repository at one address; a prefix may be a template such as ``/workspaces/{workspace}/oai``."""

    def __init__(self, offer: OaiOffer, site: Site) -> None:
        self._offer = offer
        self._site = site

    def routes(self, prefix: str) -> list[BaseRoute]:
        """Return the routes under which the repository answers."""
        return [ServiceRoute(prefix, self._got, ["GET"]), ServiceRoute(prefix, self._sent, ["POST"])]

    async def _got(self, request: Request) -> Response:
        return await self._answered(request.query_params.multi_items(), request)

    async def _sent(self, request: Request) -> Response:
        return await self._answered(await posted_pairs(request, self._offer.most_body), request)

    async def _answered(self, pairs: Sequence[tuple[str, str]], request: Request) -> Response:
        try:
            caller = self._caller(request)
            content = await in_turn(self._told, pairs, caller, among=QUESTIONS, caller=share_of(caller.who, request))
        except Unavailable as error:
            # The protocol leaves it to HTTP to say that a harvester should come again (3.1.2.2).
            return Response(str(error), 503, {"retry-after": _LATER}, "text/plain")
        return Response(content, media_type=_XML)

    def _told(self, pairs: Sequence[tuple[str, str]], caller: Caller) -> bytes:
        from thalweg.catalogue.api.oai.telling import told  # noqa: PLC0415 - loads the writers of XML

        return told(self._offer, pairs, caller)

    def _caller(self, request: Request) -> Caller:
        workspace, base = request.path_params.get("workspace"), self._site.base(request)
        within = f"/workspaces/{workspace}" if isinstance(workspace, str) else ""
        return Caller(
            who=self._site.authenticate(request.method, request.headers),
            base=base,
            address=base + request.url.path,
            records=f"{base}{within}/records",
            workspace=workspace if isinstance(workspace, str) else None,
        )
