"""By what Items that are gone are named as of a time, where no Collection is."""

from alembic import op

revision = "catalogue0006"
down_revision = "catalogue0005"


def upgrade() -> None:
    """Create the index."""
    op.execute("CREATE INDEX gone_by_id ON gone (id)")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX gone_by_id")
