"""The worker: takes Jobs, runs several at once, holds its leases, stops in good order."""

import logging
import os
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from thalweg.core.errors import ThalwegError
from thalweg.processing.attempt import Attempt, Bench, sweep
from thalweg.processing.failures import Superseded
from thalweg.processing.jobs import Job
from thalweg.processing.natives import Native
from thalweg.processing.ports import JobQueue, Owners, PackageStore
from thalweg.processing.runners.fork_server import ForkServer
from thalweg.processing.runners.orders import Bounds
from thalweg.processing.staging import Staging

_LOG = logging.getLogger(__name__)
_BEATS = 3
_BOUNDS = Bounds(memory=8 << 30, file=50 << 30)


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a worker works.

    Attributes:
        scratch: folder for the files of running Jobs.
        slots: Jobs at once.
        lease_seconds: after so long without a heartbeat another worker takes the Job.
        poll_seconds: how often an idle slot looks for a Job.
        most_tries: how many workers may die over a Job before it is given up.
        wall_seconds: how long a Job may run.
        bounds: what each of its programs may use.
    """

    scratch: Path
    slots: int = 2
    lease_seconds: float = 30.0
    poll_seconds: float = 0.1
    most_tries: int = 3
    wall_seconds: float = 6 * 3600.0
    bounds: Bounds = _BOUNDS


class Worker:
    """Takes Jobs until it is told to stop."""

    def __init__(
        self,
        *,
        queue: JobQueue,
        packages: PackageStore,
        natives: Mapping[str, Native],
        staging: Staging,
        owners: Owners,
        settings: WorkerSettings,
    ) -> None:
        self._bench = Bench(
            queue=queue,
            packages=packages,
            natives=natives,
            staging=staging,
            owners=owners,
            server=ForkServer([module for one in natives.values() for module in one.modules]),
            scratch=settings.scratch,
            most_tries=settings.most_tries,
            wall_seconds=settings.wall_seconds,
            bounds=settings.bounds,
        )
        self._settings = settings
        self._name = f"{socket.gethostname()}-{os.getpid()}"
        self._held: dict[tuple[str, int], Attempt] = {}
        self._lock = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; then running Jobs go back to the queue and their children end.

        Raises:
            Unavailable: the fork server could not be warmed; no Job was taken.
        """
        sweep(self._bench.scratch, self._bench.queue)
        self._bench.server.warm()
        done = threading.Event()
        beating = threading.Thread(target=self._beat, args=(done,), name="heartbeat")
        slots = [
            threading.Thread(target=self._slot, args=(stop,), name=f"slot-{n}") for n in range(self._settings.slots)
        ]
        for thread in (beating, *slots):
            thread.start()
        for slot in slots:
            slot.join()
        done.set()
        beating.join()

    def _slot(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                worked = self._one(stop)
            except ThalwegError as error:
                _LOG.warning("worker %s: %s", self._name, error)
                worked = False
            if not worked:
                stop.wait(self._settings.poll_seconds)

    def _one(self, stop: threading.Event) -> bool:
        asked = time.monotonic()
        job = self._bench.queue.take(self._name, self._settings.lease_seconds, self._settings.most_tries)
        if job is None:
            return False
        attempt = Attempt(job, self._bench, stop, asked + self._settings.lease_seconds)
        with self._lock:
            self._held[_key(job)] = attempt
        try:
            attempt.run()
        finally:
            with self._lock:
                del self._held[_key(job)]
        return True

    def _beat(self, done: threading.Event) -> None:
        """Renew every lease in a thread of its own: whatever a slot waits for, its Job is held."""
        while not done.wait(self._settings.lease_seconds / _BEATS):
            with self._lock:
                held = list(self._held.values())
            for attempt in held:
                self._renew(attempt)

    def _renew(self, attempt: Attempt) -> None:
        asked = time.monotonic()
        try:
            self._bench.queue.beat(attempt.job, self._settings.lease_seconds)
        except Superseded:
            attempt.lost.set()
        except ThalwegError as error:
            _LOG.warning("job %s: no heartbeat: %s", attempt.job.id, error)
        else:
            attempt.held_until = asked + self._settings.lease_seconds


def _key(job: Job) -> tuple[str, int]:
    return job.id, job.attempt
