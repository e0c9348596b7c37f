"""What the tests of processing share: a migrated control database and Jobs in it."""

from multiprocessing import forkserver

import pytest

from thalweg.processing.stores.jobs import SqlJobs
from thalweg.processing.stores.queue import SqlQueue
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations.branches import migrate
from thalweg.sql.outbox import SqlOutbox


@pytest.fixture
def engine(control_url):
    engine = open_engine(control_url)
    migrate(engine, "sql")
    migrate(engine, "processing")
    yield engine
    engine.dispose()


@pytest.fixture
def jobs(engine):
    return SqlJobs(engine)


@pytest.fixture
def queue(engine):
    return SqlQueue(engine)


@pytest.fixture
def outbox(engine):
    return SqlOutbox(engine, "control")


@pytest.fixture(scope="session", autouse=True)
def _a_fork_server_of_our_own():
    """Stop a fork server that other tests of this process started: it holds none of the libraries that Jobs need."""
    forkserver._forkserver._stop()
