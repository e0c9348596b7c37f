"""Workspaces, their members, the version of the policy."""

import sqlalchemy as sa
from alembic import op

from thalweg.sql.columns import Instant

revision = "workspaces0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "workspace",
        sa.Column("id", sa.String(63), primary_key=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("readable_by", sa.String(8), nullable=False),
        sa.Column("created", Instant, nullable=False),
        sa.Column("personal_of", sa.String, unique=True),
    )
    op.create_table(
        "member",
        sa.Column("workspace", sa.String(63), sa.ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("principal", sa.String, primary_key=True),
        sa.Column("role", sa.String(8), nullable=False),
    )
    op.create_index("member_of", "member", ["principal", "workspace"])
    policy = op.create_table(
        "policy",
        sa.Column("only", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.bulk_insert(policy, [{"only": 1, "version": 1}])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("policy")
    op.drop_table("member")
    op.drop_table("workspace")
