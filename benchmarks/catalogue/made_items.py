"""Sentinel-2 Items as many as one likes, made of the real ones: the same number always gives the same bytes.

    .venv/bin/python benchmarks/catalogue/made_items.py 200000 [--collections 1] > items.ndjson

Assets, links and members are those of the real Items (15 KB, 22 assets and two links to pictures); ids, hrefs,
times, tiles, footprints, platforms, orbits and percentages are made: three years, in the order of time as a harvest
brings them, on the tiles over land. What a benchmark needs besides: no two times and no two cloud covers are equal, so
that every order is total; ``s2:datatake_type`` and ``s2:product_type`` have 20 rare values each, one Item in 10,000
apiece; title, description and keywords have words, common and rare.
"""

import argparse
import os
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from mgrs_tiles import Tile, tiles

DATA = Path(os.environ.get("THALWEG_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data") / "stac"
COLLECTION = "sentinel-2-l2a"
START = datetime(2021, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=3 * 365)
RARE_VALUES = 20
RARE = 10_000
"""One Item in so many has one of the rare values."""
Document = dict[str, Any]
_SHUFFLED = 500
"""Items come in the order of their times but for so many neighbours."""
_KINDS = (
    "alpine", "arid", "braided", "coastal", "deep", "flooded", "forested", "frozen",
    "glacial", "muddy", "narrow", "quiet", "salt", "shallow", "steep", "tidal",
)  # fmt: skip
_THINGS = (
    "river", "lake", "delta", "estuary", "reservoir", "wetland", "floodplain", "moraine", "canyon", "oxbow", "lagoon",
    "fjord", "aquifer", "headwater", "basin", "gorge", "marsh", "rapids", "spring", "dune", "glacier", "harbour",
    "island", "levee", "mangrove", "meander", "plateau", "quarry", "reef", "savanna",
)  # fmt: skip
WORDS = tuple(f"{kind} {thing}" for thing in _THINGS for kind in _KINDS)
"""The first come often, the last seldom."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the places of a template take for one Item."""

    tile: Tile
    at: datetime
    platform: str
    relative: int
    absolute: int

    def slots(self) -> dict[str, str]:
        made = self.at + timedelta(hours=3, seconds=self.absolute % 3000)
        tile, west, north = self.tile, float(self.tile.west), float(self.tile.north)
        return {
            "path": f"{tile.path}/{self.at:%Y/%m/%d}",
            "tile": tile.name,
            "taken": f"{self.at:%Y%m%dT%H%M%S}",
            "seen": f"{self.at + timedelta(seconds=64):%Y%m%dT%H%M%S}",
            "made": f"{made:%Y%m%dT%H%M%S}",
            "absolute": f"{self.absolute:06}",
            "relative": f"R{self.relative:03}",
            "platform": f"S2{self.platform}_",
            "west": str(west),
            "east": str(west + 109_800),
            "south": str(north - 109_800),
            "north": str(north),
        }


def main() -> None:
    """Write the Items as lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--collections", type=int, default=1, help="how many Collections share them (default 1)")
    asked = parser.parse_args()
    for line in lines(asked.count, asked.collections):
        sys.stdout.buffer.write(line)


def collection_names(collections: int = 1) -> list[str]:
    """Return the ids of the Collections."""
    return [COLLECTION, *(f"{COLLECTION}-{number:06}" for number in range(2, collections + 1))]


def collection_document(name: str = COLLECTION) -> Document:
    """Return a Collection that the Items belong to: the real one, under another name."""
    real: Document = orjson.loads((DATA / "collection-sentinel-2-l2a.json").read_bytes())
    return {**real, "id": name, "links": []}


def lines(count: int, collections: int = 1) -> Iterator[bytes]:
    """Yield each Item as a line of JSON."""
    templates = [_Template(orjson.loads(line)) for line in _real_lines()]
    names = collection_names(collections)
    for first in range(0, count, _SHUFFLED):
        chance = random.Random(f"thalweg {first}")  # noqa: S311 - made data
        numbers = list(range(first, min(count, first + _SHUFFLED)))
        chance.shuffle(numbers)
        for number in numbers:
            template = templates[number % len(templates)]
            yield template.line(_taken(chance, number, count), _properties(chance, number), names[number % len(names)])


def _real_lines() -> list[bytes]:
    return (DATA / "sentinel-2-l2a-pc-100.ndjson").read_bytes().splitlines()


def _taken(chance: random.Random, number: int, count: int) -> _Taken:
    """Return where and when an Item is taken: each has a slot of time of its own."""
    slot = SPAN / count
    at = START + number * slot + chance.random() * slot * 0.9
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    relative = chance.randrange(1, 144)
    return _Taken(chance.choice(tiles()), at, chance.choice("AB"), relative, 28_000 + int((at - START).days * 14.3))


def _properties(chance: random.Random, number: int) -> Document:
    cloud, water = _cloud(chance), round(100 * chance.random() ** 4, 6)
    words = _words(chance)
    rare = f"INS-V{number // 500 % RARE_VALUES:02}" if number % 500 == 7 else "INS-NOBS"
    rare_too = f"S2MSI2B{number // 500 % RARE_VALUES:02}" if number % 500 == 257 else "S2MSI2A"
    return {
        "title": f"Sentinel-2 over a {words[0]}",
        "description": f"A {words[0]} beside a {words[1]}, seen from above.",
        "keywords": words,
        "eo:cloud_cover": cloud,
        "s2:water_percentage": water,
        "s2:snow_ice_percentage": round(100 * chance.random() ** 6, 6),
        "s2:vegetation_percentage": round((100 - water) * chance.random(), 6),
        "s2:nodata_pixel_percentage": round(100 * chance.random() ** 3, 6),
        "s2:mean_solar_zenith": round(20 + 50 * chance.random(), 12),
        "s2:mean_solar_azimuth": round(90 + 90 * chance.random(), 12),
        "s2:datatake_type": rare,
        "s2:product_type": rare_too,
        "sat:orbit_state": "descending" if chance.random() < 0.9 else "ascending",
    }


def _cloud(chance: random.Random) -> float:
    """Return a cloud cover: often little, often much; so many digits that none comes twice."""
    return round(100 * chance.betavariate(0.35, 0.6), 11)


def _words(chance: random.Random) -> list[str]:
    picked = {WORDS[int(len(WORDS) * chance.random() ** 3)] for _ in range(3)}
    return sorted(picked) if len(picked) > 1 else [*picked, WORDS[-1]]


class _Template:
    """A real Item, cut at the places that are an Item's own."""

    def __init__(self, document: Document) -> None:
        self._properties = {name: value for name, value in document["properties"].items() if value is not None}
        own = {"id", "links", "assets", "stac_version", "stac_extensions", "type"}
        text = orjson.dumps({name: value for name, value in document.items() if name in own}).decode()
        self._head = _cut(text.removesuffix("}"), _places(document))
        told = {"s2:granule_id", "s2:datatake_id", "s2:product_uri", "s2:datastrip_id", "s2:generation_time"}
        self._named = {name: _cut(str(document["properties"][name]), _places(document)) for name in told}

    def line(self, taken: _Taken, properties: Document, collection: str) -> bytes:
        """Return an Item as a line of JSON."""
        slots = taken.slots()
        ring = _ring(taken)
        xs, ys = [x for x, _ in ring], [y for _, y in ring]
        rest = {
            "collection": collection,
            "bbox": [min(xs), min(ys), max(xs), max(ys)],
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {**self._properties, **self._told(taken, slots), **properties},
        }
        head = self._head % slots
        if collection != COLLECTION:
            head = head.replace(f"/collections/{COLLECTION}", f"/collections/{collection}")
        return head.encode() + b"," + orjson.dumps(rest)[1:] + b"\n"

    def _told(self, taken: _Taken, slots: dict[str, str]) -> Document:
        made = datetime.strptime(slots["made"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return {
            **{name: form % slots for name, form in self._named.items()},
            "s2:generation_time": f"{made:%Y-%m-%dT%H:%M:%S}.000000Z",
            "datetime": taken.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "platform": f"Sentinel-2{taken.platform}",
            "proj:epsg": taken.tile.epsg,
            "s2:mgrs_tile": taken.tile.name,
            "sat:relative_orbit": taken.relative,
        }


def _places(document: Document) -> dict[str, str]:
    """Return what is an Item's own in a real one, and the slot that takes its place."""
    item_id: str = document["id"]
    platform, _, taken, relative, tile, made = item_id.split("_")
    granule: str = document["properties"]["s2:granule_id"]
    absolute = granule.split("_")[7]
    text = orjson.dumps(document["assets"]).decode()
    seen = re.search(rf"{absolute}_(\d{{8}}T\d{{6}})", text)
    folder = re.search(r"sentinel2-l2/(\d+/\w/\w\w/\d{4}/\d\d/\d\d)/", text)
    transform = document["assets"]["B02"]["proj:transform"]
    west, north = transform[2], transform[5]
    sides = {"west": west, "east": west + 109_800, "south": north - 109_800, "north": north}
    return {
        **({folder[1]: "path"} if folder else {}),
        **({seen[1]: "seen"} if seen else {}),
        tile.removeprefix("T"): "tile",
        taken: "taken",
        made: "made",
        absolute.removeprefix("A"): "absolute",
        relative: "relative",
        f"{platform}_": "platform",
        **{str(value): side for side, value in sides.items()},
    }


def _cut(text: str, places: dict[str, str]) -> str:
    """Return the text as a format that takes the slots."""
    by_length = sorted(places, key=len, reverse=True)
    own = "|".join(re.escape(place) for place in by_length)
    return re.sub(own, lambda found: f"%({places[found[0]]})s", text.replace("%", "%%"))


def _ring(taken: _Taken) -> list[tuple[float, float]]:
    """Return the footprint: half of the tiles are whole, the others cut by the edge of the swath, in eight steps."""
    north_west, south_west, south_east, north_east = taken.tile.corners
    cut = (taken.relative * 7919 + taken.absolute) % 200 / 100
    if cut >= 1:
        return [north_west, south_west, south_east, north_east, north_west]
    top, bottom = 0.1 + 0.6 * cut, 0.25 + 0.6 * cut
    edge = [
        (round(low[0] + (high[0] - low[0]) * step, 7), round(low[1] + (high[1] - low[1]) * step, 7))
        for low, high in [(_between(south_west, south_east, bottom), _between(north_west, north_east, top))]
        for step in (0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1)
    ]
    return [north_west, south_west, *edge, north_west]


def _between(one: tuple[float, float], other: tuple[float, float], share: float) -> tuple[float, float]:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


if __name__ == "__main__":
    main()
