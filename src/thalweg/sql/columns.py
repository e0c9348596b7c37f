"""Column types that mean the same on both databases."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator, TypeEngine

_WRITTEN = "%Y-%m-%dT%H:%M:%S.%fZ"


class Json(TypeDecorator[Any]):
    """A JSON value; ``None`` is NULL. PostgreSQL holds it as JSONB."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type; PostgreSQL's types are only loaded where PostgreSQL is."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON(none_as_null=True))
        from sqlalchemy.dialects.postgresql import JSONB  # noqa: PLC0415 - a tenth of a second of every start

        return dialect.type_descriptor(JSONB(none_as_null=True))


Counter = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number that may count by itself (SQLite wants its primary key named INTEGER)."""


def written_instant(at: datetime) -> str:
    """Write an aware instant as SQLite holds it: in UTC and of one width, so that text sorts as time does.

    Raises:
        ValueError: the instant has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return at.astimezone(UTC).strftime(_WRITTEN).rjust(27, "0")


def read_instant(text: str) -> datetime:
    """Read what ``written_instant`` wrote."""
    return datetime.strptime(text, _WRITTEN).replace(tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC: ``timestamptz`` on PostgreSQL, text that sorts by time on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuse an instant without a zone."""
        if value is None:
            return None
        text = written_instant(value)
        return text if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return it in UTC."""
        if value is None:
            return None
        return read_instant(value) if isinstance(value, str) else value.astimezone(UTC)
