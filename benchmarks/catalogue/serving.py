"""A server that is measured: where it listens, and how much of the processor it has used."""

import contextlib
import os
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Served:
    """One side while it runs.

    Attributes:
        root: what stands before the STAC API's own paths.
        pids: the processes that it is made of; their children belong to it too.
        token: the bearer token that may write, where one is needed.
    """

    name: str
    port: int
    root: str
    pids: tuple[int, ...]
    token: str | None = None

    @property
    def url(self) -> str:
        """Return the address of the API."""
        return f"http://127.0.0.1:{self.port}{self.root}"

    def worked(self) -> float:
        """Return the seconds of processor that its processes, and those that ended, have used."""
        return sum(_worked(pid) for pid in _with_children(self.pids))


def until_answers(port: int, path: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a server answers.

    Raises:
        SystemExit: it ended, or took too long.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        with contextlib.suppress(OSError, urllib.error.URLError), socket.create_connection(("127.0.0.1", port), 1):
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
            return
        time.sleep(0.1)
    raise SystemExit("the server does not answer")


def _with_children(pids: tuple[int, ...]) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            children.setdefault(int(_fields(stat)[1]), []).append(int(stat.parent.name))
    found = list(pids)
    for one in found:
        found += children.get(one, [])
    return found


def _worked(pid: int) -> float:
    with contextlib.suppress(OSError):
        return sum(int(field) for field in _fields(Path(f"/proc/{pid}/stat"))[11:15]) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _fields(stat: Path) -> list[str]:
    return stat.read_text().rpartition(")")[2].split()
