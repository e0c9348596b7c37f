"""The catalogue as it was: whatever became of Items since, the answer is that of a plain model of then."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_items import EVERYBODY, OWNER, PUBLIC, SECRET, VALIDATOR, a_collection, after_now, an_item, new

from thalweg.catalogue.comparing import compared
from thalweg.catalogue.copying import History
from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.errors import NotFound
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.geometry import BBox
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import Aggregation, CollectionQuery, ItemQuery, Sort
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.texts import AllOf, NoneOf, Phrase
from thalweg.core.time import Interval, instant

BOXES = ((0, 0, 10, 10), (20, 0, 30, 10), (170, -5, -170, 5), None)
TIMES = ("2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z", "2024-05-03T00:00:00.250Z")
TITLES = ("lake", "lake and ice", "ice")
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
SMALL = settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=CALM)
LONG = settings(max_examples=40, deadline=None, suppress_health_check=CALM)
CHANCE = st.randoms(use_true_random=False)
NUMBERS = count()


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory):
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('then') / 'items.sqlite'}")
    yield store
    store.close()


@pytest.fixture(scope="module")
def pgstac(pgstac_url_of_module):
    store = open_pgstac(pgstac_url_of_module)
    yield store
    store.close()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def store(request):
    return request.getfixturevalue(request.param)


@dataclass
class Model:
    """What was in two Collections, at each moment."""

    store: object
    names: tuple[str, str]
    state: dict = field(default_factory=dict)
    moments: list = field(default_factory=list)

    def remember(self):
        self.moments.append((after_now(), dict(self.state)))

    def put(self, place, secret, document):
        (item,) = new(document, visibility_class=SECRET if secret else PUBLIC)
        if place in self.state:
            was = self.store.item(*place, EVERYTHING)
            item = replace(item, visibility_class=was.visibility_class)
            self.store.replace(item, was.version, [])
        else:
            self.store.register([item], [])
        self.state[place] = (document, item.visibility_class)
        self.remember()

    def remove(self, place):
        if place in self.state:
            self.store.remove(*place, self.store.item(*place, EVERYTHING).version, [])
            del self.state[place]
            self.remember()

    def expected(self, state, seen_by, test):
        today = {place: kept[1] for _, then in self.moments for place, kept in then.items()}
        return {
            place
            for place, (document, visibility_class) in state.items()
            if seen_by.sees(visibility_class) and seen_by.sees(today[place]) and test(document)
        }


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("put", "put", "put", "remove")),
        st.integers(0, 1),
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from(BOXES),
        st.sampled_from(TIMES),
        st.sampled_from(TITLES),
        st.sampled_from((None, 5, 50, "much")),
    ),
    min_size=8,
    max_size=14,
)


def made(store, steps):
    number = next(NUMBERS)
    model = Model(store, (f"a{number}", f"b{number}"))
    for name in model.names:
        store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    model.remember()
    for kind, which, item, secret, box, at, title, cloud in steps:
        place = (model.names[which], f"i{item}")
        if kind == "remove":
            model.remove(place)
            continue
        properties = {"title": title, "odd": {"5": cloud}, **({} if cloud is None else {"eo:cloud_cover": cloud})}
        properties["level"] = TITLES.index(title)
        model.put(place, secret, an_item(place[1], place[0], box, at, properties=properties))
    return model


def meets(document, box):
    there = document.get("bbox")
    if there is None:
        return False
    spans = BBox(*there).spans()
    return any(
        a.west <= b.east and b.west <= a.east and a.south <= b.north and b.south <= a.north
        for a in spans
        for b in box.spans()
    )


def is_(name, op, value):
    return Operation(op, (Property(name), Literal(value)))


QUESTIONS = (
    ({}, lambda _: True),
    ({"bbox": BBox(5, 5, 6, 6)}, lambda one: meets(one, BBox(5, 5, 6, 6))),
    ({"bbox": BBox(175, 0, -175, 1)}, lambda one: meets(one, BBox(175, 0, -175, 1))),
    (
        {"interval": Interval(instant(TIMES[1]), None)},
        lambda one: instant(one["properties"]["datetime"]) >= instant(TIMES[1]),
    ),
    ({"ids": ("i0", "i2")}, lambda one: one["id"] in {"i0", "i2"}),
    ({"filter": is_("eo:cloud_cover", "<", 20)}, lambda one: one["properties"].get("eo:cloud_cover") == 5),
    ({"filter": is_("level", "=", 1)}, lambda one: one["properties"]["level"] == 1),
    ({"filter": is_("properties.level", ">", 0)}, lambda one: one["properties"]["level"] > 0),
    ({"filter": is_("datetime", ">", TIMES[2])}, lambda _: False),
    ({"filter": is_("datetime", ">=", TIMES[2])}, lambda one: one["properties"]["datetime"] == TIMES[2]),
    ({"text": Phrase(("ice",))}, lambda one: "ice" in one["properties"]["title"]),
    (
        {"text": AllOf((Phrase(("lake",)), NoneOf((Phrase(("ice",)),))))},
        lambda one: one["properties"]["title"] == "lake",
    ),
)
ORDERS = (
    (),
    (Sort("datetime"),),
    (Sort("eo:cloud_cover"),),
    (Sort("eo:cloud_cover", descending=True),),
    (Sort("level"), Sort("id", descending=True)),
    (Sort("title", descending=True),),
)


def paged(store, query, seen_by):
    """Return the Items of all pages, there and back again."""
    there, page = [], store.find(query, seen_by)
    pages = [page]
    while page.next is not None:
        page = store.find(replace(query, after=page.next), seen_by)
        pages.append(page)
    for one in pages:
        there += one.found
    back, page = list(pages[-1].found), pages[-1]
    while page.previous is not None:
        page = store.find(replace(query, after=page.previous), seen_by)
        back = [*page.found, *back]
    assert [one.id for one in back] == [one.id for one in there]
    return there


def found_then(store, steps, chance):
    model = made(store, steps)
    for at, state in model.moments:
        for narrowing, test in chance.sample(QUESTIONS, 5):
            seen_by = chance.choice((EVERYTHING, EVERYBODY, OWNER))
            query = ItemQuery(model.names, as_of=at, limit=2, sort=chance.choice(ORDERS), **narrowing)
            found = paged(store, query, seen_by)
            expected = model.expected(state, seen_by, test)
            assert {(one.collection, one.id) for one in found} == expected, (query, seen_by)
            assert len(found) == len(expected)
            assert store.count(query, seen_by, 100) == len(expected)
            for one in found:
                assert orjson.loads(one.body)["properties"] == state[one.collection, one.id][0]["properties"]


@given(steps=STEPS, chance=CHANCE)
@SMALL
def test_a_search_as_of_a_time_finds_what_was_there_then(store, steps, chance):
    found_then(store, steps, chance)


def ordered_then(store, steps, _chance):
    number = next(NUMBERS)
    name = f"c{number}"
    store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    there, told = {}, []
    for kind, _, item, _, box, at, title, cloud in steps:
        if kind == "remove" and item in there:
            store.remove(name, f"i{item}", there.pop(item), [])
        elif kind == "put":
            more = {} if cloud is None else {"eo:cloud_cover": cloud}
            (one,) = new(an_item(f"i{item}", name, box, at, properties={"title": title, **more}))
            kept = store.replace(one, there[item], []) if item in there else store.register([one], [])[0]
            there[item] = kept.version
        answers = [store.find(ItemQuery((name,), sort=order), EVERYTHING).found for order in ORDERS if not_level(order)]
        told.append((after_now(), answers))
    for at, answers in told:
        orders = [order for order in ORDERS if not_level(order)]
        for order, answer in zip(orders, answers, strict=True):
            assert store.find(ItemQuery((name,), sort=order, as_of=at), EVERYTHING).found == answer


@given(steps=STEPS, chance=CHANCE)
@SMALL
def test_the_order_of_then_is_the_order_that_the_catalogue_had_then(store, steps, chance):
    ordered_then(store, steps, chance)


def not_level(order):
    return all(one.name != "level" for one in order)


SUMS = (
    Aggregation("n", "count"),
    Aggregation("first", "least", "datetime"),
    Aggregation("titles", "terms", "title"),
    Aggregation("words", "terms", "words"),
    Aggregation("names", "terms", "parties", keys=("name",)),
    Aggregation("clouds", "terms", "eo:cloud_cover"),
    Aggregation("levels", "histogram", "level", step=1.0),
    Aggregation("greatest", "greatest", "level"),
    Aggregation("days", "dates", "datetime", interval="day"),
    Aggregation("cells", "geohash", precision=2),
    Aggregation("collections", "terms", "collection"),
)


def summed_then(store, steps, _chance):
    name, told, there = a_place(store), [], {}
    for kind, _, item, _, box, at, title, cloud in steps:
        if kind == "remove" and item in there:
            store.remove(name, f"i{item}", there.pop(item), [])
        elif kind == "put":
            more = {} if cloud is None else {"eo:cloud_cover": cloud}
            words, parties = title.split(), [{"name": word} for word in title.split()]
            said = {"title": title, "words": words, "parties": parties, "level": TITLES.index(title), **more}
            (one,) = new(an_item(f"i{item}", name, box, at, properties=said))
            kept = store.replace(one, there[item], []) if item in there else store.register([one], [])[0]
            there[item] = kept.version
        told.append((after_now(), store.aggregate(ItemQuery((name,)), SUMS, EVERYBODY, 10)))
    for at, answers in told:
        assert store.aggregate(ItemQuery((name,), as_of=at), SUMS, EVERYBODY, 10) == answers


@given(steps=STEPS, chance=CHANCE)
@SMALL
def test_sums_as_of_a_time_are_the_sums_of_then(store, steps, chance):
    summed_then(store, steps, chance)


def told_apart(store, steps, chance):
    model = made(store, steps)
    for _ in range(6):
        start, end = sorted(chance.sample(range(len(model.moments)), 2))
        narrowing, test = chance.choice(QUESTIONS)
        (at_start, was), (at_end, now) = model.moments[start], model.moments[end]
        before, after = (model.expected(state, OWNER, test) for state in (was, now))
        query, found = ItemQuery(model.names, limit=2, **narrowing), []
        while True:
            page = compared(lambda one: store.find(one, OWNER), query, at_start, at_end)
            found += page.found
            if page.next is None:
                break
            query = replace(query, after=page.next)
        told = {kind: {(d.item.collection, d.item.id) for d in found if d.kind == kind} for kind in KINDS}
        versions = {
            place: tuple(store.item(*place, EVERYTHING, at).version for at in (at_start, at_end))
            for place in before & after
        }
        assert len(found) == len({(d.item.collection, d.item.id) for d in found})
        assert told["came"] == after - before
        assert told["went"] == before - after
        assert told["changed"] == {place for place, (old, young) in versions.items() if old != young}


@given(steps=STEPS, chance=CHANCE)
@SMALL
def test_two_times_compared_tell_what_came_went_and_changed(store, steps, chance):
    told_apart(store, steps, chance)


KINDS = ("came", "went", "changed")


def read_then(store, steps, _chance):
    model = made(store, steps)
    for at, state in model.moments:
        for place in {place for _, then in model.moments for place in then}:
            if place in model.expected(state, EVERYBODY, lambda _: True):
                document = orjson.loads(store.item(*place, EVERYBODY, at).body)
                assert document["properties"] == state[place][0]["properties"]
            else:
                with pytest.raises(NotFound):
                    store.item(*place, EVERYBODY, at)


@given(steps=STEPS, chance=CHANCE)
@SMALL
def test_one_item_as_of_a_time_is_what_it_was(store, steps, chance):
    read_then(store, steps, chance)


@pytest.mark.peers
@pytest.mark.timeout(900)
@pytest.mark.parametrize("check", [found_then, ordered_then, summed_then, told_apart, read_then])
@given(steps=STEPS, chance=CHANCE)
@LONG
def test_many_more_pasts_are_answered_as_they_were(store, check, steps, chance):
    check(store, steps, chance)


def a_place(store):
    name = f"d{next(NUMBERS)}"
    store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    return name


def test_an_item_is_read_as_of_long_ago_however_often_it_changed(store):
    name, moments = a_place(store), []
    item = store.register(new(an_item("one", name, properties={"level": 0})), [])[0]
    for level in range(1, 40):
        moments.append(after_now())
        (changed,) = new(an_item("one", name, properties={"level": level}))
        item = store.replace(changed, item.version, [])
    for level, at in enumerate(moments):
        assert orjson.loads(store.item(name, "one", EVERYTHING, at).body)["properties"]["level"] == level


def test_what_was_hidden_then_stays_hidden_though_its_id_was_opened_since(store):
    name = a_place(store)
    store.register(new(an_item("one", name), visibility_class=SECRET), [])
    then = after_now()
    store.remove(name, "one", 1, [])
    store.register(new(an_item("one", name)), [])
    assert store.find(ItemQuery((name,)), EVERYBODY).found
    assert store.find(ItemQuery((name,), as_of=then), EVERYBODY).found == ()
    assert store.find(ItemQuery((name,), as_of=then), OWNER).found


def test_what_was_open_then_is_hidden_from_who_may_not_see_it_now(store):
    name = a_place(store)
    store.register(new(an_item("one", name)), [])
    then = after_now()
    assert store.find(ItemQuery((name,), as_of=then), EVERYBODY).found
    store.remove(name, "one", 1, [])
    store.register(new(an_item("one", name), visibility_class=SECRET), [])
    assert store.find(ItemQuery((name,), as_of=then), EVERYBODY).found == ()
    with pytest.raises(NotFound):
        store.item(name, "one", EVERYBODY, then)
    assert store.item(name, "one", OWNER, then).version == 1


def test_a_property_that_is_declared_later_finds_what_was_before(store):
    name, told = a_place(store), []
    store.register(new(an_item("one", name, properties={"late": 1})), [])
    first = after_now()
    store.declare(Queryable("late", "number", name, Reach.INDEXED), lambda *one: told.append(one))
    (changed,) = new(an_item("one", name, properties={"late": 2}))
    store.replace(changed, 1, [])
    second = after_now()
    store.remove(name, "one", 2, [])
    for at, value in ((first, 1), (second, 2)):
        for asked in (1, 2):
            query = ItemQuery((name,), filter=is_("late", "=", asked), as_of=at)
            assert len(store.find(query, EVERYTHING).found) == (asked == value)


def test_a_collection_is_found_as_it_was(store):
    name = a_place(store)
    first = after_now()
    box = {"spatial": {"bbox": [[5, 5, 6, 6]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}}
    changed = VALIDATOR.collection(a_collection(name, title="All rivers", extent=box), PUBLIC)
    store.replace_collection(changed, 1, [])
    second = after_now()
    store.remove_collection(name, 2, [])
    third = after_now()

    def found(at, **more):
        return [one.version for one in store.collections(CollectionQuery((name,), as_of=at, **more), EVERYBODY).found]

    assert (found(first), found(second), found(third)) == ([1], [2], [])
    assert found(first - timedelta(days=1)) == []
    assert found(first, bbox=BBox(50, 50, 51, 51)) == [1]
    assert found(second, bbox=BBox(50, 50, 51, 51)) == []
    assert found(second, bbox=BBox(5, 5, 51, 51)) == [2]
    assert (found(first, text=Phrase(("rivers",))), found(second, text=Phrase(("rivers",)))) == ([], [2])
    assert found(second, interval=Interval(None, instant("2019-01-01T00:00:00Z"))) == []
    assert found(first, interval=Interval(None, instant("2019-01-01T00:00:00Z"))) == [1]
    assert found(second, filter=is_("title", "=", "All rivers")) == [2]
    assert store.count_collections(CollectionQuery((name,), as_of=second), EVERYBODY, 10) == 1
    assert store.collections(CollectionQuery((name,), as_of=second), Visibility(frozenset())).found == ()
    assert orjson.loads(store.collection(name, EVERYBODY, second).body)["title"] == "All rivers"
    assert store.collection(name, EVERYBODY, first).version == 1
    with pytest.raises(NotFound):
        store.collection(name, EVERYBODY, third)


def test_collections_of_then_are_paged_in_their_order(store):
    names = [a_place(store) for _ in range(5)]
    then = after_now()
    for place, name in enumerate(names):
        if place % 2:
            store.replace_collection(VALIDATOR.collection(a_collection(name, title=f"t{place}"), PUBLIC), 1, [])
    store.remove_collection(names[2], 1, [])
    query, found = CollectionQuery(tuple(names), sort=(Sort("id", descending=True),), limit=2, as_of=then), []
    while True:
        page = store.collections(query, EVERYBODY)
        found += [one.id for one in page.found]
        if page.next is None:
            break
        query = replace(query, after=page.next)
    assert found == sorted(names, reverse=True)


def test_a_moment_is_settled_when_what_was_written_before_it_is_there(store):
    name = a_place(store)
    store.register(new(an_item("one", name)), [])
    at = store.settled()
    store.register(new(an_item("two", name)), [])
    assert [one.id for one in store.find(ItemQuery((name,), as_of=at), EVERYBODY).found] == ["one"]


def test_versions_that_came_along_with_a_copy_are_found_as_of_their_time(store, tmp_path):
    name = a_place(store)
    store.register(new(an_item("one", name, properties={"level": 1})), [])
    first = after_now()
    store.replace(*new(an_item("one", name, box=(50, 50, 51, 51), properties={"level": 2, "once": 1})), 1, [])
    second = after_now()
    store.replace(*new(an_item("one", name, properties={"level": 3})), 2, [])
    target = open_store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    target.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    (now,) = new(an_item("one", name, properties={"level": 3}))
    target.restore([History(now, store.versions(name, "one", EVERYTHING))], [])
    for at, level in ((first, 1), (second, 2)):
        (one,) = target.find(ItemQuery((name,), as_of=at), EVERYBODY).found
        assert orjson.loads(one.body)["properties"]["level"] == level
        assert len(target.find(ItemQuery((name,), as_of=at, filter=is_("level", "=", level)), EVERYBODY).found) == 1
        there = target.find(ItemQuery((name,), as_of=at, bbox=BBox(49, 49, 52, 52)), EVERYBODY).found
        assert len(there) == (level == 2)
    assert len(target.find(ItemQuery((name,), as_of=second, filter=is_("once", "=", 1)), EVERYBODY).found) == 1
    target.close()


def test_what_is_named_is_found_as_of_a_time_in_whatever_collection_it_was(store):
    one, other = a_place(store), a_place(store)
    store.register(new(an_item("of-both", one), an_item("of-both", other), an_item("stays", other)), [])
    then = after_now()
    store.remove(one, "of-both", 1, [])
    (changed,) = new(an_item("of-both", other, properties={"title": "ice"}))
    store.replace(changed, 1, [])
    store.remove_collection(one, 1, [])
    query = ItemQuery(ids=("of-both", "stays", "never"), as_of=then)
    found = store.find(query, EVERYBODY).found
    assert {(item.collection, item.id, item.version) for item in found} == {
        (one, "of-both", 1),
        (other, "of-both", 1),
        (other, "stays", 1),
    }
    assert store.count(query, EVERYBODY, 10) == 3
    assert {item.version for item in store.find(replace(query, as_of=None), EVERYBODY).found} == {1, 2}


def test_days_of_a_property_are_counted_as_they_were(store):
    name, days = a_place(store), Aggregation("days", "dates", "made", interval="day")
    store.declare(Queryable("made", "datetime", name, Reach.KEPT), lambda *_: None)
    store.register(
        new(*(an_item(f"i{n}", name, properties={"made": f"2024-05-0{n}T12:00:00Z"}) for n in (1, 2, 3))), []
    )
    then, told = after_now(), store.aggregate(ItemQuery((name,)), [days], EVERYBODY, 10)
    store.replace(*new(an_item("i1", name, properties={"made": "2024-05-03T00:00:00Z"})), 1, [])
    store.remove(name, "i2", 1, [])
    assert store.aggregate(ItemQuery((name,), as_of=then), [days], EVERYBODY, 10) == told
    (now,) = store.aggregate(ItemQuery((name,)), [days], EVERYBODY, 10)
    assert [(one.key, one.count) for one in now.buckets] == [("2024-05-03T00:00:00Z", 2)]


def test_days_of_a_property_that_was_declared_later_are_read_in_the_documents_of_then(store):
    name, days = a_place(store), Aggregation("days", "dates", "late_day", interval="day")
    store.register(new(an_item("one", name, properties={"late_day": "2024-05-01T12:00:00Z"})), [])
    then = after_now()
    store.replace(*new(an_item("one", name, properties={"late_day": "2024-05-02T12:00:00Z"})), 1, [])
    store.declare(Queryable("late_day", "datetime", name, Reach.KEPT), lambda *_: None)
    for at, day in ((then, "2024-05-01T00:00:00Z"), (after_now(), "2024-05-02T00:00:00Z")):
        (told,) = store.aggregate(ItemQuery((name,), as_of=at), [days], EVERYBODY, 10)
        assert [(one.key, one.count) for one in told.buckets] == [(day, 1)]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z"])
def test_before_the_catalogue_there_was_nothing(store, at):
    name = a_place(store)
    store.register(new(an_item("one", name)), [])
    asked = ItemQuery((name,), as_of=instant(at), sort=(Sort("id"),))
    assert store.find(asked, EVERYTHING).found == ()
    assert store.count(asked, EVERYTHING, 10) == 0
    assert store.aggregate(asked, SUMS[:2], EVERYTHING, 10)[0].value == 0
    assert store.collections(CollectionQuery((name,), as_of=instant(at)), EVERYTHING).found == ()


def test_one_that_was_removed_and_came_back_at_once_is_there_once(store):
    name = a_place(store)
    store.register(new(an_item("one", name, properties={"level": 0})), [])
    version, moments = 1, [after_now()]
    for level in range(1, 7):
        store.remove(name, "one", version, [])
        (again,) = store.register(new(an_item("one", name, properties={"level": level})), [])
        version, moments = again.version, [*moments, after_now()]
    for level, at in enumerate(moments):
        (found,) = store.find(ItemQuery((name,), as_of=at), EVERYTHING).found
        assert orjson.loads(found.body)["properties"]["level"] == level
        assert store.item(name, "one", EVERYTHING, at).version == found.version
    for at in (moments[0] + timedelta(milliseconds=n) for n in range(25)):
        assert len(store.find(ItemQuery((name,), as_of=at), EVERYTHING).found) <= 1
