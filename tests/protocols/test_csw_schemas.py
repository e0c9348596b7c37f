"""What CSW answers is valid by OGC's XML schemas, which pycsw carries: every operation, both versions, faults too."""

import sys
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from lxml import etree
from schema_documents import iso_19139, schema_of

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from csw_world import ALICE, AS_ALICE, CSW2, CSW3, GMD, LIKE, World, bind, box, compares, search_2, search_3, that

from thalweg.catalogue.api.csw.elsewhere import read_results
from thalweg.catalogue.api.csw.pairs import read_pairs
from thalweg.catalogue.api.csw.posted import read_posted
from thalweg.catalogue.api.csw.requests import Distribution
from thalweg.catalogue.api.csw.searching import Found, answer_of
from thalweg.catalogue.api.csw.translating import translated
from thalweg.catalogue.api.csw.versions import V2, V3
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records.readers.any import read
from thalweg.web.kvp import Kvp

pytestmark = [pytest.mark.peers, pytest.mark.anyio]
SECOND, THIRD = {"service": "CSW", "version": "2.0.2"}, {"service": "CSW", "version": "3.0.0"}
ELEMENTS = ("brief", "summary", "full")
RECORD = f"""<csw:Record xmlns:csw="{CSW2}" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <dc:identifier>inserted</dc:identifier><dc:title>New</dc:title><dc:type>dataset</dc:type></csw:Record>"""
BY_ID = "".join(
    ('<csw:Constraint version="1.1.0"><ogc:Filter>', compares("PropertyIsEqualTo", "dc:identifier", "inserted"))
)
WHERE = f"{BY_ID}</ogc:Filter></csw:Constraint>"
CHANGES = {
    "insert": f"<csw:Insert>{RECORD}</csw:Insert>",
    "update": "<csw:Update><csw:RecordProperty><csw:Name>dc:title</csw:Name><csw:Value>Newer</csw:Value>"
    f"</csw:RecordProperty>{WHERE}</csw:Update>",
    "delete": f"<csw:Delete>{WHERE}</csw:Delete>",
}


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def valid(ogc_schemas):
    """Return what tells whether an answer is valid, of either version, whatever is in it."""
    core = ogc_schemas / "core/schemas/ogc"
    imported = {
        CSW2: core / "csw/2.0.2/CSW-publication.xsd",
        CSW3: core / "cat/csw/3.0/cswAll.xsd",
        **iso_19139(ogc_schemas),
    }
    schema = etree.XMLSchema(etree.parse(schema_of(ogc_schemas / "answers.xsd", imported)))

    def check(told, name):
        assert told.name == name, told.content[:2000]
        schema.assertValid(told.root)

    return check


@pytest.fixture(scope="module")
def csw(item_store, real_data, tmp_path_factory):
    """Return a catalogue with Records of all kinds, real ones among them."""
    world = World(tmp_path_factory.mktemp("csw"), store=item_store)
    contents = [path.read_bytes() for path in sorted((real_data / "iso").glob("*.xml"))]
    world.records.register([read(content) for content in contents], "demo.records", ALICE)
    yield world
    world.close()


@pytest.fixture
def source(real_data):
    """Return the address at which a real document is served."""
    content = next((real_data / "iso").glob("*.xml")).read_bytes()

    class Serving(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "application/xml")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Serving) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/record.xml"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("version", ["2.0.2", "3.0.0"])
@pytest.mark.parametrize("sections", [None, "ServiceIdentification", "OperationsMetadata"])
async def test_capabilities_are_valid(csw, valid, version, sections):
    asked = {"service": "CSW", "request": "GetCapabilities", "acceptVersions": version}
    valid(await csw.get(**asked, **({} if sections is None else {"sections": sections})), "Capabilities")


async def test_described_records_and_domains_are_valid(csw, valid):
    valid(await csw.get(**SECOND, request="DescribeRecord"), "DescribeRecordResponse")
    for spoken, name in ((SECOND, "PropertyName"), (THIRD, "ValueReference")):
        for asked in ({name: "dc:type"}, {name: "dc:identifier"}, {"ParameterName": "GetRecords.outputSchema"}):
            valid(await csw.get(**spoken, request="GetDomain", **asked), "GetDomainResponse")


@pytest.mark.parametrize("elements", ELEMENTS)
@pytest.mark.parametrize("schema", [CSW2, CSW3, GMD])
async def test_records_are_valid(csw, valid, elements, schema):
    shown = f"<{{}}:ElementSetName>{elements}</{{}}:ElementSetName>"
    for search, prefix in ((search_2, "csw"), (search_3, "csw30")):
        if schema != (CSW3 if prefix == "csw" else CSW2):
            body = search(shown.format(prefix, prefix), outputSchema=schema, maxRecords="50", resultType="results")
            valid(await csw.post(body), "GetRecordsResponse")


async def test_hits_and_acknowledgements_are_valid(csw, valid):
    for result, name in (("hits", "GetRecordsResponse"), ("validate", "Acknowledgement")):
        valid(await csw.post(search_2("<csw:ElementSetName>brief</csw:ElementSetName>", resultType=result)), name)
    valid(
        await csw.post(search_3("<csw30:ElementSetName>brief</csw30:ElementSetName>", resultType="hits")),
        "GetRecordsResponse",
    )
    named = "<csw:ElementName>dc:title</csw:ElementName><csw:ElementName>dc:identifier</csw:ElementName>"
    valid(await csw.post(search_2(named)), "GetRecordsResponse")


@pytest.mark.parametrize("elements", ELEMENTS)
async def test_a_record_by_its_id_is_valid(csw, valid, elements):
    asked = {"request": "GetRecordById", "ElementSetName": elements, "id": "urn:x-test:rhine"}
    for schema in (CSW2, GMD):
        valid(await csw.get(**SECOND, **asked, outputSchema=schema), "GetRecordByIdResponse")
    name = {"brief": "BriefRecord", "summary": "SummaryRecord", "full": "Record"}[elements]
    valid(await csw.get(**THIRD, **asked), name)


async def test_what_transactions_tell_is_valid(csw, valid):
    for action in ("insert", "update", "delete"):
        body = (
            f'<csw:Transaction service="CSW" version="2.0.2" verboseResponse="true">{CHANGES[action]}</csw:Transaction>'
        )
        valid(await csw.post(body, headers=AS_ALICE), "TransactionResponse")


async def test_what_a_harvest_tells_is_valid(csw, valid, source):
    for spoken in (SECOND, THIRD):
        asked = {**spoken, "request": "Harvest", "source": source, "resourceType": GMD}
        valid(await csw.get(**asked, headers=AS_ALICE), "HarvestResponse")


@pytest.mark.parametrize("spoken", [SECOND, THIRD])
@pytest.mark.parametrize(
    "asked", [{}, {"request": "GetRecordById"}, {"request": "Sing"}, {"request": "GetRecords", "typeNames": "x:Thing"}]
)
async def test_faults_are_valid(csw, valid, spoken, asked):
    valid(await csw.get(**spoken, **asked), "ExceptionReport")


ONWARD = Distribution(2, "urn:x-test:search", "urn:x-test:client")
WITHIN = (
    '<ogc:Within><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName><gml:Polygon srsName="EPSG:4326"><gml:exterior>'
    "<gml:LinearRing><gml:posList>0 40 20 40 20 60 0 60 0 40</gml:posList></gml:LinearRing></gml:exterior>"
    "</gml:Polygon></ogc:Within>"
)
WANTED = [
    compares("PropertyIsLike", "csw:AnyText", "*river*", **LIKE),
    box(47.0, -4.5, 52.0, 5.0),
    WITHIN,
]


@pytest.mark.parametrize("inside", WANTED)
async def test_a_search_that_goes_on_in_the_other_version_is_valid_there(valid, inside):
    key = "<ogc:SortProperty><ogc:PropertyName>dc:title</ogc:PropertyName></ogc:SortProperty>"
    order = f"<ogc:SortBy>{key}</ogc:SortBy>"
    body = bind(search_2(that(inside, "full") + order)).encode()
    second = read_posted(etree.fromstring(body), body, Limits())
    third = translated(second, ONWARD, V3)
    valid(Sent(third), "GetRecords")
    again = translated(read_posted(etree.fromstring(third), third, Limits()), ONWARD, V2)
    valid(Sent(again), "GetRecords")
    assert read_posted(etree.fromstring(again), again, Limits()).constraint == second.constraint


async def test_words_a_box_and_ids_are_valid_as_a_filter(valid):
    pairs = {"request": "GetRecords", "typeNames": "Record", "q": "river -sea", "bbox": "170,0,-170,9"}
    pairs["recordIds"] = "a,b"
    asked = read_pairs(Kvp([*{**THIRD, **pairs}.items()]))
    valid(Sent(translated(asked, ONWARD, V2)), "GetRecords")


@pytest.mark.parametrize(("asks", "answers"), [(V2, V3), (V3, V2)])
@pytest.mark.parametrize("elements", ELEMENTS)
async def test_what_a_catalogue_of_the_other_version_finds_is_valid_in_the_answer(csw, valid, asks, answers, elements):
    inside = that(compares("PropertyIsLike", "dc:identifier", "*", **LIKE), elements)
    body = bind(search_2(inside, maxRecords="100")).encode()
    asked = read_posted(etree.fromstring(body), body, Limits())
    if answers.is_third:
        body = translated(asked, ONWARD, V3)
    told = await csw.post(body)
    there = read_results("http://there.example/csw", told.content, asks)
    assert len(there.records) > 20
    answer = answer_of(replace(asked, version=asks), Found(0, elsewhere=(there,)), "http://here.example/csw")
    valid(Sent(answer), "GetRecordsResponse")


class Sent:
    """A request as the tests read answers."""

    def __init__(self, content):
        self.content, self.root = content, etree.fromstring(content)
        self.name = etree.QName(self.root).localname
