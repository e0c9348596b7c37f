"""What went wrong in a load, for people: one line of JSON for each document that was refused."""

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from thalweg.core.errors import InvalidParameter, ThalwegError


def fault(place: int, address: str, item_id: str | None, error: ThalwegError) -> dict[str, Any]:
    """Return one line of a report: where, which Item, which member, why."""
    said = {
        "line": place,
        "address": address or None,
        "id": item_id,
        "member": error.parameter if isinstance(error, InvalidParameter) else None,
        "why": error.why if isinstance(error, InvalidParameter) else str(error),
    }
    return {name: value for name, value in said.items() if value is not None}


class Report:
    """The lines, in a file that goes on where the load does; a context manager."""

    def __init__(self, path: Path | None, size: int) -> None:
        self._file: BinaryIO | None = None
        self._held: list[dict[str, Any]] = []
        if path is not None:
            # What was written behind the checkpoint is written again.
            self._file = path.open("r+b" if path.exists() else "w+b")
            self._file.truncate(size)
            self._file.seek(0, os.SEEK_END)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, line: dict[str, Any]) -> None:
        """Hold a line until ``written``."""
        self._held.append(line)

    def written(self) -> int:
        """Write the lines that are held, in the order of their source, and return the bytes of all, for certain."""
        held, self._held = sorted(self._held, key=lambda line: int(line["line"])), []
        if self._file is None:
            return 0
        for line in held:
            self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()
