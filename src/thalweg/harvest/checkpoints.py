"""Where a load stands, in a file: written whole or not at all, so that a load that was killed goes on."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from thalweg.core.errors import InvalidParameter


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a load has come.

    Attributes:
        source: its fingerprint: a source that has changed since is loaded from its beginning.
        place: the last of its documents of which the outcome is known.
        done: how much of its extent is read.
        reported: bytes of the error report that speak of documents up to ``place``.
    """

    source: str
    place: int = 0
    done: int = 0
    reported: int = 0
    registered: int = 0
    replaced: int = 0
    unchanged: int = 0
    refused: int = 0


class Checkpoints:
    """Keeps one checkpoint in one file; ``None`` keeps it nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

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
