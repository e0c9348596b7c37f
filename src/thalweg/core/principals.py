"""Who asks, and what they may see."""

from dataclasses import dataclass, field
from typing import Literal

Rule = Literal["anyone", "member", "owner"]
Action = Literal["read", "write", "administer", "execute"]
"""``execute``: start a Job in the workspace; ``administer``: change its members and rules."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or a program, as identity has established; ``admin`` runs the platform."""

    id: str
    name: str = ""
    admin: bool = False

    @property
    def anonymous(self) -> bool:
        """Tell whether nobody signed in."""
        return self.id == ANYONE.id


ANYONE = Principal("anyone", "Anyone")


def visibility_class(workspace: str, rule: Rule) -> str:
    """Name the class of what a workspace shows by one rule: ``demo/anyone``."""
    return f"{workspace}/{rule}"


@dataclass(frozen=True, slots=True)
class Visibility:
    """The set of visibility classes a caller may see; every store query takes one.

    It is compiled once per caller and policy version, and hashable, so that caches can be keyed by it.
    ``everything`` is for the platform's own work (a check, a migration), never for a caller.
    """

    classes: frozenset[str] = field(default_factory=frozenset)
    everything: bool = False

    def sees(self, visibility_class: str) -> bool:
        """Tell whether what carries this class may be shown."""
        return self.everything or visibility_class in self.classes


EVERYTHING = Visibility(everything=True)
