"""What stores answer to filters, text, orders, aggregations and questions about the past: the same, whichever it is."""

import pytest
from made_items import (
    EVERYBODY,
    OWNER,
    PUBLIC,
    SECRET,
    VALIDATOR,
    a_collection,
    an_item,
    ids,
    new,
    register,
)

from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.strictness import Rules, Strictness
from thalweg.core.errors import Conflict, InvalidParameter, NotFound
from thalweg.core.events import Event
from thalweg.core.expressions import Array, Instant, Literal, Operation, Property, Shape
from thalweg.core.geometry import BBox
from thalweg.core.principals import Visibility
from thalweg.core.queries import Aggregation, CollectionQuery, ItemQuery, Sort, Token
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase
from thalweg.core.time import Interval, instant

POINT = Shape('{"type":"Point","coordinates":[3,3]}')
HIDDEN = Visibility(frozenset({SECRET}))


@pytest.fixture(params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def store(request):
    if request.param == "pgstac":
        opened = open_pgstac(request.getfixturevalue("pgstac_url"))
    else:
        opened = open_store(request.getfixturevalue("items_url"))
    yield opened
    opened.close()


@pytest.fixture
def items(store):
    """Return a store of eight Items in two Collections, one of them hidden from everybody."""
    for name in ("a", "b"):
        store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    for day, (cloud, more) in enumerate(
        (
            (10, {"platform": "sentinel-2a", "title": "A quiet river"}),
            (20.5, {"platform": "sentinel-2b", "keywords": ["river delta", "Été"]}),
            (20.5, {"platform": "sentinel-2a", "other": True, "description": "Rivers and a delta"}),
            (None, {"platform": "landsat-8", "other": "yes"}),
            (99, {"other": 1}),
            (0, {"title": "Delta of a river", "instruments": ["msi"]}),
            (50, {"platform": "sentinel-2a", "description": "quiet"}),
        ),
        start=1,
    ):
        properties = {**more, **({} if cloud is None else {"eo:cloud_cover": cloud})}
        at = f"2024-0{day}-01T00:00:00Z"
        register(store, an_item(f"i{day}", "ab"[day % 2], (day, day, day + 1, day + 1), at, properties=properties))
    hidden = an_item("hidden", "a", datetime="2023-01-01T00:00:00Z", properties={"eo:cloud_cover": 1000, "own": "x"})
    register(store, hidden, visibility_class=SECRET)
    return store


def search(store, seen_by=EVERYBODY, **narrowing):
    return ids(store.find(ItemQuery(**{"limit": 100, **narrowing}), seen_by))


def compared(op, name, value):
    return Operation(op, (Property(name), Literal(value)))


@pytest.mark.parametrize(
    ("expression", "there"),
    [
        (compared("<", "eo:cloud_cover", 20.5), ["i6", "i1"]),
        (compared(">=", "eo:cloud_cover", 20.5), ["i7", "i5", "i3", "i2"]),
        (Operation("not", (compared("<", "eo:cloud_cover", 50),)), ["i7", "i5"]),
        (compared("=", "platform", "sentinel-2a"), ["i7", "i3", "i1"]),
        (Operation("isNull", (Property("platform"),)), ["i6", "i5"]),
        (Operation("like", (Property("platform"), Literal("sentinel%b"))), ["i2"]),
        (compared("=", "other", 1), ["i5"]),
        (compared("=", "other", value=True), ["i3"]),
        (Operation("in", (Property("eo:cloud_cover"), Array((Literal(0), Literal(99))))), ["i6", "i5"]),
        (compared("=", "own", "x"), []),
        (compared("=", "never:seen", 1), []),
        (Operation(">", (Property("datetime"), Instant(instant("2024-05-01T00:00:00Z")))), ["i7", "i6"]),
        (Operation("and", (compared("=", "collection", "b"), compared("<", "eo:cloud_cover", 21))), ["i3", "i1"]),
    ],
)
def test_a_filter_narrows_as_far_as_may_be_seen(items, expression, there):
    assert search(items, filter=expression) == there
    assert items.count(ItemQuery(filter=expression), EVERYBODY, 100) == len(there)


def test_a_hidden_item_answers_to_its_owner_alone(items):
    own = compared("=", "own", "x")
    assert search(items, OWNER, filter=own) == ["hidden"]
    assert search(items, HIDDEN, filter=compared(">", "eo:cloud_cover", 0)) == ["hidden"]
    assert search(items, Visibility(), filter=own) == []


@pytest.mark.parametrize(
    ("text", "there"),
    [
        (Phrase(("river",)), ["i6", "i2", "i1"]),
        (Phrase(("RIVER", "delta")), ["i2"]),
        (Phrase(("ete",)), ["i2"]),
        (AllOf((Phrase(("delta",)), Phrase(("river",)))), ["i6", "i2"]),
        (AnyOf((Phrase(("quiet",)), Phrase(("rivers",)))), ["i7", "i3", "i1"]),
        (AllOf((Phrase(("river",)), NoneOf((Phrase(("quiet",)),)))), ["i6", "i2"]),
        (NoneOf((Phrase(("river",)), Phrase(("delta",)))), ["i7", "i5", "i4"]),
        (AnyOf((Phrase(("rivers",)), NoneOf((Phrase(("river",)),)))), ["i7", "i5", "i4", "i3"]),
        (Phrase(("delta", "ete")), []),
        (Phrase(('river" OR "quiet',)), []),
    ],
)
def test_text_finds_words_and_phrases(items, text, there):
    assert search(items, text=text) == there


@pytest.mark.parametrize(
    ("sort", "there"),
    [
        ((Sort("datetime"),), ["i1", "i2", "i3", "i4", "i5", "i6", "i7"]),
        ((Sort("id", descending=True),), ["i7", "i6", "i5", "i4", "i3", "i2", "i1"]),
        ((Sort("eo:cloud_cover"),), ["i6", "i1", "i3", "i2", "i7", "i5", "i4"]),
        ((Sort("eo:cloud_cover", descending=True),), ["i5", "i7", "i2", "i3", "i1", "i6", "i4"]),
        (
            (Sort("properties.platform"), Sort("eo:cloud_cover", descending=True)),
            ["i4", "i7", "i3", "i1", "i2", "i5", "i6"],
        ),
        ((Sort("collection"), Sort("datetime")), ["i2", "i4", "i6", "i1", "i3", "i5", "i7"]),
        ((Sort("other"), Sort("datetime")), ["i3", "i5", "i4", "i1", "i2", "i6", "i7"]),
        ((Sort("other", descending=True), Sort("datetime")), ["i4", "i3", "i5", "i1", "i2", "i6", "i7"]),
    ],
)
def test_any_queryable_sorts_and_what_lacks_it_is_last(items, sort, there):
    order = search(items, sort=sort)
    ties = {"i2", "i3"} if sort[0].name == "eo:cloud_cover" else set()
    assert [one for one in order if one not in ties] == [one for one in there if one not in ties]
    assert sorted(order) == sorted(there)
    pages = [items.find(ItemQuery(sort=sort, limit=2), EVERYBODY)]
    while pages[-1].next:
        pages.append(items.find(ItemQuery(sort=sort, limit=2, after=pages[-1].next), EVERYBODY))
    assert [one for page in pages for one in ids(page)] == order
    back = items.find(ItemQuery(sort=sort, limit=2, after=pages[2].previous), EVERYBODY)
    assert ids(back) == ids(pages[1])


@pytest.fixture
def swot(store):
    """Return a store of one Collection without Items."""
    store.register_collection(VALIDATOR.collection(a_collection(), PUBLIC), [])
    return store


def test_kinds_of_values_are_sorted_beside_each_other_and_turned_around(swot):
    for number, value in enumerate((5, "s", True, 0.5, "t", None, False)):
        register(swot, an_item(f"{number}:{value}", properties={"mixed": value}))
    order = ["6:False", "3:0.5", "2:True", "0:5", "1:s", "4:t"]
    assert search(swot, sort=(Sort("mixed"),)) == [*order, "5:None"]
    assert search(swot, sort=(Sort("mixed", descending=True),)) == [*reversed(order), "5:None"]


def test_an_item_is_sorted_by_the_start_and_the_end_that_it_names(swot):
    for name, at, start, end in (
        ("at", "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z", "2024-02-02T00:00:00Z"),
        ("span", None, "2024-01-10T00:00:00.0002Z", "2024-03-01T00:00:00Z"),
        ("near", "2024-05-01T00:00:00Z", "2024-01-10T00:00:00.0001+00:00", "2024-01-11T00:00:00Z"),
        ("none", "2024-01-05T00:00:00Z", None, None),
    ):
        span = {"start_datetime": start, "end_datetime": end}
        item = VALIDATOR.item(an_item(name, datetime=at, properties=span), PUBLIC, Rules(Strictness.OFF))
        swot.register([item], [])
    assert search(swot, sort=(Sort("start_datetime"),)) == ["near", "span", "at", "none"]
    assert search(swot, sort=(Sort("properties.start_datetime", descending=True),)) == ["at", "span", "near", "none"]
    assert search(swot, sort=(Sort("end_datetime"),)) == ["near", "at", "span", "none"]
    assert aggregated(swot, "least", "start_datetime").value == "2024-01-10T00:00:00.0001Z"
    assert aggregated(swot, "greatest", "end_datetime").value == "2024-03-01T00:00:00Z"


def test_nothing_is_sorted_by_a_geometry_or_by_the_token_of_another_order(items):
    with pytest.raises(InvalidParameter):
        search(items, sort=(Sort("geometry"),))
    with pytest.raises(InvalidParameter):
        search(items, sort=(Sort("id"),), after=Token((1,)))


def aggregated(store, kind, name="", seen_by=EVERYBODY, query=ItemQuery(), most=100, **more):  # noqa: B008 - frozen
    (one,) = store.aggregate(query, [Aggregation("x", kind, name, **more)], seen_by, most)
    return one


def buckets(one):
    return [(bucket.key, bucket.count) for bucket in one.buckets]


def test_aggregations_tell_of_what_may_be_seen(items):
    assert aggregated(items, "count").value == 7
    assert aggregated(items, "count", seen_by=OWNER).value == 8
    assert aggregated(items, "count", seen_by=Visibility()).value == 0
    assert aggregated(items, "least", "datetime").value == "2024-01-01T00:00:00Z"
    assert aggregated(items, "least", "datetime", OWNER).value == "2023-01-01T00:00:00Z"
    assert aggregated(items, "greatest", "datetime").value == "2024-07-01T00:00:00Z"
    assert aggregated(items, "greatest", "eo:cloud_cover").value == 99
    assert aggregated(items, "greatest", "eo:cloud_cover", OWNER).value == 1000
    assert buckets(aggregated(items, "terms", "collection")) == [("a", 3), ("b", 4)]
    terms = [("landsat-8", 1), ("sentinel-2a", 3), ("sentinel-2b", 1)]
    assert buckets(aggregated(items, "terms", "platform")) == terms
    most = aggregated(items, "terms", "platform", most=1)
    assert (buckets(most), most.overflow) == ([("sentinel-2a", 3)], 2)
    assert buckets(aggregated(items, "histogram", "eo:cloud_cover", step=50.0)) == [(0, 4), (50, 2)]


@pytest.mark.parametrize("reach", [Reach.SEEN, Reach.KEPT])
def test_each_member_of_an_array_is_counted_once_an_item(swot, reach):
    for name in ("words", "parties"):
        swot.declare(Queryable(name, "array", "swot", reach), lambda *_: None)
    register(
        swot,
        an_item("a", "swot", properties={"words": ["river", "flood", "river"]}),
        an_item("b", "swot", properties={"words": ["flood", True, 1, 1.0, None, {"river": "Rhine"}, ["nested"]]}),
        an_item("c", "swot", properties={"words": "flood", "parties": [{"name": "Ann", "org": {"en": "Bureau"}}]}),
        an_item("d", "swot", properties={"words": 1, "parties": {"name": ["Ann", "Ann", "Ben"], "role": "owner"}}),
        an_item("e", "swot", properties={"words": [], "parties": "Ann"}),
    )
    words = aggregated(swot, "terms", "words")
    told = {(type(one.key) is bool, one.key): one.count for one in words.buckets}
    assert told == {(False, "flood"): 3, (False, "river"): 1, (False, 1): 2, (True, True): 1}
    assert buckets(aggregated(swot, "terms", "words", most=1)) == [("flood", 3)]
    assert aggregated(swot, "terms", "words", most=1).overflow == 4
    assert buckets(aggregated(swot, "terms", "parties")) == [("Ann", 1)]
    assert buckets(aggregated(swot, "terms", "parties", keys=("name",))) == [("Ann", 2), ("Ben", 1)]
    named = aggregated(swot, "terms", "parties", keys=("name", "org"))
    assert buckets(named) == [("Ann", 2), ("Ben", 1), ("Bureau", 1)]


@pytest.mark.parametrize("query", [ItemQuery(), ItemQuery(bbox=BBox(-180, -90, 180, 90))], ids=["rolled up", "counted"])
def test_dates_are_counted_by_day_month_and_year(items, query):
    months = aggregated(items, "dates", "datetime", query=query)
    assert buckets(months) == [(f"2024-0{month}-01T00:00:00Z", 1) for month in range(1, 8)]
    assert (months.buckets[0].low, months.buckets[0].high) == ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z")
    years = aggregated(items, "dates", "datetime", OWNER, query, interval="year")
    assert buckets(years) == [("2023-01-01T00:00:00Z", 1), ("2024-01-01T00:00:00Z", 7)]
    days = aggregated(items, "dates", "datetime", query=query, interval="day")
    assert days.buckets[-1].high == "2024-07-02T00:00:00Z"
    items.remove("b", "i1", 1, [])
    assert len(aggregated(items, "dates", "datetime", query=query).buckets) == 6


@pytest.mark.parametrize("query", [ItemQuery(), ItemQuery(bbox=BBox(-180, -90, 180, 90))], ids=["rolled up", "counted"])
@pytest.mark.parametrize("interval", ["day", "month", "year"])
def test_the_last_day_that_can_be_written_is_counted_as_others_are(swot, interval, query):
    register(swot, an_item("a", datetime="9999-12-31T23:59:59Z"), an_item("b", datetime="0001-01-01T00:00:00Z"))
    found = aggregated(swot, "dates", "datetime", query=query, interval=interval)
    assert [one.count for one in found.buckets] == [1, 1]
    assert found.buckets[0].low == "0001-01-01T00:00:00Z"
    assert found.buckets[1].high == "9999-12-31T23:59:59.999999Z"


def test_aggregations_follow_a_filter_and_cells_are_of_centres(items):
    low = ItemQuery(filter=compared("<", "eo:cloud_cover", 20))
    assert aggregated(items, "count", query=low).value == 2
    assert buckets(aggregated(items, "terms", "collection", query=low)) == [("a", 1), ("b", 1)]
    assert buckets(aggregated(items, "geohash", query=low, precision=1)) == [("s", 2)]
    assert buckets(aggregated(items, "geotile", query=low, precision=1)) == [("1/1/0", 2)]


@pytest.mark.parametrize("reach", [Reach.SEEN, Reach.INDEXED])
@pytest.mark.parametrize("seen_by", [EVERYBODY, OWNER, Visibility()])
def test_what_is_asked_together_is_answered_as_if_asked_alone(items, reach, seen_by):
    items.declare(Queryable("eo:cloud_cover", "number", None, reach), lambda *_: None)
    asked = (
        Aggregation("n", "count"),
        Aggregation("first", "least", "datetime"),
        Aggregation("clouds", "histogram", "eo:cloud_cover", step=10.0),
        Aggregation("platforms", "terms", "platform"),
        Aggregation("months", "dates", "datetime"),
        Aggregation("cells", "geohash", precision=2),
    )
    for least in (-1, 20, 2_000):
        query = ItemQuery(filter=compared(">", "eo:cloud_cover", least))
        together = items.aggregate(query, asked, seen_by, 3)
        assert together == tuple(items.aggregate(query, [one], seen_by, 3)[0] for one in asked)
    assert items.aggregate(ItemQuery(filter=compared(">", "eo:cloud_cover", 20)), asked, EVERYBODY, 3)[0].value == 4


def test_queryables_are_those_of_the_items_that_may_be_seen(items):
    told = {one.name: one for one in items.queryables("a", EVERYBODY)}
    assert {"id", "collection", "geometry", "datetime", "platform", "eo:cloud_cover", "other"} <= set(told)
    assert "own" not in told
    cloud = told["eo:cloud_cover"]
    assert (cloud.kind, cloud.least, cloud.greatest) == ("number", 0, 20.5)
    assert told["platform"].values == ("landsat-8", "sentinel-2b")
    assert told["datetime"].least == "2024-02-01T00:00:00Z"
    assert {one.name: one.greatest for one in items.queryables(None, OWNER)}["eo:cloud_cover"] == 1000
    assert "own" in {one.name for one in items.queryables("a", OWNER)}
    with pytest.raises(NotFound):
        items.queryables("nowhere", EVERYBODY)


def test_queryables_tell_the_first_and_the_last_time_that_may_be_seen(items):
    register(items, an_item("late", "a", datetime="2024-08-01T12:34:56.789Z"))
    register(items, an_item("later", "a", datetime="2024-08-01T23:00:00Z"), visibility_class=SECRET)
    for seen_by, first, last in (
        (EVERYBODY, "2024-02-01T00:00:00Z", "2024-08-01T12:34:56.789Z"),
        (OWNER, "2023-01-01T00:00:00Z", "2024-08-01T23:00:00Z"),
        (Visibility(frozenset({PUBLIC, "never/met"})), "2024-02-01T00:00:00Z", "2024-08-01T12:34:56.789Z"),
    ):
        told = {one.name: one for one in items.queryables("a", seen_by)}["datetime"]
        assert (told.least, told.greatest) == (first, last)
    told = {one.name: one for one in items.queryables(None, EVERYBODY)}["datetime"]
    assert (told.least, told.greatest) == ("2024-01-01T00:00:00Z", "2024-08-01T12:34:56.789Z")


def test_a_property_called_like_a_member_of_the_item_is_indexed_and_the_member_is_not(swot):
    for number, own in enumerate("cab"):
        register(swot, an_item(f"i{number}", properties={"id": own, "collection": own}))
    for name in ("properties.id", "properties.collection"):
        swot.declare(Queryable(name, "string", "swot", Reach.INDEXED), lambda *_: None)
        assert search(swot, sort=(Sort(name),)) == ["i1", "i2", "i0"]
        assert search(swot, filter=compared("=", name, "c")) == ["i0"]
        assert search(swot, filter=compared("=", name, "i0")) == []
    assert search(swot, sort=(Sort("id"),)) == ["i0", "i1", "i2"]
    reaches = {one.name: one.reach for one in swot.queryables("swot", EVERYBODY)}
    assert reaches["properties.id"] is reaches["properties.collection"] is Reach.INDEXED
    for name in ("id", "collection", "datetime"):
        with pytest.raises(InvalidParameter):
            swot.declare(Queryable(name, "string", "swot", Reach.INDEXED), lambda *_: None)


def test_a_declared_property_answers_as_before_and_says_so(items):
    asked = compared("=", "other", "yes")
    before = search(items, filter=asked), search(items, sort=(Sort("other"),))
    told = []

    def tell(*one):
        told.append(one)

    for reach in (Reach.KEPT, Reach.INDEXED, Reach.SEEN, Reach.INDEXED):
        before_it = len(told)
        items.declare(Queryable("other", "string", "a", reach), tell)
        items.declare(Queryable("other", "string", None, reach), tell)
        assert len(told) > before_it
        assert (search(items, filter=asked), search(items, sort=(Sort("other"),))) == before
        reached = {one.name: one.reach for one in items.queryables("a", EVERYBODY)}
        assert reached["other"] == reach
        register(items, an_item(f"later-{reach}", "a", properties={"other": "later"}))
        assert f"later-{reach}" in search(items, filter=compared("=", "other", "later"))
        items.remove("a", f"later-{reach}", items.item("a", f"later-{reach}", EVERYBODY).version, [])


def test_an_item_tells_what_it_was(items):
    first = items.item("b", "i1", EVERYBODY)
    items.replace(new(an_item("i1", "b", properties={"title": "changed"}))[0], 1, [])
    second = items.item("b", "i1", EVERYBODY)
    assert [(one.number, one.body) for one in items.versions("b", "i1", EVERYBODY)] == [
        (2, second.body),
        (1, first.body),
    ]
    items.remove("b", "i1", 2, [])
    gone = items.versions("b", "i1", EVERYBODY)
    assert [one.body for one in gone] == [None, second.body, first.body]
    assert gone[0].until is None
    assert gone[0].since == gone[1].until
    assert gone[1].since == gone[2].until
    register(items, an_item("i1", "b"))
    back = items.versions("b", "i1", EVERYBODY)
    assert [one.body is None for one in back] == [False, True, False, False]
    assert [one.body for one in back[2:]] == [second.body, first.body]
    with pytest.raises(NotFound):
        items.versions("a", "hidden", EVERYBODY)
    with pytest.raises(NotFound):
        items.versions("a", "never", EVERYBODY)


def told_of(outcome, item):
    return Event(outcome, f"{item.collection}/{item.id}", item.visibility_class)


def test_a_load_takes_what_it_can_and_tells_of_each(items):
    last = items.outbox.last()
    documents = [
        an_item("new", "a"),
        an_item("i2", "a"),
        an_item("lost", "nowhere"),
        an_item("new", "a", properties={"title": "second"}),
        an_item("new", "a", properties={"title": "second"}),
    ]
    loaded = items.load(new(*documents), told_of, replacing=True)
    assert [one.outcome for one in loaded] == ["registered", "replaced", "refused", "replaced", "unchanged"]
    assert isinstance(loaded[2].error, NotFound)
    assert [one.place for one in loaded] == [0, 1, 2, 3, 4]
    kinds = [one.event.kind for one in items.outbox.after(last)]
    assert kinds == ["registered", "replaced", "replaced"]
    again = items.load(new(documents[1], an_item("i4", "a")), told_of, replacing=False)
    assert [one.outcome for one in again] == ["unchanged", "refused"]
    assert isinstance(again[1].error, Conflict)
    assert len(items.versions("a", "new", EVERYBODY)) == 2


def test_what_a_load_replaces_keeps_its_class_and_its_event_has_it(items):
    last = items.outbox.last()
    changed = an_item("hidden", "a", properties={"changed": True})
    twice = [an_item("twice", "a"), an_item("twice", "a", properties={"changed": True})]
    documents = [*new(changed), *new(twice[0], visibility_class=SECRET), *new(twice[1])]
    loaded = items.load(documents, told_of, replacing=True)
    assert [one.outcome for one in loaded] == ["replaced", "registered", "replaced"]
    assert [one.event.visibility_class for one in items.outbox.after(last)] == [SECRET] * 3
    assert search(items, ids=("hidden", "twice")) == []
    assert sorted(search(items, OWNER, ids=("hidden", "twice"))) == ["hidden", "twice"]


def test_all_items_of_a_collection_are_removed_some_at_a_time_and_each_is_told_of(items):
    mine, last = sorted(search(items, OWNER, collections=("a",))), items.outbox.last()
    gone = []
    while number := items.remove_some("a", 3, lambda item_id, k: Event("removed", item_id, k)):
        gone.append(number)
    assert gone == [3, 1]
    told = {one.event.subject: one.event.visibility_class for one in items.outbox.after(last)}
    assert sorted(told) == mine
    assert told["hidden"] == SECRET
    assert search(items, OWNER, collections=("a",)) == []
    assert items.count(ItemQuery(collections=("a",)), OWNER, 9) == 0
    assert [one.body is None for one in items.versions("a", "hidden", OWNER)] == [True, False]
    assert list(items.check(lambda *_: None)) == []
    items.remove_collection("a", 1, [])
    with pytest.raises(NotFound):
        items.remove_some("a", 3, lambda item_id, k: Event("removed", item_id, k))


def test_nothing_takes_the_place_of_what_who_loads_may_not_see_nor_learns_of_it(items):
    before, last = items.versions("a", "hidden", OWNER), items.outbox.last()
    same = an_item("hidden", "a", datetime="2023-01-01T00:00:00Z", properties={"eo:cloud_cover": 1000, "own": "x"})
    said = set()
    for document in (same, an_item("hidden", "a")):
        for replacing in (True, False):
            (one,) = items.load(new(document), told_of, replacing=replacing, seen_by=EVERYBODY)
            assert (one.outcome, type(one.error)) == ("refused", Conflict)
            said.add(str(one.error))
    assert len(said) == 1
    assert (items.versions("a", "hidden", OWNER), items.outbox.last()) == (before, last)
    loaded = items.load(new(same, an_item("hidden", "a")), told_of, replacing=True, seen_by=OWNER)
    assert [one.outcome for one in loaded] == ["unchanged", "replaced"]


def repeated(op, several):
    return Operation(op, tuple(several))


@pytest.mark.parametrize(
    ("filter_", "there"),
    [
        (
            repeated("and", [compared(">", "eo:cloud_cover", n / 1000) for n in range(2_000)]),
            ["i7", "i5", "i3", "i2", "i1"],
        ),
        (repeated("and", [Operation("s_intersects", (Property("geometry"), POINT))] * 1_500), ["i3", "i2"]),
        (repeated("or", [compared("=", f"member {n}", 1) for n in range(1_500)] + [compared("=", "other", 1)]), ["i5"]),
    ],
    ids=["values", "places", "properties"],
)
def test_a_filter_of_many_parts_is_answered_as_one_of_few(items, filter_, there):
    assert search(items, filter=filter_) == there
    assert items.count(ItemQuery(filter=filter_), EVERYBODY, 100) == len(there)


@pytest.fixture
def many(store):
    """Return a store of Collections in different places, times and words."""
    for name, box, span, more in (
        ("north", [[0, 50, 10, 60]], ["2020-01-01T00:00:00Z", None], {"title": "Northern lakes", "license": "CC0-1.0"}),
        ("south", [[0, -60, 10, -50]], ["2010-01-01T00:00:00Z", "2015-01-01T00:00:00Z"], {"keywords": ["lake", "ice"]}),
        ("pacific", [[170, -10, -170, 10]], [None, "2012-01-01T00:00:00Z"], {"title": "Ocean", "license": "MIT"}),
        ("both", [[0, -60, 10, 60], [0, 50, 10, 60], [0, -60, 10, -50]], ["2016-01-01T00:00:00Z", None], {}),
    ):
        extent = {"spatial": {"bbox": box}, "temporal": {"interval": [span]}}
        document = VALIDATOR.collection(a_collection(name, extent=extent, **more), PUBLIC)
        store.register_collection(document, [])
    hidden = VALIDATOR.collection(a_collection("hidden", title="Lakes"), SECRET)
    store.register_collection(hidden, [])
    return store


@pytest.mark.parametrize(
    ("narrowing", "there"),
    [
        ({}, ["north", "south", "pacific", "both"]),
        ({"ids": ("south", "hidden", "never")}, ["south"]),
        ({"bbox": BBox(5, 55, 6, 56)}, ["north", "both"]),
        ({"bbox": BBox(5, 0, 6, 1)}, []),
        ({"bbox": BBox(175, 0, -175, 1)}, ["pacific"]),
        ({"interval": Interval.parse("2014-01-01T00:00:00Z/2017-01-01T00:00:00Z")}, ["south", "both"]),
        ({"interval": Interval.parse("../2011-01-01T00:00:00Z")}, ["south", "pacific"]),
        ({"text": Phrase(("lakes",))}, ["north"]),
        ({"text": AnyOf((Phrase(("lake",)), Phrase(("ocean",))))}, ["south", "pacific"]),
        ({"filter": compared("=", "license", "MIT")}, ["pacific"]),
        ({"filter": compared("like", "id", "%th")}, ["north", "south", "both"]),
        ({"filter": compared("=", "id", "south")}, ["south"]),
        ({"filter": compared("=", "id", "hidden")}, []),
        ({"filter": Operation("not", (compared("=", "id", "south"),))}, ["north", "pacific", "both"]),
        ({"filter": Operation("in", (Property("id"), Array((Literal("both"), Literal("north")))))}, ["north", "both"]),
        ({"filter": Operation("and", (compared("=", "id", "south"),) * 1_200)}, ["south"]),
        ({"sort": (Sort("id", descending=True),)}, ["south", "pacific", "north", "both"]),
        ({"sort": (Sort("title"),)}, ["north", "pacific", "south", "both"]),
    ],
)
def test_collections_are_searched_as_items_are(many, narrowing, there):
    query = CollectionQuery(**narrowing)
    assert ids(many.collections(query, EVERYBODY)) == there
    assert many.count_collections(query, EVERYBODY, 10) == len(there)
    pages = [many.collections(CollectionQuery(**narrowing, limit=1), EVERYBODY)]
    while pages[-1].next:
        pages.append(many.collections(CollectionQuery(**narrowing, limit=1, after=pages[-1].next), EVERYBODY))
    assert [one for page in pages for one in ids(page)] == there


@pytest.mark.parametrize(
    "sort",
    [
        (Sort("title"),),
        (Sort("id", descending=True),),
        (Sort("start_datetime"),),
        (Sort("end_datetime", descending=True), Sort("id")),
    ],
)
def test_pages_of_collections_go_on_where_the_last_of_them_is_gone(many, sort):
    whole = ids(many.collections(CollectionQuery(sort=sort), EVERYBODY))
    first = many.collections(CollectionQuery(sort=sort, limit=2), EVERYBODY)
    many.remove_collection(whole[1], 1, [])
    rest = many.collections(CollectionQuery(sort=sort, limit=2, after=first.next), EVERYBODY)
    assert ids(rest) == whole[2:]
    back = many.collections(CollectionQuery(sort=sort, limit=2, after=rest.previous), EVERYBODY)
    assert ids(back) == whole[:1]
    for other in (CollectionQuery(after=first.next), CollectionQuery(ids=tuple(whole), after=first.next)):
        with pytest.raises(InvalidParameter):
            many.collections(other, EVERYBODY)


def test_a_changed_collection_is_found_as_it_is_now(many):
    document = VALIDATOR.collection(a_collection("north", title="Dry"), PUBLIC)
    many.replace_collection(document, 1, [])
    assert ids(many.collections(CollectionQuery(text=Phrase(("lakes",))), EVERYBODY)) == []
    assert ids(many.collections(CollectionQuery(bbox=BBox(100, 0, 101, 1)), EVERYBODY)) == ["north"]
    many.remove_collection("north", 2, [])
    assert ids(many.collections(CollectionQuery(text=Phrase(("dry",))), EVERYBODY)) == []
    assert many.count_collections(CollectionQuery(), OWNER, 10) == 4


def test_a_property_called_like_a_member_of_the_item_is_told_from_it(items):
    said = {"id": "p9", "collection": "elsewhere", "geometry": "round"}
    register(items, an_item("own", "a", datetime="2024-09-01T00:00:00Z", properties=said))
    for name, value in said.items():
        assert search(items, filter=compared("=", f"properties.{name}", value)) == ["own"]
        assert search(items, filter=Operation("isNull", (Property(f"properties.{name}"),)), ids=("own", "i1")) == ["i1"]
        assert search(items, sort=(Sort(f"properties.{name}"),))[0] == "own"
    assert search(items, filter=compared("=", "id", "p9")) == []
    assert search(items, filter=compared("=", "collection", "elsewhere")) == []
    names = [one.name for one in items.queryables("a", EVERYBODY)]
    assert len(names) == len(set(names))
    assert {"id", "collection", "geometry", *(f"properties.{name}" for name in said)} <= set(names)
