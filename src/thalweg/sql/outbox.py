"""The log of one database: written last in the transaction that made it happen, read in commit order."""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import apsw
import orjson
from sqlalchemy import Connection, Engine, Row, delete, func, select, text

from thalweg.core.errors import Unavailable
from thalweg.core.events import Event, Outbox, Recorded
from thalweg.sql.columns import written_instant
from thalweg.sql.engines import is_sqlite, reading, writing, written_json
from thalweg.sql.failures import translated
from thalweg.sql.tables import OUTBOX

if TYPE_CHECKING:
    import psycopg

CHANNEL = "thalweg_outbox"
"""What PostgreSQL notifies when events were committed."""
_LOCK = 72160002
"""Held from the numbering of events to the commit, so that numbers grow in commit order."""
_GLANCE_SECONDS = 0.02
"""How often SQLite is asked whether something follows; one such question costs microseconds."""

_FOLLOWS = "SELECT EXISTS (SELECT 1 FROM outbox WHERE seq > ?)"
_RECORD = "INSERT INTO outbox (at, kind, subject, class, data) VALUES (?, ?, ?, ?, ?)"
_RECORD_DIRECT = """
INSERT INTO outbox (at, kind, subject, class, data) SELECT at, kind, subject, class, data::jsonb
FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[])
    WITH ORDINALITY AS new (at, kind, subject, class, data, place) ORDER BY place
"""
_COPY = "COPY outbox (at, kind, subject, class, data) FROM STDIN"
_MANY = 32
"""From so many events on COPY is quicker, though it asks the server once more."""


def record(connection: Connection, events: Iterable[Event]) -> None:
    """Write events in the caller's transaction, as the last thing it does.

    On PostgreSQL all other writers of events wait from here to the commit.

    Raises:
        TypeError: an event's data is no JSON.
        ValueError: a number in it is not finite.
    """
    rows = [_row(event) for event in events]
    if not rows:
        return
    if not is_sqlite(connection):
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock), pg_notify(:channel, '')"), {"lock": _LOCK, "channel": CHANNEL}
        )
    at = datetime.now(UTC)
    connection.execute(OUTBOX.insert(), [{"at": at, **row} for row in rows])


def record_raw(connection: apsw.Connection, events: Iterable[Event]) -> None:
    """Write events in the transaction of a direct SQLite connection.

    Raises:
        TypeError: an event's data is no JSON.
        ValueError: a number in it is not finite.
    """
    at = written_instant(datetime.now(UTC))
    rows = [(at, event.kind, event.subject, event.visibility_class, _written(event.data)) for event in events]
    connection.executemany(_RECORD, rows)


def _written(data: Mapping[str, Any]) -> str:
    """Write an event's data; of strings alone, as nearly all are, both encoders write the same."""
    if all([type(value) is str for value in data.values()]):  # noqa: C419 - a list is faster
        return orjson.dumps(dict(data)).decode()
    return written_json(dict(data))


def record_direct(connection: "psycopg.Connection[Any]", events: Iterable[Event]) -> None:
    """Write events in the transaction of a direct PostgreSQL connection, as the last thing it does.

    All other writers of events wait from here to the commit.

    Raises:
        TypeError: an event's data is no JSON.
        ValueError: a number in it is not finite.
    """
    at = datetime.now(UTC)
    rows = [(at, one.kind, one.subject, one.visibility_class, written_json(dict(one.data))) for one in events]
    if not rows:
        return
    connection.execute("SELECT pg_advisory_xact_lock(%s), pg_notify(%s, '')", (_LOCK, CHANNEL))
    if len(rows) < _MANY:
        connection.execute(_RECORD_DIRECT, [list(column) for column in zip(*rows, strict=True)])
        return
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)


def _row(event: Event) -> dict[str, Any]:
    data = dict(event.data)
    written_json(data)  # psycopg would refuse in its own words, after the lock was taken
    return {"kind": event.kind, "subject": event.subject, "class": event.visibility_class, "data": data}


class SqlOutbox:
    """The outbox of one database, for its readers; any number may read."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.name = name
        self._engine = engine

    def after(self, sequence: int, limit: int = 500) -> Sequence[Recorded]:
        """Return what follows the sequence number, oldest first."""
        query = select(OUTBOX).where(OUTBOX.c.seq > sequence).order_by(OUTBOX.c.seq).limit(limit)
        with reading(self._engine) as connection:
            return [_recorded(row) for row in connection.execute(query)]

    def last(self) -> int:
        """Return the newest sequence number, 0 in an empty outbox."""
        with reading(self._engine) as connection:
            return connection.scalar(select(func.max(OUTBOX.c.seq))) or 0

    def prune(self, before: datetime, most: int = 5000) -> int:
        """Forget the oldest events, those from before a time, and return how many; the newest event stays.

        Args:
            before: aware.
            most: how many are looked at, so that writers do not wait for long.
        """
        oldest = select(OUTBOX.c.seq, OUTBOX.c.at).order_by(OUTBOX.c.seq).limit(most + 1)
        with reading(self._engine) as connection:
            rows = connection.execute(oldest).all()
        gone = [row.seq for row in takewhile(lambda row: row.at < before, rows[:-1])]
        if not gone:
            return 0
        with writing(self._engine) as connection:
            return connection.execute(delete(OUTBOX).where(OUTBOX.c.seq <= gone[-1])).rowcount

    def wait(self, sequence: int, seconds: float) -> bool:
        """Wait until something follows the sequence number, and tell whether it does.

        Raises:
            Unavailable: the database is busy, broken or away.
        """
        deadline = time.monotonic() + seconds
        with translated():
            return self._glance(sequence, deadline) if is_sqlite(self._engine) else self._listen(sequence, deadline)

    def _glance(self, sequence: int, deadline: float) -> bool:
        with closing(self._engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            while True:
                cursor.execute(_FOLLOWS, (sequence,))
                if cursor.fetchall()[0][0]:
                    return True
                if time.monotonic() >= deadline:
                    return False
                time.sleep(_GLANCE_SECONDS)

    def _listen(self, sequence: int, deadline: float) -> bool:
        follows = text(_FOLLOWS.replace("?", ":sequence"))
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            try:
                while not connection.scalar(follows, {"sequence": sequence}):
                    left = deadline - time.monotonic()
                    if left <= 0:
                        return False
                    _notice(connection, left)
                return True
            finally:
                connection.exec_driver_sql("UNLISTEN *")


def _notice(connection: Connection, seconds: float) -> None:
    import psycopg  # noqa: PLC0415 - costs a quarter of a second to load, which SQLite's users need not pay

    opened: object = connection.connection.driver_connection
    if not isinstance(opened, psycopg.Connection):
        raise TypeError("a PostgreSQL engine that open_engine did not open")
    try:
        list(opened.notifies(timeout=seconds, stop_after=1))
    except psycopg.OperationalError as error:
        raise Unavailable("The database went away.") from error


def _recorded(row: Row[Any]) -> Recorded:
    return Recorded(row.seq, row.at, Event(row.kind, row.subject, row._mapping["class"], row.data))  # noqa: SLF001 - Row's public API


if TYPE_CHECKING:
    _keeps_its_promise: type[Outbox] = SqlOutbox
