"""Processes and Jobs as OGC API Processes writes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from thalweg.core.items import LOCAL
from thalweg.core.processes import Input, Output, ProcessDescription
from thalweg.core.time import written
from thalweg.processing.api.classes import EXCEPTIONS_REL, EXECUTE_REL, JOB_LIST_REL, PROCESSES_REL, RESULTS_REL
from thalweg.processing.jobs import Job, LogLine
from thalweg.web.links import link

JSON = "application/json"


def landing_links(root: str) -> list[dict[str, Any]]:
    """Return what a landing page links to."""
    return [
        link(PROCESSES_REL, f"{root}/processes", JSON, "Processes"),
        link(JOB_LIST_REL, f"{root}/jobs", JSON, "Jobs"),
    ]


def process_address(process_id: str, root: str) -> str:
    """Return where a Process is described."""
    return f"{root}/processes/{quote(process_id)}"


def job_address(job_id: str, root: str) -> str:
    """Return where a Job tells its status."""
    return f"{root}/jobs/{quote(job_id)}"


def summary(one: ProcessDescription, root: str) -> dict[str, Any]:
    """Return a Process as the list shows it."""
    return {
        "id": one.id,
        "version": one.version,
        "title": one.title,
        "description": one.description,
        "keywords": list(one.keywords),
        "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "outputTransmission": ["value"],
        "links": [link("self", process_address(one.id, root), JSON, one.title)],
    }


def description(one: ProcessDescription, root: str) -> dict[str, Any]:
    """Return the whole description of a Process."""
    here = process_address(one.id, root)
    shown = summary(one, root)
    shown["links"] = [*shown["links"], link(EXECUTE_REL, f"{here}/execution", JSON, "Execute")]
    inputs = {name: _input(put) for name, put in one.inputs.items()}
    return {**shown, "inputs": inputs, "outputs": {name: _put(put) for name, put in one.outputs.items()}}


def status_info(job: Job, root: str) -> dict[str, Any]:
    """Return how a Job stands."""
    times = {"started": job.started, "finished": job.finished}
    told: dict[str, Any] = {
        "jobID": job.id,
        "processID": job.process,
        "type": "process",
        "status": job.status,
        "title": job.title,
        "message": job.message,
        "progress": job.percent,
        "created": written(job.created),
        **{name: written(at) for name, at in times.items() if isinstance(at, datetime)},
        "updated": written(job.updated),
        "thalweg:workspace": job.workspace,
        "thalweg:inputs": dict(job.inputs),
    }
    more = {"eta": job.eta, "thalweg:bbox": list(job.bbox) if job.bbox else None}
    told.update({name: value for name, value in more.items() if value is not None})
    return {**told, "links": _job_links(job, root)}


def results(values: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Return the results document with addresses that lead here."""
    return {name: _absolute(value, base) for name, value in values.items()}


def log_lines(lines: Sequence[LogLine]) -> list[dict[str, Any]]:
    """Return lines of a log."""
    return [{"seq": line.seq, "at": written(line.at), "text": line.text} for line in lines]


def _job_links(job: Job, root: str) -> list[dict[str, Any]]:
    here = job_address(job.id, root)
    links = [
        link("self", here, JSON, "Status"),
        link("monitor", here, JSON, "Status"),
        link("up", f"{root}/jobs", JSON, "Jobs"),
        link("logs", f"{here}/logs", JSON, "Log"),
    ]
    if job.status == "successful":
        links.append(link(RESULTS_REL, f"{here}/results", JSON, "Results"))
    elif job.status == "failed":
        links.append(link(EXCEPTIONS_REL, f"{here}/results", "application/problem+json", "Why it failed"))
    return links


def _input(one: Input) -> dict[str, Any]:
    return {**_put(one), "minOccurs": 1 if one.required else 0, "maxOccurs": 1}


def _put(one: Input | Output) -> dict[str, Any]:
    told = {"title": one.title, "description": one.description}
    return {**{name: text for name, text in told.items() if text}, "schema": dict(one.schema)}


def _absolute(value: Any, base: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return base + value.removeprefix(LOCAL) if value.startswith(f"{LOCAL}/") else value
    if isinstance(value, Mapping):
        return {name: _absolute(inner, base) for name, inner in value.items()}
    return [_absolute(inner, base) for inner in value] if isinstance(value, list) else value
