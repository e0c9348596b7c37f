"""Workspaces over a real control database, on each kind."""

import pytest

from thalweg.core.principals import Principal
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore

ANNA = Principal("anna", "Anna")
BEN = Principal("ben", "Ben")


@pytest.fixture
def engine(control_url):
    engine = open_engine(control_url)
    for block in ("sql", "workspaces"):
        migrate(engine, block)
    yield engine
    engine.dispose()


@pytest.fixture
def workspaces(engine):
    return Workspaces(SqlStore(engine))


@pytest.fixture
def anna():
    return ANNA


@pytest.fixture
def ben():
    return BEN
