"""Who may see and do what, and the spaces in which it lives."""

import re
import threading
import time
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from thalweg.core.errors import Conflict, Forbidden, InvalidParameter, NotFound, QuotaExceeded, Unauthenticated
from thalweg.core.events import Event
from thalweg.core.principals import ANYONE, Action, Principal, Rule, Visibility, visibility_class
from thalweg.core.workspaces import PUBLIC, Member, Policy, Role, Workspace, workspace_id
from thalweg.workspaces.ports import WorkspaceStore

_STALE_SECONDS = 0.5
"""A right that another process took away ends within this time; one that this process took ends at once."""
_MOST_CALLERS = 10_000
_A_DAY = 86_400
_RULES: tuple[Rule, ...] = ("anyone", "member", "owner")


class Workspaces:
    """The workspaces of the platform, and the policy over them: owner, member, anyone."""

    def __init__(
        self, store: WorkspaceStore, clock: Callable[[], float] = time.monotonic, *, most_owned: int = 1000
    ) -> None:
        self._store = store
        self._most_owned = most_owned
        self._clock = clock
        self._compiled: dict[str, Visibility] = {}
        self._version = -1
        self._looked = float("-inf")
        self._lock = threading.Lock()

    def visibility(self, who: Principal) -> Visibility:
        """Return the classes that ``who`` may see, compiled once per caller and policy version."""
        with self._lock:
            self._look()
            known = self._compiled.get(who.id)
        if known is not None:
            return known
        version = self._version
        compiled = self._compile(who)
        with self._lock:
            if version == self._version and len(self._compiled) < _MOST_CALLERS:
                self._compiled[who.id] = compiled
        return compiled

    def check(self, who: Principal, action: Action, workspace: str) -> None:
        """Return quietly if ``who`` may do this in the workspace.

        Raises:
            NotFound: ``who`` may not know of the workspace.
            Unauthenticated: nobody signed in, and signing in could help.
            Forbidden: ``who`` may see it, not do this to it.
        """
        found = self._seen(workspace, who)
        if action == "read" or _allows(found.role_of(who), action) or (who.admin and found.id == PUBLIC):
            return
        if who.anonymous:
            raise Unauthenticated(f"sign in to {action} in the workspace {found.id}")
        raise Forbidden(f"in the workspace {found.id} you may read, not {action}")

    def class_of(self, workspace: str) -> str:
        """Return the visibility class that new things in the workspace get."""
        return visibility_class(workspace, self._known(workspace).readable_by)

    def workspaces(self, who: Principal, after: str = "", limit: int = 1000) -> Sequence[Workspace]:
        """Return the workspaces that ``who`` may read and that follow an id, by id, no more than ``limit``."""
        return self._store.readable(None if who.anonymous else who.id, after, limit)

    def workspace(self, workspace: str, who: Principal) -> Workspace:
        """Return one workspace; only its members learn who else is one."""
        found = self._seen(workspace, who)
        if found.role_of(who) or who.admin:
            return found
        return Workspace(found.id, found.title, found.readable_by, found.created)

    def create(self, workspace: str, title: str, readable_by: Rule, who: Principal) -> Workspace:
        """Create a workspace that ``who`` owns.

        Raises:
            Unauthenticated: nobody signed in.
            InvalidParameter: the id cannot name a workspace.
            Conflict: the id is taken.
            QuotaExceeded: ``who`` owns as many as one person may.
        """
        if who.anonymous:
            raise Unauthenticated("sign in to create a workspace")
        if readable_by not in _RULES:
            raise InvalidParameter("readable_by", f"is one of {', '.join(_RULES)}")
        if not who.admin and self._store.owned(who.id) >= self._most_owned:
            raise QuotaExceeded(f"you own {self._most_owned} workspaces already, as many as one may", _A_DAY)
        owner = (Member(who.id, "owner"),)
        return self._create(
            Workspace(workspace_id(workspace), title or workspace, readable_by, datetime.now(UTC), owner)
        )

    def _create(self, made: Workspace) -> Workspace:
        try:
            self._store.create(made, [_event("workspace.created", made.id, made.readable_by)])
        except Conflict as error:
            raise Conflict(f"the workspace {made.id} is there already") from error
        self._forget()
        return made

    def ensure(self, workspace: str, title: str, readable_by: Rule, who: Principal) -> Workspace:
        """Return the workspace, created now for ``who`` where it was not there."""
        with suppress(Conflict):
            return self.create(workspace, title, readable_by, who)
        return self._known(workspace)

    def personal(self, who: Principal) -> Workspace:
        """Return the caller's own workspace, created at first use.

        It is marked as theirs when it is created: who only bears its name, or was made an owner of it, gets another.
        """
        return self._own(who) or self._first_free(_slug(who.id), who)

    def _own(self, who: Principal) -> Workspace | None:
        return next((one for one in self._store.of(who.id) if one.personal_of == who.id), None)

    def put_member(self, workspace: str, principal: str, role: Role, who: Principal) -> None:
        """Make somebody a member or an owner."""
        self.check(who, "administer", workspace)
        if principal == ANYONE.id:
            raise InvalidParameter("principal", "is nobody in particular; readable_by says what anyone may see")
        known = self._known(workspace)
        if role == "member":
            _keep_an_owner(known, principal)
        self._store.put_member(workspace, Member(principal, role), [_event("member.put", workspace, "member")])
        self._forget()

    def remove_member(self, workspace: str, principal: str, who: Principal) -> None:
        """Take somebody's membership away; the last owner stays."""
        if principal != who.id:
            self.check(who, "administer", workspace)
        known = self._seen(workspace, who)
        if all(member.principal != principal for member in known.members):
            return  # nothing changes: no event, and nobody's rights are compiled again
        _keep_an_owner(known, principal)
        self._store.remove_member(workspace, principal, [_event("member.removed", workspace, "member")])
        self._forget()

    def _first_free(self, slug: str, who: Principal) -> Workspace:
        owner = (Member(who.id, "owner"),)
        for name in _names(slug):
            with suppress(Conflict):
                return self._create(Workspace(name, who.name or who.id, "member", datetime.now(UTC), owner, who.id))
            if (own := self._own(who)) is not None:  # another process was faster
                return own
        raise Conflict(f"a hundred workspaces are named {slug}")

    def _seen(self, workspace: str, who: Principal) -> Workspace:
        found = self._store.workspace(workspace)
        if found is None or not _readable(found, who):
            raise NotFound(f"there is no workspace {workspace[:64]}")
        return found

    def _known(self, workspace: str) -> Workspace:
        found = self._store.workspace(workspace)
        if found is None:
            raise NotFound(f"there is no workspace {workspace[:64]}")
        return found

    def _compile(self, who: Principal) -> Visibility:
        classes = {visibility_class(one, "anyone") for one in self._store.ids()}
        if not who.anonymous:
            for one in self._store.of(who.id):
                classes |= {visibility_class(one.id, rule) for rule in _seen_as(one.role_of(who))}
        return Visibility(frozenset(classes))

    def _look(self) -> None:
        now = self._clock()
        if now - self._looked < _STALE_SECONDS:
            return
        version = self._store.version()
        if version != self._version:
            self._compiled.clear()
        self._version, self._looked = version, now

    def _forget(self) -> None:
        with self._lock:
            self._looked = float("-inf")


def _seen_as(role: Role | None) -> tuple[Rule, ...]:
    return {"owner": _RULES, "member": _RULES[:2], None: _RULES[:1]}[role]


def _readable(workspace: Workspace, who: Principal) -> bool:
    return workspace.readable_by in _seen_as(workspace.role_of(who)) or (who.admin and workspace.id == PUBLIC)


def _allows(role: Role | None, action: Action) -> bool:
    return role == "owner" or (role == "member" and action in ("read", "write", "execute"))


def _keep_an_owner(workspace: Workspace, principal: str) -> None:
    owners = {member.principal for member in workspace.members if member.role == "owner"}
    if owners == {principal}:
        raise Conflict(f"{workspace.id} would have no owner; name another first")


def _event(kind: str, workspace: str, rule: Rule) -> Event:
    return Event(kind, workspace, visibility_class(workspace, rule))


def _names(slug: str) -> list[str]:
    """Return the names that a principal's own workspace may have: another may have taken the first."""
    return [slug, *(f"{slug[:60]}-{number}" for number in range(2, 100))]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-") or "somebody"


if TYPE_CHECKING:
    _keeps_its_promise: type[Policy] = Workspaces
