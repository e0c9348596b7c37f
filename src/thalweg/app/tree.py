"""``thalweg up``: one command from nothing to a running platform."""

import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

from thalweg.app.lifeline import STARTED_BY
from thalweg.app.settings import Settings
from thalweg.app.supervisor import Child, Supervisor
from thalweg.core.errors import Conflict, Unavailable

_PATIENCE_SECONDS = 120.0
_GLANCE_SECONDS = 0.05
_UNPREPARED = "the platform could not be prepared; the reason stands above"
Say = Callable[[str], None]


def up(settings: Settings, *, demo: bool, say: Say) -> None:
    """Start the web, a worker, and what must be there before; keep them until asked to stop.

    Raises:
        Conflict: another platform runs on this folder, or the port is taken.
        Unavailable: something did not come up; what it said stands above.
    """
    from thalweg.app.serving import listen  # noqa: PLC0415 - the supervisor stays small

    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _alone(settings.folder)
    listening = listen(settings.host, settings.port, "up")
    listening.set_inheritable(True)
    port = listening.getsockname()[1]
    address = f"http://{settings.host}:{port}"
    environment = {"THALWEG_HOME": str(settings.folder), "THALWEG_PORT": str(port)}
    web = Child("the web", ["serve", "--quiet", "--fd", str(listening.fileno())], environment, (listening.fileno(),))
    tree = Supervisor(say)
    tree.add(web)
    preparing = _prepare(environment, demo=demo)
    try:
        _wait_until_healthy(address, tree, preparing)
        # A worker loads much before it takes a Job: the first answer does not wait for that.
        tree.add(Child("the worker", ["work", "--quiet"], environment))
        greet(settings, address, _prepared(preparing), say)
        tree.run()
    finally:
        tree.stop()
        _fold(settings.folder)
        lock.close()


def _fold(folder: Path) -> None:
    """Leave each database in one file: who copies the folder by hand has all of it."""
    import apsw  # noqa: PLC0415 - the supervisor stays small

    for file in folder.glob("*.sqlite"):
        with suppress(apsw.Error), closing(apsw.Connection(str(file))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _alone(folder: Path) -> IO[str]:
    """Hold the folder for this process."""
    lock = (folder / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        raise Conflict(f"another platform (process {lock.read().strip()}) runs on {folder}") from error
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _prepare(environment: dict[str, str], *, demo: bool) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "thalweg.app.cli", "prepare", *(["--demo"] if demo else [])]
    whole = {**os.environ, **environment, STARTED_BY: str(os.getpid())}
    return subprocess.Popen(command, env=whole, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603 - ours


def _prepared(preparing: "subprocess.Popen[bytes]") -> dict[str, str | None]:
    said, _ = preparing.communicate(timeout=_PATIENCE_SECONDS)
    if preparing.returncode:
        raise Unavailable(_UNPREPARED)
    told: dict[str, str | None] = json.loads(said)
    return told


def _wait_until_healthy(address: str, tree: Supervisor, preparing: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"{address}/health", timeout=5):  # noqa: S310 - ours
            return
        if tree.stopping:
            raise Unavailable("asked to stop while starting")
        if preparing.poll():
            raise Unavailable(_UNPREPARED)
        tree.tend()
        time.sleep(_GLANCE_SECONDS)
    raise Unavailable(f"{address} does not answer after {_PATIENCE_SECONDS:.0f} s")


def greet(settings: Settings, address: str, told: dict[str, str | None], say: Say) -> None:
    """Say where everything is, and what to try."""
    # Who started it as .venv/bin/thalweg has no thalweg on the path.
    program = "thalweg" if Path(sys.argv[0]).is_absolute() else sys.argv[0]
    say(f"""
Thalweg is up.

  Map      {address}/
  Sign in  {address}/auth/login?token={told["login"]}
           (opens once, within a day; `{program} login` prints another)""")
    if told["token"]:
        say(f"""  Token    {told["token"]}
           (shown this once; programs send it as: Authorization: Bearer …)""")
    say(f"""
Try
  1. Open the sign-in link{" and find the water in the image" if told["image"] else ""}.
  2. curl '{address}/api/search?limit=1'
  3. {program} add YOUR.tif

Everything is kept in {settings.folder}. Ctrl-C stops.
""")
