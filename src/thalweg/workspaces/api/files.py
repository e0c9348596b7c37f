"""Files of a workspace over HTTP, with ranges, so that GDAL and a person's browser read what they need."""

import re
from urllib.parse import quote, urlencode

from starlette.responses import Response, StreamingResponse

from thalweg.core.errors import RangeNotSatisfiable
from thalweg.core.files import FileFacts
from thalweg.core.time import written
from thalweg.web.answers import Json, not_modified
from thalweg.web.asked import Asked
from thalweg.web.links import link
from thalweg.web.parameters import Parameters
from thalweg.web.pool import UPLOADS, chunks, in_pool
from thalweg.web.routes import Body, delete, get, put
from thalweg.workspaces.files import WorkspaceFiles

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_SHOWN = ("image/png", "image/jpeg", "image/tiff", "application/geo+json", "application/json", "text/plain")
_PAGE = 1000
_SAFE = {
    "accept-ranges": "bytes",
    # A stranger's file must never act as a page of ours: no script, no sniffing, no session.
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-cache",
}


class OneFile(Parameters):
    """Which file of which workspace."""

    workspace: str
    path: str


class Folder(Parameters):
    """Which folder of which workspace, from which file on."""

    workspace: str
    folder: str = ""
    after: str = ""


class FilesFace:
    """Lists, reads, writes and removes files."""

    def __init__(self, files: WorkspaceFiles) -> None:
        self._files = files

    @get("/{workspace}/files", tag="Files")
    async def listed(self, asked: Asked[Folder]) -> Response:
        """List the files below a folder, by path, a page at a time."""
        which = asked.parameters
        found = await in_pool(self._files.listed, which.workspace, which.folder, which.after, _PAGE, asked.who)
        here = f"{asked.root}/{which.workspace}/files"
        more = (
            [link("next", f"{here}?{urlencode({'folder': which.folder, 'after': found[-1].path})}")]
            if len(found) == _PAGE
            else []
        )
        return Json({"files": [_listed(one, here) for one in found], "links": [link("self", asked.url), *more]})

    @get("/{workspace}/files/{path:path}", forms=(), tag="Files", answers={206: "a range of it", 304: "not changed"})
    async def read(self, asked: Asked[OneFile]) -> Response:
        """Read a file or a range of it."""
        which = asked.parameters
        facts = await in_pool(self._files.facts, which.workspace, which.path, asked.who)
        unchanged = not_modified(facts.etag, asked.headers)
        if unchanged is not None:
            return unchanged
        start, end = _span(asked.headers.get("range"), asked.headers.get("if-range"), facts)
        headers = _headers(facts) | {"content-length": str(end - start)}
        partial = (start, end) != (0, facts.size)
        if partial:
            headers["content-range"] = f"bytes {start}-{end - 1}/{facts.size}"
        if asked.request.method == "HEAD" or start == end:
            return Response(status_code=206 if partial else 200, headers=headers)
        found = await in_pool(self._files.read, which.workspace, which.path, asked.who, start, end)
        return StreamingResponse(found, 206 if partial else 200, headers=headers)

    @put(
        "/{workspace}/files/{path:path}",
        body=Body.BYTES,
        media=(),
        status=201,
        tag="Files",
        most=1 << 40,
    )
    async def write(self, asked: Asked[OneFile]) -> Response:
        """Store a file, whole or not at all."""
        which = asked.parameters
        upload = chunks(asked.stream())
        facts = await in_pool(self._files.write, which.workspace, which.path, upload, asked.who, among=UPLOADS)
        here = f"{asked.root}/{which.workspace}/files"
        return Json(_listed(facts, here), 201, headers={"location": f"{here}/{quote(facts.path)}", "etag": facts.etag})

    @delete("/{workspace}/files/{path:path}", forms=(), status=204, tag="Files")
    async def remove(self, asked: Asked[OneFile]) -> Response:
        """Remove a file."""
        await in_pool(self._files.remove, asked.parameters.workspace, asked.parameters.path, asked.who)
        return Response(status_code=204)


def _listed(facts: FileFacts, here: str) -> dict[str, object]:
    return {
        "path": facts.path,
        "href": f"{here}/{quote(facts.path)}",
        "size": facts.size,
        "type": facts.media_type,
        "modified": written(facts.modified),
    }


def _headers(facts: FileFacts) -> dict[str, str]:
    shown = facts.media_type.partition(";")[0] in _SHOWN
    modified = facts.modified.strftime("%a, %d %b %Y %H:%M:%S GMT")
    attached = {} if shown else {"content-disposition": "attachment"}
    return {**_SAFE, **attached, "etag": facts.etag, "last-modified": modified, "content-type": facts.media_type}


def _span(asked: str | None, only_if: str | None, facts: FileFacts) -> tuple[int, int]:
    """Return the bytes wanted; several ranges, or one of another version, are answered with the whole file."""
    match = _RANGE.fullmatch(asked or "")
    if match is None or match.groups() == ("", "") or only_if not in (None, facts.etag):
        return 0, facts.size
    start, end = _bytes_of(match[1], match[2], facts.size)
    if start >= facts.size or end <= start:
        raise RangeNotSatisfiable(f"the file has {facts.size} bytes")
    return start, end


def _bytes_of(first: str, last: str, size: int) -> tuple[int, int]:
    """Return from where to before where a range reaches; without a first byte it counts from the end."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(int(last) + 1, size) if last else size
