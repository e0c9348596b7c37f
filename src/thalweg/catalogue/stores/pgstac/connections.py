"""Direct connections to PostgreSQL: a pool, transactions, and what is tried again."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Generic, TypeVar

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg_pool import ConnectionPool, PoolTimeout

from thalweg.core.errors import InvalidRequest, Unavailable
from thalweg.sql.failures import of_postgres

T = TypeVar("T")
Connection = psycopg.Connection[tuple[Any, ...]]
TRIES = 5
"""How often a transaction is begun whose rows others took, or whose connection broke."""
_WAIT_SECONDS = 8.0
"""So long a connection is waited for: an answer of 503 is to come before who asks has gone."""
_CONNECT_SECONDS = 5
_PAUSE_SECONDS = 0.05
_WENT_AWAY = ("08", "57P01", "57P02", "57P03", "25P03")
_BEGUN = "SELECT pg_current_xact_id()::text, set_config('thalweg.ours', 'on', true)"
_OPENED_ONCE = threading.Lock()


class Again(Exception):
    """Others changed what this transaction has seen: it is to begin again."""


_AGAIN = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected, Again)


class _Raw(Loader):
    """Leaves JSON as the bytes that came, for orjson to read where it is needed."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class Pool:
    """Connections of one process to one database; none is opened before the first is needed."""

    def __init__(
        self, dsn: str, search_path: str, *, most: int = 16, seconds: float = 10.0, writes: bool = True
    ) -> None:
        self._most_seconds = seconds
        self._search_path = search_path
        self._dsn = dsn
        self._most, self._writes = most, writes
        self._opened: ConnectionPool[Connection] | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Run statements, each in a snapshot of its own.

        Raises:
            Unavailable: the database is busy or away, or a statement took longer than it may.
        """
        with translated(), self._pool().connection(_WAIT_SECONDS) as connection:
            yield connection

    def read(self, ask: Callable[[Connection], T]) -> T:
        """Return what ``ask`` finds, asked again where the connection broke.

        Raises:
            Unavailable: the database is busy or away, or a statement took longer than it may.
        """
        for tried in range(TRIES):
            with translated():
                try:
                    with self._pool().connection(_WAIT_SECONDS) as connection:
                        return ask(connection)
                except psycopg.OperationalError as error:
                    if tried + 1 == TRIES or not _broken(error):
                        raise
                    self._mend(tried)
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction, tried once.

        Raises:
            Unavailable: the database is busy, full or away; nothing was written.
        """
        with translated(), self._pool().connection(_WAIT_SECONDS) as connection, connection.transaction():
            connection.execute("SELECT set_config('thalweg.ours', 'on', true)")
            yield connection

    def write(self, change: Callable[[Connection], T]) -> T:
        """Return what ``change`` did in one transaction, begun again where others were in the way or PostgreSQL fell.

        Where the connection broke while it was committed, the server is asked what became of it.

        Raises:
            Unavailable: the database is busy, full or away; nothing was written, or what became of it is not known.
        """
        for tried in range(TRIES):
            attempt: _Attempt[T] = _Attempt()
            with translated():
                try:
                    with self._pool().connection(_WAIT_SECONDS) as connection:
                        return attempt.run(connection, change)
                except _AGAIN as error:
                    if tried + 1 == TRIES:
                        raise Unavailable("Others write the same Items all the time: try again.") from error
                except psycopg.OperationalError as error:
                    if tried + 1 == TRIES or not _broken(error):
                        raise
                    self._mend(tried)
                    if attempt.committing and self._was_committed(attempt.number):
                        return attempt.answer[0]
        raise AssertionError("the last try returns or raises")

    def _was_committed(self, number: str) -> bool:
        """Tell what became of a transaction whose connection broke, once the server has ended it."""

        def status(connection: Connection) -> str | None:
            row = connection.execute("SELECT pg_xact_status(%s::xid8)", (number,)).fetchone()
            return row[0] if row else None

        for tried in range(TRIES):
            # Who cannot know waits longer than who only asks, before it is said that nobody knows.
            with suppress(Unavailable):
                if (known := self.read(status)) != "in progress":
                    return known == "committed"
            time.sleep(_PAUSE_SECONDS * 4**tried)
        raise Unavailable("The connection broke while this was written, and what became of it is not known.")

    def close(self) -> None:
        """Close all connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _mend(self, tried: int) -> None:
        # A restart takes a moment; the connections that it broke are dropped meanwhile.
        time.sleep(_PAUSE_SECONDS * 4**tried)
        with suppress(psycopg.Error, PoolTimeout):
            self._pool().check()

    def _pool(self) -> ConnectionPool[Connection]:
        if self._opened is None:
            with _OPENED_ONCE:
                if self._opened is None:
                    self._opened = self._open()
        return self._opened

    def _open(self) -> ConnectionPool[Connection]:
        settings = {
            "search_path": self._search_path.replace(" ", ""),
            "TimeZone": "UTC",
            "lock_timeout": "10s",
            "statement_timeout": f"{self._most_seconds * 1000:.0f}",
            "idle_in_transaction_session_timeout": "60s",
            # The values decide the plan: a box of a village and one of the globe are two questions.
            "plan_cache_mode": "force_custom_plan",
            "jit": "off",
            "default_transaction_read_only": "off" if self._writes else "on",
        }
        arguments = {
            "autocommit": True,
            "prepare_threshold": 2,
            "connect_timeout": _CONNECT_SECONDS,
            # A machine that is gone says nothing, not even that it is.
            "tcp_user_timeout": 1000 * _CONNECT_SECONDS,
            "application_name": "thalweg",
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        }
        pool: ConnectionPool[Connection] = ConnectionPool(
            self._dsn,
            min_size=0,
            max_size=self._most,
            kwargs=arguments,
            configure=_configure,
            open=False,
            timeout=_WAIT_SECONDS,
            # Who asks next has it tried at once, not after pauses that grow as long as the server is away.
            reconnect_timeout=_WAIT_SECONDS,
        )
        pool.open()
        return pool


class _Attempt(Generic[T]):
    """One try of a transaction: how far it came, for who must know whether it was committed."""

    def __init__(self) -> None:
        self.number = ""
        self.committing = False
        self.answer: list[T] = []

    def run(self, connection: Connection, change: Callable[[Connection], T]) -> T:
        """Begin, change, commit."""
        with connection.transaction():
            row = connection.execute(_BEGUN).fetchone()
            self.number = row[0] if row else ""
            self.answer.append(change(connection))
            self.committing = True
        return self.answer[0]


def _broken(error: psycopg.OperationalError) -> bool:
    """Tell whether the server went away, as a restart does it, rather than refused a statement.

    Who waited for a connection in vain has waited long enough.
    """
    if isinstance(error, PoolTimeout):
        return False
    return not error.sqlstate or error.sqlstate.startswith(_WENT_AWAY)


def _configure(connection: Connection) -> None:
    connection.adapters.register_loader("jsonb", _Raw)


@contextmanager
def translated() -> Iterator[None]:
    """Raise psycopg's errors of the block inside as ours, where a caller can act on them.

    Raises:
        Unavailable: busy, full, unreachable or broken.
        Conflict: a unique name is taken, or a reference points nowhere.
        InvalidRequest: what others wrote there is a number beyond all that are compared.
    """
    try:
        yield
    except psycopg.errors.NumericValueOutOfRange as error:
        raise InvalidRequest(
            "Some Item has a number there that is too large to be compared: ask without it."
        ) from error
    except PoolTimeout as error:
        raise Unavailable("The database cannot be reached, or all connections to it are busy.") from error
    except psycopg.Error as error:
        ours = of_postgres(error)
        if ours is None:
            raise
        raise ours from error
