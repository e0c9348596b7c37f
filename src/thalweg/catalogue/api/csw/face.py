"""CSW over HTTP: one address for both versions and all encodings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.web.pool import in_pool
from thalweg.web.services import Service, ServiceRoute

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from thalweg.catalogue.api.csw.offering import Offer
    from thalweg.catalogue.api.csw.speaking import Speaking
    from thalweg.core.errors import ThalwegError
    from thalweg.web.site import Site

_NAMESPACE = "http://www.opengis.net/cat/csw/"
"""What those of all versions begin with."""


class Csw:
    """The service at one address; a prefix may be a template such as ``/workspaces/{workspace}/csw``."""

    def __init__(self, offer: Offer, site: Site) -> None:
        self.offer = offer
        self._site = site
        self._speaking: Speaking | None = None

    def routes(self, prefix: str) -> list[BaseRoute]:
        """Return the routes under which the service answers."""
        return [
            ServiceRoute(prefix, self._got, ["GET"], _refused),
            ServiceRoute(prefix, self._sent, ["POST"], _refused),
        ]

    @property
    def service(self) -> Service:
        """Return the service as one of several at one address."""
        return Service("CSW", self._got, self._sent, _NAMESPACE, refused=_refused)

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


def _refused(request: Request) -> Callable[[ThalwegError, str | None], Response]:
    """Return what tells errors in the version that the request names, before anything else of it is read."""

    def told(error: ThalwegError, reference: str | None) -> Response:
        from thalweg.catalogue.api.csw.speaking import refused  # noqa: PLC0415 - likewise

        return refused(request, error, reference)

    return told
