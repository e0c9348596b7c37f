"""How many Items a file may hold, whatever its form."""

from dataclasses import replace

import httpx
import orjson
import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
ITEMS = "/api/collections/demo.images/items"
FORMS = ["csv", "fgb", "parquet", "ndjson"]


@pytest.fixture(params=[pytest.param(100, id="counted"), pytest.param(3, id="uncounted")])
def limits(limits, request):
    """Let a file hold five Items, and let more of them be counted or fewer."""
    return replace(limits, exported=5, counted=request.param, page=2)


@pytest.mark.parametrize("limits", [100], indirect=True)
@pytest.mark.parametrize("form", FORMS)
async def test_more_items_than_a_file_may_hold_are_refused_before_it_begins(client, form):
    for more in ({}, {"filter": "orbit > 3"}, {"limit": 12}):
        answer = await client.get(ITEMS, params={"f": form, **more})
        assert (answer.status_code, "limits.exported" in answer.text) == (413, True), more


@pytest.mark.parametrize("form", FORMS)
async def test_as_many_items_as_a_file_may_hold_are_given(client, form):
    for more in ({"limit": 5}, {"filter": "orbit < 6"}, {"filter": "orbit < 6", "limit": 12}):
        answer = await client.get(ITEMS, params={"f": form, **more})
        assert answer.status_code == 200, answer.text
        if form == "ndjson":
            assert len({orjson.loads(line)["id"] for line in answer.content.splitlines()}) == 5


@pytest.mark.parametrize("limits", [3], indirect=True)
async def test_lines_of_more_than_are_counted_end_with_why_they_end(application):
    breaking = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=breaking, base_url="http://eo.example") as client:
        answer = await client.get(ITEMS, params={"f": "ndjson", "filter": "orbit > 3"})
    *items, last = map(orjson.loads, answer.content.splitlines())
    assert [one["type"] for one in items] == ["Feature"] * 5
    assert (last["status"], "limits.exported" in last["detail"]) == (413, True)
