"""SQLAlchemy over apsw does what SQLAlchemy over psycopg does; where one database has no such case, it is named."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from thalweg.sql import dbapi
from thalweg.sql.columns import Counter, Instant, Json
from thalweg.sql.engines import open_engine, reading, writing

METADATA = sa.MetaData()
RIVER = sa.Table(
    "river",
    METADATA,
    sa.Column("n", Counter, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("length", sa.Float),
    sa.Column("sketch", sa.LargeBinary),
    sa.Column("surveyed", sa.Date),
    sa.Column("at", Instant),
    sa.Column("facts", Json),
)
STATION = sa.Table(
    "station",
    METADATA,
    sa.Column("n", Counter, primary_key=True, autoincrement=True),
    sa.Column("river", sa.ForeignKey("river.n", ondelete="CASCADE"), nullable=False),
    sa.Index("station_river", "river"),
)


@pytest.fixture
def engine(control_url):
    engine = open_engine(control_url)
    with writing(engine) as connection:
        METADATA.create_all(connection)
    yield engine
    engine.dispose()


def names(connection):
    return list(connection.scalars(sa.select(RIVER.c.name).order_by(RIVER.c.n)))


def put(engine, *rivers):
    with writing(engine) as connection:
        connection.execute(RIVER.insert(), [{"name": river} for river in rivers])


def test_a_row_comes_back_as_it_went(engine):
    there = timezone(timedelta(hours=-3))
    row = {
        "name": "Capibaribe · Ω",
        "length": 240.5,
        "sketch": b"\x00\xff",
        "surveyed": date(2024, 2, 29),
        "at": datetime(2024, 2, 29, 9, 0, 0, 7, there),
        "facts": {"mouth": [-34.87, -8.06], "tidal": True, "dam": None},
    }
    with writing(engine) as connection:
        connection.execute(RIVER.insert(), row)
    with reading(engine) as connection:
        found = dict(connection.execute(sa.select(RIVER)).mappings().one())
    assert found == {"n": 1, **row}
    assert found["at"].tzinfo is UTC


def test_nothing_comes_back_as_nothing(engine):
    put(engine, "Mol")
    with reading(engine) as connection:
        found = connection.execute(sa.select(RIVER).where(RIVER.c.facts.is_(None))).one()
    assert tuple(found) == (1, "Mol", None, None, None, None, None)


def test_an_instant_without_a_zone_is_refused(engine):
    with pytest.raises(sa.exc.StatementError, match="zone"), writing(engine) as connection:
        connection.execute(RIVER.insert(), {"name": "Mol", "at": datetime(2024, 1, 1)})  # noqa: DTZ001 - the point


def test_instants_sort_as_time_does(engine):
    whole, later = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 0, 0, 0, 1, UTC)
    with writing(engine) as connection:
        connection.execute(RIVER.insert(), [{"name": "b", "at": later}, {"name": "a", "at": whole}])
        assert list(connection.scalars(sa.select(RIVER.c.at).order_by(RIVER.c.at))) == [whole, later]
        assert names(connection) == ["b", "a"]


def test_numbers_that_json_has_not_are_refused(engine):
    with pytest.raises((ValueError, sa.exc.StatementError), match="JSON"), writing(engine) as connection:
        connection.execute(RIVER.insert(), {"name": "Mol", "facts": float("nan")})


def test_an_insert_returns_what_the_database_made(engine):
    with writing(engine) as connection:
        made = connection.execute(RIVER.insert().returning(RIVER.c.n, RIVER.c.name), [{"name": "a"}, {"name": "b"}])
        assert sorted(map(tuple, made)) == [(1, "a"), (2, "b")]
        assert connection.execute(RIVER.insert(), {"name": "c"}).inserted_primary_key == (3,)


def test_a_statement_counts_its_own_rows_only(engine):
    put(engine, "a", "b")
    with writing(engine) as connection:
        connection.execute(STATION.insert(), [{"river": 1}, {"river": 1}, {"river": 2}])
        assert connection.execute(RIVER.update().values(length=1)).rowcount == 2
        assert connection.execute(RIVER.update().where(RIVER.c.n == 9).values(length=1)).rowcount == 0
        assert connection.execute(RIVER.delete().where(RIVER.c.n == 1)).rowcount == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(STATION)) == 1


def test_many_statements_count_together(engine):
    put(engine, "a", "b", "c")
    change = RIVER.update().where(RIVER.c.name == sa.bindparam("which")).values(length=2)
    with writing(engine) as connection:
        assert connection.execute(change, [{"which": "a"}, {"which": "z"}, {"which": "c"}]).rowcount == 2


def test_a_broken_rule_is_an_integrity_error(engine):
    put(engine, "a")
    broken = (RIVER.insert().values(name="a"), RIVER.insert().values(name=None), STATION.insert().values(river=9))
    with writing(engine) as connection:
        for statement in broken:
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(statement)
        assert names(connection) == ["a"]


def test_a_savepoint_goes_back_without_the_rest(engine):
    with writing(engine) as connection:
        connection.execute(RIVER.insert(), {"name": "kept"})
        point = connection.begin_nested()
        connection.execute(RIVER.insert(), {"name": "dropped"})
        point.rollback()
        with connection.begin_nested():
            connection.execute(RIVER.insert(), {"name": "kept too"})
    with reading(engine) as connection:
        assert names(connection) == ["kept", "kept too"]


def test_tables_are_reflected_as_they_were_made(engine):
    with reading(engine) as connection:
        seen = sa.inspect(connection)
        assert {"river", "station"} <= set(seen.get_table_names())
        assert [column["name"] for column in seen.get_columns("river")] == [column.name for column in RIVER.columns]
        assert [key["referred_table"] for key in seen.get_foreign_keys("station")] == ["river"]
        assert seen.get_foreign_keys("station")[0]["options"] == {"ondelete": "CASCADE"}
        assert [index["name"] for index in seen.get_indexes("station")] == ["station_river"]
        again = sa.Table("river", sa.MetaData(), autoload_with=connection)
        assert again.c.name.nullable is False


def test_a_reader_sees_the_old_while_another_writes(engine):
    put(engine, "old")
    with writing(engine) as writer:
        writer.execute(RIVER.insert(), [{"name": f"new {n}"} for n in range(5000)])
        with reading(engine) as reader:
            assert names(reader) == ["old"]
    with reading(engine) as reader:
        assert len(names(reader)) == 5001


def test_a_reader_keeps_its_snapshot(engine):
    put(engine, "old")
    with reading(engine) as reader:
        assert names(reader) == ["old"]
        put(engine, "new")
        assert names(reader) == ["old"]


def test_writers_wait_for_each_other(engine):
    put(engine, "a")
    begun, done = threading.Event(), threading.Event()

    def grow():
        begun.set()
        with writing(engine) as connection:
            connection.execute(RIVER.update().values(length=RIVER.c.length + 1))
        done.set()

    with writing(engine) as connection:
        connection.execute(RIVER.update().values(length=1))
        thread = threading.Thread(target=grow)
        thread.start()
        assert begun.wait(10)
        assert not done.is_set()
    thread.join(10)
    with reading(engine) as connection:
        assert connection.scalar(sa.select(RIVER.c.length)) == 2


def test_rows_are_fetched_one_some_or_all():
    connection = dbapi.connect(":memory:")
    cursor = connection.cursor()
    cursor.execute("SELECT column1 AS n FROM (VALUES (1), (2), (3), (4), (5), (6))")
    assert cursor.description[0][:1] == ("n",)
    assert cursor.fetchone() == (1,)
    assert cursor.fetchmany() == [(2,)]
    assert cursor.fetchmany(2) == [(3,), (4,)]
    assert cursor.fetchall() == [(5,), (6,)]
    assert cursor.fetchone() is None
    assert cursor.fetchall() == []
    connection.close()


def test_no_rows_still_have_columns():
    connection = dbapi.connect(":memory:")
    cursor = connection.cursor().execute("SELECT 1 AS n WHERE 0")
    assert cursor.description[0][0] == "n"
    assert cursor.fetchall() == []
    assert connection.cursor().execute("CREATE TABLE t (n)").description is None
    connection.close()


@pytest.mark.parametrize(
    ("statement", "parameters", "expected"),
    [
        ("SELECT * FROM nowhere", (), dbapi.OperationalError),
        ("SELEC 1", (), dbapi.OperationalError),
        ("SELECT ?", (), dbapi.ProgrammingError),
        ("SELECT ?", (1, 2), dbapi.ProgrammingError),
        ("SELECT ?", (object(),), dbapi.InterfaceError),
        ("SELECT ?", (2**63,), dbapi.DataError),
        ("SELECT zeroblob(2000000000)", (), dbapi.DataError),
        ('SELECT "no such column"', (), dbapi.OperationalError),
    ],
)
def test_each_mistake_has_its_class(statement, parameters, expected):
    connection = dbapi.connect(":memory:")
    with pytest.raises(expected):
        connection.cursor().execute(statement, parameters)
    connection.close()


def test_an_old_sqlite_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(dbapi, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(dbapi.NotSupportedError, match=r"3\.51\.3"):
        dbapi.connect(str(tmp_path / "a.sqlite"))
