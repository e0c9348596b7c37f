"""Our lists and searches of Collections with ten of them and with many: 100,000 embedded, 1,000 on pgstac.

    .venv/bin/python benchmarks/catalogue/bench_collections.py [--collections 10 100000] [--store sqlite|pgstac]

Over HTTP, one web process, anonymous; each Collection has a title, words, a place and a year of its own, and Items.
The goal: listed by page and searched at the same speed (a fifth is measuring's own).
"""

import argparse
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import cluster
import orjson
from asking import Request, answer, following
from comparing import in_turn
from loading import digest
from made_items import WORDS, Document, collection_document, lines
from mgrs_tiles import tiles
from ours import Ours, versions
from places import HERE, REPOSITORY, cache_folder
from serving import Served
from telling import machine

_ITEMS = 100_000
_AT_ONCE = 1_000
_SAME = 1.2
_DEEP = 50


def main() -> None:
    """Load each number of Collections, ask, print both and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=int, nargs=2, help="fewer and more (default 10 and 100000, or 1000)")
    parser.add_argument("--items", type=int, default=_ITEMS, help="Items, shared evenly (default 100000)")
    parser.add_argument("--store", choices=("sqlite", "pgstac"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--keep", action="store_true", help="leave what was loaded for the next run")
    parser.add_argument("--load", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.load:
        load(asked.load, asked.items)
        return
    print("machine", machine(), versions(), f"Items {asked.items}", sep="\n")
    few, many = asked.collections or (10, 100_000 if asked.store == "sqlite" else 1_000)
    with ExitStack() as kept:
        server = kept.enter_context(cluster.cluster()) if asked.store == "pgstac" else None
        served = [kept.enter_context(_served(number, asked, server)) for number in (few, many)]
        requests = [_requests(side, number) for side, number in zip(served, (few, many), strict=True)]
        print(f"\n{'':34} {few:>10,} {many:>10,} {'ratio':>7} {'p95 alone ms':>20}")
        for name in requests[0]:
            try:
                _row(name, served, [some[name] for some in requests], asked)
            except SystemExit as problem:
                print(f"{name:34} NOT MEASURED: {problem}")


def _row(name: str, served: list[Served], requests: list[list[Request]], asked: argparse.Namespace) -> None:
    for side, some in zip(served, requests, strict=True):
        for request in some[:5]:
            answer(side, request)
    few, many = in_turn(served, requests, asked.rounds, asked.seconds)
    ratio = few.rate / many.rate
    slow = " <" if ratio > _SAME or few.refused or many.refused else ""
    alone = f"{few.alone_p95:9.2f} {many.alone_p95:9.2f}"
    print(f"{name:34} {few.rate:10,.0f} {many.rate:10,.0f} {ratio:6.2f}x {alone:>20}{slow}")


@contextmanager
def _served(number: int, asked: argparse.Namespace, server: cluster.Cluster | None) -> Iterator[Served]:
    catalogue = REPOSITORY / "src" / "thalweg" / "catalogue"
    layout = digest([HERE / "made_items.py", Path(__file__), *sorted(catalogue.glob("**/versions/*.py"))])
    us = Ours(cache_folder() / f"collections-{asked.store}-{number}-{asked.items}-{layout}", server)
    try:
        if not us.is_loaded:
            print(f"loading {number:,} Collections", file=sys.stderr)
            us.prepare(1)
            command = [sys.executable, __file__, "--load", str(number), "--items", str(asked.items)]
            subprocess.run(command, env=us.environment(), check=True)
            us.finish()
        with us.serving(1) as served:
            yield served
    finally:
        if not asked.keep:
            shutil.rmtree(us.home, ignore_errors=True)
            if server is not None:
                server.drop(us.database)


def _requests(served: Served, number: int) -> dict[str, list[Request]]:
    chance = random.Random(3)  # noqa: S311 - a workload
    some = [chance.randrange(number) for _ in range(100)]
    words = [chance.choice(WORDS).split()[1] for _ in some]
    boxes = [",".join(f"{edge:.3f}" for edge in _box(place)) for place in some]
    return {
        "GET Collection": [Request(f"/collections/{_name(place)}") for place in some],
        "a page of 10": [Request("/collections", {"limit": "10"})],
        "a page of 10, far behind": [_far(served, Request("/collections", {"limit": "10"}))],
        "by a word, 10": [Request("/collections", {"q": word, "limit": "10"}) for word in words],
        "by a box, 10": [Request("/collections", {"bbox": box, "limit": "10"}) for box in boxes],
        "by id": [
            Request("/collections", {"filter": f"id = '{_name(place)}'", "filter-lang": "cql2-text"}) for place in some
        ],
        "newest Items of all, 10": [Request("/search", {"limit": "10"})],
        "newest Items of one, 10": [Request("/search", {"collections": _name(place), "limit": "10"}) for place in some],
        "Items in a box, 10": [Request("/search", {"bbox": box, "limit": "10"}) for box in boxes],
    }


def _far(served: Served, request: Request) -> Request:
    for _ in range(_DEEP):
        after = following(served, answer(served, request))
        if after is None:
            return request
        request = after
    return request


def load(number: int, items: int) -> None:
    """Register Collections in the platform of the environment, and spread Items over them."""
    from thalweg.app.compose import Platform  # noqa: PLC0415 - the environment names the folder
    from thalweg.app.settings import read_settings  # noqa: PLC0415
    from thalweg.identity.service import ADMIN  # noqa: PLC0415

    platform = Platform(read_settings())
    for place in range(number):
        platform.catalogue.register_collection(_document(place), ADMIN)
    for chunk in _chunks(items, number):
        platform.catalogue.load(chunk, ADMIN)


def _chunks(items: int, number: int) -> Iterator[list[Document]]:
    chunk: list[Document] = []
    for place, line in enumerate(lines(items)):
        chunk.append({**orjson.loads(line), "collection": _name(place % number)})
        if len(chunk) == _AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _document(place: int) -> Document:
    chance = random.Random(place)  # noqa: S311 - made data
    words = [chance.choice(WORDS) for _ in range(3)]
    year = 2000 + place % 25
    return {
        **collection_document(_name(place)),
        "item_assets": {},
        "title": f"Views of a {words[0]}",
        "description": f"A {words[0]} beside a {words[1]}, year after year.",
        "keywords": words,
        "extent": {
            "spatial": {"bbox": [_box(place)]},
            "temporal": {"interval": [[f"{year}-01-01T00:00:00Z", f"{year + 1}-01-01T00:00:00Z"]]},
        },
    }


def _box(place: int) -> list[float]:
    x, y = tiles()[place * 7919 % len(tiles())].corners[1]
    return [x - 1, max(-90.0, y - 1), x + 1, min(90.0, y + 1)]


def _name(place: int) -> str:
    return f"made-{place:06}"


if __name__ == "__main__":
    main()
