"""What is told beside a page of nothing."""

import pytest
from callers import ALICE
from lxml import html
from made_items import an_item

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
ITEMS = "/api/collections/demo.images/items"
AS_ALICE = {"authorization": "Bearer alice"}


async def note(client, path="/api/search", headers=None, **asked):
    answer = await client.get(path, params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json().get("note")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"filter": "eo:cloudcover < 10"}, "no Item is known to have eo:cloudcover: did you mean eo:cloud_cover?"),
        ({"filter": "properties.Platfrom = 'x'"}, "no Item is known to have Platfrom: did you mean platform?"),
        ({"filter": "zebra = 1"}, "no Item is known to have zebra"),
        (
            {"query": '{"cloud_cover": {"lt": 10}}'},
            "no Item is known to have cloud_cover: did you mean eo:cloud_cover?",
        ),
        ({"sortby": "-orbitt", "ids": "x"}, "no Item is known to have orbitt: did you mean orbit?"),
        ({"filter": "platform = 3"}, "platform is text and is compared with a number: write it in quotes"),
        ({"filter": "orbit IN ('3', '4')"}, "orbit is a number and is compared with text: write it without quotes"),
        ({"filter": "checked = 'yes'"}, "checked is a truth value and is compared with text: write true or false"),
        (
            {"filter": "created > 2024-05-01 AND orbit = 1 AND orbit = 2"},
            "created is a time and is compared with a number",
        ),
    ],
)
async def test_what_no_item_has_is_told_with_what_may_be_meant(client, asked, told):
    for path in ("/api/search", ITEMS):
        assert (await note(client, path, **asked) or "").startswith(told)
        page = html.fromstring((await client.get(path, params={**asked, "f": "html"})).text)
        assert page.xpath("//*[@role='status']")[0].text.startswith(told)


async def test_a_body_is_told_the_same(client):
    answer = await client.post("/api/search", json={"filter": {"op": "=", "args": [{"property": "orbitt"}, 1]}})
    assert answer.json()["note"] == "no Item is known to have orbitt: did you mean orbit?"


async def test_a_collection_that_is_not_there_is_named(client):
    told = "there is no Collection demo.image: did you mean demo.images?"
    assert await note(client, collections="demo.image") == told
    assert await note(client, collections="demo.image,demo.images", ids="x") == told


async def test_nothing_is_told_of_what_the_caller_may_not_see(client, filled):
    hidden = an_item("gauge", "alice.results", properties={"tide_gauge": 3})
    filled.register([hidden], ALICE)
    asked = {"filter": "tide_gauges = 3"}
    assert await note(client, **asked) == "no Item is known to have tide_gauges"
    assert await note(client, filter="tide_gauge = 3") == "no Item is known to have tide_gauge"
    assert "tide_gauge?" in await note(client, headers=AS_ALICE, **asked)
    for name in ("alice.results", "alice.result"):
        assert await note(client, collections=name) == f"there is no Collection {name}"
    assert "alice.results?" in await note(client, headers=AS_ALICE, collections="alice.result")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"ids": "x"},
        {"filter": "orbit = 99"},
        {"filter": "zebra IS NULL"},
        {"sortby": "zebra"},
        {"query": '{"platform": {"eq": "99"}}'},
        {"filter": "created > '2030-01-01' AND datetime > DATE('2030-01-01')"},
        {"filter": "orbit + 1 = orbit AND platform = casei('X')"},
    ],
)
async def test_nothing_is_told_where_nothing_is_misnamed_or_something_is_found(client, asked):
    assert await note(client, **asked) is None
