"""Our side: the real platform on a real home folder, loaded by its own bulk path and served by ``thalweg serve``."""

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import apsw
import psycopg
from cluster import Cluster
from places import HERE, REPOSITORY, free_port
from serving import Served, until_answers

_APART = {"outbox": ("outbox",), "versions": ("past",)}
"""What is counted beside the Items, by the beginnings of the tables' names."""
_LOADED = "loaded"


def versions() -> dict[str, str]:
    """Return what ours is made of."""
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, text=True).strip()
    names = ("starlette", "uvicorn", "uvloop", "httptools")
    return {"thalweg": commit, "sqlite": apsw.sqlite_lib_version(), **{name: version(name) for name in names}}


@dataclass
class Ours:
    """One platform: its home, and its database where Items are kept in PostgreSQL."""

    home: Path
    cluster: Cluster | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def database(self) -> str:
        """Return the name of its database."""
        return f"thalweg_{self.home.name}"

    @property
    def is_loaded(self) -> bool:
        """Tell whether it was loaded to the end."""
        known = self.cluster is None or self.database in self.cluster.databases()
        return known and (self.home / _LOADED).exists()

    def prepare(self, collections: int) -> None:
        """Make an empty platform with the Collections and the queryables, in the place of one that is there."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        if self.cluster is not None:
            url = self.cluster.create(self.database)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE EXTENSION postgis")
        self._run("prepare", str(collections))

    def load(self, items: Path) -> float:
        """Load Items by the command for it, or in a process as long as there is none; return the seconds."""
        begun = time.perf_counter()
        if has_command():
            command = [sys.executable, "-m", "thalweg.app.cli", "catalogue", "load", str(items)]
            subprocess.run(command, env=self.environment(), check=True, stdout=subprocess.DEVNULL)
        else:
            self._run("load", str(items))
        return time.perf_counter() - begun

    def finish(self) -> None:
        """Tend what is loaded as an operator does, as the peer is tended, and note that it is all."""
        if self.cluster is None:
            command = [sys.executable, "-m", "thalweg.app.cli", "catalogue", "compact"]
            subprocess.run(command, env=self.environment(), check=True, stdout=subprocess.DEVNULL)
        else:
            with psycopg.connect(self.cluster.url(self.database), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
        (self.home / _LOADED).touch()

    def bytes(self) -> dict[str, int]:
        """Return the bytes of the Items, and apart from them those of the outbox and of old versions."""
        sizes = self._sizes()
        apart = {
            name: sum(size for table, size in sizes.items() if table.removeprefix("thalweg.").startswith(beginnings))
            for name, beginnings in _APART.items()
        }
        return {"items": sum(sizes.values()) - sum(apart.values()), **apart}

    def _sizes(self) -> dict[str, int]:
        if self.cluster is None:
            connection = apsw.Connection(str(self.home / "items.sqlite"))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            of_table = "coalesce((SELECT tbl_name FROM sqlite_schema WHERE sqlite_schema.name = dbstat.name), name)"
            rows = connection.execute(f"SELECT {of_table}, sum(pgsize) FROM dbstat GROUP BY 1").fetchall()  # noqa: S608
            return {str(table): int(size) for table, size in rows}
        with psycopg.connect(self.cluster.url(self.database)) as server:
            of_tables = "SELECT schemaname || '.' || relname, pg_total_relation_size(relid) FROM pg_stat_user_tables"
            return dict(server.execute(of_tables).fetchall())

    @contextmanager
    def serving(self, processes: int) -> Iterator[Served]:
        """Serve the platform on a free port by so many processes."""
        port = free_port()
        command = [sys.executable, "-m", "thalweg.app.cli", "serve", "--quiet", "--port", str(port)]
        started = subprocess.Popen(
            command, env={**self.environment(), "THALWEG_WEB_PROCESSES": str(processes)}, cwd=self.home
        )
        try:
            until_answers(port, "/health", started)
            pids = (started.pid,) if self.cluster is None else (started.pid, self.cluster.pid)
            name = "thalweg, SQLite" if self.cluster is None else "thalweg, pgstac"
            yield Served(name, port, "/api", pids, self.token)
        finally:
            started.terminate()
            started.wait(30)

    def environment(self) -> dict[str, str]:
        """Return the environment that makes a command this platform's."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("THALWEG_")}
        own = {"THALWEG_HOME": str(self.home), "THALWEG_ADMIN_TOKEN": self._kept_token()}
        items = {} if self.cluster is None else {"THALWEG_ITEMS": self.cluster.url(self.database)}
        return {**others, **own, **items}

    def _kept_token(self) -> str:
        kept = self.home / "admin-token"
        if kept.exists():
            self.token = kept.read_text()
        else:
            kept.touch(mode=0o600)
            kept.write_text(self.token)
        return self.token

    def _run(self, *arguments: str) -> None:
        subprocess.run([sys.executable, HERE / "load_ours.py", *arguments], env=self.environment(), check=True)


def has_command() -> bool:
    """Tell whether the platform has a command that loads Items."""
    command = [sys.executable, "-m", "thalweg.app.cli", "catalogue", "load", "--help"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
