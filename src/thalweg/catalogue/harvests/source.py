"""A source that is harvested again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from thalweg.core.workspaces import workspace_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

State = Literal["running", "succeeded", "failed"]


@dataclass(frozen=True, slots=True)
class Source:
    """One source, and how its last harvest went.

    Attributes:
        catalogue: the Collection of Records that takes what it holds.
        kind: what it is said to be; see ``opening``.
        interval: an ISO 8601 duration.
        owner: the id of the principal by whose rights it is harvested.
        ours: the platform's address as its owner knew it, of which nothing is harvested.
        due: when it is harvested next.
        run: the number of its last harvest, which tells one that was overtaken from the one that goes on.
        begun, ended: of the last harvest.
        since: what the source is asked from on.
        failures: harvests that failed since one succeeded.
        error: why the last one failed.
        told: what the last one did, by name; while it runs, how far it has come.
    """

    id: str
    catalogue: str
    url: str
    kind: str
    interval: str
    owner: str
    ours: str
    made: datetime
    due: datetime
    run: int = 0
    state: State = "running"
    begun: datetime | None = None
    ended: datetime | None = None
    since: str = ""
    failures: int = 0
    error: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def workspace(self) -> str:
        """Return the workspace that it belongs to."""
        return workspace_of(self.catalogue)
