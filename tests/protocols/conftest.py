"""Real clients before a running platform, on every Item store that is registered."""

import json
import shutil
import subprocess
import time
import uuid
from contextlib import contextmanager
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import world as the_world

from running import Running

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).parent / "programs"
STORES = [
    pytest.param(one.name, marks=pytest.mark.postgres if one.name == "postgresql" else ())
    for one in sorted(entry_points(group="thalweg.item_stores"), key=lambda one: one.name, reverse=True)
    if find_spec(one.module)
]
"""The embedded store first."""


@contextmanager
def a_database(request):
    """Make an empty database for an Item store; drop it at the end."""
    server, name = request.getfixturevalue("postgres_server"), f"thalweg_items_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def pgstac_url(request):
    """Return the address of an empty database for an Item store, dropped after the last test."""
    with a_database(request) as url:
        yield url


@pytest.fixture(scope="session", params=STORES)
def platform(request, tmp_path_factory):
    """Return a running platform with the demo, once on each Item store."""
    embedded = request.param == "sqlite"
    # Servers that are harvested run beside it.
    settings = {"THALWEG_ALLOWED_HOSTS": '["127.0.0.1"]'}
    if not embedded:
        settings["THALWEG_ITEMS"] = request.getfixturevalue("pgstac_url")
    running = Running(tmp_path_factory.mktemp(request.param) / "home", settings=settings).start()
    yield running
    running.stop()


@pytest.fixture(scope="module", params=STORES)
def item_store(request, tmp_path_factory):
    """Return an empty Item store that is open in this process, once each kind; who asks for it closes it."""
    (one,) = entry_points(group="thalweg.item_stores", name=request.param)
    if request.param == "sqlite":
        yield one.load()(f"sqlite:///{tmp_path_factory.mktemp('items') / 'items.sqlite'}")
        return
    with a_database(request) as url:
        yield one.load()(url)


@pytest.fixture(scope="module")
def world(platform):
    """Return the Items of a Collection all over the earth, registered for the module's tests."""
    items, address = the_world.items(), f"/api/collections/{the_world.COLLECTION}"
    with platform.client() as client:
        client.post("/api/collections", json=the_world.described()).raise_for_status()
        body = {"type": "FeatureCollection", "features": items}
        client.post(f"{address}/items", json=body).raise_for_status()
        yield items
        for item in items:
            client.delete(f"{address}/items/{item['id']}").raise_for_status()
        client.delete(address).raise_for_status()


@pytest.fixture(scope="session")
def until():
    """Return what asks again and again until it is answered with something that is true; Records follow resources."""

    def ask(question, seconds=60):
        deadline = time.monotonic() + seconds
        while not (answer := question()):
            assert time.monotonic() < deadline, "it did not come"
        return answer

    return ask


@pytest.fixture(scope="session")
def installed():
    """Return what installs a client by its name and returns its folder."""

    def install(name):
        made = subprocess.run([REPOSITORY / "scripts/peers", name], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            pytest.skip(f"needs scripts/peers {name}: {made.stderr.strip()[-300:]}")
        return Path(made.stdout.strip().splitlines()[-1])

    return install


@pytest.fixture(scope="session")
def ogc_schemas(installed, tmp_path_factory):
    """Return the folder of the XML schemas that pycsw carries, those of ISO 19139 made whole."""
    (carried,) = installed("pycsw").glob("lib/python*/site-packages/pycsw")
    copied = tmp_path_factory.mktemp("schemas") / "pycsw"
    shutil.copytree(carried, copied, ignore=lambda _, names: [name for name in names if name.endswith((".py", ".pyc"))])
    iso = copied / "plugins/profiles/apiso/schemas/ogc/iso/19139"
    # The schema of services is carried beside the older ones only; its imports are of what stands beside it.
    shutil.copytree(iso / "20060504/srv", iso / "20070417/srv")
    return copied


@pytest.fixture(scope="session")
def told():
    """Return what runs a client's program in the Python that has the client, and returns what it tells as JSON."""

    def run(python, program, *arguments, **environment):
        command = [python, PROGRAMS / f"{program}.py", *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=150, check=False, env=environment or None
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run
