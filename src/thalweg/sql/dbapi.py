"""A DBAPI 2.0 face of apsw, no more than SQLAlchemy and Alembic ask for.

Rows are fetched when a statement runs, as psycopg does too: an open cursor would hold a read snapshot
and let the write-ahead log grow.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import apsw

apilevel = "2.0"
threadsafety = 1
paramstyle = "qmark"
Binary = bytes
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))

OLDEST = (3, 51, 3)
"""The first SQLite whose write-ahead log survives the reset race."""
BUSY_SECONDS = 10.0
"""How long a statement waits for another's lock."""


class Error(Exception):
    """Any failure of the database; its cause is apsw's own error."""


class Warning(Exception):  # noqa: A001 - PEP 249 names it so
    """Never raised; PEP 249 wants it."""


class InterfaceError(Error):
    """The driver was used wrongly."""


class DatabaseError(Error):
    """The database refused."""


class DataError(DatabaseError):
    """A value does not fit."""


class OperationalError(DatabaseError):
    """The database cannot do it now, or the statement is wrong."""


class IntegrityError(DatabaseError):
    """A constraint was broken."""


class InternalError(DatabaseError):
    """The database found itself broken."""


class ProgrammingError(DatabaseError):
    """The statement and its parameters do not fit."""


class NotSupportedError(DatabaseError):
    """SQLite has no such thing."""


_CLASSES: tuple[tuple[tuple[type[Exception], ...], type[Error]], ...] = (
    ((apsw.ConstraintError,), IntegrityError),
    ((apsw.BindingsError, apsw.RangeError, apsw.MisuseError), ProgrammingError),
    ((apsw.ConnectionClosedError, apsw.CursorClosedError), ProgrammingError),
    ((apsw.TooBigError, apsw.MismatchError), DataError),
    ((apsw.InternalError, apsw.CorruptError, apsw.NotADBError), InternalError),
)


def _translated(error: Exception) -> Error:
    for theirs, ours in _CLASSES:
        if isinstance(error, theirs):
            return ours(str(error))
    if isinstance(error, TypeError):
        return InterfaceError(str(error))
    if isinstance(error, OverflowError):
        return DataError(str(error))
    return OperationalError(str(error))


_FAILURES = (apsw.Error, TypeError, OverflowError)


class Cursor:
    """One statement at a time, its rows fetched."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection
        self.description: tuple[tuple[Any, ...], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._rows: list[tuple[Any, ...]] = []
        self._next = 0
        self._cursor: apsw.Cursor = connection.raw.cursor()
        self._cursor.exec_trace = self._describe

    def _describe(self, cursor: apsw.Cursor, _sql: str, _bindings: object) -> bool:
        columns = cursor.get_description()
        self.description = tuple((name, kind, None, None, None, None, None) for name, kind in columns) or None
        return True

    def execute(self, sql: str, parameters: Any = ()) -> "Cursor":  # noqa: ANN401 - a sequence or a mapping
        """Run a statement."""
        self.rowcount = self._run(sql, parameters)
        return self

    def executemany(self, sql: str, many: Iterable[Any]) -> "Cursor":
        """Run a statement for each set of parameters; ``rowcount`` is the sum, rows are dropped."""
        self.rowcount = sum(max(0, self._run(sql, parameters)) for parameters in many)
        self.description, self._rows = None, []
        return self

    def _run(self, sql: str, parameters: Any) -> int:  # noqa: ANN401 - as execute takes them
        self.connection.check()
        raw = self.connection.raw
        before = raw.total_changes()
        self.description, self._rows, self._next = None, [], 0
        try:
            self._cursor.execute(sql, parameters)
            self._rows = list(self._cursor)
        except _FAILURES as error:
            raise _translated(error) from error
        self.lastrowid = raw.last_insert_rowid()
        # changes() keeps the count of the last write, and unlike total_changes() leaves triggers and cascades out.
        changed = raw.changes() if raw.total_changes() > before else 0
        return changed or len(self._rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, or nothing."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Return the next rows, as many as asked for or left."""
        rows = self._rows[self._next : self._next + (size or self.arraysize)]
        self._next += len(rows)
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows that are left."""
        return self.fetchmany(len(self._rows) or 1)

    def setinputsizes(self, sizes: Sequence[object]) -> None:
        """Do nothing: SQLite needs no sizes."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Do nothing: SQLite needs no sizes."""

    def close(self) -> None:
        """Drop the rows."""
        self._rows = []
        self._cursor.close(force=True)


class Connection:
    """A connection; a transaction begins by ``begin`` only, so that its kind is always chosen."""

    def __init__(self, path: str, busy_seconds: float = BUSY_SECONDS) -> None:
        try:
            self.raw = open_raw(path, busy_seconds)
        except apsw.Error as error:
            raise _translated(error) from error
        self._began = False

    def cursor(self) -> Cursor:
        """Return a new cursor."""
        return Cursor(self)

    def execute(self, sql: str) -> None:
        """Run a statement without parameters or rows."""
        try:
            self.raw.execute(sql)
        except apsw.Error as error:
            raise _translated(error) from error

    def begin(self, *, writes: bool) -> None:
        """Begin to write, or to read one snapshot in which writing is refused."""
        self.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        self.execute(f"BEGIN {'IMMEDIATE' if writes else 'DEFERRED'}")
        self._began = True

    def check(self) -> None:
        """Refuse to go on in a transaction that SQLite has given up by itself: each write would stand alone.

        Raises:
            OperationalError: it has.
        """
        if self._began and not self.raw.in_transaction:
            raise OperationalError("no transaction is active: it was rolled back when an earlier statement failed")

    def commit(self) -> None:
        """Commit what was begun."""
        self.check()
        if self._began:
            self.execute("COMMIT")
            self._began = False

    def rollback(self) -> None:
        """Roll back what is open."""
        self._began = False
        if self.raw.in_transaction:
            self.execute("ROLLBACK")

    def create_function(self, name: str, count: int, function: Callable[..., Any]) -> None:
        """Make a function known to SQL."""
        self.raw.create_scalar_function(name, function, count)

    def close(self) -> None:
        """Close at once, with all cursors."""
        self.raw.close(force=True)


def connect(path: str, busy_seconds: float = BUSY_SECONDS) -> Connection:
    """Open a database file."""
    return Connection(path, busy_seconds)


def open_raw(path: str, busy_seconds: float = BUSY_SECONDS) -> apsw.Connection:
    """Open a file through apsw as every connection of ours is opened.

    Raises:
        NotSupportedError: this SQLite is older than ``OLDEST``.
        apsw.Error: the file cannot be opened.
    """
    if sqlite_version_info < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise NotSupportedError(f"SQLite {sqlite_version} can lose committed rows: install apsw {oldest} or newer")
    raw = apsw.Connection(path)
    raw.set_busy_timeout(int(busy_seconds * 1000))
    _enter_wal(raw, busy_seconds)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "journal_size_limit=67108864"):
        raw.execute(f"PRAGMA {pragma}")
    raw.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    raw.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
    return raw


def _enter_wal(raw: apsw.Connection, seconds: float) -> None:
    # The change of journal mode fails at once when two open a new file together: SQLite asks no busy handler then.
    deadline = time.monotonic() + seconds
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except apsw.BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
