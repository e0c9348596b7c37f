"""The methods that an address takes: told to ``OPTIONS``, and by whatever refuses another (RFC 9110 §15.5.6)."""

from collections.abc import Iterable, Sequence

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route, Router
from starlette.types import Receive, Scope, Send

_NOT_ALLOWED = 405
_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_FRESH = ("root_path", "app_root_path", "path_params")
"""What a router leaves in the scope on its way down."""


class Methods:
    """Passes requests on to a router whose routes have one method each, and tells which an address has together."""

    def __init__(self, router: Router) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer ``OPTIONS``, or pass the request on.

        Raises:
            HTTPException: there is nothing at the address, or not for this method.
        """
        fresh = {name: scope[name] for name in _FRESH if name in scope}
        if scope["method"] == "OPTIONS" and (taken := allowed(self._router.routes, scope)):
            await Response(status_code=204, headers=_told(taken, scope))(scope, receive, send)
            return
        try:
            await self._router(scope, receive, send)
        except HTTPException as error:
            asked = {name: value for name, value in scope.items() if name not in _FRESH} | fresh
            taken = allowed(self._router.routes, asked)
            # Where a route and the folder of others share an address, the router finds nothing in the folder.
            if not taken or scope["method"] in taken:
                raise
            raise HTTPException(_NOT_ALLOWED, headers=_told(taken, {})) from error


def allowed(routes: Iterable[BaseRoute], scope: Scope) -> Sequence[str]:
    """Return the methods that the address of a request takes, in their usual order; none where nothing is there."""
    found: set[str] = set()
    for route in routes:
        match, more = route.matches(scope)
        if match is Match.NONE:
            continue
        if isinstance(route, Mount):
            # A router goes down the first of these and never comes back.
            return _ordered(found) or allowed(route.routes, {**scope, **more})
        if isinstance(route, Route):
            found |= route.methods or set(_ORDER)
    return _ordered(found)


def _ordered(found: set[str]) -> Sequence[str]:
    return [*(method for method in _ORDER if method in found), "OPTIONS"] if found else []


def _told(taken: Sequence[str], scope: Scope) -> dict[str, str]:
    """Return the headers; a body that nobody reads would be taken for the next request."""
    closing = {"connection": "close"} if scope.get("thalweg.body_left", False) else {}
    return {"allow": ", ".join(taken), **closing}
