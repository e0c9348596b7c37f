"""Documents on their way: a source is read to its end before anything of it is kept."""

from __future__ import annotations

import struct
import tempfile
from typing import IO, TYPE_CHECKING, Self

from thalweg.catalogue.harvests.pages import Found
from thalweg.core.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

_LENGTHS = struct.Struct(">II")
_IN_MEMORY = 4 * 2**20


class Spool:
    """A file of documents that goes when it is closed.

    Args:
        folder: where it is made.
        most: documents.
        most_bytes: of all documents.
    """

    def __init__(self, folder: Path | None, most: int, most_bytes: int) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=None if folder is None else str(folder))  # noqa: SIM115 - closed at the end
        self._most = most
        self._most_bytes = most_bytes
        self._size = 0
        self._count = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the file."""
        self._file.close()

    def __len__(self) -> int:
        """Return how many documents there are."""
        return self._count

    def check(self, total: int) -> None:
        """Return quietly where so many documents may come.

        Raises:
            TooLarge: they are more than one source may have.
        """
        if total > self._most:
            raise TooLarge(f"the source has more than {self._most} records (harvests.records)")

    def put(self, found: Found) -> None:
        """Take a document.

        Raises:
            TooLarge: it is one too many.
        """
        self.check(self._count + 1)
        key = found.key.encode("utf-8", "surrogatepass")
        self._size += len(key) + len(found.content)
        if self._size > self._most_bytes:
            raise TooLarge(f"the source has more than {self._most_bytes} bytes")
        self._file.write(_LENGTHS.pack(len(key), len(found.content)) + key + found.content)
        self._count += 1

    def __iter__(self) -> Iterator[Found]:
        """Yield the documents as they came."""
        self._file.seek(0)
        while head := self._file.read(_LENGTHS.size):
            key, content = _LENGTHS.unpack(head)
            named = self._file.read(key).decode("utf-8", "surrogatepass")
            yield Found(self._file.read(content), named)
