"""What clients look for before they ask: classes by either version, kinds of Collections, bounds of parameters."""

import pytest
from callers import AS_ALICE

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
STAC = "https://api.stacspec.org/"


async def test_sorting_is_declared_for_clients_of_either_version(client):
    kept = set((await client.get("/api/conformance")).json()["conformsTo"])
    for part in ("item-search#sort", "ogcapi-features#sort"):
        assert {f"{STAC}v1.0.0/{part}", f"{STAC}v1.1.0/{part}"} <= kept


async def test_collections_are_known_to_hold_features(client):
    listed = (await client.get("/api/collections")).json()["collections"]
    alone = (await client.get("/api/collections/demo.images")).json()
    assert {one["itemType"] for one in [*listed, alone]} == {"feature"}


@pytest.mark.parametrize("version", ["3.0", "3.1"])
async def test_the_bound_of_a_page_is_described_and_more_is_that_many(client, version):
    paths = (await client.get("/api/openapi", params={"f": version})).json()["paths"]
    asked = paths["/collections/{collection}/items"]["get"]["parameters"]
    (limit,) = [one["schema"] for one in asked if one["name"] == "limit"]
    assert (limit["minimum"], limit["maximum"]) == (1, 10_000)
    for more in (limit["maximum"], limit["maximum"] + 1):
        answer = await client.get("/api/collections/demo.images/items", params={"limit": more})
        assert (answer.status_code, answer.json()["numberReturned"]) == (200, 12)


async def test_what_was_told_of_a_collection_is_not_taken_for_its_writers(client):
    before = await client.get("/api/collections/demo.lakes")
    shown = before.json()
    put = await client.put("/api/collections/demo.lakes", json={**shown, "title": "Ponds"}, headers=AS_ALICE)
    assert put.status_code == 204
    wide = {**shown["extent"], "spatial": {"bbox": [[-180, -90, 180, 90]]}}
    patch = await client.patch("/api/collections/demo.lakes", json={"extent": wide}, headers=AS_ALICE)
    assert patch.status_code in (200, 204)
    after = (await client.get("/api/collections/demo.lakes")).json()
    # Had they been stored, the systems of the small extent would stand there still.
    assert set(after["crs"]) < set(shown["crs"])
    assert [one for one in after["links"] if one["rel"] == "alternate"] == [
        one for one in shown["links"] if one["rel"] == "alternate"
    ]
