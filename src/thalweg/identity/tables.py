"""The tables of the block."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, MetaData, String, Table

from thalweg.sql.columns import Instant

METADATA = MetaData()

PRINCIPAL = Table(
    "principal",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("created", Instant, nullable=False),
)

TOKEN = Table(
    "token",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("principal", ForeignKey("principal.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("created", Instant, nullable=False),
    Column("expires", Instant),
    Index("token_of", "principal", "kind"),
)
"""Only the digest of a token is kept: who reads the database cannot sign in."""

SECRET = Table(
    "secret",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""What all processes of one platform share and nobody else knows."""
