"""From a request to what a handler gets: the declaration is the parser."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from thalweg.core.errors import InvalidParameter, InvalidRequest, UnsupportedMedia
from thalweg.web.answers import varying
from thalweg.web.asked import Asked, bounded
from thalweg.web.forms import JSON, Form, choose
from thalweg.web.parameters import bind, check_depth, collected, present
from thalweg.web.refusals import ENTRIES
from thalweg.web.routes import Body, Operation
from thalweg.web.site import Site

_TEMPLATED = re.compile(r"\{(\w+)(?::\w+)?\}")
_WITH_FORM = frozenset({"GET"})
_ACCEPT = "accept"
"""What chooses among the forms of one address: who keeps answers for others must know."""


def names_in(path: str) -> tuple[str, ...]:
    """Return the names of a path template's parameters."""
    return tuple(_TEMPLATED.findall(path))


def negotiates(operation: Operation) -> bool:
    """Tell whether the caller chooses among forms by ``f``."""
    return operation.declared.method in _WITH_FORM and bool(operation.declared.forms)


Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(together: Sequence[Operation], site: Site, prefix: str) -> Endpoint:
    """Return the endpoint of operations of one method and path, which the media types of their bodies tell apart."""
    endpoints = [(one.declared.media, _endpoint(one, site, prefix)) for one in together]
    if len(endpoints) == 1:
        return endpoints[0][1]
    taken = [kind for media, _ in endpoints for kind in media]

    async def answer(request: Request) -> Response:
        given = _media_of(request) or taken[0]
        for media, chosen in endpoints:
            if given in media:
                return await chosen(request)
        raise UnsupportedMedia(f"the body is {given[:64]}; {' or '.join(taken)} is taken here")

    return answer


def _endpoint(operation: Operation, site: Site, prefix: str) -> Endpoint:
    declared = operation.declared
    in_path = names_in(declared.path)
    most = declared.most or site.most_body
    varies = negotiates(operation) and len(declared.forms) > 1

    async def answer(request: Request) -> Response:
        request.scope[ENTRIES] = declared.entries
        who = site.authenticate(request.method, request.headers)
        sent = collected(request.query_params.multi_items())
        form = _form(operation, sent, request)
        given: dict[str, Any] = present(operation.parameters, sent)
        document = await _document(operation, request, most)
        if declared.body is Body.MEMBERS:
            _join(given, document)
        _join(given, {name: request.path_params[name] for name in in_path})
        base = site.base(request)
        answered = await operation.handler(
            Asked(
                parameters=bind(operation.parameters, given),
                who=who,
                base=base,
                root=base + prefix.format_map(request.path_params),
                request=request,
                form=form,
                document=document,
                most=most,
            )
        )
        return varying(answered, _ACCEPT) if varies else answered

    return answer


def _form(operation: Operation, given: dict[str, str], request: Request) -> Form:
    if not negotiates(operation):
        return operation.declared.forms[0] if operation.declared.forms else JSON
    return choose(operation.declared.forms, given.pop("f", None) or None, request.headers.get("accept"))


def _join(given: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if name in given:
            raise InvalidParameter(name, "is given twice")
        given[name] = value


async def _document(operation: Operation, request: Request, most: int) -> Any:  # noqa: ANN401 - JSON
    declared = operation.declared
    if declared.body is Body.NONE:
        return None
    _check_media(declared.media, request)
    if declared.body is Body.BYTES:
        return None
    raw = b"".join([chunk async for chunk in bounded(request, most)])
    document = _parsed(raw)
    if declared.body is Body.MEMBERS and not isinstance(document, dict):
        raise InvalidRequest("the body must be a JSON object")
    return document


def _media_of(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _check_media(media: tuple[str, ...], request: Request) -> None:
    given = _media_of(request)
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if media and coding not in ("", "identity"):
        raise UnsupportedMedia(f"the body is packed as {coding[:64]}; send it as it is")
    if media and given and given not in media:
        raise UnsupportedMedia(f"the body is {given[:64]}; {' or '.join(media)} is taken here")


def _parsed(raw: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(f"the body is not JSON: {error}") from error
    check_depth(raw, document)
    return document
