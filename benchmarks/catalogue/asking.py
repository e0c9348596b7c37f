"""Requests to either side: asked once to compare answers, and asked again and again to measure."""

import http.client
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

import orjson
from places import HERE
from serving import Served

CONNECTIONS = 8
_MOST_SECONDS = 60
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, the same for both sides: a path below the STAC API's root, and what is asked.

    Attributes:
        bearer: whose it is; without one a read is anybody's and a write is the server's own writer's.
    """

    path: str
    asked: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes = b""
    bearer: str = ""

    def headers(self, served: Served) -> dict[str, str]:
        """Return what is said beside the request's line."""
        told = {"Content-Type": "application/json"} if self.body else {}
        token = self.bearer or (served.token if self.body else None)
        return {**told, "Authorization": f"Bearer {token}"} if token else told

    def target(self, served: Served) -> str:
        """Return what stands in the request's first line."""
        query = urlencode(self.asked, quote_via=quote) if self.asked else ""
        return f"{served.root}{self.path}{'?' if query else ''}{query}"

    def raw(self, served: Served) -> bytes:
        """Return the request as it goes over the wire."""
        length = {"Content-Length": str(len(self.body))} if self.body else {}
        said = {"Host": f"127.0.0.1:{served.port}", **self.headers(served), **length}
        lines = [f"{self.method} {self.target(served)} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement of one row on one side.

    Attributes:
        rate: answers a second on eight connections.
        p95: ms on eight connections.
        alone: ms, median of one request after the other on one connection.
        alone_p95: ms, likewise.
        cost: ms of processor a request.
        size: bytes of an answer.
        refused: answers that were no success, and connections that broke.
    """

    rate: float
    p95: float
    alone: float
    alone_p95: float
    cost: float
    size: float
    refused: int


def answer(served: Served, request: Request) -> Document:
    """Return an answer.

    Raises:
        SystemExit: it is no success.
    """
    body = answered(served, request)
    document: Document = orjson.loads(body) if body else {}
    return document


def answered(served: Served, request: Request) -> bytes:
    """Return the bytes of an answer.

    Raises:
        SystemExit: it is no success.
    """
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=_MOST_SECONDS)
    try:
        connection.request(request.method, request.target(served), request.body or None, request.headers(served))
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise SystemExit(f"{served.name}: {request.target(served)}: {response.status} {body[:500].decode()}")
    return body


def following(served: Served, page: Document, bearer: str = "") -> Request | None:
    """Return the request that a page's next link stands for."""
    for link in page.get("links", ()):
        if link["rel"] == "next":
            parts = urlsplit(link["href"])
            asked = "?" + parts.query if parts.query else ""
            return Request(parts.path.removeprefix(served.root) + asked, bearer=bearer)
    return None


def measure(served: Served, requests: list[Request], seconds: float) -> Measured:
    """Ask on eight connections for a while, and on one for half as long."""
    raw = [request.raw(served) for request in requests]
    before = served.worked()
    told = _by_wrk(served.port, raw, seconds)
    cost = (served.worked() - before) / max(1, told["requests"])
    alone = _one_by_one(served.port, raw, seconds / 2)
    return Measured(
        rate=told["requests"] / told["microseconds"] * 1e6,
        p95=told["p95"] / 1e3,
        alone=statistics.median(alone) * 1e3,
        alone_p95=statistics.quantiles(alone, n=20)[-1] * 1e3 if len(alone) > 1 else alone[0] * 1e3,
        cost=cost * 1e3,
        size=told["bytes"] / max(1, told["requests"]),
        refused=told["refused"] + told["broken"],
    )


def _by_wrk(port: int, raw: list[bytes], seconds: float) -> dict[str, int]:
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("wrk is missing: apt-get install wrk")
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(b"%d\n%b\n" % (len(request), request) for request in raw))
        file.flush()
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", f"{_MOST_SECONDS}s"]
        command = [program, *options, "-s", HERE / "load.lua", f"http://127.0.0.1:{port}", "--", file.name]
        said = subprocess.check_output(command, text=True)
    told: dict[str, int] = orjson.loads(said[said.index("{") :])
    return told


def _one_by_one(port: int, raw: list[bytes], seconds: float) -> list[float]:
    """Return the seconds of each answer, at least one."""
    with _Wire(port) as wire:
        wire.ask(raw[0])
        spent: list[float] = []
        begun = time.perf_counter()
        while not spent or time.perf_counter() - begun < seconds:
            sent = time.perf_counter()
            wire.ask(raw[len(spent) % len(raw)])
            spent.append(time.perf_counter() - sent)
        return spent


class _Wire:
    """One connection that is kept: a client that costs next to nothing."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), _MOST_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> None:
        """Send a request and read all of its answer, which says its length."""
        self._socket.sendall(request)
        got = self._socket.recv(2**18)
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        _, named, after = head.lower().partition(b"content-length:")
        left = (int(after.partition(b"\r\n")[0]) if named else 0) - len(body)
        while left > 0:
            left -= len(self._more())

    def _more(self) -> bytes:
        got = self._socket.recv(2**18)
        if not got:
            raise SystemExit("the server hung up")
        return got
