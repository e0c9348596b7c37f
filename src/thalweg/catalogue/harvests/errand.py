"""A harvest that was acknowledged: a worker carries it out, and tells those who wait for its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.core.workspaces import workspace_of

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Errand:
    """One, and how far it has come.

    Attributes:
        catalogue, url, kind, ours: what is harvested, as an ``Order`` has it.
        interval: at which the source is harvested from then on; nothing for once.
        owner: the id of the principal by whose rights it is harvested.
        speaks: the version of the protocol that the answer is in.
        handlers: the addresses that still wait for the answer.
        due: when somebody is to be at it.
        run: how often somebody began with it, which tells who was overtaken from who goes on.
        deaths: how often somebody began with it and was not heard of again.
        tries: how often it was put off since it was kept, or since it has its answer.
        answer: what the handlers are told; nothing until the harvest is done.
    """

    id: str
    catalogue: str
    url: str
    kind: str
    interval: str
    owner: str
    ours: str
    speaks: str
    handlers: tuple[str, ...]
    made: datetime
    due: datetime
    run: int = 0
    deaths: int = 0
    tries: int = 0
    answer: str = ""

    @property
    def workspace(self) -> str:
        """Return the workspace that it belongs to."""
        return workspace_of(self.catalogue)
