"""Items as newline-delimited JSON: one document a line."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import orjson

from thalweg.core.errors import InvalidParameter, NotFound, ThalwegError, TooLarge
from thalweg.core.items import Document
from thalweg.harvest.ports import Row, Source

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one document before it is parsed; the catalogue's own limit is lower."""
_BLANK = b" \t\r\n"


class Ndjson:
    """A file of documents, read line by line; blank lines count and say nothing."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise NotFound(f"there is no file {path.name}")
        self._path = path

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self._path.name

    @property
    def extent(self) -> int | None:
        """Return the file's bytes."""
        return self._path.stat().st_size

    def fingerprint(self) -> str:
        """Return size and time of the last change; reading all of it would take as long as loading."""
        facts = self._path.stat()
        return f"{facts.st_size}-{facts.st_mtime_ns}"

    def rows(self, after: int) -> Iterator[Row]:
        """Yield the documents of the lines behind a line."""
        read = 0
        with self._path.open("rb") as file:
            place = 0
            while line := file.readline(LONGEST_LINE + 1):
                place, read = place + 1, read + len(line)
                error: ThalwegError | None = None
                if len(line) > LONGEST_LINE:
                    error, rest = TooLarge(f"the line has more than {LONGEST_LINE >> 20} MiB"), _skip_line(file, line)
                    read += rest
                if place > after and line.strip(_BLANK):
                    yield Row(place, error or _document(line), read, size=len(line))


def _skip_line(file: BinaryIO, line: bytes) -> int:
    """Read on to the end of a line that is too long, and return how many bytes that was."""
    read = 0
    while not line.endswith(b"\n") and (line := file.readline(LONGEST_LINE)):
        read += len(line)
    return read


def _document(line: bytes) -> Document | ThalwegError:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return InvalidParameter("document", f"is no JSON: {error.msg} in column {error.colno}")
    if not isinstance(found, Mapping):
        return InvalidParameter("document", "is no JSON object")
    return found


if TYPE_CHECKING:
    _keeps_its_promise: type[Source] = Ndjson
