"""Server-sent events: one stream a page, resumed by ``Last-Event-ID``."""

import asyncio
from collections.abc import AsyncIterator

import orjson
from starlette.responses import Response, StreamingResponse

from thalweg.automation.service import Feed, Places, Told
from thalweg.core.errors import Unauthenticated, Unavailable
from thalweg.core.time import written
from thalweg.web.asked import Asked
from thalweg.web.forms import Form
from thalweg.web.paging import Sealer
from thalweg.web.parameters import NoParameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import get
from thalweg.web.site import Authenticator

EVENT_STREAM = Form("sse", "text/event-stream")
_PATIENCE_SECONDS = 5.0
_TRUSTED_SECONDS = 1.0
"""For so long who follows is taken for who began to, as everywhere a token is."""
_RETRY = b"retry: 2000\n\n"
_STILL_HERE = b": still here\n\n"
_BEGINNING = "beginning"
_ABOUT = "events"


class Events:
    """Tells a follower what happens; an event's id is sealed, since bare numbers would count what others do."""

    def __init__(
        self, feed: Feed, sealer: Sealer, authenticate: Authenticator, patience: float = _PATIENCE_SECONDS
    ) -> None:
        self._feed = feed
        self._sealer = sealer
        self._authenticate = authenticate
        self._patience = patience

    @get("/", forms=(EVENT_STREAM,), tag="Events")
    async def stream(self, asked: Asked[NoParameters]) -> Response:
        """Follow what happens, as far as the caller may see it.

        Begins now, or after the event that Last-Event-ID names; ``Last-Event-ID: beginning`` tells all that is kept.
        Ends when what the caller showed, a session or a token, is no longer good.
        """
        if asked.request.method == "HEAD":
            return Response(media_type=EVENT_STREAM.media_type)
        self._feed.admit(asked.who)
        last = asked.headers.get("last-event-id")
        places = None if last is None else self._places(last)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._lines(asked, places), headers=headers, media_type=EVENT_STREAM.media_type)

    async def _lines(self, asked: Asked[NoParameters], places: Places | None) -> AsyncIterator[bytes]:
        yield _RETRY
        clock = asyncio.get_running_loop().time
        known = clock()
        async for told in self._feed.follow(places, asked.who, self._patience):
            if told is None or clock() - known > _TRUSTED_SECONDS:
                if not await self._is_still(asked):
                    return
                known = clock()
            yield _STILL_HERE if told is None else self._written(told)

    async def _is_still(self, asked: Asked[NoParameters]) -> bool:
        try:
            return await in_pool(self._authenticate, "GET", asked.headers) == asked.who
        except (Unauthenticated, Unavailable):
            return False

    def _written(self, told: Told) -> bytes:
        event = told.recorded.event
        noun, _, verb = event.kind.partition(".")
        data = {"kind": verb, "subject": event.subject, "at": written(told.recorded.at), **event.data}
        sealed = self._sealer.seal(dict(told.places), _ABOUT)
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (sealed.encode(), noun.encode(), orjson.dumps(data))

    def _places(self, last: str) -> Places:
        if last == _BEGINNING:
            return {}
        places: dict[str, int] = self._sealer.unseal(last, _ABOUT, "Last-Event-ID")
        return places
