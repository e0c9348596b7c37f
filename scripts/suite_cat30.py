"""Run OGC's public suite of CSW 3.0 (with OpenSearch) against a platform of its own, and keep the verdict.

    scripts/suite_cat30.py SUITE RECORDS VERDICTS [ITEMS]

SUITE is a clone of https://github.com/opengeospatial/ets-cat30, RECORDS one of https://github.com/opengeospatial/ets-csw202,
whose records are the usual ones to try a catalogue with; VERDICTS the folder that THALWEG_VERDICTS names, ITEMS the
address of an empty database where the Items are not to be in SQLite. Maven builds the suite from its registry, in the
cache folder. Geotk, of which the suite takes boxes and nothing else, is in no registry: two small classes beside this
file (cat30/) read and compare boxes in its place. The tests themselves are as they are in the clone.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from suite_csw20 import WORKSPACE, cache, fill

from running import Running

STAND_INS = Path(__file__).resolve().parent / "cat30"
CONTROLLER = "org.opengis.cite.cat30.TestNGController"
MISSING = ("org.geotoolkit", "org.opengis", "org.apache.sis.core", "org.apache.sis.storage")
PENDING = re.compile(
    r"<dependency>\s*<groupId>org\.opengis</groupId>\s*<artifactId>geoapi-pending</artifactId>\s*</dependency>"
)
INSTEAD = (
    "org.opengis:geoapi:3.0.2",
    "org.apache.sis.core:sis-referencing:1.4",
    "org.locationtech.jts:jts-core:1.19.0",
)


def main(suite: Path, records: Path, verdicts: Path, items: str | None) -> int:
    """Run the suite; return how many tests did not pass."""
    path = _built(suite)
    with tempfile.TemporaryDirectory() as folder:
        settings = {} if items is None else {"THALWEG_ITEMS": items}
        running = Running(Path(folder) / "home", demo=False, settings=settings).start()
        try:
            fill(running, records / "src/main/resources/data")
            found = _run(path, f"{running.url}/workspaces/{WORKSPACE}/csw", Path(folder))
        finally:
            running.stop()
        verdicts.mkdir(parents=True, exist_ok=True)
        store = "sqlite" if items is None else "postgresql"
        shutil.copy(found, verdicts / f"cat30 on {store}.xml")
        tests = [one for one in ET.parse(found).iter("test-method") if one.get("is-config") != "true"]  # noqa: S314
    for one in tests:
        if one.get("status") != "PASS":
            print(one.get("name"), str(one.get("status")).lower())
    passed = sum(one.get("status") == "PASS" for one in tests)
    print(f"{passed} of {len(tests)} passed on {store}")
    return len(tests) - passed if tests else 1


def _built(suite: Path) -> str:
    """Return the class path of the suite, built where it was not built yet."""
    folder = cache() / "cat30"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(suite, folder)
        pom = folder / "pom.xml"
        pom.write_text(_without_geotk(pom.read_text(encoding="utf-8")), encoding="utf-8")
        skipped = ("-DskipTests", "-Denforcer.skip=true", "-Dmaven.javadoc.skip=true")
        subprocess.run(["mvn", "-q", "-B", "-f", str(pom), "package", *skipped], check=True)
        whole = next((folder / "target").glob("*-aio.jar"))
        sources = map(str, STAND_INS.rglob("*.java"))
        subprocess.run(["javac", "-cp", str(whole), "-d", str(folder / "stand-ins"), *sources], check=True)
        (folder / "made").touch()
    whole = next((folder / "target").glob("*-aio.jar"))
    # What is in the suite's own archive comes before what others packed under the same name.
    own = whole.with_name(whole.name.replace("-aio", ""))
    return os.pathsep.join(map(str, (folder / "stand-ins", own, whole)))


def _without_geotk(pom: str) -> str:
    """Return the build with what is in the registry in the place of what is not."""
    excluded = "".join(
        f"<exclusion><groupId>{group}</groupId><artifactId>*</artifactId></exclusion>" for group in MISSING
    )
    named = (one.split(":") for one in INSTEAD)
    added = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>"
        for group, name, version in named
    )
    without = pom.replace(
        "<artifactId>geomatics-geotk</artifactId>",
        f"<artifactId>geomatics-geotk</artifactId><exclusions>{excluded}</exclusions>",
        1,
    )
    pending = (
        r"<dependency>\s*<groupId>org\.opengis</groupId>\s*<artifactId>geoapi-pending</artifactId>\s*</dependency>"
    )
    return re.sub(pending, added, without)


def _run(path: str, service: str, folder: Path) -> Path:
    """Return the verdict of the suite on a service."""
    address = f"{service}?service=CSW&amp;request=GetCapabilities&amp;version=3.0.0"
    asked = folder / "asked.xml"
    asked.write_text(f'<properties version="1.0"><entry key="iut">{address}</entry></properties>', encoding="utf-8")
    command = ["java", "-Djava.awt.headless=true", "-cp", path, CONTROLLER, "-o", str(folder / "out"), str(asked)]
    # It notes where it stands in a file of the folder that it runs in.
    subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=600)
    return max((folder / "out").rglob("testng-results.xml"), key=os.path.getmtime)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4]), sys.argv[4] if len(sys.argv) > 4 else None))  # noqa: PLR2004
