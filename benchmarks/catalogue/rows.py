"""The rows of the comparison: for each its requests, the same for both sides, and the ratio that is the goal."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
from asking import Request, answer, following
from made_items import COLLECTION, RARE_VALUES, SPAN, START, WORDS, Document
from mgrs_tiles import tiles
from serving import Served

PAGES = 100
"""The page that is asked for by its token."""
Fill = Callable[[Served, "Sample"], list[Request]]


@dataclass(frozen=True, slots=True)
class Sample:
    """Some of the Items that are loaded, evenly taken.

    Attributes:
        within: how requests are narrowed to the Items' Collection; not at all where they are in many.
        bearer: who asks.
    """

    items: Sequence[Document]
    within: Mapping[str, str] = field(default_factory=lambda: {"collections": COLLECTION})
    bearer: str = ""

    def request(self, path: str, **asked: str) -> Request:
        """Return a request in the caller's name."""
        return Request(path, asked, bearer=self.bearer)

    def filtered(self, cql2: str, **more: str) -> Request:
        """Return a search by a filter."""
        return self.request(
            "/search", **self.within, **{"filter": cql2, "filter-lang": "cql2-text", "limit": "10", **more}
        )

    def chance(self, row: str) -> random.Random:
        """Return a row's own chance, the same on both sides."""
        return random.Random(f"row {row}")  # noqa: S311 - a workload


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        fill: makes the requests; a page's token is each side's own.
        goal: so many times the peer's rate, of the embedded store and of the one on PostgreSQL.
        same: what must be equal: all of the answer's Items (``documents``), their ids in order, or nothing.
        note: what could not be made equal.
    """

    name: str
    fill: Fill
    goal: tuple[float | None, float | None]
    same: str = "ids"
    note: str = ""


def _get_item(_: Served, sample: Sample) -> list[Request]:
    return [sample.request(f"/collections/{one['collection']}/items/{one['id']}") for one in sample.items]


def _places(count: int, limit: int, half: float, days: tuple[int, int]) -> Fill:
    """Return what asks for boxes of so many degrees around tiles, and for so many days."""

    def fill(_: Served, sample: Sample) -> list[Request]:
        chance = sample.chance(f"places {limit}")
        asked = [{**_place(chance, half), **_time(chance, days), "limit": str(limit)} for _ in range(count)]
        return [sample.request("/search", **one) for one in asked]

    return fill


def _place(chance: random.Random, half: float) -> dict[str, str]:
    x, y = chance.choice(tiles()).corners[1]
    west, east = max(-180.0, x - half), min(180.0, x + half)
    return {"bbox": f"{west:.4f},{max(-90.0, y - half):.4f},{east:.4f},{min(90.0, y + half):.4f}"}


def _time(chance: random.Random, days: tuple[int, int]) -> dict[str, str]:
    length = timedelta(days=chance.randint(*days))
    start = START + (SPAN - length) * chance.random()
    return {"datetime": f"{start:%Y-%m-%dT%H:%M:%SZ}/{start + length:%Y-%m-%dT%H:%M:%SZ}"}


def _cloud_by_time(_: Served, sample: Sample) -> list[Request]:
    chance = sample.chance("cloud by time")
    least = [chance.uniform(1, 30) for _ in range(100)]
    return [sample.filtered(f'"eo:cloud_cover" < {cloud:.3f}', sortby="-datetime") for cloud in least]


def _by_cloud(_: Served, sample: Sample) -> list[Request]:
    chance = sample.chance("by cloud")
    least = [chance.uniform(0, 95) for _ in range(100)]
    return [sample.filtered(f'"eo:cloud_cover" >= {cloud:.3f}', sortby="+eo:cloud_cover") for cloud in least]


def _rare(name: str, beginning: str) -> Fill:
    def fill(_: Served, sample: Sample) -> list[Request]:
        values = [f"{beginning}{number:02}" for number in range(RARE_VALUES)]
        return [sample.filtered(f"\"{name}\" = '{value}'") for value in values]

    return fill


def _deep(served: Served, sample: Sample) -> list[Request]:
    """Walk to the page before, whose link is the request that is measured."""
    chance = sample.chance("deep")
    newest = sample.request("/search", **sample.within, limit="10")
    some = sample.request("/search", **_time(chance, (900, 1000)), limit="10")
    cloudless = sample.filtered(f'"eo:cloud_cover" < {chance.uniform(40, 60):.3f}')
    return [_page(served, request) for request in (newest, some, cloudless)]


def _page(served: Served, request: Request) -> Request:
    for _ in range(PAGES - 1):
        after = following(served, answer(served, request), request.bearer)
        if after is None:
            return request  # so few Items: the last page there is
        request = after
    return request


def _text(_: Served, sample: Sample) -> list[Request]:
    chance = sample.chance("text")
    asked = [chance.choice(WORDS).split() for _ in range(60)]
    return [sample.request("/search", q=pair[place % 2], limit="10") for place, pair in enumerate(asked)]


def _months(_: Served, sample: Sample) -> list[Request]:
    asked = {"aggregations": "datetime_frequency", "datetime_frequency_interval": "month"}
    return [sample.request("/aggregate", **sample.within, **asked)]


def _mixed(served: Served, sample: Sample) -> list[Request]:
    """Return 19 reads for each write: an Item put in the place of itself, with another time of change."""
    chance = sample.chance("mixed")
    reads = _get_item(served, sample) + _places(200, 10, 3, (90, 270))(served, sample) + _cloud_by_time(served, sample)
    return [chance.choice(reads) if number % 20 else _written(chance, sample, number) for number in range(400)]


def _written(chance: random.Random, sample: Sample, number: int) -> Request:
    item = chance.choice(sample.items)
    changed = {**item, "links": [], "properties": {**item["properties"], "updated": _second(number)}}
    path = f"/collections/{item['collection']}/items/{item['id']}"
    return Request(path, method="PUT", body=orjson.dumps(changed))


def _second(number: int) -> str:
    return (datetime(2025, 1, 1) + timedelta(seconds=number)).isoformat() + "Z"  # noqa: DTZ001 - spelled with Z


_NO_AGGREGATION = "the peer has no aggregation: the bare GROUP BY in its database on eight connections, without HTTP"
ROWS = (
    Row("GET Item", _get_item, (30, 2), "documents"),
    Row("bbox + time, limit 10", _places(200, 10, 3, (90, 270)), (30, 2)),
    Row("bbox + time, limit 100", _places(40, 100, 7, (180, 365)), (15, 2)),
    Row("CQL2 cloud, by time", _cloud_by_time, (30, 2)),
    Row("CQL2 cloud, by cloud", _by_cloud, (30, 2)),
    Row("rare CQL2, indexed", _rare("s2:datatake_type", "INS-V"), (None, 2)),
    Row("rare CQL2, no index", _rare("s2:product_type", "S2MSI2B"), (10, 2)),
    Row("page 100 of 10", _deep, (30, 2)),
    Row("free text", _text, (30, None), note="the peer's text has no index: it reads all Items"),
    Row("months", _months, (None, None), "nothing", _NO_AGGREGATION),
    Row("mixed 95/5", _mixed, (None, None), "nothing", "writes are PUTs with validation on both sides"),
)
