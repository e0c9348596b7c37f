"""Run OGC's public suite of CSW 2.0.2 against a platform of its own, and keep the verdict for scripts/test-peers.

    scripts/suite_csw20.py SUITE VERDICTS [ITEMS]

SUITE is a clone of https://github.com/opengeospatial/ets-csw202, VERDICTS the folder that THALWEG_VERDICTS names, ITEMS
the address of an empty database where the Items are not to be in SQLite. Java and Maven run it; the engine and the
schemas come from Maven's registry and stay in the cache folder: $THALWEG_CACHE, else ~/.cache/thalweg.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from running import Running

ENGINE, SCHEMAS = "org.opengis.cite.teamengine:teamengine-core:5.7", "org.jvnet.ogc:ogc-schemas:2.6.1"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
NAME, WORKSPACE = "csw:csw-2.0.2-compliance-suite-auto", "suite"
CSW = "http://www.opengis.net/cat/csw/2.0.2"
VERDICT = re.compile(
    r"^ +Test (?P<name>\S+) (?P<verdict>Passed|Failed|Skipped)(?P<inherited> - Inherited)?$", re.MULTILINE
)
STATUS = {"Passed": "PASS", "Failed": "FAIL", "Skipped": "SKIP"}


def main(suite: Path, verdicts: Path, items: str | None) -> int:
    """Run the suite; return how many tests did not pass."""
    engine = _engine()
    with tempfile.TemporaryDirectory() as folder:
        settings = {} if items is None else {"THALWEG_ITEMS": items}
        running = Running(Path(folder) / "home", demo=False, settings=settings).start()
        try:
            fill(running, suite / "src/main/resources/data")
            address = f"{running.url}/workspaces/{WORKSPACE}/csw?service=CSW&request=GetCapabilities&version=2.0.2"
            with _schemas(engine) as proxy:
                said = _run(engine, suite / "src/main", address, proxy, Path(folder))
        finally:
            running.stop()
    found = [(one["name"], one["verdict"]) for one in VERDICT.finditer(said) if not one["inherited"]]
    verdicts.mkdir(parents=True, exist_ok=True)
    store = "sqlite" if items is None else "postgresql"
    _verdict(found).write(verdicts / f"csw20 on {store}.xml", "utf-8", xml_declaration=True)
    for name, verdict in found:
        if verdict != "Passed":
            print(name, verdict.lower())
    print(f"{sum(verdict == 'Passed' for _, verdict in found)} of {len(found)} passed on {store}")
    return sum(verdict != "Passed" for _, verdict in found) if found else 1


def cache() -> Path:
    """Return the folder in which what suites are made of is kept."""
    usual = Path.home() / ".cache/thalweg" if os.getuid() else Path("/var/cache/thalweg")
    return Path(os.environ.get("THALWEG_CACHE", usual)) / "suites"


def _engine() -> Path:
    """Return the folder of the engine and the schemas."""
    folder = cache() / "engine"
    if not (folder / "made").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pom.xml").write_text(_pom(), encoding="utf-8")
        copy = ["mvn", "-q", "-B", "-f", str(folder / "pom.xml"), COPY, f"-DoutputDirectory={folder / 'lib'}"]
        subprocess.run(copy, check=True)
        # Parsers are looked for as files, which nothing in an archive is.
        for archive, within in (("teamengine-resources", "resources"), ("ogc-schemas", "schemas")):
            with zipfile.ZipFile(next((folder / "lib").glob(f"{archive}-*.jar"))) as packed:
                packed.extractall(folder / within)
        (folder / "made").touch()
    return folder


def _pom() -> str:
    wanted = (one.split(":") for one in (ENGINE, SCHEMAS))
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>"
        for group, name, version in wanted
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>thalweg</groupId><artifactId>suites</artifactId><version>1</version><packaging>pom</packaging>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


def fill(running: Running, data: Path) -> None:
    """Put the suite's records into a workspace of their own."""
    records = "".join(_bare(one) for one in sorted(data.glob("*.xml")))
    body = (
        f'<csw:Transaction xmlns:csw="{CSW}" service="CSW" version="2.0.2"><csw:Insert>{records}</csw:Insert>'
        "</csw:Transaction>"
    )
    with running.client() as client:
        client.post("/workspaces", json={"id": WORKSPACE, "title": "Suite", "readable_by": "anyone"}).raise_for_status()
        address = f"/workspaces/{WORKSPACE}/csw"
        client.post(address, content=body.encode(), headers={"content-type": "application/xml"}).raise_for_status()


def _bare(file: Path) -> str:
    """Return a document without its declaration."""
    return file.read_text(encoding="utf-8").partition("?>")[2]


@contextmanager
def _schemas(engine: Path) -> Iterator[int]:
    """Serve the schemas of OGC by a proxy that knows nothing else: no test waits for another host."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            root = (engine / "schemas" / ("ogc" if url.hostname == "schemas.opengis.net" else "w3c")).resolve()
            file = (root / url.path.lstrip("/")).resolve()
            there = file.is_relative_to(root) and file.is_file()
            content = file.read_bytes() if there else b""
            self.send_response(200 if there else 404)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815 - the name of its base

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _run(engine: Path, suite: Path, address: str, proxy: int, folder: Path) -> str:
    """Return what the engine said of the suite."""
    base = folder / "base"
    for name in ("work", "users", "scripts", "resources"):
        (base / name).mkdir(parents=True)
    archives = (str(one) for one in (engine / "lib").glob("*.jar") if not one.name.startswith("teamengine-resources"))
    path = os.pathsep.join((str(engine / "resources"), str(suite / "resources"), *archives))
    command = [
        "java",
        f"-DTE_BASE={base}",
        "-Djava.protocol.handler.pkgs=com.occamlab.te.util.protocols",
        "-Djava.awt.headless=true",
        "-Dhttp.proxyHost=127.0.0.1",
        f"-Dhttp.proxyPort={proxy}",
        "-Dhttp.nonProxyHosts=localhost|127.*",
        *("-cp", path, "com.occamlab.te.Test", f"-source={suite / 'scripts/ctl/main-auto.xml'}"),
        *(f"-logdir={folder}", "-session=s1", "-validate=no", f"-suite={NAME}", f"@capabilities.url={address}"),
    ]
    # The engine takes scripts below its own folder or the one that it runs in.
    return subprocess.run(
        command, cwd=suite, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    ).stdout


def _verdict(found: list[tuple[str, str]]) -> "ET.ElementTree[ET.Element]":
    """Return the verdict as TestNG would write it."""
    root = ET.Element("testng-results")
    suite = ET.SubElement(root, "suite", {"name": NAME, "started-at": datetime.now(UTC).isoformat()})
    for name, verdict in found:
        ET.SubElement(suite, "test-method", {"name": name, "status": STATUS[verdict]})
    return ET.ElementTree(root)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None))  # noqa: PLR2004
