"""Pages of Records as a person reads them, and as programs that read pages do."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import orjson
import pytest
from callers import ALICE
from made_items import a_collection, an_item

from thalweg.catalogue.records.record import Concept, Contact, ExternalId, Link, Record, Rights, Span, Theme
from thalweg.core.geometry import BBox

pytestmark = pytest.mark.anyio
ALL = "/records/collections/all/items"
TOPIC = Theme("https://lists.example/topics", (Concept("climatologyMeteorologyAtmosphere"),))
BUREAU = Contact(organization="Bureau of rivers, lakes & 'becks'", roles=("publisher",))
GUIDE = Record(
    "guide",
    type="document",
    title="How the <Yangtze> floods",
    description="What every flood leaves behind, told of each of the last hundred years.",
    keywords=("river", "flood, sudden", "l'eau"),
    language="en",
    span=Span("2019-06-01", "2019-08-31"),
    boxes=(BBox(110, 28, 122, 34),),
    contacts=(Contact(name="Ann Author", roles=("author",)), BUREAU),
    rights=Rights(license="CC-BY-4.0"),
    external_ids=(ExternalId("10.5281/zenodo.1", "https://doi.org"),),
    links=(Link("https://river.example/guide.pdf", "enclosure", "application/pdf", "The guide", length=2048),),
)
MAP = replace(
    GUIDE,
    id="map",
    type="dataset",
    title="Map",
    keywords=("river",),
    language="fr",
    span=Span("2021-01-01", "2021-12-31"),
    external_ids=(),
)


class Page(HTMLParser):
    """What stands in a page: its links in order, its heads, what it tells programs."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.meta, self.rels, self.linked, self._script = [], {}, {}, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "a":
            self.anchors.append(told["href"])
        elif tag == "meta" and "name" in told:
            self.meta.setdefault(told["name"], []).append(told["content"])
        elif tag == "link":
            self.rels.setdefault(told["rel"], []).append(told["href"])
        self._script = tag == "script" and told.get("type") == "application/ld+json"

    def handle_data(self, data):
        if self._script:
            self.linked = orjson.loads(data)
            self._script = False


@pytest.fixture
def filled(records, catalogue):
    records.ensure_catalogue("demo.library", "Library", "What was written.", ALICE)
    records.register([GUIDE, MAP, Record("bare", title="Bare")], "demo.library", ALICE)
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    catalogue.register([an_item("S1", "demo.images", properties={"eo:cloud_cover": 7.5})], ALICE)
    return records


async def page_of(client, where):
    answer = await client.get(where)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def boxes(text):
    """Return what the page offers to narrow by: title, address and number of each value."""
    found = re.findall(r'<li><a href="([^"]*)">([^<]*)</a><span class="soft">([\d,]+)</span>', text)
    return [(unescape(title), unescape(href), int(number)) for href, title, number in found]


async def test_a_page_says_to_search_engines_what_it_is_and_to_people_in_words(records_client, filled):
    contact = Contact(organization="Lab", roles=("pointOfContact", "author"))
    filled.register([replace(GUIDE, id="spoken", contacts=(contact,), themes=(TOPIC,))], "demo.library", ALICE)
    text = (await records_client.get("/records/collections/demo.library/items/spoken?f=html")).text
    assert Page(text).meta["description"] == [GUIDE.description]
    assert "point of contact, author" in text
    assert "climatology meteorology atmosphere" in text
    page = Page((await records_client.get("/records/collections/demo.library?f=html")).text)
    assert page.meta["description"]
    assert all(page.rels["search"])


async def test_a_person_writes_times_shortly_and_programs_are_told_them_whole(records_client):
    answer = await records_client.get(f"{ALL}?f=html&type=dataset&datetime=2024-05/2024-06")
    assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store")
    whole = "datetime=2024-05-01T00:00:00Z/2024-06-30T23:59:59.999Z"
    assert answer.headers["location"] == f"?f=html&type=dataset&{whole}"
    page = (await records_client.get(f"{ALL}{answer.headers['location']}")).text
    assert 'name="datetime" value="2024-05/2024-06"' in page
    assert "time: 2024-05/2024-06" in page
    assert (await records_client.get(f"{ALL}?datetime=2024-05")).status_code == 400, "a program keeps to the standard"
    never = await records_client.get(f"{ALL}?f=html&datetime=2024-13")
    assert (never.status_code, 'value="2024-13"' in never.text) == (400, True)


@pytest.mark.usefixtures("filled")
async def test_each_box_of_a_facet_leads_to_as_many_records_as_it_says(records_client):
    where = [f"{ALL}?f=html", f"{ALL}?f=html&keywords=river", f"{ALL}?f=html&filter=title+%3C%3E+%27Map%27&facets=type"]
    seen = set()
    for at in where:
        offered = boxes(await page_of(records_client, at))
        assert offered
        for title, href, number in offered:
            found = (await records_client.get(href.replace("f=html", "f=json"))).json()
            assert (title, found["numberMatched"]) == (title, number)
            seen.add(title)
    assert {"document", "item", "river", "flood, sudden", "l'eau", BUREAU.organization, "en", "demo.library"} <= seen
    assert {"2019", "2021"} <= seen


@pytest.mark.usefixtures("filled")
async def test_a_condition_is_taken_back_and_an_order_is_chosen(records_client):
    text = await page_of(records_client, f"{ALL}?f=html&type=dataset,document&keywords=river&sortby=title&limit=1")
    assert "keywords: river ×" in text
    without = next(href for href in Page(text).anchors if "keywords" not in href and "type=dataset" in href)
    assert (await records_client.get(without.replace("f=html", "f=json"))).json()["numberMatched"] == 3
    assert '<span class="chosen">by title</span>' in text
    changed = next(href for href in Page(text).anchors if "sortby=-updated" in href)
    assert (await records_client.get(changed)).status_code == 200


@pytest.mark.usefixtures("filled")
async def test_what_is_asked_in_json_is_not_mixed_with_text(records_client):
    written = '%7B"op":"isNull","args":%5B%7B"property":"nothing"%7D%5D%7D'
    text = await page_of(records_client, f"{ALL}?f=html&filter-lang=cql2-json&filter={written}&facets=collection")
    assert boxes(text) == []
    assert "<span>demo.library</span>" in text


@pytest.mark.usefixtures("filled")
async def test_a_program_is_told_which_facets_there_are_and_counts_none(records_client):
    told = (await records_client.get(ALL)).json()["facets"]
    assert {name: one["more"] for name, one in told.items()} == dict.fromkeys(
        ["type", "keywords", "organization", "language", "collection", "datetime"], True
    )
    nothing = (await records_client.get(f"{ALL}?ids=nothing")).json()["facets"]
    assert not any(one["more"] for one in nothing.values())
    assert (await records_client.get(f"{ALL}?facets=")).json()["facets"] == {}
    keywords = (await records_client.get(f"{ALL}?facets=keywords:2")).json()["facets"]["keywords"]
    assert keywords["buckets"] == [{"value": "river", "count": 2}, {"value": "flood, sudden", "count": 1}]
    assert keywords["more"] is True


@pytest.mark.usefixtures("filled")
async def test_facets_of_named_records_count_no_namesakes(records_client, catalogue):
    catalogue.register_collection(a_collection("demo.others"), ALICE)
    catalogue.register([an_item("S1", "demo.others")], ALICE)
    found = (await records_client.get(f"{ALL}?ids=demo.images:S1,guide&facets=type,collection")).json()
    assert found["numberMatched"] == 2
    told = {name: {one["value"]: one["count"] for one in facet["buckets"]} for name, facet in found["facets"].items()}
    assert told == {"type": {"item": 1, "document": 1}, "collection": {"demo.images": 1, "demo.library": 1}}


@pytest.mark.usefixtures("filled")
async def test_the_page_of_a_record_is_cited_found_and_read_by_programs(records_client):
    page = Page(await page_of(records_client, f"{ALL}/guide?f=html"))
    own = "http://eo.example/records/collections/demo.library/items/guide"
    assert page.rels["canonical"] == [f"{own}?f=html"]
    assert f"{own}?f=bibtex" in page.rels["alternate"]
    assert page.rels["search"] == ["/opensearch"]
    library = Page(await page_of(records_client, "/records/collections/demo.library/items?f=html"))
    assert library.rels["search"][-1] == "http://eo.example/opensearch/collections/demo.library"
    assert any(href.endswith("f=atom") for href in library.rels["alternate"])
    assert page.meta["DC.title"] == ["How the <Yangtze> floods"]
    assert page.meta["DC.creator"] == ["Ann Author"]
    assert page.meta["DC.identifier"] == ["https://doi.org/10.5281/zenodo.1"]
    for href in ("https://doi.org/10.5281/zenodo.1", "https://spdx.org/licenses/CC-BY-4.0.html", f"{own}?f=ris"):
        assert href in page.anchors
    told = page.linked
    assert (told["@type"], told["name"]) == ("CreativeWork", "How the <Yangtze> floods")
    keyword = next(href for href in page.anchors if "keywords=flood%2C%20sudden" in href)
    found = (await records_client.get(keyword.replace("f=html", "f=json"))).json()
    assert [one["id"] for one in found["features"]] == ["guide"]


GOOGLE_DATASET = {"@context", "@type", "name", "description", "url", "identifier", "includedInDataCatalog"}


@pytest.mark.usefixtures("filled")
async def test_each_page_tells_search_engines_what_they_ask_of_datasets(records_client):
    for one in (await records_client.get(ALL)).json()["features"]:
        (own,) = [link["href"] for link in one["links"] if link["rel"] == "self"]
        told = Page(await page_of(records_client, f"{own}?f=html")).linked
        assert set(told) >= GOOGLE_DATASET, one["id"]
        assert told["@context"] == "https://schema.org/"
        assert 50 <= len(told["description"]) <= 5000, one["id"]
        assert all(told[name].startswith("http") for name in ("url", "@id"))
    told = Page(await page_of(records_client, f"{ALL}/map?f=html")).linked
    assert (told["@type"], told["temporalCoverage"]) == ("Dataset", "2021-01-01/2021-12-31")
    assert told["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert told["spatialCoverage"] == [{"@type": "Place", "geo": {"@type": "GeoShape", "box": "28.0 110.0 34.0 122.0"}}]
    (download,) = told["distribution"]
    assert (download["@type"], download["contentUrl"]) == ("DataDownload", "https://river.example/guide.pdf")
    catalogue = Page(await page_of(records_client, "/records/collections/demo.library?f=html")).linked
    assert (catalogue["@type"], catalogue["name"]) == ("DataCatalog", "Library")
