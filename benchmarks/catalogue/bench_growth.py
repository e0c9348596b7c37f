"""How our searches slow down from ten thousand to a million Items, the number of candidates staying the same.

    .venv/bin/python benchmarks/catalogue/bench_growth.py [--items 10000 100000 1000000] [--store sqlite|pgstac]

In the process, through the catalogue's service with the platform's policy, as nobody in particular. Boxes and ranges
of cloud cover are made narrower as the catalogue grows, so that each holds about as many Items. The goal: p95 grows
less than twofold. Of the embedded store the pages are told too that a question reads by a connection that knows none:
what a catalogue larger than memory takes from the disk.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import apsw
import cluster
from loading import digest
from mgrs_tiles import tiles
from ours import Ours, versions
from places import HERE, REPOSITORY, cache_folder
from telling import machine

CANDIDATES = 100
_ASKED = 200
_MOST_SECONDS = 10.0
_ASKED_ANEW = 40
_GOAL = 2.0
Row = Callable[[], object]


def main() -> None:
    """Load each size, measure it in a process of its own, print the growth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--store", choices=("sqlite", "pgstac"), default="sqlite")
    parser.add_argument("--keep", action="store_true", help="leave what was loaded for the next run")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measured(asked.measure)
        return
    print("machine", machine(), versions(), f"about {CANDIDATES} candidates a query", sep="\n")
    with cluster.cluster() if asked.store == "pgstac" else nullcontext() as server:
        p95 = {count: _of_size(count, asked.store, server, keep=asked.keep) for count in asked.items}
    first, last = asked.items[0], asked.items[-1]
    print(f"\ngrowth of p95 from {first:,} to {last:,} Items (goal: below {_GOAL:g}x)")
    for name, before in p95[first].items():
        growth = p95[last][name] / before
        print(f"  {name:34} {growth:6.2f}x{' <' if growth >= _GOAL else ''}")


def _of_size(count: int, store: str, server: cluster.Cluster | None, *, keep: bool) -> dict[str, float]:
    catalogue = REPOSITORY / "src" / "thalweg" / "catalogue"
    layout = digest([HERE / "made_items.py", *sorted(catalogue.glob("**/versions/*.py"))])
    us = Ours(cache_folder() / f"growth-{store}-{count}-{layout}", server)
    if not us.is_loaded:
        _load(us, count)
    try:
        command = [sys.executable, __file__, "--measure", str(count)]
        said = subprocess.run(command, env=us.environment(), check=True, stdout=subprocess.PIPE, text=True).stdout
    finally:
        if not keep:
            shutil.rmtree(us.home, ignore_errors=True)
            if server is not None:
                server.drop(us.database)
    print(f"\n{count:,} Items{said}", end="")
    rows = [line.split("|") for line in said.splitlines() if "|" in line]
    return {name.strip(): float(p95) for name, _, p95, *_ in rows}


def _load(us: Ours, count: int) -> None:
    """Load from a pipe: a million Items would be a file of 16 GB."""
    us.prepare(1)
    begun = time.perf_counter()
    made = subprocess.Popen([sys.executable, HERE / "made_items.py", str(count)], stdout=subprocess.PIPE)
    load = [sys.executable, HERE / "load_ours.py", "load", "/dev/stdin"]
    subprocess.run(load, env=us.environment(), stdin=made.stdout, check=True)
    made.wait()
    print(f"loaded {count:,} Items, {count / (time.perf_counter() - begun):,.0f} a second with the making of them")
    us.finish()


def measured(count: int) -> None:
    """Measure the platform of the environment and print a line a row."""
    from thalweg.app.compose import Platform  # noqa: PLC0415 - the environment names the folder
    from thalweg.app.settings import read_settings  # noqa: PLC0415

    platform = Platform(read_settings())
    print(f", resident {_resident():.0f} MB before the first query")
    print(f"  {'':34} {'median ms':>12} {'p95 ms':>12} {'candidates':>12}")
    rows = _rows(platform.catalogue, count)
    for name, (row, candidates) in rows.items():
        median, p95 = _taken(row)
        print(f"  {name:34}|{median * 1e3:12.3f}|{p95 * 1e3:12.3f}|{candidates:12.0f}")
    print(f"  resident {_resident():.0f} MB after, what is mapped of the file counted")
    if platform.settings.items_url.startswith("sqlite:"):
        _touched(platform, {name: row for name, (row, _) in rows.items()})


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _touched(platform: Any, rows: Mapping[str, Row]) -> None:  # noqa: ANN401 - a Platform
    """Ask each row by connections that remember nothing, and print how many pages it reads."""
    for name, row in rows.items():
        read = []
        for _ in range(_ASKED_ANEW):
            platform.item_store.close()
            before = _pages_read(platform.item_store)
            row()
            read.append(_pages_read(platform.item_store) - before)
        median, p95 = statistics.median(read), statistics.quantiles(read, n=20)[-1]
        print(f"  pages read: {name:22} {median:12.0f} {p95:12.0f}")


def _pages_read(store: Any) -> int:  # noqa: ANN401 - an Item store
    with store._connections.reading() as connection:  # noqa: SLF001 - nobody else can count its pages
        connection.execute("PRAGMA mmap_size=0")  # mapped ones are not counted
        read: int = connection.status(apsw.SQLITE_DBSTATUS_CACHE_MISS)[0]
    return read


def _rows(catalogue: Any, count: int) -> Mapping[str, tuple[Row, float]]:  # noqa: ANN401 - a Catalogue
    from thalweg.core.expressions import Literal, Operation, Property  # noqa: PLC0415
    from thalweg.core.geometry import BBox  # noqa: PLC0415
    from thalweg.core.principals import ANYONE  # noqa: PLC0415
    from thalweg.core.queries import ItemQuery, Sort  # noqa: PLC0415

    chance = random.Random(7)  # noqa: S311 - a workload

    def counted(queries: list[ItemQuery]) -> float:
        numbers = [catalogue.count(query, ANYONE) for query in queries[:20]]
        return statistics.mean(number if number is not None else float("nan") for number in numbers)

    def boxes(half: float) -> list[ItemQuery]:
        corners = [chance.choice(tiles()).corners[1] for _ in range(_ASKED)]
        edges = [
            (max(-180.0, x - half), max(-90.0, y - half), min(180.0, x + half), min(90.0, y + half)) for x, y in corners
        ]
        return [ItemQuery(bbox=BBox(*edge)) for edge in edges]

    def clouds(sort: tuple[Sort, ...]) -> list[ItemQuery]:
        return [ItemQuery(filter=between(*limits), sort=sort) for limits in _ranges(catalogue, between, count, chance)]

    def between(low: float, high: float) -> Operation:
        return Operation("between", (Property("eo:cloud_cover"), Literal(low), Literal(high)))

    half = _fitting(lambda degrees: counted(boxes(degrees)))
    ids = [item for _ in range(20) for item in catalogue.search(chance.choice(boxes(6)), ANYONE).found]
    names = _again([(item.collection, item.id) for item in ids])
    query = ItemQuery()
    for _ in range(99):
        query = ItemQuery(after=catalogue.search(query, ANYONE).next)
    deep = query
    placed, sorted_, by_time = (
        boxes(half),
        clouds((Sort("eo:cloud_cover"),)),
        clouds((Sort("datetime", descending=True),)),
    )
    return {
        "GET Item": (lambda: catalogue.item(*next(names), ANYONE), 1),
        "newest 10": (lambda: catalogue.search(ItemQuery(), ANYONE), count),
        "page 100 of 10": (lambda: catalogue.search(deep, ANYONE), count),
        "box, 10": (_searching(catalogue, placed), counted(placed)),
        "cloud between, by cloud, 10": (_searching(catalogue, sorted_), counted(sorted_)),
        "cloud between, by time, 10": (_searching(catalogue, by_time), counted(by_time)),
    }


def _ranges(
    catalogue: Any,  # noqa: ANN401 - a Catalogue
    between: Callable[[float, float], Any],
    count: int,
    chance: random.Random,
) -> list[tuple[float, float]]:
    """Return ranges of cloud cover that hold about as many Items, by the density where they begin."""
    from thalweg.core.principals import ANYONE  # noqa: PLC0415
    from thalweg.core.queries import ItemQuery  # noqa: PLC0415

    ranges = []
    for _ in range(_ASKED // 4):
        low = chance.uniform(5, 90)
        width = 100 * CANDIDATES / count
        held = catalogue.count(ItemQuery(filter=between(low, low + width)), ANYONE) or CANDIDATES
        ranges.append((low, low + width * CANDIDATES / held))
    return ranges


def _fitting(counted: Callable[[float], float]) -> float:
    """Return half the side of the boxes, in degrees, that hold about as many Items as wanted."""
    low, high = 0.01, 30.0
    for _ in range(10):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if counted(middle) < CANDIDATES else (low, middle)
    return (low * high) ** 0.5


def _searching(catalogue: Any, queries: list[Any]) -> Row:  # noqa: ANN401 - a Catalogue
    from thalweg.core.principals import ANYONE  # noqa: PLC0415

    turns = _again(queries)
    return lambda: catalogue.search(next(turns), ANYONE)


def _again(things: list[Any]) -> Iterator[Any]:
    while True:
        yield from things


def _taken(row: Row) -> tuple[float, float]:
    """Return median and p95 in s."""
    row()
    spent: list[float] = []
    while len(spent) < 2_000 and sum(spent) < _MOST_SECONDS:
        begun = time.perf_counter()
        row()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent), statistics.quantiles(spent, n=20)[-1]


if __name__ == "__main__":
    main()
