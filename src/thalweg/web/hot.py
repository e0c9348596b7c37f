"""The short way of plain requests: a GET without a query, a body or a condition, answered before any routing.

What is not plain goes the ordinary way: both ways give the same.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from thalweg.core.errors import ThalwegError
from thalweg.core.principals import Principal
from thalweg.web.answers import problem
from thalweg.web.forms import Form, choose
from thalweg.web.origins import READABLE
from thalweg.web.site import Site

_UNUSUAL = frozenset({b"content-length", b"transfer-encoding", b"if-none-match", b"range", b"accept-datetime"})
_TEMPLATED = re.compile(r"\\\{(\w+)\\\}")
_MOST_KNOWN = 1024


@dataclass(frozen=True, slots=True)
class Plainly:
    """A plain request: what stands in its path, who asks, and where the platform is."""

    path: dict[str, str]
    who: Principal
    base: str
    root: str

    @property
    def workspace(self) -> str | None:
        """Return the workspace that the root is scoped to."""
        return self.path.get("workspace")


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer: its body, its entity tag, and what else its headers say."""

    body: bytes
    etag: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


Shortly = Callable[[Plainly], Ready | None]
"""The short way of an operation; raises the errors of the domain that the ordinary one raises.

It waits for nobody, for all others wait meanwhile: where it would have to, it gives nothing, and the ordinary way is
gone."""


class HotRoute(BaseRoute):
    """One operation's short way below a root's prefix; a router passes it over."""

    def __init__(self, path: str, prefix: str, forms: tuple[Form, ...], shortly: Shortly, site: Site) -> None:
        self._pattern = re.compile(_TEMPLATED.sub(r"(?P<\1>[^/]+)", re.escape(prefix + path)))
        self._prefix = prefix
        self._shortly = shortly
        self._site = site
        self._type = forms[0].media_type.encode()
        self._takes = lru_cache(_MOST_KNOWN)(lambda accept: _takes_first(forms, accept))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:  # noqa: ARG002 - Starlette's signature
        """Match nothing: this way is taken before a router is asked."""
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer nothing, for nothing is matched."""

    def answer(self, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        """Return status, headers and body of the answer; nothing where the ordinary way is to be gone."""
        match = self._pattern.fullmatch(scope["path"])
        if match is None:
            return None
        raw = scope["headers"]
        headers = dict(raw)
        if not _UNUSUAL.isdisjoint(headers) or not self._takes(headers.get(b"accept")):
            return None
        try:
            who = self._site.authenticate("GET", Headers(raw=raw))
            base, given = self._site.base_of(scope), match.groupdict()
            root = base + (self._prefix.format_map(given) if "{" in self._prefix else self._prefix)
            ready = self._shortly(Plainly(given, who, base, root))
        except ThalwegError as error:
            refused = problem(error, Request(scope).url.path)
            return refused.status_code, [*refused.raw_headers, *READABLE], bytes(refused.body)
        if ready is None:
            return None
        said = [
            (b"content-type", self._type),
            (b"content-length", b"%d" % len(ready.body)),
            (b"etag", ready.etag.encode("latin-1")),
            *ready.headers,
            *READABLE,
        ]
        return 200, said, ready.body


def _takes_first(forms: tuple[Form, ...], accept: bytes | None) -> bool:
    """Tell whether the first form is what is chosen."""
    if accept is None:
        return True
    try:
        return choose(forms, None, accept.decode("latin-1")) is forms[0]
    except ThalwegError:
        return False


async def answered_shortly(routes: Sequence[HotRoute], scope: Scope, send: Send) -> bool:
    """Answer a plain request; tell whether it was one."""
    for route in routes:
        found = route.answer(scope)
        if found is not None:
            status, headers, body = found
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return True
    return False
