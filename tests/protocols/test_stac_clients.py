"""pystac-client, unmodified, against a running platform."""

import pystac_client
import pytest
from pystac_client.exceptions import APIError


@pytest.fixture
def found(platform):
    return pystac_client.Client.open(f"{platform.url}/api/")


@pytest.fixture
def written(platform):
    """Return a Collection of 25 Items on one meridian, taken away after the test."""
    described = {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": "demo.meridian",
        "description": "For tests.",
        "license": "CC0-1.0",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        "links": [],
    }
    with platform.client() as client:
        client.post("/api/collections", json=described).raise_for_status()
        features = [a_point(f"p{n:02}", 179.5 if n % 2 else -179.5, n) for n in range(1, 26)]
        address = "/api/collections/demo.meridian/items"
        client.post(address, json={"type": "FeatureCollection", "features": features}).raise_for_status()
        yield "demo.meridian"
        for feature in features:
            client.delete(f"{address}/{feature['id']}").raise_for_status()
        client.delete("/api/collections/demo.meridian").raise_for_status()


def a_point(item_id, longitude, day):
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": item_id,
        "geometry": {"type": "Point", "coordinates": [longitude, 0]},
        "bbox": [longitude, 0, longitude, 0],
        "properties": {"datetime": f"2024-01-{day:02}T12:00:00Z"},
        "assets": {},
        "links": [],
    }


def test_the_catalogue_opens_with_what_it_keeps(found):
    assert found.conforms_to("ITEM_SEARCH")
    assert found.conforms_to("COLLECTIONS")
    assert found.conforms_to("FEATURES")
    assert "demo.images" in {collection.id for collection in found.get_collections()}


def test_an_item_is_reached_by_its_collection(found):
    (item,) = found.get_collection("demo.images").get_items()
    alone = found.get_collection("demo.images").get_item(item.id)
    assert (alone.geometry, alone.properties) == (item.geometry, item.properties)
    assert item.datetime is None
    assert item.properties["thalweg:date_known"] is False
    assert item.assets["data"].href.startswith("http://127.0.0.1")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_search_turns_its_pages(found, written, method):
    search = found.search(collections=[written], limit=4, method=method)
    assert [item.id for item in search.items()] == [f"p{n:02}" for n in range(25, 0, -1)]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("narrowing", "there"),
    [
        ({"ids": ["p01", "p02"]}, {"p01", "p02"}),
        ({"datetime": "2024-01-03/2024-01-04"}, {"p03", "p04"}),
        ({"bbox": [179, -1, -179, 1], "datetime": "2024-01-01/2024-01-02"}, {"p01", "p02"}),
        ({"bbox": [179, -1, 180, 1], "datetime": "2024-01-01/2024-01-02"}, {"p01"}),
        ({"intersects": {"type": "Point", "coordinates": [-179.5, 0]}, "datetime": "2024-01-01/2024-01-02"}, {"p02"}),
        ({"bbox": [0, -1, 10, 1]}, set()),
    ],
)
def test_a_search_narrows(found, written, method, narrowing, there):
    search = found.search(collections=[written], method=method, **narrowing)
    assert {item.id for item in search.items()} == there


def test_an_item_is_created_replaced_patched_and_deleted(platform, written):
    found = pystac_client.Client.open(f"{platform.url}/api/", headers=platform.headers)
    collection = found.get_collection(written)
    item = collection.get_item("p01")
    item.id = "again"
    item.properties["title"] = "Written by pystac"
    made = collection.create_item(item)
    try:
        assert made.properties["title"] == "Written by pystac"
        assert len(made.get_links("self")) == 1
        made.properties["title"] = "Replaced"
        collection.update_item(made)
        assert collection.get_item("again").properties["title"] == "Replaced"
        collection.patch_item("again", {"properties": {"title": None, "gsd": 10}})
        assert collection.get_item("again").properties.keys() == {"datetime", "gsd"}
    finally:
        collection.delete_item("again")
    assert collection.get_item("again") is None


def test_a_refusal_reaches_the_caller(found):
    with pytest.raises(APIError, match="bbox"):
        list(found.search(bbox=[0, 10, 1, 5], method="GET").items())
