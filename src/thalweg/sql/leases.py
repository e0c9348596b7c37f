"""Named leases: one holder at a time, and a token by which a late one is found out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from thalweg.core.errors import Conflict
from thalweg.sql.engines import is_sqlite, writing
from thalweg.sql.tables import LEASE


class LeaseLost(Conflict):
    """The lease was released or taken over: what its old holder still wants to write must not be."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as it was given.

    Attributes:
        name: what is held.
        holder: by whom.
        token: grows with every new holder, for ever.
        until: when it may be taken over, by the database's clock.
    """

    name: str
    holder: str
    token: int
    until: datetime


class Leases:
    """The leases of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        """Take a lease that is free or has run out, with a higher token than any before; else nothing."""
        with writing(self._engine) as connection:
            now = _now(connection)
            insert = sqlite.insert if is_sqlite(connection) else postgresql.insert
            until = now + timedelta(seconds=seconds)
            statement = insert(LEASE).values(name=name, holder=holder, token=1, until=until)
            token = connection.scalar(
                statement.on_conflict_do_update(
                    index_elements=[LEASE.c.name],
                    set_={"holder": holder, "token": LEASE.c.token + 1, "until": until},
                    where=LEASE.c.until <= now,
                ).returning(LEASE.c.token)
            )
        return None if token is None else Lease(name, holder, token, until)

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold a lease longer; one that ran out too, as long as nobody else took it.

        Raises:
            LeaseLost: another has taken it, or it was released.
        """
        with writing(self._engine) as connection:
            until = _now(connection) + timedelta(seconds=seconds)
            _change(connection, lease, until, lease.token)
        return replace(lease, until=until)

    def release(self, lease: Lease) -> None:
        """Let a lease go; its token is worth no more, and is never given again.

        Raises:
            LeaseLost: another has taken it, or it was released.
        """
        with writing(self._engine) as connection:
            _change(connection, lease, _now(connection), lease.token + 1)

    @contextmanager
    def writing(self, lease: Lease) -> Iterator[Connection]:
        """Write in one transaction that only the lease's present holder can commit.

        Raises:
            LeaseLost: another has taken it; nothing was written.
        """
        with writing(self._engine) as connection:
            hold(connection, lease)
            yield connection


def _change(connection: Connection, lease: Lease, until: datetime, token: int) -> None:
    mine = update(LEASE).where(LEASE.c.name == lease.name, LEASE.c.token == lease.token)
    if connection.execute(mine.values(until=until, token=token)).rowcount != 1:
        raise _lost(lease)


def hold(connection: Connection, lease: Lease) -> None:
    """Refuse a stale token in the caller's transaction; nobody takes the lease over before that ends.

    Raises:
        LeaseLost: another has taken it.
    """
    query = select(LEASE.c.token).where(LEASE.c.name == lease.name).with_for_update(read=True)
    if connection.scalar(query) != lease.token:
        raise _lost(lease)


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(f"{lease.holder} no longer holds {lease.name}: it was released, or another has taken it over.")


def _now(connection: Connection) -> datetime:
    """Return the database's time: machines need not agree, and SQLite is on one."""
    if is_sqlite(connection):
        return datetime.now(UTC)
    at = connection.scalar(select(func.clock_timestamp()))
    if not isinstance(at, datetime):
        raise TypeError(at)
    return at.astimezone(UTC)
