"""The classic OGC services: one address for all of them, which tell in their own words what HTTP refuses, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.routing import Match, Route

from thalweg.core.errors import InvalidParameter
from thalweg.web.asked import bounded
from thalweg.web.pool import in_pool
from thalweg.web.refusals import OWN
from thalweg.web.spelling import SPELLED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import Message, Receive, Scope, Send

    from thalweg.core.errors import ThalwegError

    Answering = Callable[[Request], Awaitable[Response]]
    Refusal = Callable[[ThalwegError, str | None], Response]
    Refusing = Callable[[Request], Refusal]

_PARAMETER = "service"


@dataclass(frozen=True, slots=True)
class Service:
    """One of the services.

    Attributes:
        name: as requests say it: ``CSW``.
        got: answers a request of pairs.
        sent: answers a request in XML, where the standard has that.
        namespace: what the namespaces of its requests begin with.
        operations: names of requests that mean it without saying so, as a map of WMS does.
        refused: makes of a request what tells its errors, until the service tells them itself.
    """

    name: str
    got: Answering
    sent: Answering | None = None
    namespace: str = ""
    operations: frozenset[str] = frozenset()
    refused: Refusing | None = None


class ServiceRoute(Route):
    """The address of a service; ``refused`` makes of a request what tells its errors before anything of it is read."""

    def __init__(
        self,
        path: str,
        endpoint: Answering,
        methods: Sequence[str],
        refused: Refusing | None = None,
    ) -> None:
        super().__init__(path, endpoint, methods=list(methods))
        self._refused = refused

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether a request is for this route; one that has another method is refused as the service does it."""
        match, more = super().matches(scope)
        if match is Match.PARTIAL and self._refused is not None:
            # A folder whose path begins alike takes the request, finds nothing, and knows nothing of the service.
            scope[OWN] = self._refused(Request(scope))
        return match, more

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse its method."""
        scope[SPELLED] = True
        if self._refused is not None:
            scope[OWN] = self._refused(Request(scope))
        await super().handle(scope, receive, send)


class Services:
    """Several services at one address; a prefix may be a template such as ``/workspaces/{workspace}/ows``.

    Args:
        services: those that are offered.
        most_body: bytes of a request in XML.
    """

    def __init__(self, services: Sequence[Service], most_body: int = 16 * 2**20) -> None:
        self._services: Mapping[str, Service] = {one.name: one for one in services}
        self._most_body = most_body

    def routes(self, prefix: str) -> list[BaseRoute]:
        """Return the routes under which the services answer."""
        got, sent, refused = self._got, self._sent, self._refused
        return [ServiceRoute(prefix, got, ["GET"], refused), ServiceRoute(prefix, sent, ["POST"], refused)]

    def _refused(self, request: Request) -> Refusal:
        """Return what tells errors as the service does that the address names, else as most services do."""
        pairs = {name.lower(): value for name, value in request.query_params.multi_items()}
        named = self._services.get(pairs.get(_PARAMETER, "").upper())
        return _told if named is None or named.refused is None else named.refused(request)

    async def _got(self, request: Request) -> Response:
        from thalweg.web.kvp import Kvp  # noqa: PLC0415 - not before it is asked

        kvp = Kvp(request.query_params.multi_items())
        service = self._meant(kvp.text(_PARAMETER), kvp.text("request"))
        if service.refused is not None:
            request.scope[OWN] = service.refused(request)
        return await service.got(request)

    def _meant(self, name: str | None, operation: str | None) -> Service:
        """Return the service that a request names, or that it is known to mean by its operation."""
        offered = ", ".join(self._services)
        if name is None:
            found = next((one for one in self._services.values() if operation in one.operations), None)
            if found is None:
                from thalweg.web.kvp import MissingParameter  # noqa: PLC0415 - likewise

                raise MissingParameter(_PARAMETER, f"must be given; it is one of {offered}")
            return found
        if name.upper() not in self._services:
            raise InvalidParameter(_PARAMETER, f"is {name[:64]!r}, not one of {offered}")
        return self._services[name.upper()]

    async def _sent(self, request: Request) -> Response:
        body = b"".join([chunk async for chunk in bounded(request, self._most_body)])
        service = await in_pool(self._written, body, request)
        return await service(Request(request.scope, _again(body)))

    def _written(self, body: bytes, request: Request) -> Answering:
        """Return what answers a request in XML: known by its namespace, else by its attribute ``service``."""
        from thalweg.guard.markup import parsed  # noqa: PLC0415 - loads lxml
        from thalweg.web import soap  # noqa: PLC0415 - likewise

        root = parsed(body, "request")
        is_wrapped = soap.is_envelope(root)
        if is_wrapped:
            request.scope[OWN] = _faulty(soap.namespace_of(root))
            root = soap.content_of(root)
        space = soap.namespace_of(root)
        of_space = (one for one in self._services.values() if one.namespace and space.startswith(one.namespace))
        service = next(of_space, None) or self._meant(root.get(_PARAMETER), None)
        if service.sent is None:
            raise InvalidParameter(_PARAMETER, f"{service.name} takes no XML")
        if service.refused is not None and not is_wrapped:
            request.scope[OWN] = service.refused(request)
        return service.sent


def _again(body: bytes) -> Receive:
    """Return what hands on a body that was read already."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _told(error: ThalwegError, reference: str | None) -> Response:
    from thalweg.web.ows import OWS_110, refusal  # noqa: PLC0415 - loads lxml

    return refusal(error, OWS_110, reference)


def _faulty(envelope: str) -> Refusal:
    def told(error: ThalwegError, reference: str | None) -> Response:
        from thalweg.web import ows, soap  # noqa: PLC0415 - loads lxml

        return soap.refusal(error, ows.OWS_110, envelope, reference)

    return told
