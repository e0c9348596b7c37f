"""Named snapshots: taken, shown to whom their workspace is shown, verified, registered, whatever comes after."""

import hashlib
import time

import httpx
import orjson
import pytest
from callers import ALICE, AS_ALICE, AS_BOB, BOB
from datacite_player import PASSWORD, REPOSITORY, playing
from lxml import etree
from made_items import an_item

from thalweg.catalogue import checksums
from thalweg.catalogue.api.item_links import RasterLinks
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.api.snapshots import SnapshotServing, SnapshotsFace, read_search
from thalweg.catalogue.copying import copy_store
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.registrars.datacite import DataCite
from thalweg.catalogue.snapshots import Snapshot, Snapshots, Wanted
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.errors import TooLarge
from thalweg.core.items import Item
from thalweg.core.principals import ANYONE, EVERYTHING
from thalweg.guard.outbound import Outbound
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import Root
from thalweg.web.site import Site

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
ASKED = {
    "title": "Rivers of spring",
    "description": "What we knew.",
    "creators": ["Ada Fluss"],
    "in": "demo",
    "search": {"collections": ["demo.images"], "datetime": "2024-01-01T00:00:00Z/2024-06-30T00:00:00Z"},
}


def authenticate(method, headers):  # noqa: ARG001 - keeps the promise
    return {"Bearer alice": ALICE, "Bearer bob": BOB}.get(headers.get("authorization"), ANYONE)


@pytest.fixture
def registrars():
    """Return a list whose last member is the registrar."""
    return [None]


@pytest.fixture
def client(catalogue, store, workspaces, limits, registrars):
    made = Snapshots(store, workspaces, limits, read_search)
    serving = Serving(catalogue, Sealer(b"a secret of the tests"), RasterLinks([]))
    face = SnapshotsFace(SnapshotServing(serving, lambda: made, lambda: registrars[-1], "Rivers Ltd"))
    roots = [Root(prefix, "Test", "A test.", [face], "1") for prefix in ("/api", "/workspaces/{workspace}/api")]
    application = Application([route for root in roots for route in root.routes(Site(authenticate=authenticate))])
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://eo.example")


async def taken(client, **more):
    answer = await client.post("/api/snapshots", json={**ASKED, **more}, headers=AS_ALICE)
    assert answer.status_code == 201, answer.text
    return answer.json()


def changed(catalogue):
    catalogue.replace(an_item("i01", "demo.images", datetime="2024-01-01T00:00:00Z"), ALICE)
    catalogue.remove("demo.images", "i02", ALICE)
    catalogue.register([an_item("i98", "demo.images", datetime="2024-02-02T00:00:00Z")], ALICE)


async def test_a_snapshot_stays_what_it_was_whatever_changes(client, catalogue):
    one = await taken(client)
    lines = sorted(orjson.dumps(["demo.images", f"i{n:02}", 1]) + b"\n" for n in range(1, 7))
    assert (one["number"], one["checksum"]) == (6, f"sha256:{hashlib.sha256(b''.join(lines)).hexdigest()}")
    before = (await client.get(f"/api/snapshots/{one['id']}/items")).json()
    changed(catalogue)
    assert (await client.get(f"/api/snapshots/{one['id']}")).json() == one
    after = (await client.get(f"/api/snapshots/{one['id']}/items")).json()
    assert [f["properties"] for f in after["features"]] == [f["properties"] for f in before["features"]]
    again = (await client.get(f"/api/snapshots/{one['id']}/verification")).json()
    assert again == {"number": 6, "checksum": one["checksum"], "same": True}
    new = await taken(client)
    assert new["number"] == 6
    assert new["checksum"] != one["checksum"]


async def test_a_snapshot_may_be_of_an_earlier_moment(client, catalogue):
    one = await taken(client)
    changed(catalogue)
    again = await taken(client, **{"as-of": one["as-of"]})
    assert (again["as-of"], again["checksum"]) == (one["as-of"], one["checksum"])


async def test_what_the_store_lost_is_told_by_the_verification(client, store):
    one = await taken(client)
    with store._connections.writing() as connection:
        connection.execute("UPDATE item SET v = 7 WHERE id = 'i03'")
    again = (await client.get(f"/api/snapshots/{one['id']}/verification")).json()
    assert (again["number"], again["same"]) == (6, False)


async def test_the_pages_of_its_items_lead_on(client):
    one, found = await taken(client), []
    address = f"/api/snapshots/{one['id']}/items?limit=4"
    while address is not None:
        page = (await client.get(address)).json()
        found += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert sorted(found) == [f"i{n:02}" for n in range(1, 7)]


async def test_a_snapshot_is_shown_to_whom_its_workspace_is_shown(client):
    hidden = await taken(client, **{"in": "alice", "search": {}})
    open_ = await taken(client, search={})
    assert hidden["number"] == open_["number"] + 1
    for asked in ({}, AS_BOB):
        assert (await client.get(f"/api/snapshots/{hidden['id']}", headers=asked)).status_code == 404
        assert (await client.get(f"/api/snapshots/{hidden['id']}/items", headers=asked)).status_code == 404
        listed = (await client.get("/api/snapshots", headers=asked)).json()["snapshots"]
        assert [one["id"] for one in listed] == [open_["id"]]
    mine = (await client.get("/api/snapshots", headers=AS_ALICE)).json()["snapshots"]
    assert [one["id"] for one in mine] == [open_["id"], hidden["id"]]
    scoped = (await client.get("/workspaces/alice/api/snapshots", headers=AS_ALICE)).json()["snapshots"]
    assert [one["id"] for one in scoped] == [hidden["id"]]


async def test_who_may_not_write_takes_none(client):
    answer = await client.post("/api/snapshots", json=ASKED, headers=AS_BOB)
    assert answer.status_code == 403
    assert (await client.post("/api/snapshots", json=ASKED)).status_code == 401
    assert (await client.get("/api/snapshots")).json()["snapshots"] == []


@pytest.mark.parametrize(
    ("search", "parameter"),
    [
        ({"as-of": "2024-01-01T00:00:00Z"}, "search.as-of"),
        ({"filter": "a >"}, "search.filter"),
        ({"bboxes": []}, "search.bboxes"),
        ({"bbox": [1]}, "search.bbox"),
    ],
)
async def test_a_search_that_cannot_be_kept_is_refused(client, search, parameter):
    answer = await client.post("/api/snapshots", json={**ASKED, "search": search}, headers=AS_ALICE)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


async def test_a_snapshot_has_a_page_for_people_and_metadata_of_datacite(client):
    one = await taken(client)
    page = await client.get(f"/api/snapshots/{one['id']}?f=html")
    assert page.headers["content-type"].startswith("text/html")
    for said in ("Rivers of spring", one["checksum"], "Ada Fluss", one["as-of"]):
        assert said in page.text
    told = (await client.get(f"/api/snapshots/{one['id']}?f=datacite-json")).json()
    assert told["creators"][0]["name"] == "Ada Fluss"
    assert (told["publisher"]["name"], told["url"]) == ("Rivers Ltd", f"http://eo.example/api/snapshots/{one['id']}")
    xml = etree.fromstring((await client.get(f"/api/snapshots/{one['id']}?f=datacite")).content)
    assert xml.tag == "{http://datacite.org/schema/kernel-4}resource"


async def test_without_a_registrar_no_doi_is_given(client):
    one = await taken(client)
    answer = await client.post(f"/api/snapshots/{one['id']}/doi", headers=AS_ALICE)
    assert answer.status_code == 501
    assert "No registrar of DOIs is configured" in answer.json()["detail"]


async def test_a_doi_is_registered_once_and_is_what_is_cited(client, registrars):
    one = await taken(client)
    with playing() as datacite:
        registrars.append(DataCite(Outbound(["127.0.0.1"]), datacite.url, "10.5072", REPOSITORY, PASSWORD))
        assert (await client.post(f"/api/snapshots/{one['id']}/doi", headers=AS_BOB)).status_code == 403
        assert datacite.dois == {}
        named = (await client.post(f"/api/snapshots/{one['id']}/doi", headers=AS_ALICE)).json()
        told = datacite.dois[f"10.5072/{one['id']}"]
        twice = await client.post(f"/api/snapshots/{one['id']}/doi", headers=AS_ALICE)
    assert named["doi"] == f"10.5072/{one['id']}"
    assert (told["event"], told["titles"]) == ("publish", [{"title": "Rivers of spring"}])
    assert told["url"] == f"http://eo.example/api/snapshots/{one['id']}"
    assert twice.status_code == 409
    cited = next(link["href"] for link in named["links"] if link["rel"] == "cite-as")
    assert cited == f"https://doi.org/{named['doi']}"
    assert (await client.get(f"/api/snapshots/{one['id']}")).json()["doi"] == named["doi"]


async def test_a_doi_whose_answer_was_lost_is_registered_again(client, registrars):
    one = await taken(client)
    with playing() as datacite:
        registrars.append(DataCite(Outbound(["127.0.0.1"]), datacite.url, "10.5072", REPOSITORY, PASSWORD))
        datacite.dois[f"10.5072/{one['id']}"] = {}
        answer = await client.post(f"/api/snapshots/{one['id']}/doi", headers=AS_ALICE)
        assert answer.status_code == 200
        assert datacite.dois[f"10.5072/{one['id']}"]["titles"]


async def test_a_registrar_that_refuses_or_is_away_leaves_no_doi(client, registrars):
    one = await taken(client)
    with playing() as datacite:
        registrars.append(DataCite(Outbound(["127.0.0.1"]), datacite.url, "10.5072", REPOSITORY, "wrong"))
        refused = await client.post(f"/api/snapshots/{one['id']}/doi", headers=AS_ALICE)
        assert (refused.status_code, datacite.dois) == (503, {})
        registrars.append(DataCite(Outbound(), datacite.url, "10.5072", REPOSITORY, PASSWORD))
        guarded = await client.post(f"/api/snapshots/{one['id']}/doi", headers=AS_ALICE)
        assert (guarded.status_code, datacite.dois) == (400, {})
    registrars.append(DataCite(Outbound(["127.0.0.1"]), datacite.url, "10.5072", REPOSITORY, PASSWORD))
    assert (await client.post(f"/api/snapshots/{one['id']}/doi", headers=AS_ALICE)).status_code == 503
    assert (await client.get(f"/api/snapshots/{one['id']}")).json()["doi"] is None


async def test_the_landing_page_says_how_it_is_cited_and_what_it_is_of(client, registrars):
    one = await taken(client)
    address = f"/api/snapshots/{one['id']}"
    page = (await client.get(f"{address}?f=html")).text
    assert "Ada Fluss (20" in page
    assert f'Rivers of spring. Rivers Ltd. <a href="http://eo.example{address}">' in page
    assert '"@type":"Dataset"' in page
    assert "no registrar of DOIs is configured" in page
    assert f"as-of={one['as-of']}&amp;f=html" in page
    registrars.append(object())
    assert f"POST to <code>http://eo.example{address}/doi" in (await client.get(f"{address}?f=html")).text
    for form, said in (("bibtex", "@misc{"), ("ris", "TY  - DATA"), ("csl", '"DOI"'), ("jsonld", "schema.org")):
        cited = await client.get(f"{address}?f={form}")
        assert (cited.status_code, one["title"] in cited.text) == (200, True)
        assert said in cited.text or form == "csl"
    listed = (await client.get("/api/snapshots?f=html")).text
    assert "Rivers of spring" in listed
    items = (await client.get(f"{address}/items?f=html&limit=2")).text
    assert "Items of Rivers of spring" in items
    assert "As it was at" in items


async def test_a_person_is_told_whether_the_checksum_is_still_the_same(client, store):
    one = await taken(client)
    address = f"/api/snapshots/{one['id']}/verification?f=html"
    assert "Nothing was lost" in (await client.get(address)).text
    with store._connections.writing() as connection:
        connection.execute("UPDATE item SET v = 7 WHERE id = 'i03'")
    assert "This is not what it was" in (await client.get(address)).text


async def test_what_people_wrote_is_text_on_the_landing_page(client):
    wild = "</script><img src=x onerror=alert(1)>"
    one = await taken(client, title=wild, description=wild, creators=[wild])
    page = (await client.get(f"/api/snapshots/{one['id']}?f=html")).text
    assert "<img" not in page


async def test_a_clock_that_goes_back_puts_nothing_into_a_snapshot(client, catalogue, monkeypatch):
    one, hour_ago = await taken(client), time.time_ns() - 3_600_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: hour_ago)
    changed(catalogue)
    again = (await client.get(f"/api/snapshots/{one['id']}/verification")).json()
    assert again["same"] is True
    assert (await taken(client))["checksum"] != one["checksum"]


async def test_snapshots_go_along_with_a_copy_of_the_store(client, catalogue, store, tmp_path):
    one = await taken(client)
    catalogue.replace(an_item("i01", "demo.images", datetime="2024-01-01T00:00:00Z"), ALICE)
    again = await taken(client, title="Later")
    target = open_store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    for _ in range(2):
        assert copy_store(store, target, lambda *_: None).equal
    listed = [Snapshot.of(kept) for kept in target.snapshots(EVERYTHING, 10, None)]
    assert [found.title for found in listed] == ["Later", "Rivers of spring"]
    snapshots = Snapshots(target, None, Limits(), read_search)
    assert [snapshots.verify(found).checksum for found in listed] == [again["checksum"], one["checksum"]]
    target.close()


async def test_upkeep_keeps_what_a_snapshot_is_of(client, catalogue, store):
    one = await taken(client, search={"collections": ["demo.images", "demo.lakes"]})
    changed(catalogue)
    for name in ("l1", "l2"):
        catalogue.remove("demo.lakes", name, ALICE)
    catalogue.remove_collection("demo.lakes", ALICE)
    store.compact(lambda *_: None)
    store.reindex(lambda *_: None)
    assert list(store.check(lambda *_: None, mend=True)) == []
    again = (await client.get(f"/api/snapshots/{one['id']}/verification")).json()
    assert again == {"number": 14, "checksum": one["checksum"], "same": True}


async def test_what_a_snapshot_says_is_bounded(client):
    wide = {"op": "or", "args": [{"op": "=", "args": [{"property": "a"}, "x" * 1000]} for _ in range(120)]}
    too_large = await client.post("/api/snapshots", json={**ASKED, "search": {"filter": wide}}, headers=AS_ALICE)
    assert too_large.status_code == 413
    for wrong in ({"title": " "}, {"title": "x" * 20_001}, {"creators": ["x"] * 1001}, {"creators": ["x" * 20_001]}):
        answer = await client.post("/api/snapshots", json={**ASKED, **wrong}, headers=AS_ALICE)
        assert (answer.status_code, answer.json()["parameter"]) == (400, next(iter(wrong)))
    assert (await client.get("/api/snapshots")).json()["snapshots"] == []


async def test_a_snapshot_is_bounded(store, workspaces):
    small = Snapshots(store, workspaces, Limits(exported=5, page=2), read_search)
    with pytest.raises(TooLarge):
        small.take(Wanted({"collections": ["demo.images"]}, "demo", "All"), ALICE)


async def test_a_checksum_of_many_is_that_of_few(monkeypatch):
    items = [Item("c", f"i{n}", b"", n % 7, "") for n in range(100)]
    whole = checksums.summed(items)
    monkeypatch.setattr(checksums, "_AT_ONCE", 9)
    assert checksums.summed(reversed(items)) == whole
    assert checksums.summed([]).checksum == f"sha256:{hashlib.sha256().hexdigest()}"
