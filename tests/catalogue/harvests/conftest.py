"""What the tests of harvests share: a catalogue that brings in, and a server of others."""

import sys
from pathlib import Path

import pytest
from elsewhere import running

sys.path.append(str(Path(__file__).parents[2] / "conformance"))

from csw_world import World

from thalweg.catalogue.harvests.harvester import Bounds, Harvester
from thalweg.guard.outbound import Outbound


@pytest.fixture
def world(tmp_path):
    """Return a catalogue of fifteen Records, in which alice and bob have workspaces."""
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
