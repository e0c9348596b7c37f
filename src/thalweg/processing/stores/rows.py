"""Between rows and words: Jobs and Packages as the tables hold them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from thalweg.core.processes import Input, Output, ProcessDescription
from thalweg.processing.failures import Failure
from thalweg.processing.jobs import Job, Staged
from thalweg.processing.ports import Package
from thalweg.sql.engines import is_sqlite


def now(connection: Connection) -> datetime:
    """Return the database's time: machines need not agree, and SQLite is on one."""
    if is_sqlite(connection):
        return datetime.now(UTC)
    at = connection.scalar(select(func.clock_timestamp()))
    if not isinstance(at, datetime):
        raise TypeError(at)
    return at.astimezone(UTC)


def job_of(row: Row[Any]) -> Job:
    """Read a row of ``job``."""
    told = row._mapping  # noqa: SLF001 - Row's public API
    staged = told["staged"]
    return Job(
        id=told["id"],
        process=told["process"],
        process_version=told["process_version"],
        workspace=told["workspace"],
        owner=told["owner"],
        visibility_class=told["class"],
        title=told["title"],
        inputs=told["inputs"],
        created=told["created"],
        updated=told["updated"],
        status=told["status"],
        message=told["message"],
        progress=told["progress"],
        number=told["number"],
        attempt=told["attempt"],
        tries=told["tries"],
        bbox=tuple(told["bbox"]) if told["bbox"] else None,
        started=told["started"],
        finished=told["finished"],
        failure=Failure.read(told["failure"]) if told["failure"] else None,
        staged=Staged(staged["values"], tuple(staged["items"])) if staged else None,
        values=told["results"],
    )


def row_of(job: Job) -> dict[str, Any]:
    """Write a Job that was never run."""
    return {
        "id": job.id,
        "process": job.process,
        "process_version": job.process_version,
        "workspace": job.workspace,
        "owner": job.owner,
        "class": job.visibility_class,
        "title": job.title,
        "inputs": dict(job.inputs),
        "bbox": list(job.bbox) if job.bbox else None,
        "status": job.status,
        "message": job.message,
        "progress": job.progress,
        "attempt": job.attempt,
        "tries": job.tries,
        "created": job.created,
        "updated": job.updated,
        "lines": 0,
    }


def package_of(row: Row[Any]) -> Package:
    """Read a row of ``process``."""
    told = row._mapping  # noqa: SLF001 - Row's public API
    return Package(
        description=_description(told["description"]),
        document=told["document"],
        workspace=told["workspace"],
        visibility_class=told["class"],
        owner=told["owner"],
        deployed=told["deployed"],
    )


def package_row(package: Package) -> dict[str, Any]:
    """Write a Package."""
    return {
        "id": package.description.id,
        "workspace": package.workspace,
        "owner": package.owner,
        "class": package.visibility_class,
        "deployed": package.deployed,
        "description": _described(package.description),
        "document": dict(package.document),
    }


def _described(one: ProcessDescription) -> dict[str, Any]:
    inputs = {name: {**_put(put), "required": put.required} for name, put in one.inputs.items()}
    outputs = {name: _put(put) for name, put in one.outputs.items()}
    words = {"id": one.id, "version": one.version, "title": one.title, "description": one.description}
    return {**words, "keywords": list(one.keywords), "inputs": inputs, "outputs": outputs}


def _put(put: Input | Output) -> dict[str, Any]:
    return {"title": put.title, "schema": dict(put.schema), "description": put.description}


def _description(document: Mapping[str, Any]) -> ProcessDescription:
    return ProcessDescription(
        **{
            **document,
            "keywords": tuple(document["keywords"]),
            "inputs": {name: Input(**put) for name, put in document["inputs"].items()},
            "outputs": {name: Output(**put) for name, put in document["outputs"].items()},
        }
    )
