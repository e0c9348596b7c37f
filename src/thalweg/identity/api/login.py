"""Signing in, signing out, and who one is."""

from collections.abc import Callable
from typing import Any

from starlette.responses import RedirectResponse, Response

from thalweg.core.principals import Principal
from thalweg.identity.api.bearing import COOKIE, session_of
from thalweg.identity.service import SESSION_LIFE, Identity
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.parameters import NoParameters, Parameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import get, post


class OneLogin(Parameters):
    """The one-time token of a login link."""

    token: str


class Login:
    """Opens and closes a browser's session; ``home`` tells a principal's own workspace."""

    def __init__(self, identity: Identity, home: Callable[[Principal], str]) -> None:
        self._identity = identity
        self._home = home

    @get("/login", forms=(), status=303, tag="Signing in")
    async def login(self, asked: Asked[OneLogin]) -> Response:
        """Open a session by a one-time link and show the map.

        HEAD opens none: who only looks at a link, as chat programs do, must not use it up.
        """
        if asked.request.method == "HEAD":
            return Response()
        session, _ = await in_pool(self._identity.open_session, asked.parameters.token)
        answer = RedirectResponse(
            f"{asked.base}/", 303, headers={"cache-control": "no-store", "referrer-policy": "no-referrer"}
        )
        answer.set_cookie(
            COOKIE,
            session,
            max_age=int(SESSION_LIFE.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=asked.base.startswith("https:"),
        )
        return answer

    @get("/me", tag="Signing in")
    async def me(self, asked: Asked[NoParameters]) -> Response:
        """Say who asks."""
        who = asked.who
        told: dict[str, Any] = {"id": who.id, "name": who.name, "anonymous": who.anonymous, "workspace": None}
        if not who.anonymous:
            told["workspace"] = await in_pool(self._home, who)
        return Json(told, headers={"cache-control": "no-store"})

    @post("/logout", forms=(), status=204, tag="Signing in")
    async def logout(self, asked: Asked[NoParameters]) -> Response:
        """Close the session that the cookie carries."""
        session = session_of(asked.headers)
        if session is not None:
            await in_pool(self._identity.close_session, session)
        answer = Response(status_code=204)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer
