"""What can be asked for, sums, searches of Collections, and links that lead to every Item."""

import jsonschema_rs
import pytest
from callers import ALICE, AS_ALICE
from made_items import a_collection, an_item

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
ONE = "/api/collections/demo.images"
OGC = "http://www.opengis.net/def/rel/ogc/1.0/"


def links(document, rel):
    return [one["href"] for one in document["links"] if one["rel"] == rel]


async def told(client, path, headers=None):
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("where", ["", "/collections/demo.images"])
async def test_queryables_are_a_schema_made_of_the_data(client, where):
    answer = await client.get(f"/api{where}/queryables")
    assert answer.headers["content-type"] == "application/schema+json"
    document = answer.json()
    assert document["$id"] == f"http://eo.example/api{where}/queryables"
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(document)
    properties = document["properties"]
    assert properties["eo:cloud_cover"]["type"] == "number"
    assert properties["orbit"]["type"] == "integer"
    assert properties["checked"]["type"] == "boolean"
    assert properties["created"] == {"title": "Created", "type": "string", "format": "date-time"}
    assert "type" not in properties["geometry"]
    assert properties["geometry"]["format"].startswith("geometry-")


async def test_sortables_are_the_queryables_that_have_an_order(client):
    for where in ("/api", ONE):
        queryables = (await told(client, f"{where}/queryables"))["properties"]
        sortables = (await told(client, f"{where}/sortables"))["properties"]
        assert set(queryables) - set(sortables) == {"geometry", "instruments"}


async def test_the_values_of_others_are_not_told(client):
    def shown(document):
        return str(document["properties"].get("platform"))

    assert "hidden-1" not in shown(await told(client, "/api/queryables"))
    cloud = (await told(client, "/api/queryables"))["properties"]["eo:cloud_cover"]
    assert cloud.get("maximum", 0) < 99
    assert (await client.get("/api/collections/alice.results/queryables")).status_code == 404
    assert (
        await client.get("/api/collections/alice.results/aggregate", params={"aggregations": "total_count"})
    ).status_code == 404


async def test_what_there_is_is_linked(client):
    for document in (await told(client, "/api/"), await told(client, ONE)):
        for rel in (f"{OGC}queryables", f"{OGC}sortables", "aggregate", "aggregations", "child", "children"):
            assert links(document, rel), rel
            assert (await client.get(links(document, rel)[0])).status_code == 200
    assert links(await told(client, "/api/"), f"{OGC}functions")
    assert links(await told(client, "/api/collections"), f"{OGC}queryables")


async def test_functions_are_told_with_their_arguments(client):
    functions = {one["name"]: one for one in (await told(client, "/api/functions"))["functions"]}
    assert functions["lower"]["returns"] == ["string"]
    assert functions["sqrt"]["arguments"] == [{"title": "number", "type": ["integer", "number"]}]


async def aggregated(client, names, headers=None, path="/api/aggregate", **parameters):
    words = {"aggregations": ",".join(names), **parameters}
    answer = await client.get(path, params=words, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["type"] == "AggregationCollection"
    return {one["name"]: one for one in answer.json()["aggregations"]}


async def test_sums_are_over_what_is_found(client):
    names = ["total_count", "datetime_min", "datetime_max", "collection_frequency", "platform_frequency"]
    found = await aggregated(client, names)
    assert found["total_count"]["value"] == 14
    assert found["datetime_min"]["value"].startswith("2011-01-01")
    assert found["datetime_max"]["value"].startswith("2024-12-01")
    assert {one["key"]: one["frequency"] for one in found["collection_frequency"]["buckets"]} == {
        "demo.images": 12,
        "demo.lakes": 2,
    }
    assert {one["key"]: one["frequency"] for one in found["platform_frequency"]["buckets"]} == {
        "sentinel-2a": 4,
        "sentinel-2b": 4,
        "landsat-8": 4,
    }
    for narrowed in (
        {"filter": "orbit <= 3"},
        {"query": '{"orbit":{"lte":3}}'},
        {"datetime": "../2024-03-01T00:00:00Z", "collections": "demo.images"},
    ):
        assert (await aggregated(client, ["total_count"], **narrowed))["total_count"]["value"] == 3
    assert (await aggregated(client, ["total_count"], AS_ALICE))["total_count"]["value"] == 15


async def test_time_place_and_clouds_are_counted_in_buckets(client):
    names = ["datetime_frequency", "grid_geohash_frequency", "grid_geotile_frequency", "cloud_cover_frequency"]
    found = await aggregated(
        client,
        names,
        path=f"{ONE}/aggregate",
        datetime_frequency_interval="month",
        grid_geohash_frequency_precision=2,
        grid_geotile_frequency_precision=1,
    )
    assert found["datetime_frequency"]["data_type"] == "interval_month"
    assert len(found["datetime_frequency"]["buckets"]) == 12
    (hashed,) = found["grid_geohash_frequency"]["buckets"]
    assert (len(hashed["key"]), hashed["frequency"]) == (2, 12)
    (tile,) = found["grid_geotile_frequency"]["buckets"]
    assert (tile["key"], tile["frequency"]) == ("1/1/0", 12)
    clouds = found["cloud_cover_frequency"]["buckets"]
    assert sum(one["frequency"] for one in clouds) == 12
    assert all(one["from"] < one["to"] for one in clouds)


async def test_sums_by_body_are_the_same(client):
    names = ["total_count", "orbit_frequency"]
    body = {"aggregations": names, "filter": {"op": "<", "args": [{"property": "orbit"}, 5]}}
    for path in ("/api/aggregate", f"{ONE}/aggregate"):
        answer = await client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        got = await aggregated(client, names, path=path, filter="orbit < 5")
        assert {one["name"]: one for one in answer.json()["aggregations"]} == got
        assert got["total_count"]["value"] == 4


async def test_an_aggregation_that_is_none_is_refused(client):
    listed = {one["name"] for one in (await told(client, f"{ONE}/aggregations"))["aggregations"]}
    assert {"total_count", "datetime_frequency", "platform_frequency", "cloud_cover_frequency"} <= listed
    for words in ({"aggregations": "colour_frequency"}, {"aggregations": ",".join(["total_count"] * 40)}):
        answer = await client.get(f"{ONE}/aggregate", params=words)
        assert (answer.status_code, answer.json()["parameter"]) == (400, "aggregations")
    answer = await client.get(f"{ONE}/aggregate", params={"collections": "demo.lakes"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "collections")


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({}, ["demo.images", "demo.lakes"]),
        ({"ids": "demo.lakes,alice.results"}, ["demo.lakes"]),
        ({"bbox": "0,0,5,5"}, ["demo.images"]),
        ({"datetime": "2020-01-01T00:00:00Z/.."}, ["demo.images"]),
        ({"q": "rivers"}, ["demo.images"]),
        ({"q": "lakes OR nothing"}, ["demo.lakes"]),
        ({"filter": "title = 'Lakes'"}, ["demo.lakes"]),
        ({"query": '{"title":{"startsWith":"Im"}}'}, ["demo.images"]),
        ({"sortby": "-title"}, ["demo.lakes", "demo.images"]),
        ({"sortby": "+id", "limit": "1"}, ["demo.images"]),
    ],
)
async def test_collections_are_searched(client, given, there):
    answer = await client.get("/api/collections", params=given)
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["collections"]] == there


async def test_collections_show_the_fields_that_are_asked(client):
    (one,) = (await client.get("/api/collections", params={"fields": "id,title", "q": "lakes"})).json()["collections"]
    assert one == {"type": "Collection", "stac_version": "1.1.0", "id": "demo.lakes", "title": "Lakes"}
    (one,) = (await client.get("/api/collections", params={"fields": "", "q": "lakes"})).json()["collections"]
    assert set(one) == {"type", "stac_version", "id", "description", "license", "extent", "links"}


async def test_children_are_the_collections_that_are_seen(client):
    async def children(**words):
        return [one["id"] for one in (await client.get("/api/children", params=words)).json()["children"]]

    assert await children() == await children(type="Collection") == ["demo.images", "demo.lakes"]
    assert await children(type="Catalog") == []
    answer = await client.get("/api/children", params={"type": "Item"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "type")
    page = (await client.get("/api/children", params={"limit": 1})).json()
    assert [one["id"] for one in (await told(client, links(page, "next")[0]))["children"]] == ["demo.lakes"]
    (below,) = (await told(client, f"{ONE}/children"))["children"]
    assert (below["type"], len(links(below, "item"))) == ("Catalog", 12)


async def test_every_item_is_reached_by_links(client, filled):
    """More Collections, and more Items, than one Catalog links to."""
    for n in range(105):
        filled.register_collection(a_collection(f"demo.c{n}"), ALICE)
    filled.register([an_item(f"m{n}", "demo.c104") for n in range(130)], ALICE)
    reached, seen, waiting = set(), set(), ["http://eo.example/api/"]
    while waiting:
        address = waiting.pop()
        document = await told(client, address)
        assert len(links(document, "child")) <= 101
        reached |= set(links(document, "item"))
        fresh = set(links(document, "child")) - seen
        seen |= fresh
        waiting += fresh
    assert {f"http://eo.example/api/collections/demo.c104/items/m{n}" for n in range(130)} <= reached
    assert len(reached) == 144


async def test_each_declared_class_is_proved_on_the_running_data(client):
    answer = await client.get("/api/conformance?verify", timeout=120)
    verdicts = {one["uri"]: one for one in answer.json()["verified"]}
    assert set(verdicts) == set(answer.json()["conformsTo"])
    failed = {uri: one["evidence"] for uri, one in verdicts.items() if one["verdict"] == "failed"}
    assert failed == {}
    untried = {uri for uri, one in verdicts.items() if one["verdict"] == "not applicable"}
    assert [uri for uri in untried if "transaction" not in uri and "ogcapi-features-4" not in uri] == []
    page = await client.get("/api/conformance", params={"verify": "true", "f": "html"}, timeout=120)
    assert page.text.count("<strong>passed</strong>") == len(verdicts) - len(untried)


async def test_without_data_a_class_is_not_applicable_rather_than_kept(client):
    answer = await client.get("/workspaces/bob/api/conformance?verify", timeout=120)
    verdicts = {one["uri"].rpartition("/")[2]: one for one in answer.json()["verified"]}
    assert verdicts["basic-cql2"]["verdict"] == "not applicable"
    assert "no Item" in verdicts["basic-cql2"]["evidence"]
