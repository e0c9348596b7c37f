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
        return await (await self._loaded()).got(request)

    async def _sent(self, request: Request) -> Response:
        return await (await self._loaded()).sent(request)

    async def _loaded(self) -> Speaking:
        """Return what answers; it is loaded by the first request, with all that reads and writes XML."""
        if self._speaking is None:
            self._speaking = await in_pool(self._made)
        return self._speaking

    def _made(self) -> Speaking:
        from thalweg.catalogue.api.csw.speaking import Speaking  # noqa: PLC0415 - likewise

        return Speaking(self.offer, self._site)
