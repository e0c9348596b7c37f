"""Where a driver's error leaves this floor it becomes one of ours; what is our own mistake stays what it is."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from thalweg.core.errors import Conflict, ThalwegError, Unavailable
from thalweg.sql import dbapi

_BUSY = "The database is busy: another holds its lock for too long. Try again."
_FULL = "The database's disk is full: nothing was written. Make room and try again."
_TAKEN = "The change contradicts what is stored: the name is taken, or something it points to is not there."
_AWAY = "The database cannot be reached or opened."

_SQLITE: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((apsw.BusyError, apsw.LockedError), _BUSY),
    ((apsw.FullError,), _FULL),
    ((apsw.CantOpenError, apsw.NotADBError, apsw.CorruptError, apsw.IOError, apsw.PermissionsError), _AWAY),
)
_CONTRADICTIONS = {
    apsw.SQLITE_CONSTRAINT_UNIQUE,
    apsw.SQLITE_CONSTRAINT_PRIMARYKEY,
    apsw.SQLITE_CONSTRAINT_ROWID,
    apsw.SQLITE_CONSTRAINT_FOREIGNKEY,
}
_LOST = ("OperationalError", "ConnectionTimeout")
"""What psycopg calls a connection that failed before the server could name a state."""
_TAKEN_STATES = ("23503", "23505", "23P01")
# https://www.postgresql.org/docs/15/errcodes-appendix.html
_POSTGRES = (
    (("53100",), _FULL),
    (("40", "55P03", "57014"), _BUSY),
    (("08", "25P03", "53", "57P", "58"), _AWAY),
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise the drivers' errors of the block inside as ours, where a caller can act on them.

    Raises:
        Unavailable: busy, full, unreachable or broken.
        Conflict: a unique name is taken, or a reference points nowhere.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise Unavailable(_BUSY) from error
    except DBAPIError as error:
        ours = _ours(error.orig)
        if ours is None:
            raise
        raise ours from error
    except (apsw.Error, dbapi.Error) as error:
        ours = _ours(error)
        if ours is None:
            raise
        raise ours from error


def _ours(error: BaseException | None) -> ThalwegError | None:
    if isinstance(error, apsw.Error):
        return _of_sqlite(error)
    if isinstance(error, dbapi.Error):
        return _ours(error.__cause__)
    return None if error is None else of_postgres(error)


def _of_sqlite(error: apsw.Error) -> ThalwegError | None:
    if isinstance(error, apsw.ConstraintError):
        return Conflict(_TAKEN) if getattr(error, "extendedresult", 0) in _CONTRADICTIONS else None
    for theirs, why in _SQLITE:
        if isinstance(error, theirs):
            return Unavailable(why)
    return None


def of_postgres(error: BaseException) -> ThalwegError | None:
    """Return a psycopg error as ours; nothing where it is a mistake of our own."""
    # By the error's members, for to load psycopg costs a quarter of a second that SQLite's users need not pay.
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        return Unavailable(_AWAY) if type(error).__name__ in _LOST else None
    if state in _TAKEN_STATES:
        return Conflict(_TAKEN)
    for states, why in _POSTGRES:
        if state.startswith(states):
            return Unavailable(why)
    return None
