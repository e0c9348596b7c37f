"""What the block needs of its store."""

from collections.abc import Sequence
from typing import Protocol

from thalweg.core.events import Event
from thalweg.core.workspaces import Member, Workspace


class WorkspaceStore(Protocol):
    """Keeps workspaces and members; each change grows the policy's version in its own transaction."""

    def version(self) -> int:
        """Return the policy's version."""
        ...

    def ids(self) -> Sequence[str]:
        """Return the ids of all workspaces."""
        ...

    def of(self, principal: str) -> Sequence[Workspace]:
        """Return the workspaces that the principal is a member of, with that member only, by id."""
        ...

    def readable(self, principal: str | None, after: str, limit: int) -> Sequence[Workspace]:
        """Return the workspaces that anyone, or the principal as a member, may read, by id, with that member only.

        Args:
            principal: ``None`` is nobody in particular.
            after: an id; those that follow it are returned.
            limit: how many at most.
        """
        ...

    def owned(self, principal: str) -> int:
        """Return how many workspaces the principal owns."""
        ...

    def workspace(self, workspace: str) -> Workspace | None:
        """Return one workspace with its members."""
        ...

    def create(self, workspace: Workspace, events: Sequence[Event]) -> None:
        """Keep a new workspace with its members, or raise ``Conflict`` where the id is taken."""
        ...

    def put_member(self, workspace: str, member: Member, events: Sequence[Event]) -> None:
        """Keep a member, in this role from now on."""
        ...

    def remove_member(self, workspace: str, principal: str, events: Sequence[Event]) -> None:
        """Forget a member."""
        ...
