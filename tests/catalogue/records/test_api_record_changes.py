"""Records written over HTTP: by GeoJSON, by ISO XML, harvested; by whom they may."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import orjson
import pytest
from callers import AS_ALICE, AS_BOB
from made_items import after_now

from thalweg.catalogue.records.writers.geojson import RECORD_CORE
from thalweg.core.time import written

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("library")]
ITEMS = "/records/collections/demo.library/items"
A_RECORD = {
    "type": "Feature",
    "id": "guide",
    "conformsTo": [RECORD_CORE],
    "time": {"interval": ["2019-06-01", "2019-08-31"]},
    "geometry": None,
    "properties": {"type": "document", "title": "How it floods", "keywords": ["river"]},
    "links": [{"rel": "enclosure", "href": "http://eo.example/workspaces/demo/files/guide.pdf"}],
}
NO_GEOMETRY = {name: value for name, value in A_RECORD.items() if name != "geometry"}


@pytest.fixture
def library(records, alice):
    records.ensure_catalogue("demo.library", "Library", "What was written.", alice)


@pytest.fixture
def iso(real_data):
    return sorted((real_data / "iso").rglob("*.xml"))


@pytest.fixture
def somewhere_else(real_data):
    """Return the address of a server of files that is not ours."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(real_data))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_record_is_created_shown_replaced_changed_and_removed(records_client):
    made = await records_client.post(ITEMS, json=A_RECORD, headers=AS_ALICE)
    assert made.status_code == 201
    where = made.headers["location"]
    shown = await records_client.get(where)
    assert shown.headers["etag"] == made.headers["etag"]
    assert shown.json()["links"][-1]["href"] == A_RECORD["links"][0]["href"]
    put = await records_client.put(
        where, json=shown.json(), headers={**AS_ALICE, "prefer": "return=representation", "if-match": '"1"'}
    )
    assert [link["rel"] for link in put.json()["links"]] == [link["rel"] for link in shown.json()["links"]]
    stale = await records_client.put(where, json=A_RECORD, headers={**AS_ALICE, "if-match": '"1"'})
    assert stale.status_code == 412
    changed = await records_client.patch(
        where,
        content=orjson.dumps({"properties": {"title": "Otherwise", "keywords": None}}),
        headers={**AS_ALICE, "content-type": "application/merge-patch+json"},
    )
    assert changed.status_code == 204
    properties = (await records_client.get(where)).json()["properties"]
    assert properties["title"] == "Otherwise"
    assert "keywords" not in properties
    assert (await records_client.delete(where, headers=AS_ALICE)).status_code == 204
    gone = await records_client.get(where)
    assert (gone.status_code, gone.json()["title"]) == (404, "Removed")
    last = (await records_client.get(gone.json()["links"][0]["href"])).json()
    assert last["properties"]["title"] == "Otherwise"
    page = await records_client.get(f"{where}?f=html")
    assert (page.status_code, "As it was last" in page.text) == (404, True)


async def test_several_are_taken_or_none(records_client):
    several = {"type": "FeatureCollection", "features": [A_RECORD, {**A_RECORD, "id": "other"}]}
    assert (await records_client.post(ITEMS, json=several, headers=AS_ALICE)).status_code == 201
    broken = {**several, "features": [{**A_RECORD, "id": "third"}, {**A_RECORD, "id": "fourth", "geometry": 5}]}
    assert (await records_client.post(ITEMS, json=broken, headers=AS_ALICE)).status_code == 400
    assert (await records_client.get(f"{ITEMS}/third")).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {},
        NO_GEOMETRY,
        {**A_RECORD, "properties": {"title": 5}},
        {**A_RECORD, "id": "x" * 300},
        {**A_RECORD, "id": ".."},
        {**A_RECORD, "id": "nothing\u0000more"},
        {**A_RECORD, "geometry": {"type": "Point", "coordinates": [500, 500]}},
        {**A_RECORD, "properties": {"contacts": {"name": "nobody"}}},
        {"type": "FeatureCollection", "features": {}},
    ],
)
async def test_what_is_no_record_is_refused(records_client, wrong):
    answer = await records_client.post(ITEMS, json=wrong, headers=AS_ALICE)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert (await records_client.get(ITEMS)).json()["numberReturned"] == 0


async def test_who_may_not_write_does_not(records_client):
    assert (await records_client.post(ITEMS, json=A_RECORD)).status_code == 401
    assert (await records_client.post(ITEMS, json=A_RECORD, headers=AS_BOB)).status_code == 403
    made = await records_client.post("/records/collections", json={"id": "bob.mine"}, headers=AS_ALICE)
    assert made.status_code in (403, 404)


async def test_iso_is_taken_as_xml_and_found(records_client, iso):
    for path in iso[:6]:
        headers = {**AS_ALICE, "content-type": "application/xml"}
        answer = await records_client.post(ITEMS, content=path.read_bytes(), headers=headers)
        if answer.status_code == 201:
            shown = await records_client.get(answer.headers["location"])
            assert shown.json()["id"] == answer.json()["id"]
        else:
            assert answer.status_code in (400, 409), answer.text
    assert (await records_client.get(ITEMS)).json()["numberMatched"] >= 5


async def test_malicious_xml_is_refused(records_client):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><MD_Metadata>&a;</MD_Metadata>'
    for content in (bomb, b"<MD_Metadata>", b"<html/>", b"not xml"):
        headers = {**AS_ALICE, "content-type": "application/xml"}
        answer = await records_client.post(ITEMS, content=content, headers=headers)
        assert answer.status_code == 400, content


async def test_a_record_elsewhere_is_harvested(records_client, somewhere_else, iso, real_data):
    source = f"{somewhere_else}/{iso[0].relative_to(real_data)}"
    where = "/records/collections/demo.library/harvest"
    first = await records_client.post(where, json={"source": source}, headers=AS_ALICE)
    assert [one["outcome"] for one in first.json()["records"]] == ["registered"]
    again = await records_client.post(where, json={"source": source}, headers=AS_ALICE)
    assert [one["outcome"] for one in again.json()["records"]] == ["unchanged"]
    absent = await records_client.post(where, json={"source": f"{somewhere_else}/nothing"}, headers=AS_ALICE)
    assert absent.status_code == 503


@pytest.mark.parametrize(
    "source",
    [
        "http://eo.example/records/collections/all/items",
        "http://10.0.0.1/x",
        "file:///etc/passwd",
        "http://169.254.169.254/x",
        "ftp://a.example/",
    ],
)
async def test_what_is_inside_is_not_harvested(records_client, source):
    where = "/records/collections/demo.library/harvest"
    assert (await records_client.post(where, json={"source": source}, headers=AS_ALICE)).status_code == 400


async def test_catalogues_are_made_once_and_removed_when_empty(records_client):
    new = {"id": "demo.maps", "title": "Maps"}
    assert (await records_client.post("/records/collections", json=new, headers=AS_ALICE)).status_code == 201
    assert (await records_client.post("/records/collections", json=new, headers=AS_ALICE)).status_code == 409
    assert (await records_client.post("/records/collections", json={"id": "all"}, headers=AS_ALICE)).status_code == 400
    items = "/records/collections/demo.maps/items"
    assert (await records_client.post(items, json=A_RECORD, headers=AS_ALICE)).status_code == 201
    where = "/records/collections/demo.maps"
    assert (await records_client.delete(where, headers=AS_ALICE)).status_code == 409
    await records_client.delete(f"{items}/guide", headers=AS_ALICE)
    assert (await records_client.delete(where, headers=AS_ALICE)).status_code == 204
    assert (await records_client.get(where)).status_code == 404


async def test_the_catalogue_of_everything_takes_no_records(records_client):
    answer = await records_client.post("/records/collections/all/items", json=A_RECORD, headers=AS_ALICE)
    assert answer.status_code == 400


async def test_each_class_declared_is_proved(records_client):
    several = {"type": "FeatureCollection", "features": [A_RECORD, {**A_RECORD, "id": "other"}]}
    await records_client.post(ITEMS, json=several, headers=AS_ALICE)
    told = (await records_client.get("/records/conformance?verify")).json()
    verdicts = {one["uri"]: (one["verdict"], one["evidence"]) for one in told["verified"]}
    assert set(verdicts) == set(told["conformsTo"])
    assert {uri: said for uri, said in verdicts.items() if said[0] != "passed"} == {}


async def test_links_lead_page_by_page_to_each_record(records_client, monkeypatch):
    from thalweg.catalogue.api.records import crawling  # noqa: PLC0415

    monkeypatch.setattr(crawling, "SHOWN", 2)
    several = [{**A_RECORD, "id": f"r{n}"} for n in range(5)]
    await records_client.post(ITEMS, json={"type": "FeatureCollection", "features": several}, headers=AS_ALICE)
    catalogue = (await records_client.get("/records/collections/demo.library")).json()
    where = next(link["href"] for link in catalogue["links"] if link["rel"] == "child")
    found = []
    while where:
        page = (await records_client.get(where)).json()
        found += [link["href"].rpartition("/")[2] for link in page["links"] if link["rel"] == "item"]
        where = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert sorted(found) == [f"r{n}" for n in range(5)]


async def test_links_lead_through_a_catalogue_as_it_was(records_client, monkeypatch):
    from thalweg.catalogue.api.records import crawling  # noqa: PLC0415

    monkeypatch.setattr(crawling, "SHOWN", 2)
    several = [{**A_RECORD, "id": f"r{n}"} for n in range(5)]
    await records_client.post(ITEMS, json={"type": "FeatureCollection", "features": several}, headers=AS_ALICE)
    then = written(after_now())
    await records_client.delete(f"{ITEMS}/r3", headers=AS_ALICE)
    await records_client.post(ITEMS, json={**A_RECORD, "id": "new"}, headers=AS_ALICE)
    catalogue = (await records_client.get(f"/records/collections/demo.library?as-of={then}")).json()
    where = next(link["href"] for link in catalogue["links"] if link["rel"] == "child")
    found, pages = [], []
    while where:
        pages.append(where)
        page = (await records_client.get(where)).json()
        assert next(link["href"] for link in page["links"] if link["rel"] == "self") == where
        for link in page["links"]:
            if link["rel"] == "item":
                found.append((await records_client.get(link["href"])).json()["id"])
                assert link["title"] == A_RECORD["properties"]["title"]
        where = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert sorted(found) == [f"r{n}" for n in range(5)]
    now = await records_client.get(pages[1].partition("?")[0])
    assert (now.status_code, now.json()["parameter"]) == (400, "token"), "a page is of its moment"
    shown = await records_client.get(f"{pages[0]}&f=html")
    assert "As it was at" in shown.text
