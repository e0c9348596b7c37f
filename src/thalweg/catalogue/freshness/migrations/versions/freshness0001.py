"""Rules of cadence, what was told by them, and how assets are."""

import sqlalchemy as sa
from alembic import op

from thalweg.sql.columns import Counter, Instant, Json

revision = "freshness0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "freshness_rule",
        sa.Column("collection", sa.String, primary_key=True),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("rule", Json),
        sa.Column("said_by", sa.String, nullable=False),
        sa.Column("said_at", Instant, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "freshness_told",
        sa.Column("collection", sa.String, primary_key=True),
        sa.Column("series", sa.String, primary_key=True),
        sa.Column("expected", Counter, primary_key=True),
    )
    op.create_table(
        "asset_state",
        sa.Column("collection", sa.String, primary_key=True),
        sa.Column("item", sa.String, primary_key=True),
        sa.Column("class", sa.String, nullable=False),
        sa.Column("version", Counter, nullable=False),
        sa.Column("checked", Instant, nullable=False),
        sa.Column("walk", sa.Integer, nullable=False),
        sa.Column("alive", sa.Integer, nullable=False),
        sa.Column("dead", sa.Integer, nullable=False),
        sa.Column("unsure", sa.Integer, nullable=False),
        sa.Column("unchecked", sa.Integer, nullable=False),
        sa.Column("states", Json, nullable=False),
    )
    op.create_index("asset_state_dead", "asset_state", ["collection", "dead", "item"])
    op.create_table(
        "asset_walk",
        sa.Column("collection", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("begun", Instant, nullable=False),
        sa.Column("ended", Instant),
        sa.Column("place", Json),
        sa.Column("left_out", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("asset_walk", "asset_state", "freshness_told", "freshness_rule"):
        op.drop_table(name)
