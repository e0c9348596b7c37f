"""Principals and their tokens."""

import sqlalchemy as sa
from alembic import op

from thalweg.sql.columns import Instant

revision = "identity0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "principal",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("admin", sa.Boolean, nullable=False),
        sa.Column("created", Instant, nullable=False),
    )
    op.create_table(
        "token",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("principal", sa.String, sa.ForeignKey("principal.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("created", Instant, nullable=False),
        sa.Column("expires", Instant),
    )
    op.create_index("token_of", "token", ["principal", "kind"])
    op.create_table(
        "secret",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("secret")
    op.drop_table("token")
    op.drop_table("principal")
