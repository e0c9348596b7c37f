"""The outbox and the leases."""

import sqlalchemy as sa
from alembic import op

from thalweg.sql.columns import Counter, Instant, Json

revision = "sql0001"
down_revision = None


def upgrade() -> None:
    """Create both."""
    op.create_table(
        "outbox",
        sa.Column("seq", Counter, primary_key=True, autoincrement=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("class", sa.String, nullable=False),
        sa.Column("data", Json, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("token", Counter, nullable=False, autoincrement=False),
        sa.Column("until", Instant, nullable=False),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("lease")
    op.drop_table("outbox")
