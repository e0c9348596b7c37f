"""The peer of the classic services: pycsw on PostGIS with its own tables and indexes, loaded and served as it says."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import psycopg
from cluster import Cluster
from places import HERE, cache_folder, free_port
from serving import Served, until_answers

_REQUIREMENTS = HERE / "csw-peer-requirements.txt"
_LOADERS = 2
THREADS = 8
"""Of its one process: so many requests wait for the database at a time."""
_CONFIGURATION = """\
[server]
home={home}
url=http://127.0.0.1:{port}/
mimetype=application/xml; charset=UTF-8
encoding=UTF-8
language=en-US
maxrecords=1000
domaincounts=true

[manager]
transactions=false

[metadata:main]
identification_title=pycsw
identification_abstract=pycsw
identification_keywords=catalogue
identification_keywords_type=discipline
identification_fees=None
identification_accessconstraints=None
provider_name=peer
provider_url=http://127.0.0.1:{port}/
contact_name=peer
contact_position=peer
contact_address=peer
contact_city=peer
contact_stateorprovince=peer
contact_postalcode=0
contact_country=peer
contact_phone=0
contact_fax=0
contact_email=peer@example.org
contact_url=http://127.0.0.1:{port}/
contact_hours=0
contact_instructions=peer
contact_role=pointOfContact

[repository]
database={database}
table=records
"""


def environment() -> Path:
    """Return the peer's own virtual environment, made anew when what it wants has changed."""
    folder = cache_folder() / "pycsw"
    wanted, made = _REQUIREMENTS.read_text(), folder / "made-from.txt"
    if not made.exists() or made.read_text() != wanted:
        print("installing pycsw", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", *quiet, "-r", _REQUIREMENTS], check=True)
        made.write_text(wanted)
    return folder


def versions() -> dict[str, str]:
    """Return what the peer is made of."""
    site = next((environment() / "lib").glob("python*")) / "site-packages"
    found = {one.metadata["Name"].lower(): one.version for one in distributions(path=[str(site)])}
    return {name: found[name] for name in ("pycsw", "owslib", "sqlalchemy", "psycopg2-binary", "gunicorn")}


@dataclass
class Pycsw:
    """Its repository, and what serves it."""

    cluster: Cluster
    database: str

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

    def prepare(self) -> None:
        """Create the database with PostGIS and pycsw's own tables, columns and indexes."""
        self.cluster.create(self.database)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION postgis")
        self._run("prepare", self.url)

    def load(self, records: Path) -> float:
        """Load documents; return the seconds."""
        begun = time.perf_counter()
        command = [environment() / "bin" / "python", "-W", "ignore", HERE / "load_pycsw.py", "load", self.url, records]
        several = [subprocess.Popen([*command, str(part), str(_LOADERS)]) for part in range(_LOADERS)]
        ended = [one.wait() for one in several]
        if any(ended):
            raise SystemExit("pycsw could not be loaded")
        return time.perf_counter() - begun

    def finish(self) -> None:
        """Put the rows into the order of the file, as one loader would have; tend the tables, note that it is all."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("CREATE INDEX benchmark_order ON records (identifier DESC)")
            connection.execute("CLUSTER records USING benchmark_order")
            connection.execute("DROP INDEX benchmark_order")
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE TABLE public.benchmark_loaded ()")

    def bytes(self) -> dict[str, int]:
        """Return the bytes of the table and its indexes."""
        with psycopg.connect(self.url) as connection:
            (size,) = connection.execute("SELECT pg_total_relation_size('records')").fetchone() or (0,)
            return {"records": int(size)}

    @contextmanager
    def serving(self) -> Iterator[Served]:
        """Serve the repository on a free port by one process."""
        port = free_port()
        home = next((environment() / "lib").glob("python*")) / "site-packages" / "pycsw"
        configuration = cache_folder() / f"{self.database}.cfg"
        configuration.touch(mode=0o600)
        configuration.write_text(_CONFIGURATION.format(home=home, port=port, database=self.url))
        command = [environment() / "bin" / "gunicorn", "pycsw.wsgi:application", "--bind", f"127.0.0.1:{port}"]
        options = ["--workers", "1", "--worker-class", "gthread", "--threads", str(THREADS), "--log-level", "error"]
        started = subprocess.Popen(
            [*command, *options, "--timeout", "600"],
            env={**os.environ, "PYCSW_CONFIG": str(configuration), "PYTHONWARNINGS": "ignore"},
            cwd=cache_folder(),
            stdout=subprocess.DEVNULL,
        )
        try:
            until_answers(port, "/?service=CSW&version=2.0.2&request=GetCapabilities", started)
            yield Served("pycsw, PostGIS", port, "", (started.pid, self.cluster.pid))
        finally:
            started.terminate()
            started.wait(30)
            configuration.unlink()

    @staticmethod
    def _run(*arguments: str) -> None:
        subprocess.run(
            [environment() / "bin" / "python", "-W", "ignore", HERE / "load_pycsw.py", *arguments], check=True
        )
