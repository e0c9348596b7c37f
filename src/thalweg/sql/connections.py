"""Direct SQLite connections, one a thread, for stores to which SQLAlchemy costs too much."""

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from thalweg.sql import dbapi
from thalweg.sql.failures import translated


class Connections:
    """Connections to one SQLite file under the same rules as an engine's.

    Args:
        path: the file.
        prepare: called with each new connection, to make functions known to it.
        busy_seconds: how long another's lock is waited for.
    """

    def __init__(
        self,
        path: str | Path,
        prepare: Callable[[apsw.Connection], None] | None = None,
        busy_seconds: float = dbapi.BUSY_SECONDS,
    ) -> None:
        self._path = str(path)
        self._prepare = prepare
        self._busy_seconds = busy_seconds
        self._mine = threading.local()
        self._all: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """Read one snapshot, in which the database refuses to write; inside a transaction of the thread, join it.

        Raises:
            Unavailable: the database is busy, broken or away.
        """
        with translated():
            connection = self._connection()
            if connection.in_transaction:
                yield connection
                return
            self._guard(connection, writes=False)
            connection.execute("BEGIN DEFERRED")
            try:
                yield connection
            finally:
                self._end(connection, "ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """Write in one transaction: committed when the block ends, rolled back when it raises.

        Raises:
            Unavailable: the database is busy, full, broken or away; nothing was written.
            Conflict: a unique name is taken, or a reference points nowhere; nothing was written.
            RuntimeError: the thread is inside a transaction already.
        """
        with translated():
            connection = self._connection()
            if connection.in_transaction:
                raise RuntimeError("a transaction to write cannot begin inside another")
            self._guard(connection, writes=True)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                self._end(connection, "ROLLBACK")

    def glance(self, sql: str, values: Sequence[str | int]) -> Any:  # noqa: ANN401 - what the statement selects
        """Return what one statement that reads selects, a value or the tuple of one row: a snapshot of its own.

        Raises:
            Unavailable: the database is busy, broken or away.
        """
        with translated():
            return self._connection().execute(sql, tuple(values)).get

    def close(self) -> None:
        """Close all connections; the next use opens others."""
        with self._lock:
            mine = list(self._all)
            self._all.clear()
        for connection in mine:
            connection.close(force=True)

    def _connection(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._mine, "connection", None)
        if connection is None or connection not in self._all:
            connection = dbapi.open_raw(self._path, self._busy_seconds)
            if self._prepare is not None:
                self._prepare(connection)
            with self._lock:
                self._all.add(connection)
            self._mine.connection = connection
            self._mine.writes = None
        return connection

    def _guard(self, connection: apsw.Connection, *, writes: bool) -> None:
        """Let the database refuse to write, or not; asked only where it is not so already."""
        if self._mine.writes is not writes:
            connection.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
            self._mine.writes = writes

    def _end(self, connection: apsw.Connection, how: str) -> None:
        with suppress(apsw.Error):
            if connection.in_transaction:
                connection.execute(how)
        if connection.txn_state() != apsw.SQLITE_TXN_NONE:
            # A cursor left open holds its snapshot beyond the transaction, and the write-ahead log would grow.
            self._drop(connection)

    def _drop(self, connection: apsw.Connection) -> None:
        with self._lock:
            self._all.discard(connection)
        connection.close(force=True)
