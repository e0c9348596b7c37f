"""The fork server and its children, as the worker sees them."""

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

from thalweg.core.errors import Unavailable
from thalweg.processing.runners import child
from thalweg.processing.runners.lines import Lines
from thalweg.processing.runners.orders import Order

_FORKING = multiprocessing.get_context("forkserver")
_WARM = "thalweg.processing.runners.warm"
_WARM_SECONDS = 120
_LONGEST_LINE = 2_000
_LONGEST_ANSWER = 16_000_000
_DRAIN_SECONDS = 1.0


_STARTING = threading.Lock()


def _start(process: BaseProcess) -> None:
    """Start a process that knows nothing of our main module: multiprocessing would run it again in each child."""
    with _STARTING:
        ours = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            process.start()
        finally:
            sys.modules["__main__"] = ours


class Child:
    """One child: its lines, its messages, its end."""

    def __init__(self, order: Order) -> None:
        log, log_in = _FORKING.Pipe(duplex=False)
        told, told_in = _FORKING.Pipe(duplex=False)
        alive_out, self._alive = _FORKING.Pipe(duplex=False)
        self._process = _FORKING.Process(target=child.main, args=(order.written(), log_in, told_in, alive_out))
        try:
            _start(self._process)
        finally:
            for theirs in (log_in, told_in, alive_out):
                theirs.close()
        self._log, self._told = Lines(log, _LONGEST_LINE), Lines(told, _LONGEST_ANSWER)

    @property
    def pid(self) -> int:
        """Return its process id, which is its group's too."""
        return self._process.pid or 0

    def wait(self, seconds: float) -> bool:
        """Wait until it speaks or ends; tell whether it has ended, whoever else may still hold its pipes."""
        sentinel = self._process.sentinel
        open_ends: list[Any] = [pipe for pipe in (self._log, self._told) if not pipe.ended]
        return sentinel in wait([sentinel, *open_ends], seconds)

    def lines(self) -> list[str]:
        """Return what it wrote since."""
        return [line.decode(errors="replace").replace("\0", "").rstrip() for line in self._log.read()]

    def messages(self) -> list[dict[str, Any]]:
        """Return what it told since; what is no JSON object it did not tell."""
        found = []
        for line in self._told.read():
            with suppress(ValueError):
                message = json.loads(line)
                if isinstance(message, dict):
                    found.append(message)
        return found

    def end(self) -> int | None:
        """Kill the whole group, whoever of it is left; return the child's own exit code."""
        code = self._process.exitcode
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            if self._process.exitcode is None:
                os.kill(self.pid, signal.SIGKILL)
        self._process.join()
        return self._process.exitcode if code is None else code

    def close(self) -> None:
        """Let go of its pipes."""
        self._log.close()
        self._told.close()
        self._alive.close()
        self._process.close()


class ForkServer:
    """Starts children that have the large libraries loaded already, and the modules that the Processes name."""

    def __init__(self, modules: Sequence[str] = ()) -> None:
        _FORKING.set_forkserver_preload([_WARM, *modules])

    def warm(self) -> None:
        """Wait until the libraries are loaded.

        Raises:
            Unavailable: they cannot be.
        """
        mine, theirs = _FORKING.Pipe(duplex=False)
        process = _FORKING.Process(target=_report, args=(theirs,))
        _start(process)
        theirs.close()
        with mine:
            warmed = mine.poll(_WARM_SECONDS) and _received(mine) == b"warm"
        process.join()
        process.close()
        if not warmed:
            raise Unavailable("the fork server could not load the libraries that Jobs need")

    @contextmanager
    def child(self, order: Order) -> Iterator[Child]:
        """Start a child; when the block ends, nothing of its group is left."""
        started = Child(order)
        try:
            yield started
        finally:
            started.end()
            started.close()


def drained(one: Child) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the last that a dead child said: what its pipes hold, and no waiting for who else may hold them."""
    lines, messages = [], []
    until = time.monotonic() + _DRAIN_SECONDS
    while time.monotonic() < until:
        more = one.lines(), one.messages()
        lines += more[0]
        messages += more[1]
        if not any(more):
            break
    return lines, messages


def _received(pipe: Connection) -> bytes:
    try:
        return pipe.recv_bytes()
    except EOFError:
        return b""


def _report(told: Connection) -> None:
    told.send_bytes(b"warm" if _WARM in sys.modules else b"cold")
