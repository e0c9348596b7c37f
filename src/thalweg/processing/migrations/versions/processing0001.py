"""Jobs, their logs, deployed Processes."""

import sqlalchemy as sa
from alembic import op

from thalweg.sql.columns import Counter, Instant, Json

revision = "processing0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    _create_job()
    _create_job_log()
    _create_process()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("process")
    op.drop_table("job_log")
    op.drop_table("job")


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("number", Counter, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("process", sa.String, nullable=False),
        sa.Column("process_version", sa.String, nullable=False),
        sa.Column("workspace", sa.String(63), nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("class", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("inputs", Json, nullable=False),
        sa.Column("bbox", Json),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("worker", sa.String),
        sa.Column("lease_until", Instant),
        sa.Column("created", Instant, nullable=False),
        sa.Column("started", Instant),
        sa.Column("finished", Instant),
        sa.Column("updated", Instant, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("failure", Json),
        sa.Column("staged", Json),
        sa.Column("results", Json),
        sqlite_autoincrement=True,
    )
    op.create_index("job_waiting", "job", ["status", "number"])
    op.create_index("job_of", "job", ["workspace", "status"])


def _create_job_log() -> None:
    op.create_table(
        "job_log",
        sa.Column(
            "job", Counter, sa.ForeignKey("job.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _create_process() -> None:
    op.create_table(
        "process",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("workspace", sa.String(63), nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("class", sa.String, nullable=False),
        sa.Column("deployed", Instant, nullable=False),
        sa.Column("description", Json, nullable=False),
        sa.Column("document", Json, nullable=False),
    )
