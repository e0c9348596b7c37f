"""Counts and sums are remembered until something changes, whoever changes it."""

import pytest
from made_items import PUBLIC, VALIDATOR, a_collection, an_item, events_of, new

from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.stores.sqlite.held import Held
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import Aggregation, ItemQuery

WET = ItemQuery(filter=Operation("=", (Property("state"), Literal("wet"))))
STATES = (Aggregation("states", "terms", "state"),)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'items.sqlite'}"


@pytest.fixture
def store(url):
    opened = open_store(url)
    opened.register_collection(VALIDATOR.collection(a_collection("a"), PUBLIC), [])
    put(opened, *(f"i{number}" for number in range(30)))
    yield opened
    opened.close()


def put(store, *names):
    items = new(*(an_item(name, "a", properties={"state": "wet"}) for name in names))
    store.register(items, events_of(items))


def states(store):
    (answer,) = store.aggregate(ItemQuery(), STATES, EVERYTHING, 10)
    return [(bucket.key, bucket.count) for bucket in answer.buckets]


def test_a_count_follows_what_this_process_and_others_write(store, url):
    assert store.count(WET, EVERYTHING, 100) == store.count(WET, EVERYTHING, 100) == 30
    assert states(store) == [("wet", 30)]
    put(store, "own")
    assert (store.count(WET, EVERYTHING, 100), states(store)) == (31, [("wet", 31)])
    other = open_store(url)
    put(other, "theirs")
    other.close()
    assert (store.count(WET, EVERYTHING, 100), states(store)) == (32, [("wet", 32)])
    store.remove("a", "own", 1, [])
    assert store.count(WET, EVERYTHING, 100) == 31


def test_a_remembered_count_is_of_who_asked(store):
    assert store.count(WET, EVERYTHING, 100) == 30
    assert store.count(WET, Visibility(frozenset({"w1/member"})), 100) == 0
    assert store.count(WET, Visibility(frozenset({PUBLIC})), 100) == 30


def test_what_is_counted_quickly_is_counted_beyond_the_bound(store):
    assert store.count(WET, EVERYTHING, 10) is None
    assert store.count(WET, EVERYTHING, 10, 60.0) == 30
    assert store.count(WET, EVERYTHING, 10, 1e-9) in (None, 30)


def test_no_more_is_remembered_than_there_is_room_for(store):
    held = Held()
    with store._connections.reading() as connection:
        for number in range(100):
            assert held.answer(connection, ("long", number), lambda: "x" * 50_000) == "x" * 50_000
        assert held.answer(connection, ("huge",), lambda: "x" * 1_000_000) == "x" * 1_000_000
        for number in range(10):
            held.answer(connection, ("short", number), lambda: "told")
        again = [held.answer(connection, ("short", number), lambda: "asked again") for number in range(10)]
        assert again == ["told"] * 10
        assert held._size < 600_000
        assert held.answer(connection, ("long", 0), lambda: "asked again") == "asked again"
