"""Processes over HTTP: described, executed, deployed."""

import re
import time
from collections.abc import Mapping
from typing import Any, Literal

import anyio
from pydantic import Field
from starlette.responses import Response

from thalweg.core.errors import InvalidParameter, NotSupported
from thalweg.core.principals import Principal
from thalweg.core.processes import ProcessDescription
from thalweg.core.workspaces import PUBLIC
from thalweg.processing.api.classes import CORE, DESCRIPTION, JSON_CLASS, OAS30
from thalweg.processing.api.documents import (
    JSON,
    description,
    job_address,
    process_address,
    results,
    status_info,
    summary,
)
from thalweg.processing.api.probes import OF_PROCESSES
from thalweg.processing.api.uploads import MEDIA, MOST_BYTES, package_in
from thalweg.processing.jobs import Job
from thalweg.processing.service import Processing
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.links import link
from thalweg.web.parameters import NoParameters, Parameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import Body, delete, get, post
from thalweg.web.verification import Probe

_TAG = "Processes"
_MOST_BODY = 1_000_000
_LOOK_SECONDS = (0.02, 0.25)
_ASYNC = re.compile(r"(?:^|[,;\s])respond-async(?:$|[,;\s])")


class Listed(Parameters):
    """How many Processes, from which on."""

    limit: int = Field(100, ge=1, le=10_000, description="how many a page holds")
    after: str = Field("", max_length=200, description="the id of the last Process of the page before")


class OneProcess(Parameters):
    """Which Process."""

    process: str = Field(max_length=200)


class OneExecution(Parameters):
    """What to execute, and what is wanted of it."""

    process: str = Field(max_length=200)
    inputs: dict[str, Any] = Field({}, description="values by the names of the Process's inputs")
    outputs: dict[str, Any] | None = Field(None, description="the outputs that are wanted; all unless given")
    response: Literal["document", "raw"] = Field("document", description="raw gives a single output alone")
    subscriber: Any = Field(None, description="callbacks are not offered")


class Processes:
    """Describes and executes Processes, deploys Application Packages.

    Attributes:
        sync_seconds: how long a synchronous execution is waited for before it goes on as an asynchronous one.
    """

    def __init__(self, processing: Processing, sync_seconds: float = 60.0) -> None:
        self._processing = processing
        self.sync_seconds = sync_seconds

    @get("/processes", conforms=(CORE, JSON_CLASS, OAS30), tag=_TAG, schema={"type": "object"})
    async def listed(self, asked: Asked[Listed]) -> Response:
        """List the Processes that the caller may see."""
        given = asked.parameters
        found = [one for one in await in_pool(self._processing.processes, asked.who) if one.id > given.after]
        page = found[: given.limit]
        links = [link("self", asked.url, JSON)]
        if len(found) > given.limit:
            following = f"{asked.root}/processes?limit={given.limit}&after={page[-1].id}"
            links.append(link("next", following, JSON))
        return Json({"processes": [summary(one, asked.root) for one in page], "links": links})

    @get("/processes/{process}", conforms=(DESCRIPTION,), tag=_TAG, schema={"type": "object"})
    async def process(self, asked: Asked[OneProcess]) -> Response:
        """Describe one Process."""
        found = await in_pool(self._processing.process, asked.parameters.process, asked.who)
        return Json(description(found, asked.root))

    @post(
        "/processes/{process}/execution",
        body=Body.MEMBERS,
        most=_MOST_BODY,
        conforms=(CORE,),
        tag=_TAG,
        schema={"type": "object"},
        answers={201: "the Job was accepted", 404: "no such Process", 429: "too many Jobs wait"},
    )
    async def execute(self, asked: Asked[OneExecution]) -> Response:
        """Execute a Process: at once, or with ``Prefer: respond-async`` as a Job."""
        given = asked.parameters
        if given.subscriber is not None:
            raise NotSupported("subscriber: callbacks are not offered; follow /events")
        process = await in_pool(self._processing.process, given.process, asked.who)
        _check_outputs(process, given.outputs)
        job = await in_pool(self._processing.execute, given.process, given.inputs, asked.who, asked.workspace)
        if _ASYNC.search(asked.headers.get("prefer", "").lower()):
            return _accepted(job, asked, {"preference-applied": "respond-async"})
        ended = await self._ended(job, asked.who)
        if not ended.ended:
            return _accepted(ended, asked, {})
        values = results(await in_pool(self._processing.results, job.id, asked.who), asked.base)
        headers = {"link": f'<{job_address(job.id, asked.root)}>; rel="monitor"'}
        return Json(_wanted(values, given), headers=headers)

    @post(
        "/processes",
        body=Body.BYTES,
        media=MEDIA,
        most=MOST_BYTES,
        status=201,
        tag=_TAG,
        answers={403: "only an administrator may", 409: "the id is taken"},
    )
    async def deploy(self, asked: Asked[NoParameters]) -> Response:
        """Deploy an Application Package."""
        raw = b"".join([chunk async for chunk in asked.stream()])
        workspace = asked.workspace or PUBLIC
        deployed = await in_pool(self._processing.deploy, package_in(raw), asked.who, workspace)
        where = {"location": process_address(deployed.id, asked.root)}
        return Json(description(deployed, asked.root), 201, headers=where)

    @delete("/processes/{process}", status=204, forms=(), tag=_TAG)
    async def undeploy(self, asked: Asked[OneProcess]) -> Response:
        """Remove a deployed Process."""
        await in_pool(self._processing.undeploy, asked.parameters.process, asked.who)
        return Response(status_code=204)

    def probes(self) -> Mapping[str, Probe]:
        """Return what proves the classes of Processes."""
        return OF_PROCESSES

    async def _ended(self, job: Job, who: Principal) -> Job:
        """Wait for the Job's end, looking less and less often; return it as it stands then or at the bound."""
        until, pause = time.monotonic() + self.sync_seconds, _LOOK_SECONDS[0]
        while not job.ended and time.monotonic() < until:
            await anyio.sleep(pause)
            pause = min(pause * 1.5, _LOOK_SECONDS[1])
            job = await in_pool(self._processing.job, job.id, who)
        return job


def _accepted(job: Job, asked: Asked[OneExecution], headers: dict[str, str]) -> Response:
    where = {"location": job_address(job.id, asked.root)}
    return Json(status_info(job, asked.root), 201, headers={**where, **headers})


def _check_outputs(process: ProcessDescription, wanted: dict[str, Any] | None) -> None:
    for name in wanted or ():
        if name not in process.outputs:
            known = ", ".join(process.outputs)
            raise InvalidParameter(f"outputs/{name[:64]}", f"the Process has no such output; it has {known}")


def _wanted(values: dict[str, Any], given: OneExecution) -> Any:  # noqa: ANN401 - JSON
    chosen = {name: values.get(name) for name in given.outputs} if given.outputs else values
    return next(iter(chosen.values())) if given.response == "raw" and len(chosen) == 1 else chosen
