"""What was accepted stays, what was not leaves nothing, whatever dies when."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import apsw
import orjson
import pytest
from made_items import EVERYBODY, PUBLIC, VALIDATOR, a_collection, an_item, events_of, new, register

from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.errors import Conflict, PreconditionFailed, Unavailable
from thalweg.core.events import Event
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.geometry import BBox
from thalweg.core.queries import ItemQuery
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.texts import Phrase
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate, revision_of

HERE = Path(__file__).parent
BATCH = 7


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'items.sqlite'}"


@contextmanager
def running(*arguments):
    """Run one of the programs beside this file."""
    paths = os.pathsep.join((str(HERE), str(HERE.parent / "contracts")))
    started = subprocess.Popen(
        [sys.executable, "-u", str(HERE / "item_programs.py"), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def test_a_kill_in_the_middle_loses_no_accepted_item_and_leaves_no_half(url, tmp_path):
    store = open_store(url)
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    accepted = []
    for round_number in range(6):
        with running("write", url, f"r{round_number}", str(BATCH)) as writer:
            accepted.extend(writer.stdout.readline().strip() for _ in range(3 + 2 * round_number))
            os.kill(writer.pid, signal.SIGKILL)
            accepted.extend(line.strip() for line in writer.stdout.readlines())
    there = Counter(item.id.rpartition("-")[0] for item in everything(store, {}))
    assert set(accepted) <= set(there)
    assert set(there.values()) == {BATCH}
    assert there == Counter(item.id.rpartition("-")[0] for item in everything(store, {"bbox": BBox(-179, 0, -178, 1)}))
    events = Counter(one.event.subject.removeprefix("swot/").rpartition("-")[0] for one in all_events(store))
    assert events == there
    store.close()
    assert_whole(tmp_path / "items.sqlite", sum(there.values()))


def everything(store, narrowing):
    page = store.find(ItemQuery(limit=500, **narrowing), EVERYBODY)
    yield from page.found
    while page.next:
        page = store.find(ItemQuery(limit=500, after=page.next, **narrowing), EVERYBODY)
        yield from page.found


def all_events(store):
    last = 0
    while found := store.outbox.after(last):
        yield from found
        last = found[-1].sequence


def assert_whole(path, items):
    connection = apsw.Connection(str(path))
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    counts = "SELECT (SELECT count(*) FROM doc), (SELECT count(*) FROM box) / 2, (SELECT sum(n) FROM tally WHERE c > 0)"
    assert connection.execute(counts).get == (items, items, items)
    connection.close()


def test_a_kill_in_a_load_leaves_whole_batches(url):
    store = open_store(url)
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    for lines in (1, 3):
        with running("load", url) as loader:
            accepted = [loader.stdout.readline().strip() for _ in range(lines)]
            os.kill(loader.pid, signal.SIGKILL)
            accepted += [line.strip() for line in loader.stdout.readlines()]
        last = int(accepted[-1])
        there = {item.id: item for item in everything(store, {})}
        assert len(there) in {50 * last + 100, 50 * last + 150}
        assert list(store.check(silent)) == []
        changes = Counter(one.event.subject for one in all_events(store))
        assert changes == {item.id: len(store.versions("swot", item.id, EVERYBODY)) for item in there.values()}
    store.close()


def silent(*_told):
    """Listen to nothing."""


@pytest.fixture
def numbered(url):
    """Return an open store of 900 Items with a number each."""
    store = open_store(url)
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    properties = ({"number": n, "title": f"number {n}"} for n in range(900))
    store.load(new(*(an_item(f"i{n}", properties=one) for n, one in enumerate(properties))), told_of, replacing=True)
    yield store
    store.close()


def told_of(outcome, item):
    return Event(outcome, item.id, item.visibility_class)


@pytest.mark.parametrize("how", ["declare", "compact", "reindex"])
def test_a_kill_while_the_store_is_looked_after_leaves_every_answer_right(url, numbered, how):
    asked = ItemQuery(filter=Operation(">=", (Property("number"), Literal(890))), limit=100)
    for lines in (2, 5):
        with running("look after", url, how) as keeper:
            for _ in range(lines):
                assert keeper.stdout.readline()
                assert len(numbered.find(asked, EVERYBODY).found) == 10
            os.kill(keeper.pid, signal.SIGKILL)
            keeper.wait(10)
        assert len(numbered.find(asked, EVERYBODY).found) == 10
        assert list(numbered.check(silent)) == []
    numbered.declare(Queryable("number", "integer", "swot", Reach.INDEXED), silent)
    assert len(numbered.find(asked, EVERYBODY).found) == 10


def test_a_store_of_the_version_before_is_derived_though_its_opening_is_killed(url, numbered):
    numbered.remove("swot", "i0", 1, [])
    before = [item.id for item in everything(numbered, {})]
    engine = open_engine(url)
    migrate(engine, "catalogue", "catalogue0001")
    engine.dispose()
    with running("look after", url, "none") as opening:
        opening.kill()
    store = open_store(url)
    assert list(store.check(silent)) == []
    assert [item.id for item in everything(store, {})] == before
    assert len(list(everything(store, {"text": Phrase(("number",))}))) == 899
    low = Operation("<", (Property("number"), Literal(10)))
    assert len(list(everything(store, {"filter": low}))) == 9
    assert [one.name for one in store.queryables("swot", EVERYBODY)][-2:] == ["number", "title"]
    store.close()


def test_a_kill_within_the_migration_leaves_the_store_of_the_version_before(url, numbered, tmp_path):
    numbered.remove("swot", "i0", 1, [])
    before, events = [item.id for item in everything(numbered, {})], all_event_numbers(numbered)
    numbered.close()
    engine = open_engine(url)
    migrate(engine, "catalogue", "catalogue0001")
    tables = schema(tmp_path / "items.sqlite")
    places = ("DROP INDEX item_by_time", "CREATE TABLE val", "CREATE TABLE extent", "UPDATE catalogue", "COMMIT")
    with running("migrate", url, *places) as migrating:
        for _ in places:
            assert int(migrating.stdout.readline()) == signal.SIGKILL
            assert revision_of(engine, "catalogue") == "catalogue0001"
            assert schema(tmp_path / "items.sqlite") == tables
            migrating.stdin.write("go on\n")
            migrating.stdin.flush()
    engine.dispose()
    store = open_store(url)
    assert list(store.check(silent)) == []
    assert [item.id for item in everything(store, {})] == before
    assert all_event_numbers(store) == events
    store.close()


def all_event_numbers(store):
    return [one.sequence for one in all_events(store)]


def schema(path):
    connection = apsw.Connection(str(path))
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    found = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
    connection.close()
    return found


def test_what_is_wrong_is_told_and_mended(numbered, tmp_path):
    broken = apsw.Connection(str(tmp_path / "items.sqlite"))
    broken.execute("UPDATE tally SET n = n + 1 WHERE c > 0")
    broken.execute("DELETE FROM box WHERE id = 2 * (SELECT n FROM item WHERE id = 'i7')")
    broken.execute("INSERT INTO doc (n, d, z) VALUES (100000, 0, x'00')")
    broken.close()
    assert {one.where for one in numbered.check(silent)} == {"swot", "swot/i7", "doc"}
    assert all(one.mended for one in numbered.check(silent, mend=True))
    assert list(numbered.check(silent)) == []
    broken = apsw.Connection(str(tmp_path / "items.sqlite"))
    broken.execute("UPDATE doc SET z = x'00' WHERE n = (SELECT n FROM item WHERE id = 'i8')")
    broken.close()
    (unreadable,) = numbered.check(silent, mend=True)
    assert (unreadable.where, unreadable.mended) == ("swot/i8", False)


def test_statistics_tell_of_every_part(numbered):
    told = numbered.statistics()
    assert (told.counts["Items"], told.counts["Collections"], told.counts["events"]) == (900, 1, 900)
    assert told.bytes["documents"] > 0
    assert "other" not in told.bytes or told.bytes["other"] < told.bytes["Items"]


def test_four_processes_open_a_new_store_at_once(url):
    with running("open", url) as a, running("open", url) as b, running("open", url) as c, running("open", url) as d:
        for one in (a, b, c, d):
            one.stdin.write("go\n")
            one.stdin.flush()
        told = Counter(one.stdout.readline().strip() for one in (a, b, c, d))
    assert told == {"made": 1, "there": 3}


def test_two_processes_write_and_none_of_their_items_is_missing(url):
    store = open_store(url)
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    with running("write", url, "a", "3") as a, running("write", url, "b", "3") as b:
        accepted = [one.stdout.readline().strip() for _ in range(15) for one in (a, b)]
    there = {item.id.rpartition("-")[0] for item in everything(store, {})}
    assert set(accepted) <= there
    sequence = [one.sequence for one in all_events(store)]
    assert sequence == list(range(1, len(sequence) + 1))
    store.close()


def test_of_two_who_change_one_version_one_is_refused(url):
    store = open_store(url)
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    register(store, an_item("S1"))
    together, told = threading.Barrier(4), []

    def change(number):
        item = new(an_item("S1", properties={"number": number}))
        together.wait(10)
        try:
            told.append(store.replace(item[0], 1, events_of(item, "item.changed")).version)
        except PreconditionFailed:
            told.append("refused")

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Counter(told) == {2: 1, "refused": 3}
    assert [one.event.kind for one in store.outbox.after(0)] == ["item.registered", "item.changed"]
    store.close()


def test_a_disk_that_is_full_leaves_nothing(url):
    store = open_store(url)
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    register(store, an_item("first"))
    with store._connections.reading() as connection:
        pages = connection.execute("PRAGMA page_count").get
    store._connections._connection().execute(f"PRAGMA max_page_count={pages + 2}")
    noise = os.urandom(40_000).hex()
    with pytest.raises(Unavailable):
        register(store, *(an_item(f"i{n}", properties={"noise": noise}) for n in range(5)))
    store._connections._connection().execute("PRAGMA max_page_count=1000000")
    assert [item.id for item in everything(store, {})] == ["first"]
    assert store.outbox.last() == 1
    register(store, an_item("second"))
    store.close()


def test_a_reader_sees_one_state_while_others_write(url):
    """A page and its documents come from one snapshot: no Item of the page is without its document."""
    store = open_store(url)
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    done, seen = threading.Event(), []

    def come_and_go():
        for number in range(40):
            register(store, an_item(f"i{number}"), an_item(f"j{number}"))
            store.remove("swot", f"i{number}", 1, [])
        done.set()

    writer = threading.Thread(target=come_and_go)
    writer.start()
    while not done.is_set():
        seen.append([orjson.loads(item.body)["id"] for item in store.find(ItemQuery(limit=100), EVERYBODY).found])
    writer.join(20)
    assert seen[-1]
    store.close()


def test_what_is_registered_twice_at_once_is_registered_once(url):
    store = open_store(url)
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    together, told = threading.Barrier(4), []

    def attempt():
        together.wait(10)
        try:
            told.append(register(store, an_item("S1"))[0].version)
        except Conflict:
            told.append("taken")

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Counter(told) == {1: 1, "taken": 3}
    assert store.outbox.last() == 1
    store.close()
