"""Folders that are only there for a while: each is locked by its process, and what a killed one left is swept."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_PREFIX = "thalweg-"


class Scratch:
    """A new folder that is gone with ``remove``, or at the end of its context.

    Args:
        purpose: one word, for who finds the folder.
        inside: the folder to make it in; ``None`` for the system's, which nobody sweeps.

    Attributes:
        path: where it is.
    """

    def __init__(self, purpose: str, inside: Path | None = None) -> None:
        parent = inside or Path(tempfile.gettempdir())
        with _locked(parent, fcntl.LOCK_SH):
            self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{purpose}-", dir=parent))
            self._handle = os.open(self.path, os.O_RDONLY)
            fcntl.flock(self._handle, fcntl.LOCK_EX)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove it with all that it holds."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._handle)


def sweep(inside: Path) -> None:
    """Remove the folders of processes that no longer are; those of others, and what is no such folder, stay."""
    left: list[tuple[Path, int]] = []
    # None is made meanwhile: between its making and its lock it would look left behind.
    with _locked(inside, fcntl.LOCK_EX):
        for folder in inside.glob(f"{_PREFIX}*"):
            with suppress(OSError):
                left.append((folder, _taken(folder)))
    for folder, handle in left:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _taken(folder: Path) -> int:
    """Lock a folder; raise ``OSError`` where it is none, or somebody's."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
