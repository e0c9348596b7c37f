"""What is kept of freshness: rules, what was told, how assets are; in the control database, whatever holds Items."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from thalweg.sql.columns import Counter, Instant, Json

METADATA = MetaData()

RULE = Table(
    "freshness_rule",
    METADATA,
    Column("collection", String, primary_key=True),
    Column("state", String(9), nullable=False),
    Column("rule", Json),
    Column("said_by", String, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)
"""What an operator said of a Collection's rule; there is no row where nobody said anything."""

TOLD = Table(
    "freshness_told",
    METADATA,
    Column("collection", String, primary_key=True),
    Column("series", String, primary_key=True),
    Column("expected", Counter, primary_key=True),
)
"""Gaps, and the Collection's being overdue (with an empty series), of which an event told; ms since 1970."""

ASSETS = Table(
    "asset_state",
    METADATA,
    Column("collection", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("class", String, nullable=False),
    Column("version", Counter, nullable=False),
    Column("checked", Instant, nullable=False),
    Column("walk", Integer, nullable=False),
    Column("alive", Integer, nullable=False),
    Column("dead", Integer, nullable=False),
    Column("unsure", Integer, nullable=False),
    Column("unchecked", Integer, nullable=False),
    Column("states", Json, nullable=False),
    Index("asset_state_dead", "collection", "dead", "item"),
)
"""How the assets of an Item are: one row an Item, for Items have twenty assets and are asked for as one."""

WALK = Table(
    "asset_walk",
    METADATA,
    Column("collection", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("begun", Instant, nullable=False),
    Column("ended", Instant),
    Column("place", Json),
    Column("left_out", Integer, nullable=False),
)
"""How far the check of a Collection's assets has come, so that one that was killed goes on."""
