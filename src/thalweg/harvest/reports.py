"""What went wrong in a load, for people: one line of JSON for each document that was refused."""

import json
import os
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Self

from thalweg.core.errors import InvalidParameter, ThalwegError

Reasons = tuple[tuple[str, int], ...]
"""Why documents were refused, and how many for that; the commonest first."""
_TOLD = 3
_MOST_REASONS = 10_000
"""Different ones that are counted: of a source where each is another, none is common."""


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
    """The lines of a load and of what it goes on from; a context manager.

    Args:
        path: the file for people: written whole by each run, whatever another run wrote there.
        kept: the file that holds the lines until the load is done; ``None`` where none goes on.
        size: bytes of it that speak of what is done; the lines behind are written again.

    Raises:
        InvalidParameter: the file for people cannot be written.
    """

    def __init__(self, path: Path | None, kept: Path | None, size: int) -> None:
        self._held: list[dict[str, Any]] = []
        self._reasons: Counter[str] = Counter()
        with ExitStack() as opened:
            self._kept: BinaryIO = opened.enter_context(_opened(kept))
            self._shown = opened.enter_context(_emptied(path)) if path is not None else None
            self._take_up(size)
            self._files = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add(self, line: dict[str, Any]) -> None:
        """Hold a line until ``written``."""
        self._held.append(line)

    def written(self) -> int:
        """Write the lines that are held, in the order of their source, and return the bytes of all, for certain."""
        held, self._held = sorted(self._held, key=lambda line: int(line["line"])), []
        for line in held:
            self._kept.write(_spelled(line))
            self._show(line)
        self._kept.flush()
        os.fsync(self._kept.fileno())
        if self._shown is not None:
            self._shown.flush()
        return self._kept.tell()

    def reasons(self) -> Reasons:
        """Return the commonest reasons."""
        return tuple(self._reasons.most_common(_TOLD))

    def _take_up(self, size: int) -> None:
        """Go on behind the lines that are kept, as far as they are: a file that was taken away holds none."""
        self._kept.seek(0, os.SEEK_END)
        self._kept.truncate(min(size, self._kept.tell()))
        self._kept.seek(0)
        for text in self._kept:
            self._show(json.loads(text))
        self._kept.seek(0, os.SEEK_END)

    def _show(self, line: dict[str, Any]) -> None:
        if self._shown is not None:
            self._shown.write(_spelled(line))
        why = ": ".join(str(line[name]) for name in ("member", "why") if name in line)
        if why in self._reasons or len(self._reasons) < _MOST_REASONS:
            self._reasons[why] += 1


def _spelled(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _opened(kept: Path | None) -> BinaryIO:
    if kept is None:
        return tempfile.TemporaryFile()
    return kept.open("r+b" if kept.exists() else "w+b")


def _emptied(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise InvalidParameter("report", f"{path} cannot be written: {error.strerror}") from error
