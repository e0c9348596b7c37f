"""How questions to our Records slow down as there are more of them, the number of candidates staying the same.

Each size is loaded by ``Records.load`` from made Records, without documents to be read, tended by ``thalweg catalogue
compact`` as an operator does, and measured in a process of its own: the page of ten that GetRecords asks the catalogue
for, and how many there are, each question asked once. A time is CPU of that process. Boxes, stretches of time and
patterns are narrower where there are more Records.
"""

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from csw_loading import OurRecords, own_folder
from made_records import Made, changed, made
from ours import versions
from places import HERE
from telling import machine

CANDIDATES = 100
_ASKED = 200
_GOAL = 2.0
_AT_ONCE = 1_000
_DEGREES = 345 * 155
"""Square degrees in which the south-western corners of boxes lie."""


def told(sizes: Sequence[int], *, keep: bool) -> None:
    """Load each size, measure it, print the growth."""
    print("machine", machine(), versions(), f"about {CANDIDATES} candidates a question", sep="\n")
    p95 = {count: _of_size(count, keep=keep) for count in sizes}
    first, last = sizes[0], sizes[-1]
    print(f"\ngrowth of p95 from {first:,} to {last:,} Records (goal: below {_GOAL:g}x)")
    for name, before in p95[first].items():
        growth = p95[last][name] / before
        print(f"  {name:34} {growth:6.2f}x{' <' if growth >= _GOAL else ''}")


def _of_size(count: int, *, keep: bool) -> dict[str, float]:
    us = OurRecords(own_folder(f"records-growth-{count}"))
    if not us.is_loaded:
        us.prepare()
        begun = time.perf_counter()
        _run(us, "load", count)
        print(
            f"loaded {count:,} Records, {count / (time.perf_counter() - begun):,.0f} a second with the making of them"
        )
        us.finish()
    try:
        said = _run(us, "measure", count)
    finally:
        if not keep:
            shutil.rmtree(us.home, ignore_errors=True)
    print(f"\n{count:,} Records\n{said}", end="")
    rows = [line.split("|") for line in said.splitlines() if "|" in line]
    return {name.strip(): float(p95) for name, _, p95, *_ in rows}


def _run(us: OurRecords, what: str, count: int) -> str:
    command = [sys.executable, HERE / "csw_growth.py", what, str(count)]
    return subprocess.run(command, env=us.environment(), check=True, stdout=subprocess.PIPE, text=True).stdout


def load(count: int) -> None:
    """Load made Records into the platform of the environment."""
    from thalweg.app.compose import Platform  # noqa: PLC0415 - the environment names the folder
    from thalweg.app.settings import read_settings  # noqa: PLC0415
    from thalweg.identity.service import ADMIN  # noqa: PLC0415

    records = Platform(read_settings()).records
    numbers = iter(range(count))
    while chunk := list(islice(numbers, _AT_ONCE)):
        for loaded in records.load([_record(made(number), count) for number in chunk], "papers", ADMIN):
            if loaded.error is not None:
                raise SystemExit(f"a Record was refused: {loaded.error}")


def _record(one: Made, count: int):  # noqa: ANN202 - a Record
    from thalweg.catalogue.records.record import Contact, Link, Record, Span  # noqa: PLC0415
    from thalweg.core.geometry import BBox  # noqa: PLC0415
    from thalweg.core.time import written  # noqa: PLC0415

    at = changed(one.number, count)
    return Record(
        id=one.id,
        type=one.type,
        title=one.title,
        description=f"Papers about the {one.kind} {one.thing} at {one.place}.",
        keywords=(one.kind, one.thing, one.place),
        updated=at,
        span=Span(written(at), written(at + timedelta(hours=one.number % 500))),
        boxes=(BBox(*one.box),),
        contacts=(Contact(organization="Agency", roles=("publisher",)),),
        links=(Link(f"https://example.org/papers/{one.id}.zip"),),
    )


def measure(count: int) -> None:
    """Measure the platform of the environment and print a line a question."""
    from thalweg.app.compose import Platform  # noqa: PLC0415 - likewise
    from thalweg.app.settings import read_settings  # noqa: PLC0415
    from thalweg.core.principals import ANYONE  # noqa: PLC0415

    records = Platform(read_settings()).records
    print(f"  {'':34} {'median ms':>12} {'p95 ms':>12} {'found':>12}")
    for name, queries in _questions(count).items():
        found: list[int] = []

        def ask(query, found=found) -> None:  # noqa: ANN001 - a RecordQuery
            page = records.search(query, ANYONE)
            known = None if page.next is None else records.count(query, ANYONE, 10_000)
            found.append(len(page.found) if known is None else known)

        median, p95 = _taken(ask, queries)
        print(f"  {name:34}|{median * 1e3:12.3f}|{p95 * 1e3:12.3f}|{statistics.mean(found):12.0f}")


def _questions(count: int):  # noqa: ANN202 - queries by name
    from thalweg.catalogue.records.query import RecordQuery  # noqa: PLC0415
    from thalweg.core.expressions import Literal, Operation, Property  # noqa: PLC0415
    from thalweg.core.geometry import BBox  # noqa: PLC0415
    from thalweg.core.queries import Sort  # noqa: PLC0415
    from thalweg.core.texts import Phrase  # noqa: PLC0415

    chance = random.Random(11)  # noqa: S311 - a workload
    numbers = [chance.randrange(count) for _ in range(_ASKED)]
    # Boxes are four degrees wide on average with what reaches into them; the number of them follows the catalogue.
    side = max(0.0, (CANDIDATES * _DEGREES / count) ** 0.5 - 2)

    def box() -> BBox:
        west, south = chance.uniform(-165, 160 - side), chance.uniform(-75, 70 - min(side, 140))
        return BBox(west, south, west + side, south + min(side, 140))

    def since(number: int) -> Operation:
        low, high = (changed(one, count).strftime("%Y-%m-%dT%H:%M:%SZ") for one in (number, number + CANDIDATES))
        return Operation("between", (Property("updated"), Literal(low), Literal(high)))

    def like(number: int) -> Operation:
        return Operation("like", (Property("title"), Literal(f"%{number:07}%")))

    newest = RecordQuery()
    return {
        "newest 10": [replace(newest, limit=10 + turn % 3) for turn in range(_ASKED)],
        "by id": [RecordQuery(ids=(made(number).id,)) for number in numbers],
        "box": [RecordQuery(bbox=box()) for _ in numbers],
        "text, one word of one Record": [RecordQuery(text=Phrase((f"{number:07}",))) for number in numbers],
        "title like, one Record": [RecordQuery(filter=like(number)) for number in numbers],
        "changed between, by change": [RecordQuery(filter=since(n), sort=(Sort("updated"),)) for n in numbers],
        "by title": [RecordQuery(sort=(Sort("title"),), limit=10 + turn % 3) for turn in range(_ASKED)],
    }


def _taken(ask: Callable[[object], None], queries: Sequence[object]) -> tuple[float, float]:
    """Return median and p95 in s of CPU."""
    for query in islice(_again(queries), 5):
        ask(query)
    spent: list[float] = []
    for query in queries[5:]:
        begun = time.process_time()
        ask(query)
        spent.append(time.process_time() - begun)
    return statistics.median(spent), statistics.quantiles(spent, n=20)[-1]


def _again(things: Sequence[object]) -> Iterator[object]:
    while True:
        yield from things


def main() -> None:
    """Load or measure, in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("load", "measure"))
    parser.add_argument("count", type=int)
    asked = parser.parse_args()
    {"load": load, "measure": measure}[asked.what](asked.count)


if __name__ == "__main__":
    main()
