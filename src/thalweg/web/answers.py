"""Answers that many faces give."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import HTMLResponse, Response

from thalweg.core.errors import InvalidParameter, MethodNotAllowed, ThalwegError

PROBLEM = "application/problem+json"
_PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Json(Response):
    """A JSON document, as ``application/json`` or a media type made of it."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - JSON
        """Write the document; bytes are taken for JSON that is already written."""
        return content if isinstance(content, bytes) else orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)


class GeoJson(Json):
    """A GeoJSON document."""

    media_type = "application/geo+json"


class Page(HTMLResponse):
    """A page for people, which runs no script, loads nothing and stands in nobody's frame."""

    def __init__(self, content: str, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content, status_code, {**_PAGE_HEADERS, **(headers or {})})


def problem(error: ThalwegError, instance: str | None = None, reference: str | None = None) -> Json:
    """Render an error as an RFC 9457 problem document; ``reference`` is what the log carries too."""
    document: dict[str, Any] = {"type": error.type, "title": error.title, "status": error.status, "detail": str(error)}
    more = {
        "parameter": getattr(error, "parameter", None),
        "errors": _errors(error),
        "removed": getattr(error, "removed", None),
        "links": getattr(error, "links", None),
        "instance": instance,
        "id": reference,
    }
    document.update({name: value for name, value in more.items() if value is not None})
    return Json(document, error.status, headers=_headers(error), media_type=PROBLEM)


def _errors(error: ThalwegError) -> list[dict[str, str]] | None:
    """Return all that is wrong with a document, where it is more than the one that the problem itself tells."""
    if not isinstance(error, InvalidParameter) or not error.others:
        return None
    return [{"parameter": fault.parameter, "detail": fault.why} for fault in error.faults]


def _headers(error: ThalwegError) -> dict[str, str]:
    headers = {"cache-control": "no-store"}
    if (after := getattr(error, "retry_after", None)) is not None:
        headers["retry-after"] = str(after)
    if isinstance(error, MethodNotAllowed):
        headers["allow"] = error.allowed
    if error.status == 401:  # noqa: PLR2004 - RFC 9110 asks for a challenge
        headers["www-authenticate"] = "Bearer"
    return headers


def not_modified(etag: str, asked: Mapping[str, str]) -> Response | None:
    """Return 304 where ``If-None-Match`` names this entity tag, weakly compared as RFC 9110 §13.1.2 says."""
    named = asked.get("if-none-match")
    if named is None:
        return None
    tags = {tag.strip().removeprefix("W/") for tag in named.split(",")}
    matches = "*" in tags or etag.removeprefix("W/") in tags
    return Response(status_code=304, headers={"etag": etag}) if matches else None


def varying(response: Response, header: str) -> Response:
    """Return an answer that says that it depends on a header of the request."""
    said = response.headers.get("vary")
    if said is None or header not in said.lower().split(", "):
        response.headers.add_vary_header(header)
    return response
