"""OGC API Records as who asks sees it."""

from dataclasses import replace
from urllib.parse import quote

import openapi_spec_validator
import pytest
from made_items import a_collection, an_item

from thalweg.catalogue.api.records.forms import OTHERS
from thalweg.catalogue.records.readers.any import read
from thalweg.catalogue.records.record import Contact, ExternalId, Link, Record, Rights, Span
from thalweg.core.geometry import BBox

pytestmark = pytest.mark.anyio
ODD = "urn:x/y z{1}?#%25"
GUIDE = Record(
    id="guide",
    type="document",
    title="How the Yangtze floods",
    description="What *every* flood leaves behind.",
    keywords=("river", "flood"),
    language="en",
    boxes=(BBox(110, 28, 122, 34),),
    span=Span("2019-06-01", "2019-08-31"),
    contacts=(
        Contact(name="Ann Author", organization="River Bureau", roles=("author",), emails=("ann@river.example",)),
    ),
    rights=Rights(license="CC-BY-4.0"),
    external_ids=(ExternalId("10.1/abc", "https://doi.org"), ExternalId("47", "isbn")),
    links=(Link("https://river.example/guide.pdf", "enclosure", "application/pdf", "The guide"),),
)


@pytest.fixture
def filled(records, catalogue, alice):
    records.ensure_catalogue("demo.library", "Library", "What was written.", alice)
    records.ensure_catalogue("alice.notes", "Notes", "Her own.", alice)
    catalogue.register_collection(a_collection("demo.images"), alice)
    item = an_item("olinda", "demo.images", box=(111, 29, 112, 30), datetime="2019-07-01T00:00:00Z")
    catalogue.register([item], alice)
    records.register([GUIDE, replace(GUIDE, id=ODD, title="Odd", type="dataset")], "demo.library", alice)
    records.register([replace(GUIDE, id="secret")], "alice.notes", alice)
    return records


@pytest.mark.usefixtures("filled")
async def test_everything_is_listed_and_each_is_at_its_address(records_client):
    page = (await records_client.get("/records/collections/all/items")).json()
    assert sorted(one["id"] for one in page["features"]) == sorted(["demo.images:olinda", "guide", ODD])
    for one in page["features"]:
        (own,) = [link["href"] for link in one["links"] if link["rel"] == "self"]
        assert (await records_client.get(own)).json()["id"] == one["id"]
        page_for_people = await records_client.get(f"{own}?f=html")
        assert page_for_people.status_code == 200
        assert page_for_people.headers["content-type"].startswith("text/html")


@pytest.mark.usefixtures("filled")
async def test_an_odd_id_is_found_as_it_was_encoded(records_client):
    answer = await records_client.get(f"/records/collections/demo.library/items/{quote(ODD, safe='')}")
    assert answer.json()["properties"]["title"] == "Odd"


NARROWED = [
    ("type=document", {"guide"}),
    ("type=item", {"demo.images:olinda"}),
    ("q=yangtze floods", {"guide"}),
    ("q=floods yangtze", set()),
    ("q=odd,yangtze", {"guide", ODD}),
    ("ids=guide,demo.images:olinda", {"guide", "demo.images:olinda"}),
    ("externalIds=isbn:47", {"guide", ODD}),
    ("externalIds=47", {"guide", ODD}),
    ("externalIds=isbn", {"guide", ODD}),
    ("externalIds=isbn:48", set()),
    ("bbox=0,0,1,1", set()),
    ("bbox=111,29,111.5,29.5", {"guide", ODD, "demo.images:olinda"}),
    ("datetime=2018-01-01T00:00:00Z/2018-02-01T00:00:00Z", set()),
    ("filter=type='item'", {"demo.images:olinda"}),
    ("filter=license='CC-BY-4.0' AND type<>'dataset'", {"guide"}),
    ("language=en", {"guide", ODD}),
    ("organization=River Bureau", {"guide", ODD}),
    ("filter=id='demo.images:olinda'", {"demo.images:olinda"}),
    ("filter=id IN ('guide','demo.images:olinda','demo:images')", {"guide", "demo.images:olinda"}),
    ("keywords=flood&type=dataset", {ODD}),
    ("license=CC-BY-4.0", {"guide", ODD}),
]
"""What is asked, and what is found."""


@pytest.mark.usefixtures("filled")
async def test_what_is_asked_narrows(records_client):
    for asked, found in NARROWED:
        answer = await records_client.get(f"/records/collections/all/items?{asked}")
        assert {one["id"] for one in answer.json()["features"]} == found, asked
        assert answer.json()["numberReturned"] == len(found), asked


@pytest.mark.usefixtures("filled")
async def test_what_is_unknown_is_refused(records_client):
    for query in ("nonsense=1", "bbox=1,2", "filter=((", "f=gif", "facets=nonsense", "token=x"):
        answer = await records_client.get(f"/records/collections/all/items?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), query
    assert (await records_client.get("/records/collections/nowhere/items")).status_code == 404
    assert (await records_client.get("/records/collections/alice.notes/items")).status_code == 404


@pytest.mark.usefixtures("filled")
async def test_catalogues_are_listed_with_that_of_everything_first(records_client):
    page = (await records_client.get("/records/collections")).json()
    assert [one["id"] for one in page["collections"]] == ["all", "demo.library", "demo.images"]
    assert page["numberMatched"] == 3
    for one in page["collections"]:
        assert one["itemType"] == "record"
        answer = await records_client.get(f"/records/collections/{one['id']}")
        assert answer.headers["content-type"] == "application/ogc-catalog+json"
        assert answer.json()["id"] == one["id"]
    searched = (await records_client.get("/records/collections?q=written")).json()
    assert [one["id"] for one in searched["collections"]] == ["demo.library"]


@pytest.mark.usefixtures("filled")
async def test_pages_are_turned_by_their_links(records_client):
    where, seen = "/records/collections/all/items?limit=1&sortby=id", []
    while where:
        page = (await records_client.get(where)).json()
        seen += [one["id"] for one in page["features"]]
        where = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(seen) == len(set(seen)) == 3


@pytest.mark.usefixtures("filled")
async def test_items_are_named_among_the_types_only_where_one_is(records_client, catalogue, alice):
    catalogue.remove("demo.images", "olinda", alice)
    asked = (await records_client.get("/records/collections/all/queryables")).json()["properties"]["type"]
    assert asked["enum"] == ["dataset", "document"]


@pytest.mark.usefixtures("filled")
async def test_facets_count_items_and_records(records_client):
    there = (await records_client.get("/records/collections/all/facets")).json()["facets"]
    assert {"type", "license", "datetime"} <= set(there)
    page = (await records_client.get("/records/collections/all/items?facets=type:5:count_desc,license,language")).json()
    assert {one["value"]: one["count"] for one in page["facets"]["type"]["buckets"]} == {
        "document": 1,
        "dataset": 1,
        "item": 1,
    }
    asked = (await records_client.get("/records/collections/all/queryables")).json()["properties"]["type"]
    assert asked["enum"] == ["dataset", "document", "item"]
    assert page["facets"]["language"]["buckets"] == [{"value": "en", "count": 2}]
    assert page["facets"]["license"]["buckets"] == [{"value": "CC-BY-4.0", "count": 2}]


@pytest.mark.usefixtures("filled")
async def test_a_page_for_people_tells_all(records_client):
    page = (await records_client.get("/records/collections/demo.library/items/guide?f=html")).text
    for told in ("How the Yangtze floods", "Ann Author", "CC-BY-4.0", "guide.pdf", "application/ld+json", "<svg"):
        assert told in page


@pytest.mark.usefixtures("filled")
async def test_what_did_not_change_is_not_sent_again(records_client):
    where = "/records/collections/demo.library/items/guide"
    first = await records_client.get(where)
    again = await records_client.get(where, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("filled")
async def test_a_record_is_given_in_every_other_form(records_client):
    for form in OTHERS:
        for where in ("demo.library/items/guide", "all/items/demo.images:olinda"):
            answer = await records_client.get(f"/records/collections/{where}?f={form.name}")
            kind = answer.headers["content-type"].partition(";")[0]
            assert (answer.status_code, kind) == (200, form.media_type), (form.name, where)
            assert answer.content
            negotiated = await records_client.get(f"/records/collections/{where}", headers={"accept": form.media_type})
            assert negotiated.content == answer.content, (form.name, where)


async def test_what_was_given_is_given_back_to_the_byte(records, records_client, alice, real_data):
    records.ensure_catalogue("demo.library", "Library", "", alice)
    for path in sorted((real_data / "iso").rglob("*.xml")):
        content = path.read_bytes()
        if b"GetRecordsResponse" in content[:2000]:
            continue
        record = replace(read(content), id=path.stem)
        records.load([record], "demo.library", alice)
        where = f"/records/collections/demo.library/items/{path.stem}"
        forms = {"gmd": "iso19139", "gmi": "iso19115-2", "mdb": "iso19115-3"}
        form = next((form for name, form in forms.items() if f"/{name}" in record.given.schema), None)
        if form is not None:
            assert (await records_client.get(f"{where}?f={form}")).content == content
        assert (await records_client.get(f"{where}?f=html")).status_code == 200


async def test_templated_links_are_kept(records, records_client, alice):
    records.ensure_catalogue("demo.library", "Library", "", alice)
    template = {"uriTemplate": "https://maps.example/{z}/{x}/{y}", "rel": "describes", "varBase": "https://v.example/"}
    records.register([replace(GUIDE, link_templates=(template,))], "demo.library", alice)
    shown = (await records_client.get("/records/collections/demo.library/items/guide")).json()
    assert shown["linkTemplates"] == [template]


async def test_times_are_told_in_utc(records, records_client, alice):
    records.ensure_catalogue("demo.library", "Library", "", alice)
    span = Span("2019-06-01T02:00:00+02:00", "2019-06-02T00:00:00Z")
    records.register([replace(GUIDE, span=span)], "demo.library", alice)
    shown = (await records_client.get("/records/collections/demo.library/items/guide")).json()
    assert shown["time"] == {"interval": ["2019-06-01T00:00:00Z", "2019-06-02T00:00:00Z"]}


@pytest.mark.usefixtures("filled")
async def test_the_description_is_valid(records_client):
    for version in ("3.0", "3.1"):
        openapi_spec_validator.validate((await records_client.get(f"/records/openapi?f={version}")).json())


@pytest.mark.usefixtures("filled")
async def test_a_workspace_shows_its_own(records_client):
    page = (await records_client.get("/workspaces/demo/records/collections/all/items")).json()
    assert page["numberMatched"] == 3
    assert (await records_client.get("/workspaces/bob/records/collections/demo.library")).status_code == 404
    nothing = (await records_client.get("/workspaces/bob/records/collections/all/items")).json()
    assert nothing["features"] == []


@pytest.mark.usefixtures("filled")
async def test_pages_by_offset_lead_on_by_token(records_client):
    where = "/records/collections/all/items?sortby=id&limit=1"
    first, second = [(await records_client.get(f"{where}&offset={n}")).json() for n in (0, 1)]
    (lead,) = [link["href"] for link in first["links"] if link["rel"] == "next"]
    assert (await records_client.get(lead)).json()["features"] == second["features"]
    (lead,) = [link["href"] for link in second["links"] if link["rel"] == "next"]
    assert "offset" not in lead
    third = (await records_client.get(lead)).json()["features"]
    assert third == (await records_client.get(f"{where}&offset=2")).json()["features"]
    beyond = (await records_client.get(f"{where}&offset=9")).json()
    assert (beyond["features"], beyond["numberMatched"], second["numberMatched"]) == ([], 3, 3)
    assert (await records_client.get(f"{lead}&offset=1")).status_code == 400
