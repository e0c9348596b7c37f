"""What the block needs of its store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from thalweg.core.principals import Principal

Kind = Literal["bearer", "session", "login"]
"""``bearer``: for programs; ``session``: a browser's cookie; ``login``: opens one session, once."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as it is kept: by the SHA-256 of what its bearer shows."""

    digest: bytes
    principal: str
    kind: Kind
    created: datetime
    expires: datetime | None


class TokenStore(Protocol):
    """Keeps principals and tokens."""

    def put_principal(self, principal: Principal, created: datetime) -> None:
        """Keep a principal, new or changed."""
        ...

    def principal(self, principal: str) -> Principal | None:
        """Return a principal as it is now."""
        ...

    def issue(self, token: Issued, *, instead: bool = False) -> None:
        """Keep a token; ``instead`` of all others of its kind and principal."""
        ...

    def bearer(self, digest: bytes, kind: Kind, now: datetime) -> Principal | None:
        """Return whose token this is, if it is of this kind and still good."""
        ...

    def take(self, digest: bytes, kind: Kind, now: datetime) -> Principal | None:
        """Return whose token this is and forget it: of two takers one gets it."""
        ...

    def has(self, principal: str, kind: Kind) -> bool:
        """Tell whether the principal holds a token of this kind."""
        ...

    def secret(self, name: str, proposed: bytes) -> bytes:
        """Return the platform's secret of this name, which is the proposed one where there was none."""
        ...
