"""Server-sent events: one stream a page, resumed by ``Last-Event-ID``."""

from collections.abc import AsyncIterator, Mapping, Sequence

import orjson
from starlette.responses import Response, StreamingResponse

from thalweg.automation.service import Feed, Places, Told
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import written
from thalweg.web.asked import Asked
from thalweg.web.forms import Form
from thalweg.web.parameters import NoParameters
from thalweg.web.routes import get

EVENT_STREAM = Form("sse", "text/event-stream")
_PATIENCE_SECONDS = 15.0
_RETRY = b"retry: 2000\n\n"
_STILL_HERE = b": still here\n\n"


class Events:
    """Tells a follower what happens; ``outboxes`` gives the order of the numbers in an event's id."""

    def __init__(self, feed: Feed, outboxes: Sequence[str]) -> None:
        self._feed = feed
        self._outboxes = outboxes

    @get("/", forms=(EVENT_STREAM,), tag="Events")
    async def stream(self, asked: Asked[NoParameters]) -> Response:
        """Follow what happens, as far as the caller may see it.

        Begins now, or after the event that Last-Event-ID names.
        """
        last = asked.headers.get("last-event-id")
        places = None if last is None else self._places(last)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._lines(asked, places), headers=headers, media_type=EVENT_STREAM.media_type)

    async def _lines(self, asked: Asked[NoParameters], places: Places | None) -> AsyncIterator[bytes]:
        yield _RETRY
        async for told in self._feed.follow(places, asked.who, _PATIENCE_SECONDS):
            yield _STILL_HERE if told is None else self._written(told)

    def _written(self, told: Told) -> bytes:
        event = told.recorded.event
        noun, _, verb = event.kind.partition(".")
        data = {"kind": verb, "subject": event.subject, "at": written(told.recorded.at), **event.data}
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (self._id(told.places).encode(), noun.encode(), orjson.dumps(data))

    def _id(self, places: Mapping[str, int]) -> str:
        return ".".join(str(places.get(name, 0)) for name in self._outboxes)

    def _places(self, last: str) -> Places:
        numbers = last.split(".")
        if len(numbers) != len(self._outboxes) or not all(n.isdecimal() and len(n) < 19 for n in numbers):  # noqa: PLR2004
            raise InvalidParameter("Last-Event-ID", "is not the id of an event of this platform")
        return dict(zip(self._outboxes, map(int, numbers), strict=True))
