"""Alembic's part: the steps from one revision to another, in a transaction that no other migrator shares."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from thalweg.core.errors import Conflict
from thalweg.sql import dbapi
from thalweg.sql.engines import is_sqlite
from thalweg.sql.failures import translated

_LOCK = 72160001
"""The advisory lock of all migrators of one PostgreSQL database."""
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the running migration in a module's globals."""


def run(engine: Engine, versions: Path, version_table: str, to: str) -> None:
    """Bring the branch in a folder to a revision; see ``branches.migrate``."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    with _ONE_AT_A_TIME, translated(), _alone(engine) as connection:
        config.attributes.update(connection=connection, version_table=version_table)
        below = to == "base" or to in _passed(config, connection)
        (command.downgrade if below else command.upgrade)(config, to)


def _passed(config: Config, connection: Connection) -> set[str]:
    """Return the revisions at and below the current one.

    Raises:
        Conflict: the current one is none of ours.
    """
    version_table = config.attributes["version_table"]
    current = MigrationContext.configure(connection, opts={"version_table": version_table}).get_current_revision()
    script = ScriptDirectory.from_config(config)
    if current is None:
        return set()
    if current not in {step.revision for step in script.walk_revisions()}:
        raise Conflict(f"{version_table} says {current}, which this Thalweg does not know: a newer one wrote it.")
    return {step.revision for step in script.iterate_revisions(current, "base")}


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(writes=True) as connection:
        if is_sqlite(engine):
            with _unreferenced(connection), connection.begin():
                yield connection
                _check_references(connection)
            return
        with connection.begin():
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection


@contextmanager
def _unreferenced(connection: Connection) -> Iterator[None]:
    # SQLite alters a table by making another and dropping the first, which would cascade; the pragma is
    # heard outside a transaction only.
    opened: object = connection.connection.dbapi_connection
    if not isinstance(opened, dbapi.Connection):
        raise TypeError("a SQLite engine that open_engine did not open")
    opened.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        opened.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise Conflict(f"A row of {broken[0]} would point to one of {broken[2]} that is not there.")
