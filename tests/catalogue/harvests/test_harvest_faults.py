"""Sources of malice, and those that are only broken: a harvest ends soon, says why, and leaves nothing behind."""

import gzip
import shutil

import orjson
import pytest
from csw_world import ALICE, AS_ALICE, CSW2, NAMES, World
from elsewhere import JSON, XML, running

from thalweg.catalogue.api.csw import acknowledging
from thalweg.catalogue.harvests import web
from thalweg.catalogue.harvests.harvester import Bounds, Harvester, Order
from thalweg.catalogue.harvests.oai import OAI
from thalweg.core.errors import InvalidParameter, InvalidRequest, NotFound, TooLarge, Unavailable
from thalweg.guard.outbound import Outbound

LIBRARY = "demo.library"
CAPABILITIES = f"""<csw:Capabilities xmlns:csw="{CSW2}" xmlns:ows="{NAMES["ows"]}" version="2.0.2">
<ows:OperationsMetadata><ows:Operation name="GetRecords"/></ows:OperationsMetadata></csw:Capabilities>"""
RESULTS = """<csw:GetRecordsResponse xmlns:csw="{csw}" xmlns:dc="http://purl.org/dc/elements/1.1/"><csw:SearchResults
numberOfRecordsMatched="{matched}" nextRecord="{following}">{records}</csw:SearchResults></csw:GetRecordsResponse>"""
RECORD = "<csw:Record><dc:identifier>{id}</dc:identifier><dc:title>T</dc:title></csw:Record>"
LISTED = """<OAI-PMH xmlns="{oai}"><responseDate>2026-01-01T00:00:00Z</responseDate><ListRecords><record><header>
<identifier>{id}</identifier></header></record><resumptionToken>{token}</resumptionToken></ListRecords></OAI-PMH>"""


def order(there, path="/", **more):
    return Order(f"{there.url}{path}", LIBRARY, **more)


@pytest.fixture(scope="module")
def world(template, tmp_path_factory):
    """Return a catalogue to which, as each test says, nothing is done."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copytree(template, folder, dirs_exist_ok=True)
    made = World(folder)
    yield made
    made.close()


@pytest.fixture
def nothing_left(world):
    """Look, after a test, that it left nothing behind."""
    happened = world.store.outbox.last()
    yield
    assert world.store.outbox.last() == happened
    with pytest.raises(NotFound):
        world.records.catalogue(LIBRARY, ALICE)


pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.mark.parametrize(
    "place", ["http://127.0.0.2:9/", "http://localhost:9/", "http://[::1]:9/", "file:///etc/passwd"]
)
def test_a_source_that_leads_inside_is_left(harvester, there, place):
    there.answers["/"] = (302, place, b"")
    with pytest.raises((InvalidParameter, Unavailable)) as refused:
        harvester.bring(order(there), ALICE)
    assert getattr(refused.value, "parameter", "source") == "source"


def test_a_source_that_leads_to_ourselves_is_left(harvester, there):
    with running() as us:
        us.answers["/"] = (200, JSON, b"{}")
        for first in (there, us):
            there.answers["/"] = (302, us.url, b"")
            with pytest.raises(InvalidParameter, match="this very catalogue"):
                harvester.bring(order(first, ours=(us.url,)), ALICE)


def test_a_source_that_leads_on_and_on_is_left(harvester, there):
    there.answers["/"] = (302, f"{there.url}/again", b"")
    with pytest.raises(Unavailable):
        harvester.bring(order(there), ALICE)


@pytest.mark.parametrize("how", ["silent", "dripping"])
def test_a_source_that_answers_slowly_is_left(world, there, how):
    def slow(handler, _body):
        if how == "dripping":
            handler.send_response(200)
            handler.end_headers()
            while not there.over.wait(0.02):
                handler.wfile.write(b" ")
        there.over.wait()

    there.answers["/"] = slow
    impatient = Harvester(world.records, lambda: Outbound(allowed=("127.0.0.1",)), Bounds(patience=0.3))
    with pytest.raises(Unavailable, match="in time"):
        impatient.bring(order(there), ALICE)
    there.over.set()


def test_a_source_takes_no_longer_than_all_of_it_may(world, there):
    there.answers["/"] = (200, JSON, orjson.dumps({"type": "Catalog", "links": [{"rel": "item", "href": "/a"}]}))
    hurried = Harvester(world.records, lambda: Outbound(allowed=("127.0.0.1",)), Bounds(seconds=0.0))
    with pytest.raises(Unavailable, match="longer than"):
        hurried.bring(order(there), ALICE)


def test_a_document_is_bounded_packed_or_not(harvester, there):
    def packed(handler, _body):
        content = gzip.compress(b"<a>" + b" " * 5_000_000)
        handler.send_response(200)
        handler.send_header("content-encoding", "gzip")
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    there.answers |= {"/packed": packed, "/plain": (200, XML, b"<a>" + b" " * 300_000)}
    for path in ("/packed", "/plain"):
        with pytest.raises(TooLarge):
            harvester.bring(order(there, path), ALICE)


def catalogue(there, matched, following, count=10):
    """Serve a CSW of which each page tells how many there are, and where the next begins."""

    def page(_handler, body):
        if not body:
            return 200, XML, CAPABILITIES.encode()
        start = int(body.partition(b'startPosition="')[2].partition(b'"')[0])
        records = "".join(RECORD.format(id=f"r{start + one}") for one in range(count))
        told = RESULTS.format(csw=CSW2, matched=matched, following=following(start), records=records)
        return 200, XML, told.encode()

    there.answers["/csw"] = page


@pytest.mark.parametrize(
    ("matched", "following", "count", "error"),
    [
        (1_000_000, lambda start: start + 10, 10, TooLarge),
        (499, lambda start: start + 1, 50, TooLarge),
        (400, lambda start: start, 10, Unavailable),
        (400, lambda _: 1, 10, Unavailable),
        (400, lambda start: start + 10, 0, Unavailable),
    ],
)
def test_a_catalogue_that_never_ends_is_left(harvester, there, matched, following, count, error):
    catalogue(there, matched, following, count)
    with pytest.raises(error):
        harvester.bring(order(there, "/csw", kind=CSW2), ALICE)
    assert len(there.asked) < 60


def test_a_catalogue_that_says_too_early_that_nothing_follows_is_asked_on(harvester, there):
    catalogue(there, 25, lambda _: 0)
    # Its third page is asked for too, which is more than is taken: else all from the second on would count as gone.
    small = Harvester(harvester._records, harvester._guard, Bounds(records=29))
    with pytest.raises(TooLarge, match="more than"):
        small.bring(order(there, "/csw", kind=CSW2), ALICE)


def test_a_document_that_leads_to_more_than_is_ever_asked_is_left_at_once(harvester, there, monkeypatch):
    monkeypatch.setattr(web, "MOST_PAGES", 20)
    links = [{"rel": "item", "href": f"/{number}"} for number in range(21)]
    there.answers["/"] = (200, JSON, orjson.dumps({"type": "Catalog", "links": links}))
    with pytest.raises(TooLarge, match="leads to more"):
        harvester.bring(order(there), ALICE)
    assert len(there.asked) == 1


@pytest.mark.parametrize("token", ["the same", None])
def test_a_repository_that_never_ends_is_left(harvester, there, token):
    def page(handler, _body):
        if "ListRecords" not in handler.path:
            return 200, XML, f'<OAI-PMH xmlns="{OAI}"/>'.encode()
        number = len(there.asked)
        return 200, XML, LISTED.format(oai=OAI, id=number, token=token or number).encode()

    there.answers["/oai"] = page
    monkey = pytest.MonkeyPatch()
    monkey.setattr("thalweg.catalogue.harvests.pages.MOST_PAGES", 20)
    with pytest.raises((TooLarge, Unavailable)):
        harvester.bring(order(there, "/oai?metadataPrefix=oai_dc", kind=OAI), ALICE)
    monkey.undo()
    assert len(there.asked) < 40


def test_pages_that_never_end_are_left(harvester, there):
    def page(handler, _body):
        number = int(handler.path.partition("=")[2] or 0)
        links = [{"rel": "next", "href": f"?page={number + 1}"}]
        feature = {"type": "Feature", "id": f"{number}", "geometry": None, "properties": {"x": "y" * 150_000}}
        return 200, JSON, orjson.dumps({"type": "FeatureCollection", "features": [feature], "links": links})

    there.answers["/items"] = page
    with pytest.raises(TooLarge):
        harvester.bring(order(there, "/items"), ALICE)
    assert len(there.asked) < 500


@pytest.mark.parametrize("gives", ["nothing", "the same"])
def test_a_repository_whose_tokens_lead_to_nothing_new_is_left(harvester, there, gives):
    """Each part has a token of its own, and no records, or always those of the first."""

    def page(handler, _body):
        if "ListRecords" not in handler.path:
            return 200, XML, f'<OAI-PMH xmlns="{OAI}"/>'.encode()
        told = LISTED.format(oai=OAI, id="one", token=len(there.asked))
        if gives == "nothing":
            told = told.replace("record>", "about>")
        return 200, XML, told.encode()

    there.answers["/oai"] = page
    with pytest.raises(Unavailable, match=r"without a record|the same page"):
        harvester.bring(order(there, "/oai?metadataPrefix=oai_dc", kind=OAI), ALICE)
    assert len(there.asked) < 110


def test_a_catalogue_that_does_not_know_of_pages_is_left_before_the_others_are_gone(harvester, there):
    """It gives its first records whatever it is asked for, and says that there are more."""
    records = "".join(RECORD.format(id=f"r{one}") for one in range(10))

    def page(_handler, body):
        told = RESULTS.format(csw=CSW2, matched=50, following=0, records=records)
        return 200, XML, (told if body else CAPABILITIES).encode()

    there.answers["/csw"] = page
    with pytest.raises(Unavailable, match="the same page"):
        harvester.bring(order(there, "/csw", kind=CSW2), ALICE)


def test_pages_that_repeat_themselves_are_left(harvester, there):
    def page(handler, _body):
        number = int(handler.path.partition("=")[2] or 0)
        links = [{"rel": "next", "href": f"?page={number + 1}"}]
        features = [{"type": "Feature", "id": "a", "geometry": None, "properties": {"title": "A"}}]
        return 200, JSON, orjson.dumps({"type": "FeatureCollection", "features": features, "links": links})

    there.answers["/items"] = page
    with pytest.raises(Unavailable, match="the same page"):
        harvester.bring(order(there, "/items"), ALICE)
    assert len(there.asked) == 2


GARBAGE = [
    b"",
    b"\x00\x01\x02",
    b"<html><p>no record</p></html>",
    b"<MD_Metadata>",
    b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
    b"<a>" * 5_000,
    "<a>ü</a>".encode("utf-16"),
    b"{",
    b"[]",
    b'{"type": "Feature"}',
    b'{"type": "Feature", "id": "a", "geometry": {"type": "Point", "coordinates": [900, 0]}, "properties": {}}',
    b'{"type": "Feature", "id": "\\u0000", "geometry": null, "properties": {}}',
    b'{"type": "FeatureCollection"}',
    b'{"type": "Catalog", "links": [{"rel": "item", "href": "http://[nonsense"}]}',
    b'{"type": "Catalog", "links": [{"rel": "item", "href": "/nothing"}]}',
    b'{"title": "A landing page", "links": []}',
    b"[" * 10_000,
    b'{"a":' * 10_000,
    f'<OAI-PMH xmlns="{OAI}"><error code="badVerb"/></OAI-PMH>'.encode(),
    f'<csw:GetRecordsResponse xmlns:csw="{CSW2}"/>'.encode()[:-2],
    f'<ows:ExceptionReport xmlns:ows="{NAMES["ows"]}"/>'.encode(),
]


def test_garbage_is_refused(harvester, there):
    there.answers["/nothing"] = (404, XML, b"")
    for content in GARBAGE:
        there.answers["/"] = (200, XML, content)
        with pytest.raises((InvalidParameter, InvalidRequest, Unavailable, TooLarge)):
            harvester.bring(order(there), ALICE)


@pytest.mark.parametrize("start", [b"<!DOCTYPE html>\n<html>", b"<html>", b"\xef\xbb\xbf<!doctype HTML><HTML>"])
def test_a_page_for_people_is_told_to_be_one(harvester, there, start):
    there.answers["/"] = (200, "text/html", start + b"<p>Our catalogue</p></html>")
    with pytest.raises(InvalidParameter, match="page for people"):
        harvester.bring(order(there), ALICE)


async def _refused(world, there, more=""):
    return await world.post(
        f'<csw:Harvest service="CSW" version="2.0.2"><csw:Source>{there.url}/csw</csw:Source>'
        f"<csw:ResourceType>{CSW2}</csw:ResourceType>{more}</csw:Harvest>",
        AS_ALICE,
    )


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_csw_says_so_by_its_own_report(world, there):
    catalogue(there, 1_000_000, lambda start: start + 10)
    told = await _refused(world, there)
    assert (told.status, told.space, told.refused[0]) == (413, NAMES["ows"], "NoApplicableCode")
    there.answers["/csw"] = (302, "http://127.0.0.2/", b"")
    assert (await _refused(world, there)).refused == ("InvalidParameterValue", "source")
    there.answers["/csw"] = (500, XML, b"")
    told = await _refused(world, there)
    assert (told.status, told.refused) == (503, ("NoApplicableCode", None))


@pytest.mark.anyio
async def test_a_handler_that_never_answers_is_given_up(world, there, monkeypatch):
    monkeypatch.setattr(acknowledging, "_PATIENCE", 1.0)
    there.answers["/csw"] = (500, XML, b"")
    there.answers["/handler"] = lambda _handler, _body: there.over.wait() and None
    told = await _refused(world, there, f"<csw:ResponseHandler>{there.url}/handler</csw:ResponseHandler>")
    assert told.name == "Acknowledgement"
    assert "/handler" in there.asked
    assert acknowledging._WAITING.borrowed_tokens == 0
    there.over.set()
