"""What an object store promises, whatever it is made of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from thalweg.core.errors import RangeNotSatisfiable, TooLarge


@dataclass(frozen=True, slots=True)
class Blob:
    """One object: ``size`` in bytes, ``etag`` strong and quoted, new with every write."""

    key: str
    size: int
    etag: str
    modified: datetime


class Blobs(Protocol):
    """Keys are relative POSIX paths in the one spelling of ``guard.paths``; any other is an ``InvalidParameter``.

    Every method may also raise ``Unavailable``: the store does not answer, or is full.
    """

    def put(self, key: str, chunks: Iterable[bytes], at_most: int | None = None) -> Blob:
        """Store an object whole or not at all, replacing what stood there; durable when it returns.

        Args:
            key: where.
            chunks: the bytes, read once; what they raise is raised, and nothing is stored.
            at_most: bytes that the object may have.

        Raises:
            TooLarge: there are more bytes.
            Conflict: in a folder, the key goes through a file or names a folder.
        """
        ...

    def head(self, key: str) -> Blob:
        """Say what is there, or raise ``NotFound``."""
        ...

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str | None = None) -> Iterator[bytes]:
        """Return the bytes of ``[start, end)`` in chunks; an end behind the last byte is the last byte's end.

        Raises:
            NotFound: nothing is there.
            RangeNotSatisfiable: no byte of a non-empty range is there.
            PreconditionFailed: an ``etag`` is given and the object has another one.
        """
        ...

    def ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return several ranges ``[start, end)``, which all lie inside the object, in as few trips as possible."""
        ...

    def list(self, prefix: str = "", after: str = "", limit: int = 1000) -> list[Blob]:
        """Return what lies in the folder ``prefix`` at any depth, by key, beginning behind ``after``."""
        ...

    def delete(self, key: str) -> None:
        """Remove one object; quiet where nothing is there."""
        ...

    def local_path(self, key: str) -> Path | None:
        """Return the object's path on this machine where it has one, whether or not it is there."""
        ...


def span(blob: Blob, start: int, end: int | None) -> tuple[int, int]:
    """Return the range of an object that was asked for, cut at its end.

    Raises:
        RangeNotSatisfiable: it begins outside, or ends before it begins.
    """
    stop = blob.size if end is None else min(end, blob.size)
    if start < 0 or start > stop or (start == blob.size and blob.size and end is not None):
        raise RangeNotSatisfiable(f"{blob.key} has {blob.size} bytes")
    return start, stop


def bounded(chunks: Iterable[bytes], at_most: int | None) -> Iterator[bytes]:
    """Pass the chunks on until they are more than ``at_most`` bytes, then raise ``TooLarge``."""
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if at_most is not None and seen > at_most:
            raise TooLarge(f"the file has more than {at_most} bytes")
        yield chunk
