"""The tables of this floor: the outbox and the leases of one database."""

from sqlalchemy import Column, MetaData, String, Table

from thalweg.sql.columns import Counter, Instant, Json

METADATA = MetaData()

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("seq", Counter, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("class", String, nullable=False),
    Column("data", Json, nullable=False),
    sqlite_autoincrement=True,
)

LEASE = Table(
    "lease",
    METADATA,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("token", Counter, nullable=False),
    Column("until", Instant, nullable=False),
)
