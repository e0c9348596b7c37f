"""The readers that are installed: ours and third parties', by the entry points of one group."""

from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path

from thalweg.core.errors import NotFound, UnsupportedMedia
from thalweg.harvest.ports import ImageDescriber, Reader

GROUP = "thalweg.readers"


class Readers:
    """Finds the reader of a path; missions before formats, each group by the names of the entry points."""

    def __init__(self, load: Callable[[], Sequence[Reader]]) -> None:
        self._load = load

    @classmethod
    def installed(cls, describer: ImageDescriber) -> "Readers":
        """Return the readers that are installed, each loaded when the first path is looked at."""
        points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
        return cls(lambda: [point.load()(describer) for point in points])

    @cached_property
    def _readers(self) -> list[Reader]:
        return sorted(self._load(), key=lambda reader: reader.of_format)

    def find(self, path: Path) -> Reader | None:
        """Return the first reader that recognises a file or folder, ``None`` where none does."""
        return next((reader for reader in self._readers if reader.recognises(path)), None)

    def of(self, path: Path) -> Reader:
        """Return the reader of a file or folder.

        Raises:
            NotFound: nothing is there.
            UnsupportedMedia: nobody recognises it.
        """
        if not path.exists():
            raise NotFound(f"there is no {path.name}")
        found = self.find(path)
        if found is None:
            raise UnsupportedMedia(
                f"{path.name} is of no kind that a reader knows: neither its name nor its first bytes"
            )
        return found
