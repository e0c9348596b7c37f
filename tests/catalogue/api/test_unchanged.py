"""What is put back as it was shown is what it was: no version, no event, the same entity tag."""

import orjson
import pytest

from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
COLLECTION = "/api/collections/demo.images"
ITEM = f"{COLLECTION}/items/i03"
ALICE = {"authorization": "Bearer alice"}


@pytest.fixture(params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def store(request, tmp_path):
    if request.param == "pgstac":
        opened = open_pgstac(request.getfixturevalue("pgstac_url"))
    else:
        opened = open_store(f"sqlite:///{tmp_path / 'items.sqlite'}")
    yield opened
    opened.close()


async def test_what_was_shown_is_put_back_without_a_change(client):
    for path in (ITEM, COLLECTION):
        shown = await client.get(path, headers=ALICE)
        backwards = dict(reversed(shown.json().items()))
        for document in (shown.json(), backwards):
            answer = await client.put(path, json=document, headers={**ALICE, "if-match": shown.headers["etag"]})
            assert (answer.status_code, answer.headers["etag"]) == (204, shown.headers["etag"]), answer.text
        answer = await client.patch(path, json={}, headers=ALICE)
        assert (answer.status_code, answer.headers["etag"]) == (204, shown.headers["etag"])
        assert (await client.get(path, headers=ALICE)).content == shown.content
    assert len((await client.get(f"{ITEM}/versions", headers=ALICE)).json()["versions"]) == 1


async def test_what_differs_by_a_number_is_a_change(client):
    shown = await client.get(ITEM, headers=ALICE)
    document = orjson.loads(shown.content)
    document["properties"]["orbit"] += 1
    answer = await client.put(ITEM, json=document, headers=ALICE)
    assert answer.status_code == 204
    assert answer.headers["etag"] != shown.headers["etag"]
    assert len((await client.get(f"{ITEM}/versions", headers=ALICE)).json()["versions"]) == 2


async def test_an_old_version_is_no_match_though_nothing_would_change(client):
    shown = await client.get(ITEM, headers=ALICE)
    await client.patch(ITEM, json={"properties": {"orbit": 99}}, headers=ALICE)
    now = (await client.get(ITEM, headers=ALICE)).json()
    answer = await client.put(ITEM, json=now, headers={**ALICE, "if-match": shown.headers["etag"]})
    assert answer.status_code == 412
