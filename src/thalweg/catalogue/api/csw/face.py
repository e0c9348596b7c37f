"""CSW over HTTP: one address for both versions and all encodings, and every exception told as CSW tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from thalweg.catalogue.api.csw import soap
from thalweg.catalogue.api.csw.answers import Answer, Answers, Caller
from thalweg.catalogue.api.csw.pairs import read_pairs, version_spoken
from thalweg.catalogue.api.csw.posted import Posted, version_posted
from thalweg.catalogue.api.csw.requests import GetRecords, Received
from thalweg.catalogue.api.csw.versions import V3
from thalweg.catalogue.filters.gml import namespace
from thalweg.core.errors import ThalwegError, UnsupportedMedia
from thalweg.guard.markup import parsed
from thalweg.web.answers import problem
from thalweg.web.asked import bounded
from thalweg.web.kvp import Kvp
from thalweg.web.ows import report
from thalweg.web.pool import QUESTIONS, in_pool, in_turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from thalweg.catalogue.api.csw.offering import Offer
    from thalweg.catalogue.api.csw.versions import Version
    from thalweg.guard.markup import Element
    from thalweg.web.site import Site

_NONE: Mapping[str, str] = {}
_TAKEN = ("application/xml", "text/xml", "application/soap+xml", "")
_DESCRIPTION = "application/opensearchdescription+xml"


class Csw:
    """The service at one address; a prefix may be a template such as ``/workspaces/{workspace}/csw``."""

    def __init__(self, offer: Offer, site: Site) -> None:
        self._offer = offer
        self._site = site
        self._posted = Posted(offer.records.limits)

    def routes(self, prefix: str) -> list[BaseRoute]:
        """Return the routes under which the service answers."""
        return [Route(prefix, self._got, methods=["GET"]), Route(prefix, self._sent, methods=["POST"])]

    async def _got(self, request: Request) -> Response:
        version = V3
        try:
            kvp = Kvp(request.query_params.multi_items())
            version = version_spoken(kvp)
            if moved := self._description(kvp, request):
                return moved
            caller = self._caller(request)
            received = Received(read_pairs(kvp), f"{caller.address}?{request.url.query}")
            return _response(await self._answered(received, caller))
        except ThalwegError as error:
            return _refused(error, version)

    def _description(self, kvp: Kvp, request: Request) -> Response | None:
        """Lead who asks for an OpenSearch description to where it is."""
        wanted = kvp.text("outputFormat") or request.headers.get("accept", "")
        if not self._offer.opensearch or _DESCRIPTION not in wanted:
            return None
        return Response(status_code=303, headers={"location": self._site.base(request) + self._offer.opensearch})

    async def _sent(self, request: Request) -> Response:
        version, envelope = V3, ""
        try:
            root = await self._document(request)
            if soap.is_envelope(root):
                envelope = namespace(root)
                root = soap.content_of(root)
            version = version_posted(root)
            answer = await self._answered(Received(self._posted.read(root), root), self._caller(request))
            return _enveloped(answer, envelope) if envelope else _response(answer)
        except ThalwegError as error:
            return _fault(error, version, envelope) if envelope else _refused(error, version)

    async def _document(self, request: Request) -> Element:
        given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given not in _TAKEN:
            raise UnsupportedMedia(f"the body is {given[:64]}; application/xml is taken here")
        body = b"".join([chunk async for chunk in bounded(request, self._offer.most_body)])
        return parsed(body, "request")

    def _caller(self, request: Request) -> Caller:
        who = self._site.authenticate(request.method, request.headers)
        workspace = request.path_params.get("workspace")
        base = self._site.base(request)
        client = request.client
        share = f"{who.id} {client.host}" if who.anonymous and client is not None else who.id
        return Caller(who, base, base + request.url.path, share, workspace if isinstance(workspace, str) else None)

    async def _answered(self, received: Received, caller: Caller) -> Answer:
        answers = Answers(self._offer, caller)
        asked = received.request
        if isinstance(asked, GetRecords):
            return await in_turn(answers.to, received, among=QUESTIONS, caller=caller.share)
        return await in_pool(answers.to, received)


class _Xml(Response):
    """A document; the name of its media type's header is written as the public suite of CSW 2.0.2 looks for it."""

    def __init__(self, content: bytes, media_type: str, status: int = 200, headers: Mapping[str, str] = _NONE) -> None:
        super().__init__(content, status, headers)
        self.raw_headers.append((b"Content-Type", f"{media_type}; charset=UTF-8".encode()))


def _response(answer: Answer) -> Response:
    made = _Xml(answer.content, answer.media_type)
    made.background = answer.afterwards
    return made


def _enveloped(answer: Answer, envelope: str) -> Response:
    made = _Xml(soap.wrapped(answer.content, envelope), soap.MEDIA_TYPES[envelope])
    made.background = answer.afterwards
    return made


def _refused(error: ThalwegError, version: Version) -> Response:
    return _Xml(report(error, version.reports), "application/xml", error.status, _headers(error))


def _fault(error: ThalwegError, version: Version, envelope: str) -> Response:
    content = soap.fault(error, version.reports, envelope)
    return _Xml(content, soap.MEDIA_TYPES[envelope], error.status, _headers(error))


def _headers(error: ThalwegError) -> Mapping[str, str]:
    """Return what HTTP says of an error beside its status: who may try again, and how to sign in."""
    told = problem(error).headers
    return {name: value for name, value in told.items() if name not in ("content-type", "content-length")}
