"""An object store with folders of this machine beside it, read where they lie and never written.

What may be written into such a folder is not for the platform to say, so that a file is opened name by name from the
folder's root: a link that leads out of it is not followed, also not one that is put there between look and opening.
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from thalweg.blobs import reading
from thalweg.blobs.blobs import Blob, Blobs, span
from thalweg.core.archives import ARCHIVES, Archive
from thalweg.core.errors import Forbidden, NotFound, PreconditionFailed
from thalweg.guard.paths import relative_path

_DEPTH = 3
"""Names before the path in an archive: the workspace, ``.archives``, the archive's name."""
_NOT_THERE = frozenset({errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.ENAMETOOLONG})


class ArchivedBlobs:
    """All that the store holds, and below ``{workspace}/.archives/{name}/`` the files of an archive."""

    def __init__(self, blobs: Blobs, archives: Iterable[Archive]) -> None:
        self._blobs = blobs
        self._roots = {
            f"{one}/{ARCHIVES}/{archive.name}": archive.root for archive in archives for one in archive.workspaces
        }

    def put(self, key: str, chunks: Iterable[bytes], at_most: int | None = None) -> Blob:
        """Store an object in the store itself."""
        _check_ours(key)
        return self._blobs.put(key, chunks, at_most)

    def delete(self, key: str) -> None:
        """Remove an object of the store itself."""
        _check_ours(key)
        self._blobs.delete(key)

    def head(self, key: str) -> Blob:
        """Say what is there."""
        if not _is_archived(key):
            return self._blobs.head(key)
        with self._opened(key) as file:
            return _described(key, file)

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str | None = None) -> Iterator[bytes]:
        """Return a range in chunks, all of one version of the file."""
        if not _is_archived(key):
            return self._blobs.read(key, start, end, etag)
        blob = self.head(key)
        if etag is not None and etag != blob.etag:
            raise PreconditionFailed(f"{key} has changed")
        return self._chunks(blob, *span(blob, start, end))

    def ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return several ranges."""
        if not _is_archived(key):
            return self._blobs.ranges(key, ranges)
        with self._opened(key) as file, reading.translated(key):
            return [os.pread(file, end - start, start) for start, end in ranges]

    def list(self, prefix: str = "", after: str = "", limit: int = 1000) -> list[Blob]:
        """Return a page of the store itself: an archive is found by the Items that lead into it."""
        return self._blobs.list(prefix, after, limit)

    def local_path(self, key: str) -> Path | None:
        """Return the file's path; of an archive's, the one without links, or raise ``NotFound``."""
        if not _is_archived(key):
            return self._blobs.local_path(key)
        root, inside = self._placed(key)
        return root / inside

    def _chunks(self, blob: Blob, start: int, end: int) -> Iterator[bytes]:
        with self._opened(blob.key) as file, reading.translated(blob.key):
            if _described(blob.key, file) != blob:
                raise PreconditionFailed(f"{blob.key} has changed")
            while start < end and (chunk := os.pread(file, min(reading.CHUNK, end - start), start)):
                start += len(chunk)
                yield chunk

    def _placed(self, key: str) -> tuple[Path, Path]:
        """Return an archive's root and a file's path below it, both without links."""
        parts = relative_path(key).split("/", _DEPTH)
        root = self._roots.get("/".join(parts[:_DEPTH]))
        if root is None or len(parts) <= _DEPTH:
            raise NotFound(f"there is no file {key}")
        with _translated(key):
            root = root.resolve(strict=True)
            place = (root / parts[_DEPTH]).resolve(strict=True)
        if not place.is_relative_to(root):
            raise NotFound(f"there is no file {key}")
        return root, place.relative_to(root)

    @contextmanager
    def _opened(self, key: str) -> Iterator[int]:
        root, inside = self._placed(key)
        with _translated(key):
            file = _opened_below(root, inside.parts)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise NotFound(f"there is no file {key}")
            yield file
        finally:
            os.close(file)


def _is_archived(key: str) -> bool:
    return key.split("/", 2)[1:2] == [ARCHIVES]


def _check_ours(key: str) -> None:
    if _is_archived(key):
        raise Forbidden(f"what lies below {ARCHIVES}/ belongs to an archive, which is only read here")


def _opened_below(root: Path, names: Sequence[str]) -> int:
    """Open a file, following no link; what is no file, and may keep who opens it waiting, is opened all the same."""
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for place, name in enumerate(names, start=1):
        kind = os.O_DIRECTORY if place < len(names) else os.O_NONBLOCK
        above = at
        try:
            at = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | kind, dir_fd=above)
        finally:
            os.close(above)
    return at


def _described(key: str, file: int) -> Blob:
    known = os.fstat(file)
    etag = f'"{known.st_mtime_ns:x}-{known.st_size:x}-{known.st_ino:x}"'
    return Blob(key, known.st_size, etag, datetime.fromtimestamp(known.st_mtime, UTC))


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:  # links that lead to each other are a RuntimeError up to Python 3.12
        if isinstance(error, RuntimeError) or error.errno in _NOT_THERE:
            raise NotFound(f"there is no file {key}") from error
        with reading.translated(key):
            raise


if TYPE_CHECKING:
    _keeps_its_promise: type[Blobs] = ArchivedBlobs
