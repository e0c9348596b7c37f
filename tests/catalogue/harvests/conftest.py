"""What the tests of harvests share: a catalogue that brings in, and a server of others."""

import shutil
import sys
from pathlib import Path

import pytest
from elsewhere import running

sys.path.append(str(Path(__file__).parents[2] / "conformance"))

from csw_world import World

from thalweg.catalogue.harvests.harvester import Bounds, Harvester
from thalweg.guard.outbound import Outbound
from thalweg.sql.migrations import migrate


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """Return the folder of a catalogue that nobody changes: to copy it takes a tenth of the time to make one."""
    folder = tmp_path_factory.mktemp("template")
    made = World(folder)
    migrate(made.engine, "catalogue.harvests")
    made.close()
    return folder


@pytest.fixture
def world(template, tmp_path):
    """Return a catalogue of fifteen Records, in which alice and bob have workspaces."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def there():
    """Return a server of others."""
    with running() as server:
        yield server


@pytest.fixture
def bounds():
    return Bounds(records=500, document=200_000, all_documents=5_000_000, seconds=30.0, patience=10.0)


@pytest.fixture
def harvester(world, bounds):
    """Return what harvests by a guard that lets this machine's usual address through, and no other of it."""
    return Harvester(world.records, lambda: Outbound(allowed=("127.0.0.1",)), bounds)
