"""Every event is seen exactly once and in commit order, whoever writes, dithers or dies."""

import threading
import time

import apsw
import pytest
import sqlalchemy as sa
from sql_programs import THING, Processes, an_event, write_and_hang, write_things, write_things_directly

from thalweg.core.errors import Unavailable
from thalweg.sql.connections import Connections
from thalweg.sql.engines import open_engine, reading, writing
from thalweg.sql.migrations import migrate
from thalweg.sql.outbox import SqlOutbox, record, record_raw

DEADLINE = 90


@pytest.fixture
def engine(control_url):
    engine = open_engine(control_url)
    migrate(engine, "sql")
    with writing(engine) as connection:
        THING.create(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def processes():
    with Processes() as processes:
        yield processes


def tail(outbox, enough, after=0):
    """Follow the outbox until enough was seen."""
    seen, deadline = [], time.monotonic() + DEADLINE
    while not enough(seen) and time.monotonic() < deadline:
        if outbox.wait(after, 1):
            seen += outbox.after(after, limit=7)
            after = seen[-1].sequence
    return seen


def subjects(recorded):
    return [each.event.subject for each in recorded]


def things(engine):
    with reading(engine) as connection:
        return set(connection.scalars(sa.select(THING.c.id)))


def test_an_event_comes_back_as_it_went(engine):
    outbox = SqlOutbox(engine, "control")
    assert (outbox.name, outbox.last(), list(outbox.after(0))) == ("control", 0, [])
    event = an_event("demo.images/olinda", percent=16.1, of=["Ω", None, {"nested": True}])
    with writing(engine) as connection:
        record(connection, [])
        record(connection, [event, an_event("b")])
    first, second = outbox.after(0)
    assert first.event == event
    assert first.at.utcoffset().total_seconds() == 0
    assert (first.sequence, second.sequence, outbox.last()) == (1, 2, 2)
    assert subjects(outbox.after(1)) == ["b"]
    assert subjects(outbox.after(0, limit=1)) == ["demo.images/olinda"]


@pytest.mark.parametrize("data", [{"n": float("nan")}, {"n": object()}])
def test_data_that_is_no_json_is_refused_with_all_that_was_written(engine, data):
    with pytest.raises((TypeError, ValueError)), writing(engine) as connection:
        connection.execute(THING.insert(), {"id": "a"}).close(record(connection, [an_event("a", **data)]))
    assert things(engine) == set()
    assert SqlOutbox(engine, "control").last() == 0


def test_a_number_is_never_given_twice(engine):
    outbox = SqlOutbox(engine, "control")
    with writing(engine) as connection:
        record(connection, [an_event("a"), an_event("b")])
        last = connection.scalar(sa.text("SELECT max(seq) FROM outbox"))
        connection.execute(sa.text("DELETE FROM outbox"))
        record(connection, [an_event("c")])
    assert outbox.last() > last


def test_four_writers_and_each_event_once_and_in_order(engine, control_url, processes):
    writers = [processes.start(write_things, control_url, f"writer {n}", 100) for n in range(4)]
    outbox = SqlOutbox(engine, "control")
    seen = tail(outbox, lambda seen: len(seen) >= 400)
    for writer in writers:
        writer.join(DEADLINE)
        assert writer.exitcode == 0
    assert [each.sequence for each in seen] == sorted({each.sequence for each in seen})
    # Nothing appeared behind the tailer, and nothing is in the outbox that it has not seen.
    assert seen == list(outbox.after(0, limit=1000))
    for n in range(4):
        mine = [each.event.subject for each in seen if each.event.data["writer"] == f"writer {n}"]
        assert mine == [f"writer {n}/{thing}" for thing in range(100)]
    assert set(subjects(seen)) == things(engine)


def test_a_killed_writer_takes_with_it_only_what_was_not_committed(engine, control_url, processes):
    doomed = [processes.start(write_things, control_url, f"doomed {n}", 100_000) for n in range(2)]
    steady = [processes.start(write_things, control_url, f"steady {n}", 60) for n in range(2)]
    outbox = SqlOutbox(engine, "control")

    def both_write(seen):
        return all(sum(subject.startswith(f"doomed {n}") for subject in subjects(seen)) >= 20 for n in range(2))

    seen = tail(outbox, both_write)
    for writer in doomed:
        writer.kill()
        writer.join()
    for writer in steady:
        writer.join(DEADLINE)
        assert writer.exitcode == 0
    last = outbox.last()
    seen += tail(outbox, lambda more: [*seen, *more][-1].sequence >= last, seen[-1].sequence)
    assert seen == list(outbox.after(0, limit=100_000))
    assert sorted(subjects(seen)) == sorted(things(engine))
    assert sum(subject.startswith("steady") for subject in subjects(seen)) == 120


def test_one_killed_before_its_commit_leaves_nothing_and_nobody_waiting(engine, control_url, processes):
    hanging, told = processes.listen(write_and_hang, control_url, "a")
    assert told.poll(DEADLINE)
    assert told.recv() == "written"
    hanging.kill()
    hanging.join()
    with writing(engine) as connection:
        connection.execute(THING.insert(), {"id": "b"})
        record(connection, [an_event("b")])
    assert things(engine) == {"b"}
    assert subjects(SqlOutbox(engine, "control").after(0)) == ["b"]


def test_who_waits_is_told_of_what_comes_and_not_of_what_was_seen(engine):
    outbox, waiting, told = SqlOutbox(engine, "control"), threading.Event(), []
    assert outbox.wait(0, 0) is False

    def wait():
        waiting.set()
        told.append(outbox.wait(0, DEADLINE))

    thread = threading.Thread(target=wait)
    thread.start()
    assert waiting.wait(DEADLINE)
    with writing(engine) as connection:
        record(connection, [an_event("a")])
    thread.join(DEADLINE)
    assert told == [True]
    assert outbox.wait(0, 0) is True
    assert outbox.wait(outbox.last(), 0.05) is False


def test_a_database_that_is_not_there_cannot_be_waited_for():
    for url in ("sqlite:////nowhere/at/all.sqlite", "postgresql://thalweg@127.0.0.1:1/none"):
        with pytest.raises(Unavailable):
            SqlOutbox(open_engine(url), "control").wait(0, 1)


@pytest.fixture
def store(tmp_path):
    """Return a SQLite file that has an outbox of its own, as the embedded Item store has."""
    path = tmp_path / "items.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine, "sql")
    with writing(engine) as connection:
        THING.create(connection)
    yield path, engine
    engine.dispose()


def test_direct_connections_and_engines_write_one_log(store, processes):
    path, engine = store
    writers = [processes.start(write_things_directly, str(path), f"direct {n}", 100) for n in range(2)]
    writers += [processes.start(write_things, f"sqlite:///{path}", f"engine {n}", 50) for n in range(2)]
    outbox = SqlOutbox(engine, "items")
    seen = tail(outbox, lambda seen: len(seen) >= 300)
    for writer in writers:
        writer.join(DEADLINE)
        assert writer.exitcode == 0
    assert seen == list(outbox.after(0, limit=1000))
    assert sorted(subjects(seen)) == sorted(things(engine))


def test_a_direct_connection_writes_the_same_bytes_as_an_engine(store):
    path, engine = store
    event, connections = an_event("Ω", n=1.5, of=["ß", None]), Connections(path)
    with connections.writing() as connection:
        record_raw(connection, [event])
    with writing(engine) as connection:
        record(connection, [event])
    with connections.reading() as connection:
        raw, ours = connection.execute("SELECT kind, subject, class, data, length(at) FROM outbox ORDER BY seq")
        assert raw == ours
    with pytest.raises(apsw.ReadOnlyError), connections.reading() as connection:
        record_raw(connection, [event])
    connections.close()
