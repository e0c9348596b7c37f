"""Whether anything has changed in a file, whoever changed it."""

import threading

import apsw  # noqa: TC002 - as every module of the store imports it

from thalweg.sql.dbapi import open_raw
from thalweg.sql.failures import translated

Stamp = tuple[int, int]


class Sentinel:
    """A connection that never writes, which all threads ask in turn: numbers of two connections cannot be compared."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: apsw.Connection | None = None
        self._opened = 0

    def now(self) -> Stamp:
        """Return a stamp that grows with each change: a snapshot taken later holds all that was changed up to it.

        Raises:
            Unavailable: the database is busy, broken or away.
        """
        with self._lock, translated():
            if self._connection is None:
                self._connection = open_raw(self._path)
                self._opened += 1
            return self._opened, self._connection.execute("PRAGMA data_version").get

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
