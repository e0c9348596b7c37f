"""A disk that is really full: what does not fit is refused as such, nothing of it stays, and with room all goes on."""

import os
import resource
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from clusters import own_cluster
from made_items import EVERYBODY, PUBLIC, VALIDATOR, a_collection, an_item, events_of, new

from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store as open_sqlite
from thalweg.core.errors import Unavailable
from thalweg.core.events import Event
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery

MEGABYTE = 2**20
BATCH = 5


def mounted(folder, size):
    """Tell whether a disk of some MB in memory could be mounted: it takes the rights of root."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", folder]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def may_mount(folder):
    """Tell whether this process may mount a disk."""
    if not mounted(folder, 1):
        return False
    subprocess.run(["umount", folder], check=True)
    return True


@contextmanager
def small_disk(size):
    """Keep a small disk; yield its folder, and what gives it more room."""
    with tempfile.TemporaryDirectory(prefix="thalweg-disk-") as folder:
        if not mounted(folder, size):
            pytest.skip("needs to mount a small disk: run as root")
        try:
            yield Path(folder), lambda: subprocess.run(["mount", "-o", "remount,size=400m", folder], check=True)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def small_files(folder, size):
    """Let no file grow beyond some MB, where nothing may be mounted; yield a folder, and what lets them grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size * MEGABYTE, hard))
    try:
        yield folder, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def little_room(tmp_path):
    """Return a folder with little room, and what makes room."""
    with small_disk(3) if may_mount(tmp_path) else small_files(tmp_path, 3) as room:
        yield room


def fill(store):
    """Write until nothing fits any more; return the batches that were accepted."""
    accepted = set()
    for number in range(1000):
        # Noise, so that nothing makes it smaller.
        noise = {"noise": os.urandom(20_000).hex()}
        items = new(*(an_item(f"{number}-{n}", properties=noise) for n in range(BATCH)))
        try:
            if number % 2:
                store.register(items, events_of(items))
            else:
                store.load(items, lambda outcome, item: Event(outcome, f"swot/{item.id}", PUBLIC), replacing=True)
        except Unavailable as error:
            assert number > 0
            return accepted, str(error)
        accepted.add(str(number))
    pytest.fail("the disk was never full")


def check(store, accepted):
    """What was accepted is there and told of, and nothing else."""
    there, token = [], None
    while True:
        page = store.find(ItemQuery(limit=100, after=token), EVERYBODY)
        there += [item.id for item in page.found]
        token = page.next
        if token is None:
            break
    expected = {f"{number}-{n}" for number in accepted for n in range(BATCH)}
    assert sorted(there) == sorted(expected)
    events, last = [], 0
    while more := store.outbox.after(last):
        events += [one.event.subject.rpartition("/")[2] for one in more]
        last = more[-1].sequence
    assert sorted(events) == sorted(expected)
    assert store.count(ItemQuery(), EVERYTHING, 1) == len(expected)


def assert_goes_on(store, make_room):
    """Fill a disk; read while it is full; write when there is room."""
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    accepted, said = fill(store)
    check(store, accepted)
    large = new(*(an_item(f"large-{n}", properties={"noise": os.urandom(200_000).hex()}) for n in range(20)))
    with pytest.raises(Unavailable):
        store.register(large, events_of(large))
    check(store, accepted)
    make_room()
    for number in ("last", "very-last"):
        items = new(*(an_item(f"{number}-{n}") for n in range(BATCH)))
        store.register(items, events_of(items))
    check(store, accepted | {"last", "very-last"})
    assert list(store.check(lambda *_: None)) == []
    return said


def test_sqlite_on_a_full_disk(little_room):
    folder, make_room = little_room
    store = open_sqlite(f"sqlite:///{folder / 'items.sqlite'}")
    try:
        assert_goes_on(store, make_room)
    finally:
        store.close()


@pytest.mark.postgres
def test_postgresql_on_a_full_disk(cluster, template):
    """The tables stand on the small disk, in a tablespace; the log stands on another, which has room."""
    with small_disk(60) as (folder, make_room):
        place = folder / "tables"
        place.mkdir()
        cluster.give(place)
        folder.chmod(0o755)
        cluster.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        with cluster.database(TEMPLATE=template, TABLESPACE="small") as url:
            store = open_pgstac(url)
            try:
                said = assert_goes_on(store, make_room)
            finally:
                store.close()
            assert "full" in said
        cluster.execute("DROP TABLESPACE small")


@pytest.mark.peers
@pytest.mark.postgres
def test_postgresql_without_room_for_its_log():
    """It stops itself then: what it had said yes to is there when somebody makes room and starts it."""
    with small_disk(160) as (folder, make_room):
        log = folder / "log"
        log.mkdir()
        if os.geteuid() == 0:
            shutil.chown(log, "postgres", "postgres")
        folder.chmod(0o755)
        with own_cluster(log) as cluster:
            store = open_pgstac(cluster.create())
            try:
                store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
                accepted, _ = fill(store)
                with suppress(Unavailable):  # by then it has come back to read only, or given up
                    store.find(ItemQuery(limit=1), EVERYBODY)
                make_room()
                if not cluster.runs():
                    cluster.start()
                check(store, accepted)
                items = new(*(an_item(f"last-{n}") for n in range(BATCH)))
                store.register(items, events_of(items))
                check(store, accepted | {"last"})
                assert list(store.check(lambda *_: None)) == []
            finally:
                store.close()
