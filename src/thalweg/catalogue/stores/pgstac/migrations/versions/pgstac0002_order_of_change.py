"""Items and their ends are found in the order of their last change."""

from alembic import op

revision = "pgstac0002"
down_revision = "pgstac0001"

_UP = (
    # What other programs write has the moment in which it is followed.
    "ALTER TABLE item ADD COLUMN at timestamptz",
    """UPDATE item SET at = coalesce((stac.private ->> 'at')::timestamptz, now())
    FROM coll JOIN pgstac.items AS stac ON stac.collection = coll.id WHERE coll.c = item.c AND stac.id = item.id""",
    "UPDATE item SET at = now() WHERE at IS NULL",
    "ALTER TABLE item ALTER at SET DEFAULT clock_timestamp(), ALTER at SET NOT NULL",
    "CREATE INDEX item_by_change ON item (k, at, n) INCLUDE (c)",
    "CREATE INDEX gone_by_change ON past (k, since, c, id) WHERE gone",
)
_DOWN = ("DROP INDEX gone_by_change", "ALTER TABLE item DROP COLUMN at")


def upgrade() -> None:
    """Write down at each Item when it changed, and create the indexes."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for statement in _DOWN:
        op.execute(statement)
