"""Where everything lives: spaces of a person, a team, or everybody."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from thalweg.core.errors import InvalidParameter
from thalweg.core.principals import Action, Principal, Visibility

Role = Literal["owner", "member"]
PUBLIC = "public"
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def workspace_id(text: str) -> str:
    """Return the text if it can name a workspace: 1–63 of ``a-z 0-9 -``, no dash at an end.

    Raises:
        InvalidParameter: it cannot.
    """
    if not _SLUG.fullmatch(text):
        raise InvalidParameter("workspace", "1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit")
    return text


def workspace_of(resource_id: str) -> str:
    """Return the workspace that an id names: ``demo.images`` → ``demo``, ``swot`` → ``public``."""
    head, dot, _ = resource_id.partition(".")
    return head if dot else PUBLIC


@dataclass(frozen=True, slots=True)
class Member:
    """One principal in one workspace."""

    principal: str
    role: Role


@dataclass(frozen=True, slots=True)
class Workspace:
    """A space with its members.

    Attributes:
        readable_by: the rule its Items get unless told otherwise.
        personal_of: the principal whose own space it is; a name or an owner alone makes it nobody's own.
    """

    id: str
    title: str
    readable_by: Literal["anyone", "member", "owner"]
    created: datetime
    members: tuple[Member, ...] = ()
    personal_of: str | None = None

    def role_of(self, who: Principal) -> Role | None:
        """Return the caller's role here, or none."""
        return next((member.role for member in self.members if member.principal == who.id), None)


class Policy(Protocol):
    """The one authorisation decision: what ``who`` may see, and do where."""

    def visibility(self, who: Principal) -> Visibility:
        """Return the classes that ``who`` may see."""
        ...

    def check(self, who: Principal, action: Action, workspace: str) -> None:
        """Return quietly if ``who`` may do this in the workspace.

        Raises:
            NotFound: ``who`` may not know of the workspace.
            Unauthenticated: nobody signed in, and signing in could help.
            Forbidden: ``who`` may see it, not do this to it.
        """
        ...

    def class_of(self, workspace: str) -> str:
        """Return the visibility class that new things in the workspace get, or raise ``NotFound``."""
        ...
