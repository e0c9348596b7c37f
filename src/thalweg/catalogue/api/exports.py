"""All Items that are found, as one file: gathered page by page, streamed as soon as the form allows."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from thalweg.catalogue.writers.spool import Spool
from thalweg.core.items import Item
from thalweg.core.queries import Page, Token
from thalweg.web.forms import Form
from thalweg.web.pool import in_pool, in_turn
from thalweg.web.turns import Turns

CSV = Form("csv", "text/csv; charset=utf-8")
FLATGEOBUF = Form("fgb", "application/flatgeobuf", ("application/vnd.flatgeobuf",))
GEOPARQUET = Form("parquet", "application/vnd.apache.parquet", ("application/x-parquet", "application/parquet"))
NDJSON = Form("ndjson", "application/x-ndjson", ("application/geo+json-seq", "application/ndjson"))
FILES = (CSV, FLATGEOBUF, GEOPARQUET, NDJSON)
_WRITERS = {CSV.name: "delimited", FLATGEOBUF.name: "flatgeobuf", GEOPARQUET.name: "geoparquet"}
"""The modules that write them: loaded by the first who asks, for Arrow and GDAL take seconds."""
FILES_AT_ONCE = Turns(2, share=1)
"""Files in the making: each holds a table in memory."""

Writer = Callable[[Spool, Path], None]


@dataclass(frozen=True, slots=True)
class Export:
    """What a file is made of.

    Attributes:
        page: returns the page that begins at a token, the first for ``None``.
        write: returns an Item as it is served.
        name: of the file, without its ending.
        wanted: how many Items the caller asked for; ``None`` for all.
        most: that a file may hold.
    """

    page: Callable[[Token | None], Page[Item]]
    write: Callable[[Item], bytes]
    name: str
    wanted: int | None
    most: int

    def bodies(self, first: Page[Item]) -> Iterator[bytes]:
        """Yield the Items as they are served, from the first page on."""
        left = self.most + 1 if self.wanted is None else self.wanted
        for items in self._pages(first):
            for item in items[:left]:
                yield self.write(item)
            left -= len(items)
            if left <= 0:
                return

    def _pages(self, first: Page[Item]) -> Iterator[tuple[Item, ...]]:
        page = first
        yield page.found
        while page.next is not None:
            page = self.page(page.next)
            yield page.found


async def exported(export: Export, form: Form, caller: str) -> Response:
    """Return the file in one of ``FILES``; what is wrong with the question is raised before a byte is sent.

    Raises:
        TooLarge: more Items are found than a file may hold.
        NotAcceptable: the Items do not fit in this form.
    """
    first = await in_pool(export.page, None)
    headers = {"content-disposition": f'attachment; filename="{_plain(export.name)}.{form.name}"'}
    if form is NDJSON:
        return StreamingResponse(_lines(export, first), headers=headers, media_type=form.media_type)
    folder = Path(tempfile.mkdtemp(prefix="thalweg-export-"))
    try:
        path = await in_turn(_written, export, first, form, folder, among=FILES_AT_ONCE, caller=caller)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(path, headers=headers, media_type=form.media_type, background=gone)


def _written(export: Export, first: Page[Item], form: Form, folder: Path) -> Path:
    spool, path = Spool(folder, export.most), folder / f"items.{form.name}"
    spool.take(export.bodies(first))
    writer: Writer = import_module(f"thalweg.catalogue.writers.{_WRITERS[form.name]}").write
    writer(spool, path)
    return path


async def _lines(export: Export, first: Page[Item]) -> AsyncIterator[bytes]:
    bodies, most = export.bodies(first), export.most
    sent = 0
    while sent < most and (chunk := await in_pool(_some, bodies)):
        sent += chunk.count(b"\n")
        yield chunk


def _some(bodies: Iterator[bytes]) -> bytes:
    """Return some lines at once: a hop into the pool costs more than an Item."""
    return b"".join(body + b"\n" for body in islice(bodies, 200))


def _plain(name: str) -> str:
    kept = (sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in name[:100])
    return "".join(kept) or "items"
