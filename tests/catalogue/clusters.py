"""A PostgreSQL of a test's own, which may be restarted, killed and starved without others minding."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = minimal
max_wal_senders = 0
timezone = 'UTC'
"""


class OwnCluster:
    """A cluster in a folder that the user of the server may enter."""

    def __init__(self, programs: Path, folder: Path, log: Path | None = None) -> None:
        self._programs, self._folder = programs, folder
        self._password = secrets.token_urlsafe(12)
        self._port = _free_port()
        password = folder / "password"
        password.write_text(self._password)
        self.give(folder)
        self._run(
            "initdb",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth=scram-sha-256",
            "--username=thalweg",
            f"--pwfile={password}",
            *(() if log is None else (f"--waldir={log}",)),
        )
        with (folder / "data" / "postgresql.conf").open("a") as conf:
            conf.write(f"{_SETTINGS}port = {self._port}\n")

    def give(self, folder: Path) -> None:
        """Make a folder the server's."""
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._run("pg_ctl", "start", "-w", "-s", "-l", str(self._folder / "log"))

    def stop(self, how: str = "fast") -> None:
        """Stop it."""
        self._run("pg_ctl", "stop", "-w", "-s", "-m", how)

    def restart(self, how: str = "fast") -> None:
        """Restart it: ``immediate`` leaves it to recover from its log, as after a crash."""
        self._run("pg_ctl", "restart", "-w", "-s", "-m", how, "-l", str(self._folder / "log"))

    def runs(self) -> bool:
        """Tell whether its processes are there, whatever they answer."""
        try:
            pid = (self._folder / "data" / "postmaster.pid").read_text().split()[0]
        except FileNotFoundError:
            return False
        return Path(f"/proc/{pid}").exists()

    def create(self, **options: str) -> str:
        """Create a database; return its address."""
        name = f"thalweg_{uuid.uuid4().hex}"
        said = " ".join(f'{option} "{value}"' for option, value in options.items())
        self.execute(f'CREATE DATABASE "{name}" {said}')
        return self.url(name)

    @contextmanager
    def database(self, **options: str) -> Iterator[str]:
        """Keep a database; yield its address."""
        address = self.create(**options)
        yield address
        self.execute(f'DROP DATABASE "{address.rpartition("/")[2]}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run a statement outside a transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(statement.encode())

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://thalweg:{self._password}@127.0.0.1:{self._port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_owner, self._programs / program, "-D", self._folder / "data", *arguments]
        said = self._folder / "said"
        with said.open("ab") as log:
            done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
        assert done.returncode == 0, said.read_text()[-2000:]


@contextmanager
def own_cluster(log: Path | None = None) -> Iterator[OwnCluster]:
    """Keep a cluster running; its write-ahead log may lie in a folder of its own, which is the server's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if not found:
        pytest.skip("needs PostgreSQL: scripts/system postgres")
    with tempfile.TemporaryDirectory(prefix="thalweg-cluster-") as folder:
        cluster = OwnCluster(found[-1], Path(folder), log)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop("immediate")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
