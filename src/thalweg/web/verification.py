"""Conformance proved on the running platform: each class declared is tried by requests of the caller's own."""

import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable
from urllib.parse import quote, unquote, urlencode, urlsplit

import anyio
from starlette.types import ASGIApp, Message, Scope

from thalweg.core.errors import Unavailable
from thalweg.web.asked import Asked

_SECONDS, _IN_ALL = 5.0, 60.0
_MOST_BYTES = 8 * 2**20
_PASSED_ON = frozenset({b"authorization", b"cookie", b"host", b"origin", b"sec-fetch-site"})
_OF_NOBODY = frozenset({b"host"})
_ONE = anyio.CapacityLimiter(1)


Outcome = Literal["passed", "failed", "not applicable"]
NOT_APPLICABLE: Outcome = "not applicable"


class DisprovedError(Exception):
    """What a class promises is not so; the message says what was seen."""


class NotApplicableError(Exception):
    """The data that the caller sees cannot show it; the message says why."""


def check(true: bool, otherwise: str) -> None:  # noqa: FBT001 - an assertion
    """Disprove unless it is so."""
    if not true:
        raise DisprovedError(otherwise)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one class, with what was seen."""

    uri: str
    verdict: Outcome
    evidence: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the platform to itself."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the body; what is no JSON disproves."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise DisprovedError(f"the answer is no JSON: {self.body[:80]!r}") from error


class Inside:
    """Asks the platform itself, as the caller who asked it, below the same root."""

    def __init__(self, asked: Asked[Any], headers: Iterable[tuple[bytes, bytes]] | None = None) -> None:
        self._asked = asked
        self._scope: Scope = asked.request.scope
        self._app: ASGIApp = asked.request.scope["app"]
        passed_on = [(name, value) for name, value in self._scope["headers"] if name in _PASSED_ON]
        self._headers = passed_on if headers is None else list(headers)

    def as_nobody(self) -> "Inside":
        """Return what asks as nobody in particular: without what says who the caller is."""
        return Inside(self._asked, [(name, value) for name, value in self._headers if name in _OF_NOBODY])

    def saying(self, **headers: str) -> "Inside":
        """Return what asks with more headers: ``if_none_match``."""
        more = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
        return Inside(self._asked, [*self._headers, *more])

    async def get(self, where: str, status: int = 200, /, **parameters: object) -> Answer:
        """Ask by GET: a path below the root, or an address of the platform."""
        query = urlencode({name.replace("_", "-"): value for name, value in parameters.items()})
        return await self._ask("GET", where, query, b"", status)

    async def post(self, where: str, document: object, status: int = 200) -> Answer:
        """Ask by POST with a JSON body."""
        return await self._ask("POST", where, "", json.dumps(document).encode(), status)

    async def put(self, where: str, document: object, status: int) -> Answer:
        """Ask by PUT with a JSON body: what must be refused with this status."""
        return await self._ask("PUT", where, "", json.dumps(document).encode(), status)

    async def methods(self, where: str) -> frozenset[str]:
        """Return the methods that an address says it takes."""
        answer = await self._ask("OPTIONS", where, "", b"", 204)
        return frozenset(answer.headers["allow"].split(", "))

    async def _ask(self, method: str, where: str, query: str, body: bytes, status: int) -> Answer:
        split = urlsplit(where if "://" in where else f"{self._asked.root}{where}")
        if not split.geturl().startswith(self._asked.base):
            raise DisprovedError(f"{where} is not of this platform")
        answer = await self._answer(self._inner(method, split.path, query or split.query, body), body)
        if answer.status != status:
            raise DisprovedError(f"{method} {split.path}?{query} answers {answer.status}: {answer.body[:200]!r}")
        return answer

    def _inner(self, method: str, path: str, query: str, body: bytes) -> Scope:
        headers = [*self._headers, (b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
        whole = quote(path, safe="/%~:@+=()")
        kept = {name: self._scope.get(name) for name in ("asgi", "http_version", "scheme", "server", "client")}
        said = {"type": "http", "method": method, "path": unquote(whole), "raw_path": whole.encode(), "root_path": ""}
        return {**kept, **said, "query_string": query.encode(), "headers": headers if body else self._headers}

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        waiting, parts, begun = [body], list[bytes](), dict[str, Any]()

        async def receive() -> Message:
            if waiting:
                return {"type": "http.request", "body": waiting.pop(), "more_body": False}
            await anyio.sleep_forever()
            raise AssertionError  # pragma: no cover - never woken

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.update(message)
            elif sum(map(len, parts)) < _MOST_BYTES:
                parts.append(message.get("body", b""))

        await self._app(scope, receive, send)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in begun["headers"]}
        return Answer(begun["status"], headers, b"".join(parts))


Probe = Callable[[Inside], Awaitable[str]]
"""Returns what it saw; raises ``DisprovedError`` or ``NotApplicableError``."""


@runtime_checkable
class Proving(Protocol):
    """A face that proves what it declares."""

    def probes(self) -> Mapping[str, Probe]:
        """Return the probe of each class, by its URI."""
        ...


async def verified(declared: Iterable[str], faces: Iterable[object], asked: Asked[Any]) -> list[Verdict]:
    """Return the verdict on each class; read-only, bounded in time, one at a time.

    Raises:
        Unavailable: another is running.
    """
    probes = {uri: probe for face in faces if isinstance(face, Proving) for uri, probe in face.probes().items()}
    try:
        _ONE.acquire_nowait()
    except anyio.WouldBlock:
        raise Unavailable("a verification is running; ask again in a minute") from None
    try:
        until, inside = time.monotonic() + _IN_ALL, Inside(asked)
        return [await _verdict(uri, probes.get(uri), inside, until) for uri in declared]
    finally:
        _ONE.release()


async def _verdict(uri: str, probe: Probe | None, inside: Inside, until: float) -> Verdict:
    begun = time.monotonic()
    if probe is None:
        verdict, evidence = NOT_APPLICABLE, "no request shows it; its tests do"
    elif begun > until:
        verdict, evidence = NOT_APPLICABLE, f"the {_IN_ALL:.0f} s of a verification were over"
    else:
        verdict, evidence = await _tried(probe, inside)
    return Verdict(uri, verdict, evidence, round(time.monotonic() - begun, 3))


async def _tried(probe: Probe, inside: Inside) -> tuple[Outcome, str]:
    try:
        with anyio.fail_after(_SECONDS):
            return "passed", await probe(inside)
    except TimeoutError:
        return "failed", f"did not answer within {_SECONDS:.0f} s"
    except NotApplicableError as why:
        return NOT_APPLICABLE, str(why)
    except DisprovedError as why:
        return "failed", str(why)
    except (KeyError, IndexError, TypeError) as why:
        return "failed", f"the answer lacks {why}"
