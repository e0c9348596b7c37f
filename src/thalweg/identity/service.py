"""Who asks: what a bearer shows, looked up by its digest."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from thalweg.core.errors import InvalidRequest, NotFound, Unauthenticated
from thalweg.core.principals import Principal
from thalweg.identity.ports import Issued, Kind, TokenStore

ADMIN = Principal("admin", "Administrator", admin=True)
SESSION_LIFE = timedelta(days=30)
LOGIN_LIFE = timedelta(hours=24)
_SHORTEST = 16
_KNOWN_SECONDS = 1.0
_MOST_KNOWN = 10_000


class Identity:
    """Issues tokens and tells whose they are."""

    def __init__(self, store: TokenStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[tuple[bytes, Kind], tuple[float, Principal]] = {}
        self._lock = threading.Lock()

    def admit_admin(self, token: str | None) -> str | None:
        """Make sure that the administrator can get in by a bearer token.

        Args:
            token: the one to use from now on, instead of any before; ``None`` keeps the one there is.

        Returns:
            A new token where there was none, to be shown once.

        Raises:
            InvalidRequest: the token is too short to be a secret.
        """
        if token is not None and len(token) < _SHORTEST:
            raise InvalidRequest(f"the admin's token needs {_SHORTEST} characters or more")
        self._store.put_principal(ADMIN, datetime.now(UTC))
        if token is None and self._store.has(ADMIN.id, "bearer"):
            return None
        shown = token or secrets.token_urlsafe(32)
        self._store.issue(_issued(shown, ADMIN, "bearer", None), instead=True)
        return None if token else shown

    def secret(self, name: str) -> bytes:
        """Return 32 bytes that all processes of the platform share under this name."""
        return self._store.secret(name, secrets.token_bytes(32))

    def principal(self, principal: str) -> Principal:
        """Return a principal as it is now, so that work done in its name has its rights of today.

        Raises:
            NotFound: it is no longer there.
        """
        found = self._store.principal(principal)
        if found is None:
            raise NotFound(f"there is no principal {principal[:64]}")
        return found

    def bearer_token(self, principal: Principal, life: timedelta) -> str:
        """Return a bearer token for a program, good for a while."""
        token = secrets.token_urlsafe(32)
        self._store.issue(_issued(token, principal, "bearer", life))
        return token

    def login_token(self, principal: Principal) -> str:
        """Return what opens one session, once, within a day; one given before opens nothing any more."""
        token = secrets.token_urlsafe(32)
        self._store.issue(_issued(token, principal, "login", LOGIN_LIFE), instead=True)
        return token

    def open_session(self, login: str) -> tuple[str, Principal]:
        """Take a login token and return a session's secret with whose it is.

        Raises:
            Unauthenticated: the token was used before, is too old, or was never given.
        """
        who = self._store.take(_digest(login), "login", datetime.now(UTC))
        if who is None:
            raise Unauthenticated("this login link was used before or is too old; `thalweg login` prints a new one")
        session = secrets.token_urlsafe(32)
        self._store.issue(_issued(session, who, "session", SESSION_LIFE))
        return session, who

    def close_session(self, session: str) -> None:
        """Forget a session."""
        digest = _digest(session)
        self._store.take(digest, "session", datetime.now(UTC))
        with self._lock:
            self._known.pop((digest, "session"), None)

    def whose(self, token: str, kind: Kind) -> Principal | None:
        """Return whose token this is; what was true a second ago is not looked up again."""
        key = _digest(token), kind
        now = self._clock()
        with self._lock:
            looked, who = self._known.get(key, (float("-inf"), None))
        if who is not None and now - looked < _KNOWN_SECONDS:
            return who
        who = self._store.bearer(*key, datetime.now(UTC))
        with self._lock:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            if who is not None:
                self._known[key] = now, who
            else:
                self._known.pop(key, None)
        return who


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _issued(token: str, principal: Principal, kind: Kind, life: timedelta | None) -> Issued:
    now = datetime.now(UTC)
    return Issued(_digest(token), principal.id, kind, now, now + life if life else None)
