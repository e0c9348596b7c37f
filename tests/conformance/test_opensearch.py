"""OpenSearch 1.1, Geo and Time (10-032r8), Earth Observation (13-026r9), GeoJSON (17-047r1): a test a requirement."""

import re
from urllib.parse import unquote

import lxml.html
import pytest
from harvest_world import ALICE, AS_ALICE, BASE, GUIDE, NAMES, World

from thalweg.catalogue.api.opensearch.intervals import asked
from thalweg.catalogue.api.opensearch.parameters import EARTH_OBSERVATION
from thalweg.catalogue.records.record import Record
from thalweg.core.errors import InvalidParameter
from thalweg.web.pages import render

pytestmark = pytest.mark.anyio
OPENSEARCH, SEARCH = "/opensearch", "/opensearch/search"
OF_IMAGES = "/opensearch/collections/demo.images"
ALL = {"guide", "maps", "atlas", "olinda", "oslo", "osaka"}
DESCRIPTION = "application/opensearchdescription+xml"


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("opensearch"))
    yield made
    made.close()


def ids(told):
    """Return the identifiers of the entries, those of Items without their Collection."""
    return [one.rpartition(":")[2] for one in told("/atom:feed/atom:entry/dc:identifier/text()")]


async def found(world, address=SEARCH, **asked_for):
    told = await world.get(address, **asked_for)
    assert told.status == 200, told.content
    return set(ids(told))


def filled(template, **values):
    """Return a template's address as a client makes it: what it does not know is left empty."""

    def value(match):
        return values.get(match[1].rstrip("?"), "")

    return re.sub(r"\{([^}]+)\}", value, template)


def template_of(told, kind="application/atom+xml", rel="results"):
    return told(f"//os:Url[@type='{kind}' and @rel='{rel}']/@template")[0]


# the description


async def test_osdd_describes_the_search(world):
    told = await world.get(OPENSEARCH)
    assert told.kind == DESCRIPTION
    assert told.root.tag == f"{{{NAMES['os']}}}OpenSearchDescription"
    assert 0 < len(told("//os:ShortName/text()")[0]) <= 16
    assert 0 < len(told("//os:LongName/text()")[0]) <= 48
    assert told("//os:Description/text()")
    assert told("//os:Query/@role") == ["example"]
    kinds = set(told("//os:Url/@type"))
    assert {"application/atom+xml", "application/geo+json", "text/html", DESCRIPTION} == kinds


async def test_osdd_names_itself_and_leads_to_its_searches(world):
    told = await world.get(OPENSEARCH)
    assert told("//os:Url[@rel='self']/@template") == [f"{BASE}{OPENSEARCH}"]
    for template in told("//os:Url[@rel='results' or @rel='collection']/@template"):
        if "f=html" not in template:
            assert (await world.get(filled(template))).status == 200


async def test_osdd_prefixes_of_parameters_are_bound(world):
    root = (await world.get(OPENSEARCH)).root
    (url, *_) = root.xpath("//os:Url[@type='application/atom+xml' and @rel='results']", namespaces=NAMES)
    prefixes = set(re.findall(r"\{([a-z]+):", url.get("template")))
    assert prefixes == {"geo", "time", "eo", "dc", "thalweg"}
    assert {prefix: root.nsmap.get(prefix) for prefix in prefixes} == {prefix: NAMES[prefix] for prefix in prefixes}


async def test_parameter_extension_tells_each_parameter(world):
    told = await world.get(OPENSEARCH)
    (url, *_) = told("//os:Url[@type='application/atom+xml' and @rel='results']")
    named = dict(re.findall(r"[?&](\w+)=\{([^}]+)\?\}", url.get("template")))
    said = {one.get("name"): one.get("value") for one in url}
    assert said == {name: f"{{{wanted}}}" for name, wanted in named.items()}
    options = url.xpath("*[@name='relation']/*/@value")
    assert options == ["intersects", "contains", "disjoint"]
    assert url.xpath("*[@name='count']/@maxInclusive") == ["100"]


async def test_url_text_html_is_for_browsers(world):
    template = (await world.get(OPENSEARCH))("//os:Url[@type='text/html']/@template")[0]
    assert template.startswith(f"{BASE}/records/collections/all/items?")
    assert "{searchTerms}" in template


async def test_autodiscovery_pages_lead_browsers_to_the_description():
    page = lxml.html.fromstring(render("page.html"))
    (link,) = page.xpath("//head/link[@rel='search']")
    assert (link.get("type"), link.get("href"), link.get("title")) == (DESCRIPTION, "/opensearch", "Thalweg")


async def test_13_026r9_two_steps_each_collection_has_a_description(world):
    world.records.ensure_catalogue("demo.resources", "Resources", "For tests.", ALICE)
    of_images = Record(id="demo.images", type="collection", title="Images")
    world.records.load([of_images], "demo.resources", ALICE)
    first = await world.get(OPENSEARCH)
    collections = await world.get(filled(template_of(first, rel="collection")))
    assert ids(collections) == ["demo.images"]
    (there,) = collections(f"//atom:entry/atom:link[@rel='search' and @type='{DESCRIPTION}']/@href")
    second = await world.get(there)
    assert second("//os:Url[@rel='self']/@template") == [there]
    items = await world.get(filled(template_of(second)))
    assert set(ids(items)) == {"olinda", "oslo", "osaka"}
    world.records.remove("demo.images", "demo.resources", ALICE)


async def test_13_026r9_a_collections_description_lists_its_values(world):
    told = await world.get(OF_IMAGES)
    assert told("//os:LongName/text()") == ["Images <of the demo>"]
    platforms = told("//os:Url[1]/param:Parameter[@name='platform']/param:Option/@value")
    assert sorted(platforms) == ["sentinel-2a", "sentinel-2b"]
    assert told("//param:Parameter[@name='parentIdentifier']") == []


async def test_a_collection_that_is_not_there_has_no_description(world):
    assert (await world.get("/opensearch/collections/none")).status == 404
    assert (await world.get("/opensearch/collections/none/search")).status == 404


# 10-032r8


async def test_10_032r8_req_atom(world):
    told = await world.get(SEARCH, q="yangtze", bbox="100,20,130,40")
    assert told.kind == "application/atom+xml"
    assert told.root.tag == f"{{{NAMES['atom']}}}feed"
    for name in ("id", "title", "updated", "author"):
        assert len(told(f"/atom:feed/atom:{name}")) == 1
    assert told("/atom:feed/os:totalResults/text()") == ["1"]
    assert told("/atom:feed/os:startIndex/text()") == ["1"]
    assert told("/atom:feed/os:itemsPerPage/text()") == ["1"]
    (query,) = told("/atom:feed/os:Query")
    said = {"role": "request", "searchTerms": "yangtze", f"{{{NAMES['geo']}}}box": "100,20,130,40"}
    assert dict(query.attrib) == said
    assert told(f"/atom:feed/atom:link[@rel='search' and @type='{DESCRIPTION}']/@href") == [f"{BASE}/opensearch"]


async def test_10_032r8_entries_tell_what_where_and_when(world):
    told = await world.get(SEARCH, uid="guide")
    (entry,) = told("//atom:entry")
    assert entry.xpath("atom:title/text()", namespaces=NAMES) == [GUIDE.title]
    assert entry.xpath("dc:identifier/text()", namespaces=NAMES) == ["guide"]
    assert entry.xpath("dc:date/text()", namespaces=NAMES) == ["2019-06-01/2019-08-31"]
    assert [float(one) for one in entry.xpath("georss:box/text()", namespaces=NAMES)[0].split()] == [28, 110, 34, 122]
    assert entry.xpath("atom:updated/text()", namespaces=NAMES) == ["2020-02-01T00:00:00Z"]
    assert entry.xpath("atom:id/text()", namespaces=NAMES)[0].startswith("http")


async def test_10_032r8_links_lead_to_the_data_a_look_at_it_and_its_metadata(world):
    told = await world.get(SEARCH, uid="demo.images:oslo")
    assert told("//atom:entry/atom:link[@rel='enclosure']/@href") == ["https://example.org/oslo.tif"]
    assert told("//atom:entry/atom:link[@rel='icon' or @rel='preview']/@href") == ["https://example.org/oslo.png"]
    assert told("//atom:entry/atom:link[@rel='via']/@href") == [f"{BASE}/api/collections/demo.images/items/oslo"]


@pytest.mark.parametrize(
    ("asked_for", "there"),
    [
        ({"bbox": "9,58,12,61"}, {"maps", "oslo"}),
        ({"bbox": "130,-90,-30,90"}, {"olinda", "osaka"}),
        ({"bbox": "-40,-10,-30,0", "relation": "intersects"}, {"olinda"}),
        ({"bbox": "10.2,59.2,10.4,59.4", "relation": "contains"}, {"maps", "oslo"}),
        ({"geometry": "POLYGON((9 58,12 58,12 61,9 61,9 58))"}, {"maps", "oslo"}),
        ({"geometry": "POINT(10.5 59.5)", "relation": "contains"}, {"maps", "oslo"}),
        ({"geometry": "MULTIPOINT((10.5 59.5),(135.5 34.5))", "type": "item"}, {"oslo", "osaka"}),
        ({"geometry": "POLYGON((-90 -80,90 -80,90 80,-90 80,-90 -80))", "relation": "disjoint"}, {"guide", "osaka"}),
        ({"lat": "59.5", "lon": "10.5", "radius": "1000", "type": "item"}, {"oslo"}),
        ({"lat": "59.5", "lon": "10.5", "type": "item"}, {"oslo"}),
        ({"lat": "58.9", "lon": "10.5", "radius": "1000", "type": "item"}, set()),
        ({"lat": "58.9", "lon": "10.5", "radius": "20000", "type": "item"}, {"oslo"}),
        ({"uid": "guide"}, {"guide"}),
        ({"uid": "demo.images:oslo"}, {"oslo"}),
        ({"uid": "none"}, set()),
        ({"start": "2024-05-15", "end": "2024-06-01", "type": "item"}, {"oslo"}),
        ({"start": "2024-06-01T00:00:01Z", "type": "item"}, {"osaka"}),
        ({"end": "2019-06-01"}, {"guide"}),
        ({"start": "2019-07-01", "end": "2019-07-01"}, {"guide"}),
    ],
)
async def test_10_032r8_place_and_time_narrow(world, asked_for, there):
    assert await found(world, **asked_for) == there


@pytest.mark.parametrize(
    ("asked_for", "parameter"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "a,b,c,d"}, "bbox"),
        ({"bbox": "0,50,10,40"}, "bbox"),
        ({"geometry": "POLYGON((1"}, "geometry"),
        ({"geometry": "POINT EMPTY"}, "geometry"),
        ({"geometry": "POINT(0 0)", "lat": "1", "lon": "1"}, "geometry"),
        ({"lat": "1"}, "lon"),
        ({"lon": "1"}, "lat"),
        ({"lat": "91", "lon": "0"}, "lat"),
        ({"lat": "x", "lon": "0"}, "lat"),
        ({"radius": "10"}, "radius"),
        ({"lat": "0", "lon": "0", "radius": "1e9"}, "radius"),
        ({"relation": "near", "bbox": "0,0,1,1"}, "relation"),
        ({"relation": "disjoint"}, "relation"),
        ({"start": "yesterday"}, "start"),
        ({"start": "2024-02-02", "end": "2024-02-01"}, "end"),
        ({"count": "-1"}, "count"),
        ({"startIndex": "0"}, "startIndex"),
        ({"startPage": "x"}, "startPage"),
        ({"startIndex": "99999999999"}, "startIndex"),
        ({"cloudCover": "[1,2"}, "cloudCover"),
        ({"cloudCover": "much"}, "cloudCover"),
        ({"q": "!!!"}, "q"),
        ({"colour": "red"}, "colour"),
        ({"format": "xls"}, "format"),
    ],
)
async def test_13_026r9_errors_are_400_and_say_why(world, asked_for, parameter):
    told = await world.get(SEARCH, **asked_for)
    assert told.status == 400
    assert told("//ows:Exception/@exceptionCode") == ["InvalidParameterValue"]
    assert told("//ows:Exception/@locator") == [parameter]
    if "format" not in asked_for:
        as_json = await world.get(SEARCH, **asked_for, format="json")
        assert (as_json.status, as_json.json()["parameter"]) == (400, parameter)


async def test_opensearch_what_a_template_leaves_empty_is_not_asked(world):
    template = template_of(await world.get(OPENSEARCH))
    assert set(ids(await world.get(filled(template)))) == ALL
    by_words = filled(template, searchTerms="river", count="1")
    told = await world.get(by_words)
    assert told("//os:totalResults/text()") == ["2"]
    assert len(ids(told)) == 1


@pytest.mark.parametrize(
    ("q", "there"),
    [
        ("river", {"guide", "maps"}),
        ("river floods", {"guide"}),
        ('"yangtze floods"', {"guide"}),
        ('"floods yangtze"', set()),
        ("SCENE oslo", {"oslo"}),
    ],
)
async def test_opensearch_search_terms(world, q, there):
    assert await found(world, q=q) == there


@pytest.mark.parametrize(("language", "there"), [("fr", {"atlas"}), ("en-GB", {"guide"}), ("*", {"guide", "atlas"})])
async def test_opensearch_language(world, language, there):
    assert await found(world, type="document", language=language) == there


# pages


async def test_opensearch_pages_are_linked(world):
    told = await world.get(SEARCH, count="2", startIndex="3")
    links = {one.get("rel"): one.get("href") for one in told("/atom:feed/atom:link")}
    assert {"self", "first", "previous", "next", "last"} <= set(links)
    assert told("//os:startIndex/text()") == ["3"]
    seen, href = [], links["first"]
    while href:
        page = await world.get(href)
        seen += ids(page)
        href = next(iter(page("/atom:feed/atom:link[@rel='next']/@href")), None)
    assert len(seen) == 6
    assert set(seen) == ALL
    assert ids(await world.get(links["self"])) == ids(told)
    assert ids(await world.get(links["last"])) == seen[4:]
    assert ids(await world.get(links["previous"])) == seen[:2]


async def test_opensearch_start_page_counts_pages(world):
    by_index = await world.get(SEARCH, count="2", startIndex="3")
    by_page = await world.get(SEARCH, count="2", startPage="2")
    assert ids(by_index) == ids(by_page)


async def test_opensearch_count_0_counts(world):
    told = await world.get(SEARCH, count="0")
    assert told("//os:totalResults/text()") == ["6"]
    assert told("//atom:entry") == []


# 13-026r9


@pytest.mark.parametrize(
    ("asked_for", "there"),
    [
        ({"platform": "sentinel-2a"}, {"olinda", "osaka"}),
        ({"platform": "SENTINEL-2A"}, {"olinda", "osaka"}),
        ({"platform": "{sentinel-2b,landsat-8}"}, {"oslo"}),
        ({"instrument": "MSI"}, {"olinda", "oslo", "osaka"}),
        ({"orbitDirection": "DESCENDING", "orbitNumber": "102"}, {"oslo"}),
        ({"orbitNumber": "{101,103}"}, {"olinda", "osaka"}),
        ({"cloudCover": "10"}, {"olinda"}),
        ({"cloudCover": "[10,40.5]"}, {"olinda", "oslo"}),
        ({"cloudCover": "[10,40.5["}, {"olinda"}),
        ({"cloudCover": "]10,40.5]"}, {"oslo"}),
        ({"cloudCover": "]10,40.5["}, set()),
        ({"cloudCover": "[40.5"}, {"oslo", "osaka"}),
        ({"cloudCover": "]40.5"}, {"osaka"}),
        ({"cloudCover": "40.5]"}, {"olinda", "oslo"}),
        ({"cloudCover": "40.5["}, {"olinda"}),
        ({"parentIdentifier": "demo.images", "platform": "sentinel-2b"}, {"oslo"}),
        ({"parentIdentifier": "demo.library"}, {"guide", "maps", "atlas"}),
        ({"type": "document"}, {"guide", "atlas"}),
        ({"productType": "S2MSI2A"}, set()),
        ({"modificationDate": "[2020-01-01T00:00:00Z,2020-12-31T00:00:00Z]"}, {"guide"}),
    ],
)
async def test_13_026r9_parameters_of_earth_observation_narrow(world, asked_for, there):
    assert await found(world, **asked_for) == there


@pytest.mark.parametrize(
    "text", ["[", "]", "[1,2", "1,2", "1,2]", "[1]", "{}", "{1", "{1,,2}", "[a,b]", "[1,2,3]", "nan", "inf"]
)
async def test_13_026r9_intervals_that_are_none_are_refused(text):
    (cloud,) = [one for one in EARTH_OBSERVATION if one.name == "cloudCover"]
    with pytest.raises(InvalidParameter, match="cloudCover"):
        asked(cloud, text)


async def test_13_026r9_a_search_within_a_collection_is_of_it_alone(world):
    assert await found(world, f"{OF_IMAGES}/search") == {"olinda", "oslo", "osaka"}
    told = await world.get(f"{OF_IMAGES}/search", parentIdentifier="demo.library")
    assert told.status == 400


# 17-047r1


async def test_17_047r1_feature_collection(world):
    told = await world.get(SEARCH, format="json", platform="sentinel-2b", count="1")
    assert told.kind == "application/geo+json"
    document = told.json()
    assert document["type"] == "FeatureCollection"
    said = document["properties"]
    assert (said["totalResults"], said["startIndex"], said["itemsPerPage"]) == (1, 1, 1)
    assert said["queries"]["request"] == [{"count": "1", "eo:platform": "sentinel-2b"}]
    assert said["links"]["self"][0]["href"] == document["id"]
    assert said["links"]["search"][0] == {"href": f"{BASE}/opensearch", "type": DESCRIPTION}
    (feature,) = document["features"]
    assert feature["geometry"]["type"] == "Polygon"
    told = feature["properties"]
    assert (told["identifier"], told["parentIdentifier"]) == ("demo.images:oslo", "demo.images")
    assert told["date"] == "2024-06-01T00:00:00Z"
    assert told["productInformation"] == {"cloudCover": 40.5}
    (acquired,) = told["acquisitionInformation"]
    assert acquired["platform"] == {"platformShortName": "sentinel-2b"}
    assert acquired["instrument"] == {"instrumentShortName": "msi"}
    assert acquired["acquisitionParameters"]["orbitNumber"] == 102
    assert told["links"]["data"][0]["href"] == "https://example.org/oslo.tif"
    assert told["links"]["via"][0]["href"] == f"{BASE}/api/collections/demo.images/items/oslo"


@pytest.mark.parametrize(
    ("asked_for", "accept", "kind"),
    [
        ({}, None, "application/atom+xml"),
        ({}, "text/html,application/xhtml+xml,*/*;q=0.8", "application/atom+xml"),
        ({}, "application/geo+json", "application/geo+json"),
        ({"httpAccept": "application/geo+json"}, None, "application/geo+json"),
        ({"format": "atom"}, "application/geo+json", "application/atom+xml"),
    ],
)
async def test_forms_are_chosen_by_name_and_by_header(world, asked_for, accept, kind):
    told = await world.get(SEARCH, **asked_for, headers={"accept": accept} if accept else None)
    assert told.kind == kind


# who asks


async def test_what_a_caller_may_not_see_is_not_found(tmp_path):
    own = World(tmp_path)
    own.records.ensure_catalogue("alice.notes", "Notes", "Of Alice.", ALICE)
    own.records.register([Record(id="secret", type="diary", title="Secret & <b>")], "alice.notes", ALICE)
    assert await found(own, q="secret") == set()
    assert (await own.get("/opensearch/collections/alice.notes")).status == 404
    told = await own.get(SEARCH, q="secret", headers=AS_ALICE)
    assert told("//atom:entry/atom:title/text()") == ["Secret & <b>"]
    within = await own.get("/workspaces/alice/opensearch/search", headers=AS_ALICE)
    assert ids(within) == ["secret"]
    described = await own.get("/workspaces/alice/opensearch", headers=AS_ALICE)
    assert f"{BASE}/workspaces/alice/opensearch/search" in unquote(template_of(described))
    own.close()
