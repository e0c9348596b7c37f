"""The pages that an Item store no longer needs, given back to the disk while nobody else has its file open."""

from pathlib import Path

import apsw

from thalweg.core.errors import Unavailable
from thalweg.sql.failures import translated

_VACUUM = ("PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE", "COMMIT", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
"""Locked so, the file is nobody else's: what looks at it in between would hold pages back, or wait for all of this."""


def vacuum(path: Path) -> None:
    """Write a SQLite file anew without its free pages; it takes as much room again while it does.

    Raises:
        Unavailable: somebody else has the file open, or there is no room; the file is as it was.
    """
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        with translated():
            for statement in _VACUUM:
                _run(connection, statement)
    finally:
        connection.close(force=True)


def _run(connection: apsw.Connection, statement: str) -> None:
    try:
        connection.execute(statement).fetchall()
    except (apsw.BusyError, apsw.LockedError) as error:
        raise Unavailable(
            "Free pages stay in the file, for others have it open: stop what serves and works, then compact again."
        ) from error
