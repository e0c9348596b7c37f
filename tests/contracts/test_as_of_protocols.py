"""Each protocol that can carry a moment answers what was there then, from every store alike."""

import sys
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
from lxml import etree
from made_items import after_now

from thalweg.catalogue.api.csw.face import Csw
from thalweg.catalogue.api.csw.offering import Offer
from thalweg.catalogue.api.oai.face import Oai
from thalweg.catalogue.api.oai.offering import OaiOffer
from thalweg.catalogue.api.oai.resuming import Resuming
from thalweg.catalogue.api.opensearch.face import OpenSearch
from thalweg.catalogue.api.opensearch.offering import OpenSearchOffer
from thalweg.catalogue.api.records import records as face
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.api.sru.face import Sru
from thalweg.catalogue.api.sru.offering import SruOffer
from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.principals import ANYONE
from thalweg.core.time import instant, written
from thalweg.guard.outbound import Outbound
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import Root
from thalweg.web.site import Site

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from harvest_world import ALICE, AS_ALICE, GUIDE, ITEMS, World, an_item

pytestmark = pytest.mark.anyio
ALL = "/records/collections/all/items"
LIBRARY = "/records/collections/demo.library"
GET_RECORDS = {"service": "CSW", "version": "3.0.0", "request": "GetRecords", "ElementSetName": "full"}
POSTED = (
    '<csw:GetRecords xmlns:csw="http://www.opengis.net/cat/csw/3.0" service="CSW" version="3.0.0" maxRecords="2"'
    ' startPosition="{}"><csw:Query typeNames="csw:Record"/></csw:GetRecords>'
)
THEN = {"guide", "maps", "atlas", *(f"demo.images:{item[0]}" for item in ITEMS)}
NOW = (THEN - {"maps", "demo.images:oslo"}) | {"new"}
BEFORE, LATER = "2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


class Asking:
    """A world that changed, and the moment before it did."""

    def __init__(self, folder, store):
        self.world = World(folder, store=store)
        self.then = written(after_now())
        self.changed(self.world)
        site = Site(authenticate=lambda _, headers: ALICE if headers.get("authorization") else ANYONE)
        records, outbound = self.world.records, Outbound()
        root = Root("/records", "Test", "A test.", face.faces(self.serving, lambda: outbound), "1")
        csw = Csw(Offer(records, lambda: outbound, lambda _: "demo"), site)
        sru, search = Sru(SruOffer(records), site), OpenSearch(OpenSearchOffer(records), site)
        oai = Oai(OaiOffer(records, Resuming(Sealer(b"a secret of the tests"))), site)
        classic = {"/csw": csw, "/sru": sru, "/opensearch": search, "/oai": oai}
        routes = [*root.routes(site), *(route for at, one in classic.items() for route in one.routes(at))]
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(Application(routes)), base_url="http://eo.example"
        )

    @property
    def serving(self):
        return RecordServing(self.world.records, Sealer(b"a secret of the tests"))

    @staticmethod
    def changed(world):
        """Change one Record, remove one, add one; remove an Item, and tell of a Record that only Alice sees."""
        world.records.replace(replace(GUIDE, title="How the Yangtze flooded"), "demo.library", ALICE)
        world.records.remove("maps", "demo.library", ALICE)
        world.records.register([replace(GUIDE, id="new", title="New")], "demo.library", ALICE)
        world.catalogue.remove("demo.images", "oslo", ALICE)

    async def get(self, address, **pairs):
        headers = pairs.pop("headers", None)
        return await self.client.get(
            address, params={key.replace("_", "-"): one for key, one in pairs.items()} or None, headers=headers
        )

    async def found(self, address, **pairs):
        """Return the ids of all pages."""
        page, ids = (await self.get(address, **pairs)).json(), []
        while True:
            ids += [one["id"].rpartition("/")[2] for one in page["features"]]
            following = _following(page)
            if following is None:
                assert len(ids) == len(set(ids))
                return set(ids)
            page = (await self.client.get(following)).json()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def asking(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("then")
    if request.param == "sqlite":
        store = open_store(f"sqlite:///{folder / 'items.sqlite'}")
    else:
        store = open_pgstac(request.getfixturevalue("pgstac_url_of_module"))
    made = Asking(folder, store)
    yield made
    made.world.close()


def _following(page):
    """Return where the next page is, which OpenSearch (17-047) tells among the properties."""
    links = page.get("links")
    listed = [one for one in links if one["rel"] == "next"] if links else page["properties"]["links"].get("next", [])
    return listed[0]["href"] if listed else None


def texts(answer, name):
    """Return the texts of all elements of a name, whatever their namespace."""
    return etree.fromstring(answer.content).xpath(f"//*[local-name()='{name}']/text()")


async def test_records_are_searched_as_of_a_time_page_after_page(asking):
    assert await asking.found(ALL) == NOW
    assert await asking.found(ALL, as_of=asking.then, limit=2) == THEN
    assert await asking.found(ALL, as_of=asking.then, limit=2, sortby="title") == THEN
    assert await asking.found(f"{LIBRARY}/items", as_of=asking.then, type="service") == {"maps"}
    assert await asking.found(ALL, as_of=asking.then, ids="maps,demo.images:oslo,new") == {"maps", "demo.images:oslo"}
    assert await asking.found(ALL, as_of=asking.then, q="flooded") == set()
    assert await asking.found(ALL, as_of=BEFORE) == set()
    page = (await asking.get(ALL, as_of=asking.then, limit=2)).json()
    assert page["numberMatched"] == len(THEN)
    skipped = (await asking.get(ALL, as_of=asking.then, offset=4, limit=5)).json()
    assert len(skipped["features"]) == len(THEN) - 4


async def test_facets_are_of_the_moment_too(asking):
    told = (await asking.get(ALL, as_of=asking.then, facets="type", limit=1)).json()["facets"]["type"]["buckets"]
    assert {one["value"]: one["count"] for one in told} == {"item": 3, "document": 2, "service": 1}
    told = (await asking.get(ALL, facets="type", limit=1)).json()["facets"]["type"]["buckets"]
    assert {one["value"]: one["count"] for one in told} == {"item": 2, "document": 3}


async def test_one_record_is_negotiated_by_its_time(asking):
    for where in (LIBRARY, "/records/collections/all"):
        address = f"http://eo.example{where}/items/guide"
        now, was = await asking.get(address), await asking.get(address, as_of=asking.then)
        assert (now.json()["properties"]["title"], now.headers["vary"]) == (
            "How the Yangtze flooded",
            "accept-datetime, accept",
        )
        assert now.headers["link"] == f'<{address}>; rel="original timegate"'
        assert was.json()["properties"]["title"] == GUIDE.title
        assert was.headers["content-location"] == f"{address}?as-of={asking.then}"
        assert parsedate_to_datetime(was.headers["memento-datetime"]) == instant(asking.then).replace(microsecond=0)
        long_ago = await asking.get(address, headers={"accept-datetime": "Sat, 01 Jan 2000 00:00:00 GMT"})
        assert long_ago.json()["properties"]["title"] == GUIDE.title
    for name, status in (("maps", 200), ("demo.images:oslo", 200), ("new", 404)):
        assert (await asking.get(f"{ALL}/{name}", as_of=asking.then)).status_code == status
        assert (await asking.get(f"{ALL}/{name}")).status_code == (200 if name == "new" else 404)
    for form in ("html", "iso19139", "bibtex", "atom"):
        assert GUIDE.title.encode() in (await asking.get(f"{LIBRARY}/items/guide", as_of=asking.then, f=form)).content


@pytest.mark.parametrize(
    "wrong", [LATER, "9999-12-31T23:59:59Z", "yesterday", "2024-01-01T00:00:00", "2024-13-01T00:00:00Z"]
)
async def test_a_moment_that_is_none_is_refused_by_all(asking, wrong):
    for path in (ALL, LIBRARY, f"{LIBRARY}/items/guide", "/records/collections"):
        answer = await asking.get(path, as_of=wrong)
        assert (answer.status_code, answer.json()["parameter"]) == (400, "as-of")
    refused = await asking.get("/opensearch/search", asOf=wrong, format="json")
    assert (refused.status_code, refused.json()["parameter"]) == (400, "asOf")
    refused = await asking.get("/csw", **GET_RECORDS, asOf=wrong)
    assert (refused.status_code, b'locator="asOf"' in refused.content) == (400, True)
    refused = await asking.get("/sru", operation="searchRetrieve", version="1.2", query="river", **{"x-asOf": wrong})
    assert texts(refused, "uri") == ["info:srw/diagnostic/1/6"]


@pytest.mark.parametrize("early", [BEFORE, "0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999999Z"])
async def test_before_all_there_is_nothing_anywhere(asking, early):
    assert await asking.found(ALL, as_of=early) == set()
    assert await asking.found("/opensearch/search", asOf=early, format="json") == set()
    found = await asking.get("/csw", **GET_RECORDS, asOf=early)
    assert b'numberOfRecordsMatched="0"' in found.content
    assert (await asking.get(f"{LIBRARY}/items/guide", as_of=early)).status_code == 404


async def test_opensearch_carries_the_moment(asking):
    assert await asking.found("/opensearch/search", format="json") == NOW
    assert await asking.found("/opensearch/search", format="json", asOf=asking.then, count=2) == THEN
    within = await asking.found("/opensearch/collections/demo.images/search", format="json", asOf=asking.then)
    assert within == {one for one in THEN if ":" in one}
    feed = (await asking.get("/opensearch/search", asOf=asking.then, uid="maps")).content
    entry = etree.fromstring(feed).find("{*}entry")
    (own,) = (one.get("href") for one in entry.findall("{*}link") if one.get("rel") == "self")
    assert (entry.findtext("{*}id"), (await asking.client.get(own)).status_code) == (own.partition("?")[0], 200)
    assert etree.fromstring(feed).find(".//{*}Query").get("{urn:thalweg:opensearch}asOf") == asking.then
    assert b"Maps of rivers" in feed
    assert b"asOf={thalweg:asOf?}" in (await asking.get("/opensearch")).content


async def test_sru_carries_the_moment_as_extra_request_data(asking):
    async def found(**more):
        asked = {"operation": "searchRetrieve", "version": "1.2", "query": "cql.allRecords=1", "maximumRecords": "2"}
        names, start = set(), 1
        while start:
            answer = await asking.get("/sru", **asked, startRecord=str(start), **more)
            names |= set(texts(answer, "identifier"))
            (start, *_) = [*map(int, texts(answer, "nextRecordPosition")), 0]
        return names

    assert {one for one in await found(**{"x-asOf": asking.then}) if ":/" not in one} == THEN
    assert {one for one in await found() if ":/" not in one} == NOW
    scan = {"operation": "scan", "version": "1.2", "scanClause": "dc.type=a"}
    assert texts(await asking.get("/sru", **scan, **{"x-asOf": asking.then}), "value") == [
        "document",
        "item",
        "service",
    ]
    assert texts(await asking.get("/sru", **scan), "value") == ["document", "item"]
    explained = (await asking.get("/sru")).content
    assert b'<supports type="extraSearchData">x-asOf</supports>' in explained


async def test_csw_carries_the_moment_in_the_address_of_any_encoding(asking):
    async def paged(**more):
        names, start = set(), 1
        while start:
            posted = await asking.client.post(
                "/csw", params=more, content=POSTED.format(start), headers={"content-type": "application/xml"}
            )
            names |= set(texts(posted, "identifier"))
            start = int(etree.fromstring(posted.content).find(".//{*}SearchResults").get("nextRecord"))
        return {one for one in names if ":/" not in one}

    assert (await paged(), await paged(ASOF=asking.then)) == (NOW, THEN)
    got = await asking.get("/csw", **GET_RECORDS, asOf=asking.then)
    assert {one for one in texts(got, "identifier") if ":/" not in one} == THEN
    by_id = {"service": "CSW", "version": "2.0.2", "request": "GetRecordById", "id": "guide,maps,new"}
    assert texts(await asking.get("/csw", **by_id, asOf=asking.then), "title") == [GUIDE.title, "Maps of rivers"]
    domain = {"service": "CSW", "version": "3.0.0", "request": "GetDomain", "ValueReference": "type"}
    assert "service" in texts(await asking.get("/csw", **domain, asOf=asking.then), "Value")
    assert "service" not in texts(await asking.get("/csw", **domain), "Value")
    wrong = await asking.get("/csw", service="CSW", request="GetCapabilities", asOf=asking.then)
    assert (wrong.status_code, b'locator="asOf"' in wrong.content) == (400, True)
    told = await asking.get("/csw", service="CSW", request="GetCapabilities")
    rule = etree.fromstring(told.content).xpath("//*[local-name()='Constraint'][@name='asOf']//*/text()")
    assert {"GetRecords", "GetRecordById", "GetDomain"} <= {one.strip() for one in rule}


async def test_oai_pmh_has_no_argument_for_a_moment(asking):
    answer = await asking.get("/oai", verb="ListRecords", metadataPrefix="oai_dc", asOf=asking.then)
    assert b'code="badArgument"' in answer.content


async def test_catalogues_are_shown_as_they_were(asking):
    name = "demo.library"
    assert (await asking.get(f"/records/collections/{name}", as_of=BEFORE)).status_code == 404
    was = await asking.get(f"/records/collections/{name}", as_of=asking.then)
    assert (was.status_code, "memento-datetime" in was.headers) == (200, True)
    listed = (await asking.get("/records/collections", as_of=BEFORE)).json()["collections"]
    assert [one["id"] for one in listed] == ["all"]


async def test_what_was_hidden_then_stays_hidden_in_every_protocol(asking):
    world = asking.world
    world.records.ensure_catalogue("alice.notes", "Notes", "Hers.", ALICE)
    world.records.register([replace(GUIDE, id="note")], "alice.notes", ALICE)
    at = written(after_now())
    world.records.remove("note", "alice.notes", ALICE)
    for headers, seen in (({}, False), (AS_ALICE, True)):
        found = (await asking.get(ALL, as_of=at, ids="note", headers=headers)).json()["features"]
        assert bool(found) is seen
        assert (await asking.get(f"{ALL}/note", as_of=at, headers=headers)).status_code == (200 if seen else 404)
        got = await asking.get(
            "/csw", **{**GET_RECORDS, "request": "GetRecordById", "id": "note"}, asOf=at, headers=headers
        )
        assert got.status_code == (200 if seen else 404)
        found = await asking.get("/opensearch/search", uid="note", asOf=at, format="json", headers=headers)
        assert bool(found.json()["features"]) is seen
        asked = {"operation": "searchRetrieve", "version": "1.2", "query": "dc.identifier=note", "x-asOf": at}
        assert (texts(await asking.get("/sru", **asked, headers=headers), "numberOfRecords") == ["0"]) is not seen


async def test_an_item_that_came_back_is_what_it_was_then(asking):
    world = asking.world
    again = an_item("oslo", (10, 59, 11, 60), "2024-06-01T00:00:00Z", "sentinel-2b", 1, 102)
    world.catalogue.register([again], ALICE)
    was = (await asking.get(f"{ALL}/demo.images:oslo", as_of=asking.then)).json()
    assert was["properties"]["eo:cloud_cover"] == 40.5
    world.catalogue.remove("demo.images", "oslo", ALICE)


async def test_what_records_are_shown_as_they_were_leads_to_what_was_there_then(asking):
    page = (await asking.get(ALL, as_of=asking.then, ids="maps")).json()
    links = {one["rel"]: one["href"] for one in page["features"][0]["links"]}
    for rel, status in (("self", 200), ("canonical", 200), ("original", 404)):
        assert (await asking.client.get(links[rel])).status_code == status
    html = (await asking.get(ALL, as_of=asking.then, f="html")).text
    assert f"/maps?as-of={asking.then}&amp;f=html" in html
    assert 'name="as-of"' in html
    one = (await asking.get(f"{LIBRARY}/items/maps", as_of=asking.then, f="html")).text
    assert "As it was at" in one
    assert f"maps?as-of={asking.then}&amp;f=bibtex" in one
    catalogue = (await asking.get(LIBRARY, as_of=asking.then, f="html")).text
    assert f"/items?f=html&amp;as-of={asking.then.replace(':', '%3A')}" in catalogue
    listed = (await asking.get("/records/collections", as_of=asking.then, f="html")).text
    assert f"demo.library?f=html&amp;as-of={asking.then}" in listed
