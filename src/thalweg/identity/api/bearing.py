"""What a request shows: a bearer token, or a browser's session, which another site must not use."""

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from thalweg.core.errors import Forbidden, Unauthenticated
from thalweg.core.principals import ANYONE, Principal
from thalweg.identity.service import Identity

COOKIE = "thalweg-session"
_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


class Bearing:
    """Establishes who asks from the headers of a request."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def __call__(self, method: str, headers: Headers) -> Principal:
        """Return who asks; anyone where nothing was shown or the session has ended.

        Raises:
            Unauthenticated: a bearer token that is not known.
            Forbidden: a page of another site made the browser ask.
        """
        shown = headers.get("authorization")
        if shown is not None:
            return self._by_token(shown)
        session = session_of(headers)
        if session is None:
            return ANYONE
        if method not in _HARMLESS:
            _from_our_page(headers)
        return self._identity.whose(session, "session") or ANYONE

    def _by_token(self, shown: str) -> Principal:
        scheme, _, token = shown.partition(" ")
        who = self._identity.whose(token.strip(), "bearer") if scheme.lower() == "bearer" else None
        if who is None:
            raise Unauthenticated("the bearer token is not known here")
        return who


def session_of(headers: Headers) -> str | None:
    """Return the session's secret that the cookie carries."""
    try:
        cookie = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return None
    return cookie[COOKIE].value if COOKIE in cookie else None


def _from_our_page(headers: Headers) -> None:
    """Refuse what a browser was made to send by another site; a cookie alone does not prove a wish."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        allowed = site in ("same-origin", "none")
    else:
        origin = headers.get("origin", "")
        allowed = origin.partition("://")[2] == headers.get("host")
    if not allowed:
        raise Forbidden("a session may only be used by the platform's own pages; programs send a bearer token")


if TYPE_CHECKING:
    from thalweg.web.site import Authenticator

    def _keeps_its_promise(bearing: Bearing) -> Authenticator:
        return bearing
