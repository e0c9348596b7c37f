"""What every store of Items promises; a third party's store inherits the suite by one more parameter."""

import orjson
import pytest
from made_items import (
    EVERYBODY,
    OWNER,
    PUBLIC,
    SECRET,
    VALIDATOR,
    a_box,
    a_collection,
    an_item,
    events_of,
    found,
    ids,
    new,
    register,
    with_nul,
)

from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.errors import Conflict, InvalidParameter, NotFound, PreconditionFailed
from thalweg.core.events import Event
from thalweg.core.geometry import BBox
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import CollectionQuery, ItemQuery, Token
from thalweg.core.time import Interval, instant


@pytest.fixture(params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def opening(request):
    """Return what opens the store once more, as each process does for itself."""
    opened = []

    def open_it():
        if request.param == "pgstac":
            opened.append(open_pgstac(request.getfixturevalue("pgstac_url")))
        else:
            opened.append(open_store(request.getfixturevalue("items_url")))
        return opened[-1]

    yield open_it
    for one in opened:
        one.close()


@pytest.fixture
def store(opening):
    return opening()


@pytest.fixture
def items(store):
    for name in ("swot", "sentinel-2"):
        put_collection(store, name)
    return store


def put_collection(store, name, visibility_class=PUBLIC):
    document = VALIDATOR.collection(a_collection(name), visibility_class)
    return store.register_collection(document, [Event("collection.registered", name, visibility_class)])


def recorded(store):
    return [one.event.subject for one in store.outbox.after(0)]


def search(store, seen_by=EVERYBODY, **narrowing):
    return found(store.find(ItemQuery(**narrowing), seen_by))


def test_an_item_comes_back_as_it_was_written(items):
    document = an_item("S1", properties={"ünïcode": "Mälaren", "nested": {"a": [1, 2.5, None, True]}})
    (registered,) = register(items, document)
    there = items.item("swot", "S1", EVERYBODY)
    assert there == registered
    assert orjson.loads(there.body) == document
    assert (there.version, there.etag) == (1, '"1"')


def test_an_id_is_taken_only_once_per_collection(items):
    register(items, an_item("S1", "swot"))
    register(items, an_item("S1", "sentinel-2"))
    with pytest.raises(Conflict, match="'S1'"):
        register(items, an_item("S1", "swot"))


def test_items_are_registered_all_or_none(items):
    register(items, an_item("taken"))
    before = recorded(items)
    with pytest.raises(Conflict):
        register(items, an_item("new"), an_item("taken"))
    with pytest.raises(Conflict):
        register(items, an_item("twice"), an_item("twice"))
    with pytest.raises(NotFound):
        register(items, an_item("new"), an_item("lost", "nowhere"))
    assert ids(items.find(ItemQuery(), EVERYTHING)) == ["taken"]
    assert recorded(items) == before


def test_events_are_recorded_with_what_they_tell(items):
    register(items, an_item("a"), an_item("b"))
    assert recorded(items) == ["swot", "sentinel-2", "swot/a", "swot/b"]


def test_who_saw_nothing_finds_what_another_process_registers(opening):
    here, there = opening(), opening()
    assert search(here) == []
    put_collection(there, "swot")
    assert search(here) == []
    register(there, an_item("a"))
    assert search(here) == search(here, collections=("swot",)) == [("swot", "a")]
    assert here.count(ItemQuery(), EVERYBODY, 10) == 1
    register(there, an_item("b"), visibility_class=SECRET)
    assert len(search(here, OWNER)) == 2
    assert search(here) == [("swot", "a")]


def test_what_another_process_makes_has_the_class_that_it_gave(opening):
    here, there = opening(), opening()
    put_collection(there, "swot")
    assert search(here) == []
    register(there, an_item("a"), visibility_class=SECRET)
    changed = new(an_item("a", properties={"title": "changed"}))
    here.load(changed, lambda outcome, item: Event(outcome, item.id, item.visibility_class), replacing=True)
    assert here.outbox.after(0)[-1].event == Event("replaced", "a", SECRET)
    register(there, an_item("b"), visibility_class="other/owner")
    assert here.item("swot", "b", EVERYTHING).visibility_class == "other/owner"


def test_what_the_store_cannot_keep_is_refused_by_name_or_kept(store):
    document = with_nul(VALIDATOR.collection(a_collection("swot", title="with \ue000 in it"), PUBLIC))
    refused = None
    try:
        store.register_collection(document, [])
    except InvalidParameter as error:
        refused = error
    if refused is None:
        assert orjson.loads(store.collection("swot", EVERYBODY).body)["title"] == "with \0 in it"
    else:
        assert (refused.parameter, "NUL" in refused.why) == ("document", True)
        with pytest.raises(NotFound):
            store.collection("swot", EVERYBODY)


def test_what_may_not_be_seen_is_not_there(items):
    register(items, an_item("open"))
    register(items, an_item("hidden"), visibility_class=SECRET)
    with pytest.raises(NotFound) as hidden:
        items.item("swot", "hidden", EVERYBODY)
    with pytest.raises(NotFound) as absent:
        items.item("swot", "absent", EVERYBODY)
    assert str(hidden.value).replace("hidden", "absent") == str(absent.value)
    for narrowing in ({}, {"collections": ("swot",)}, {"ids": ("hidden", "open")}, {"bbox": BBox(0, 0, 20, 20)}):
        assert search(items, **narrowing) == [("swot", "open")]
        assert items.count(ItemQuery(**narrowing), EVERYBODY, 10) == 1
        assert len(search(items, OWNER, **narrowing)) == 2
        assert search(items, Visibility(), **narrowing) == []
    assert items.item("swot", "hidden", OWNER).visibility_class == SECRET


def test_a_class_that_is_new_is_seen_at_once_by_who_may(items):
    assert search(items, OWNER) == []
    register(items, an_item("hidden"), visibility_class=SECRET)
    assert search(items, OWNER) == [("swot", "hidden")]


def test_many_classes_are_seen_as_few_are(items):
    for number in range(40):
        register(items, an_item(f"i{number}"), visibility_class=f"w{number}/member")
    many = Visibility(frozenset(f"w{number}/member" for number in range(0, 40, 2)))
    assert set(ids(items.find(ItemQuery(limit=100), many))) == {f"i{number}" for number in range(0, 40, 2)}
    assert items.count(ItemQuery(collections=("swot",)), many, 100) == 20


def test_pages_come_newest_first_and_go_back(items):
    register(items, *(an_item(f"i{day:02}", datetime=f"2024-01-{day:02}T00:00:00Z") for day in range(1, 24)))
    first = items.find(ItemQuery(limit=10), EVERYBODY)
    second = items.find(ItemQuery(limit=10, after=first.next), EVERYBODY)
    third = items.find(ItemQuery(limit=10, after=second.next), EVERYBODY)
    assert [*ids(first), *ids(second), *ids(third)] == [f"i{day:02}" for day in range(23, 0, -1)]
    assert (first.previous, third.next) == (None, None)
    assert ids(items.find(ItemQuery(limit=10, after=third.previous), EVERYBODY)) == ids(second)
    back = items.find(ItemQuery(limit=10, after=second.previous), EVERYBODY)
    assert (ids(back), back.previous) == (ids(first), None)
    assert ids(items.find(ItemQuery(limit=10, after=back.next), EVERYBODY)) == ids(second)


def test_pages_neither_lose_nor_repeat_while_items_come_and_go(items):
    register(items, *(an_item(f"i{n}") for n in range(10)))
    first = items.find(ItemQuery(limit=4), EVERYBODY)
    register(items, an_item("newer", datetime="2025-01-01T00:00:00Z"), an_item("same time"[:4]))
    items.remove("swot", ids(first)[-1], 1, [])
    second = items.find(ItemQuery(limit=10, after=first.next), EVERYBODY)
    assert ids(first) + ids(second) == [f"i{n}" for n in range(9, -1, -1)]


def test_the_same_id_in_two_collections_is_two_items_on_two_pages(items):
    register(items, an_item("S1", "swot"), an_item("S1", "sentinel-2"))
    first = items.find(ItemQuery(limit=1, ids=("S1",)), EVERYBODY)
    second = items.find(ItemQuery(limit=1, ids=("S1",), after=first.next), EVERYBODY)
    assert {*found(first), *found(second)} == {("swot", "S1"), ("sentinel-2", "S1")}


def test_ids_and_collections_narrow(items):
    register(items, an_item("a", "swot"), an_item("a", "sentinel-2"), an_item("b", "swot"))
    assert set(search(items, ids=("a", "absent"))) == {("swot", "a"), ("sentinel-2", "a")}
    assert search(items, ids=("a",), collections=("swot", "nowhere")) == [("swot", "a")]
    assert search(items, collections=("nowhere",)) == []
    assert search(items, collections=("sentinel-2", "swot"), limit=2) == [("swot", "b"), ("sentinel-2", "a")]


ACROSS = (170, -10, -170, 10)


@pytest.mark.parametrize(
    ("bbox", "meets"),
    [
        ((175, -5, 179, 5), True),
        ((-179, -5, -175, 5), True),
        ((160, -5, -160, 5), True),
        ((179, 5, -179, 6), True),
        ((-170, 0, -160, 5), True),
        ((-160, -5, 160, 5), False),
        ((160, -5, 165, 5), False),
        ((165, 20, -165, 30), False),
        ((150, -5, -175, 5), True),
    ],
)
@pytest.mark.parametrize("ring", ["split", "jumping"])
def test_a_box_meets_what_crosses_the_antimeridian(items, bbox, meets, ring):
    west, east = a_box(170, -10, 180, 10), a_box(-180, -10, -170, 10)
    split = {"type": "MultiPolygon", "coordinates": [west["coordinates"], east["coordinates"]]}
    register(items, an_item("pacific", box=ACROSS, geometry=split if ring == "split" else a_box(*ACROSS)))
    for narrowing in ({}, {"collections": ("swot",)}, {"ids": ("pacific",)}):
        assert (search(items, bbox=BBox(*bbox), **narrowing) == [("swot", "pacific")]) is meets


def test_a_box_that_crosses_meets_what_does_not(items):
    register(items, an_item("fiji", box=(177, -19, 179, -16)), an_item("samoa", box=(-173, -14, -171, -13)))
    register(items, an_item("mali", box=(-5, 10, 5, 20)))
    assert set(search(items, bbox=BBox(170, -20, -170, 0))) == {("swot", "fiji"), ("swot", "samoa")}


def test_an_item_with_a_half_on_either_side_of_a_wide_box_is_found_once(items):
    register(items, an_item("pacific", box=ACROSS), an_item("mali", box=(-5, 10, 5, 20)))
    for bbox, there in (((-180, -90, 180, 90), ["mali", "pacific"]), ((10, -90, -10, 90), ["pacific"])):
        wide = ItemQuery(bbox=BBox(*bbox))
        assert sorted(found(items.find(wide, EVERYBODY))) == [("swot", name) for name in there]
        assert items.count(wide, EVERYBODY, 10) == len(there)


def test_an_item_at_the_pole_or_all_around_the_globe_is_met(items):
    register(items, an_item("pole", box=(-180, 85, 180, 90)), an_item("globe", box=(-180, -90, 180, 90)))
    assert set(search(items, bbox=BBox(0, 89, 1, 90))) == {("swot", "pole"), ("swot", "globe")}
    assert search(items, bbox=BBox(170, -90, -170, -80)) == [("swot", "globe")]


def test_a_box_meets_the_shape_not_its_frame(items):
    triangle = {"type": "Polygon", "coordinates": [[[0, 0], [10, 0], [0, 10], [0, 0]]]}
    register(items, an_item("triangle", box=(0, 0, 10, 10), geometry=triangle))
    assert search(items, bbox=BBox(8, 8, 9, 9)) == []
    assert search(items, bbox=BBox(5, 5, 9, 9)) == [("swot", "triangle")]
    assert search(items, intersects={"type": "Point", "coordinates": [9, 9]}) == []
    assert search(items, intersects={"type": "LineString", "coordinates": [[9, 9], [1, 1]]}) == [("swot", "triangle")]


def test_box_and_shape_must_both_be_met_though_not_at_one_place(items):
    register(items, an_item("wide", box=(0, 0, 40, 10)), an_item("west", box=(0, 0, 10, 10)))
    east = a_box(30, 0, 35, 5)
    assert search(items, bbox=BBox(0, 0, 5, 5), intersects=east) == [("swot", "wide")]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [10.5, 10.5]},
        {"type": "LineString", "coordinates": [[10, 10, 100], [11, 11, 200]]},
        {"type": "MultiPoint", "coordinates": [[10.5, 10.5], [10.6, 10.6]]},
        {"type": "Polygon", "coordinates": [[[10, 10], [11, 11], [11, 10], [10, 11], [10, 10]]]},
    ],
)
def test_every_kind_of_geometry_is_found(items, geometry):
    register(items, an_item("one", geometry=geometry, bbox=[10, 10, 0, 11, 11, 300]))
    assert search(items, bbox=BBox(10.4, 10.4, 10.7, 10.7)) == [("swot", "one")]
    assert search(items, intersects=geometry) == [("swot", "one")]
    assert search(items, bbox=BBox(12, 12, 13, 13)) == []


def test_what_meets_one_part_of_a_geometry_collection_meets_it(items):
    register(items, an_item("one"), an_item("other", box=(50, 50, 51, 51)), an_item("none", box=(30, 30, 31, 31)))
    parts = [{"type": "Point", "coordinates": [10.5, 10.5]}, a_box(50.5, 50.5, 60, 60)]
    asked = {"type": "GeometryCollection", "geometries": parts}
    assert set(search(items, intersects=asked)) == {("swot", "one"), ("swot", "other")}


def test_an_item_without_geometry_is_nowhere(items):
    register(items, an_item("table", box=None))
    assert search(items) == [("swot", "table")]
    assert search(items, bbox=BBox(-180, -90, 180, 90)) == []


@pytest.mark.parametrize(
    ("interval", "there"),
    [
        ("2024-01-01T00:00:00Z", {"instant", "span"}),
        ("2024-01-02T00:00:00Z", {"span"}),
        ("2023-06-01T00:00:00Z/2023-12-31T23:59:59.999Z", set()),
        ("../2023-12-31T23:59:59.999Z", set()),
        ("../2024-01-01T00:00:00Z", {"instant", "span"}),
        ("2024-01-31T00:00:00Z/..", {"span", "late"}),
        ("2024-01-31T00:00:00.001Z/..", {"late"}),
        ("2024-01-01T01:00:00+01:00", {"instant", "span"}),
        ("2023-01-01T00:00:00Z/2025-01-01T00:00:00Z", {"instant", "span", "late"}),
    ],
)
def test_an_interval_meets_the_whole_time_of_an_item(items, interval, there):
    span = {"start_datetime": "2024-01-01T00:00:00Z", "end_datetime": "2024-01-31T00:00:00Z"}
    register(
        items, an_item("instant", datetime="2024-01-01T00:00:00Z"), an_item("span", datetime=None, properties=span)
    )
    register(items, an_item("late", datetime="2024-02-01T12:00:00Z"))
    for narrowing in ({}, {"collections": ("swot",)}, {"bbox": BBox(0, 0, 20, 20)}):
        names = {item_id for _, item_id in search(items, interval=Interval.parse(interval), **narrowing)}
        assert names == there


def test_an_item_without_a_date_is_sorted_by_its_start(items):
    span = {"start_datetime": "1999-04-15T00:00:00Z", "end_datetime": "2024-01-31T00:00:00Z"}
    register(items, an_item("span", datetime=None, properties=span), an_item("old", datetime="2000-01-01T00:00:00Z"))
    assert search(items) == [("swot", "old"), ("swot", "span")]


def test_wrong_shapes_are_refused(items):
    with pytest.raises(InvalidParameter) as refused:
        search(items, intersects={"type": "LineString", "coordinates": [[1, 1]]})
    assert refused.value.parameter == "intersects"


def test_counting_stops_at_its_bound(items):
    register(items, *(an_item(f"i{n}") for n in range(5)))
    there = BBox(0, 0, 20, 20)
    assert items.count(ItemQuery(bbox=there, limit=1), EVERYBODY, 5) == 5
    assert items.count(ItemQuery(bbox=there), EVERYBODY, 4) is None


def test_a_replaced_item_is_found_where_it_is_now(items):
    register(items, an_item("S1"))
    (moved,) = new(an_item("S1", box=(50, 50, 51, 51), datetime="2020-01-01T00:00:00Z"))
    changed = items.replace(moved, 1, events_of([moved], "item.changed"))
    assert (changed.version, items.item("swot", "S1", EVERYBODY)) == (2, changed)
    assert search(items, bbox=BBox(0, 0, 20, 20)) == []
    assert search(items, bbox=BBox(49, 49, 52, 52), interval=Interval.parse("../2021-01-01T00:00:00Z")) != []
    assert recorded(items)[-1] == "swot/S1"


def test_a_change_to_another_version_changes_nothing(items):
    register(items, an_item("S1"))
    (other,) = new(an_item("S1", datetime="2020-01-01T00:00:00Z"))
    before = items.item("swot", "S1", EVERYBODY)
    with pytest.raises(PreconditionFailed):
        items.replace(other, 2, events_of([other]))
    with pytest.raises(PreconditionFailed):
        items.remove("swot", "S1", 2, [])
    with pytest.raises(NotFound):
        items.replace(new(an_item("S2"))[0], 1, [])
    assert items.item("swot", "S1", EVERYBODY) == before
    assert recorded(items)[-1] == "swot/S1"


def test_a_removed_item_is_gone_and_its_version_never_comes_back(items):
    register(items, an_item("S1", box=(170, 0, -170, 10)))
    items.replace(new(an_item("S1"))[0], 1, [])
    items.remove("swot", "S1", 2, [Event("item.removed", "swot/S1", PUBLIC)])
    with pytest.raises(NotFound):
        items.item("swot", "S1", EVERYBODY)
    with pytest.raises(NotFound):
        items.remove("swot", "S1", 2, [])
    assert search(items) == search(items, bbox=BBox(-180, -90, 180, 90)) == []
    (again,) = register(items, an_item("S1"))
    assert again.version == 3


def test_a_collection_comes_and_changes_and_goes(store):
    first = put_collection(store, "swot")
    assert store.collection("swot", EVERYBODY) == first
    with pytest.raises(Conflict):
        put_collection(store, "swot")
    titled = VALIDATOR.collection(a_collection("swot", title="SWOT"), PUBLIC)
    with pytest.raises(PreconditionFailed):
        store.replace_collection(titled, 7, [])
    changed = store.replace_collection(titled, 1, [])
    assert (changed.version, orjson.loads(changed.body)["title"]) == (2, "SWOT")
    store.remove_collection("swot", 2, [Event("collection.removed", "swot", PUBLIC)])
    with pytest.raises(NotFound):
        store.collection("swot", EVERYBODY)
    with pytest.raises(NotFound):
        register(store, an_item("S1"))
    assert put_collection(store, "swot").version == 3


def test_the_extent_of_items_holds_them_all(items):
    assert items.extent("swot") is None
    register(items, an_item("one", "swot", (10, 20, 11, 22), "2024-01-02T00:00:00Z"))
    register(items, an_item("other", "swot", (-30, 21, -29, 25), "2024-05-02T00:00:00.25Z"))
    register(items, an_item("elsewhere", "sentinel-2", (100, 0, 101, 1), "2020-01-01T00:00:00Z"))
    found = items.extent("swot")
    assert found.box == BBox(-30, 20, 11, 25)
    assert (found.first, found.last) == (instant("2024-01-02T00:00:00Z"), instant("2024-05-02T00:00:00.25Z"))
    register(items, an_item("across", "swot", (170, 0, -170, 1)))
    assert items.extent("swot").box == BBox(-180, 0, 180, 25)
    assert items.extent("never") is None


def test_a_collection_with_items_stays(items):
    register(items, an_item("S1"), visibility_class=SECRET)
    with pytest.raises(Conflict):
        items.remove_collection("swot", 1, [])
    items.remove("swot", "S1", 1, [])
    items.remove_collection("swot", 1, [])


def test_collections_are_listed_by_page_as_far_as_they_are_seen(store):
    for number in range(7):
        put_collection(store, f"open-{number}")
        put_collection(store, f"hidden-{number}", SECRET)
    first = store.collections(CollectionQuery(limit=3), EVERYBODY)
    second = store.collections(CollectionQuery(limit=3, after=first.next), EVERYBODY)
    third = store.collections(CollectionQuery(limit=3, after=second.next), EVERYBODY)
    assert ids(first) + ids(second) + ids(third) == [f"open-{number}" for number in range(7)]
    assert (first.previous, third.next) == (None, None)
    assert ids(store.collections(CollectionQuery(limit=3, after=second.previous), EVERYBODY)) == ids(first)
    assert len(store.collections(CollectionQuery(limit=100), OWNER).found) == 14
    with pytest.raises(NotFound):
        store.collection("hidden-1", EVERYBODY)
    assert store.collections(CollectionQuery(limit=3, after=Token((10**9,))), EVERYBODY).found == ()


def test_many_alike_items_come_back_as_they_were_written(items):
    documents = [an_item(f"i{n}", properties={"platform": "sentinel-2b", "number": n}) for n in range(300)]
    for start in range(0, 300, 50):
        register(items, *documents[start : start + 50])
    for document in documents:
        assert orjson.loads(items.item("swot", document["id"], EVERYBODY).body) == document
