"""Real Items with what they were go both ways between the stores, though who copies is killed."""

import os
import signal

import orjson
import pytest
from made_items import PUBLIC, SECRET, VALIDATOR, a_collection, events_of, new
from test_pgstac_durability import running

from thalweg.catalogue.canonical import canonical
from thalweg.catalogue.copying import copy_store
from thalweg.catalogue.stores.sqlite import open_store as open_sqlite
from thalweg.core.principals import EVERYTHING

pytestmark = pytest.mark.postgres
FILES = {
    "landsat-c2-l2": "landsat-c2-l2-100.ndjson",
    "sentinel-2-l2a": "sentinel-2-l2a-pc-100.ndjson",
    "sentinel1-rtc-aws": "sentinel-1-rtc-12SYJ-258.ndjson",
}
MOST = 100
CHANGED = 5
STEPS_BEFORE_A_KILL = 3


def untold(*_told):
    """Listen to nothing."""


@pytest.fixture
def documents(real_data):
    """Return the Items of each Collection."""
    folder = real_data / "stac"
    return {
        name: [{**orjson.loads(line), "collection": name} for line in (folder / file).read_bytes().splitlines()[:MOST]]
        for name, file in FILES.items()
    }


@pytest.fixture
def source(tmp_path, documents, real_data):
    """Return the address of a store with the Items, some of which were others before, or gone."""
    url = f"sqlite:///{tmp_path / 'source.sqlite'}"
    store = open_sqlite(url)
    for name, some in documents.items():
        described = real_data / "stac" / f"collection-{name}.json"
        document = orjson.loads(described.read_bytes()) if described.exists() else a_collection(name)
        store.register_collection(VALIDATOR.collection({**document, "id": name}, PUBLIC), [])
        hidden, seen = new(*some[:CHANGED], visibility_class=SECRET), new(*some[CHANGED:])
        for items in (hidden, seen):
            store.register(items, events_of(items))
        for before in some[:CHANGED]:
            properties = {**before["properties"], "thalweg:round": 2}
            changed = new({**before, "properties": properties}, visibility_class=SECRET)
            store.replace(changed[0], 1, events_of(changed, "item.changed"))
        gone = new(some[-1])
        store.remove(name, some[-1]["id"], 1, events_of(gone, "item.removed"))
        store.register(gone, events_of(gone))
    store.close()
    return url


def killed(source, target):
    """Copy, killed after some steps."""
    with running("copy", source, target) as copier:
        for _ in range(STEPS_BEFORE_A_KILL):
            assert copier.stdout.readline().startswith("copying ")
        os.kill(copier.pid, signal.SIGKILL)


def histories(store, documents):
    """Return all that is known of each Item."""
    return {
        (name, one["id"]): [
            (version.number, version.since, version.until, version.body and canonical(version.body))
            for version in store.versions(name, one["id"], EVERYTHING)
        ]
        for name, some in documents.items()
        for one in some
    }


def test_a_copy_that_is_killed_is_whole_in_the_end(source, store, pgstac_url, documents, tmp_path):
    first = open_sqlite(source)
    killed(source, pgstac_url)
    assert copy_store(first, store, untold).equal
    expected = histories(first, documents)
    assert {len(one) for one in expected.values()} == {1, 2, 3}
    assert histories(store, documents) == expected
    assert list(store.check(untold)) == []
    back = f"sqlite:///{tmp_path / 'back.sqlite'}"
    killed(pgstac_url, back)
    last = open_sqlite(back)
    assert copy_store(store, last, untold).equal
    assert histories(last, documents) == expected
    assert list(last.check(untold)) == []
    for opened in (first, last):
        opened.close()
