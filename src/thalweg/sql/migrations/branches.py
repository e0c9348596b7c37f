"""Bring one block's tables to a revision, in one transaction."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
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


def migrate(engine: Engine, block: str, to: str = "heads") -> None:
    """Run the branch of ``thalweg.{block}.migrations`` up or down to a revision.

    Several may do so at once, and any may be killed: the branch is then at the old or at the new revision.

    Args:
        engine: the database.
        block: whose tables; its version table is ``{block}_version``.
        to: ``heads``, ``base`` (none of its tables is left), or a revision of the branch, above or below.

    Raises:
        Unavailable: the database is busy, full, broken or away; nothing was changed.
        Conflict: the migration broke a reference between tables; nothing was changed.
    """
    config = _config(block)
    with _ONE_AT_A_TIME, translated(), _alone(engine) as connection:
        config.attributes["connection"] = connection
        below = to == "base" or to in _passed(config, connection)
        (command.downgrade if below else command.upgrade)(config, to)


def revision_of(engine: Engine, block: str) -> str | None:
    """Return the revision a block's tables are at; nothing where it has none."""
    with translated(), engine.connect() as connection:
        return _context(_config(block), connection).get_current_revision()


def _config(block: str) -> Config:
    package = import_module(f"thalweg.{block}.migrations")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(Path(str(package.__file__)).parent / "versions"))
    config.set_main_option("path_separator", "newline")
    config.attributes["version_table"] = f"{block}_version"
    return config


def _context(config: Config, connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"version_table": config.attributes["version_table"]})


def _passed(config: Config, connection: Connection) -> set[str]:
    """Return the revisions at and below the current one."""
    current = _context(config, connection).get_current_revision()
    script = ScriptDirectory.from_config(config)
    return {step.revision for step in script.iterate_revisions(current, "base")} if current else set()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(writes=True) as connection:
        if not is_sqlite(engine):
            with connection.begin():
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection
            return
        with _unreferenced(connection), connection.begin():
            yield connection
            _check_references(connection)


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
