"""A Job's log, bounded: its beginning line by line, its end, and how much was between them."""

import re
from collections import deque
from collections.abc import Sequence

MOST_LINES = 5_000
MOST_BYTES = 1_000_000
_LAST = 200
_PROGRESS = re.compile(r"thalweg:progress (0(?:\.\d+)?|1(?:\.0+)?)(?: (.*))?")


class LogBook:
    """What of a Job's lines is kept: the first ``MOST_LINES``, and the last 200 of what follows them."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._bytes = 0
        self._last: deque[str] = deque(maxlen=_LAST)
        self._over = 0

    def take(self, lines: Sequence[str]) -> list[str]:
        """Take lines; return those to write now."""
        now = []
        for line in lines:
            if len(self._kept) < MOST_LINES and self._bytes < MOST_BYTES:
                self._kept.append(line)
                self._bytes += len(line)
                now.append(line)
            else:
                self._over += 1
                self._last.append(line)
        return now

    def rest(self) -> list[str]:
        """Return what is to be written at the end: how many lines were left out, and the last of all."""
        left_out = self._over - len(self._last)
        said = [f"… {left_out} lines left out …"] if left_out else []
        return [*said, *self._last]

    @property
    def text(self) -> str:
        """Return the whole log as it is kept."""
        return "".join(f"{line}\n" for line in (*self._kept, *self.rest()))


def progress_in(line: str) -> tuple[float, str] | None:
    """Return the progress that a tool's line tells: ``thalweg:progress 0.4 drawing``; ``None`` for any other line."""
    match = _PROGRESS.fullmatch(line)
    return (float(match[1]), match[2] or "") if match else None
