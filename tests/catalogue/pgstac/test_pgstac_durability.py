"""What was accepted stays, what was not leaves nothing, every event is told, whatever dies when."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from made_items import EVERYBODY, PUBLIC, VALIDATOR, a_collection, an_item, events_of, new, register

from thalweg.core.errors import Conflict, PreconditionFailed, Unavailable
from thalweg.core.events import Event
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import Aggregation, ItemQuery

pytestmark = pytest.mark.postgres
HERE = Path(__file__).parent
BATCH = 5


@contextmanager
def running(*arguments):
    """Run a writer in an interpreter of its own."""
    started = subprocess.Popen(
        [sys.executable, "-u", str(HERE / "pgstac_programs.py"), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1] / "contracts")},
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


@pytest.fixture
def made(store):
    for name in ("swot", "sentinel-2"):
        store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    return store


def everything(store):
    page = store.find(ItemQuery(limit=500), EVERYBODY)
    yield from page.found
    while page.next:
        page = store.find(ItemQuery(limit=500, after=page.next), EVERYBODY)
        yield from page.found


def all_events(store):
    last = 0
    while found := store.outbox.after(last):
        yield from found
        last = found[-1].sequence


def assert_whole(store):
    """Tables, index, tallies and events tell of the same Items."""
    there = Counter(item.id.rpartition("-")[0] for item in everything(store))
    assert set(there.values()) <= {BATCH}
    events = Counter(one.event.subject.partition("/")[2].rpartition("-")[0] for one in all_events(store))
    assert events == there
    assert list(store.check(lambda *_: None)) == []
    number = sum(there.values())
    assert store.count(ItemQuery(), EVERYTHING, 1) == number
    (daily,) = store.aggregate(ItemQuery(), [Aggregation("d", "dates", "datetime", interval="day")], EVERYBODY, 10)
    assert sum(bucket.count for bucket in daily.buckets) == number
    return there


def test_four_processes_write_with_random_delays_and_every_event_is_counted(made, pgstac_url):
    writers = [running("write", pgstac_url, name, str(BATCH), "12") for name in "abcd"]
    entered = [writer.__enter__() for writer in writers]
    seen, last, accepted = [], 0, set()
    while any(one.poll() is None for one in entered):
        found = made.outbox.after(last)
        seen += found
        last = found[-1].sequence if found else last
    for writer, one in zip(writers, entered, strict=True):
        accepted.update(line.strip() for line in one.stdout)
        assert one.returncode == 0
        writer.__exit__(None, None, None)
    seen += made.outbox.after(last, 10_000)
    assert [one.sequence for one in seen] == [one.sequence for one in all_events(made)]
    assert len(seen) == 4 * 12 * BATCH
    assert assert_whole(made).keys() == accepted


def test_a_kill_in_the_middle_loses_no_accepted_item_and_leaves_no_half(made, pgstac_url):
    accepted = []
    for number in range(3):
        with running("write", pgstac_url, f"r{number}", str(BATCH), "1000") as writer:
            accepted.extend(writer.stdout.readline().strip() for _ in range(3 + 2 * number))
            os.kill(writer.pid, signal.SIGKILL)
            accepted.extend(line.strip() for line in writer.stdout.readlines())
    assert set(accepted) <= set(assert_whole(made))


def test_connections_that_break_are_opened_again_and_nothing_is_lost_or_twice(made, pgstac_url):
    with running("write", pgstac_url, "w", str(BATCH), "40") as writer:
        accepted = []
        for _ in range(4):
            accepted.append(writer.stdout.readline().strip())
            break_connections(pgstac_url)
            assert made.count(ItemQuery(), EVERYBODY, 1) >= BATCH
        accepted += [line.strip() for line in writer.stdout]
        assert writer.wait(60) == 0
    assert assert_whole(made).keys() == set(accepted) == {f"w-{number}" for number in range(40)}


def break_connections(url):
    """End all sessions of the database, as a restart of PostgreSQL does."""
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


def at_once(count, attempt):
    together, told = threading.Barrier(count), []

    def run(number):
        together.wait(20)
        try:
            told.append(attempt(number))
        except (Conflict, PreconditionFailed, Unavailable) as error:
            told.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(told)


def test_of_two_who_change_one_version_one_is_refused(made):
    register(made, an_item("S1"))

    def change(number):
        item = new(an_item("S1", properties={"number": number}))
        return made.replace(item[0], 1, events_of(item, "item.changed")).version

    assert at_once(4, change) == {2: 1, "PreconditionFailed": 3}
    assert [one.event.kind for one in made.outbox.after(0)] == ["item.registered", "item.changed"]


def test_what_is_registered_twice_at_once_is_registered_once(made):
    assert at_once(4, lambda _: register(made, an_item("S1"))[0].version) == {1: 1, "Conflict": 3}
    assert made.outbox.last() == len(made.outbox.after(0)) or len(made.outbox.after(0)) == 1


def test_loads_of_the_same_items_in_other_orders_all_succeed(made):
    def load(number):
        items = new(*(an_item(f"i{n}", properties={"by": number}) for n in range(30)))
        items = items if number % 2 else items[::-1]
        return len(made.load(items, lambda outcome, item: Event(outcome, item.id, PUBLIC), replacing=True))

    assert at_once(4, load) == {30: 4}
    assert Counter(item.version for item in everything(made)) == {4: 30}
    assert made.count(ItemQuery(), EVERYTHING, 100) == 30


def test_events_of_many_items_are_told_in_their_order_and_to_the_letter(made):
    said = {"said": 'a\t"b"\\c\nd\\N'}
    items = new(*(an_item(f"i{n}") for n in range(100)))
    before = made.outbox.last()
    made.load(items, lambda _, item: Event("item.registered", item.id, PUBLIC, said), replacing=True)
    told = [one.event for one in made.outbox.after(before)]
    assert [(one.subject, one.data) for one in told] == [(f"i{n}", said) for n in range(100)]


def test_collections_come_and_go_while_items_are_written(made):
    def work(number):
        if number % 2:
            for n in range(5):
                register(made, an_item(f"w{number}-{n}", ("swot", "sentinel-2")[n % 2]))
        else:
            for n in range(5):
                name = f"new-{number}-{n}"
                made.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
                register(made, an_item("one", name))
                made.remove(name, "one", 1, [])
                made.remove_collection(name, 1, [])
        return "done"

    assert at_once(4, work) == {"done": 4}
    assert len(list(everything(made))) == 10
