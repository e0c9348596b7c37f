"""Searches that are kept under a name, as of a time."""

from alembic import op

revision = "catalogue0005"
down_revision = "catalogue0004"


def upgrade() -> None:
    """Create the table; s is the order in which snapshots were taken."""
    op.execute(
        "CREATE TABLE snapshot (s INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
        " class TEXT NOT NULL, document TEXT NOT NULL)"
    )


def downgrade() -> None:
    """Drop it, and the snapshots with it."""
    op.execute("DROP TABLE snapshot")
