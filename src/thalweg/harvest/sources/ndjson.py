"""Items as newline-delimited JSON: one document a line."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import orjson

from thalweg.core.errors import InvalidParameter, ThalwegError, TooLarge
from thalweg.core.items import Document
from thalweg.harvest.ports import Divisible, Part, Row, Source
from thalweg.harvest.sources.files import SourceFile

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one document before it is parsed; the catalogue's own limit is lower."""
_PART_BYTES = 64 * 1024 * 1024
_BLOCK = 1024 * 1024
_BLANK, _LAST_BLANK = b" \t\r\n", ord(" ")


class _Line(NamedTuple):
    """One line: its place, its bytes or their beginning, how much of the file is read behind it."""

    place: int
    text: bytes
    read: int

    @property
    def too_long(self) -> bool:
        return len(self.text) > LONGEST_LINE

    def row(self) -> Row:
        """Return the document."""
        error = TooLarge(f"the line has more than {LONGEST_LINE >> 20} MiB") if self.too_long else None
        return Row(self.place, error or _document(self.text), self.read, size=len(self.text))


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a file that follow each other.

    Attributes:
        start, done: the bytes of the file at which they begin and end.
        before, place: the numbers of the line before them and of the last of them.
    """

    path: Path
    start: int
    done: int
    before: int
    place: int

    def rows(self) -> Iterator[Row]:
        """Yield their documents."""
        return (line.row() for line in _lines(self.path, self.start, self.before, self.done))


class Ndjson(SourceFile):
    """A file of documents, read line by line; blank lines count and say nothing."""

    @property
    def extent(self) -> int | None:
        """Return the file's bytes."""
        return self._path.stat().st_size

    def rows(self, after: int) -> Iterator[Row]:
        """Yield the documents of the lines behind a line."""
        return (line.row() for line in _lines(self._path) if line.place > after)

    def parts(self, after: int, most: int) -> Iterator[Part]:
        """Yield lines that follow each other, at most so many; they are counted and not looked at."""
        start = before = place = done = 0
        for place, done in enumerate(_ends(self._path), 1):
            if place <= after:
                start, before = done, place
            elif place - before >= most or done - start >= _PART_BYTES:
                yield Lines(self._path, start, done, before, place)
                start, before = done, place
        if place > before:
            yield Lines(self._path, start, done, before, place)


def _ends(path: Path) -> Iterator[int]:
    """Yield how much of the file is read behind each of its lines."""
    with path.open("rb", buffering=0) as file:
        read, ended = 0, True
        while block := file.read(_BLOCK):
            at = 0
            while at := block.find(b"\n", at) + 1:
                yield read + at
            read, ended = read + len(block), block.endswith(b"\n")
        if not ended:
            yield read


def _lines(path: Path, start: int = 0, before: int = 0, done: int = sys.maxsize) -> Iterator[_Line]:
    """Yield the lines that are not blank, from a byte on, of those that begin before another."""
    with path.open("rb", buffering=_BLOCK) as file:
        file.seek(start)
        place, read = before, start
        while read < done and (text := file.readline(LONGEST_LINE + 1)):
            place, read = place + 1, read + len(text)
            if len(text) > LONGEST_LINE:
                read += _skip_line(file, text)
            if text[0] > _LAST_BLANK or text.strip(_BLANK):
                yield _Line(place, text, read)


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
    _can_be_divided: type[Divisible] = Ndjson
