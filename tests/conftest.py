"""What tests share: real data, real databases, and the rule that CI skips nothing."""

import os
import shutil
import subprocess
import uuid
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from xdist.scheduler import LoadScopeScheduling

from running import Running

REPOSITORY = Path(__file__).resolve().parents[1]
SYSTEM = REPOSITORY / "scripts" / "system"
_SIDE_TABLES = (
    "coll", "item", "past", "tally", "roll_day", "roll_month", "sighting", "checkpoint", "outbox"
)  # fmt: skip
_LONGEST = (
    "tests/journeys/test_water_map.py",
    "tests/processing/test_job_faults.py",
    "tests/protocols on sqlite",
    "tests/protocols on postgresql",
    "tests/app/test_tree.py",
    "tests/app/test_roles.py",
    "tests/app/test_old_data.py",
    "tests/app/test_cli.py",
    "tests/app/test_catalogue_commands.py",
    "tests/catalogue/test_filters.py",
    "tests/harvest/test_crew.py",
    "tests/processing/test_packages.py",
    "tests/processing/test_job_queue.py",
    "tests/catalogue/pgstac/test_pgstac_durability.py",
    "tests/catalogue/test_durability.py",
    "tests/catalogue/pgstac/test_pgstac_restart.py",
    "tests/journeys/test_catalogue_pages.py",
    "tests/journeys/test_links.py",
    "tests/app/test_faults.py",
    "tests/app/test_start.py",
)
"""What takes more than ten seconds, the longest first."""
IN_CI = os.environ.get("CI", "").lower() == "true"


@pytest.fixture(scope="session")
def real_data():
    """Return the folder of real images and series (THALWEG_REAL_DATA, else ../shared/data)."""
    folder = Path(os.environ.get("THALWEG_REAL_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("needs the real data: set THALWEG_REAL_DATA")
    return folder


@pytest.fixture(scope="session")
def postgres_server():
    """Return the address of the PostgreSQL that scripts/system starts."""
    given = os.environ.get("THALWEG_TEST_POSTGRES")
    if given:
        return given
    started = subprocess.run([SYSTEM, "postgres"], capture_output=True, text=True, check=False)
    if started.returncode != 0:
        pytest.skip("needs PostgreSQL: scripts/system postgres")
    return started.stdout.strip().splitlines()[-1].partition("=")[2]


@contextmanager
def _database(server):
    """Make a PostgreSQL database; drop it at the end, whoever is still connected."""
    name = f"thalweg_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield server.rpartition("/")[0] + f"/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_url(postgres_server):
    """Return the address of a fresh PostgreSQL database, dropped after the test."""
    with _database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def _emptied_database(postgres_server):
    with _database(postgres_server) as url:
        yield url


@pytest.fixture
def emptied_url(_emptied_database):
    """Return the address of an empty PostgreSQL database: one is emptied far sooner than another made and dropped."""
    yield _emptied_database
    with psycopg.connect(_emptied_database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'")
        for (schema,) in found.fetchall():
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
        connection.execute("CREATE SCHEMA public")


@pytest.fixture(scope="session")
def pgstac_database(postgres_server):
    """Return the address of a pgstac database of ours, dropped after the session: to make one takes seconds."""
    from thalweg.catalogue.stores.pgstac import open_store  # noqa: PLC0415 - only where PostgreSQL is

    with _database(postgres_server) as url:
        open_store(url).close()
        yield url


@contextmanager
def _emptied(pgstac_database):
    yield pgstac_database
    with psycopg.connect(pgstac_database) as connection:
        connection.execute("SET LOCAL thalweg.ours = 'on'")
        for table in ("pgstac.collections", *(f"thalweg.{name}" for name in _SIDE_TABLES)):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
        connection.execute("DELETE FROM thalweg.class WHERE k > 0")
        connection.execute("UPDATE thalweg.class SET name = ''")
        connection.execute("ALTER SEQUENCE thalweg.outbox_seq_seq RESTART")


@pytest.fixture
def pgstac_url(pgstac_database):
    """Return the address of an empty pgstac database of ours."""
    with _emptied(pgstac_database) as url:
        yield url


@pytest.fixture(scope="module")
def pgstac_url_of_module(pgstac_database):
    """Return the address of a pgstac database of ours that all tests of a module share, empty before its first."""
    with _emptied(pgstac_database) as url:
        yield url


@pytest.fixture(scope="session")
def _empty_items(tmp_path_factory):
    from thalweg.catalogue.stores.sqlite import open_store  # noqa: PLC0415 - only where Items are

    file = tmp_path_factory.mktemp("empty") / "items.sqlite"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def items_url(tmp_path, _empty_items):
    """Return the address of an empty SQLite Item store: to copy one takes a tenth of the time to make one."""
    shutil.copyfile(_empty_items, tmp_path / "items.sqlite")
    return f"sqlite:///{tmp_path / 'items.sqlite'}"


@pytest.fixture
def sqlite_url(tmp_path):
    """Return the address of a fresh SQLite database."""
    return f"sqlite:///{tmp_path / 'control.sqlite'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def control_url(request):
    """Return the address of a fresh control database, once on each kind."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "emptied_url")


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    """Return a running platform with the demo, shared by all tests that leave it as it was."""
    running = Running(tmp_path_factory.mktemp("platform") / "home").start()
    yield running
    running.stop()


class Together(LoadScopeScheduling):
    """Gives a file to one process of the run, and all clients before one platform: what they share is made once.

    What takes longest begins first: if it began last, one process would work at it while the others were idle.
    """

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        if not file.startswith("tests/protocols/"):
            return file
        return f"tests/protocols on {'postgresql' if '[postgresql' in nodeid else 'sqlite'}"

    def _assign_work_unit(self, node):
        longest = next((scope for scope in _LONGEST if scope in self.workqueue), None)
        if longest is not None:
            self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


def _unskipped(report):
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true forbids: {_reason(report)}"
    return report


def _reason(report):
    where = report.longrepr
    return (where[2] if isinstance(where, tuple) else str(where)).removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _unskipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _unskipped((yield))


def pytest_terminal_summary(terminalreporter):
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    for reason, count in reasons.most_common():
        terminalreporter.line(f"skipped {count}: {reason}")
