"""Transactions and harvests over CSW: all or nothing, by who may, and served back as they were given."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from csw_world import ALICE, AS_ALICE, AS_BOB, BOB, CSW2, GMD, compares

from thalweg.catalogue.api.csw.face import Csw
from thalweg.catalogue.records.query import RecordQuery
from thalweg.catalogue.records.record import Record
from thalweg.catalogue.records.service import Records
from thalweg.core.errors import NotFound
from thalweg.web.application import Application

pytestmark = pytest.mark.anyio
RECORD = """<csw:Record xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:dct="http://purl.org/dc/terms/" xmlns:ows="http://www.opengis.net/ows">
    <dc:identifier>{id}</dc:identifier>
    <dc:title>{title}</dc:title>
    <dc:type>dataset</dc:type>
    <!-- kept -->
    <dct:spatial>GR-22</dct:spatial>
    <ows:BoundingBox crs="urn:x-ogc:def:crs:EPSG:6.11:4326">
      <ows:LowerCorner>60.042 13.754</ows:LowerCorner><ows:UpperCorner>68.410 17.920</ows:UpperCorner>
    </ows:BoundingBox>
</csw:Record>"""
ISO = f"""<gmd:MD_Metadata xmlns:gmd="{GMD}" xmlns:gco="http://www.isotc211.org/2005/gco">
  <gmd:fileIdentifier><gco:CharacterString>iso-1</gco:CharacterString></gmd:fileIdentifier>
  <gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation><gmd:title>
    <gco:CharacterString>Moors</gco:CharacterString></gmd:title></gmd:CI_Citation></gmd:citation>
  </gmd:MD_DataIdentification></gmd:identificationInfo>
</gmd:MD_Metadata>"""


def a_record(record_id, title="New"):
    return RECORD.format(id=record_id, title=title)


def transaction(inside, **attributes):
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<csw:Transaction service="CSW" version="2.0.2"{said}>{inside}</csw:Transaction>'


def insert(*documents):
    return f"<csw:Insert>{''.join(documents)}</csw:Insert>"


def where(name, of, literal):
    return f'<csw:Constraint version="1.1.0"><ogc:Filter>{compares(name, of, literal)}</ogc:Filter></csw:Constraint>'


def delete(record_id):
    return f"<csw:Delete>{where('PropertyIsEqualTo', 'dc:identifier', record_id)}</csw:Delete>"


def counts(told):
    return tuple(
        int(told(f"//csw:TransactionSummary/csw:{name}/text()")[0])
        for name in ("totalInserted", "totalUpdated", "totalDeleted")
    )


async def shown(csw, record_id, **more):
    asked = {"service": "CSW", "version": "2.0.2", "request": "GetRecordById", "id": record_id, **more}
    return await csw.get(**asked)


async def test_records_are_inserted_and_served_back_as_they_were_given(csw):
    told = await csw.post(transaction(insert(a_record("a"), a_record("b"))), AS_ALICE)
    assert counts(told) == (2, 0, 0)
    assert told("//csw:InsertResult/csw:BriefRecord/dc:identifier/text()") == ["a", "b"]
    answer = await shown(csw, "a", ElementSetName="full")
    assert b"<dct:spatial>GR-22</dct:spatial>" in answer.content
    assert answer("//dct:spatial/text()") == ["GR-22"]


@pytest.mark.parametrize("outside", ["", ' xmlns:gmd="urn:other"'])
async def test_an_iso_document_is_kept_to_the_byte(csw, outside):
    told = await csw.post(transaction(f"<csw:Insert{outside}>{ISO}</csw:Insert>"), AS_ALICE)
    assert counts(told) == (1, 0, 0)
    (entry,) = csw.records.search(RecordQuery(ids=("iso-1",)), ALICE).found
    assert entry.record().given.content == ISO.encode()
    answer = await shown(csw, "iso-1", outputSchema=GMD, ElementSetName="full")
    assert ISO.encode() in answer.content


async def test_a_document_that_leans_on_the_request_around_it_is_kept_with_what_it_needs(csw):
    leaning = "<csw:Record><dc:identifier>leans</dc:identifier><dc:title a='x>y'>&lt;T&gt;</dc:title></csw:Record>"
    assert counts(await csw.post(transaction(insert(leaning)), AS_ALICE)) == (1, 0, 0)
    answer = await shown(csw, "leans", ElementSetName="full")
    assert answer("//csw:Record/dc:title/text()") == ["<T>"]


async def test_a_record_is_replaced_by_another_of_its_id(csw):
    await csw.post(transaction(insert(a_record("a"))), AS_ALICE)
    told = await csw.post(transaction(f"<csw:Update>{a_record('a', 'Newer')}</csw:Update>"), AS_ALICE)
    assert counts(told) == (0, 1, 0)
    assert (await shown(csw, "a"))("//dc:title/text()") == ["Newer"]


async def test_properties_are_set_where_a_filter_says(csw):
    edit = (
        "<csw:Update><csw:RecordProperty><csw:Name>dc:title</csw:Name><csw:Value>Levels</csw:Value></csw:RecordProperty>"
        "<csw:RecordProperty><csw:Name>dct:abstract</csw:Name></csw:RecordProperty>"
        f"{where('PropertyIsEqualTo', 'dc:subject', 'river')}</csw:Update>"
    )
    assert counts(await csw.post(transaction(edit), AS_ALICE)) == (0, 2, 0)
    answer = await shown(csw, "urn:x-test:rhine")
    assert (answer("//dc:title/text()"), answer("//dct:abstract")) == (["Levels"], [])
    assert (await shown(csw, "urn:x-test:elbe"))("//dc:title/text()") == ["Levels"]


async def test_records_are_deleted_where_a_filter_says(csw):
    told = await csw.post(transaction(delete("urn:x-test:fen"), requestId="urn:x-test:1"), AS_ALICE)
    assert counts(told) == (0, 0, 1)
    assert told("//csw:TransactionSummary/@requestId") == ["urn:x-test:1"]
    assert len((await shown(csw, "urn:x-test:fen")).root) == 0


@pytest.mark.parametrize(("headers", "status"), [(None, 401), (AS_BOB, 403), ({"authorization": "Bearer nobody"}, 401)])
async def test_who_may_not_write_changes_nothing(csw, headers, status):
    told = await csw.post(transaction(delete("urn:x-test:fen")), headers)
    assert (told.status, told.refused) == (status, ("NoApplicableCode", None))
    assert len((await shown(csw, "urn:x-test:fen")).root) == 1


async def test_what_is_new_goes_to_the_callers_own_workspace(csw):
    assert counts(await csw.post(transaction(insert(a_record("mine"))), AS_BOB)) == (1, 0, 0)
    assert len((await shown(csw, "mine")).root) == 0
    assert len((await shown(csw, "mine", headers=AS_BOB)).root) == 1


async def test_what_is_new_goes_to_the_workspace_of_the_address(csw):
    body, address = transaction(insert(a_record("there"))), "/workspaces/demo/csw"
    assert (await csw.post(body, AS_BOB, address=address)).status == 403
    assert counts(await csw.post(body, AS_ALICE, address=address)) == (1, 0, 0)
    assert len((await shown(csw, "there")).root) == 1
    asked = {"service": "CSW", "version": "2.0.2", "request": "GetRecordById", "id": "there"}
    assert len((await csw.get(**asked, address="/workspaces/bob/csw", headers=AS_BOB)).root) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        insert(a_record("taken")),
        insert("<csw:Record><dc:title>No id</dc:title></csw:Record>"),
        insert("<gmd:Nonsense/>"),
        f"<csw:Update>{a_record('nobody')}</csw:Update>",
        delete("twice") + delete("twice"),
        delete("another"),
        "<csw:Delete/>",
        "<csw:Nonsense/>",
        "<csw:Update><csw:RecordProperty><csw:Name>dc:nonsense</csw:Name></csw:RecordProperty>"
        + where("PropertyIsEqualTo", "dc:type", "image") + "</csw:Update>",
    ],
)  # fmt: skip
async def test_a_transaction_that_fails_half_way_leaves_nothing_behind(csw, wrong):
    await csw.post(transaction(insert(a_record("taken"), a_record("twice"))), AS_ALICE)
    await csw.post(transaction(insert(a_record("another"))), AS_BOB, address="/workspaces/open/csw")
    happened = csw.store.outbox.last()
    body = transaction(insert(a_record("half")) + delete("urn:x-test:fen") + wrong)
    told = await csw.post(body, AS_ALICE)
    assert told.status in (400, 403, 409), told.content
    assert told.name == "ExceptionReport"
    assert csw.store.outbox.last() == happened
    for record_id, there in (("half", 0), ("taken", 1), ("twice", 1), ("urn:x-test:fen", 1)):
        assert len((await shown(csw, record_id)).root) == there


@pytest.mark.parametrize(
    "wrong", ["<csw:Record><dc:title>No id</dc:title></csw:Record>", a_record("twice") + a_record("twice")]
)
async def test_an_insert_that_fails_leaves_no_catalogue_behind(csw, wrong):
    address, last = "/workspaces/open/csw", csw.store.outbox.last()
    assert (await csw.post(transaction(insert(a_record("new"), wrong)), AS_BOB, address=address)).status == 400
    with pytest.raises(NotFound):
        csw.records.catalogue("open.records", BOB)
    assert csw.store.outbox.last() == last


async def test_who_is_faster_leaves_a_transaction_nothing(csw):
    """The time is asked once all is checked: a clock that inserts a Record is somebody who is faster."""
    records = csw.records

    def faster():
        if len(asked) == 1:
            records.ensure_catalogue("open.records", "Records", "Faster.", BOB)
            Records(csw.store, records._policy, records.limits).register([Record("raced")], "open.records", BOB)
        asked.append(1)
        return datetime.now(UTC)

    asked, address = [], "/workspaces/open/csw"
    raced = Csw(
        replace(csw.face.offer, records=Records(csw.store, records._policy, records.limits, faster)), csw.face._site
    )
    csw.application = Application(raced.routes("/workspaces/{workspace}/csw"))
    told = await csw.post(transaction(insert(a_record("first"), a_record("raced"))), AS_BOB, address=address)
    assert (told.status, told.name) == (409, "ExceptionReport")
    assert [one.id for one in records.search(RecordQuery(catalogues=("open.records",)), BOB).found] == ["raced"]


async def test_too_much_at_once_is_refused(csw):
    told = await csw.post(transaction(insert(*(a_record(f"r{number}") for number in range(51)))), AS_ALICE)
    assert (told.status, told.name) == (413, "ExceptionReport")
    assert len((await shown(csw, "r0")).root) == 0


class Kept(BaseHTTPRequestHandler):
    """Gives out documents, and keeps what is posted."""

    documents: dict[str, tuple[str, bytes]]
    arrived: threading.Event
    posted: list[bytes]

    def do_GET(self):
        found = self.documents.get(self.path)
        self.send_response(200 if found else 404)
        kind, content = found or ("text/plain", b"")
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self):
        self.posted.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
        self.arrived.set()

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    """Return the address of a server of documents, and what it knows and keeps."""
    documents = {
        "/record": ("application/xml", a_record("harvested").encode()),
        "/iso": ("application/vnd.iso.19139+xml", ISO.encode()),
        "/nonsense": ("text/html", b"<html><p>no record</p></html>"),
        "/bomb": ("application/xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'),
    }
    handler = type("Handler", (Kept,), {"documents": documents, "posted": [], "arrived": threading.Event()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()
        thread.join()


def harvest(source, resource=CSW2, more=""):
    return (
        f'<csw:Harvest service="CSW" version="2.0.2"><csw:Source>{source}</csw:Source>'
        f"<csw:ResourceType>{resource}</csw:ResourceType>{more}</csw:Harvest>"
    )


async def test_a_record_is_harvested_and_harvested_again(csw, elsewhere):
    address, handler = elsewhere
    assert counts(await csw.post(harvest(f"{address}/record"), AS_ALICE)) == (1, 0, 0)
    assert counts(await csw.post(harvest(f"{address}/record"), AS_ALICE)) == (0, 0, 0)
    changed = a_record("harvested", "Newer").encode()
    handler.documents["/record"] = ("application/xml", changed)
    assert counts(await csw.post(harvest(f"{address}/record"), AS_ALICE)) == (0, 1, 0)
    told = await csw.get(
        service="CSW", version="3.0.0", request="Harvest", source=f"{address}/iso", resourceType=GMD, headers=AS_ALICE
    )
    assert (told.name, told("//csw30:totalInserted/text()")) == ("HarvestResponse", ["1"])
    assert (await shown(csw, "iso-1"))("//dc:title/text()") == ["Moors"]


@pytest.mark.parametrize(
    ("source", "status", "locator"),
    [
        ("http://localhost:1/x", 400, "source"),
        ("http://10.0.0.1/x", 400, "source"),
        ("file:///etc/passwd", 400, "source"),
        ("http://eo.example/csw?request=GetCapabilities", 400, "source"),
        ("{address}/nothing", 503, None),
        ("{address}/nonsense", 400, "source"),
        ("{address}/bomb", 400, "record"),
    ],
)
async def test_a_harvest_of_what_may_not_or_cannot_be_read_is_refused(csw, elsewhere, source, status, locator):
    told = await csw.post(harvest(source.format(address=elsewhere[0])), AS_ALICE)
    assert (told.status, told.refused[1]) == (status, locator), told.content


async def test_a_harvest_needs_somebody_and_a_type_and_is_done_once(csw, elsewhere):
    source = f"{elsewhere[0]}/record"
    assert (await csw.post(harvest(source))).status == 401
    told = await csw.post(harvest(source, "urn:x-test:nonsense"), AS_ALICE)
    assert told.refused == ("InvalidParameterValue", "resourceType")
    every_day = "<csw:HarvestInterval>P1D</csw:HarvestInterval>"
    told = await csw.post(harvest(source, more=every_day), AS_ALICE)
    assert (told.status, told.refused) == (501, ("OptionNotSupported", "harvestInterval"))


async def test_a_harvest_is_acknowledged_and_its_answer_handed_over(csw, elsewhere):
    address, handler = elsewhere
    later = f"<csw:ResponseHandler>{address}/answers</csw:ResponseHandler>"
    told = await csw.post(harvest(f"{address}/record", more=later), AS_ALICE)
    assert told.name == "Acknowledgement"
    assert handler.arrived.wait(20)
    assert b"HarvestResponse" in handler.posted[0]
    assert len((await shown(csw, "harvested")).root) == 1
