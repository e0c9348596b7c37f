"""What CSW answers over HTTP: both versions, all encodings, and every exception told as CSW tells it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import Response

from thalweg.catalogue.api.csw.answers import Answer, Answers, Caller
from thalweg.catalogue.api.csw.naming import ATOM_TYPE
from thalweg.catalogue.api.csw.opensearch import DESCRIPTION_TYPE, description
from thalweg.catalogue.api.csw.pairs import read_pairs, version_spoken
from thalweg.catalogue.api.csw.posted import read_posted, version_posted
from thalweg.catalogue.api.csw.requests import AS_OF, GetDomain, GetRecords, Harvest, Received, asked_then
from thalweg.catalogue.api.csw.transactions import check_signed_in
from thalweg.catalogue.api.csw.versions import V3, VERSIONS
from thalweg.catalogue.api.moments import moment_in
from thalweg.catalogue.filters.gml import local
from thalweg.core.errors import UnsupportedMedia
from thalweg.guard.markup import parsed
from thalweg.web import soap
from thalweg.web.asked import bounded, share_of
from thalweg.web.forms import by_weight
from thalweg.web.kvp import Kvp
from thalweg.web.ows import refusal
from thalweg.web.pool import FEDERATED, HARVESTS, QUESTIONS, in_pool, in_turn
from thalweg.web.refusals import OWN

if TYPE_CHECKING:
    from starlette.requests import Request

    from thalweg.catalogue.api.csw.offering import Offer
    from thalweg.catalogue.api.csw.requests import Request as Asked
    from thalweg.catalogue.api.csw.versions import Version
    from thalweg.core.errors import ThalwegError
    from thalweg.web.site import Site

_TAKEN = ("application/xml", "text/xml", "application/soap+xml", "")
_CHANGING = frozenset({"Transaction", "Harvest"})
"""Of a stranger's they are not even read: they may be long."""


class Speaking:
    """Answers requests to one service."""

    def __init__(self, offer: Offer, site: Site) -> None:
        self._offer = offer
        self._site = site

    async def got(self, request: Request) -> Response:
        """Answer a request of pairs."""
        kvp = Kvp((*request.query_params.multi_items(), *_preferred(request)))
        request.scope[OWN] = partial(_refused, version_spoken(kvp))
        if described := self._description(kvp, request):
            return described
        asked = _then(read_pairs(kvp), kvp)
        # A page of another site can lead a browser to an address, but may not change anything by that.
        caller = self._caller(request, "POST" if isinstance(asked, Harvest) else request.method)
        received = Received(asked, f"{caller.address}?{request.url.query}")
        return _response(await self._answered(received, caller))

    def _description(self, kvp: Kvp, request: Request) -> Response | None:
        """Describe the search to who asks for an OpenSearch description."""
        wanted = kvp.text("outputFormat") or request.headers.get("accept", "")
        if DESCRIPTION_TYPE not in wanted:
            return None
        address = self._site.base(request) + request.url.path
        content = description(address, self._offer.title, self._offer.abstract)
        return Response(content, media_type=f"{DESCRIPTION_TYPE}; charset=UTF-8")

    async def sent(self, request: Request) -> Response:
        """Answer a request in XML."""
        body = await self._body(request)
        root = await in_pool(parsed, body, "request")
        envelope = soap.namespace_of(root) if soap.is_envelope(root) else ""
        if envelope:
            request.scope[OWN] = partial(_fault, V3, envelope)
            root = soap.content_of(root)
        version = version_posted(root)
        request.scope[OWN] = partial(_fault, version, envelope) if envelope else partial(_refused, version)
        caller = self._caller(request, request.method)
        if local(root) in _CHANGING:
            check_signed_in(caller.who)
        posted = await in_pool(read_posted, root, body, self._offer.records.limits)
        asked = _then(posted, Kvp(request.query_params.multi_items()))
        answer = await self._answered(Received(asked, root), caller)
        return _enveloped(answer, envelope) if envelope else _response(answer)

    async def _body(self, request: Request) -> bytes:
        given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given not in _TAKEN:
            raise UnsupportedMedia(f"the body is {given[:64]}; application/xml is taken here")
        return b"".join([chunk async for chunk in bounded(request, self._offer.most_body)])

    def _caller(self, request: Request, method: str) -> Caller:
        who = self._site.authenticate(method, request.headers)
        workspace = request.path_params.get("workspace")
        base = self._site.base(request)
        share = share_of(who, request)
        return Caller(who, base, base + request.url.path, share, workspace if isinstance(workspace, str) else None)

    async def _answered(self, received: Received, caller: Caller) -> Answer:
        answers = Answers(self._offer, caller)
        match received.request:
            case GetRecords() as asked if answers.goes_on(asked):
                # Who waits for others holds up nobody's turn.
                found = await in_turn(answers.found, asked, among=QUESTIONS, caller=caller.share)
                return await in_turn(answers.joined, asked, found, among=FEDERATED, caller=caller.share)
            case GetRecords() | GetDomain():
                return await in_turn(answers.to, received, among=QUESTIONS, caller=caller.share)
            case Harvest():
                return await in_turn(answers.to, received, among=HARVESTS, caller=caller.share)
            case _:
                return await in_pool(answers.to, received)


def _then(asked: Asked, kvp: Kvp) -> Asked:
    """Return a request as of the time that its address names."""
    return asked_then(asked, moment_in(kvp.text(AS_OF), AS_OF))


def _preferred(request: Request) -> tuple[tuple[str, str], ...]:
    """Return the format that the headers prefer, where the query names none (12-176r7, requirement 3)."""
    named = not request.query_params or any(name.lower() == "outputformat" for name in request.query_params)
    wanted = by_weight(request.headers.get("accept", ""))
    return (("outputFormat", ATOM_TYPE),) if not named and wanted[:1] == [ATOM_TYPE] else ()


def _response(answer: Answer) -> Response:
    return Response(answer.content, media_type=f"{answer.media_type}; charset=UTF-8", background=answer.afterwards)


def _enveloped(answer: Answer, envelope: str) -> Response:
    kind = f"{soap.MEDIA_TYPES[envelope]}; charset=UTF-8"
    return Response(soap.wrapped(answer.content, envelope), media_type=kind, background=answer.afterwards)


def refused(request: Request, error: ThalwegError, reference: str | None) -> Response:
    """Return the answer that tells an error of a request of which nothing was read yet."""
    named = (value for name, value in request.query_params.multi_items() if name.lower() == "version")
    return _refused(VERSIONS.get(next(named, ""), V3), error, reference)


def _refused(version: Version, error: ThalwegError, reference: str | None) -> Response:
    return refusal(error, version.reports, reference)


def _fault(version: Version, envelope: str, error: ThalwegError, reference: str | None) -> Response:
    return soap.refusal(error, version.reports, envelope, reference)
