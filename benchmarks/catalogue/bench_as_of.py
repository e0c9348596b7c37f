"""What it costs to ask as of a time, and to take a snapshot: beside the same question as it is, in one process.

Each time is CPU of this process, the median of several; the Items are small ones of one Collection, so that documents
do not hide what the search costs. A part of them was changed once, and a part removed, after the moment asked for.

    python benchmarks/catalogue/bench_as_of.py [--items 200000] [--changed 0.2]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from thalweg.catalogue.api.snapshots import read_search
from thalweg.catalogue.checksums import summed
from thalweg.catalogue.comparing import compared
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.validation import Validator
from thalweg.core.events import Event
from thalweg.core.geometry import BBox
from thalweg.core.items import Item
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery, Sort
from thalweg.core.time import Interval

CLASS = "public/anyone"
START = datetime(2020, 1, 1, tzinfo=UTC)
AT_ONCE = 2_000
REPEATS = 15
NOTHING = Validator(lambda *_: None, Limits())


def main() -> None:
    """Load, change, ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--changed", type=float, default=0.2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'items.sqlite'}")
        moment = filled(store, given.items, given.changed)
        told(store, moment)
        store.close()


def an_item(number: int, version: int) -> NewItem:
    """Make an Item of a degree somewhere, every ten minutes."""
    west, south = number * 7 % 359 - 180, number * 13 % 179 - 90
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
    at = (START + timedelta(minutes=10 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": f"i{number:07}",
        "collection": "c",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [west, south, west + 1, south + 1],
        "properties": {"datetime": at, "eo:cloud_cover": number * 31 % 1000 / 10, "gsd": version, "odd": number % 97},
        "assets": {},
        "links": [],
    }
    return NOTHING.item(document, CLASS)


def filled(store, items: int, changed: float) -> datetime:  # noqa: ANN001 - one of two stores
    """Load Items, change and remove some; return the moment between."""
    collection = {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": "c",
        "description": "For a benchmark.",
        "license": "CC0-1.0",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        "links": [],
    }
    store.register_collection(NOTHING.collection(collection, CLASS), [])
    for first in range(0, items, AT_ONCE):
        store.load([an_item(n, 1) for n in range(first, min(items, first + AT_ONCE))], silent, replacing=True)
    moment = store.settled()
    few = range(0, items, max(1, round(1 / changed)) if changed else items + 1)
    for first in range(0, len(few), AT_ONCE):
        store.load([an_item(n, 2) for n in few[first : first + AT_ONCE]], silent, replacing=True)
    for n in few[::10]:
        store.remove("c", f"i{n:07}", 2, [])
    print(f"{items:,} Items, {len(few):,} changed since and {len(few[::10]):,} of them removed")
    return moment


def silent(outcome: str, item: NewItem) -> Event:
    """Tell what happened."""
    return Event(f"item.{outcome}", item.id, item.visibility_class)


def told(store, moment: datetime) -> None:  # noqa: ANN001 - one of two stores
    """Ask each question as it is, as of the moment, and as of one before all."""
    january = Interval(START, START + timedelta(days=31))
    questions = {
        "newest 10": ItemQuery(),
        "box and month": ItemQuery(bbox=BBox(0, 0, 10, 10), interval=january),
        "box": ItemQuery(bbox=BBox(0, 0, 10, 10)),
        "month": ItemQuery(interval=january),
        "clouds, sorted": ItemQuery(filter=filtered("eo:cloud_cover < 1"), sort=(Sort("eo:cloud_cover"),)),
        "unkept property": ItemQuery(filter=filtered("odd = 96")),
        "one by id": ItemQuery(ids=("i0000005",)),
    }
    print(f"{'':18}{'as it is':>10}{'as of':>10}{'ratio':>8}   ms of CPU")
    for name, query in questions.items():
        now, then = (spent(lambda q=q: store.find(q, EVERYTHING)) for q in (query, replace(query, as_of=moment)))
        print(f"{name:18}{now:10.2f}{then:10.2f}{then / now:8.1f}")
    change = spent(lambda: compared(lambda q: store.find(q, EVERYTHING), ItemQuery(), moment, datetime.now(UTC)))
    print(f"{'10 of what changed':18}{'':10}{change:10.2f}")
    begun = time.process_time()
    found = summed(walked(store, ItemQuery(limit=1000, as_of=moment)))
    print(f"a snapshot of {found.number:,} Items: {time.process_time() - begun:.1f} s of CPU")


def filtered(text: str):  # noqa: ANN201 - an expression
    """Return a filter."""
    return read_search({"filter": text, "filter-lang": "cql2-text"}).filter


def walked(store, query: ItemQuery) -> Iterator[Item]:  # noqa: ANN001 - one of two stores
    """Yield all Items of a query."""
    while True:
        page = store.find(query, EVERYTHING)
        yield from page.found
        if page.next is None:
            return
        query = replace(query, after=page.next)


def spent(ask: Callable[[], object]) -> float:
    """Return the median ms of CPU of a question."""
    ask()
    times = []
    for _ in range(REPEATS):
        begun = time.process_time()
        ask()
        times.append(1000 * (time.process_time() - begun))
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
