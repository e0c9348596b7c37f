"""Sources that are harvested again and again, and which Records came from them."""

import sqlalchemy as sa
from alembic import op

from thalweg.sql.columns import Instant, Json

revision = "harvests0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "harvest_source",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("workspace", sa.String, nullable=False),
        sa.Column("catalogue", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("interval", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("ours", sa.String, nullable=False),
        sa.Column("made", Instant, nullable=False),
        sa.Column("due", Instant, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("begun", Instant),
        sa.Column("ended", Instant),
        sa.Column("until", Instant),
        sa.Column("since", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.String, nullable=False),
        sa.Column("told", Json, nullable=False),
    )
    op.create_index("harvest_source_place", "harvest_source", ["catalogue", "url"], unique=True)
    op.create_index("harvest_source_workspace", "harvest_source", ["workspace"])
    op.create_index("harvest_source_due", "harvest_source", ["due"])
    op.create_table(
        "harvest_met",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("record", sa.String, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
    )
    op.create_index("harvest_met_record", "harvest_met", ["record"])


def downgrade() -> None:
    """Drop them."""
    for name in ("harvest_met", "harvest_source"):
        op.drop_table(name)
