"""Rules, and what was told by them, in the control database."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, delete, func, select, update

from thalweg.catalogue.freshness.ports import Statement
from thalweg.catalogue.freshness.rule import read_rule, written_rule
from thalweg.catalogue.freshness.tables import RULE, TOLD
from thalweg.core.errors import PreconditionFailed
from thalweg.core.events import Event
from thalweg.sql.engines import reading, writing
from thalweg.sql.outbox import record

if TYPE_CHECKING:
    from thalweg.catalogue.freshness.ports import Rules

_AT_ONCE = 400


class SqlRules:
    """Keeps rules in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rule(self, collection: str) -> Statement | None:
        """Return what was said of a Collection's rule, if anything."""
        with reading(self._engine) as connection:
            return _statement(connection, collection)

    def confirmed(self) -> Sequence[str]:
        """Return the Collections whose rule is confirmed."""
        query = select(RULE.c.collection).where(RULE.c.state == "confirmed").order_by(RULE.c.collection)
        with reading(self._engine) as connection:
            return connection.scalars(query).all()

    def say(self, collection: str, said: Statement, expected: int | None, events: Sequence[Event]) -> Statement:
        """Keep what an operator says; what was told by another rule is forgotten."""
        with writing(self._engine) as connection:
            before = _statement(connection, collection)
            version = 0 if before is None else before.version
            if expected is not None and expected != version:
                raise PreconditionFailed("The rule has changed since this version: read it again.")
            values = {
                "state": said.state,
                "rule": None if said.rule is None else written_rule(said.rule),
                "said_by": said.by,
                "said_at": said.at,
                "version": version + 1,
            }
            if before is None:
                connection.execute(RULE.insert().values(collection=collection, **values))
            else:
                connection.execute(update(RULE).where(RULE.c.collection == collection).values(**values))
            connection.execute(delete(TOLD).where(TOLD.c.collection == collection))
            record(connection, events)
        return Statement(said.state, said.rule, said.by, said.at, version + 1)

    def collections(self) -> Sequence[str]:
        """Return the Collections of which anything was said."""
        with reading(self._engine) as connection:
            return connection.scalars(select(RULE.c.collection).order_by(RULE.c.collection)).all()

    def latest(self) -> datetime | None:
        """Return when anything was said last."""
        with reading(self._engine) as connection:
            at: datetime | None = connection.scalar(select(func.max(RULE.c.said_at)))
        return at

    def forget(self, collection: str, events: Sequence[Event], before: datetime | None = None) -> bool:
        """Forget what was said, and what was told, if it was before a time; tell whether there was anything."""
        with writing(self._engine) as connection:
            said = _statement(connection, collection)
            if said is None or (before is not None and said.at >= before):
                return False
            connection.execute(delete(TOLD).where(TOLD.c.collection == collection))
            connection.execute(delete(RULE).where(RULE.c.collection == collection))
            record(connection, events)
        return True

    def told(self, collection: str) -> frozenset[tuple[str, int]]:
        """Return of what an event told."""
        query = select(TOLD.c.series, TOLD.c.expected).where(TOLD.c.collection == collection)
        with reading(self._engine) as connection:
            return frozenset((row.series, row.expected) for row in connection.execute(query))

    def tell(
        self,
        collection: str,
        new: Collection[tuple[str, int]],
        over: Collection[tuple[str, int]],
        events: Iterable[Event],
    ) -> None:
        """Write events, and of what they tell; ``over`` is no longer so and may be told again."""
        with writing(self._engine) as connection:
            for series, expected in over:
                which = (TOLD.c.collection == collection, TOLD.c.series == series, TOLD.c.expected == expected)
                connection.execute(delete(TOLD).where(*which))
            rows = [{"collection": collection, "series": series, "expected": at} for series, at in new]
            for start in range(0, len(rows), _AT_ONCE):
                connection.execute(TOLD.insert(), rows[start : start + _AT_ONCE])
            record(connection, events)


def _statement(connection: Connection, collection: str) -> Statement | None:
    row = connection.execute(select(RULE).where(RULE.c.collection == collection)).one_or_none()
    if row is None:
        return None
    rule = None if row.rule is None else read_rule(row.rule)
    return Statement(row.state, rule, row.said_by, row.said_at, row.version)


if TYPE_CHECKING:
    _keeps_its_promise: type[Rules] = SqlRules
