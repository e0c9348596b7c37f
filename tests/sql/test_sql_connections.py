"""Direct connections keep the rules of an engine's."""

import threading

import apsw
import pytest
import sqlalchemy as sa

from thalweg.core.errors import Conflict, Unavailable
from thalweg.sql.connections import Connections
from thalweg.sql.engines import open_engine, reading


@pytest.fixture
def path(tmp_path):
    return tmp_path / "items.sqlite"


@pytest.fixture
def connections(path):
    connections = Connections(path)
    with connections.writing() as connection:
        connection.execute("CREATE TABLE item (id TEXT PRIMARY KEY, part TEXT REFERENCES item)")
    yield connections
    connections.close()


def count(connections):
    with connections.reading() as connection:
        return connection.execute("SELECT count(*) FROM item").get


def in_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join(30)
    return found[0]


def test_it_writes_ahead_in_full_and_keeps_references(connections):
    with connections.reading() as connection:
        assert connection.pragma("journal_mode") == "wal"
        assert connection.pragma("synchronous") == 2
        assert connection.pragma("foreign_keys") == 1


def test_reading_cannot_write(connections):
    with pytest.raises(apsw.ReadOnlyError), connections.reading() as connection:
        connection.execute("INSERT INTO item VALUES ('a', NULL)")
    with connections.writing() as connection:
        connection.execute("INSERT INTO item VALUES ('a', NULL)")
    assert count(connections) == 1


def test_an_error_leaves_nothing_behind(connections):
    with pytest.raises(ZeroDivisionError), connections.writing() as connection:
        connection.execute("INSERT INTO item VALUES ('a', NULL)").close(1 // 0)
    assert count(connections) == 0


@pytest.mark.parametrize("rows", ["('a', NULL), ('a', NULL)", "('a', 'b')"])
def test_a_contradiction_is_a_conflict(connections, rows):
    with pytest.raises(Conflict), connections.writing() as connection:
        connection.execute(f"INSERT INTO item VALUES {rows}")  # noqa: S608 - the test's own
    assert count(connections) == 0


def test_each_thread_has_its_own(connections):
    with connections.writing() as connection:
        connection.execute("INSERT INTO item VALUES ('a', NULL)")
        assert in_thread(lambda: count(connections)) == 0
        assert count(connections) == 1
    assert in_thread(lambda: count(connections)) == 1


def test_a_transaction_does_not_begin_inside_another(connections):
    with connections.writing(), pytest.raises(RuntimeError, match="inside another"), connections.writing():
        pass
    with connections.reading(), pytest.raises(RuntimeError, match="inside another"), connections.writing():
        pass
    assert count(connections) == 0


def test_a_forgotten_cursor_keeps_no_snapshot(connections, path):
    with connections.writing() as connection:
        connection.executemany("INSERT INTO item VALUES (?, NULL)", [(str(n),) for n in range(100)])
    with connections.reading() as connection:
        forgotten = connection.execute("SELECT id FROM item")
        next(forgotten)
    with connections.writing() as connection:
        connection.execute("INSERT INTO item VALUES ('new', NULL)")
    whole = apsw.Connection(str(path))
    busy, *_ = whole.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    whole.close()
    assert busy == 0
    assert count(connections) == 101


def test_each_new_connection_is_prepared(path):
    connections = Connections(path, prepare=lambda raw: raw.create_scalar_function("twice", lambda n: 2 * n, 1))

    def twice():
        with connections.reading() as connection:
            return connection.execute("SELECT twice(21)").get

    assert (twice(), in_thread(twice)) == (42, 42)
    connections.close()


def test_closed_connections_open_again(connections):
    connections.close()
    assert count(connections) == 0


def test_a_lock_held_too_long_is_unavailable(connections, path):
    others = Connections(path, busy_seconds=0.05)
    with connections.writing(), pytest.raises(Unavailable, match="busy"), others.writing():
        pass
    with others.writing() as connection:
        connection.execute("INSERT INTO item VALUES ('a', NULL)")
    others.close()
    assert count(connections) == 1


def test_a_full_disk_is_unavailable_and_nothing_is_half_written(connections):
    with connections.reading() as connection:
        connection.execute("PRAGMA max_page_count=20")
    with pytest.raises(Unavailable, match="full"), connections.writing() as connection:
        connection.executemany("INSERT INTO item VALUES (?, NULL)", [(f"{n:01000}",) for n in range(1000)])
    assert count(connections) == 0


def test_a_folder_that_is_not_there_is_unavailable():
    with pytest.raises(Unavailable), Connections("/nowhere/at/all.sqlite").reading():
        pass


def test_an_engine_sees_what_a_direct_connection_wrote(connections, path):
    with connections.writing() as connection:
        connection.execute("INSERT INTO item VALUES ('a', NULL)")
    engine = open_engine(f"sqlite:///{path}")
    with reading(engine) as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM item")) == 1
    engine.dispose()
