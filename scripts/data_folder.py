"""Make the small data folder that later versions must open and migrate: tests/data/home-VERSION.tar.gz.

Run once when a version's tables are settled; never make it again for a version that has been released.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import orjson
import rasterio
from rasterio.windows import Window

from thalweg.sdk import Platform

REPOSITORY = Path(__file__).resolve().parents[1]
SCENE = REPOSITORY / "src" / "thalweg" / "app" / "demo" / "olinda.tif"
TOKEN = "the-token-of-the-old-folder"  # noqa: S105 - of a folder for tests
CROP = Window(220, 180, 96, 96)
NUMBER = 160
ISO = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco">
  <gmd:fileIdentifier><gco:CharacterString>gauges</gco:CharacterString></gmd:fileIdentifier>
  <gmd:identificationInfo><gmd:MD_DataIdentification>
    <gmd:citation><gmd:CI_Citation><gmd:title><gco:CharacterString>P\xe9nestin, gauges</gco:CharacterString>
    </gmd:title></gmd:CI_Citation></gmd:citation>
    <gmd:abstract><gco:CharacterString>Levels since 1987.</gco:CharacterString></gmd:abstract>
  </gmd:MD_DataIdentification></gmd:identificationInfo>
</gmd:MD_Metadata>
"""
"""Of an encoding that is kept only by who keeps bytes."""
_NOBODY = "http://127.0.0.1:9/told"
"""The port of discard, where nobody listens."""
_PATIENCE_SECONDS = 30


def main() -> None:
    """Start an empty platform, add a crop of the demo image, map its water, fill Collections, stop, pack."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        running = _started(home)
        try:
            address = _address(running)
            _used(address, Path(folder))
            _filled(home, Path(folder))
            _changed(address)
            _catalogued(address)
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(30)
        for left in (home / "scratch", home / "lock"):
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
        target = REPOSITORY / "tests" / "data" / f"home-{version('thalweg')}.tar.gz"
        with tarfile.open(target, "w:gz") as packed:
            packed.add(home, "home")
    print(f"{target.name}: {target.stat().st_size / 1024:.0f} KiB")


def _started(home: Path) -> "subprocess.Popen[str]":
    told = {"THALWEG_HOME": str(home), "THALWEG_ADMIN_TOKEN": TOKEN, "THALWEG_ALLOWED_HOSTS": '["127.0.0.1"]'}
    environment = {**os.environ, **told}
    command = [sys.executable, "-m", "thalweg.app.cli", "up", "--port", "0"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _address(running: "subprocess.Popen[str]") -> str:
    said = ""
    while "Ctrl-C" not in said:
        line = running.stdout.readline() if running.stdout else ""
        if not line:
            sys.exit(f"the platform did not start: {said}")
        said += line
    found = re.search(r"Map\s+(http://\S+?)/\s", said)
    return found[1] if found else sys.exit("no address")


def _used(address: str, folder: Path) -> None:
    crop = folder / "crop.tif"
    with rasterio.open(SCENE) as scene:
        profile = scene.profile | {
            "width": CROP.width,
            "height": CROP.height,
            "transform": scene.window_transform(CROP),
        }
        profile |= {"driver": "GTiff", "tiled": False, "compress": "deflate"}
        for name in ("blockxsize", "blockysize", "interleave"):
            profile.pop(name, None)
        with rasterio.open(crop, "w", **profile) as made:
            made.write(scene.read(window=CROP))
            made.descriptions = scene.descriptions
    with Platform(address, TOKEN) as platform:
        image = platform.add(crop, title="A crop of Olinda", datetime="1999-04-15T00:00:00Z/2017-05-29T00:00:00Z")
        platform.execute("water-mask", image=image).wait()


def _filled(home: Path, folder: Path) -> None:
    """Load Items enough to be packed by what they share, and declare two of their properties."""
    file = folder / "series.ndjson"
    file.write_text("".join(f"{orjson.dumps(one).decode()}\n" for one in _series()))
    for words in (["load", str(file), "--collection", "admin.series"], ["index", "admin.series", "eo:cloud_cover"]):
        command = [sys.executable, "-m", "thalweg.app.cli", "catalogue", *words]
        subprocess.run(command, env={**os.environ, "THALWEG_HOME": str(home)}, check=True, stdout=subprocess.DEVNULL)


def _series() -> Iterator[dict[str, Any]]:
    for day in range(NUMBER):
        west, at = -60 + day / 10, f"2024-{1 + day // 28:02}-{1 + day % 28:02}T13:30:00Z"
        ring = [[west, -8], [west + 1, -8], [west + 1, -7], [west, -7], [west, -8]]
        yield {
            "type": "Feature",
            "stac_version": "1.1.0",
            "id": f"scene-{day:03}",
            "collection": "admin.series",
            "bbox": [west, -8, west + 1, -7],
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"datetime": at, "title": f"Flood of day {day}", "eo:cloud_cover": day % 100},
            "assets": {
                band: {"href": f"https://example.org/{day:03}/{band}.tif", "type": "image/tiff; application=geotiff"}
                for band in ("B02", "B03", "B04", "B08")
            },
            "links": [],
        }


def _changed(address: str) -> None:
    """Leave an Item with a past, and one that has nothing else."""
    with httpx.Client(base_url=address, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        one = "/api/collections/admin.series/items/scene-000"
        client.patch(one, json={"properties": {"title": "Flood of the first day"}}).raise_for_status()
        client.delete("/api/collections/admin.series/items/scene-001").raise_for_status()


def _catalogued(address: str) -> None:
    """Leave Records as they were given, changed and removed, a snapshot, and a rule of what is expected."""
    with httpx.Client(base_url=address, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        asked = partial(_asked, client)
        asked("POST", "/records/collections", json={"id": "admin.library", "title": "Library"})
        library = "/records/collections/admin.library/items"
        asked("POST", library, content=ISO, headers={"content-type": "application/xml"})
        for name in ("guide", "draft"):
            asked("POST", library, json=_document(name))
        asked("PATCH", f"{library}/guide", json={"properties": {"title": "A guide, revised"}})
        asked("DELETE", f"{library}/draft")
        search = {"collections": ["admin.series"], "filter-lang": "cql2-text", "filter": '"eo:cloud_cover" < 10'}
        asked("POST", "/api/snapshots", json={"title": "Clear days", "in": "admin", "search": search})
        rule = {"kind": "revisit", "key": [], "step_days": 1, "tolerance_days": 0.25, "delay_days": 1}
        asked("PUT", "/api/collections/admin.series/freshness/rule", json={"rule": rule})
        with _elsewhere() as source:
            harvest = "/records/collections/admin.library/harvest"
            asked("POST", harvest, json={"source": source, "interval": "P1W"})
            asked("POST", "/csw", content=_acknowledged(source), headers={"content-type": "application/xml"})
            _until_harvested(client)


def _acknowledged(source: str) -> str:
    """Return a Harvest whose answer nobody takes: it waits in the folder to be told again."""
    return (
        '<Harvest xmlns="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2">'
        f"<Source>{source}?again</Source><ResourceType>http://www.isotc211.org/2005/gmd</ResourceType>"
        f"<ResponseHandler>{_NOBODY}</ResponseHandler></Harvest>"
    )


def _until_harvested(client: httpx.Client) -> None:
    """Wait until the worker has brought in what was acknowledged."""
    for _ in range(_PATIENCE_SECONDS * 10):
        if client.get("/records/collections/all/items", params={"ids": "again"}).json()["numberMatched"]:
            return
        time.sleep(0.1)
    sys.exit("the acknowledged Harvest was not carried out")


@contextmanager
def _elsewhere() -> Iterator[str]:
    """Serve a Record, as another catalogue would; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/xml")
            self.end_headers()
            name = b"again" if self.path.endswith("?again") else b"elsewhere"
            self.wfile.write(ISO.replace(b"<gco:CharacterString>gauges<", b"<gco:CharacterString>%s<" % name))

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/record.xml"
    server.shutdown()


def _asked(client: httpx.Client, method: str, path: str, **more: Any) -> None:  # noqa: ANN401 - httpx's own
    answer = client.request(method, path, **more)
    if answer.is_error:
        sys.exit(f"{method} {path}: {answer.text}")


def _document(name: str) -> dict[str, Any]:
    properties = {"type": "document", "title": f"A {name}", "keywords": ["flood", name]}
    return {"id": name, "type": "Feature", "geometry": None, "time": None, "properties": properties, "links": []}


if __name__ == "__main__":
    main()
