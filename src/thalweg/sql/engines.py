"""Engines: one URL in, one engine out; a transaction either reads or writes, and says which."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import Pool, QueuePool

from thalweg.core.errors import NotSupported
from thalweg.sql import dbapi
from thalweg.sql.failures import translated


class ApswDialect(SQLiteDialect):
    """SQLAlchemy's SQLite over apsw."""

    driver = "apsw"
    supports_statement_cache = True
    default_paramstyle = "qmark"

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """Return our DBAPI module."""
        return dbapi

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003 - SQLAlchemy's signature
        """Keep connections: opening one costs more than most queries."""
        return QueuePool

    def create_connect_args(self, url: URL) -> Any:  # noqa: ANN401 - SQLAlchemy's alias is private
        """Return what ``connect`` takes."""
        return [url.database], {}

    def _get_server_version_info(self, connection: object) -> tuple[int, ...]:  # noqa: ARG002 - SQLAlchemy's signature
        return dbapi.sqlite_version_info


registry.register("sqlite.apsw", "thalweg.sql.engines", "ApswDialect")


def open_engine(url: str, connections: int = 8, busy_seconds: float = dbapi.BUSY_SECONDS) -> Engine:
    """Return an engine on ``sqlite:///path`` or ``postgresql://…``; nothing is connected yet.

    Args:
        url: where the database is; a SQLite path after three slashes is relative, after four absolute.
        connections: how many are kept open; twice as many may be at once.
        busy_seconds: how long another's lock is waited for, and a connection when all are taken.

    Raises:
        NotSupported: another scheme, or SQLite without a file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise NotSupported("A database's address is sqlite:///path or postgresql://…") from error
    pool = {"pool_size": connections, "max_overflow": connections, "pool_timeout": busy_seconds}
    scheme = parsed.drivername.partition("+")[0]
    if scheme == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return _sqlite(parsed, busy_seconds, pool)
    if scheme in ("postgresql", "postgres"):
        return _postgres(parsed, busy_seconds, pool)
    raise NotSupported(f"A database's address is sqlite:///path or postgresql://…, not {scheme}:")


def _sqlite(url: URL, busy_seconds: float, pool: Mapping[str, Any]) -> Engine:
    engine = create_engine(
        url.set(drivername="sqlite+apsw"),
        connect_args={"busy_seconds": busy_seconds},
        json_serializer=written_json,
        **pool,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    opened: object = connection.connection.dbapi_connection
    if isinstance(opened, dbapi.Connection):
        opened.begin(writes=bool(connection.get_execution_options().get("writes")))


def _postgres(url: URL, busy_seconds: float, pool: Mapping[str, Any]) -> Engine:
    settings = {
        "TimeZone": "UTC",
        "lock_timeout": f"{busy_seconds * 1000:.0f}ms",
        # A writer that hangs would hold the outbox's lock for ever.
        "idle_in_transaction_session_timeout": "60s",
    }
    arguments = {
        "connect_timeout": 10,
        "application_name": "thalweg",
        "keepalives_idle": 30,
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=arguments,
        json_serializer=written_json,
        pool_pre_ping=True,
        **pool,
    )


def written_json(value: object) -> str:
    """Write JSON as every column of ours holds it: compact, and without NaN, which is none.

    Raises:
        ValueError: a number is not finite.
    """
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read one snapshot; the database refuses to write.

    Raises:
        Unavailable: the database is busy, broken or away.
    """
    options = {} if is_sqlite(engine) else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with translated(), engine.connect() as connection:
        yield connection.execution_options(**options)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Write in one transaction: committed when the block ends, rolled back when it raises.

    Raises:
        Unavailable: the database is busy, full, broken or away; nothing was written.
        Conflict: a unique name is taken, or a reference points nowhere; nothing was written.
    """
    with translated(), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def is_sqlite(where: Engine | Connection) -> bool:
    """Tell SQLite from PostgreSQL."""
    return where.dialect.name == "sqlite"
