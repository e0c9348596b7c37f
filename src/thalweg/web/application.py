"""The ASGI application: routes inside, problem documents around them, nothing left on the connection."""

import logging
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thalweg.core.errors import (
    InvalidRequest,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    ThalwegError,
    TooLarge,
    UnsupportedMedia,
)
from thalweg.web.hot import HotRoute, answered_shortly
from thalweg.web.methods import Methods
from thalweg.web.origins import OtherOrigins
from thalweg.web.refusals import refusal

_log = logging.getLogger("thalweg.web")
_TRANSLATED = {error.status: error for error in (NotAcceptable, NotFound, TooLarge, UnsupportedMedia)}


class Application:
    """All roots and pages of the platform under one ASGI callable."""

    def __init__(self, routes: Sequence[BaseRoute], lifespan: Callable[[Any], Any] | None = None) -> None:
        self._hot = [route for route in routes if isinstance(route, HotRoute)]
        ordinary = [route for route in routes if not isinstance(route, HotRoute)]
        self._router = Router(routes=ordinary, redirect_slashes=False, lifespan=lifespan)
        self._app: ASGIApp = OtherOrigins(Problems(BodyEnd(Methods(self._router))))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; Starlette's routes raise instead of answering when they see an app in the scope."""
        plain = scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"]
        if plain and await answered_shortly(self._hot, scope, send):
            return
        scope["app"] = self
        await (self._router if scope["type"] == "lifespan" else self._app)(scope, receive, send)


class Problems:
    """Tells every error, the router's too, to who asked; a 500 tells its id and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and answer what it raises, unless an answer has begun."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            return  # nobody is left to be answered, and to go away is no failure of ours
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await self._answer(error, Request(scope))(scope, receive, sending)

    @staticmethod
    def _answer(error: Exception, request: Request) -> ASGIApp:
        if isinstance(error, HTTPException):
            error = _translated(error, request)
        if isinstance(error, ThalwegError) and type(error) is not ThalwegError:
            return _closing(refusal(error, request), request)
        reference = uuid.uuid4().hex
        _log.error("%s %s failed, id %s", request.method, request.url.path, reference, exc_info=error)
        hidden = ThalwegError(f"Something went wrong here; the log knows it as {reference}")
        return _closing(refusal(hidden, request, reference), request)


def _translated(error: HTTPException, request: Request) -> ThalwegError:
    if error.status_code == MethodNotAllowed.status:
        return MethodNotAllowed(
            f"{request.method} is not for {request.url.path}", (error.headers or {}).get("allow", "")
        )
    kind = _TRANSLATED.get(error.status_code, InvalidRequest)
    return kind(f"there is nothing at {request.url.path}" if kind is NotFound else error.detail)


def _closing(answer: ASGIApp, request: Request) -> ASGIApp:
    """Close the connection when the request's body was left unread: the next request would be parsed from it."""
    if not request.scope.get("thalweg.body_left", False):
        return answer

    async def closing(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"connection", b"close")]
            await send(message)

        await answer(scope, receive, sending)

    return closing


class BodyEnd:
    """Notes in the scope whether the body of a request has been read to its end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, watching what is received."""
        names = {name for name, _ in scope.get("headers", ())}
        scope["thalweg.body_left"] = bool(names & {b"content-length", b"transfer-encoding"})

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                scope["thalweg.body_left"] = False
            return message

        await self._app(scope, receiving, send)
