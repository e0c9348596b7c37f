"""``thalweg up``: the web and a worker as one tree of processes, started again when one of them dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from thalweg.app.lifeline import STARTED_BY

_PATIENCE_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_CALM_SECONDS = 60.0
_GLANCE_SECONDS = 0.1


@dataclass(slots=True)
class Child:
    """One process of the tree, by the arguments of its command."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    inherits: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = _FIRST_PAUSE
    due: float = 0.0

    def start(self) -> None:
        """Start the process, bound to this one."""
        environment = {**os.environ, **self.environment, STARTED_BY: str(os.getpid())}
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "thalweg.app.cli", *self.arguments],
            env=environment,
            pass_fds=self.inherits,
            start_new_session=True,
        )

    def tend(self, now: float) -> int | None:
        """Start the process again when it has died and its pause is over; return the code it died with, once."""
        if self.process is None:
            if now >= self.due:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        self.pause = _FIRST_PAUSE if now - self.started > _CALM_SECONDS else min(2 * self.pause, _LONGEST_PAUSE)
        self.due = now + self.pause
        return code


class Supervisor:
    """Keeps children alive until it is asked to stop; ``say`` tells a person what happened."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.stopping = False
        self._say = say
        self._children: list[Child] = []
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)

    def add(self, child: Child) -> None:
        """Start a child and keep it alive from now on."""
        child.start()
        self._children.append(child)

    def run(self) -> None:
        """Tend the children until asked to stop, then stop them."""
        while not self.stopping:
            self.tend()
            time.sleep(_GLANCE_SECONDS)
        self.stop()

    def tend(self) -> None:
        """Start again what has died."""
        for child in self._children:
            code = child.tend(time.monotonic())
            if code is not None and not self.stopping:
                self._say(f"{child.name} ended with {_told(code)}; starting it again in {child.pause:.1f} s")

    def stop(self) -> None:
        """End all children: asked first, killed with their groups after ten seconds."""
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _stop(self, number: int, frame: object) -> None:  # noqa: ARG002 - a signal handler's signature
        self.stopping = True


def _told(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
