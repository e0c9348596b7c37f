"""Files of a workspace, as the blocks that read and write pixels ask for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from thalweg.core.principals import Principal

PRIVATE = ".private"
"""The folder of a workspace whose files are for its members, whoever else may read the workspace."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file: ``size`` in bytes, ``etag`` strong and quoted, ``media_type`` by its content or name."""

    path: str
    size: int
    etag: str
    modified: datetime
    media_type: str


class Files(Protocol):
    """The files of all workspaces, guarded by the policy; paths are relative, with ``/``."""

    def facts(self, workspace: str, path: str, who: Principal) -> FileFacts:
        """Return what is known of one file, or raise ``NotFound``."""
        ...

    def read(
        self, workspace: str, path: str, who: Principal, start: int = 0, end: int | None = None
    ) -> Iterable[bytes]:
        """Return the bytes of a file, or of its range ``[start, end)``, in chunks."""
        ...

    def write(self, workspace: str, path: str, chunks: Iterable[bytes], who: Principal) -> FileFacts:
        """Store a file whole or not at all, replacing what stood there.

        Raises:
            TooLarge: more bytes than one file may have.
            InvalidParameter: the path leaves the workspace or is no path.
            Forbidden: ``who`` may not write there.
        """
        ...

    def remove(self, workspace: str, path: str, who: Principal) -> None:
        """Remove one file; quiet where it is not there."""
        ...

    def local(self, workspace: str, path: str, who: Principal) -> Path | None:
        """Return the file's path on this machine where the store is a local folder, for readers that want one."""
        ...
