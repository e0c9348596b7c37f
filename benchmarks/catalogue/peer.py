"""The peer: stac-fastapi-pgstac on a pgstac database of its own, installed, loaded and started as its makers say."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import unquote, urlsplit

import orjson
import psycopg
from cluster import Cluster
from made_items import collection_document, collection_names
from places import HERE, cache_folder, free_port
from serving import Served, until_answers

INDEXED = {"eo:cloud_cover": "to_float", "s2:datatake_type": "to_text"}
"""The queryables that have an index, as ours do."""
POOL = 8
_REQUIREMENTS = HERE / "peer-requirements.txt"


def environment() -> Path:
    """Return the peer's own virtual environment, made anew when what it wants has changed."""
    folder = cache_folder() / "peer"
    wanted, made = _REQUIREMENTS.read_text(), folder / "made-from.txt"
    if not made.exists() or made.read_text() != wanted:
        print("installing the peer", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", *quiet, "-r", _REQUIREMENTS], check=True)
        made.write_text(wanted)
    return folder


def versions() -> dict[str, str]:
    """Return what the peer is made of."""
    told = ("stac-fastapi-pgstac", "pypgstac", "fastapi", "starlette", "uvicorn", "uvloop", "httptools", "asyncpg")
    site = next((environment() / "lib").glob("python*")) / "site-packages"
    found = {one.metadata["Name"].replace(".", "-"): one.version for one in distributions(path=[str(site)])}
    return {name: found[name] for name in told}


@dataclass
class Peer:
    """The peer's database, and what serves it.

    Attributes:
        hydration: where Items are made whole again: in the ``database``, as is the peer's default, or in its ``api``.
    """

    cluster: Cluster
    database: str
    hydration: str = "database"

    @property
    def url(self) -> str:
        """Return the address of the database."""
        return self.cluster.url(self.database)

    @property
    def is_loaded(self) -> bool:
        """Tell whether the database is there, loaded to its end."""
        if self.database not in self.cluster.databases():
            return False
        with psycopg.connect(self.url) as connection:
            return connection.execute("SELECT to_regclass('public.benchmark_loaded')").fetchone() != (None,)

    def prepare(self, collections: int) -> None:
        """Create the database with the schema, the Collections and the indexes."""
        self.cluster.create(self.database)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION postgis")
        self._pypgstac("migrate")
        file = cache_folder() / f"collections-{self.database}.ndjson"
        documents = [collection_document(name) for name in collection_names(collections)]
        file.write_bytes(b"".join(orjson.dumps(document) + b"\n" for document in documents))
        self._pypgstac("load", "collections", str(file))
        file.unlink()
        with psycopg.connect(self.url, autocommit=True) as connection:
            for name, wrapper in INDEXED.items():
                connection.execute("SELECT pgstac.upsert_queryable(%s, '{}'::jsonb, %s, 'BTREE')", (name, wrapper))
            # A search would otherwise write a row about itself into the table of searches.
            connection.execute("UPDATE pgstac.pgstac_settings SET value = 'true' WHERE name = 'readonly'")

    def load(self, items: Path) -> float:
        """Load Items by the peer's own loader; return its seconds."""
        begun = time.perf_counter()
        self._pypgstac("load", "items", str(items), "--method", "insert")
        return time.perf_counter() - begun

    def finish(self) -> None:
        """Build what queries are planned by, and note that all is loaded."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SET search_path TO pgstac, public")
            connection.execute("SELECT maintain_partitions()")
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE TABLE public.benchmark_loaded ()")

    def bytes(self) -> dict[str, int]:
        """Return the bytes of the schema's tables and indexes."""
        with psycopg.connect(self.url) as connection:
            of_tables = "SELECT pg_total_relation_size(relid) FROM pg_stat_user_tables WHERE schemaname = 'pgstac'"
            return {"items": sum(int(size) for (size,) in connection.execute(of_tables).fetchall())}

    @contextmanager
    def serving(self, processes: int) -> Iterator[Served]:
        """Serve the database on a free port by so many processes."""
        port = free_port()
        command = [environment() / "bin" / "uvicorn", "peer_app:application", "--factory", "--app-dir", HERE]
        options = ["--port", str(port), "--workers", str(processes), "--loop", "uvloop", "--http", "httptools"]
        started = subprocess.Popen(
            [*command, *options, "--no-access-log", "--log-level", "error"], env=self._environment(), cwd=cache_folder()
        )
        try:
            until_answers(port, "/_mgmt/ping", started)
            yield Served("stac-fastapi-pgstac", port, "", (started.pid, self.cluster.pid))
        finally:
            started.terminate()
            started.wait(30)

    def _environment(self) -> dict[str, str]:
        parts = urlsplit(self.url)
        return {
            **os.environ,
            "PGHOST": str(parts.hostname),
            "PGPORT": str(parts.port),
            "PGUSER": str(parts.username),
            "PGPASSWORD": unquote(parts.password or ""),
            "PGDATABASE": self.database,
            "DB_MIN_CONN_SIZE": str(POOL),
            "DB_MAX_CONN_SIZE": str(POOL),
            "USE_API_HYDRATE": str(self.hydration == "api").lower(),
            "ENABLE_TRANSACTIONS_EXTENSIONS": "true",
            **{f"STAC_FASTAPI_{name}": "peer" for name in ("TITLE", "DESCRIPTION", "LANDING_ID", "VERSION")},
        }

    def _pypgstac(self, *arguments: str) -> None:
        program = environment() / "bin" / "pypgstac"
        subprocess.run([program, *arguments], env=self._environment(), check=True, stdout=subprocess.DEVNULL)
