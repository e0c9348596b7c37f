"""What proves the classes of OGC API Processes on the running platform, without executing anything."""

from collections.abc import Mapping
from typing import Any

from thalweg.processing.api.classes import CORE, DESCRIPTION, DISMISS, EXECUTE_REL, JOB_LIST, JSON_CLASS, OAS30
from thalweg.processing.jobs import STATUSES
from thalweg.web.verification import Inside, NotApplicableError, Probe, check

Document = Mapping[str, Any]
_NONE = "thalweg-no-such"
_PATHS = ("/processes", "/processes/{process}", "/processes/{process}/execution", "/jobs/{job}", "/jobs/{job}/results")


async def _processes(inside: Inside) -> list[Document]:
    listed: list[Document] = (await inside.get("/processes", limit=5)).json()["processes"]
    if not listed:
        raise NotApplicableError("no Process can be seen by who asks")
    return listed


async def _core(inside: Inside) -> str:
    listed = await _processes(inside)
    for one in listed:
        self_link = next((link["href"] for link in one["links"] if link["rel"] == "self"), "")
        check((await inside.get(self_link)).json()["id"] == one["id"], f"{self_link} is another Process")
        check("POST" in await inside.methods(f"{self_link}/execution"), f"{one['id']} cannot be executed")
    for where, kind in ((f"/processes/{_NONE}", "no-such-process"), (f"/jobs/{_NONE}", "no-such-job")):
        told = (await inside.get(where, 404)).json()["type"]
        check(told.endswith(f"ogcapi-processes-1/1.0/{kind}"), f"{where} is refused as {told}")
    return f"{len(listed)} Processes are described where they are listed and take executions; what is none is told so"


async def _described(inside: Inside) -> str:
    where = f"/processes/{(await _processes(inside))[0]['id']}"
    told = (await inside.get(where)).json()
    for part in ("inputs", "outputs"):
        check(all("schema" in one for one in told[part].values()), f"{where} has {part} without a schema")
    check(any(link["rel"] == EXECUTE_REL for link in told["links"]), f"{where} does not link to its execution")
    return f"{told['id']} tells the schemas of {len(told['inputs'])} inputs and {len(told['outputs'])} outputs"


async def _in_json(inside: Inside) -> str:
    for where in ("/processes", "/jobs"):
        kind = (await inside.get(where)).headers["content-type"]
        check(kind == "application/json", f"{where} is {kind}")
    kind = (await inside.get(f"/jobs/{_NONE}", 404)).headers["content-type"]
    check(kind == "application/problem+json", f"a refusal is {kind}")
    return "Processes and Jobs are listed as application/json, refusals as application/problem+json"


async def _in_openapi(inside: Inside) -> str:
    document = (await inside.get("/openapi", f="3.0")).json()
    missing = [path for path in _PATHS if path not in document["paths"]]
    check(not missing, f"OpenAPI does not describe {', '.join(missing)}")
    return f"OpenAPI {document['openapi']} describes {len(_PATHS)} addresses of Processes and Jobs"


async def _jobs(inside: Inside) -> str:
    listed = (await inside.get("/jobs", limit=2)).json()["jobs"]
    check(len(listed) <= 2, f"limit=2 lists {len(listed)}")  # noqa: PLR2004 - as it was asked
    for status in STATUSES:
        told = {one["status"] for one in (await inside.get("/jobs", status=status, limit=5)).json()["jobs"]}
        check(told <= {status}, f"status={status} lists {sorted(told)}")
    await inside.get("/jobs", 400, status=_NONE)
    return f"Jobs are listed by page and by {len(STATUSES)} states; {len(listed)} can be seen by who asks"


async def _dismissible(inside: Inside) -> str:
    listed = (await inside.get("/jobs", limit=1)).json()["jobs"]
    where = f"/jobs/{listed[0]['jobID'] if listed else _NONE}"
    check("DELETE" in await inside.methods(where), f"{where} does not take DELETE")
    return "a Job takes DELETE; none was dismissed to see more"


OF_PROCESSES: Mapping[str, Probe] = {CORE: _core, DESCRIPTION: _described, JSON_CLASS: _in_json, OAS30: _in_openapi}
OF_JOBS: Mapping[str, Probe] = {JOB_LIST: _jobs, DISMISS: _dismissible}
