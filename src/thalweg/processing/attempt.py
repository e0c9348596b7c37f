"""One attempt at a Job: files in, a child, files out, Items registered, the Job closed; each step may be the last."""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thalweg.core.errors import NotFound, ThalwegError, Unavailable
from thalweg.core.principals import EVERYTHING, Principal
from thalweg.core.processes import Outcome, ProcessDescription
from thalweg.processing.failures import Deaths, Failure, JobFailed, Superseded
from thalweg.processing.jobs import Ending, Job, Staged
from thalweg.processing.logbook import LogBook, progress_in
from thalweg.processing.natives import Native
from thalweg.processing.ports import JobQueue, Owners, PackageStore
from thalweg.processing.runners.fork_server import Child, ForkServer, drained
from thalweg.processing.runners.orders import Bounds, Order
from thalweg.processing.staging import Staging, removed

_LOG = logging.getLogger(__name__)
_FLUSH_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Bench:
    """What every attempt of one worker uses.

    Attributes:
        scratch: folder below which each attempt has its own.
        most_tries: how often a Job is tried where something that it needs does not answer.
        wall_seconds: how long a Job may run.
        bounds: what its child may use.
    """

    queue: JobQueue
    packages: PackageStore
    natives: Mapping[str, Native]
    staging: Staging
    owners: Owners
    server: ForkServer
    scratch: Path
    most_tries: int
    wall_seconds: float
    bounds: Bounds


class Stopping(Exception):
    """The worker stops: the Job goes back to the queue."""


@dataclass
class Attempt:
    """One attempt.

    Attributes:
        held_until: by ``time.monotonic``, when the lease ends unless it is renewed.
        lost: set once the lease is known to be another's.
    """

    job: Job
    bench: Bench
    stop: threading.Event
    held_until: float
    lost: threading.Event = field(default_factory=threading.Event)
    book: LogBook = field(default_factory=LogBook)

    def run(self) -> None:
        """Bring the Job to its end, or leave it to whoever holds it now."""
        for earlier in self.bench.scratch.glob(f"{self.job.number}-*"):
            removed(earlier)
        folder = self.bench.scratch / f"{self.job.number}-{self.job.attempt}"
        try:
            self._close(self._ending(folder))
        except Superseded:
            _LOG.info("job %s attempt %s: another holds it, or it was dismissed", self.job.id, self.job.attempt)
        except Stopping:
            self.bench.queue.give_back(self.job, counts=False)
        except Unavailable as error:
            self._try_again(error)
        finally:
            removed(folder)

    def _ending(self, folder: Path) -> Ending:
        try:
            who = self.bench.owners(self.job.owner)
            staged = self.job.staged or self._staged(folder, who)
            values = self.bench.staging.register(self.job, staged, who)
        except (Superseded, Stopping, Unavailable):
            raise
        except ThalwegError as error:
            return Ending.failed(Failure.of(error))
        except Exception:  # noqa: BLE001 - the job runner: whatever happens, the Job has its end and its reason
            _LOG.exception("job %s attempt %s", self.job.id, self.job.attempt)
            return Ending.failed(Failure(JobFailed.title, f"The platform failed; its log tells why ({self.job.id})."))
        return Ending("successful", str(values.get("message") or "Done")[:500], values=values)

    def _try_again(self, error: Unavailable) -> None:
        """Let another attempt follow; where the queue itself is away, the lease will run out and do the same."""
        _LOG.warning("job %s attempt %s: %s", self.job.id, self.job.attempt, error)
        if self.job.tries < self.bench.most_tries:
            self.bench.queue.give_back(self.job, counts=True)
        else:
            self._close(Ending.failed(Failure.of(error)))

    def _staged(self, folder: Path, who: Principal) -> Staged:
        folder.mkdir(parents=True)
        (work := folder / "work").mkdir()
        native = self.bench.natives.get(self.job.process)
        description, what = self._process(native)
        self._tell(0.0, "Bringing the files", [])
        inputs = self.bench.staging.bring(self.job, description, native, folder / "in", who)
        order = Order("native" if native else "cwl", what, inputs, work, self.bench.bounds)
        with self.bench.server.child(order) as child:
            outcome = self._watched(child)
        self._check_held()
        staged = self.bench.staging.keep(self.job, outcome, work, who)
        self._check_held()
        self.bench.queue.stage(self.job, staged)
        return staged

    def _process(self, native: Native | None) -> tuple[ProcessDescription, Any]:
        if native is not None:
            return native.process.description, native.target
        package = self.bench.packages.package(self.job.process, EVERYTHING)
        if package is None:
            raise NotFound("its Process was removed meanwhile")
        return package.description, dict(package.document)

    def _watched(self, child: Child) -> Outcome:
        """Return the child's answer, having written what it said meanwhile; raise why there is none."""
        until = time.monotonic() + self.bench.wall_seconds
        watch = Watch(self)
        while not child.wait(_FLUSH_SECONDS):
            watch.hear(child.lines(), child.messages())
            watch.flush()
            self._check_held()
            if time.monotonic() > until:
                child.end()
                watch.finish(*drained(child))
                raise JobFailed(f"It ran longer than a Job may ({self.bench.wall_seconds:.0f} s) and was ended.")
        code = child.end()
        watch.finish(*drained(child))
        if watch.answer is None:
            explained = Deaths.explained(code)
            raise JobFailed(explained.detail)
        return Outcome(watch.answer["values"], tuple(watch.answer["items"]))

    def _check_held(self) -> None:
        if self.stop.is_set():
            raise Stopping
        if self.lost.is_set() or time.monotonic() > self.held_until:
            raise Superseded(f"the lease of the Job {self.job.id} has run out")
        if not self.bench.queue.holds(self.job.number, self.job.attempt):
            raise Superseded(f"the Job {self.job.id} was dismissed or is another's")

    def _tell(self, progress: float, message: str, lines: list[str]) -> None:
        self.bench.queue.tell(self.job, progress, message, lines)

    def _close(self, ending: Ending) -> None:
        if not self.bench.queue.holds(self.job.number, self.job.attempt):
            raise Superseded(f"the Job {self.job.id} was dismissed or is another's")
        try:
            self.bench.staging.log(self.job, self.book.text, self.bench.owners(self.job.owner))
        except ThalwegError as error:
            _LOG.warning("job %s: its log was not kept as a file: %s", self.job.id, error)
        self.bench.queue.close(self.job, ending)


def sweep(scratch: Path, queue: JobQueue) -> None:
    """Remove what attempts left behind whose worker was killed; those that still run are let be."""
    for folder in scratch.glob("*-*"):
        number, _, attempt = folder.name.partition("-")
        if number.isdecimal() and attempt.isdecimal() and not queue.holds(int(number), int(attempt)):
            removed(folder)


class Watch:
    """What a child has said so far, and what of it is still to be written."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._lines: list[str] = []
        self._progress, self._message = 0.0, "Running"
        self._told: tuple[float, str] | None = None
        self._flushed = 0.0
        self.answer: dict[str, Any] | None = None

    def hear(self, lines: list[str], messages: list[dict[str, Any]]) -> None:
        """Take what the child said; the last answer counts, a failure is raised when it has ended."""
        for line in lines:
            told = progress_in(line)
            if told is None:
                self._lines.append(line)
            else:
                self._progress, self._message = told[0], told[1][:300] or self._message
        for message in messages:
            if "progress" in message:
                self._progress, self._message = float(message["progress"]), str(message["message"])
            else:
                self.answer = message

    def flush(self) -> None:
        """Write lines and progress, where there are any and the last time is long enough ago."""
        now = time.monotonic()
        told = (self._progress, self._message)
        if now - self._flushed < _FLUSH_SECONDS or not (self._lines or told != self._told):
            return
        self._write(self._attempt.book.take(self._lines))
        self._flushed = now

    def finish(self, lines: list[str], messages: list[dict[str, Any]]) -> None:
        """Write the last, and raise what the child gave as its failure."""
        self.hear(lines, messages)
        self._write([*self._attempt.book.take(self._lines), *self._attempt.book.rest()])
        if self.answer is not None and "failure" in self.answer:
            Failure.read(self.answer["failure"]).rise()

    def _write(self, lines: list[str]) -> None:
        self._attempt.bench.queue.tell(self._attempt.job, self._progress, self._message, lines)
        self._told, self._lines = (self._progress, self._message), []
