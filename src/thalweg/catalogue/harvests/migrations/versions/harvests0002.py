"""Harvests that were acknowledged, until they are done and those who wait for their answers are told."""

import sqlalchemy as sa
from alembic import op

from thalweg.sql.columns import Instant, Json

revision = "harvests0002"
down_revision = "harvests0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "harvest_errand",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("workspace", sa.String, nullable=False),
        sa.Column("catalogue", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("interval", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("ours", sa.String, nullable=False),
        sa.Column("speaks", sa.String, nullable=False),
        sa.Column("handlers", Json, nullable=False),
        sa.Column("made", Instant, nullable=False),
        sa.Column("due", Instant, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("deaths", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("until", Instant),
    )
    op.create_index("harvest_errand_due", "harvest_errand", ["due"])
    op.create_index("harvest_errand_workspace", "harvest_errand", ["workspace"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("harvest_errand")
