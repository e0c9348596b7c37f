"""What lies in a product: a folder, a zip archive read in place, or one file; by relative names, never outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from thalweg.core.errors import InvalidParameter, NotFound, TooLarge
from thalweg.guard import formats
from thalweg.guard.archives import Archive
from thalweg.guard.paths import below
from thalweg.harvest.ports import Contents, Lying

MOST_FILES = 20_000
MOST_METADATA = 64 * 1024 * 1024
"""Bytes of a file that is read whole."""
_CHUNK = 1024 * 1024


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Raise ``NotFound`` where a file or folder goes away while it is read, or may not be read."""
    try:
        yield
    except OSError as error:
        raise NotFound(f"{name} cannot be read: it went away meanwhile, or may not be read") from error


class Folder:
    """A folder of this machine and all below it; links that lead out of it are not followed.

    Attributes:
        only: the one folder in it that is meant, with which all names then begin.
    """

    def __init__(self, root: Path, only: str = "") -> None:
        self._root = root
        self._only = only

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass

    def names(self) -> tuple[str, ...]:
        """Return the names of all files, in order."""
        found: list[str] = []
        with readable(self._root.name):
            for file in (self._root / self._only).rglob("*"):
                if file.is_file() and file.resolve().is_relative_to(self._root.resolve()):
                    found.append(file.relative_to(self._root).as_posix())
                if len(found) > MOST_FILES:
                    raise TooLarge(f"the folder {self._root.name} holds more than {MOST_FILES} files")
        return tuple(sorted(found))

    def has(self, name: str) -> bool:
        """Tell whether there is such a file."""
        return self.path(name).is_file()

    def read(self, name: str, most: int = MOST_METADATA) -> bytes:
        """Return a file's bytes, or raise ``NotFound`` or ``TooLarge``."""
        return _read(self._place(name), most)

    def size(self, name: str) -> int:
        """Return a file's size in bytes, or raise ``NotFound``."""
        with readable(name):
            return self._place(name).stat().st_size

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes, or raise ``NotFound``."""
        with readable(name), self._place(name).open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def path(self, name: str) -> Path:
        """Return where a file or folder lies."""
        return below(self._root, name, "file")

    def _place(self, name: str) -> Path:
        place = self.path(name)
        if not place.is_file():
            raise NotFound(f"{self._root.name} has no {name}")
        return place


class OneFile(Folder):
    """One file that is a product by itself; its neighbours are none of it."""

    def __init__(self, file: Path) -> None:
        super().__init__(file.parent)
        self._name = file.name

    def names(self) -> tuple[str, ...]:
        """Return its name."""
        return (self._name,)

    def has(self, name: str) -> bool:
        """Tell whether it is called so."""
        return name == self._name and super().has(name)

    def _place(self, name: str) -> Path:
        if name != self._name:
            raise NotFound(f"{self._name} is one file and has no {name}")
        return super()._place(name)


class Zipped:
    """A zip archive, read in place; one folder that holds everything is stepped into."""

    def __init__(self, path: Path) -> None:
        self._archive = Archive(path)
        names = self._archive.names()
        tops = {name.partition("/")[0] for name in names}
        self.top = tops.pop() if len(tops) == 1 and all("/" in name for name in names) else ""
        self._prefix = f"{self.top}/" if self.top else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._archive.close()

    def names(self) -> tuple[str, ...]:
        """Return the names of all files, in order."""
        return tuple(sorted(name.removeprefix(self._prefix) for name in self._archive.names()))

    def has(self, name: str) -> bool:
        """Tell whether there is such a file."""
        return self._archive.has(self._prefix + name)

    def read(self, name: str, most: int = MOST_METADATA) -> bytes:
        """Return a file's bytes, or raise ``NotFound`` or ``TooLarge``."""
        return self._archive.read(self._prefix + name, most)

    def size(self, name: str) -> int:
        """Return a file's size in bytes, or raise ``NotFound``."""
        return self._archive.size(self._prefix + name)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes."""
        return self._archive.chunks(self._prefix + name)


def opened(path: Path) -> Contents:
    """Open a folder, or a zip archive in place.

    Raises:
        InvalidParameter: it is neither.
    """
    if path.is_dir():
        return Folder(path)
    if head_kind(path) is formats.ZIP:
        return Zipped(path)
    raise InvalidParameter("file", f"{path.name} is neither a folder nor a zip archive")


def head_kind(path: Path) -> formats.Format | None:
    """Return what a file is by its first bytes; ``None`` also where it is no file that can be read."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return formats.sniff(file.read(formats.HEAD))
    except OSError:
        return None


def _read(place: Path, most: int) -> bytes:
    with readable(place.name), place.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise TooLarge(f"{place.name}: has more than {most} bytes")
    return content


if TYPE_CHECKING:
    _keep_their_promise: tuple[type[Contents], ...] = (Folder, OneFile, Zipped)
    _lie_there: tuple[type[Lying], ...] = (Folder, OneFile)
