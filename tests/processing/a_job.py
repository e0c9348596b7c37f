"""A Job as a test wants one."""

import uuid
from datetime import UTC, datetime

from thalweg.processing.jobs import Job


def a_job(workspace="ada", process="echo", **more):
    at = datetime.now(UTC)
    return Job(
        id=str(uuid.uuid4()),
        process=process,
        process_version="1.0.0",
        workspace=workspace,
        owner=workspace,
        visibility_class=f"{workspace}/member",
        title="Echo",
        inputs=more.pop("inputs", {"text": "hello"}),
        created=at,
        updated=at,
        **more,
    )
