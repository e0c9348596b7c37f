"""Processes and Jobs: what a caller may ask of them."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from thalweg.core.errors import Conflict, Forbidden, InvalidParameter, NotFound, Unauthenticated
from thalweg.core.events import Event
from thalweg.core.items import Item, ItemSource
from thalweg.core.principals import Principal, visibility_class
from thalweg.core.processes import ProcessDescription
from thalweg.core.workspaces import PUBLIC, Policy, workspace_of
from thalweg.processing.failures import NoSuchJob, NoSuchProcess, ResultNotReady
from thalweg.processing.inputs import item_named, validated
from thalweg.processing.jobs import Job, JobPage, JobQuery, LogLine
from thalweg.processing.natives import Native
from thalweg.processing.packages import described
from thalweg.processing.ports import Checker, JobStore, Package, PackageStore

MOST_LINES = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one workspace may ask for at once, and what one page holds."""

    most_queued: int = 100
    most_listed: int = 1000


class Processing:
    """The Processes of the platform and their Jobs.

    Attributes:
        natives: by id, the Processes that blocks bring along.
        home: from a principal to its own workspace, where results go unless told otherwise.
        checker: looks through Application Packages; without one, none can be deployed.
    """

    def __init__(  # noqa: PLR0913 - by keyword, all that the composition gives
        self,
        *,
        jobs: JobStore,
        packages: PackageStore,
        natives: Mapping[str, Native],
        policy: Policy,
        items: ItemSource,
        home: Callable[[Principal], str],
        checker: Checker | None = None,
        limits: Limits = Limits(),
    ) -> None:
        self._jobs, self._packages, self._natives, self._home = jobs, packages, natives, home
        self._policy, self._items, self._checker, self._limits = policy, items, checker, limits

    def processes(self, who: Principal) -> Sequence[ProcessDescription]:
        """Return the Processes that ``who`` may see, by id."""
        deployed = [package.description for package in self._packages.packages(self._policy.visibility(who))]
        return sorted([*(one.process.description for one in self._natives.values()), *deployed], key=lambda one: one.id)

    def process(self, process_id: str, who: Principal) -> ProcessDescription:
        """Return one Process, or raise ``NoSuchProcess``."""
        native = self._natives.get(process_id)
        if native is not None:
            return native.process.description
        package = self._packages.package(process_id, self._policy.visibility(who))
        if package is None:
            raise NoSuchProcess(f"there is no Process {process_id[:100]!r}")
        return package.description

    def execute(self, process_id: str, inputs: Mapping[str, Any], who: Principal, workspace: str | None = None) -> Job:
        """Accept an execution: the inputs are valid, the Items may be seen, the workspace has room.

        Args:
            process_id: what to execute.
            inputs: by name.
            who: under whose rights the Job runs.
            workspace: where its results go; the caller's own unless told otherwise.

        Raises:
            NoSuchProcess: there is none of this id.
            InvalidParameter: an input is wrong, or names an Item that ``who`` may not see.
            Unauthenticated, Forbidden, NotFound: ``who`` may not execute in the workspace.
            QuotaExceeded: too many Jobs of the workspace have not ended.
        """
        description = self.process(process_id, who)
        if who.anonymous:
            raise Unauthenticated("sign in to execute a Process")
        space = workspace or self._home(who)
        self._policy.check(who, "execute", space)
        given = validated(description, inputs)
        documents = {name: self._document(name, given[name], who) for name in self._item_inputs(description, given)}
        self._suit(process_id, documents, given)
        at = datetime.now(UTC)
        job = Job(
            id=str(uuid.uuid4()),
            process=process_id,
            process_version=description.version,
            workspace=space,
            owner=who.id,
            visibility_class=visibility_class(space, "member"),
            title=_title(description, documents),
            inputs=given,
            created=at,
            updated=at,
            message="Waits for a worker",
            bbox=_bbox(documents),
        )
        return self._jobs.create(job, self._limits.most_queued)

    def jobs(self, query: JobQuery, who: Principal) -> JobPage:
        """Return a page of the Jobs that ``who`` may see, newest first."""
        if not 1 <= query.limit <= self._limits.most_listed:
            raise InvalidParameter("limit", f"lies between 1 and {self._limits.most_listed}")
        return self._jobs.jobs(query, self._policy.visibility(who))

    def job(self, job_id: str, who: Principal) -> Job:
        """Return one Job, or raise ``NoSuchJob``."""
        job = self._jobs.job(job_id, self._policy.visibility(who))
        if job is None:
            raise NoSuchJob(f"there is no Job {job_id[:100]!r}")
        return job

    def results(self, job_id: str, who: Principal) -> Mapping[str, Any]:
        """Return the results document of a Job that succeeded.

        Raises:
            NoSuchJob: there is none of this id.
            ResultNotReady: it has not ended, or was dismissed.
            ThalwegError: it failed; this is why.
        """
        job = self.job(job_id, who)
        if job.failure is not None:
            job.failure.rise()
        if job.values is None:
            state = "was dismissed" if job.status == "dismissed" else f"is {job.status}"
            raise ResultNotReady(f"the Job {state}: it has no result")
        return job.values

    def logs(self, job_id: str, who: Principal, after: int = 0, limit: int = MOST_LINES) -> Sequence[LogLine]:
        """Return what a Job wrote after a line, oldest first."""
        return self._jobs.logs(self.job(job_id, who).id, after, min(limit, MOST_LINES))

    def dismiss(self, job_id: str, who: Principal) -> Job:
        """Cancel a Job that has not ended; forget one that has. What it registered stays.

        Raises:
            NoSuchJob: there is none of this id.
            Forbidden: ``who`` may see it, not end it.
            Conflict: its result is being registered now.
        """
        job = self.job(job_id, who)
        if job.owner != who.id:
            self._policy.check(who, "administer", job.workspace)
        if not job.ended:
            dismissed = self._jobs.dismiss(job.id)
            if dismissed is not None:
                return dismissed
            job = self.job(job_id, who)
        if not job.ended:
            raise Conflict("its result is being registered: it ends in a moment")
        self._jobs.remove(job.id)
        return job

    def deploy(self, document: Mapping[str, Any], who: Principal, workspace: str = PUBLIC) -> ProcessDescription:
        """Deploy an Application Package.

        Raises:
            Unauthenticated, Forbidden: only an administrator may, while packages run without a container.
            InvalidParameter, NotSupported: the package is not valid, or asks for what is not here.
            Conflict: its id is taken.
        """
        self._check_may_deploy(who)
        self._policy.class_of(workspace)
        description = described(document, workspace)
        if description.id in self._natives:
            raise Conflict(f"the platform itself has a Process {description.id!r}")
        if self._checker is not None:
            self._checker.check(document)
        shown = visibility_class(workspace, "anyone" if workspace == PUBLIC else "member")
        package = Package(description, document, workspace, shown, who.id, datetime.now(UTC))
        told = Event("process.deployed", description.id, shown, {"id": description.id, "version": description.version})
        self._packages.add(package, [told])
        return description

    def undeploy(self, process_id: str, who: Principal) -> None:
        """Remove a deployed Process; its Jobs and their results stay."""
        description = self.process(process_id, who)
        self._check_may_deploy(who)
        if process_id in self._natives:
            raise Forbidden(f"{process_id} belongs to the platform itself")
        shown = visibility_class(workspace_of(process_id), "anyone" if workspace_of(process_id) == PUBLIC else "member")
        self._packages.remove(process_id, [Event("process.undeployed", description.id, shown, {"id": description.id})])

    @staticmethod
    def _check_may_deploy(who: Principal) -> None:
        if who.anonymous:
            raise Unauthenticated("sign in to deploy an Application Package")
        if not who.admin:
            raise Forbidden(
                "only an administrator may deploy an Application Package: it runs without a container on this platform"
            )

    @staticmethod
    def _item_inputs(description: ProcessDescription, given: Mapping[str, Any]) -> list[str]:
        return [name for name, one in description.inputs.items() if one.is_item and name in given]

    def _document(self, name: str, value: object, who: Principal) -> dict[str, Any]:
        collection, item_id = item_named(name, value)
        try:
            item: Item = self._items.item(collection, item_id, who)
        except NotFound as error:
            raise InvalidParameter(f"inputs/{name}", f"there is no Item {collection}/{item_id}"[:300]) from error
        document: dict[str, Any] = orjson.loads(item.body)
        return document

    def _suit(self, process_id: str, documents: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> None:
        """Refuse at once what the Item itself tells cannot work; better now than as a failed Job."""
        native = self._natives.get(process_id)
        if native is not None and native.selective is not None:
            for document in documents.values():
                native.selective.assets(document, given)


def _title(description: ProcessDescription, documents: Mapping[str, Mapping[str, Any]]) -> str:
    names = [str(one.get("properties", {}).get("title") or one.get("id")) for one in documents.values()]
    return f"{description.title}: {', '.join(names)}"[:300] if names else description.title


def _bbox(documents: Mapping[str, Mapping[str, Any]]) -> tuple[float, ...] | None:
    return next((tuple(one["bbox"]) for one in documents.values() if one.get("bbox")), None)
