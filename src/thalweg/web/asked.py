"""What was asked: the one thing a handler gets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

import anyio
from starlette.datastructures import Headers
from starlette.requests import Request

from thalweg.core.errors import InvalidRequest, TooLarge, UnsupportedMedia
from thalweg.core.principals import Principal
from thalweg.web.forms import JSON, Form
from thalweg.web.parameters import Parameters

P = TypeVar("P", bound=Parameters)
_ESCAPED = str.maketrans({"?": "%3F", "#": "%23", "\\": "%5C"})
"""What would end a path, or turn in it."""
_FORM = "application/x-www-form-urlencoded"
_MOST_PAIRS = 100
_PATIENCE_SECONDS = 60.0
"""How long a body may stand still."""


@dataclass(frozen=True, slots=True)
class Asked(Generic[P]):
    """One request, parsed.

    Attributes:
        parameters: path, query and body members, as the operation declares them.
        who: established by the platform's authenticator, never by the request alone.
        base: the platform's address without a slash at its end.
        root: the address of the root that was asked: ``base`` + ``/api``.
        form: the representation chosen by ``f`` and ``Accept``.
        document: the JSON body, where the operation takes one whole.
        most: bytes that a streamed body may have.
    """

    parameters: P
    who: Principal
    base: str
    root: str
    request: Request
    form: Form = JSON
    document: Any = None
    most: int = 0

    @property
    def url(self) -> str:
        """Return the address that was asked, with its query, below the platform's own address."""
        # Read from the scope: Starlette's URL, put together and taken apart again, costs as much as ten Items.
        scope = self.request.scope
        path, query = scope["path"].translate(_ESCAPED), scope["query_string"].decode("latin-1")
        return f"{self.base}{path}{'?' + query if query else ''}"

    @property
    def workspace(self) -> str | None:
        """Return the workspace that the root is scoped to: ``/workspaces/{workspace}/…``."""
        bound = self.request.path_params.get("workspace")
        return bound if isinstance(bound, str) else None

    @property
    def caller(self) -> str:
        """Return by what shares are kept: who asks, of nobody in particular the machine."""
        return share_of(self.who, self.request)

    @property
    def headers(self) -> Headers:
        """Return the request's headers."""
        return self.request.headers

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield the body in chunks.

        Raises:
            TooLarge: it grows over the operation's bound.
        """
        async for chunk in bounded(self.request, self.most):
            yield chunk


def share_of(who: Principal, request: Request) -> str:
    """Return by what shares are kept: who asks, of nobody in particular the machine."""
    client = request.client
    return f"{who.id} {client.host}" if who.anonymous and client is not None else who.id


async def posted_pairs(request: Request, most: int) -> list[tuple[str, str]]:
    """Return the pairs of the address, and after them those of the form that is the body.

    Raises:
        UnsupportedMedia: the body is said to be something else.
        InvalidRequest: it is no form, or one of more than a hundred pairs.
        TooLarge: it is larger than ``most`` bytes.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != _FORM:
        raise UnsupportedMedia(f"the body is {given[:64]}; {_FORM} is taken here")
    body = b"".join([chunk async for chunk in bounded(request, most)])
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_PAIRS)
    except ValueError as error:
        raise InvalidRequest("the body is no form") from error
    return [*request.query_params.multi_items(), *pairs]


async def bounded(request: Request, most: int) -> AsyncIterator[bytes]:
    """Yield the body in chunks, and stop at the bound, whatever Content-Length says.

    Raises:
        TooLarge: the body is larger than ``most`` bytes.
        InvalidRequest: Content-Length is no number.
    """
    too_large = TooLarge(f"the body may have {most} bytes at most")
    length = request.headers.get("content-length")
    if length is not None:
        if not length.isdecimal():
            raise InvalidRequest("Content-Length is not a number")
        if int(length) > most:
            raise too_large
    seen, stream = 0, request.stream()
    while (chunk := await _next(stream)) is not None:
        seen += len(chunk)
        if seen > most:
            raise too_large
        if chunk:
            yield chunk


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    """Return the next chunk, ``None`` at the end; who sends nothing for long does not hold a thread any longer."""
    try:
        with anyio.fail_after(_PATIENCE_SECONDS):
            return await anext(stream, None)
    except TimeoutError as error:
        raise InvalidRequest(f"no byte of the body came for {_PATIENCE_SECONDS:.0f} s") from error
