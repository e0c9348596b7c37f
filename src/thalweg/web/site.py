"""What all roots of one platform share."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from starlette.datastructures import URL, Headers
from starlette.requests import Request
from starlette.types import Scope

from thalweg.core.principals import ANYONE, Principal


class Authenticator(Protocol):
    """Establishes who asks."""

    def __call__(self, method: str, headers: Headers) -> Principal:
        """Return who asks; nobody in particular where nothing was shown.

        Raises:
            Unauthenticated: what was shown is not known, or no longer.
            Forbidden: a page of another site made the browser ask.
        """
        ...


def nobody_in_particular(method: str, headers: Headers) -> Principal:  # noqa: ARG001 - keeps the promise
    """Take everybody for anyone: a platform that only shows what is public."""
    return ANYONE


@dataclass(frozen=True, slots=True)
class Site:
    """The platform's address, its authenticator and its bounds.

    Attributes:
        address: where others reach the platform, ``https://eo.example``; ``None`` takes what each request says.
        most_body: bytes of a body, unless an operation says otherwise.
    """

    address: str | None = None
    authenticate: Authenticator = field(default=nobody_in_particular)
    most_body: int = 16 * 2**20

    def base(self, request: Request) -> str:
        """Return the platform's address as this request knows it, without a slash at its end."""
        return self.base_of(request.scope)

    def base_of(self, scope: Scope) -> str:
        """Return the platform's address as a request of this scope knows it."""
        if self.address is not None:
            return self.address
        host = next((value for name, value in scope["headers"] if name == b"host"), None)
        return _base_of(scope["scheme"], host, scope.get("server"))


@lru_cache(1024)
def _base_of(scheme: str, host: bytes | None, server: tuple[str, int | None] | None) -> str:
    headers = [] if host is None else [(b"host", host)]
    url = URL(scope={"type": "http", "scheme": scheme, "server": server, "path": "/", "headers": headers})
    return f"{url.scheme}://{url.netloc}"
