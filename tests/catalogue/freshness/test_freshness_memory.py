"""What is remembered of Items follows the store: each change is seen, and no more is read again than changed."""

import pytest
from callers import ALICE
from freshness_stores import on_both
from made_items import a_collection, an_item

from thalweg.catalogue.freshness.columns import name_of
from thalweg.catalogue.freshness.memory import Memory, StillReading
from thalweg.core.principals import EVERYTHING

pytestmark = on_both
NAMES = ["a", "b", "c"]


@pytest.fixture
def filled(catalogue):
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    catalogue.register([an_item(name, "demo.images") for name in NAMES], ALICE)
    return catalogue


def remembered(memory):
    """Return what is known of each Item by name: of when it is, and when it came."""
    known = memory.known("demo.images")
    everything = known.seen(EVERYTHING)
    memory.newest("demo.images", known, everything)
    rows = {int(row["name"]): row for row in known.columns(everything).rows}
    return {name: row for name in "abcd" if (row := rows.get(name_of(name))) is not None}


@pytest.mark.usefixtures("filled")
def test_items_are_remembered_with_when_they_came(memory):
    found = remembered(memory)
    assert list(found) == NAMES
    assert all(one["registered"] > one["at"] for one in found.values())


def test_what_is_registered_changed_and_removed_is_seen_at_once(filled, memory):
    before = remembered(memory)
    filled.register([an_item("d", "demo.images")], ALICE)
    filled.patch("demo.images", "a", {"properties": {"datetime": "2020-01-01T00:00:00Z"}}, ALICE)
    filled.remove("demo.images", "b", ALICE)
    after = remembered(memory)
    assert set(after) == {"a", "c", "d"}
    assert after["a"]["at"] < before["a"]["at"]
    assert after["a"]["registered"] == before["a"]["registered"], "a change is no coming"
    assert after["d"]["registered"] >= before["c"]["registered"]
    assert after["c"] == before["c"]


def test_a_collection_that_went_and_came_back_is_another(filled, memory):
    remembered(memory)
    for name in NAMES:
        filled.remove("demo.images", name, ALICE)
    filled.remove_collection("demo.images", ALICE)
    filled.register_collection(a_collection("demo.images"), ALICE)
    assert remembered(memory) == {}


def test_more_than_a_question_may_take_is_read_by_the_next(catalogue, store):
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    catalogue.register([an_item(f"i{number:04}", "demo.images") for number in range(1100)], ALICE)
    impatient = Memory(store, seconds=-1)
    for _ in range(2):
        with pytest.raises(StillReading) as told:
            impatient.known("demo.images")
    assert (told.value.status, told.value.retry_after) == (503, 1)
    assert len(impatient.known("demo.images").items.rows) == 1100


@pytest.mark.usefixtures("filled")
def test_only_so_many_are_remembered_the_newest(store, monkeypatch):
    monkeypatch.setattr("thalweg.catalogue.freshness.memory._PAGE", 1)
    known = Memory(store, most=2).known("demo.images")
    assert (len(known.items.rows), known.cut) == (2, True)


@pytest.mark.usefixtures("filled")
def test_after_a_day_a_collection_is_read_again(store):
    time = [0.0]
    memory = Memory(store, lambda: time[0])
    table = memory.known("demo.images").items
    assert memory.known("demo.images").items is table
    time[0] = 90_000.0
    assert memory.known("demo.images").items is not table
    assert len(table.rows) == len(NAMES)


def test_an_item_takes_fifty_bytes(memory, catalogue):
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    catalogue.register([an_item(f"i{number:04}", "demo.images") for number in range(500)], ALICE)
    items = memory.known("demo.images").items
    assert items.rows.nbytes == 500 * 48
    assert len(items.parts) == 1, "what Items have in common is kept once"
