"""Names of headers as they used to be spelled: some programs that speak the classic services look for them so.

HTTP gives their case no meaning, and servers of ASGI write them in lower case. The public suite of CSW is such a
program, for its ``Content-Type`` is not our ``content-type``.
"""

from functools import cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SPELLED = "thalweg.spelled"
"""Where the scope of a request says that its answer's headers are spelled as they used to be."""
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})
"""What the server itself reads, by its name in lower case."""
_OTHERWISE = {b"etag": b"ETag", b"www-authenticate": b"WWW-Authenticate"}


class Name(bytes):
    """A header's name that stays as it is spelled where uvicorn's faster server would write it in lower case.

    It is for the server alone: whoever else compares names in lower case would not find it.
    """

    __slots__ = ()

    def lower(self) -> "Name":
        """Return the name as it is."""
        return self


class Spelling:
    """Spells the headers of answers whose routes ask for it, the last before the server; the rest goes by as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and SPELLED in scope:
                message["headers"] = [(_spelled(bytes(name)), value) for name, value in message.get("headers", ())]
            await send(message)

        await self._app(scope, receive, sending)


@cache
def _spelled(name: bytes) -> bytes:
    if name in _FRAMING:
        return name
    return Name(_OTHERWISE.get(name, b"-".join(part.capitalize() for part in name.split(b"-"))))
