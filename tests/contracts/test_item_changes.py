"""What every store of Items tells of its changes: each thing once, at its last change, in order, page by page."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from made_items import EVERYBODY, OWNER, PUBLIC, SECRET, VALIDATOR, a_collection, an_item, new, register

from thalweg.catalogue.changes import ChangeQuery
from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.errors import InvalidParameter
from thalweg.core.events import Event
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import Token


@pytest.fixture(params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def store(request):
    if request.param == "pgstac":
        opened = open_pgstac(request.getfixturevalue("pgstac_url"))
    else:
        opened = open_store(request.getfixturevalue("items_url"))
    for name in ("swot", "sentinel-2"):
        document = VALIDATOR.collection(a_collection(name), PUBLIC)
        opened.register_collection(document, [Event("collection.registered", name, PUBLIC)])
    yield opened
    opened.close()


def remove(store, collection, item_id):
    version = store.item(collection, item_id, EVERYTHING).version
    store.remove(collection, item_id, version, [])


def replace(store, document):
    (item,) = new(document)
    there = store.item(item.collection, item.id, EVERYTHING)
    return store.replace(item, there.version, [])


def told(store, seen_by=EVERYBODY, **asked):
    """Return what changed, read page by page: ids, with a minus before those that are gone."""
    found, after = [], None
    while True:
        page = store.changes(ChangeQuery(after=after, **asked), seen_by)
        assert len(page.found) <= asked.get("limit", 100)
        found += [f"{'-' if one.gone else ''}{one.item.id}" for one in page.found]
        if page.next is None:
            return found
        after = page.next


def test_items_are_told_in_the_order_of_their_last_change_each_once(store):
    for name in ("a", "b", "c"):
        register(store, an_item(name))
    replace(store, an_item("a", properties={"title": "New"}))
    assert told(store) == ["b", "c", "a"]
    assert [told(store, limit=limit) for limit in (1, 2, 3)] == [["b", "c", "a"]] * 3
    *_, last = store.changes(ChangeQuery(), EVERYBODY).found
    assert (last.item.version, orjson.loads(last.item.body)["properties"]["title"]) == (2, "New")


def test_what_was_removed_is_told_with_what_it_was_and_comes_back_as_itself(store):
    register(store, an_item("a", properties={"title": "Gone soon"}), an_item("b"))
    remove(store, "swot", "a")
    assert told(store) == ["b", "-a"]
    end = store.changes(ChangeQuery(), EVERYBODY).found[1]
    assert (end.item.collection, end.item.version) == ("swot", 1)
    assert orjson.loads(end.item.body)["properties"]["title"] == "Gone soon"
    register(store, an_item("a"))
    assert told(store) == ["b", "a"]
    remove(store, "swot", "a")
    assert told(store) == ["b", "-a"]


def test_what_is_not_seen_is_not_told_nor_is_its_end(store):
    register(store, an_item("open"))
    register(store, an_item("hidden"), an_item("ended"), visibility_class=SECRET)
    remove(store, "swot", "ended")
    assert told(store) == ["open"]
    assert told(store, OWNER) == ["open", "hidden", "-ended"]
    assert told(store, EVERYTHING) == ["open", "hidden", "-ended"]
    assert told(store, Visibility(frozenset())) == []


def test_collections_narrow_even_when_they_are_gone(store):
    register(store, an_item("a"), an_item("b", "sentinel-2"))
    remove(store, "sentinel-2", "b")
    assert told(store, collections=("swot",)) == ["a"]
    assert told(store, collections=("sentinel-2",)) == ["-b"]
    assert told(store, collections=("neither",)) == []
    version = store.collection("sentinel-2", EVERYTHING).version
    store.remove_collection("sentinel-2", version, [])
    assert told(store, collections=("sentinel-2",)) == ["-b"]
    assert told(store) == ["a", "-b"]


def test_ids_narrow_within_collections(store):
    register(store, an_item("a"), an_item("b"), an_item("a", "sentinel-2"))
    remove(store, "swot", "b")
    assert told(store, collections=("swot",), ids=("a",)) == ["a"]
    assert told(store, collections=("swot",), ids=("b",)) == ["-b"]
    assert told(store, collections=("swot",), ids=("c",)) == []


def test_a_span_of_time_narrows_its_end_left_out(store):
    register(store, an_item("a"))
    remove(store, "swot", "a")
    register(store, an_item("b"))
    gone, there = (one.at for one in store.changes(ChangeQuery(), EVERYBODY).found)
    assert gone < there
    assert told(store, since=gone) == ["-a", "b"]
    assert told(store, since=there) == ["b"]
    assert told(store, until=there) == ["-a"]
    assert told(store, until=gone) == []
    assert told(store, since=there + timedelta(seconds=1)) == []
    assert told(store, since=datetime(1, 1, 1, tzinfo=UTC)) == ["-a", "b"]


def test_who_goes_page_after_page_misses_nothing_that_changes_meanwhile(store):
    register(store, *(an_item(f"i{number}") for number in range(6)))
    first = store.changes(ChangeQuery(limit=2), EVERYBODY)
    seen = [one.item.id for one in first.found]
    late = next(name for name in ("i5", "i4", "i3") if name not in seen)
    replace(store, an_item(seen[0], properties={"title": "Again"}))
    remove(store, "swot", late)
    register(store, an_item("new"))
    after, rest = first.next, []
    while after is not None:
        page = store.changes(ChangeQuery(limit=2, after=after), EVERYBODY)
        rest += [f"{'-' if one.gone else ''}{one.item.id}" for one in page.found]
        after = page.next
    assert rest[-3:] == [seen[0], f"-{late}", "new"]
    assert sorted(rest[:-3]) == sorted({f"i{number}" for number in range(6)} - {*seen, late})


def test_many_classes_are_merged_into_one_order(store):
    for number in range(40):
        register(store, an_item(f"i{number:02}"), visibility_class=f"w{number % 20}/anyone")
    seen = Visibility(frozenset(f"w{number}/anyone" for number in range(20)))
    assert told(store, seen, limit=7) == [f"i{number:02}" for number in range(40)]


def test_all_that_is_settled_was_there_to_be_told(store):
    before = datetime.now(UTC) - timedelta(minutes=1)
    register(store, an_item("a"))
    settled = store.changes(ChangeQuery(), EVERYBODY).settled
    assert before <= settled <= datetime.now(UTC)


@pytest.mark.parametrize("keys", [(), ("a",), (1,), ("1", 2), (1, 0, 2)])
def test_a_token_of_another_list_is_refused(store, keys):
    with pytest.raises(InvalidParameter, match="token"):
        store.changes(ChangeQuery(after=Token(keys)), EVERYBODY)


@pytest.mark.parametrize("every", [1, 2, 3, 5])
def test_milestones_part_what_is_there_and_may_be_seen(store, every):
    register(store, *(an_item(name) for name in "abcde"))
    register(store, an_item("hidden"), visibility_class=SECRET)
    remove(store, "swot", "b")
    replace(store, an_item("a", properties={"title": "New"}))
    places = store.milestones(every, EVERYBODY)
    assert len(places) == (4 - 1) // every
    there = [one for one in store.changes(ChangeQuery(), EVERYBODY).found if not one.gone]
    assert [one.keys for one in places] == [one.place.keys for one in there[every - 1 : -1 : every]]
    parts = [store.changes(ChangeQuery(after=after), EVERYBODY).found for after in (None, *places)]
    assert [len([one for one in part if not one.gone]) for part in parts] == list(range(4, 0, -every))
