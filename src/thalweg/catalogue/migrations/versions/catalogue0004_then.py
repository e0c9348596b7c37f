"""What versions of the past are found by, and Collections as they were; old documents are gone through on opening."""

from alembic import op

revision = "catalogue0004"
down_revision = "catalogue0003"

_COLUMNS = (
    "c INTEGER", "id TEXT", "t INTEGER", "lead INTEGER", "lag INTEGER", "west REAL", "south REAL", "east REAL",
    "north REAL", "shape BLOB", "p BLOB", "g INTEGER",
)  # fmt: skip
_SEEN = "k, t, lead, lag, west, south, east, north"
_UP = (
    # As the columns of item are; g is the counter "wanted" when the version ended: what of its properties p keeps.
    *(f"ALTER TABLE past ADD COLUMN {column}" for column in _COLUMNS),
    "CREATE INDEX gone_by_number ON gone (n)",
    "UPDATE past SET (c, id) = (SELECT c, id FROM item WHERE item.n = past.n)",
    "UPDATE past SET (c, id) = (SELECT c, id FROM gone WHERE gone.n = past.n) WHERE c IS NULL",
    "DROP INDEX gone_by_number",
    f"CREATE INDEX past_by_end ON past (until, since, c, {_SEEN})",
    f"CREATE INDEX past_of_collection ON past (c, until, since, {_SEEN})",
    # The counter "wanted" since which all that is written has the property kept.
    "ALTER TABLE queryable ADD COLUMN g INTEGER NOT NULL DEFAULT 0",
    # The last Item whose past was gone through, as long as others follow.
    "INSERT INTO state (name, value) SELECT 'remembered', 0 WHERE EXISTS (SELECT 1 FROM past)",
    # Since when a Collection is what it is, in ms since 1970; 0 where nobody wrote it down. The end of a removed one.
    "ALTER TABLE coll ADD COLUMN u INTEGER NOT NULL DEFAULT 0",
    # What Collections were, as past is of Items.
    """CREATE TABLE collpast (
        c INTEGER, v INTEGER, id TEXT NOT NULL, k INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
        first INTEGER, last INTEGER, d INTEGER NOT NULL, z BLOB NOT NULL, PRIMARY KEY (c, v)
    ) WITHOUT ROWID""",
    "CREATE INDEX collpast_by_end ON collpast (until, since)",
)
_DOWN = (
    "DROP TABLE collpast",
    "ALTER TABLE coll DROP COLUMN u",
    "DELETE FROM state WHERE name = 'remembered'",
    "ALTER TABLE queryable DROP COLUMN g",
    "DROP INDEX past_of_collection",
    "DROP INDEX past_by_end",
    *(f"ALTER TABLE past DROP COLUMN {column.partition(' ')[0]}" for column in reversed(_COLUMNS)),
)


def upgrade() -> None:
    """Create them; whose versions they are is known already."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Drop them; what Collections were is lost."""
    for statement in _DOWN:
        op.execute(statement)
