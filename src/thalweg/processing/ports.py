"""What the block needs: of its own stores, and of the blocks it does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from thalweg.core.events import Event
from thalweg.core.items import Collection, Document, Item
from thalweg.core.principals import Principal, Visibility
from thalweg.core.processes import ProcessDescription
from thalweg.processing.jobs import Ending, Job, JobPage, JobQuery, LogLine, Staged


@dataclass(frozen=True, slots=True)
class Package:
    """An Application Package as deployed: ``document`` is its CWL, checked."""

    description: ProcessDescription
    document: Document
    workspace: str
    visibility_class: str
    owner: str
    deployed: datetime


class JobStore(Protocol):
    """Jobs as those see them who ask for them."""

    def create(self, job: Job, most: int) -> Job:
        """Keep a new Job, or raise ``QuotaExceeded`` where ``most`` of its workspace have not ended yet."""
        ...

    def job(self, job_id: str, seen_by: Visibility) -> Job | None:
        """Return one Job."""
        ...

    def jobs(self, query: JobQuery, seen_by: Visibility) -> JobPage:
        """Return a page of Jobs, newest first."""
        ...

    def logs(self, job_id: str, after: int, limit: int) -> Sequence[LogLine]:
        """Return what a Job wrote after a line, oldest first."""
        ...

    def dismiss(self, job_id: str) -> Job | None:
        """End a Job that has not ended; ``None`` where it has, or its result is being registered."""
        ...

    def remove(self, job_id: str) -> None:
        """Forget a Job that has ended, with its log; what it registered stays."""
        ...


class JobQueue(Protocol):
    """Jobs as workers see them; a write of an attempt that is not the current one raises ``Superseded``."""

    def take(self, worker: str, lease_seconds: float, most_tries: int) -> Job | None:
        """Take the oldest Job that waits or whose worker fell silent; end those that were tried too often."""
        ...

    def beat(self, job: Job, lease_seconds: float) -> None:
        """Hold the Job longer."""
        ...

    def holds(self, number: int, attempt: int) -> bool:
        """Tell whether this attempt at the Job of this number is still the current one."""
        ...

    def tell(self, job: Job, progress: float, message: str, lines: Sequence[str]) -> None:
        """Write progress and log lines."""
        ...

    def stage(self, job: Job, staged: Staged) -> None:
        """Keep what came out, so that another attempt need only register it."""
        ...

    def close(self, job: Job, ending: Ending) -> None:
        """End the Job."""
        ...

    def give_back(self, job: Job, *, counts: bool) -> None:
        """Let any worker take the Job at once; tell whether this try counts."""
        ...


class PackageStore(Protocol):
    """Deployed Application Packages."""

    def packages(self, seen_by: Visibility) -> Sequence[Package]:
        """Return all that may be seen, by id."""
        ...

    def package(self, process_id: str, seen_by: Visibility) -> Package | None:
        """Return one."""
        ...

    def add(self, package: Package, events: Sequence[Event]) -> None:
        """Keep a new one, or raise ``Conflict`` where its id is taken."""
        ...

    def remove(self, process_id: str, events: Sequence[Event]) -> None:
        """Forget one."""
        ...


class Checker(Protocol):
    """Looks through an Application Package before it is deployed."""

    def check(self, document: Document) -> None:
        """Return quietly if the package can run here.

        Raises:
            InvalidParameter: it is not valid.
            NotSupported: it asks for what is not here.
        """
        ...


class Registrar(Protocol):
    """The part of a catalogue that takes what Jobs made."""

    def register_once(self, items: Sequence[Document], who: Principal) -> tuple[Item, ...]:
        """Register the Items, and answer as well where the same Job (``thalweg:job``) registered them before.

        Raises:
            InvalidParameter: an Item is not valid STAC.
            Conflict: an id is taken by something else.
            Forbidden: ``who`` may not write there.
        """
        ...

    def ensure_collection(self, collection: Document, who: Principal) -> Collection:
        """Return the Collection of this id, registered now where it was not there."""
        ...

    def fit(self, collection: str, who: Principal) -> None:
        """Bring the extent of a Collection in line with its Items, if it says that it follows them."""
        ...


class Remote(Protocol):
    """Brings files from outside, through the outbound guard."""

    def fetch(self, url: str, target: Path, most: int) -> None:
        """Write what the address holds to a file.

        Raises:
            InvalidParameter: the address is not allowed.
            TooLarge: it holds more than ``most`` bytes.
            Unavailable: it does not answer now.
        """
        ...


class Owners(Protocol):
    """Who a Job's owner is now: rights that were taken away since are gone."""

    def __call__(self, principal_id: str, /) -> Principal:
        """Return the principal."""
        ...


@runtime_checkable
class Selective(Protocol):
    """A native Process that can say beforehand which of an Item's assets it needs."""

    def assets(self, document: Mapping[str, Any], inputs: Mapping[str, Any]) -> frozenset[str]:
        """Return the keys of the assets, or raise ``InvalidParameter`` where the Item cannot serve at all."""
        ...
