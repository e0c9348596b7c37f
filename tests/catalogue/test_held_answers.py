"""Counts and sums are remembered for all threads until something changes, whoever changes it, and by who may see."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier, Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_items import PUBLIC, SECRET, VALIDATOR, a_collection, an_item, events_of, ids, new

from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.stores.sqlite.held import Held
from thalweg.catalogue.stores.sqlite.sentinel import Sentinel
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import Aggregation, ItemQuery, Sort, Token

WET = ItemQuery(filter=Operation("=", (Property("state"), Literal("wet"))))
DRY = ItemQuery(filter=Operation("like", (Property("state"), Literal("%dry%"))))
STATES = (Aggregation("states", "terms", "state"),)
FEW_SECONDS, LONG = 30.0, 60.0


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


@pytest.fixture
def others():
    """Return threads beside this one."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


def put(store, *names, state="wet", visibility_class=PUBLIC, collection="a"):
    documents = (an_item(name, collection, properties={"state": state}) for name in names)
    items = new(*documents, visibility_class=visibility_class)
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


def test_a_count_follows_what_another_process_writes(store, tmp_path):
    assert store.count(WET, EVERYTHING, 100) == 30
    program = "import apsw, sys; apsw.Connection(sys.argv[1]).execute('DELETE FROM item WHERE id = ?', ('i7',))"
    subprocess.run([sys.executable, "-c", program, tmp_path / "items.sqlite"], check=True)
    assert store.count(WET, EVERYTHING, 100) == 29


def test_a_remembered_count_is_of_who_asked(store):
    assert store.count(WET, EVERYTHING, 100) == 30
    assert store.count(WET, Visibility(frozenset({"w1/member"})), 100) == 0
    assert store.count(WET, Visibility(frozenset({PUBLIC})), 100) == 30


def test_what_is_counted_quickly_is_counted_beyond_the_bound(store):
    assert store.count(WET, EVERYTHING, 10) is None
    assert store.count(WET, EVERYTHING, 10, 60.0) == 30
    assert store.count(WET, EVERYTHING, 10, 1e-9) in (None, 30)


def test_what_one_thread_counted_all_know(store, others):
    assert others.submit(store.count, WET, EVERYTHING, 100).result() == 30
    held = store._held._answers
    assert len(held) == 2  # the count, and how many there are
    assert store.count(WET, EVERYTHING, 100) == 30
    assert len(held) == 2


def test_what_is_not_there_is_found_as_soon_as_it_is(store, url):
    """To find nothing is remembered; it is forgotten as a count is, and a wrong question stays wrong."""
    for _ in range(2):
        assert store.find(DRY, EVERYTHING).found == ()
    with pytest.raises(InvalidParameter):
        store.find(ItemQuery(filter=DRY.filter, after=Token((1,))), EVERYTHING)
    with pytest.raises(InvalidParameter):
        store.find(ItemQuery(filter=DRY.filter, sort=(Sort("geometry"),)), EVERYTHING)
    with closing(open_store(url)) as other:
        put(other, "late", state="dry", visibility_class=SECRET)
    assert ids(store.find(DRY, EVERYTHING)) == ["late"]
    assert store.find(DRY, Visibility(frozenset({PUBLIC}))).found == ()
    assert ids(store.find(DRY, Visibility(frozenset({PUBLIC, SECRET})))) == ["late"]


def test_no_more_is_remembered_than_there_is_room_for():
    held = Held(FEW_SECONDS)
    for number in range(100):
        assert held.answer((1, 1), ("long", number), lambda: "x" * 50_000) == "x" * 50_000
    assert held.answer((1, 1), ("huge",), lambda: "x" * 4_000_000) == "x" * 4_000_000
    for number in range(10):
        held.answer((1, 1), ("short", number), lambda: "told")
    again = [held.answer((1, 1), ("short", number), lambda: "asked again") for number in range(10)]
    assert again == ["told"] * 10
    assert held._size < 2_200_000
    assert held.answer((1, 1), ("long", 0), lambda: "asked again") == "asked again"


def test_an_old_moment_neither_forgets_nor_is_told(others):
    """Who looked at the file before others did asks for itself, and leaves what they know."""
    held = Held(FEW_SECONDS)
    assert held.answer((1, 7), "how many", lambda: 7) == 7
    assert held.answer((1, 6), "how many", lambda: 6) == 6
    assert others.submit(held.answer, (1, 7), "how many", lambda: 0).result() == 7
    assert held.answer((2, 1), "how many", lambda: 1) == 1


def test_what_several_ask_at_once_is_looked_for_once(others):
    held, began, told, asked = Held(FEW_SECONDS), Event(), Event(), []

    def look():
        asked.append("once")
        began.set()
        assert told.wait(LONG)
        return 42

    first = others.submit(held.answer, (1, 1), "how many", look)
    assert began.wait(LONG)
    more = [others.submit(held.answer, (1, 1), "how many", look) for _ in range(3)]
    told.set()
    assert [one.result() for one in (first, *more)] == [42] * 4
    assert asked == ["once"]


def test_who_waits_for_an_answer_that_does_not_come_looks_itself(others):
    held, began, told = Held(FEW_SECONDS), Event(), Event()

    def fail():
        began.set()
        assert told.wait(LONG)
        raise InvalidParameter("filter", "cannot be answered")

    first = others.submit(held.answer, (1, 1), "how many", fail)
    assert began.wait(LONG)
    second = others.submit(held.answer, (1, 1), "how many", lambda: 3)
    impatient = Held(0.0)
    slow = others.submit(impatient.answer, (1, 1), "how many", lambda: told.wait(LONG))
    while not impatient._asked:
        pass
    assert impatient.answer((1, 1), "how many", lambda: 5) == 5
    told.set()
    with pytest.raises(InvalidParameter):
        first.result()
    assert (second.result(), slow.result()) == (3, True)
    assert held.answer((1, 1), "how many", lambda: 4) in (3, 4)


def test_nobody_is_told_what_was_before_it_asked(store, url, others):
    """While two stores write to one file, each count lies between what was written before it and what was after."""
    written, begun, done, readers = [0], [0], Event(), 2
    together = Barrier(readers + 1)

    def write():
        together.wait()
        try:
            with closing(open_store(url)) as other:
                for number in range(40):
                    begun[0] += 1
                    put((store, other)[number % 2], f"w{number}")
                    written[0] += 1
        finally:
            done.set()

    def read():
        together.wait()
        while not done.is_set():
            low, found, high = written[0], store.count(WET, EVERYTHING, 1000), begun[0]
            assert 30 + low <= found <= 30 + high

    for one in [others.submit(write), *(others.submit(read) for _ in range(readers))]:
        one.result()
    assert store.count(WET, EVERYTHING, 1000) == 70


CLASSES = (PUBLIC, SECRET, "w1/member")
CALLERS = [EVERYTHING, *(Visibility(frozenset(some)) for some in ((), CLASSES[:1], CLASSES[1:], CLASSES))]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(CLASSES), st.sampled_from(["wet", "dry"])),
        st.tuples(st.just("take"), st.integers(0, 9)),
        st.tuples(st.just("ask"), st.sampled_from(CALLERS), st.sampled_from([WET, DRY])),
    ),
    max_size=25,
)


@settings(deadline=None, max_examples=8, derandomize=True)
@given(steps=STEPS)
def test_every_thread_counts_what_its_caller_may_see(tmp_path_factory, steps):
    """Whatever is written and asked in whatever order, by threads in turn: what is told is what a list tells."""
    url = f"sqlite:///{tmp_path_factory.mktemp('held') / 'items.sqlite'}"
    there = {}
    with closing(open_store(url)) as store, ThreadPoolExecutor(3) as pool:
        store.register_collection(VALIDATOR.collection(a_collection("a"), PUBLIC), [])
        for number, (what, *more) in enumerate(steps):
            if what == "put":
                visibility_class, state = more
                put(store, f"i{number}", state=state, visibility_class=visibility_class)
                there[f"i{number}"] = (visibility_class, state)
            elif what == "take" and there:
                name = list(there)[more[0] % len(there)]
                store.remove("a", name, 1, [])
                del there[name]
            elif what == "ask":
                caller, query = more
                state = "wet" if query is WET else "dry"
                seen = {name for name, (of, said) in there.items() if said == state and caller.sees(of)}
                asked = [pool.submit(store.count, query, caller, 1000) for _ in range(2)]
                assert [one.result() for one in asked] == [len(seen)] * 2
                assert set(ids(pool.submit(store.find, query, caller).result())) == seen if len(seen) <= 10 else True


def test_a_file_that_is_opened_again_has_another_stamp(store, tmp_path):
    sentinel = Sentinel(str(tmp_path / "items.sqlite"))
    before = sentinel.now()
    assert sentinel.now() == before
    put(store, "one")
    after = sentinel.now()
    assert after > before
    sentinel.close()
    assert sentinel.now() > after
    sentinel.close()
