"""Hosts elsewhere, asked whether what Items lead to is there: through the guard, and no faster than is polite."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol

import anyio
import httpx

from thalweg.catalogue.freshness.assets import Finding
from thalweg.core.errors import InvalidParameter, Unavailable

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Mapping

    from thalweg.guard.outbound import Outbound

_AGENT = {"user-agent": "thalweg (looks whether assets are still there)"}
_NOT_BY_HEAD = frozenset({400, 403, 405, 501})
"""What hosts answer that only give: an address signed for GET says 403 to HEAD."""
_GONE, _LOGIN, _PATIENCE, _BEYOND = frozenset({404, 410}), frozenset({401, 403, 407}), frozenset({429, 503}), 416
_MOST_PATIENCE, _USUAL_PATIENCE, _LONGEST_WAIT = 86_400.0, 60.0, 30.0
_SILENT, _SILENT_SECONDS = 3, 600.0
"""After so many requests without an answer a host is taken for silent, for so long: each may take its whole time."""
_GLANCE = 0.2
_NO_ANSWER = "its host gave no answer"


class Asker(Protocol):
    """Looks at what lies elsewhere."""

    def ask(self, hrefs: Iterable[str], stop: threading.Event) -> Mapping[str, Finding]:
        """Return what was found; what is left out was not asked now."""
        ...


@dataclass(frozen=True, slots=True)
class Manners:
    """How hosts are asked.

    Attributes:
        seconds_a_host: between two requests to one host.
        at_once: requests to all hosts together.
        seconds: one request may take.
    """

    seconds_a_host: float = 0.2
    at_once: int = 8
    seconds: float = 20.0


class Hosts:
    """Asks hosts by HEAD, or for one byte; a host that asks for patience is left alone for as long as it says."""

    def __init__(
        self, outbound: Outbound, manners: Manners | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._outbound = outbound
        self._manners = manners or Manners()
        self._clock = clock
        self._next: dict[str, float] = {}
        self._unanswered: dict[str, int] = {}
        self._silent: dict[str, float] = {}

    def ask(self, hrefs: Iterable[str], stop: threading.Event) -> Mapping[str, Finding]:
        """Return what was found; what is left out was not asked now, for its host wants patience or ``stop`` is set."""
        by_host: dict[str, list[str]] = {}
        for href in dict.fromkeys(hrefs):
            by_host.setdefault(href.split("/", 3)[2].lower() if href.count("/") > 1 else "", []).append(href)
        found: dict[str, Finding] = {}
        anyio.run(self._ask, by_host, found, stop)
        return found

    async def _ask(self, by_host: Mapping[str, list[str]], found: dict[str, Finding], stop: threading.Event) -> None:
        limiter = anyio.CapacityLimiter(self._manners.at_once)
        async with (
            self._outbound.async_client(follow_redirects=True, timeout=self._manners.seconds, headers=_AGENT) as client,
            anyio.create_task_group() as watched,
        ):

            async def watch() -> None:
                while not stop.is_set():  # noqa: ASYNC110 - an event of threads
                    await anyio.sleep(_GLANCE)
                watched.cancel_scope.cancel()

            watched.start_soon(watch)
            async with anyio.create_task_group() as hosts:
                for host, hrefs in by_host.items():
                    hosts.start_soon(self._host, client, host, hrefs, found, limiter)
            watched.cancel_scope.cancel()

    async def _host(
        self,
        client: httpx.AsyncClient,
        host: str,
        hrefs: Iterable[str],
        found: dict[str, Finding],
        limiter: anyio.CapacityLimiter,
    ) -> None:
        for href in hrefs:
            if self._silent.get(host, 0.0) > self._clock():
                found[href] = Finding("unsure", None, f"{_NO_ANSWER} to others")
                continue
            if self._next.get(host, 0.0) - self._clock() > _LONGEST_WAIT:
                return
            async with limiter:
                finding = await self._one(client, host, href)
            if finding is not None:
                found[href] = finding
                self._listen(host, finding)

    def _listen(self, host: str, finding: Finding) -> None:
        """Take note of whether a host answers."""
        self._unanswered[host] = self._unanswered.get(host, 0) + 1 if finding.why.startswith(_NO_ANSWER) else 0
        if self._unanswered[host] >= _SILENT:
            self._silent[host], self._unanswered[host] = self._clock() + _SILENT_SECONDS, 0

    async def _turn(self, host: str) -> None:
        """Wait until a host may be asked again."""
        await anyio.sleep(max(0.0, self._next.get(host, 0.0) - self._clock()))
        self._next[host] = self._clock() + self._manners.seconds_a_host

    async def _one(self, client: httpx.AsyncClient, host: str, href: str) -> Finding | None:
        try:
            answer = await self._answer(client, host, href)
        except InvalidParameter as error:
            return Finding("unchecked", None, error.why)
        except Unavailable:
            return Finding("unsure", None, "its host has no address now")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return Finding("unsure", None, f"{_NO_ANSWER}: {type(error).__name__}")
        if answer.status_code in _PATIENCE:
            self._next[host] = self._clock() + _patience(answer.headers.get("retry-after"))
            return None
        return judged(answer.status_code)

    async def _answer(self, client: httpx.AsyncClient, host: str, href: str) -> httpx.Response:
        await self._turn(host)
        with anyio.fail_after(self._manners.seconds):
            answer = await client.head(href)
        if answer.status_code not in _NOT_BY_HEAD:
            return answer
        await self._turn(host)
        # A host that does not know ranges sends all: it is closed before it is read.
        with anyio.fail_after(self._manners.seconds):
            async with client.stream("GET", href, headers={"range": "bytes=0-0"}) as begun:
                return begun


def judged(code: int) -> Finding:
    """Return what the status of an answer says of an asset."""
    if code in _GONE:
        return Finding("dead", code, "its host says that it is not there")
    if code in _LOGIN:
        return Finding("unchecked", code, "its host asks for a login")
    if 200 <= code < 300 or code == _BEYOND:  # noqa: PLR2004 - HTTP's classes
        return Finding("alive", code)
    return Finding("unsure", code, "its host answered neither that it is there nor that it is not")


def _patience(said: str | None) -> float:
    """Return for how many seconds a host wants to be left alone."""
    try:
        seconds = float(said) if said else _USUAL_PATIENCE
    except ValueError:
        seconds = _until(str(said))
    return min(max(seconds, 1.0), _MOST_PATIENCE)


def _until(date: str) -> float:
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return _USUAL_PATIENCE
    return (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
