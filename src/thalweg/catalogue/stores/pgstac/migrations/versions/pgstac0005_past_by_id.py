"""By what versions of the past are named, where no Collection is."""

from alembic import op

revision = "pgstac0005"
down_revision = "pgstac0004"


def upgrade() -> None:
    """Create the index."""
    op.execute("CREATE INDEX past_by_id ON past (id) WHERE NOT gone")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX past_by_id")
