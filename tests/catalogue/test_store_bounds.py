"""The embedded store's own bounds, and its tables up and down."""

import pytest
from made_items import EVERYBODY, PUBLIC, VALIDATOR, a_collection, an_item, ids, register

from thalweg.catalogue.stores.sqlite import SqliteStore, open_store, opened
from thalweg.core.errors import Unavailable
from thalweg.core.geometry import BBox
from thalweg.core.queries import Aggregation, CollectionQuery, ItemQuery
from thalweg.cql2.reading import read
from thalweg.sql.engines import open_engine, reading
from thalweg.sql.migrations import migrate


@pytest.fixture
def filled(tmp_path):
    """Return the address of a store with one Collection of 3,000 small Items."""
    url = f"sqlite:///{tmp_path / 'items.sqlite'}"
    store = open_store(url)
    store.register_collection(VALIDATOR.collection(a_collection(), PUBLIC), [])
    register(store, *(an_item(f"i{n}", box=(n % 90, 0, n % 90 + 1, 1), properties={"depth": n}) for n in range(3_000)))
    store.close()
    return url


def test_a_search_that_takes_too_long_says_so_and_leaves_the_store_well(filled):
    store = SqliteStore(open_engine(filled), seconds=-1)
    with pytest.raises(Unavailable, match="narrow it"):
        store.count(ItemQuery(bbox=BBox(0, 0, 90, 1)), EVERYBODY, 10_000)
    with pytest.raises(Unavailable, match="whole documents for depth: thalweg catalogue index makes that fast"):
        store.count(ItemQuery(filter=read("depth > 1")), EVERYBODY, 10_000)
    store.close()
    store = open_store(filled)
    assert store.count(ItemQuery(bbox=BBox(0, 0, 90, 1)), EVERYBODY, 10_000) == 3_000
    store.close()


def test_reading_leaves_no_snapshot_open(filled):
    """An open snapshot would let the write-ahead log grow without end."""
    store = open_store(filled)
    page = store.find(ItemQuery(limit=10), EVERYBODY)
    store.find(ItemQuery(limit=10, after=page.next), EVERYBODY)
    store.count(ItemQuery(), EVERYBODY, 5)
    assert store._connections._connection().txn_state() == 0
    store.close()


@pytest.mark.parametrize(("memory", "mapped"), [(2**50, True), (1, False)])
def test_a_file_is_mapped_where_memory_holds_it(filled, monkeypatch, memory, mapped):
    monkeypatch.setattr(opened, "_memory", lambda: memory)
    store = open_store(filled)
    with store._connections.reading() as connection:
        assert (connection.execute("PRAGMA mmap_size").get > 0) is mapped
    assert len(store.find(ItemQuery(limit=10), EVERYBODY).found) == 10
    store.close()


def test_the_tables_go_down_and_come_up_again(filled):
    engine = open_engine(filled)
    migrate(engine, "catalogue", "base")
    with reading(engine) as connection:
        left = (
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").scalars().all()
        )
    assert not {"item", "coll", "doc", "box", "tally", "class", "gone", "dict", "val", "txt", "past"} & set(left)
    engine.dispose()
    store = open_store(filled)
    assert ids(store.collections(CollectionQuery(), EVERYBODY)) == []
    store.close()


@pytest.fixture
def store(tmp_path):
    """Return a store with one Collection and no Items."""
    opened = open_store(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    opened.register_collection(VALIDATOR.collection(a_collection(), PUBLIC), [])
    yield opened
    opened.close()


def test_bars_hold_numbers_alone_and_begin_below_zero_as_above(store):
    values = (-15, -5, 5, 15, 1.5, True, False, "5")
    register(store, *(an_item(f"i{n}", properties={"depth": value}) for n, value in enumerate(values)))
    (found,) = store.aggregate(ItemQuery(), [Aggregation("x", "histogram", "depth", step=10)], EVERYBODY, 10)
    assert [(one.low, one.count) for one in found.buckets] == [(-20, 1), (-10, 1), (0, 2), (10, 1)]
