"""Properties that are called like a member of the Item itself, asked for over HTTP."""

import pytest
from callers import ALICE
from made_items import an_item

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
LAKES = "/api/collections/demo.lakes/items"


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ({"filter": "properties.id = 'p9'"}, ["own"]),
        ({"filter": "id = 'p9'"}, []),
        ({"filter": "properties.collection = 'demo.lakes'"}, []),
        ({"query": '{"properties.id": {"eq": "p9"}}'}, ["own"]),
        ({"sortby": "properties.id", "limit": 1}, ["own"]),
        ({"properties.id": "p9"}, ["own"]),
    ],
)
async def test_the_prefix_tells_them_apart(client, filled, asked, there):
    filled.register([an_item("own", "demo.lakes", datetime="2001-01-01T00:00:00Z", properties={"id": "p9"})], ALICE)
    answer = await client.get(LAKES, params=asked)
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["features"]] == there
