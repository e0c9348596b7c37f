"""Items, Collections and what finds them, in one SQLite file."""

from alembic import op

revision = "catalogue0001"
down_revision = None

_TABLES = (
    # A Collection that was removed keeps its row without a body: its number, and its version, are not given twice.
    """CREATE TABLE coll (
        c INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, k INTEGER NOT NULL, v INTEGER NOT NULL,
        body BLOB
    )""",
    "CREATE TABLE class (k INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    # A Collection's Items are much alike: the newest dictionary of a Collection packs its next Items.
    "CREATE TABLE dict (d INTEGER PRIMARY KEY, c INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE INDEX dict_of_collection ON dict (c, d)",
    # Times are ms since 1970: t is what Items are sorted by, t - lead to t + lag is the span of all their times.
    # The box is of the footprint, west > east where it crosses the antimeridian; shape is WKB where it is no box.
    """CREATE TABLE item (
        n INTEGER PRIMARY KEY AUTOINCREMENT, c INTEGER NOT NULL, id TEXT NOT NULL, k INTEGER NOT NULL,
        v INTEGER NOT NULL, t INTEGER NOT NULL, lead INTEGER NOT NULL, lag INTEGER NOT NULL,
        west REAL, south REAL, east REAL, north REAL, shape BLOB
    )""",
    "CREATE UNIQUE INDEX item_by_id ON item (id, c)",
    "CREATE INDEX item_by_collection ON item (c, t DESC, n DESC, k)",
    "CREATE INDEX item_by_time ON item (t DESC, n DESC, c, k)",
    "CREATE INDEX item_by_class ON item (k, t DESC, n DESC, c)",
    "CREATE TABLE doc (n INTEGER PRIMARY KEY, d INTEGER NOT NULL, z BLOB NOT NULL)",
    # The version that a removed Item had last: one that comes back goes on from there.
    "CREATE TABLE gone (c INTEGER, id TEXT, v INTEGER NOT NULL, PRIMARY KEY (c, id)) WITHOUT ROWID",
    # id is 2 n, and 2 n + 1 for the second box of what crosses the antimeridian; t0 and t1 are 1/100 years from 2000.
    "CREATE VIRTUAL TABLE box USING rtree (id, x0, x1, y0, y1, t0, t1)",
    # How many Items a Collection has in a class; t_max and span (the longest lead + lag) never shrink.
    """CREATE TABLE tally (
        c INTEGER, k INTEGER, n INTEGER NOT NULL, t_max INTEGER NOT NULL, span INTEGER NOT NULL, PRIMARY KEY (c, k)
    ) WITHOUT ROWID""",
    "CREATE INDEX tally_of_class ON tally (k, n)",
    "CREATE INDEX tally_by_span ON tally (span)",
)
_NAMES = ("tally", "box", "gone", "doc", "item", "dict", "class", "coll")


def upgrade() -> None:
    """Create all of them."""
    for statement in _TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop all of them."""
    for name in _NAMES:
        op.execute(f"DROP TABLE {name}")
