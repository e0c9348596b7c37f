"""A PostgreSQL of the benchmark's own, so that it may be tuned without touching the one that tests use."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from places import REPOSITORY, cache_folder, free_port

_MEGABYTE = 2**20


def tuning() -> dict[str, str]:
    """Return the settings, by the rules of thumb for a machine that serves nothing else; durable, as ours is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEGABYTE
    return {
        "shared_buffers": f"{min(memory // 4, 8192)}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "work_mem": "64MB",
        "maintenance_work_mem": "1GB",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        "jit": "off",
        "fsync": "on",
        "synchronous_commit": "on",
        "max_connections": "100",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "timezone": "'UTC'",
    }


class Cluster:
    """A private cluster with its data in the cache folder."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._port = 0

    @property
    def version(self) -> str:
        """Return which PostgreSQL it is."""
        return subprocess.check_output([self._programs / "postgres", "--version"], text=True).strip()

    def start(self) -> None:
        """Make the cluster where there is none, and start it."""
        if not (self._folder / "made").exists():
            self._make()
        settings = "".join(f"{name} = {value}\n" for name, value in tuning().items())
        (self._folder / "data" / "benchmark.conf").write_text(settings)
        if self._is_running:  # a run before was killed
            self.stop()
        self._port = free_port()
        self._run("pg_ctl", "start", "-w", "-s", "-l", str(self._folder / "log"), "-o", f"-p {self._port}")

    def stop(self) -> None:
        """Stop it; its data stay."""
        self._run("pg_ctl", "stop", "-w", "-s", "-m", "fast")

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://thalweg:{self._password}@127.0.0.1:{self._port}/{database}"

    def databases(self) -> set[str]:
        """Return the names of the databases."""
        with psycopg.connect(self.url("postgres")) as server:
            return {name for (name,) in server.execute("SELECT datname FROM pg_database")}

    def create(self, database: str) -> str:
        """Create a database, empty, in the place of one of this name; return its address."""
        self.drop(database)
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{database}"'.encode())
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database if it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'.encode())

    @property
    def pid(self) -> int:
        """Return the server's process."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    @property
    def _password(self) -> str:
        return (self._folder / "password").read_text()

    @property
    def _is_running(self) -> bool:
        try:
            self._run("pg_ctl", "status")
        except subprocess.CalledProcessError:
            return False
        return True

    def _make(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        password = self._folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(18))
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "postgres:", self._folder], check=True)
        said = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--username=thalweg"]
        self._run("initdb", f"--pwfile={password}", *said)
        with (self._folder / "data" / "postgresql.conf").open("a") as conf:
            conf.write("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\ninclude 'benchmark.conf'\n")
        (self._folder / "made").touch()

    def _run(self, program: str, *arguments: str) -> None:
        """Run a program as the cluster's owner: PostgreSQL refuses to run as root."""
        as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_owner, self._programs / program, "-D", self._folder / "data", *arguments]
        with (self._folder.parent / "postgres.log").open("ab") as log:
            subprocess.run(command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Keep a cluster running, and stop it even where the run is asked to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to end"))
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if not found:
        raise SystemExit(f"PostgreSQL with PostGIS is missing: {REPOSITORY / 'scripts' / 'system'} postgres")
    one = Cluster(found[-1], cache_folder() / "cluster")
    one.start()
    try:
        yield one
    finally:
        one.stop()
