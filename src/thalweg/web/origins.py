"""Pages of other origins: what a browser may let them read and send (CORS)."""

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ANY = (b"access-control-allow-origin", b"*")
_SHOWN = (
    b"access-control-expose-headers",
    b"link, etag, location, content-crs, content-range, accept-ranges, preference-applied, retry-after",
)
READABLE = (_ANY, _SHOWN)
"""What every answer carries for pages of other origins."""
_ALLOWED = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": (
        "accept, accept-language, authorization, content-type, if-match, if-none-match, prefer, range, last-event-id"
    ),
    "access-control-max-age": "86400",
}
_OWN = ("/auth",)


class OtherOrigins:
    """Lets pages of any origin do what a program without a session may.

    No answer ever allows credentials, so a browser keeps the session's cookie out of it: such a page sees what anyone
    sees, or what the bearer token that it was given shows. Signing in is for our own pages alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what a browser asks beforehand, and mark every other answer as readable."""
        if scope["type"] != "http" or scope["path"].startswith(_OWN):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and _asks_beforehand(scope):
            await Response(status_code=204, headers=_ALLOWED)(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *READABLE]
            await send(message)

        await self._app(scope, receive, sending)


def _asks_beforehand(scope: Scope) -> bool:
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])
