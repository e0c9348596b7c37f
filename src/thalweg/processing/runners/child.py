"""What runs in a Job's child process, from its first instruction to its last."""

import ctypes
import json
import os
import resource
import signal
import sys
import time
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from thalweg.core.errors import ThalwegError
from thalweg.core.processes import Execution, Outcome, Progress
from thalweg.processing.failures import Failure, JobFailed
from thalweg.processing.natives import native
from thalweg.processing.runners.orders import Bounds, Order

_PR_SET_PDEATHSIG = 1
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA")
_KEPT_ENDS = ("_NUM_THREADS",)
_TELLING_SECONDS = 0.1
_MOST_STEPS = 100
"""Messages that are told at once and logged; a Process that changes its message each time is thinned after that."""


def main(order: str, log: Connection, told: Connection, alive: Connection) -> None:
    """Run one order: be a group that dies with the worker, speak through the pipes, do the work."""
    os.setsid()
    _die_with_parent()
    _guarded(alive)
    _speak_through(log)
    asked = Order.read(order)
    _confine(asked)
    tell = Telling(told)
    try:
        outcome = _run(asked, tell)
    except ThalwegError as error:
        tell.failure(Failure.of(error))
    except MemoryError:
        tell.failure(Failure(JobFailed.title, "It needed more memory than a Job may have; try a smaller image."))
    except Exception as error:  # noqa: BLE001 - the job runner's outermost: whatever a Process does, the Job has a reason
        traceback.print_exc()
        tell.failure(Failure(JobFailed.title, f"{type(error).__name__}: {error}; its log tells more"))
    else:
        tell.outcome(outcome)


class Telling:
    """The child's side of the structured channel."""

    def __init__(self, told: Connection) -> None:
        self._file = told.fileno()
        self._kept = told
        self._next = 0.0
        self._message, self._steps = "", 0

    def progress(self, fraction: float, message: str) -> None:
        """Say how far the work is; what comes too thick is passed over, and each new message is a line of the log."""
        now = time.monotonic()
        new = message != self._message and self._steps < _MOST_STEPS
        if not new and now < self._next and fraction < 1:
            return
        if new:
            self._message, self._steps = message, self._steps + 1
            sys.stdout.write(f"{fraction:4.0%} {message[:300]}\n")
            sys.stdout.flush()
        self._next = now + _TELLING_SECONDS
        self._send({"progress": min(max(float(fraction), 0.0), 1.0), "message": message[:300]})

    def outcome(self, outcome: Outcome) -> None:
        """Say what came out."""
        try:
            self._send({"values": dict(outcome.values), "items": [dict(item) for item in outcome.items]})
        except (TypeError, ValueError) as error:
            self.failure(Failure(JobFailed.title, f"Its answer is no JSON: {error}"))

    def failure(self, failure: Failure) -> None:
        """Say why nothing came out."""
        self._send({"failure": failure.document()})

    def _send(self, message: dict[str, Any]) -> None:
        rest = json.dumps(message, allow_nan=False).encode() + b"\n"
        while rest:
            rest = rest[os.write(self._file, rest) :]


def _run(order: Order, tell: Telling) -> Outcome:
    progress: Progress = tell.progress
    if order.kind == "native":
        return native(order.what).process.run(Execution(order.inputs, order.folder, progress))
    from thalweg.processing.runners.cwl import run_package  # noqa: PLC0415 - a native Process needs none of it

    return run_package(order.what, order.inputs, order.folder, progress)


def _die_with_parent() -> None:
    """Ask the kernel, where it can, to end this process with the fork server."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _guarded(alive: Connection) -> None:
    """Leave a guard beside us that kills the whole group once the worker is gone.

    The kernel's signal reaches the child alone, not the programs it started, and a handler of ours would wait for a
    long call into C to end; the guard does nothing but wait for the end of a pipe that only the worker holds open.
    """
    if os.fork() == 0:
        _guard(alive.fileno())
    alive.close()


def _guard(pipe: int) -> NoReturn:
    try:
        os.closerange(0, pipe)
        os.closerange(pipe + 1, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") > 0 else 1024)
        while os.read(pipe, 1):
            pass
    finally:
        os.killpg(0, signal.SIGKILL)
        os._exit(0)


def _speak_through(log: Connection) -> None:
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log.close()
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115 - for good
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115 - for good


def _confine(order: Order) -> None:
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.endswith(_KEPT_ENDS)}
    os.environ.clear()
    ours = str(Path(sys.executable).parent)
    path = os.pathsep.join(part for part in (ours, kept.get("PATH")) if part)
    os.environ.update({**kept, "PATH": path, "HOME": str(order.folder), "TMPDIR": str(order.folder)})
    os.chdir(order.folder)
    _bound(order.bounds)


def _bound(bounds: Bounds) -> None:
    asked = (
        (resource.RLIMIT_AS, bounds.memory),
        (resource.RLIMIT_CPU, bounds.cpu),
        (resource.RLIMIT_FSIZE, bounds.file),
    )
    for kind, most in asked:
        if most:
            hard = resource.getrlimit(kind)[1]
            soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (soft, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
