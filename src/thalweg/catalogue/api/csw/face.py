"""CSW over HTTP: one address for both versions and all encodings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from thalweg.web.pool import in_pool

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from thalweg.catalogue.api.csw.offering import Offer
    from thalweg.catalogue.api.csw.speaking import Speaking
    from thalweg.web.site import Site


class Csw:
    """The service at one address; a prefix may be a template such as ``/workspaces/{workspace}/csw``."""

    def __init__(self, offer: Offer, site: Site) -> None:
        self.offer = offer
        self._site = site
        self._speaking: Speaking | None = None

    def routes(self, prefix: str) -> list[BaseRoute]:
        """Return the routes under which the service answers."""
        return [Route(prefix, self._got, methods=["GET"]), Route(prefix, self._sent, methods=["POST"])]

    async def _got(self, request: Request) -> Response:
        speaking = self._speaking or await in_pool(self._spoken)
        return await speaking.got(request)

    async def _sent(self, request: Request) -> Response:
        speaking = self._speaking or await in_pool(self._spoken)
        return await speaking.sent(request)

    def _spoken(self) -> Speaking:
        """Return what answers; it is loaded by the first request, with all that reads and writes XML."""
        from thalweg.catalogue.api.csw.speaking import Speaking  # noqa: PLC0415 - likewise

        made = Speaking(self.offer, self._site)
        self._speaking = made
        return made
