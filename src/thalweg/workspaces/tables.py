"""The tables of the block."""

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table

from thalweg.sql.columns import Instant

METADATA = MetaData()

WORKSPACE = Table(
    "workspace",
    METADATA,
    Column("id", String(63), primary_key=True),
    Column("title", String, nullable=False),
    Column("readable_by", String(8), nullable=False),
    Column("created", Instant, nullable=False),
    Column("personal_of", String, unique=True),
)

MEMBER = Table(
    "member",
    METADATA,
    Column("workspace", ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True),
    Column("principal", String, primary_key=True),
    Column("role", String(8), nullable=False),
    Index("member_of", "principal", "workspace"),
)

POLICY = Table(
    "policy",
    METADATA,
    Column("only", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
)
"""One row, whose version grows with every change of a rule or a member: what was compiled before it is stale."""
