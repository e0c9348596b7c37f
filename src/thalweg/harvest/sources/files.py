"""A file of this machine from which documents are loaded."""

from pathlib import Path

from thalweg.core.errors import NotFound


class SourceFile:
    """What every source that is one file says of itself.

    Raises:
        NotFound: the file is not there.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise NotFound(f"there is no file {path.name}")
        self._path = path

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self._path.name

    def fingerprint(self) -> str:
        """Return size and time of the last change; reading all of it would take as long as loading."""
        facts = self._path.stat()
        return f"{facts.st_size}-{facts.st_mtime_ns}"
