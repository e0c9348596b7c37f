"""Where a load stands, in a file: written whole or not at all, so that a load that was killed goes on.

The file is there while the load is not done, and is taken away with its end: what is loaded later is looked at anew.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from thalweg.core.errors import InvalidParameter


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a load has come.

    Attributes:
        source: its fingerprint: a source that has changed since is loaded from its beginning.
        place: the last of its documents of which the outcome is known.
        done: how much of its extent is read.
        reported: bytes of the kept refusals that speak of documents up to ``place``.
    """

    source: str
    place: int = 0
    done: int = 0
    reported: int = 0
    registered: int = 0
    replaced: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def documents(self) -> int:
        """Return how many documents have their outcome."""
        return self.registered + self.replaced + self.unchanged + self.refused

    def since(self, before: "Checkpoint") -> "Checkpoint":
        """Return what was done behind another place of the same load."""
        words = ("done", "registered", "replaced", "unchanged", "refused")
        return replace(self, **{word: getattr(self, word) - getattr(before, word) for word in words})


class Checkpoints:
    """Keeps one checkpoint in one file; ``None`` keeps it nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @property
    def refusals(self) -> Path | None:
        """Return the file beside it that holds what was refused so far."""
        return self._path and self._path.with_name(f"{self._path.name}.refused")

    def read(self, source: str) -> Checkpoint:
        """Return where the load of this source stands: at its beginning where it is another or none.

        Raises:
            InvalidParameter: the file is no checkpoint; it is left as it is.
        """
        if self._path is None or not self._path.exists():
            return Checkpoint(source)
        try:
            found = Checkpoint(**json.loads(self._path.read_bytes()))
        except (ValueError, TypeError) as error:
            raise InvalidParameter("checkpoint", f"{self._path.name} is no checkpoint of a load") from error
        return found if found.source == source else Checkpoint(source)

    def write(self, checkpoint: Checkpoint) -> None:
        """Keep where the load stands, past the loss of power."""
        if self._path is None:
            return
        beside = self._path.with_name(f"{self._path.name}.new")
        with beside.open("w") as file:
            json.dump(asdict(checkpoint), file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)

    def remove(self) -> None:
        """Forget where the load stands: it is done."""
        for path in filter(None, (self._path, self.refusals)):
            path.unlink(missing_ok=True)
