"""Documents fetched from where others keep them, as far as the outbound guard lets, and no longer than they may take.

What is fetched is fetched in an event loop: only so can an answer that comes drop by drop be cut off.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import anyio
import httpx

from thalweg.core.errors import InvalidParameter, TooLarge, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from thalweg.guard.outbound import Outbound

SOURCE = "source"
_ACCEPT = (
    "application/geo+json, application/vnd.iso.19139+xml, application/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
_AGENT = "thalweg (harvests catalogues)"
_PORTS = {"http": 80, "https": 443}
_REFUSES = 400


@dataclass(frozen=True, slots=True)
class Document:
    """What an address holds; ``url`` is where it was in the end."""

    url: str
    content: bytes


class Refused(Unavailable):
    """A host answered, and not with a document."""


@dataclass(slots=True)
class Fetcher:
    """Fetches documents for one harvest, by one client: to make one takes longer than most documents.

    Attributes:
        outbound: the guard.
        most: bytes of one document.
        ours: addresses of this very platform, of which nothing is fetched.
        patience: seconds that one document may take.
        seconds: that all of them may take.
    """

    outbound: Outbound
    most: int
    ours: Sequence[str] = ()
    patience: float = 60.0
    seconds: float = 3600.0
    clock: Callable[[], float] = time.monotonic
    _begun: float = field(init=False)
    _loop: asyncio.Runner = field(init=False)
    _client: httpx.AsyncClient = field(init=False)

    def __enter__(self) -> Self:
        """Begin."""
        self._begun = self.clock()
        self._loop = asyncio.Runner()
        self._client = self.outbound.async_client(follow_redirects=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the client."""
        self._loop.run(self._client.aclose())
        self._loop.close()

    def get(self, url: str) -> Document:
        """Return what an address holds.

        Raises:
            InvalidParameter: the address, or one that it leads on to, may not be asked.
            TooLarge: it holds more bytes than it may.
            Unavailable: it does not answer now, or not with a document, or all together take too long.
        """
        return self._fetched(url, None)

    def post(self, url: str, content: bytes) -> Document:
        """Return what an address answers to a document of XML; raises what ``get`` does."""
        return self._fetched(url, content)

    def check(self, url: str) -> None:
        """Return quietly where an address is none of ours.

        Raises:
            InvalidParameter: it is.
        """
        if any(place(url) == place(one) for one in self.ours if one):
            raise InvalidParameter(SOURCE, "leads to this very catalogue")

    def _fetched(self, url: str, content: bytes | None) -> Document:
        left = self._begun + self.seconds - self.clock()
        if left <= 0:
            raise Unavailable(f"the source took longer than {self.seconds:.0f} s")
        try:
            self.outbound.check_spelling(url, SOURCE)
            self.check(url)
            return self._loop.run(self._asked(url, content, min(left, self.patience)))
        except TimeoutError as error:
            raise Unavailable(f"{httpx.URL(url).host} did not give the document in time") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise Unavailable(f"{httpx.URL(url).host} did not give the document: {type(error).__name__}") from error
        except InvalidParameter as error:
            # The guard speaks of the address that it refuses, which the source only led to.
            raise InvalidParameter(SOURCE, error.why) from error

    async def _asked(self, url: str, content: bytes | None, seconds: float) -> Document:
        headers = {"accept": _ACCEPT, "user-agent": _AGENT}
        method = "GET"
        if content is not None:
            headers, method = {"accept": "application/xml", "content-type": "application/xml"}, "POST"
        with anyio.fail_after(seconds):
            async with self._client.stream(method, url, headers=headers, content=content) as answer:
                self.check(str(answer.url))
                if answer.status_code >= _REFUSES:
                    raise Refused(f"{answer.url.host} did not give the document: it answered {answer.status_code}")
                return Document(str(answer.url), await self._read(answer))

    async def _read(self, answer: httpx.Response) -> bytes:
        content = bytearray()
        async for chunk in answer.aiter_bytes():
            content += chunk
            if len(content) > self.most:
                raise TooLarge(f"the source has more than {self.most} bytes")
        return bytes(content)


def place(url: str) -> tuple[str, int | None]:
    """Return the host and the port that an address leads to."""
    parsed = httpx.URL(url)
    return parsed.host.lower().rstrip("."), parsed.port or _PORTS.get(parsed.scheme)
