"""A branch goes up and down, by several at once, and through any death is at the old or the new revision."""

import subprocess
import sys
import uuid

import pytest
import sqlalchemy as sa
from sql_programs import PROCESSES, Processes, know_blocks, migrate_block

import thalweg
from thalweg.core.errors import Conflict
from thalweg.sql.engines import open_engine, reading, writing
from thalweg.sql.migrations import migrate, revision_of
from thalweg.sql.tables import METADATA

DEADLINE = 90

RIVERS = '''
"""Rivers."""
import sqlalchemy as sa
from alembic import op

revision = "rivers"
down_revision = None


def upgrade():
    op.create_table("river", sa.Column("name", sa.String, primary_key=True))
    op.execute("INSERT INTO river VALUES ('Capibaribe')")


def downgrade():
    op.drop_table("river")
'''
STATIONS = '''
"""Stations at rivers; it may hang half-way."""
import sqlalchemy as sa
from alembic import op
from sql_programs import half_way

revision = "stations"
down_revision = "rivers"


def upgrade():
    op.create_table(
        "station",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("river", sa.String, sa.ForeignKey("river.name", ondelete="CASCADE")),
    )
    half_way()
    op.execute("INSERT INTO station VALUES ('Olinda', 'Capibaribe')")


def downgrade():
    op.drop_table("station")
'''
LENGTHS = '''
"""Rivers have lengths: on SQLite the table is made anew."""
import sqlalchemy as sa
from alembic import op

revision = "lengths"
down_revision = "stations"


def upgrade():
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    with op.batch_alter_table("river", recreate=anew) as river:
        river.add_column(sa.Column("length", sa.Float))


def downgrade():
    with op.batch_alter_table("river") as river:
        river.drop_column("length")
'''
ORPHANS = '''
"""Breaks a reference."""
from alembic import op

revision = "orphans"
down_revision = "stations"


def upgrade():
    op.execute("DELETE FROM river")


def downgrade():
    pass
'''


@pytest.fixture
def engine(control_url):
    engine = open_engine(control_url)
    yield engine
    engine.dispose()


@pytest.fixture
def processes():
    with Processes() as processes:
        yield processes


@pytest.fixture
def blocks(tmp_path):
    """Return a folder whose packages are blocks of Thalweg for the time of the test."""
    folder = tmp_path / "blocks"
    folder.mkdir()
    know_blocks(folder)
    yield folder
    thalweg.__path__.remove(str(folder))


@pytest.fixture
def block(blocks):
    """Return the name of a block with the first two revisions."""
    name = f"block_{uuid.uuid4().hex}"
    (blocks / name / "migrations" / "versions").mkdir(parents=True)
    for package in (blocks / name, blocks / name / "migrations"):
        (package / "__init__.py").touch()
    add(blocks, name, rivers=RIVERS, stations=STATIONS)
    yield name
    for module in [module for module in sys.modules if module.startswith(f"thalweg.{name}")]:
        del sys.modules[module]


def add(blocks, name, **revisions):
    for revision, text in revisions.items():
        (blocks / name / "migrations" / "versions" / f"{revision}.py").write_text(text)


def tables(engine):
    with reading(engine) as connection:
        return set(sa.inspect(connection).get_table_names())


def stations(engine):
    with reading(engine) as connection:
        return list(connection.scalars(sa.text("SELECT name FROM station")))


def test_a_branch_goes_up_and_down(engine, block):
    assert revision_of(engine, block) is None
    for to, found in (("heads", "stations"), ("rivers", "rivers"), ("stations", "stations"), ("base", None)):
        migrate(engine, block, to)
        assert revision_of(engine, block) == found
        assert ("station" in tables(engine), "river" in tables(engine)) == (found == "stations", found is not None)
    migrate(engine, block)
    migrate(engine, block)
    assert stations(engine) == ["Olinda"]


def test_a_branch_that_is_there_loads_no_alembic(control_url):
    program = (
        "import sys; from thalweg.sql.engines import open_engine; from thalweg.sql.migrations import migrate;"
        "migrate(open_engine(sys.argv[1]), 'sql'); sys.exit('alembic' in sys.modules)"
    )
    engine = open_engine(control_url)
    migrate(engine, "sql")
    engine.dispose()
    subprocess.run([sys.executable, "-c", program, control_url], check=True)


def test_branches_do_not_know_each_other(engine, block):
    migrate(engine, block)
    migrate(engine, "sql")
    assert {"outbox", "lease", "sql_version", "river", f"{block}_version"} <= tables(engine)
    migrate(engine, block, "base")
    assert {"outbox", "lease"} <= tables(engine)
    assert "river" not in tables(engine)


def test_the_tables_are_what_the_migrations_make(engine):
    migrate(engine, "sql")
    with reading(engine) as connection:
        seen = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            made = {column["name"]: column["nullable"] for column in seen.get_columns(table.name)}
            assert made == {column.name: column.nullable for column in table.columns}
            assert seen.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]


def test_four_migrate_at_once(engine, control_url, blocks, block, processes):
    barrier = PROCESSES.Barrier(4)
    migrators = [processes.start(migrate_block, control_url, str(blocks), block, barrier) for _ in range(4)]
    for migrator in migrators:
        migrator.join(DEADLINE)
        assert migrator.exitcode == 0
    assert revision_of(engine, block) == "stations"
    assert stations(engine) == ["Olinda"]


@pytest.mark.parametrize("old", [None, "rivers"])
def test_one_killed_between_two_statements_leaves_the_old(engine, control_url, blocks, block, processes, old):
    if old is not None:
        migrate(engine, block, old)
    before = tables(engine)
    migrator, told = processes.listen(migrate_block, control_url, str(blocks), block, None)
    assert told.poll(DEADLINE)
    assert told.recv() == "half-way"
    migrator.kill()
    migrator.join()
    assert revision_of(engine, block) == old
    assert tables(engine) == before
    migrate(engine, block)
    assert revision_of(engine, block) == "stations"
    assert stations(engine) == ["Olinda"]


def test_a_table_made_anew_takes_no_rows_of_others_with_it(engine, blocks, block):
    migrate(engine, block)
    add(blocks, block, lengths=LENGTHS)
    migrate(engine, block)
    assert stations(engine) == ["Olinda"]
    migrate(engine, block, "stations")
    assert stations(engine) == ["Olinda"]
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM river")
    assert stations(engine) == []


def test_a_migration_does_not_break_a_reference(sqlite_url, blocks, block):
    engine = open_engine(sqlite_url)
    migrate(engine, block)
    add(blocks, block, orphans=ORPHANS)
    with pytest.raises(Conflict, match="station"):
        migrate(engine, block)
    assert revision_of(engine, block) == "stations"
    assert stations(engine) == ["Olinda"]
    engine.dispose()


def test_tables_of_a_newer_thalweg_are_left_alone(engine, blocks, block):
    add(blocks, block, lengths=LENGTHS)
    migrate(engine, block)
    (blocks / block / "migrations" / "versions" / "lengths.py").unlink()
    with pytest.raises(Conflict, match="a newer one wrote it"):
        migrate(engine, block)
    assert stations(engine) == ["Olinda"]


def test_a_revision_written_in_another_way_is_found_too(engine, blocks, block):
    migrate(engine, block)
    migrate(engine, block, "rivers")
    other_way = STATIONS.replace('down_revision = "rivers"', "down_revision = ('rivers',)")
    add(blocks, block, stations=other_way)
    migrate(engine, block)
    assert stations(engine) == ["Olinda"]
