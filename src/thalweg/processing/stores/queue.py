"""Jobs as workers see them: a lease, and an attempt number in every write."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, literal, or_, select, update

from thalweg.processing.failures import Failure, JobFailed, Superseded
from thalweg.processing.jobs import Ending, Job, Staged, job_event, log_event
from thalweg.processing.stores.rows import job_of, now
from thalweg.processing.tables import JOB, JOB_LOG
from thalweg.sql.columns import Instant
from thalweg.sql.engines import reading, writing
from thalweg.sql.outbox import record

_MOST_REAPED = 100


class SqlQueue:
    """The queue of one control database; ``SKIP LOCKED`` lets two workers of PostgreSQL pass each other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, worker: str, lease_seconds: float, most_tries: int) -> Job | None:
        """Take the oldest Job that waits or whose worker fell silent; end those that were tried too often."""
        with reading(self._engine) as connection:
            if connection.scalar(select(JOB.c.number).where(_free(now(connection))).limit(1)) is None:
                return None
        with writing(self._engine) as connection:
            at = now(connection)
            ended = _end_hopeless(connection, at, most_tries)
            taken = _take(connection, at, worker, timedelta(seconds=lease_seconds))
            told = [job_event("job.progressed", taken)] if taken is not None else []
            record(connection, [job_event("job.finished", job) for job in ended] + told)
        return taken

    def beat(self, job: Job, lease_seconds: float) -> None:
        """Hold the Job longer."""
        with writing(self._engine) as connection:
            until = now(connection) + timedelta(seconds=lease_seconds)
            _change(connection, job, {"lease_until": until})

    def holds(self, number: int, attempt: int) -> bool:
        """Tell whether this attempt at the Job of this number is still the current one."""
        with reading(self._engine) as connection:
            return connection.scalar(select(JOB.c.number).where(_current(number, attempt))) is not None

    def tell(self, job: Job, progress: float, message: str, lines: Sequence[str]) -> None:
        """Write progress and log lines."""
        with writing(self._engine) as connection:
            at = now(connection)
            changed, last = _change(
                connection,
                job,
                {"progress": progress, "message": message, "updated": at, "lines": JOB.c.lines + len(lines)},
            )
            numbered = list(enumerate(lines, start=last - len(lines) + 1))
            if numbered:
                rows = [{"job": changed.number, "seq": seq, "at": at, "text": text} for seq, text in numbered]
                connection.execute(JOB_LOG.insert(), rows)
            moved = (progress, message) != (job.progress, job.message)
            told = [job_event("job.progressed", changed)] if moved else []
            record(connection, told + [log_event(changed, seq, text) for seq, text in numbered])

    def stage(self, job: Job, staged: Staged) -> None:
        """Keep what came out, so that another attempt need only register it."""
        with writing(self._engine) as connection:
            kept = {"values": dict(staged.values), "items": [dict(item) for item in staged.items]}
            _change(connection, job, {"staged": kept, "updated": now(connection)})

    def close(self, job: Job, ending: Ending) -> None:
        """End the Job."""
        with writing(self._engine) as connection:
            changed, _ = _change(connection, job, _ended(connection, job, ending))
            record(connection, [job_event("job.finished", changed)])

    def give_back(self, job: Job, *, counts: bool) -> None:
        """Let any worker take the Job at once; tell whether this try counts."""
        with writing(self._engine) as connection:
            tries = JOB.c.tries if counts else JOB.c.tries - 1
            back = {"status": "accepted", "tries": tries, "lease_until": None, "worker": None}
            changed, _ = _change(connection, job, {**back, "message": "Waits for another worker", "progress": 0.0})
            record(connection, [job_event("job.progressed", changed)])


def _free(at: datetime) -> ColumnElement[bool]:
    return or_(JOB.c.status == "accepted", and_(JOB.c.status == "running", JOB.c.lease_until < at))


def _take(connection: Connection, at: datetime, worker: str, lease: timedelta) -> Job | None:
    oldest = select(JOB.c.number).where(_free(at)).order_by(JOB.c.number).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(
        update(JOB)
        .where(JOB.c.number == oldest.scalar_subquery())
        .values(
            status="running",
            message="Starting",
            progress=0.0,
            attempt=JOB.c.attempt + 1,
            tries=JOB.c.tries + 1,
            worker=worker,
            lease_until=at + lease,
            started=func.coalesce(JOB.c.started, literal(at, Instant)),
            updated=at,
        )
        .returning(JOB)
    ).one_or_none()
    return None if row is None else job_of(row)


def _end_hopeless(connection: Connection, at: datetime, most_tries: int) -> list[Job]:
    """A result that is staged is never given up: only registering it is left, which another worker can do."""
    hopeless = and_(
        JOB.c.status == "running", JOB.c.lease_until < at, JOB.c.tries >= most_tries, JOB.c.staged.is_(None)
    )
    numbers = select(JOB.c.number).where(hopeless).limit(_MOST_REAPED).with_for_update(skip_locked=True)
    failure = Failure(JobFailed.title, f"Its worker died {most_tries} times while it ran; it is not tried again.")
    rows = connection.execute(
        update(JOB)
        .where(JOB.c.number.in_(numbers))
        .values(
            status="failed",
            message=failure.sentence,
            failure=failure.document(),
            finished=at,
            updated=at,
            lease_until=None,
            attempt=JOB.c.attempt + 1,
        )
        .returning(JOB)
    )
    return [job_of(row) for row in rows]


def _ended(connection: Connection, job: Job, ending: Ending) -> dict[str, Any]:
    at = now(connection)
    return {
        "status": ending.status,
        "message": ending.message,
        "progress": 1.0 if ending.status == "successful" else JOB.c.progress,
        "finished": at,
        "updated": at,
        "seconds": (at - (job.started or at)).total_seconds(),
        "lease_until": None,
        "staged": None,
        "results": dict(ending.values) if ending.values is not None else None,
        "failure": ending.failure.document() if ending.failure else None,
    }


def _current(number: int, attempt: int) -> ColumnElement[bool]:
    return and_(JOB.c.number == number, JOB.c.attempt == attempt, JOB.c.status == "running")


def _change(connection: Connection, job: Job, values: dict[str, Any]) -> tuple[Job, int]:
    """Change the Job if this attempt is the current one; return it with how many lines its log has."""
    mine = update(JOB).where(_current(job.number, job.attempt))
    row = connection.execute(mine.values(values).returning(JOB)).one_or_none()
    if row is None:
        raise Superseded(f"attempt {job.attempt} at the Job {job.id} is no longer the current one")
    return job_of(row), int(row.lines)


if TYPE_CHECKING:
    from thalweg.processing.ports import JobQueue

    _keeps_its_promise: type[JobQueue] = SqlQueue
