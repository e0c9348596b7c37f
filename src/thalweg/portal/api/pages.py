"""The portal's one page, its assets and its basemap, as files of the folder that the build wrote."""

import gzip
import re
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from thalweg.core.errors import NotFound, Unavailable

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""What the page may do: nothing but speak to the platform it came from. ``data:`` is for the map's own icons."""

_PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_HASHED = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_NAMED = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}

# Not asked of the machine, whose table may know no ``.mjs``: a browser refuses a module of another type.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
    ".pmtiles": "application/vnd.pmtiles",
}
_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")


def pages(built: Path) -> list[BaseRoute]:
    """Return the routes of the portal.

    Args:
        built: the folder that holds ``index.html``, ``assets`` and ``basemap``; it is looked at when asked for, so
            that a platform started before the portal was built serves it afterwards.
    """
    portal = _Portal(built)
    return [
        Route("/", portal.page),
        Route("/favicon.svg", portal.icon),
        Route("/assets/{name}", portal.asset),
        Route("/basemap/{name}", portal.basemap),
    ]


class _Portal:
    """Answers from one built folder."""

    def __init__(self, built: Path) -> None:
        self._built = built

    async def page(self, _: Request) -> Response:
        page = self._built / "index.html"
        if not page.is_file():
            raise Unavailable("The portal has not been built: run `make portal`, then ask again. The API is at /api.")
        return FileResponse(page, headers=_PAGE_HEADERS, media_type="text/html")

    async def icon(self, request: Request) -> Response:
        return _small(_file(self._built, "favicon.svg"), request, _NAMED)

    async def asset(self, request: Request) -> Response:
        return _small(_file(self._built / "assets", request.path_params["name"]), request, _HASHED)

    async def basemap(self, request: Request) -> Response:
        file = _file(self._built / "basemap", request.path_params["name"])
        if file.suffix == ".pmtiles":
            return FileResponse(file, headers=_NAMED, media_type=_TYPES[file.suffix])
        return _small(file, request, _NAMED)


def _file(folder: Path, name: str) -> Path:
    file = folder / name
    if not _FILE_NAME.fullmatch(name) or file.suffix not in _TYPES or not file.is_file():
        raise NotFound(f"the portal has no file {name}")
    return file


def _small(file: Path, request: Request, headers: dict[str, str]) -> Response:
    """Answer a text in full, compressed where that is accepted."""
    accepted = "gzip" in request.headers.get("accept-encoding", "")
    changed = file.stat().st_mtime_ns
    compression = {"Content-Encoding": "gzip"} if accepted else {}
    return Response(
        _content(file, changed, compressed=accepted),
        headers={**headers, **compression, "Vary": "Accept-Encoding", "ETag": f'"{changed:x}{"z" * accepted}"'},
        media_type=_TYPES[file.suffix],
    )


@lru_cache(maxsize=32)
def _content(file: Path, _changed: int, *, compressed: bool) -> bytes:
    """Read a file once for each of its versions; compressing the map's code takes longer than sending it."""
    content = file.read_bytes()
    return gzip.compress(content, 6, mtime=0) if compressed else content
