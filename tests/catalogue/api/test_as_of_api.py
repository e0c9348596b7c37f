"""The parameter ``as-of``, datetime negotiation, and two times compared, over HTTP."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

import pytest
from callers import ALICE, AS_ALICE
from made_items import a_collection, after_now, an_item

from thalweg.core.time import instant, written

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
IMAGES = "/api/collections/demo.images"


@pytest.fixture
def then(filled):
    """Return a moment after which one Item changed, one went, one came, and a Collection was renamed."""
    moment = after_now()
    changed = an_item("i01", "demo.images", datetime="2024-01-01T00:00:00Z", properties={"title": "Another river"})
    filled.replace(changed, ALICE)
    filled.remove("demo.images", "i02", ALICE)
    filled.register([an_item("i99", "demo.images", datetime="2024-12-31T00:00:00Z")], ALICE)
    filled.replace_collection(a_collection("demo.images", title="Renamed"), ALICE)
    return written(moment)


def ids(page):
    return [one["id"] for one in page["features"]]


async def test_a_search_as_of_a_time_shows_what_was_there(client, then):
    for path in ("/api/search?collections=demo.images&", f"{IMAGES}/items?"):
        now = (await client.get(f"{path}limit=50&sortby=id")).json()
        was = (await client.get(f"{path}limit=50&sortby=id&as-of={then}")).json()
        assert ids(was) == [f"i{n:02}" for n in range(1, 13)]
        assert ids(now) == ["i01", *(f"i{n:02}" for n in range(3, 13)), "i99"]
        assert was["features"][0]["properties"]["title"] == "The river Po, number 1"
        assert was["numberMatched"] == 12
    posted = await client.post("/api/search", json={"collections": ["demo.images"], "as-of": then, "limit": 50})
    assert len(posted.json()["features"]) == 12


async def test_the_token_of_a_page_holds_for_its_moment_alone(client, then):
    page = (await client.get(f"{IMAGES}/items?limit=5&as-of={then}")).json()
    found, address = ids(page), next(one["href"] for one in page["links"] if one["rel"] == "next")
    another = written(datetime.now(UTC))
    moved = await client.get(address.replace(quote(then), quote(another)).replace(then, another))
    assert (moved.status_code, moved.json()["parameter"]) == (400, "token")
    while address is not None:
        page = (await client.get(address)).json()
        found += ids(page)
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), None)
    assert sorted(found) == [f"i{n:02}" for n in range(1, 13)]


@pytest.mark.parametrize("wrong", ["yesterday", "2999-01-01T00:00:00Z", "2024-01-01"])
async def test_a_moment_that_is_none_or_lies_in_the_future_is_refused(client, wrong):
    for path in (f"/api/search?as-of={wrong}", f"{IMAGES}?as-of={wrong}", f"{IMAGES}/items/i01?as-of={wrong}"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["parameter"]) == (400, "as-of")


async def test_one_item_is_shown_as_it_was(client, then):
    was = await client.get(f"{IMAGES}/items/i01?as-of={then}")
    assert was.json()["properties"]["title"] == "The river Po, number 1"
    assert (await client.get(f"{IMAGES}/items/i02?as-of={then}")).status_code == 200
    assert (await client.get(f"{IMAGES}/items/i02")).status_code == 404
    assert (await client.get(f"{IMAGES}/items/i99?as-of={then}")).status_code == 404
    both = await client.get(f"{IMAGES}/items/i01?as-of={then}&version=1")
    assert (both.status_code, both.json()["parameter"]) == (400, "as-of")


async def test_one_collection_and_lists_of_them_are_shown_as_they_were(client, then):
    assert (await client.get(f"{IMAGES}?as-of={then}")).json()["title"] == "Images of rivers"
    assert (await client.get(IMAGES)).json()["title"] == "Renamed"
    listed = (await client.get(f"/api/collections?as-of={then}&q=rivers")).json()
    assert [one["id"] for one in listed["collections"]] == ["demo.images"]
    assert (await client.get("/api/collections?q=rivers")).json()["collections"] == []
    assert (await client.get("/api/collections?as-of=2001-01-01T00:00:00Z")).json()["collections"] == []


async def test_an_item_is_negotiated_by_its_time_as_rfc_7089_has_it(client, then):
    address = f"http://eo.example{IMAGES}/items/i01"
    now = await client.get(address, headers={"accept": "application/geo+json;q=0.9"})
    for plain in (now, await client.get(address)):
        assert plain.headers["vary"].lower() == "accept-datetime, accept"
        assert plain.headers["link"] == f'<{address}>; rel="original timegate"'
        assert "memento-datetime" not in plain.headers
    was = await client.get(f"{address}?as-of={then}")
    assert was.headers["content-location"] == f"{address}?as-of={then}"
    assert parsedate_to_datetime(was.headers["memento-datetime"]) == instant(then).replace(microsecond=0)
    assert 'rel="memento"' in was.headers["link"]
    long_ago = await client.get(address, headers={"accept-datetime": "Sat, 01 Jan 2000 00:00:00 GMT"})
    assert long_ago.json()["properties"]["title"] == "The river Po, number 1"
    tomorrow = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
    later = await client.get(address, headers={"accept-datetime": tomorrow})
    assert (later.json()["properties"]["title"], "memento-datetime" in later.headers) == ("Another river", False)
    for odd in ("2024-01-01", "Fri, 31 Dec 9999 23:59:59 -0100", "Fri, 31 Dec 99999 23:59:59 GMT", "\u0000", ",;="):
        wrong = await client.get(address, headers={"accept-datetime": odd})
        assert (wrong.status_code, wrong.json()["parameter"]) == (400, "Accept-Datetime")


async def test_sums_are_of_the_moment_too(client, then):
    path = "/api/aggregate?aggregations=total_count&collections=demo.images"
    assert (await client.get(f"{path}&as-of={then}")).json()["aggregations"][0]["value"] == 12
    assert (await client.get(f"{path}&as-of=2001-01-01T00:00:00Z")).json()["aggregations"][0]["value"] == 0


@pytest.mark.usefixtures("then")
async def test_what_was_removed_is_told_to_have_been_and_leads_to_what_it_was(client, catalogue):
    where = f"{IMAGES}/items/i02"
    answer = await client.get(where)
    told = answer.json()
    assert (answer.status_code, told["title"]) == (404, "Removed")
    (last,) = told["links"]
    assert (await client.get(last["href"])).json()["id"] == "i02"
    page = await client.get(where, headers={"accept": "text/html"})
    assert page.status_code == 404
    assert f"was removed on {told['removed'][:10]} at " in page.text
    (shown,) = re.findall(r'<a href="([^"]+)">As it was last</a>', page.text)
    seen = await client.get(shown.replace("&amp;", "&"))
    assert (seen.status_code, seen.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (await client.get(f"{where}?as-of={told['removed']}")).json()["title"] == "Not found"
    catalogue.register([an_item("i02", "demo.images")], ALICE)
    assert (await client.get(where)).status_code == 200


async def test_of_a_removal_nobody_learns_who_never_saw_what_was_removed(client, catalogue):
    where = "/api/collections/alice.results/items/secret"
    never = (await client.get("/api/collections/alice.results/items/never")).json()
    catalogue.remove("alice.results", "secret", ALICE)
    hidden = (await client.get(where)).json()
    assert hidden == {**never, "detail": never["detail"].replace("never", "secret"), "instance": where}
    assert "removed" in (await client.get(where, headers=AS_ALICE)).json()
    page = await client.get(f"{where}?f=html")
    assert (page.status_code, "As it was last" in page.text, "removed" in page.text) == (404, False, False)


async def test_two_times_are_compared(client, then):
    page = (await client.get(f"/api/changes?from={then}&limit=50")).json()
    told = {one["id"]: one["change"] for one in page["features"]}
    assert told == {
        "i01": {"kind": "changed", "before": 1, "after": 2},
        "i99": {"kind": "came", "before": None, "after": 1},
        "i02": {"kind": "went", "before": 1, "after": None},
    }
    found, address = [], f"/api/changes?from={then}&limit=1"
    while address is not None:
        page = (await client.get(address)).json()
        found += ids(page)
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), None)
    assert sorted(found) == ["i01", "i02", "i99"]


async def test_a_comparison_is_narrowed_as_a_search_is(client, then):
    page = (await client.get(f"/api/changes?from={then}&ids=i02,i99")).json()
    assert sorted(ids(page)) == ["i02", "i99"]
    assert ids((await client.get(f"/api/changes?from={then}&collections=demo.lakes")).json()) == []
    assert ids((await client.get(f"/api/changes?from=2001-01-01T00:00:00Z&to={then}&ids=secret")).json()) == []
    mine = await client.get(f"/api/changes?from=2001-01-01T00:00:00Z&to={then}&ids=secret", headers=AS_ALICE)
    assert ids(mine.json()) == ["secret"]
    wrong = await client.get(f"/api/changes?from={then}&to=2001-01-01T00:00:00Z")
    assert (wrong.status_code, wrong.json()["parameter"]) == (400, "from")
    assert (await client.get("/api/changes")).status_code == 400


async def test_what_is_shown_as_it_was_leads_to_what_was_there_then(client, then):
    page = (await client.get(f"{IMAGES}/items?limit=50&sortby=id&as-of={then}")).json()
    gone = next(one for one in page["features"] if one["id"] == "i02")
    links = {one["rel"]: one["href"] for one in gone["links"]}
    assert links["original"] == f"http://eo.example{IMAGES}/items/i02"
    assert (await client.get(links["self"])).json()["id"] == "i02"
    assert (await client.get(links["alternate"])).status_code == 200
    assert (await client.get(links["original"])).status_code == 404
    collection = (await client.get(f"{IMAGES}?as-of={then}")).json()
    items = next(one["href"] for one in collection["links"] if one["rel"] == "items")
    assert "i02" in ids((await client.get(f"{items}&limit=50")).json())
    own = next(one["href"] for one in collection["links"] if one["rel"] == "self")
    assert (await client.get(own)).json()["title"] == "Images of rivers"


async def test_what_was_shown_as_it_was_comes_back_without_the_links_of_the_platform(client, then):
    was = (await client.get(f"{IMAGES}/items/i01?as-of={then}")).json()
    answer = await client.put(f"{IMAGES}/items/i01", json=was, headers=AS_ALICE)
    assert answer.status_code in (200, 204)
    now = (await client.get(f"{IMAGES}/items/i01")).json()
    assert now["properties"]["title"] == "The river Po, number 1"
    assert [one["rel"] for one in now["links"]].count("self") == 1
    assert "original" not in [one["rel"] for one in now["links"]]


async def test_pages_for_people_are_as_of_the_moment_too(client, then):
    listed = (await client.get(f"{IMAGES}/items?f=html&limit=50&as-of={quote(then)}")).text
    assert 'name="as-of"' in listed
    assert "As it was at" in listed
    assert f"items/i02?as-of={then}&amp;f=html" in listed
    item = (await client.get(f"{IMAGES}/items/i01?f=html&as-of={quote(then)}")).text
    assert "as it is now</a>" in item
    collection = (await client.get(f"{IMAGES}?f=html&as-of={quote(then)}")).text
    assert "Images of rivers" in collection
    assert f"/items?f=html&amp;as-of={then}" in collection
    collections = (await client.get(f"/api/collections?f=html&as-of={quote(then)}")).text
    assert "demo.images?f=html&amp;as-of=" in collections
    assert "As it was" not in (await client.get(f"{IMAGES}/items?f=html")).text


async def test_a_person_reads_what_changed(client, then):
    lately = (await client.get(f"{IMAGES}?f=html")).text
    assert "/api/changes?f=html&amp;collections=demo.images&amp;from=" in lately
    page = (await client.get(f"/api/changes?f=html&from={then}&collections=demo.images&limit=50")).text
    for kind, item in (("changed", "i01"), ("came", "i99"), ("went", "i02")):
        assert f'class="verb {kind}"' in page
        assert f'class="print {kind}"' in page
        assert f"/items/{item}?as-of=" in page
    assert "/items/i01?version=1&amp;f=html" in page
    assert "<svg" in page
    assert "Nothing is different" in (await client.get(f"/api/changes?f=html&from={then}&to={then}")).text
    wrong = await client.get("/api/changes?f=html")
    assert (wrong.status_code, 'name="from"' in wrong.text) == (400, True)


async def test_what_a_collection_held_that_went_is_asked_by_its_properties(client, filled):
    moment = written(after_now())
    for name in ("l1", "l2"):
        filled.remove("demo.lakes", name, ALICE)
    filled.remove_collection("demo.lakes", ALICE)
    lakes = "/api/collections/demo.lakes"
    assert (await client.get(f"{lakes}/items")).status_code == 404
    assert sorted(ids((await client.get(f"{lakes}/items?as-of={moment}")).json())) == ["l1", "l2"]
    none = (await client.get(f"{lakes}/items?as-of={moment}&platform=landsat-8")).json()
    assert (none["features"], "note" in none) == ([], False)
    sums = await client.get(f"{lakes}/aggregate?aggregations=total_count,platform_frequency&as-of={moment}")
    assert sums.json()["aggregations"][0]["value"] == 2
    assert (await client.get("/api/collections/demo.never/items?as-of=2024-01-01T00:00:00Z")).status_code == 404


async def test_files_are_as_of_the_moment_too(client, then):
    for form, lines in (("csv", 13), ("ndjson", 12)):
        told = (await client.get(f"{IMAGES}/items?f={form}&as-of={then}")).text
        assert len(told.splitlines()) == lines
        assert "i02" in told
        assert "i99" not in told
    turned = await client.get(f"{IMAGES}/items/i01?as-of={then}&crs=http://www.opengis.net/def/crs/EPSG/0/3857")
    assert turned.json()["properties"]["title"] == "The river Po, number 1"


async def test_what_a_form_leaves_empty_is_not_asked(client):
    assert (await client.get(f"{IMAGES}/items?f=html&as-of=&datetime=&q=")).status_code == 200
    assert (await client.get("/api/changes?f=html&from=2024-01-01T00:00:00Z&to=&bbox=")).status_code == 200
