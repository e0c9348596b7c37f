"""PostgreSQL is really restarted, cleanly and as after a crash, while others write and read."""

import os
import signal
import threading

import psycopg
import pytest
from made_items import EVERYBODY, PUBLIC, VALIDATOR, a_collection, an_item, register
from test_pgstac_durability import BATCH, assert_whole, running

from thalweg.catalogue.stores.pgstac import open_store
from thalweg.core.errors import Unavailable
from thalweg.core.queries import ItemQuery

TIMES = 30


@pytest.fixture
def url(cluster, template):
    """Return the address of a database that has pgstac, and nothing of ours."""
    with cluster.database(TEMPLATE=template) as address:
        yield address


@pytest.fixture
def made(url):
    store = open_store(url)
    for name in ("swot", "sentinel-2"):
        store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    yield store
    store.close()


def test_a_restart_under_writes_and_reads_loses_nothing(cluster, made, url):
    done, told = threading.Event(), []

    def read():
        while not done.is_set():
            try:
                told.append(len(made.find(ItemQuery(limit=500), EVERYBODY).found) % BATCH)
            except Unavailable:
                told.append("unavailable")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        with running("write", url, "w", str(BATCH), str(TIMES)) as writer:
            accepted = [writer.stdout.readline().strip() for _ in range(2)]
            for how in ("fast", "immediate"):
                cluster.restart(how)
                accepted += [writer.stdout.readline().strip() for _ in range(3)]
            accepted += [line.strip() for line in writer.stdout]
            assert writer.wait(60) == 0
    finally:
        done.set()
        reader.join(60)
    assert set(told) <= {0, "unavailable"}
    assert told.count(0) > 0
    assert assert_whole(made).keys() == set(accepted) == {f"w-{number}" for number in range(TIMES)}


def test_who_is_killed_while_the_side_schema_is_made_is_followed_by_one_who_makes_it(url):
    with psycopg.connect(url) as connection:
        # Its triggers stand near the end of what is made.
        connection.execute("LOCK TABLE pgstac.items IN ROW EXCLUSIVE MODE")
        with running("open", url) as opening:
            wait_for(url, r"^\s*CREATE TRIGGER", opening)
            os.kill(opening.pid, signal.SIGKILL)
    assert_made(url)


@pytest.mark.peers
def test_who_is_killed_while_pgstac_is_made_is_followed_by_one_who_makes_it(cluster):
    with cluster.database() as empty:
        with running("open", empty) as opening:
            wait_for(empty, r"^\s*RESET ROLE", opening)
            os.kill(opening.pid, signal.SIGKILL)
        assert_made(empty)


def wait_for(url, statement, process):
    """Wait until a statement runs."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query ~ %s"
    with psycopg.connect(url, autocommit=True) as connection:
        while not connection.execute(sql, (statement,)).fetchone()[0]:
            assert process.poll() is None


def assert_made(url):
    """A store opens, and does what a store does."""
    store = open_store(url)
    try:
        store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
        register(store, an_item("S1"))
        assert store.count(ItemQuery(), EVERYBODY, 1) == 1
        assert list(store.check(lambda *_: None)) == []
    finally:
        store.close()
