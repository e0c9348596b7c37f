"""Objects as files of a local folder.

obstore's local store neither syncs what it writes nor cleans up after a killed writer, and it follows links: so this
adapter writes by itself (stage, sync, rename, sync the folder) and reads through obstore what the path resolver lets
pass.
"""

import fcntl
import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import obstore
from obstore.store import LocalStore

from thalweg.blobs import reading
from thalweg.blobs.blobs import Blob, Blobs, bounded
from thalweg.core.errors import Conflict, InvalidParameter, NotFound, Unavailable
from thalweg.guard.paths import below, relative_path

_STAGING = ".staging"
_PUBLISHING_TRIES = 5


class FolderBlobs:
    """A local folder; what a killed writer left in its staging folder is swept when it is opened."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._staging = self._root / _STAGING
        self._staging.mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(self._root)
        self._sweep()

    def put(self, key: str, chunks: Iterable[bytes], at_most: int | None = None) -> Blob:
        """Write beside, sync, rename into place, sync the folder."""
        place = self._place(key)
        with self._staged() as (staged, descriptor):
            for chunk in bounded(chunks, at_most):
                with _translated(key):
                    _write_all(descriptor, chunk)
            with _translated(key):
                os.fsync(descriptor)
                self._publish(staged, place)
        return self.head(key)

    def head(self, key: str) -> Blob:
        """Say what is there."""
        self._present(key)
        return reading.head(self._store, relative_path(key))

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str | None = None) -> Iterator[bytes]:
        """Return a range in chunks; a file replaced meanwhile is read to its end as it was."""
        self._present(key)
        return reading.read(self._store, relative_path(key), start, end, etag)

    def ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return several ranges."""
        self._present(key)
        return reading.ranges(self._store, relative_path(key), ranges)

    def list(self, prefix: str = "", after: str = "", limit: int = 1000) -> list[Blob]:
        """Return a page by key: the folder is walked whole, no more than a page is kept."""
        folder = relative_path(prefix.rstrip("/")) if prefix else None
        with reading.translated(prefix):
            found = (
                reading.described(meta)
                for page in obstore.list(self._store, folder)
                for meta in page
                if meta["path"] > after and not meta["path"].startswith(f"{_STAGING}/")
            )
            return heapq.nsmallest(limit, found, key=lambda blob: blob.key)

    def delete(self, key: str) -> None:
        """Remove the file, and the folders that it leaves empty."""
        place = self._place(key)
        if not place.is_file():
            return
        with _translated(key):
            place.unlink(missing_ok=True)
            _sync_folder(place.parent)
        for folder in place.parents:
            if folder == self._root or not _removed(folder):
                return

    def local_path(self, key: str) -> Path | None:
        """Return the file's path."""
        return self._place(key)

    def _place(self, key: str) -> Path:
        place = below(self._root, key)
        if place.relative_to(self._root).parts[0] == _STAGING:
            raise InvalidParameter("path", "is where the store itself writes")
        return place

    def _present(self, key: str) -> None:
        if not self._place(key).is_file():
            raise NotFound(f"there is no file {key}")

    @contextmanager
    def _staged(self) -> Iterator[tuple[Path, int]]:
        """Open a file of our own, locked as long as its writer lives."""
        staged = self._staging / uuid4().hex
        descriptor = os.open(staged, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield staged, descriptor
        finally:
            staged.unlink(missing_ok=True)
            os.close(descriptor)

    def _publish(self, staged: Path, place: Path) -> None:
        """Rename into place; a folder that a neighbour's ``delete`` takes away meanwhile is made again."""
        for last in (n == _PUBLISHING_TRIES - 1 for n in range(_PUBLISHING_TRIES)):
            made = _make_folders(place.parent)
            try:
                staged.replace(place)
            except FileNotFoundError:
                if last:
                    raise
                continue
            for folder in (place.parent, *made):
                _sync_folder(folder)
            return

    def _sweep(self) -> None:
        for staged in self._staging.iterdir():
            with suppress(OSError), staged.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                staged.unlink()


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
        raise Conflict(f"{key} goes through a file, or is a folder") from error
    except OSError as error:
        raise Unavailable("the object store cannot be written: it is full or failing") from error


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder with its parents; return the folders whose entries changed."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
    return [path.parent for path in missing]


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def _write_all(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> None:
    with suppress(FileNotFoundError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


if TYPE_CHECKING:
    _keeps_its_promise: type[Blobs] = FolderBlobs
