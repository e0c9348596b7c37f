"""The Job: one execution of a Process, from acceptance to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from thalweg.core.events import Event
from thalweg.core.items import Document
from thalweg.core.time import Interval
from thalweg.processing.failures import Failure

Status = Literal["accepted", "running", "successful", "failed", "dismissed"]
STATUSES: tuple[Status, ...] = ("accepted", "running", "successful", "failed", "dismissed")
ENDED: frozenset[Status] = frozenset(("successful", "failed", "dismissed"))
_TELLING = 0.02


@dataclass(frozen=True, slots=True)
class Staged:
    """What a Job brought forth, its files already in the workspace: all that is needed to register and close it."""

    values: Mapping[str, Any]
    items: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One Job as it stands.

    Attributes:
        number: grows with each Job accepted; lists go by it.
        owner: the principal's id under whose rights it runs.
        progress: 0…1.
        attempt: grows each time a worker takes it; every write of a worker carries it.
        tries: how many workers took it and did not give it back.
        staged: there once its result is in the workspace and only needs to be registered.
        values: the results document, once successful.
    """

    id: str
    process: str
    process_version: str
    workspace: str
    owner: str
    visibility_class: str
    title: str
    inputs: Mapping[str, Any]
    created: datetime
    updated: datetime
    status: Status = "accepted"
    message: str = ""
    progress: float = 0.0
    number: int = 0
    attempt: int = 0
    tries: int = 0
    bbox: tuple[float, ...] | None = None
    started: datetime | None = None
    finished: datetime | None = None
    failure: Failure | None = None
    staged: Staged | None = None
    values: Mapping[str, Any] | None = None

    @property
    def ended(self) -> bool:
        """Tell whether nothing more will happen to it."""
        return self.status in ENDED

    @property
    def eta(self) -> float | None:
        """Return how many seconds it will still take, judged by the pace so far; ``None`` before that can be told."""
        if self.status != "running" or self.started is None or self.progress < _TELLING:
            return None
        elapsed = (self.updated - self.started).total_seconds()
        return round(elapsed * (1 - self.progress) / self.progress, 1)

    @property
    def percent(self) -> int:
        """Return the progress as OGC API Processes counts it."""
        return int(self.progress * 100)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that a Job wrote."""

    seq: int
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which Jobs, newest first: every field narrows, an empty one does not.

    Attributes:
        created: when it was accepted.
        shortest, longest: seconds it ran, up to now where it still runs.
        after: the id of the last Job of the page before.
    """

    statuses: tuple[Status, ...] = ()
    processes: tuple[str, ...] = ()
    workspace: str | None = None
    created: Interval | None = None
    shortest: float | None = None
    longest: float | None = None
    limit: int = 10
    after: str | None = None


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of Jobs; ``next`` is there where more follow."""

    found: tuple[Job, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt closes its Job."""

    status: Status
    message: str
    values: Mapping[str, Any] | None = None
    failure: Failure | None = None
    log: str | None = field(default=None)

    @classmethod
    def failed(cls, failure: Failure) -> "Ending":
        """Close it as failed."""
        return cls("failed", failure.sentence, failure=failure)


def job_event(kind: str, job: Job) -> Event:
    """Return the event of a Job's change, as small as a page needs it."""
    data = {
        "jobID": job.id,
        "status": job.status,
        "progress": job.percent,
        "message": job.message,
        "processID": job.process,
        "title": job.title,
        **({"eta": job.eta} if job.eta is not None else {}),
    }
    return Event(kind, job.id, job.visibility_class, data)


def log_event(job: Job, seq: int, text: str) -> Event:
    """Return the event of a line that a Job wrote."""
    return Event("log.written", job.id, job.visibility_class, {"jobID": job.id, "seq": seq, "text": text})
