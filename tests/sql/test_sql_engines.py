"""An address becomes an engine, and a driver's failure becomes an error a caller can act on."""

from contextlib import suppress

import pytest
import sqlalchemy as sa

from thalweg.core.errors import Conflict, NotSupported, Unavailable
from thalweg.sql.engines import open_engine, reading, writing


@pytest.fixture
def engine(control_url):
    engine = open_engine(control_url)
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "CREATE TABLE river (name TEXT PRIMARY KEY, mouth TEXT DEFAULT NULL REFERENCES river)"
        )
    yield engine
    engine.dispose()


def count(engine):
    with reading(engine) as connection:
        return connection.scalar(sa.text("SELECT count(*) FROM river"))


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "river", ""])
def test_other_databases_are_not_supported(url):
    with pytest.raises(NotSupported, match=r"sqlite:///path or postgresql://"):
        open_engine(url)


def test_reading_cannot_write(engine):
    with pytest.raises(sa.exc.DBAPIError, match=r"(?i)read-?only"), reading(engine) as connection:
        connection.exec_driver_sql("INSERT INTO river (name) VALUES ('a')")
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO river (name) VALUES ('a')")
    assert count(engine) == 1


def test_an_error_leaves_nothing_behind(engine):
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO river (name) VALUES ('a')").fetchmany(1 // 0)
    assert count(engine) == 0


def test_a_taken_name_is_a_conflict(engine):
    with pytest.raises(Conflict), writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO river (name) VALUES ('a'), ('a')")
    assert count(engine) == 0


def test_a_reference_to_nothing_is_a_conflict(engine):
    with pytest.raises(Conflict), writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO river VALUES ('a', 'sea')")
    assert count(engine) == 0


def test_our_own_mistake_is_not_hidden(engine):
    with pytest.raises(sa.exc.DBAPIError), writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")


def test_more_callers_than_connections_are_told(control_url):
    engine = open_engine(control_url, connections=1, busy_seconds=0.05)
    with reading(engine), reading(engine), pytest.raises(Unavailable, match="busy"), reading(engine):
        pass
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite", "postgresql://thalweg:secret@127.0.0.1:1/none"])
def test_a_database_that_is_not_there_is_unavailable(url):
    engine = open_engine(url)
    with pytest.raises(Unavailable) as refused, reading(engine) as connection:
        connection.execute(sa.text("SELECT 1"))
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_unavailable(tmp_path):
    (tmp_path / "scene.tif").write_bytes(b"II*\0" * 1000)
    engine = open_engine(f"sqlite:///{tmp_path / 'scene.tif'}")
    with pytest.raises(Unavailable), reading(engine) as connection:
        connection.execute(sa.text("SELECT * FROM sqlite_master"))


def test_a_lock_held_too_long_is_unavailable(engine, control_url):
    hasty = open_engine(control_url, busy_seconds=0.05)
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO river (name) VALUES ('a')")
        with pytest.raises(Unavailable, match="busy"), writing(hasty) as other:
            other.exec_driver_sql("INSERT INTO river (name) VALUES ('a')")
    with writing(hasty) as other:
        other.exec_driver_sql("INSERT INTO river (name) VALUES ('b')")
    hasty.dispose()
    assert count(engine) == 2


def test_who_reads_and_then_writes_is_not_refused(engine, control_url):
    hasty = open_engine(control_url, busy_seconds=0.05)
    with writing(engine) as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM river")) == 0
        with suppress(Unavailable), writing(hasty) as other:
            other.exec_driver_sql("INSERT INTO river (name) VALUES ('a')")
        connection.exec_driver_sql("INSERT INTO river (name) VALUES ('b')")
    hasty.dispose()
    assert count(engine) in (1, 2)


def test_a_full_disk_is_unavailable_and_nothing_is_half_written(sqlite_url):
    engine = open_engine(sqlite_url, connections=1)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE image (bytes BLOB)")
        connection.exec_driver_sql("PRAGMA max_page_count=20")
    with pytest.raises(Unavailable, match="full"), writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO image VALUES (?)", [(bytes(10000),)] * 100)
    with reading(engine) as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM image")) == 0
    engine.dispose()


def test_a_write_that_sqlite_gave_up_by_itself_is_not_reported_as_done(sqlite_url):
    engine = open_engine(sqlite_url)
    with pytest.raises(sa.exc.OperationalError, match="no transaction"), writing(engine) as connection:
        _provoke_a_rollback(connection)
    with writing(engine) as connection:
        assert sa.inspect(connection).get_table_names() == []
    engine.dispose()


def test_a_write_after_that_does_not_stand_alone(sqlite_url):
    engine = open_engine(sqlite_url)
    with pytest.raises(sa.exc.OperationalError, match="no transaction"), writing(engine) as connection:
        _provoke_a_rollback(connection).exec_driver_sql("CREATE TABLE lake (name TEXT)")
    with reading(engine) as connection:
        assert sa.inspect(connection).get_table_names() == []
    engine.dispose()


def _provoke_a_rollback(connection):
    connection.exec_driver_sql("CREATE TABLE river (name TEXT PRIMARY KEY)")
    with pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql("INSERT OR ROLLBACK INTO river VALUES ('a'), ('a')")
    return connection


@pytest.fixture
def close_of(postgres_url):
    """Return what makes the server close a connection, named by its process."""
    killer = open_engine(postgres_url)

    def close(backend):
        with writing(killer) as connection:
            connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": backend})

    yield close
    killer.dispose()


def backend_of(connection):
    return connection.scalar(sa.text("SELECT pg_backend_pid()"))


@pytest.mark.postgres
def test_a_connection_that_the_server_closed_is_replaced(postgres_url, close_of):
    engine = open_engine(postgres_url)
    with reading(engine) as connection:
        backend = backend_of(connection)
    close_of(backend)
    with reading(engine) as connection:
        assert backend_of(connection) != backend
    engine.dispose()


@pytest.mark.postgres
def test_a_server_that_goes_away_in_the_middle_is_unavailable(postgres_url, close_of):
    engine = open_engine(postgres_url)
    with pytest.raises(Unavailable), writing(engine) as connection:
        connection.scalar(sa.select(sa.literal(close_of(backend_of(connection)))))
    engine.dispose()
