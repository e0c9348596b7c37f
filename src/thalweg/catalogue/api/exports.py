"""All Items that are found, as one file: gathered page by page, streamed as soon as the form allows."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from thalweg.blobs.scratch import Scratch
from thalweg.catalogue.api.fields import Fields
from thalweg.catalogue.writers.spool import Spool
from thalweg.core.errors import TooLarge
from thalweg.core.items import Item
from thalweg.core.queries import Page, Token
from thalweg.web.answers import problem
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
_AT_ONCE = 200
_TIMES = ("datetime", "start_datetime", "end_datetime")
_NEEDED = ("type", "stac_version", "id", "collection", "geometry", "bbox", "links", "assets")
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
        counted: returns how many are found, or fewer where they are more than are counted.
        fields: what the caller wants of each; ``None`` for all.
    """

    page: Callable[[Token | None], Page[Item]]
    write: Callable[[Item], bytes]
    name: str
    wanted: int | None
    most: int
    counted: Callable[[], int]
    fields: Fields | None = None

    @property
    def too_many(self) -> TooLarge:
        """Return why a file cannot be had."""
        return TooLarge(f"more than {self.most} Items are found (limits.exported): narrow it, or say limit")

    def check_number(self, first: Page[Item]) -> None:
        """Return quietly unless it is known that more Items are found than a file may hold.

        Raises:
            TooLarge: it is.
        """
        bounded = self.wanted is not None and self.wanted <= self.most
        if first.next is not None and not bounded and self.counted() > self.most:
            raise self.too_many

    def bodies(self, first: Page[Item], form: Form) -> Iterator[bytes]:
        """Yield the Items as the file holds them, from the first page on."""
        write = self.written(form)
        left = self.most + 1 if self.wanted is None else self.wanted
        for items in self._pages(first):
            for item in items[:left]:
                yield write(item)
            left -= len(items)
            if left <= 0:
                return

    def written(self, form: Form) -> Callable[[Item], bytes]:
        """Return what writes an Item for a file of this form: with the members that were asked for."""
        fields = self.fields
        if fields is None:
            return self.write
        shown = {GEOPARQUET: partial(_valid, fields), FLATGEOBUF: partial(_placed, fields)}.get(form, fields.of_item)
        return lambda item: orjson.dumps(shown(orjson.loads(self.write(item))))

    def _pages(self, first: Page[Item]) -> Iterator[tuple[Item, ...]]:
        page = first
        yield page.found
        while page.next is not None:
            page = self.page(page.next)
            yield page.found


class _PassingFile(FileResponse):
    """A file that is gone once it is sent, or once nobody waits for it any more."""

    def __init__(self, scratch: Scratch, path: Path, *, headers: Mapping[str, str], media_type: str) -> None:
        super().__init__(path, headers=headers, media_type=media_type)
        self._scratch = scratch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._scratch.remove()


async def exported(export: Export, form: Form, caller: str, scratch: Path | None = None) -> Response:
    """Return the file in one of ``FILES``; what is wrong with the question is raised before a byte is sent.

    Args:
        export: what of.
        form: the form.
        caller: who waits for it.
        scratch: the folder to make it in.

    Raises:
        TooLarge: more Items are found than a file may hold.
        NotAcceptable: the Items do not fit in this form.
    """
    first = await in_pool(export.page, None)
    headers = {"content-disposition": f'attachment; filename="{_plain(export.name)}.{form.name}"'}
    if form is NDJSON:
        await in_pool(export.check_number, first)
        return StreamingResponse(_lines(export, first), headers=headers, media_type=form.media_type)
    making = Scratch("export", scratch)
    try:
        path = await in_turn(_written, export, first, form, making.path, among=FILES_AT_ONCE, caller=caller)
    except BaseException:
        making.remove()
        raise
    return _PassingFile(making, path, headers=headers, media_type=form.media_type)


def _written(export: Export, first: Page[Item], form: Form, folder: Path) -> Path:
    spool, path = Spool(folder, export.most, whole=export.fields is None), folder / f"items.{form.name}"
    spool.take(export.bodies(first, form))
    writer: Writer = import_module(f"thalweg.catalogue.writers.{_WRITERS[form.name]}").write
    writer(spool, path)
    return path


async def _lines(export: Export, first: Page[Item]) -> AsyncIterator[bytes]:
    """Yield the lines; where the Items turn out to be too many, the last one says so and the answer breaks off.

    Raises:
        TooLarge: after all that a file may hold.
    """
    bodies, left = export.bodies(first, NDJSON), export.most
    while chunk := await in_pool(_some, bodies, min(left, _AT_ONCE)):
        left -= chunk.count(b"\n")
        yield chunk
    beyond = await in_pool(_some, bodies, 1) if left == 0 else b""
    if beyond:
        error = export.too_many
        yield bytes(problem(error).body) + b"\n"
        raise error


def _some(bodies: Iterator[bytes], number: int) -> bytes:
    """Return some lines at once: a hop into the pool costs more than an Item."""
    return b"".join(body + b"\n" for body in islice(bodies, number))


def _placed(fields: Fields, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown of an Item and where it is, for a layer of a map."""
    return {"geometry": item.get("geometry"), **fields.of_item(item)}


def _valid(fields: Fields, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown of an Item and what no GeoParquet of Items can do without."""
    shown = fields.of_item(item)
    times = {name: item["properties"][name] for name in _TIMES if name in item["properties"]}
    needed = {name: item[name] for name in _NEEDED if name in item}
    return {**needed, **shown, "properties": {**times, **shown.get("properties", {})}}


def _plain(name: str) -> str:
    kept = (sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in name[:100])
    return "".join(kept) or "items"
