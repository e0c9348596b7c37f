"""Searches that are kept under a name, as of a time."""

from alembic import op

revision = "pgstac0004"
down_revision = "pgstac0003"


def upgrade() -> None:
    """Create the table; s is the order in which snapshots were taken."""
    op.execute(
        "CREATE TABLE snapshot (s bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE,"
        " class text NOT NULL, document jsonb NOT NULL)"
    )


def downgrade() -> None:
    """Drop it, and the snapshots with it."""
    op.execute("DROP TABLE snapshot")
