"""The tables of the block, in the control database."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

from thalweg.sql.columns import Counter, Instant, Json

METADATA = MetaData()

JOB = Table(
    "job",
    METADATA,
    Column("number", Counter, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("process", String, nullable=False),
    Column("process_version", String, nullable=False),
    Column("workspace", String(63), nullable=False),
    Column("owner", String, nullable=False),
    Column("class", String, nullable=False),
    Column("title", String, nullable=False),
    Column("inputs", Json, nullable=False),
    Column("bbox", Json),
    Column("status", String(10), nullable=False),
    Column("message", Text, nullable=False),
    Column("progress", Float, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("worker", String),
    Column("lease_until", Instant),
    Column("created", Instant, nullable=False),
    Column("started", Instant),
    Column("finished", Instant),
    Column("updated", Instant, nullable=False),
    Column("seconds", Float),
    Column("lines", Integer, nullable=False),
    Column("failure", Json),
    Column("staged", Json),
    Column("results", Json),
    Index("job_waiting", "status", "number"),
    Index("job_of", "workspace", "status"),
    sqlite_autoincrement=True,
)
"""``seconds``: how long it ran, once ended; ``lines``: how many log lines it has."""

JOB_LOG = Table(
    "job_log",
    METADATA,
    Column("job", ForeignKey("job.number", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)

PROCESS = Table(
    "process",
    METADATA,
    Column("id", String, primary_key=True),
    Column("workspace", String(63), nullable=False),
    Column("owner", String, nullable=False),
    Column("class", String, nullable=False),
    Column("deployed", Instant, nullable=False),
    Column("description", Json, nullable=False),
    Column("document", Json, nullable=False),
)
