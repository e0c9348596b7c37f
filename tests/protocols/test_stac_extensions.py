"""pystac-client, unmodified, asks by the extensions of the STAC API; what it finds is what a plain look finds."""

import pystac_client
import pytest
import world as the_world

METHODS = pytest.mark.parametrize("method", ["GET", "POST"])


@pytest.fixture
def client(platform, world):  # noqa: ARG001 - what is asked for must be there
    return pystac_client.Client.open(f"{platform.url}/api/")


def _coarse_and_clear(item):
    return item["properties"]["gsd"] > 14 and item["properties"]["eo:cloud_cover"] < 50


def _narrowed(world, *, by):
    return sorted(item["id"] for item in world if by(item))


AREA = {"type": "Polygon", "coordinates": [[[-10, -5], [50, -5], [50, 35], [-10, 35], [-10, -5]]]}
IN_CQL2_JSON = {
    "op": "and",
    "args": [
        {"op": ">", "args": [{"property": "gsd"}, 14]},
        {"op": "<", "args": [{"property": "eo:cloud_cover"}, 50]},
    ],
}
NARROWINGS = [
    ({"bbox": [-10, -5, 50, 35]}, lambda item: the_world.meets(item, -10, -5, 50, 35)),
    ({"intersects": AREA}, lambda item: the_world.meets(item, -10, -5, 50, 35)),
    ({"datetime": "2024-03-01/2024-03-31"}, lambda item: item["properties"]["datetime"].startswith("2024-03")),
    ({"ids": ["w0007", "w0100"]}, lambda item: item["id"] in ("w0007", "w0100")),
    ({"filter": 'gsd > 14 AND "eo:cloud_cover" < 50', "filter_lang": "cql2-text"}, _coarse_and_clear),
    ({"filter": IN_CQL2_JSON, "filter_lang": "cql2-json"}, _coarse_and_clear),
    ({"query": {"gsd": {"gt": 14}, "eo:cloud_cover": {"lt": 50}}}, _coarse_and_clear),
    ({"query": {"platform": {"in": ["swot"]}}}, lambda item: item["properties"]["platform"] == "swot"),
    ({"filter": "title LIKE '%south'"}, lambda item: item["properties"]["title"].endswith("south")),
    ({"filter": "CASEI(platform) = CASEI('SWOT')"}, lambda item: item["properties"]["platform"] == "swot"),
]


@METHODS
@pytest.mark.parametrize(("asked", "by"), NARROWINGS)
def test_a_search_narrows_by_each_extension(client, world, method, asked, by):
    found = client.search(collections=[the_world.COLLECTION], method=method, limit=37, **asked)
    there = _narrowed(world, by=by)
    assert there
    assert sorted(item["id"] for item in found.items_as_dicts()) == there


@METHODS
def test_all_pages_are_the_whole_in_the_order_asked_for(client, world, method):
    order = ["-properties.eo:cloud_cover", "+id"]
    found = client.search(collections=[the_world.COLLECTION], method=method, limit=50, sortby=order)
    expected = sorted(world, key=lambda item: (-item["properties"]["eo:cloud_cover"], item["id"]))
    assert [item["id"] for item in found.items_as_dicts()] == [item["id"] for item in expected]


@METHODS
def test_only_the_fields_asked_for_are_told(client, method):
    fields = ["id", "type", "geometry", "properties.gsd", "-links", "-assets"]
    found = client.search(collections=[the_world.COLLECTION], ids=["w0003"], method=method, fields=fields)
    (item,) = found.items_as_dicts()
    assert item["properties"] == {"gsd": 13}
    assert not {"assets", "bbox"} & item.keys()


def test_what_matches_is_counted(client, world):
    assert client.search(collections=[the_world.COLLECTION], limit=5).matched() == len(world)


def test_collections_are_searched_by_words_place_and_time(client):
    def found(**asked):
        return {one["id"] for one in client.collection_search(**asked).collections_as_dicts()}

    assert {"demo.images", the_world.COLLECTION} <= found()
    assert found(q="world") == {the_world.COLLECTION}
    assert the_world.COLLECTION in found(bbox=[100, 40, 101, 41])
    assert the_world.COLLECTION not in found(datetime="2031-01-01T00:00:00Z/2032-01-01T00:00:00Z")
    assert found(filter=f"id = '{the_world.COLLECTION}'") == {the_world.COLLECTION}


def test_what_can_be_asked_for_is_told(client):
    told = client.get_merged_queryables([the_world.COLLECTION])["properties"]
    assert {"id", "gsd", "eo:cloud_cover", "platform", "title"} <= told.keys()


def test_links_lead_from_the_root_to_every_collection(client):
    assert {the_world.COLLECTION, "demo.images"} <= {child.id for child in client.get_children()}
