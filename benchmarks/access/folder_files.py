# ruff: noqa: ARG002 - a stand-in keeps the promise of what it stands for
"""A folder as the files of every workspace, and one Item as the catalogue: what the benchmark does not measure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from thalweg.core.errors import NotSupported
from thalweg.core.files import FileFacts
from thalweg.core.items import Item
from thalweg.core.principals import Principal


class OneItem:
    """A catalogue of one Item."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def item(self, collection: str, item_id: str, who: Principal) -> Item:
        """Return the Item."""
        return Item(collection, item_id, self._body, 1, "bench/anyone")


class FolderFiles:
    """Files that lie in a folder, readable by all, never written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def facts(self, workspace: str, path: str, who: Principal) -> FileFacts:
        """Return what the file system says."""
        found = (self._folder / path).stat()
        modified = datetime.fromtimestamp(found.st_mtime, UTC)
        return FileFacts(path, found.st_size, f'"{found.st_mtime_ns:x}"', modified, "image/tiff")

    def local(self, workspace: str, path: str, who: Principal) -> Path | None:
        """Return where it lies."""
        return self._folder / path

    def read(
        self,
        workspace: str,
        path: str,
        who: Principal,
        start: int = 0,
        end: int | None = None,
    ) -> Iterable[bytes]:
        """Return the bytes."""
        yield (self._folder / path).read_bytes()[start:end]

    def write(self, workspace: str, path: str, chunks: Iterable[bytes], who: Principal) -> FileFacts:
        """Refuse."""
        raise NotSupported("the benchmark writes nothing")

    def remove(self, workspace: str, path: str, who: Principal) -> None:
        """Refuse."""
        raise NotSupported("the benchmark removes nothing")
