"""Real clients before a running platform, on every Item store that is registered."""

import json
import subprocess
import uuid
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


@pytest.fixture(scope="session")
def pgstac_url(request):
    """Return the address of an empty database for an Item store, dropped after the last test."""
    server, name = request.getfixturevalue("postgres_server"), f"thalweg_items_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


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
    embedded = request.param == "sqlite"
    file = tmp_path_factory.mktemp("items") / "items.sqlite"
    url = f"sqlite:///{file}" if embedded else request.getfixturevalue("pgstac_database")
    (one,) = entry_points(group="thalweg.item_stores", name=request.param)
    return one.load()(url)


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
def installed():
    """Return what installs a client by its name and returns its folder."""

    def install(name):
        made = subprocess.run([REPOSITORY / "scripts/peers", name], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            pytest.skip(f"needs scripts/peers {name}: {made.stderr.strip()[-300:]}")
        return Path(made.stdout.strip().splitlines()[-1])

    return install


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
