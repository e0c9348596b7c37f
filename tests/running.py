"""A running platform, as a person starts it: the real process tree on a free port and a folder of its own."""

import contextlib
import os
import re
import secrets
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_ADDRESS = re.compile(r"Map\s+(http://\S+?)/\s")
_LOGIN = re.compile(r"Sign in\s+(http://\S+)")
_STARTS_WITHIN = 120


@dataclass
class Running:
    """``thalweg up`` and what it told."""

    home: Path
    demo: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    admin_token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    said: str = ""
    url: str = ""
    login_url: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Return what makes a request the administrator's."""
        return {"authorization": f"Bearer {self.admin_token}"}

    def start(self, port: int = 0) -> "Running":
        """Start the platform and wait until it greets."""
        command = [
            sys.executable,
            "-m",
            "thalweg.app.cli",
            "up",
            "--port",
            str(port),
            *(["--demo"] if self.demo else []),
        ]
        own = {"THALWEG_HOME": str(self.home), "THALWEG_ADMIN_TOKEN": self.admin_token, "PYTHONUNBUFFERED": "1"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("THALWEG_")}
        self.process = subprocess.Popen(
            command,
            env={**environment, **own, **self.settings},
            cwd=self.home.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.said = self._until("Ctrl-C stops")
        threading.Thread(target=self._drain, args=(self.process.stdout,), daemon=True).start()
        self.url = _ADDRESS.search(self.said)[1]
        self.login_url = _LOGIN.search(self.said)[1]
        return self

    def _until(self, words: str) -> str:
        said, deadline = "", time.monotonic() + _STARTS_WITHIN
        while words not in said:
            pipe = self.process.stdout.fileno()
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            heard = os.read(pipe, 65536) if ready else b""
            if not heard:
                self.kill()
                raise AssertionError(f"the platform did not start; it said:\n{said}")
            said += heard.decode()
        return said

    @staticmethod
    def _drain(pipe) -> None:
        """Read what is logged: a full pipe would hold the platform up."""
        with contextlib.suppress(OSError, ValueError):
            while os.read(pipe.fileno(), 65536):
                pass

    def client(self, *, admin: bool = True) -> httpx.Client:
        """Return an HTTP client of the platform."""
        return httpx.Client(base_url=self.url, headers=self.headers if admin else {}, timeout=60)

    def tree(self) -> list[int]:
        """Return the pids of the platform and all its descendants."""
        return descendants(self.process.pid)

    def part(self, role: str) -> int | None:
        """Return the pid of one part of the tree, ``serve`` or ``work``."""
        for pid in descendants(self.process.pid):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"thalweg.app.cli" in words and role.encode() in words:
                return pid
        return None

    @contextlib.contextmanager
    def paused(self, role: str) -> Iterator[None]:
        """Hold one part of the tree still: what it would do soon can be looked at before it does."""
        pid = self.part(role)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """Stop as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.process is not None:
            self.process.stdout.close()

    def kill(self) -> None:
        """Kill the first process of the tree, as a crash would."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def descendants(pid: int) -> list[int]:
    """Return a process and all its descendants that are alive."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                parents.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def gone(pids: list[int], seconds: float = 30) -> bool:
    """Wait until none of the processes is left."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(_alive(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
