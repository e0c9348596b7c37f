"""Workspaces in the control database."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Row, and_, delete, func, or_, select, update

from thalweg.core.events import Event
from thalweg.core.workspaces import Member, Workspace
from thalweg.sql.engines import reading, writing
from thalweg.sql.outbox import record
from thalweg.workspaces.tables import MEMBER, POLICY, WORKSPACE


class SqlStore:
    """Keeps workspaces in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def version(self) -> int:
        """Return the policy's version."""
        with reading(self._engine) as connection:
            return int(connection.execute(select(POLICY.c.version)).scalar_one())

    def ids(self) -> Sequence[str]:
        """Return the ids of all workspaces."""
        with reading(self._engine) as connection:
            return connection.scalars(select(WORKSPACE.c.id).order_by(WORKSPACE.c.id)).all()

    def of(self, principal: str) -> Sequence[Workspace]:
        """Return the workspaces that the principal is a member of, with that member only."""
        mine = (
            select(WORKSPACE, MEMBER.c.principal, MEMBER.c.role)
            .join_from(MEMBER, WORKSPACE)
            .where(MEMBER.c.principal == principal)
            .order_by(WORKSPACE.c.id)
        )
        with reading(self._engine) as connection:
            return [_workspace(row, (Member(row.principal, row.role),)) for row in connection.execute(mine)]

    def readable(self, principal: str | None, after: str, limit: int) -> Sequence[Workspace]:
        """Return the workspaces after an id that anyone, or the principal as a member, may read."""
        own = and_(MEMBER.c.workspace == WORKSPACE.c.id, MEMBER.c.principal == principal)
        found = (
            select(WORKSPACE, MEMBER.c.principal, MEMBER.c.role)
            .join_from(WORKSPACE, MEMBER, own, isouter=True)
            .where(or_(WORKSPACE.c.readable_by == "anyone", MEMBER.c.principal.is_not(None)), WORKSPACE.c.id > after)
            .order_by(WORKSPACE.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [
                _workspace(row, (Member(row.principal, row.role),) if row.principal else ())
                for row in connection.execute(found)
            ]

    def owned(self, principal: str) -> int:
        """Return how many workspaces the principal owns."""
        owns = select(func.count()).where(MEMBER.c.principal == principal, MEMBER.c.role == "owner")
        with reading(self._engine) as connection:
            return int(connection.execute(owns).scalar_one())

    def workspace(self, workspace: str) -> Workspace | None:
        """Return one workspace with its members."""
        if "\0" in workspace:
            return None  # PostgreSQL takes no such text, not even to compare
        with reading(self._engine) as connection:
            row = connection.execute(select(WORKSPACE).where(WORKSPACE.c.id == workspace)).one_or_none()
            if row is None:
                return None
            members = select(MEMBER).where(MEMBER.c.workspace == workspace).order_by(MEMBER.c.principal)
            return _workspace(row, tuple(Member(m.principal, m.role) for m in connection.execute(members)))

    def create(self, workspace: Workspace, events: Sequence[Event]) -> None:
        """Keep a new workspace with its members."""
        with writing(self._engine) as connection:
            connection.execute(
                WORKSPACE.insert().values(
                    id=workspace.id,
                    title=workspace.title,
                    readable_by=workspace.readable_by,
                    created=workspace.created,
                    personal_of=workspace.personal_of,
                )
            )
            for member in workspace.members:
                _put(connection, workspace.id, member)
            _changed(connection, events)

    def put_member(self, workspace: str, member: Member, events: Sequence[Event]) -> None:
        """Keep a member, in this role from now on."""
        with writing(self._engine) as connection:
            _remove(connection, workspace, member.principal)
            _put(connection, workspace, member)
            _changed(connection, events)

    def remove_member(self, workspace: str, principal: str, events: Sequence[Event]) -> None:
        """Forget a member."""
        with writing(self._engine) as connection:
            _remove(connection, workspace, principal)
            _changed(connection, events)


def _put(connection: Connection, workspace: str, member: Member) -> None:
    connection.execute(MEMBER.insert().values(workspace=workspace, principal=member.principal, role=member.role))


def _remove(connection: Connection, workspace: str, principal: str) -> None:
    connection.execute(delete(MEMBER).where(MEMBER.c.workspace == workspace, MEMBER.c.principal == principal))


def _changed(connection: Connection, events: Sequence[Event]) -> None:
    connection.execute(update(POLICY).values(version=POLICY.c.version + 1))
    record(connection, events)


def _workspace(row: Row[Any], members: tuple[Member, ...]) -> Workspace:
    return Workspace(row.id, row.title, row.readable_by, row.created, members, row.personal_of)


if TYPE_CHECKING:
    from thalweg.workspaces.ports import WorkspaceStore

    _keeps_its_promise: type[WorkspaceStore] = SqlStore
