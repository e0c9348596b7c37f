"""What is kept of harvests; in the control database, whatever holds the Records."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

from thalweg.sql.columns import Instant, Json

METADATA = MetaData()

SOURCE = Table(
    "harvest_source",
    METADATA,
    Column("id", String, primary_key=True),
    Column("workspace", String, nullable=False),
    Column("catalogue", String, nullable=False),
    Column("url", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("interval", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("ours", String, nullable=False),
    Column("made", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("run", Integer, nullable=False),
    Column("state", String(9), nullable=False),
    Column("begun", Instant),
    Column("ended", Instant),
    Column("until", Instant),
    Column("since", String, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", String, nullable=False),
    Column("told", Json, nullable=False),
    Index("harvest_source_place", "catalogue", "url", unique=True),
    Index("harvest_source_workspace", "workspace"),
    Index("harvest_source_due", "due"),
)
"""Sources; ``until`` is when another may take a harvest over that is not ended."""

MET = Table(
    "harvest_met",
    METADATA,
    Column("source", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("record", String, nullable=False),
    Column("run", Integer, nullable=False),
    Index("harvest_met_record", "record"),
)
"""Which Records came from which source, by what that calls them, and in which of its harvests they were met last."""

ERRAND = Table(
    "harvest_errand",
    METADATA,
    Column("id", String, primary_key=True),
    Column("workspace", String, nullable=False),
    Column("catalogue", String, nullable=False),
    Column("url", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("interval", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("ours", String, nullable=False),
    Column("speaks", String, nullable=False),
    Column("handlers", Json, nullable=False),
    Column("made", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("run", Integer, nullable=False),
    Column("deaths", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("until", Instant),
    Index("harvest_errand_due", "due"),
    Index("harvest_errand_workspace", "workspace"),
)
"""Harvests that were acknowledged; ``until`` is when another may take one over."""
