"""What it costs to tell how fresh a Collection is: to read its Items once, and to answer from then on; and in memory.

Each time is CPU of this process; those of answers are the median of several. The Items are small ones, a tile and orbit
every five days with one in 33 missing, so that what a store takes to give them hides nothing.

    python benchmarks/catalogue/bench_freshness.py [--items 25000 50000 100000 200000]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import orjson

from thalweg.catalogue.freshness.inference import infer
from thalweg.catalogue.freshness.memory import Known, Memory
from thalweg.catalogue.freshness.overview import overview
from thalweg.catalogue.freshness.report import report
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import ItemStore, NewCollection, NewItem
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.validation import Validator
from thalweg.core.events import Event
from thalweg.core.principals import EVERYTHING

CLASS = "public/anyone"
START = datetime(2022, 1, 1, 10, tzinfo=UTC)
SLOTS, EVERY = 206, 33
AT_ONCE, REPEATS = 2_000, 5
NOTHING = Validator(lambda *_: None, Limits())
ROW = "{:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}"


def main() -> None:
    """Load more and more Items, and ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, nargs="+", default=[25_000, 50_000, 100_000, 200_000])
    given = parser.parse_args()
    tell(ROW.format("Items", "read s", "us/Item", "B/Item", "infer ms", "report ms", "sums ms", "change ms"))
    for number in given.items:
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{Path(folder) / 'items.sqlite'}")
            fill(store, number)
            measure(store)
            store.close()


def tell(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def an_item(tile: int, slot: int) -> NewItem:
    """Make an Item of a tile."""
    at = (START + timedelta(days=5 * slot, minutes=tile % 60)).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": f"S2_{tile:05}_{slot:04}",
        "collection": "c",
        "geometry": {"type": "Polygon", "coordinates": [[[10, 40], [11, 40], [11, 41], [10, 41], [10, 40]]]},
        "bbox": [10, 40, 11, 41],
        "properties": {
            "datetime": at,
            "created": at,
            "grid:code": f"MGRS-{tile:05}",
            "sat:relative_orbit": tile % 143,
            "platform": f"sentinel-2{'ab'[slot % 2]}",
        },
        "assets": {},
        "links": [],
    }
    return NOTHING.item(document, CLASS)


def items(number: int) -> Iterator[NewItem]:
    """Yield Items, a slot of all tiles after the other."""
    tiles = number * EVERY // (EVERY - 1) // SLOTS
    for slot in range(SLOTS):
        yield from (an_item(tile, slot) for tile in range(tiles) if (slot * 7 + tile) % EVERY)


def fill(store: ItemStore, number: int) -> None:
    """Load a Collection."""
    collection = {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": "c",
        "description": "For a benchmark.",
        "license": "CC0-1.0",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        "links": [],
    }
    store.register_collection(NewCollection("c", orjson.dumps(collection), CLASS), [])
    made = items(number)
    while some := list(islice(made, AT_ONCE)):
        load(store, some)


def load(store: ItemStore, some: Sequence[NewItem]) -> None:
    """Load Items with their events."""
    store.load(
        some,
        lambda _, one: Event("item.registered", f"c/{one.id}", CLASS, {"collection": "c", "id": one.id}),
        replacing=True,
    )


def measure(store: ItemStore) -> None:
    """Read, and ask again and again."""
    memory = Memory(store, seconds=1e6)
    seconds, known = timed(lambda: memory.known("c"))
    columns = known.columns(known.seen(EVERYTHING))
    rule = infer(columns).rule
    now = int(columns.times.max())
    asked: list[Callable[[], object]] = [
        lambda: infer(columns),
        lambda: report(columns, rule, now),
        lambda: overview(columns, cut=False),
    ]
    spans = [[timed(ask)[0] for _ in range(REPEATS)] for ask in asked]
    spans.append([followed(store, memory, SLOTS + more) for more in range(REPEATS)])
    number = len(columns)
    told = [f"{number:,}", f"{seconds:.2f}", f"{1e6 * seconds / number:.1f}", f"{held(known) / number:.0f}"]
    tell(ROW.format(*told, *(f"{1000 * statistics.median(one):.1f}" for one in spans)))


def followed(store: ItemStore, memory: Memory, slot: int) -> float:
    """Register one more Item; return what it takes to take note of it."""
    load(store, [an_item(0, slot)])
    return timed(lambda: memory.known("c").items.rows)[0]


def held(known: Known) -> int:
    """Return the bytes that are held: those of the columns, and of what Items have in common."""
    parts = known.items.parts
    return known.items.rows.nbytes + sum(200 + sys.getsizeof(one) + sum(map(sys.getsizeof, one)) for one in parts)


def timed(ask: Callable[[], object]) -> tuple[float, object]:
    """Return the CPU seconds that a question takes, and its answer."""
    begun = time.process_time()
    answer = ask()
    return time.process_time() - begun, answer


if __name__ == "__main__":
    main()
