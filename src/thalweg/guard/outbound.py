"""The one outbound guard: every address that comes from outside is checked here before a byte is sent to it.

The name is resolved once, every address it has must be public, and the connection goes to the very address that was
checked, so that a name that changes its mind between check and use gains nothing. Each redirect is checked like a
first request.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import anyio.to_thread
import httpx

from thalweg.core.errors import InvalidParameter, Unavailable
from thalweg.guard.addresses import Address, Network, is_public, literal, network
from thalweg.guard.unpacking import ACCEPTED, unpacked

Resolve = Callable[[str, int], Sequence[str]]
"""From a host and a port to the texts of all its addresses; raises ``OSError`` where there is none."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
_LONGEST = 2048
_NEVER_IN_A_URL = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")
_REDIRECTS = 5
_NOT_PUBLIC = "leads to an address that is not public, and that the operator has not named in allowed_hosts"


@dataclass(frozen=True, slots=True)
class Checked:
    """A URL that may be asked: ``address`` is where its connection must go."""

    url: httpx.URL
    host: str
    port: int
    address: str


_INSIDE = frozenset({"localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp"})
"""Last labels of names that no public host has (RFC 6761, RFC 6762 and what networks use inside)."""


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the system for all addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outbound:
    """What the platform may reach on behalf of others.

    Attributes:
        allowed: hosts (exact names) and networks that an operator permits although they are not public.
        schemes: what may stand before the colon.
    """

    def __init__(
        self,
        allowed: Sequence[str] = (),
        schemes: Sequence[str] = ("http", "https"),
        resolve: Resolve = system_resolver,
    ) -> None:
        self._schemes = tuple(schemes)
        nets = {text: network(text) for text in allowed}
        self._networks: tuple[Network, ...] = tuple(net for net in nets.values() if net is not None)
        self._hosts = frozenset(text.lower() for text, net in nets.items() if net is None)
        self._resolve = resolve

    def check(self, url: str, parameter: str = "href") -> Checked:
        """Return where a URL may be asked.

        Raises:
            InvalidParameter: it is no URL, its scheme is not allowed, or it leads to an address that is not public.
            Unavailable: its host has no address now.
        """
        parsed = self._parsed(url, parameter)
        host = _host(parsed, parameter)
        port = _DEFAULT_PORTS.get(parsed.scheme, 0) if parsed.port is None else parsed.port
        if not 0 < port <= _LAST_PORT:
            raise InvalidParameter(parameter, f"has no port between 1 and {_LAST_PORT}")
        addresses = self._addresses(host, port, parameter)
        if not all(self._may(host, address) for address in addresses):
            raise InvalidParameter(parameter, _NOT_PUBLIC)
        return Checked(parsed, host, port, str(addresses[0]))

    def check_spelling(self, url: str, parameter: str = "href") -> None:
        """Return quietly unless the very spelling of a URL leads inside; names are resolved when it is asked.

        Raises:
            InvalidParameter: as ``check``, and for names that only ever mean this machine or its network.
        """
        host = _host(self._parsed(url, parameter), parameter)
        address = _spelled(host, parameter)
        inside = host.rpartition(".")[2] in _INSIDE if address is None else not self._may(host, address)
        if inside and host not in self._hosts:
            raise InvalidParameter(parameter, _NOT_PUBLIC)

    def _parsed(self, url: str, parameter: str) -> httpx.URL:
        if len(url) > _LONGEST or _NEVER_IN_A_URL.search(url):
            raise InvalidParameter(parameter, f"is no URL of at most {_LONGEST} characters without spaces")
        try:
            parsed = httpx.URL(url)
            named = bool(parsed.host)  # an A-label may spell nothing, which shows only when it is read
        except (httpx.InvalidURL, ValueError) as error:
            raise InvalidParameter(parameter, "is no URL") from error
        if parsed.scheme not in self._schemes:
            raise InvalidParameter(parameter, f"begins with one of {', '.join(f'{s}://' for s in self._schemes)}")
        if not named:
            raise InvalidParameter(parameter, "has no host name")
        if parsed.userinfo:
            raise InvalidParameter(parameter, "carries a user name or password, which does not belong in a URL")
        return parsed

    def _addresses(self, host: str, port: int, parameter: str) -> tuple[Address, ...]:
        spelled = _spelled(host, parameter)
        if spelled is not None:
            return (spelled,)
        try:
            found = tuple(ip_address(text) for text in self._resolve(host, port))
        except (OSError, ValueError) as error:
            raise Unavailable(f"the host {host} has no address now") from error
        if not found:
            raise Unavailable(f"the host {host} has no address now")
        return found

    def _may(self, host: str, address: Address) -> bool:
        return host in self._hosts or any(address in net for net in self._networks) or is_public(address)

    def client(self, **options: object) -> httpx.Client:
        """Return an HTTP client that goes nowhere else; follow_redirects and timeout may be given."""
        return httpx.Client(transport=GuardedTransport(self), **_client_options(options))  # type: ignore[arg-type]

    def async_client(self, **options: object) -> httpx.AsyncClient:
        """Return an asynchronous HTTP client that goes nowhere else."""
        transport = AsyncGuardedTransport(self)
        return httpx.AsyncClient(transport=transport, **_client_options(options))  # type: ignore[arg-type]


def _client_options(options: dict[str, object]) -> dict[str, object]:
    return {"trust_env": False, "max_redirects": _REDIRECTS, "timeout": 30.0, **options}


def _host(url: httpx.URL, parameter: str) -> str:
    host = url.raw_host.decode("ascii").lower().removesuffix(".")
    if ":" not in host and not _HOST.fullmatch(host):
        raise InvalidParameter(parameter, "has no host name")
    return host


def _spelled(host: str, parameter: str) -> Address | None:
    try:
        return literal(host)
    except ValueError as error:
        raise InvalidParameter(parameter, "spells an address in an uncommon way") from error


# A connection is never kept: the pool knows connections by their pinned address, and would lend one host's TLS
# session to another host that shares the address.
_NO_KEEPING = httpx.Limits(max_keepalive_connections=0)


def _pinned(request: httpx.Request, checked: Checked) -> httpx.Request:
    headers = request.headers.copy()
    headers["accept-encoding"] = ACCEPTED
    return httpx.Request(
        request.method,
        request.url.copy_with(host=checked.address),
        headers=headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": checked.host},
    )


class GuardedTransport(httpx.BaseTransport):
    """Checks and pins every request, redirects included."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._inner = httpx.HTTPTransport(trust_env=False, limits=_NO_KEEPING)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the address that was checked."""
        return unpacked(self._inner.handle_request(_pinned(request, self._outbound.check(str(request.url)))))

    def close(self) -> None:
        """Close what is open."""
        self._inner.close()


class AsyncGuardedTransport(httpx.AsyncBaseTransport):
    """The same for asynchronous clients; names are resolved in a thread."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._inner = httpx.AsyncHTTPTransport(trust_env=False, limits=_NO_KEEPING)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the address that was checked."""
        # Who waits no longer leaves a name that nobody answers to its thread.
        checked = await anyio.to_thread.run_sync(self._outbound.check, str(request.url), abandon_on_cancel=True)
        return unpacked(await self._inner.handle_async_request(_pinned(request, checked)))

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()
