"""Jobs over HTTP: listed, followed, dismissed."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from starlette.responses import Response

from thalweg.core.errors import InvalidParameter
from thalweg.processing.api.classes import CORE, DISMISS, JOB_LIST, JSON_CLASS
from thalweg.processing.api.documents import JSON, log_lines, results, status_info
from thalweg.processing.api.probes import OF_JOBS
from thalweg.processing.failures import NoSuchJob
from thalweg.processing.jobs import STATUSES, Job, JobQuery, Status
from thalweg.processing.service import MOST_LINES, Processing
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.links import link
from thalweg.web.parameters import DatetimeText, Names, Parameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import delete, get
from thalweg.web.verification import Probe

_TAG = "Jobs"


class Listed(Parameters):
    """Which Jobs."""

    type: Literal["process"] | None = Field(None, description="all Jobs here are executions of a process")
    processes: Names = Field((), alias="processID", description="ids of Processes")
    status: Names = Field((), description="accepted, running, successful, failed, dismissed")
    datetime: DatetimeText | None = None
    shortest: float | None = Field(None, alias="minDuration", ge=0, le=1e9, description="seconds")
    longest: float | None = Field(None, alias="maxDuration", ge=0, le=1e9, description="seconds")
    limit: int = Field(10, ge=1, le=1000, description="how many a page holds")
    token: str | None = Field(None, max_length=40, description="where the page before ended")

    def query(self, workspace: str | None) -> JobQuery:
        """Return what is asked of the service."""
        known: dict[str, Status] = {status: status for status in STATUSES}
        unknown = [status for status in self.status if status not in known]
        if unknown:
            raise InvalidParameter("status", f"is one of {', '.join(STATUSES)}")
        return JobQuery(
            statuses=tuple(known[status] for status in self.status),
            processes=self.processes,
            workspace=workspace,
            created=self.datetime,
            shortest=self.shortest,
            longest=self.longest,
            limit=self.limit,
            after=self.token,
        )


class OneJob(Parameters):
    """Which Job."""

    job: str = Field(max_length=100)


class Log(Parameters):
    """Which lines of which Job."""

    job: str = Field(max_length=100)
    after: int = Field(0, ge=0, le=2**31 - 1, description="the seq of the last line that is known")
    limit: int = Field(MOST_LINES, ge=1, le=MOST_LINES)


class Jobs:
    """Lists Jobs, tells how they stand, what they wrote and what came out, dismisses them."""

    def __init__(self, processing: Processing) -> None:
        self._processing = processing

    @get("/jobs", conforms=(JOB_LIST, JSON_CLASS), tag=_TAG, schema={"type": "object", "required": ["jobs", "links"]})
    async def listed(self, asked: Asked[Listed]) -> Response:
        """List the Jobs that the caller may see, newest first."""
        page = await in_pool(self._processing.jobs, asked.parameters.query(asked.workspace), asked.who)
        links = [link("self", asked.url, JSON)]
        if page.next is not None:
            following = asked.request.url.include_query_params(token=page.next).query
            links.append(link("next", f"{asked.root}/jobs?{following}", JSON))
        return Json({"jobs": [status_info(job, asked.root) for job in page.found], "links": links})

    @get("/jobs/{job}", conforms=(CORE,), tag=_TAG, schema={"type": "object"})
    async def job(self, asked: Asked[OneJob]) -> Response:
        """Tell how a Job stands."""
        return Json(status_info(await self._found(asked), asked.root), headers={"cache-control": "no-store"})

    @get("/jobs/{job}/results", conforms=(CORE,), tag=_TAG, answers={404: "no such Job, or no result yet"})
    async def results(self, asked: Asked[OneJob]) -> Response:
        """Give what came out of a Job that succeeded."""
        job = await self._found(asked)
        return Json(results(await in_pool(self._processing.results, job.id, asked.who), asked.base))

    @get("/jobs/{job}/logs", tag=_TAG, schema={"type": "object", "required": ["lines"]})
    async def logs(self, asked: Asked[Log]) -> Response:
        """Give what a Job wrote, after a line that is known."""
        job, given = await self._found(asked), asked.parameters
        lines = await in_pool(self._processing.logs, job.id, asked.who, given.after, given.limit)
        return Json({"lines": log_lines(lines)}, headers={"cache-control": "no-store"})

    @delete("/jobs/{job}", conforms=(DISMISS,), tag=_TAG, answers={409: "its result is being registered"})
    async def dismiss(self, asked: Asked[OneJob]) -> Response:
        """Cancel a Job, or forget one that has ended; what it registered stays."""
        job = await in_pool(self._processing.dismiss, (await self._found(asked)).id, asked.who)
        return Json({**status_info(job, asked.root), "status": "dismissed"})

    def probes(self) -> Mapping[str, Probe]:
        """Return what proves the classes of Jobs."""
        return OF_JOBS

    async def _found(self, asked: Asked[OneJob] | Asked[Log]) -> Job:
        job = await in_pool(self._processing.job, asked.parameters.job, asked.who)
        if asked.workspace not in (None, job.workspace):
            raise NoSuchJob(f"there is no Job {job.id!r} in this workspace")
        return job
