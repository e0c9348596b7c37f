"""Whole lines out of a pipe whose writer may die, stop in the middle, or never end a line."""

import os
from contextlib import suppress
from multiprocessing.connection import Connection

_CHUNK = 65_536
_MOST_CHUNKS = 64


class Lines:
    """The reading end of a pipe; reading never waits."""

    def __init__(self, pipe: Connection, longest: int) -> None:
        self._pipe, self._longest = pipe, longest
        self._rest = b""
        self.ended = False
        os.set_blocking(pipe.fileno(), False)

    def fileno(self) -> int:
        """Return what can be waited for."""
        return self._pipe.fileno()

    def read(self) -> list[bytes]:
        """Return the lines that have come in, cut at the longest that is taken; the last needs no end once all is."""
        for _ in range(_MOST_CHUNKS):
            chunk = self._chunk()
            if not chunk:
                break
            self._rest += chunk
        *whole, self._rest = self._rest.split(b"\n")
        if len(self._rest) > self._longest or (self.ended and self._rest):
            whole.append(self._rest)
            self._rest = b""
        return [line[: self._longest] for line in whole]

    def close(self) -> None:
        """Close the pipe."""
        self.ended = True
        self._pipe.close()

    def _chunk(self) -> bytes:
        with suppress(BlockingIOError):
            chunk = os.read(self._pipe.fileno(), _CHUNK)
            self.ended = self.ended or not chunk
            return chunk
        return b""
