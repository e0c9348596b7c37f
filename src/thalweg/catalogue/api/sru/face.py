"""SRU over HTTP: one address, by GET and by POST of a form; what is refused is told by diagnostics with 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from thalweg.catalogue.api.sru.offering import Caller
from thalweg.core.errors import Unavailable
from thalweg.core.principals import ANYONE
from thalweg.web.asked import posted_pairs, share_of
from thalweg.web.pool import QUESTIONS, in_pool, in_turn
from thalweg.web.services import ServiceRoute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from thalweg.catalogue.api.sru.offering import SruOffer
    from thalweg.core.principals import Principal
    from thalweg.web.site import Site

_XML = "text/xml; charset=UTF-8"


class Sru:
    """The server at one address; a prefix may be a template such as ``/workspaces/{workspace}/sru``."""

    def __init__(self, offer: SruOffer, site: Site) -> None:
        self._offer = offer
        self._site = site

    def routes(self, prefix: str) -> list[BaseRoute]:
        """Return the routes under which the server answers."""
        return [ServiceRoute(prefix, self._got, ["GET"]), ServiceRoute(prefix, self._sent, ["POST"])]

    async def _got(self, request: Request) -> Response:
        return await self._answered(request.query_params.multi_items(), request)

    async def _sent(self, request: Request) -> Response:
        return await self._answered(await posted_pairs(request, self._offer.most_body), request)

    async def _answered(self, pairs: Sequence[tuple[str, str]], request: Request) -> Response:
        try:
            caller = self._caller(request, self._site.authenticate(request.method, request.headers))
        except Unavailable as error:
            # Who asks cannot be found out just now; that is told to whoever it is.
            content = await in_pool(self._away, pairs, self._caller(request, ANYONE), error)
        else:
            content = await in_turn(self._told, pairs, caller, among=QUESTIONS, caller=share_of(caller.who, request))
        return Response(content, media_type=_XML)

    def _away(self, pairs: Sequence[tuple[str, str]], caller: Caller, error: Unavailable) -> bytes:
        from thalweg.catalogue.api.sru.telling import away  # noqa: PLC0415 - as below

        return away(self._offer, pairs, caller, error)

    def _told(self, pairs: Sequence[tuple[str, str]], caller: Caller) -> bytes:
        from thalweg.catalogue.api.sru.telling import told  # noqa: PLC0415 - loads the writers of XML

        return told(self._offer, pairs, caller)

    def _caller(self, request: Request, who: Principal) -> Caller:
        workspace, base = request.path_params.get("workspace"), self._site.base(request)
        within = f"/workspaces/{workspace}" if isinstance(workspace, str) else ""
        return Caller(
            who=who,
            base=base,
            address=base + request.url.path,
            root=f"{base}{within}/records",
            workspace=workspace if isinstance(workspace, str) else None,
        )
