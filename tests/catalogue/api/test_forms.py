"""The forms in which Items and Collections are given: pages for people, files for programs, any listed system."""

import csv
import io
from types import SimpleNamespace

import orjson
import pyarrow.parquet
import pyogrio
import pytest
from callers import ALICE
from lxml import html
from made_items import an_item

from thalweg.catalogue.api.html import collection_page, collections_page
from thalweg.catalogue.api.locator import drawing

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
ITEMS = "/api/collections/demo.images/items"
STRUCTURE = ("type", "stac_version", "stac_extensions", "id", "collection", "geometry", "bbox", "links", "assets")


def ids(csv_text):
    return [row["id"] for row in csv.DictReader(io.StringIO(csv_text))]


async def test_a_browser_gets_pages_and_a_program_json(client):
    for path in ("/api/collections", "/api/collections/demo.images", ITEMS, f"{ITEMS}/i03", "/api/search"):
        page = await client.get(path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert page.headers["content-type"].startswith("text/html"), path
        assert "<script" not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        assert (await client.get(path)).headers["content-type"].split(";")[0].endswith("json")


async def test_a_page_of_items_leads_to_each_and_on(client):
    page = await client.get(ITEMS, params={"f": "html", "limit": 5})
    assert page.text.count("/items/i") == 5
    assert 'rel="next"' in page.text
    assert "12 Items" in page.text


@pytest.mark.parametrize("path", ["/api/search", "/api/collections", ITEMS])
async def test_a_form_is_answered_when_one_of_its_fields_is_filled(client, path):
    form = html.fromstring((await client.get(path, params={"f": "html"})).text).forms[0]
    for filled in {name for name in form.fields if name != "f"} & {"filter", "q"}:
        said = {**dict(form.form_values()), filled: {"filter": "id = 'i03'", "q": "rivers,river"}[filled]}
        page = await client.get(path, params=said)
        assert (page.status_code, page.text.count(">i03<")) == (200, page.text.count("/items/i03?")), said
        assert html.fromstring(page.text).forms[0].fields[filled] == said[filled]


async def test_what_a_writer_wrote_is_no_markup(client, filled):
    evil = "<script>alert(1)</script>"
    assets = {"a": {"href": "https://x.example/a", "title": evil}}
    filled.register([an_item("evil", "demo.images", properties={"title": evil}, assets=assets)], ALICE)
    for path in (f"{ITEMS}/evil", ITEMS):
        assert evil not in (await client.get(path, params={"f": "html"})).text


@pytest.mark.parametrize("fields", ["id", "-properties", "-links", "-geometry,-collection", "properties.title"])
async def test_a_page_for_people_shows_items_whatever_fields_are_asked_for(client, fields):
    for path in (ITEMS, "/api/search"):
        page = await client.get(path, params={"f": "html", "fields": fields, "collections": "demo.images"})
        assert page.status_code == 200, page.text
        assert page.text.count("/items/i") == 10


async def test_the_page_of_an_item_is_laid_out_for_people(client, filled):
    there = f"https://x.example/{'long/' * 60}b.tif"
    assets = {
        "far": {"href": there, "title": "The far file", "type": "image/tiff"},
        "bucket": {"href": "s3://b/c.tif"},
    }
    said = {"description": "Seen **twice**, see [how](https://x.example/how).", "thalweg:job": "j1", "gsd": 10}
    filled.register([an_item("shown", "demo.images", properties=said, assets=assets)], ALICE)
    page = html.fromstring((await client.get(f"{ITEMS}/shown", params={"f": "html"})).text)
    (file,) = page.xpath("//a[text()='The far file']")
    assert file.get("href") == there
    assert there not in page.text_content()
    assert "s3://b/c.tif" in page.text_content()
    assert "thalweg:" not in page.text_content()
    assert not page.xpath("//img")
    assert page.xpath("//div[@class='prose']//strong/text()") == ["twice"]
    assert page.xpath("//a[text()='how']/@href") == ["https://x.example/how"]
    assert [one.text for one in page.xpath("//h2")] == ["Properties", "Files"]
    assert page.xpath("//figcaption/text()") == ["10°E to 11°E, 10°N to 11°N"]
    assert {"10°E", "10°N"} <= set(page.xpath("//*[local-name()='text']/text()"))
    rows = html.fromstring((await client.get(ITEMS, params={"f": "html", "ids": "shown"})).text)
    assert rows.xpath("//table//text()[contains(., 'shown')]") == ["shown"]


async def test_what_can_be_asked_for_is_a_table_for_people(client):
    path = "/api/collections/demo.images/queryables"
    page = html.fromstring((await client.get(path, headers={"accept": "text/html"})).text)
    rows = [[cell.text_content() for cell in row] for row in page.xpath("//tr[td]")]
    assert ["platform", "string", "landsat-8, sentinel-2a, sentinel-2b"] in [row[:3] for row in rows]
    assert ["id", "string", "", "yes"] in rows
    assert (await client.get(path)).headers["content-type"] == "application/schema+json"
    for other in ("/api/queryables", "/api/sortables", "/api/collections-queryables"):
        assert "<table>" in (await client.get(other, params={"f": "html"})).text


async def test_what_is_below_is_a_list_for_people(client):
    async def below(path):
        answer = await client.get(path, params={"f": "html"})
        assert answer.headers["content-type"].startswith("text/html")
        return {one.text: one.get("href") for one in html.fromstring(answer.text).xpath("//td/a")}

    collection = "http://eo.example/api/collections/demo.lakes"
    for path in ("/api/children", "/api/browse"):
        assert await below(path) == {
            "Images of rivers": "http://eo.example/api/collections/demo.images?f=html",
            "Lakes": f"{collection}?f=html",
        }
    assert await below("/api/collections/demo.lakes/children") == {"Items": f"{collection}/browse?f=html"}
    assert await below("/api/collections/demo.lakes/browse") == {
        "l1": f"{collection}/items/l1?f=html",
        "l2": f"{collection}/items/l2?f=html",
    }
    named = html.fromstring((await client.get("/api/", params={"f": "html"})).text).xpath("//td/a/text()")
    assert {"Images of rivers", "Lakes"} <= set(named)


async def test_shapes_within_shapes_are_drawn():
    """Items of a database of others hold them."""
    square = [[[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]]
    several = {"type": "MultiPolygon", "coordinates": [square, [[[20, 0], [29, 0], [29, 9], [20, 9], [20, 0]]]]}
    line = {"type": "LineString", "coordinates": [[40, 0], [41, 1]]}
    drawn = drawing([{"type": "GeometryCollection", "geometries": [several, line]}])
    assert drawn.path.count("M") == 3


@pytest.mark.parametrize("extent", [{}, {"extent": None}, {"extent": {"spatial": {"bbox": [[1, 2]]}, "temporal": {}}}])
async def test_a_collection_of_others_without_an_extent_has_a_page(extent):
    one = {"id": "odd", "type": "Collection", "links": [], **extent}
    asked = SimpleNamespace(root="http://eo.example/api", url="http://eo.example/api/collections")
    assert b"odd" in collection_page(asked, one, "http://eo.example/api/collections/odd").body
    assert b"odd" in collections_page(asked, [one], []).body


@pytest.mark.parametrize("form", ["csv", "fgb", "parquet", "ndjson"])
async def test_a_file_holds_all_items_that_are_found_not_a_page(client, form, tmp_path):
    answer = await client.get(ITEMS, params={"f": form})
    assert answer.status_code == 200
    assert f"demo.images.{form}" in answer.headers["content-disposition"]
    assert _ids_in(form, answer.content, tmp_path) == [f"i{n:02}" for n in range(12, 0, -1)]


@pytest.mark.parametrize("form", ["csv", "fgb", "parquet", "ndjson"])
async def test_a_file_holds_what_the_filter_lets_through_and_no_more_than_the_limit(client, form, tmp_path):
    asked = {"f": form, "filter": "platform = 'landsat-8'", "limit": 2, "sortby": "+datetime"}
    whole = (await client.get(ITEMS, params={**asked, "f": "json"})).json()["features"]
    assert _ids_in(form, (await client.get(ITEMS, params=asked)).content, tmp_path) == [item["id"] for item in whole]
    assert len(whole) == 2


@pytest.mark.parametrize("fields", ["id,orbit", "-properties", "-geometry,-assets", "-id", "platform,-geometry", ""])
async def test_a_file_holds_the_fields_that_are_asked_for(client, fields, tmp_path):
    asked = {"limit": 3, "fields": fields}
    whole = (await client.get(ITEMS, params=asked)).json()["features"]
    lines = (await client.get(ITEMS, params={**asked, "f": "ndjson"})).content.splitlines()
    assert list(map(orjson.loads, lines)) == whole
    members = set(whole[0]) & {"id", "collection", "geometry", "assets"} | set(whole[0].get("properties", ()))
    rows = list(csv.DictReader(io.StringIO((await client.get(ITEMS, params={**asked, "f": "csv"})).text)))
    assert (len(rows), set(rows[0])) == (3, members)
    for form in ("fgb", "parquet"):
        answer = await client.get(ITEMS, params={**asked, "f": form})
        assert answer.status_code == 200, answer.text
        (tmp_path / form).write_bytes(answer.content)
    assert set(pyogrio.read_info(tmp_path / "fgb")["fields"]) == members - {"geometry"}
    assert pyogrio.raw.read(tmp_path / "fgb")[2].size == 3
    table = pyarrow.parquet.read_table(tmp_path / "parquet")
    assert table.num_rows == 3
    assert members <= set(table.column_names) <= members | {*STRUCTURE, "datetime"}


async def test_an_item_that_is_nowhere_stands_in_a_layer_of_a_map(client, filled, tmp_path):
    item = {**an_item("nowhere", "demo.lakes"), "geometry": None}
    item.pop("bbox", None)
    filled.register([item], ALICE)
    answer = await client.get("/api/collections/demo.lakes/items", params={"f": "fgb"})
    assert answer.status_code == 200, answer.text
    (tmp_path / "fgb").write_bytes(answer.content)
    assert pyogrio.read_info(tmp_path / "fgb")["features"] == 3


async def test_a_file_never_holds_what_the_caller_may_not_see(client):
    assert "secret" not in ids((await client.get("/api/search", params={"f": "csv"})).text)
    mine = await client.get("/api/search", params={"f": "csv"}, headers={"authorization": "Bearer alice"})
    assert "secret" in ids(mine.text)


@pytest.mark.parametrize("path", ["/api/search", "/api/collections", ITEMS])
@pytest.mark.parametrize(
    "asks", [{"params": {"f": "html"}}, {"headers": {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}}]
)
async def test_a_person_is_told_what_is_wrong_above_what_was_typed(client, path, asks):
    typed = {"bbox": "Po <valley>", "q": "rivers", "limit": "5"}
    page = await client.get(path, **{**asks, "params": {**asks.get("params", {}), **typed}})
    assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert page.headers["cache-control"] == "no-store"
    assert "<valley>" not in page.text
    read = html.fromstring(page.text)
    assert read.xpath("//*[@role='alert']/text()") == ["bbox: takes numbers joined by commas"]
    fields = dict(read.forms[0].form_values())
    assert typed.items() <= fields.items()
    assert [one.name for one in read.xpath("//input[@aria-invalid]")] == ["bbox"]


async def test_a_person_who_lost_the_way_gets_a_page_and_a_program_a_problem(client):
    path = f"{ITEMS}/nowhere"
    page = await client.get(path, headers={"accept": "text/html"})
    assert page.status_code == 404
    assert "nowhere" in html.fromstring(page.text).xpath("//*[@role='alert']")[0].text
    assert f'href="{ITEMS}?f=html"' in page.text
    assert not html.fromstring(page.text).forms
    for more in ({"headers": {"accept": "text/html"}, "params": {"f": "json"}}, {}):
        assert (await client.get(path, **more)).headers["content-type"] == "application/problem+json"
    refused = await client.delete(path, headers={"accept": "text/html"})
    assert refused.headers["content-type"] == "application/problem+json"


async def test_a_wrong_question_is_refused_before_the_file_begins(client):
    for form in ("csv", "ndjson"):
        answer = await client.get(ITEMS, params={"f": form, "filter": "platform = = 1"})
        assert (answer.status_code, answer.json()["parameter"]) == (400, "filter")


async def test_a_file_of_nothing_says_so(client):
    nothing = {"datetime": "1980-01-01T00:00:00Z"}
    assert ids((await client.get(ITEMS, params={"f": "csv", **nothing})).text) == []
    assert (await client.get(ITEMS, params={"f": "parquet", **nothing})).status_code == 406
    assert (await client.get(ITEMS, params={"f": "ndjson", **nothing})).content == b""


async def test_geometries_are_given_in_the_system_asked_for(client):
    plain = await client.get(f"{ITEMS}/i01")
    turned = await client.get(f"{ITEMS}/i01", params={"crs": f"{EPSG}4326"})
    assert turned.headers["content-crs"] == f"<{EPSG}4326>"
    first = plain.json()["geometry"]["coordinates"][0][0]
    assert turned.json()["geometry"]["coordinates"][0][0] == first[::-1]
    listed = await client.get(ITEMS, params={"crs": f"{EPSG}3857", "limit": 1})
    assert listed.headers["content-crs"] == f"<{EPSG}3857>"
    assert abs(listed.json()["features"][0]["geometry"]["coordinates"][0][0][0]) > 180


async def test_content_crs_is_said_where_none_was_asked_for(client):
    for path in (ITEMS, f"{ITEMS}/i01"):
        assert (await client.get(path)).headers["content-crs"] == f"<{CRS84}>"


async def test_a_box_of_another_system_finds_the_same(client):
    west, south, east, north = (await client.get(f"{ITEMS}/i01")).json()["bbox"]
    plain = (await client.get(ITEMS, params={"bbox": f"{west},{south},{east},{north}"})).json()
    turned = (
        await client.get(ITEMS, params={"bbox": f"{south},{west},{north},{east}", "bbox-crs": f"{EPSG}4326"})
    ).json()
    assert [one["id"] for one in turned["features"]] == [one["id"] for one in plain["features"]] != []


async def test_a_filter_of_another_system_finds_the_same(client):
    west, south, east, north = (await client.get(f"{ITEMS}/i01")).json()["bbox"]
    plain = f"S_INTERSECTS(geometry, POINT({(west + east) / 2} {(south + north) / 2}))"
    turned = f"S_INTERSECTS(geometry, POINT({(south + north) / 2} {(west + east) / 2}))"
    expected = (await client.get(ITEMS, params={"filter": plain})).json()["features"]
    got = (await client.get(ITEMS, params={"filter": turned, "filter-crs": f"{EPSG}4326"})).json()["features"]
    assert [one["id"] for one in got] == [one["id"] for one in expected] != []


@pytest.mark.parametrize("parameter", ["crs", "bbox-crs", "filter-crs"])
async def test_a_system_that_is_not_listed_is_refused_by_name(client, parameter):
    more = {"bbox": "1,2,3,4", "filter": "S_INTERSECTS(geometry, POINT(1 2))"}
    answer = await client.get(ITEMS, params={parameter: f"{EPSG}1", **more})
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


async def test_all_systems_are_listed_once_and_each_collection_says_what_is_stored(client):
    listed = (await client.get("/api/collections")).json()
    assert listed["crs"][0] == CRS84
    assert {one["storageCrs"] for one in listed["collections"]} == {CRS84}
    assert all(one["crs"] == ["#/crs"] for one in listed["collections"])


async def test_a_collection_alone_names_the_systems_that_hold_all_of_it(client):
    told = {name: (await client.get(f"/api/collections/{name}")).json() for name in ("demo.images", "demo.lakes")}
    for one in told.values():
        assert {one["storageCrs"], f"{EPSG}4326", f"{EPSG}3857"} <= set(one["crs"])
        assert "#/crs" not in one["crs"]
    # Lakes lie between 20 and 30 degrees, which is in no zone of UTM and in all of the northern half.
    assert f"{EPSG}6931" in told["demo.lakes"]["crs"]
    assert not {f"{EPSG}6932", f"{EPSG}32634", f"{EPSG}3035"} & set(told["demo.lakes"]["crs"])
    for system in told["demo.lakes"]["crs"]:
        assert (await client.get("/api/collections/demo.lakes/items", params={"crs": system})).status_code == 200


async def test_every_document_links_to_its_page_for_people(client):
    for path in ("/api/", "/api/collections", "/api/collections/demo.images", ITEMS, f"{ITEMS}/i01", "/api/search"):
        links = (await client.get(path)).json()["links"]
        (page,) = [one for one in links if one["rel"] == "alternate" and one["type"] == "text/html"]
        assert (await client.get(page["href"])).headers["content-type"].startswith("text/html"), path


def _ids_in(form, content, folder):
    if form == "csv":
        return ids(content.decode())
    if form == "ndjson":
        return [orjson.loads(line)["id"] for line in content.splitlines()]
    path = folder / f"answer.{form}"
    path.write_bytes(content)
    if form == "parquet":
        return pyarrow.parquet.read_table(path).column("id").to_pylist()
    found = list(pyogrio.raw.read(path, columns=["id"])[3][0])
    # FlatGeobuf orders its features along a curve.
    return sorted(found, reverse=len(found) > 2)
