"""The catalogue with real Items: registered, read and searched, in the process and over HTTP, as it grows.

    .venv/bin/python benchmarks/catalogue/bench_items.py [--copies 10] [--seconds 3]

A first yardstick of ours alone: the comparison with other servers has a benchmark of its own. The Items are those of
the real data (1,458), copied with other ids and days and moved around the globe. One web process with the platform's
real policy; eight connections kept alive, from a client in plain asyncio on the same machine, which costs about as much
as the server: a faster client would show more.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

DATA = Path(os.environ.get("THALWEG_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data") / "stac"
FILES = ("landsat-c2-l2-100", "naip-1000", "sentinel-1-rtc-12SYJ-258", "sentinel-2-l2a-pc-100")
CONNECTIONS = 8
BATCH = 500
Document = dict[str, Any]


@dataclass
class Filled:
    """A platform's catalogue with Items in it."""

    catalogue: Any
    store: Any
    who: Any
    count: int = 0


def main() -> None:
    """Fill in two steps, measure after each, print the growth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=10, help="how many times the real Items (default 10)")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each HTTP row (default 3)")
    asked = parser.parse_args()
    documents = [orjson.loads(line) for name in FILES for line in (DATA / f"{name}.ndjson").read_bytes().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["THALWEG_HOME"] = folder
        filled = opened()
        collections(filled, {document["collection"] for document in documents})
        small = step(filled, documents, range(1))
        large = step(filled, documents, range(1, asked.copies))
        print(f"\ngrowth of the median from {len(documents)} to {filled.count} Items")
        for name, median in small.items():
            print(f"  {name:34} {large[name] / median:6.2f}x")
        size = sum(file.stat().st_size for file in Path(folder).rglob("items*"))
        print(f"  bytes an Item on disk, with outbox {size / filled.count:6.0f}")
        over_http(asked.seconds, documents[-1])


def opened() -> Filled:
    """Open a platform's catalogue, its demo workspace there and empty."""
    from thalweg.app.compose import Platform  # noqa: PLC0415 - the environment names the folder
    from thalweg.app.preparing import prepare  # noqa: PLC0415
    from thalweg.app.settings import read_settings  # noqa: PLC0415
    from thalweg.identity.service import ADMIN  # noqa: PLC0415

    settings = read_settings()
    prepare(settings, demo=False)
    platform = Platform(settings)
    platform.workspaces.ensure("demo", "Demo", "anyone", ADMIN)
    return Filled(platform.catalogue, platform.item_store, ADMIN)


def collections(filled: Filled, names: set[str]) -> None:
    """Register the Collections of the Items."""
    extent = {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}}
    for name in names:
        filled.catalogue.register_collection(
            {
                "type": "Collection",
                "stac_version": "1.1.0",
                "id": f"demo.{name}",
                "description": name,
                "license": "other",
                "extent": extent,
                "links": [],
            },
            filled.who,
        )


def step(filled: Filled, documents: list[Document], copies: range) -> dict[str, float]:
    """Register copies and measure reading."""
    moved = [copied(document, copy) for copy in copies for document in documents]
    begun, worked = time.perf_counter(), time.process_time()
    for start in range(0, len(moved), BATCH):
        filled.catalogue.register(moved[start : start + BATCH], filled.who)
    filled.count += len(moved)
    rate = len(moved) / (time.perf_counter() - begun)
    alone = len(moved) / (time.process_time() - worked)
    print(f"\n{filled.count} Items; registered by {BATCH}, validated, with events: {rate:,.0f} Items/s")
    print(f"  ({alone:,.0f} for each second of processor time: what a machine that does nothing else comes near)")
    return {name: row(name, use_case) for name, use_case in rows(filled, moved).items()}


def copied(document: Document, copy: int) -> Document:
    """Return an Item as another: another id, other days, another place on its parallel."""
    properties, turn = dict(document["properties"]), 7.0 * copy
    for name in ("datetime", "start_datetime", "end_datetime"):
        if properties.get(name):
            at = datetime.fromisoformat(properties[name]) - timedelta(days=3 * copy)
            properties[name] = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    west, south, east, north = document["bbox"]
    if east + turn > 180:  # stay on this side of the antimeridian
        turn = 0.0
    return {
        **document,
        "id": f"{document['id']}-{copy}",
        "collection": f"demo.{document['collection']}",
        "properties": properties,
        "bbox": [west + turn, south, east + turn, north],
        "geometry": {**document["geometry"], "coordinates": shifted(document["geometry"]["coordinates"], turn)},
    }


def shifted(part: Any, turn: float) -> Any:  # noqa: ANN401 - nested arrays
    """Return coordinates moved to the east."""
    if isinstance(part[0], list):
        return [shifted(inner, turn) for inner in part]
    return [part[0] + turn, *part[1:]]


def rows(filled: Filled, documents: list[Document]) -> dict[str, Callable[[], object]]:
    """Return the use cases by name."""
    from thalweg.core.geometry import BBox  # noqa: PLC0415
    from thalweg.core.items import ItemQuery  # noqa: PLC0415
    from thalweg.core.time import Interval  # noqa: PLC0415

    names = itertools.cycle([(one["collection"], one["id"]) for one in documents[:: max(1, len(documents) // 997)]])
    box, year = BBox(-107, 39, -104, 41), Interval.parse("2024-01-01T00:00:00Z/..")
    queries = {
        "newest of all, 10": ItemQuery(),
        "newest of one Collection, 10": ItemQuery(collections=("demo.naip",)),
        "bbox and time, 10": ItemQuery(bbox=box, interval=year),
        "bbox and time, 100": ItemQuery(bbox=box, interval=year, limit=100),
        "rare place, 10": ItemQuery(bbox=BBox(0, -50, 10, -40)),
    }

    def searching(query: Any) -> Callable[[], object]:  # noqa: ANN401 - an ItemQuery
        return lambda: filled.catalogue.search(query, filled.who)

    found = {name: searching(query) for name, query in queries.items()}
    return {"GET Item": lambda: filled.catalogue.item(*next(names), filled.who), **found}


def row(name: str, use_case: Callable[[], object]) -> float:
    """Measure one use case in the process; return its median in s."""
    use_case()
    spent = []
    while len(spent) < 500 and sum(spent) < 2:
        begun = time.perf_counter()
        use_case()
        spent.append(time.perf_counter() - begun)
    median, p95 = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
    print(f"  {name:34} median {median * 1e6:8.0f} µs   p95 {p95 * 1e6:8.0f} µs")
    return median


def over_http(seconds: float, document: Document) -> None:
    """Serve the same store by one web process and print requests a second."""
    item = f"/api/collections/demo.{document['collection']}/items/{document['id']}-0"
    paths = {
        "GET Item": item,
        "GET search, newest 10": "/api/search",
        "GET search, bbox and time, 10": "/api/search?bbox=-107,39,-104,41&datetime=2024-01-01T00:00:00Z/..",
        "GET search, newest 100": "/api/search?limit=100",
    }
    with serving() as (port, pid):
        print("\nover HTTP, one web process, 8 connections")
        for name, path in paths.items():
            before = worked(pid)
            done, size = asyncio.run(loaded(port, path, seconds))
            cost = (worked(pid) - before) / done
            print(f"  {name:34} {done / seconds:8,.0f} req/s {cost * 1e6:8,.0f} µs of processor {size / 1000:8.1f} kB")


@contextlib.contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """Serve the platform of the environment on a free port; yield it and the process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = ["uvicorn", "thalweg.app.serving:application", "--factory", "--port", str(port)]
    started = subprocess.Popen([sys.executable, "-m", *arguments, "--log-level", "error", "--no-access-log"])
    try:
        until = time.monotonic() + 60
        while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < until:
            time.sleep(0.1)
        yield port, started.pid
    finally:
        started.terminate()
        started.wait()


def worked(pid: int) -> float:
    """Return the processor time that a process has used, in s."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def loaded(port: int, path: str, seconds: float) -> tuple[int, int]:
    """Ask on all connections for a while; return how many answers came, and the size of one."""
    await one_connection(port, path, 0)
    counts = await asyncio.gather(*(one_connection(port, path, seconds) for _ in range(CONNECTIONS)))
    return sum(count for count, _ in counts), counts[0][1]


async def one_connection(port: int, path: str, seconds: float) -> tuple[int, int]:
    """Ask on one connection, one request after the other, at least once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    request, done, size = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode(), 0, 0
    begun = time.perf_counter()
    while done == 0 or time.perf_counter() - begun < seconds:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"{path}: {head.decode()}")
        size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(size)
        done += 1
    writer.close()
    return done, size


if __name__ == "__main__":
    main()
