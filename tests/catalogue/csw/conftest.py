"""What the tests of CSW share: the small catalogue of the conformance tests."""

import shutil
import socket
import sys
import threading
from pathlib import Path

import pytest
import uvicorn

sys.path.append(str(Path(__file__).parents[2] / "conformance"))

from csw_world import World


@pytest.fixture(scope="session")
def _template(tmp_path_factory):
    """Return the folder of a catalogue that nobody changes: to copy it takes a tenth of the time to make one."""
    folder = tmp_path_factory.mktemp("template")
    World(folder).close()
    return folder


@pytest.fixture
def world(_template):
    """Return what makes a catalogue in a folder."""
    made = []

    def make(folder, **offered):
        shutil.copytree(_template, folder, dirs_exist_ok=True)
        made.append(World(folder, **offered))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def csw(world, tmp_path):
    """Return a catalogue that a test may change."""
    return world(tmp_path / "csw")


@pytest.fixture
def serving():
    """Return what serves applications at addresses of their own while a test runs."""
    running = []

    def serve(application, listening=None):
        server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
        listening = listening or socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield serve
    for server, thread in running:
        server.should_exit = True
        thread.join()
