"""Items as the world writes them: Sentinel-1 and -2, Landsat, NAIP."""

import itertools

import orjson
import pytest
import shapely
from callers import ALICE
from made_items import a_collection

from thalweg.core.geometry import BBox
from thalweg.core.queries import ItemQuery
from thalweg.core.time import Interval, instant

FILES = {
    "landsat-c2-l2": "landsat-c2-l2-100.ndjson",
    "naip": "naip-1000.ndjson",
    "sentinel-2-l2a": "sentinel-2-l2a-pc-100.ndjson",
    "sentinel1-rtc-aws": "sentinel-1-rtc-12SYJ-258.ndjson",
}


@pytest.fixture
def documents(real_data):
    read = {}
    for collection, name in FILES.items():
        lines = (real_data / "stac" / name).read_bytes().splitlines()
        read[collection] = [{**orjson.loads(line), "collection": f"demo.{collection}"} for line in lines]
    return read


@pytest.fixture
def filled(catalogue, documents, real_data):
    for collection, items in documents.items():
        described = real_data / "stac" / f"collection-{collection}.json"
        document = orjson.loads(described.read_bytes()) if described.exists() else a_collection(collection)
        catalogue.register_collection({**document, "id": f"demo.{collection}"}, ALICE)
        catalogue.register(items, ALICE)
    return catalogue


def without_links(document):
    return {name: value for name, value in document.items() if name != "links"}


def test_real_items_are_kept_as_they_were_written(filled, documents):
    for items in documents.values():
        for document in items:
            kept = orjson.loads(filled.item(document["collection"], document["id"], ALICE).body)
            assert without_links(kept) == without_links(document)


BOXES = ((-88, 30, -85, 31), (-109, 38, -107, 39), (-180, -90, 180, 90), (100, 0, 101, 1))
INTERVALS = (None, "2021-01-01T00:00:00Z/2021-12-31T23:59:59Z", "2024-11-01T00:00:00Z/..")


def test_a_search_finds_what_a_scan_finds(filled, documents):
    every = [document for items in documents.values() for document in items]
    for bbox, interval in itertools.product(BOXES, INTERVALS):
        box, span = shapely.box(*bbox), Interval.parse(interval) if interval else Interval(None, None)
        expected = {
            (document["collection"], document["id"])
            for document in every
            if shapely.geometry.shape(document["geometry"]).intersects(box) and meets(document["properties"], span)
        }
        found = everything(filled, BBox(*bbox), span if interval else None)
        assert (len(found), set(found)) == (len(expected), expected)


def everything(catalogue, bbox, interval):
    page = catalogue.search(ItemQuery(bbox=bbox, interval=interval, limit=500), ALICE)
    found = list(page.found)
    while page.next:
        page = catalogue.search(ItemQuery(bbox=bbox, interval=interval, limit=500, after=page.next), ALICE)
        found += page.found
    return [(item.collection, item.id) for item in found]


def meets(properties, span):
    times = [
        instant(properties[name]) for name in ("datetime", "start_datetime", "end_datetime") if properties.get(name)
    ]
    return (span.start is None or max(times) >= span.start) and (span.end is None or min(times) <= span.end)


def test_like_items_share_their_words(filled, store, documents):  # noqa: ARG001 - fills
    """Packed with the dictionary of their Collection, Items of 16 KB take less than a tenth."""
    with store._connections.reading() as connection:
        packed = connection.execute("SELECT sum(length(z)) FROM doc WHERE d > 0").get
    written = sum(len(orjson.dumps(document)) for items in documents.values() for document in items)
    assert packed < written / 6
