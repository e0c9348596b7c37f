"""Jobs as those see them who ask for them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, delete, exists, func, or_, select, text, update

from thalweg.core.errors import QuotaExceeded
from thalweg.core.events import Event
from thalweg.core.principals import Visibility
from thalweg.processing.jobs import ENDED, Job, JobPage, JobQuery, LogLine, job_event
from thalweg.processing.stores.rows import job_of, now, row_of
from thalweg.processing.tables import JOB, JOB_LOG
from thalweg.sql.engines import is_sqlite, reading, writing
from thalweg.sql.outbox import record

_UNENDED = ("accepted", "running")
_QUOTA_LOCK = 72160003
_AGAIN_SECONDS = 10


class SqlJobs:
    """Keeps Jobs in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, job: Job, most: int) -> Job:
        """Keep a new Job, or raise ``QuotaExceeded`` where ``most`` of its workspace have not ended yet."""
        with writing(self._engine) as connection:
            _one_by_one(connection)
            waiting = select(func.count()).where(JOB.c.workspace == job.workspace, JOB.c.status.in_(_UNENDED))
            if (connection.scalar(waiting) or 0) >= most:
                raise QuotaExceeded(
                    f"{most} Jobs of the workspace {job.workspace} have not ended yet; "
                    "wait for one or dismiss one (THALWEG_LIMITS__JOBS_WAITING)",
                    _AGAIN_SECONDS,
                )
            kept = job_of(connection.execute(JOB.insert().values(row_of(job)).returning(JOB)).one())
            record(connection, [job_event("job.created", kept)])
        return kept

    def job(self, job_id: str, seen_by: Visibility) -> Job | None:
        """Return one Job."""
        with reading(self._engine) as connection:
            row = connection.execute(_seen(select(JOB).where(JOB.c.id == job_id), seen_by)).one_or_none()
        return None if row is None else job_of(row)

    def jobs(self, query: JobQuery, seen_by: Visibility) -> JobPage:
        """Return a page of Jobs, newest first."""
        with reading(self._engine) as connection:
            narrowed = _seen(select(JOB).where(*_narrowing(query, connection)), seen_by)
            rows = connection.execute(narrowed.order_by(JOB.c.number.desc()).limit(query.limit + 1)).all()
        found = tuple(job_of(row) for row in rows[: query.limit])
        return JobPage(found, found[-1].id if len(rows) > query.limit else None)

    def logs(self, job_id: str, after: int, limit: int) -> Sequence[LogLine]:
        """Return what a Job wrote after a line, oldest first."""
        lines = (
            select(JOB_LOG.c.seq, JOB_LOG.c.at, JOB_LOG.c.text)
            .join_from(JOB_LOG, JOB)
            .where(JOB.c.id == job_id, JOB_LOG.c.seq > after)
            .order_by(JOB_LOG.c.seq)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [LogLine(row.seq, row.at, row.text) for row in connection.execute(lines)]

    def dismiss(self, job_id: str) -> Job | None:
        """End a Job that has not ended; ``None`` where it has, or its result is being registered."""
        with writing(self._engine) as connection:
            at = now(connection)
            row = connection.execute(
                update(JOB)
                .where(JOB.c.id == job_id, JOB.c.status.in_(_UNENDED), JOB.c.staged.is_(None))
                .values(status="dismissed", message="Dismissed", finished=at, updated=at, lease_until=None)
                .returning(JOB)
            ).one_or_none()
            if row is None:
                return None
            dismissed = job_of(row)
            record(connection, [job_event("job.dismissed", dismissed)])
        return dismissed

    def prune_logs(self, before: datetime, most: int = 100) -> int:
        """Forget what Jobs wrote that ended before a time; return of how many, no more than ``most`` at once."""
        has_log = exists(select(JOB_LOG.c.seq).where(JOB_LOG.c.job == JOB.c.number))
        old = select(JOB.c.number).where(JOB.c.finished < before, has_log).order_by(JOB.c.number).limit(most)
        with reading(self._engine) as connection:
            numbers = connection.scalars(old).all()
        if numbers:
            with writing(self._engine) as connection:
                connection.execute(delete(JOB_LOG).where(JOB_LOG.c.job.in_(numbers)))
        return len(numbers)

    def remove(self, job_id: str) -> None:
        """Forget a Job that has ended, with its log; what it registered stays."""
        with writing(self._engine) as connection:
            gone = connection.execute(
                delete(JOB)
                .where(JOB.c.id == job_id, JOB.c.status.in_(tuple(ENDED)))
                .returning(JOB.c.id, JOB.c["class"])
            ).one_or_none()
            if gone is not None:
                record(connection, [Event("job.removed", gone[0], gone[1], {"jobID": gone[0]})])


def _one_by_one(connection: Connection) -> None:
    """Let one Job in at a time, or two counts would each find room for the last; SQLite has one writer anyway."""
    if not is_sqlite(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _QUOTA_LOCK})


def _seen(query: Select[Any], seen_by: Visibility) -> Select[Any]:
    return query if seen_by.everything else query.where(JOB.c["class"].in_(seen_by.classes))


def _narrowing(query: JobQuery, connection: Connection) -> Iterator[ColumnElement[bool]]:
    if query.statuses:
        yield JOB.c.status.in_(query.statuses)
    if query.processes:
        yield JOB.c.process.in_(query.processes)
    if query.workspace is not None:
        yield JOB.c.workspace == query.workspace
    if query.after is not None:
        yield JOB.c.number < select(JOB.c.number).where(JOB.c.id == query.after).scalar_subquery()
    yield from _in_time(query)
    yield from _by_duration(query, connection)


def _in_time(query: JobQuery) -> Iterator[ColumnElement[bool]]:
    if query.created is not None and query.created.start is not None:
        yield JOB.c.created >= query.created.start
    if query.created is not None and query.created.end is not None:
        yield JOB.c.created <= query.created.end


def _by_duration(query: JobQuery, connection: Connection) -> Iterator[ColumnElement[bool]]:
    running = JOB.c.status == "running"
    at = now(connection) if query.shortest is not None or query.longest is not None else None
    if at is not None and query.shortest is not None:
        begun = JOB.c.started <= at - timedelta(seconds=query.shortest)
        yield or_(JOB.c.seconds >= query.shortest, and_(running, begun))
    if at is not None and query.longest is not None:
        begun = JOB.c.started >= at - timedelta(seconds=query.longest)
        yield or_(JOB.c.seconds <= query.longest, and_(running, begun))


if TYPE_CHECKING:
    from thalweg.processing.ports import JobStore

    _keeps_its_promise: type[JobStore] = SqlJobs
