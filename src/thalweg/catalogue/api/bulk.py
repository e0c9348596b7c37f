"""Many Items loaded at once, each told of: lines of JSON as they come in, or an object of Items."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field
from starlette.responses import Response

from thalweg.catalogue.api.parameters import OneCollection
from thalweg.catalogue.api.serving import Serving, belonging
from thalweg.core.errors import (
    Forbidden,
    InvalidParameter,
    InvalidRequest,
    NotFound,
    ThalwegError,
    TooLarge,
    Unauthenticated,
)
from thalweg.core.items import Document, Loaded
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.parameters import check_depth
from thalweg.web.pool import in_pool
from thalweg.web.routes import Body, post

LINES = ("application/x-ndjson", "application/ndjson", "application/geo+json-seq")
_AT_ONCE, _BYTES_AT_ONCE = 1_000, 16 * 2**20
_MOST = 64 * 2**30
_TOLD = 1_000
_MARK = b"\xef\xbb\xbf"
_TAG = "Items"
_NOBODYS = (Unauthenticated, Forbidden, NotFound)
"""What is wrong with who asks or where, not with one Item."""
_COUNT = {"type": "integer"}
_REPORT = {
    "type": "object",
    "required": ["read", "registered", "replaced", "unchanged", "refused", "errors"],
    "properties": {
        **dict.fromkeys(("read", "registered", "replaced", "unchanged", "refused", "errorsLeftOut"), _COUNT),
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["line", "status", "detail"],
                "properties": {
                    "line": _COUNT,
                    "id": {"type": "string"},
                    "status": _COUNT,
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


class WhichLines(OneCollection):
    """Where to, and what becomes of Items that are there already."""

    on_conflict: Annotated[
        Literal["replace", "refuse"],
        Field(alias="on-conflict", description="what becomes of an Item whose id is there already"),
    ] = "replace"


@dataclass(slots=True)
class Report:
    """What became of the Items of one load."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, line: int, item_id: str | None, error: ThalwegError) -> None:
        """Tell why one was not taken."""
        self.counts["refused"] += 1
        if len(self.errors) < _TOLD:
            said = {"line": line, "id": item_id, "status": error.status, "detail": str(error)}
            said["parameter"] = getattr(error, "parameter", None)
            self.errors.append({name: value for name, value in said.items() if value is not None})

    def take(self, lines: Sequence[int], loaded: Iterable[Loaded]) -> None:
        """Tell of what went through the catalogue.

        Raises:
            Unauthenticated, Forbidden, NotFound: nothing of it can be taken, whatever it is.
        """
        for one in loaded:
            if isinstance(one.error, _NOBODYS):
                raise one.error
            if one.error is not None:
                self.refuse(lines[one.place], one.id, one.error)
            else:
                self.counts[one.outcome] += 1

    def document(self) -> dict[str, Any]:
        """Return the report as JSON."""
        named = ("registered", "replaced", "unchanged", "refused")
        counts = {name: self.counts[name] for name in named}
        left = self.counts["refused"] - len(self.errors)
        return {"read": sum(counts.values()), **counts, "errors": self.errors, "errorsLeftOut": left}


class Bulk:
    """Loads Items in bulk; what was cut is loaded again: what is there the same is left as it is."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @post("/collections/{collection}/items", body=Body.BYTES, media=LINES, most=_MOST, tag=_TAG, schema=_REPORT)
    async def load(self, asked: Asked[WhichLines]) -> Response:
        """Load Items, one a line, and tell what became of each; whole thousands are there or not."""
        given = asked.parameters
        await self._serving.there(asked, given.collection)
        report, limits = Report(), self._serving.limits
        async for lines in _batches(_lines(asked.stream(), limits.document), min(_AT_ONCE, limits.at_once)):
            await in_pool(self._loaded, asked, lines, report)
        return Json(report.document())

    @post(
        "/collections/{collection}/bulk_items",
        body=Body.DOCUMENT,
        tag=_TAG,
        schema=_REPORT,
        takes={
            "type": "object",
            "required": ["items"],
            "properties": {
                "items": {"type": "object", "additionalProperties": {"type": "object"}},
                "method": {"type": "string", "enum": ["insert", "upsert"], "default": "insert"},
            },
        },
    )
    async def insert(self, asked: Asked[OneCollection]) -> Response:
        """Load an object of Items: ``insert`` all or none, or ``upsert`` each that can be taken."""
        collection, document = asked.parameters.collection, self._serving.document(asked)
        await self._serving.there(asked, collection)
        items, method = document.get("items"), document.get("method", "insert")
        if not isinstance(items, dict) or not all(isinstance(one, dict) for one in items.values()):
            raise InvalidParameter("items", "is not an object of Items")
        if method not in ("insert", "upsert"):
            raise InvalidParameter("method", "is insert or upsert")
        documents = [belonging(one, collection, id=name) for name, one in items.items()]
        report = Report()
        if method == "insert":
            report.counts["registered"] = len(
                await in_pool(self._serving.catalogue.register, documents, asked.who) if documents else ()
            )
        else:
            report.take(range(1, len(documents) + 1), await in_pool(self._put, documents, asked))
        return Json(report.document())

    def _put(self, documents: Sequence[Document], asked: Asked[OneCollection]) -> Sequence[Loaded]:
        return self._serving.catalogue.load(documents, asked.who, replacing=True)

    def _loaded(self, asked: Asked[WhichLines], lines: Sequence[tuple[int, bytes]], report: Report) -> None:
        given, documents, places = asked.parameters, [], []
        for number, line in lines:
            try:
                document = belonging(self._document(line, asked.base), given.collection)
            except ThalwegError as error:
                report.refuse(number, None, error)
            else:
                documents.append(document)
                places.append(number)
        if documents:
            replacing = given.on_conflict == "replace"
            report.take(places, self._serving.catalogue.load(documents, asked.who, replacing=replacing))

    def _document(self, line: bytes, base: str) -> Document:
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise InvalidRequest(f"the line is not JSON: {error}") from error
        check_depth(line, document)
        if not isinstance(document, dict):
            raise InvalidRequest("the line is no JSON object")
        # Looking for our own addresses costs as much as writing the Item; most come from elsewhere.
        return self._serving.localised(document, base) if base.encode() in line else document


async def _lines(stream: AsyncIterator[bytes], most: int) -> AsyncIterator[tuple[int, bytes]]:
    number, rest = 0, b""
    async for chunk in stream:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            number += 1
            yield number, line
        if len(rest) > most:
            raise TooLarge(f"line {number + 1} has more than {most} bytes (limits.document)")
    yield number + 1, rest


async def _batches(lines: AsyncIterator[tuple[int, bytes]], most: int) -> AsyncIterator[list[tuple[int, bytes]]]:
    batch, size = list[tuple[int, bytes]](), 0
    async for number, line in lines:
        # RFC 8142 puts a record separator before each; some editors begin a file with a byte order mark.
        text = line.removeprefix(_MARK if number == 1 else b"").strip(b"\x1e \t\r\n")
        if not text:
            continue
        batch.append((number, text))
        size += len(text)
        if len(batch) >= most or size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
