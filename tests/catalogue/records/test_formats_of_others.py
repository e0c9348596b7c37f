"""Dublin Core, DIF, CSDGM, Atom, DataCite, schema.org and citations, and the table of schemas that protocols ask."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from made_records import WHOLE, iso_records

from thalweg.catalogue.records.readers.any import read
from thalweg.catalogue.records.record import (
    Concept,
    Contact,
    ExternalId,
    Format,
    Given,
    Link,
    Record,
    Rights,
    Span,
    Theme,
)
from thalweg.catalogue.records.schemas import SCHEMAS, by_prefix, by_type_name, by_uri
from thalweg.catalogue.records.writers import citation, datacite, dublin_core, schema_org
from thalweg.catalogue.records.writers.atom import ATOM
from thalweg.catalogue.records.writers.dif import DIF
from thalweg.catalogue.records.writers.dublin_core import CSW_2, CSW_3, OAI_DC
from thalweg.catalogue.records.writers.fgdc import FGDC
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox

NAMES = {
    "a": ATOM,
    "csw": CSW_2,
    "csw30": CSW_3,
    "d": datacite.DATACITE,
    "dc": "http://purl.org/dc/elements/1.1/",
    "dct": "http://purl.org/dc/terms/",
    "georss": "http://www.georss.org/georss",
    "ows": "http://www.opengis.net/ows",
}
bounded = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
every_schema = pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.prefix)
READ = [schema for schema in SCHEMAS if schema.uri not in {ATOM, datacite.DATACITE}]


def texts(root, path):
    return [found if isinstance(found, str) else found.text for found in root.xpath(path, namespaces=NAMES)]


def written(schema, record, elements="full"):
    return etree.fromstring(schema.document(record, elements))


def test_each_schema_has_an_address_a_prefix_and_type_names_of_its_own():
    assert len({schema.uri for schema in SCHEMAS}) == len({schema.prefix for schema in SCHEMAS}) == len(SCHEMAS)
    for schema in SCHEMAS:
        assert by_uri(schema.uri) is schema
        assert by_prefix(schema.prefix) is schema
        assert all(by_type_name(name) is schema for name in schema.type_names)


def test_a_schema_that_is_not_there_is_said():
    with pytest.raises(InvalidParameter, match="outputSchema"):
        by_uri("http://example.org/none")
    assert by_prefix("none") is None
    assert by_type_name("gmd:None") is None


@every_schema
def test_a_root_stands_in_the_namespace_that_names_the_schema(schema):
    namespace = etree.QName(written(schema, WHOLE)).namespace
    assert namespace == (None if schema.uri == FGDC else schema.uri)


@every_schema
def test_each_schema_writes_a_record_that_tells_nothing(schema):
    assert written(schema, Record(id="a")) is not None


@every_schema
def test_each_schema_writes_a_fragment_without_a_declaration(schema):
    fragment = schema.fragment(WHOLE)
    assert not fragment.startswith(b"<?xml")
    assert etree.fromstring(b"<response>" + fragment + b"</response>")[0].tag == written(schema, WHOLE).tag


@bounded
@given(st.text(max_size=30), st.sampled_from(SCHEMAS))
def test_any_text_is_written_in_each_schema(text, schema):
    record = Record(
        id="a",
        type=text,
        title=text,
        description=text,
        keywords=(text,),
        themes=(Theme(text, (Concept(text, text, text),), text, text),),
        resource_languages=(text,),
        span=Span(text, text, text),
        dates={"publication": text},
        contacts=(Contact(text, text, text, (text,), (text,), (text,), None, text),),
        rights=Rights(text, (text,), (text,), (text,)),
        formats=(Format(text, text, text),),
        external_ids=(ExternalId(text, text),),
        links=(Link(text, text, text, text, text, text, text), Link(text, "enclosure"), Link(text, "about")),
        lineage=text,
        parent=text,
        extra={"platform": text, "instruments": [text], "purpose": text, "version": text},
    )
    once = written(schema, record)
    assert once is not None
    if schema in READ:
        told = replace(read(schema.document(record)), given=None)
        assert replace(read(schema.document(told)), given=None).id == told.id


@pytest.mark.parametrize("schema", READ, ids=lambda schema: schema.prefix)
def test_what_a_schema_says_is_read_again(schema):
    told = read(schema.document(WHOLE))
    assert (told.id, told.title, told.description) == (WHOLE.id, WHOLE.title, WHOLE.description)
    assert told.boxes == WHOLE.boxes
    assert told.span is not None
    assert (told.span.start[:10], told.span.end[:10]) == ("2020-06-01", "2020-09-30")
    assert set(WHOLE.keywords) <= set(told.keywords)
    assert told.given is not None


@bounded
@given(iso_records, st.sampled_from(READ))
def test_a_record_that_went_through_a_schema_once_goes_through_it_unchanged(record, schema):
    once = replace(read(schema.document(record)), given=None)
    twice = replace(read(schema.document(once)), given=None)
    thrice = replace(read(schema.document(twice)), given=None)
    assert thrice == twice
    assert twice.id == once.id
    assert twice.boxes == once.boxes


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_a_given_document_goes_out_to_the_byte(encoding):
    content = f"<?xml version='1.0' encoding='{encoding}'?>\n<!-- mine -->\n<x:a  xmlns:x='urn:x'>é</x:a >\n".encode(
        encoding
    )
    schema = replace(by_prefix("csw"), uri="urn:x")
    record = replace(WHOLE, given=Given("application/xml", "urn:x", content))
    assert schema.document(record) == content
    assert etree.fromstring(b"<r>" + schema.fragment(record) + b"</r>")[-1].text == "é"
    if encoding == "utf-8":
        assert schema.fragment(record) == content.split(b"\n", 1)[1]


def test_a_given_document_is_not_the_answer_for_less_or_for_another_schema():
    schema = by_uri(CSW_2)
    record = read(schema.document(WHOLE))
    assert schema.is_given(record)
    assert not schema.is_given(record, "brief")
    assert not by_uri(CSW_3).is_given(record)
    assert written(schema, record, "brief").tag == f"{{{CSW_2}}}BriefRecord"


def test_a_record_given_in_part_is_not_taken_for_the_whole():
    record = read(by_uri(CSW_2).document(WHOLE, "summary"))
    assert not by_uri(CSW_2).is_given(record)
    assert written(by_uri(CSW_2), record).tag == f"{{{CSW_2}}}Record"


@pytest.mark.parametrize("uri", [CSW_2, CSW_3])
def test_the_element_sets_of_csw(uri):
    schema, prefix = by_uri(uri), "csw" if uri == CSW_2 else "csw30"
    brief, summary, full = (written(schema, WHOLE, elements) for elements in ("brief", "summary", "full"))
    assert [etree.QName(child).localname for child in brief] == [
        "identifier",
        "identifier",
        "title",
        "type",
        "BoundingBox",
    ]
    assert texts(summary, "dct:modified") == ["2021-02-03T04:05:06Z"]
    assert texts(summary, "dc:subject") == ["flood", "river", "flood", "inlandWaters", "environment"]
    assert texts(summary, "dct:provenance") == []
    assert texts(full, "dct:provenance") == [WHOLE.lineage]
    assert texts(full, "dc:date") == ["2021-01-15"]
    assert texts(full, "dc:publisher") == ["River Lab"]
    assert texts(full, "dc:creator") == ["Ana Author"]
    assert texts(full, f"{prefix}:TemporalExtent/{prefix}:begin") == ([] if uri == CSW_2 else ["2020-06-01T00:00:00Z"])


def test_boxes_of_csw_have_latitude_first():
    full = written(by_uri(CSW_2), WHOLE)
    assert texts(full, "ows:BoundingBox/*") == ["28.0 110.0", "34.0 122.0"]
    assert texts(full, "ows:BoundingBox/@crs") == ["urn:x-ogc:def:crs:EPSG:6.11:4326"]


def test_a_box_of_another_order_is_read_as_it_says():
    content = (
        b"<csw:Record xmlns:csw='http://www.opengis.net/cat/csw/2.0.2' xmlns:dc='http://purl.org/dc/elements/1.1/' "
        b"xmlns:ows='http://www.opengis.net/ows'><dc:identifier>a</dc:identifier><ows:WGS84BoundingBox>"
        b"<ows:LowerCorner>110 28</ows:LowerCorner><ows:UpperCorner>122 34</ows:UpperCorner></ows:WGS84BoundingBox>"
        b"</csw:Record>"
    )
    assert read(content).boxes == (BBox(110, 28, 122, 34),)


def test_oai_dc_tells_place_and_time_as_dcmi_does():
    told = written(by_uri(OAI_DC), WHOLE)
    assert texts(told, "dc:coverage") == [
        "northlimit=34.0; southlimit=28.0; westlimit=110.0; eastlimit=122.0",
        "start=2020-06-01T00:00:00Z; end=2020-09-30T23:59:59Z; scheme=W3C-DTF",
    ]


def test_an_entry_of_atom_has_what_opensearch_looks_for():
    told = written(by_uri(ATOM), WHOLE)
    assert texts(told, "georss:box") == ["28.0 110.0 34.0 122.0"]
    assert texts(told, "georss:polygon") == ["28.0 110.0 28.0 122.0 34.0 122.0 28.0 110.0"]
    assert texts(told, "dc:identifier") == [WHOLE.id]
    assert texts(told, "dc:date") == ["2020-06-01T00:00:00Z/2020-09-30T23:59:59Z"]
    assert texts(told, "a:link[@rel='enclosure']/@length") == ["1234567"]
    assert texts(told, "a:author/a:name") == ["Wei Li", "River Lab", "Ana Author"]
    assert texts(written(by_uri(ATOM), Record(id="a b")), "a:id") == ["urn:x-record:a%20b"]


def test_a_registrar_is_told_all_that_datacite_demands():
    told = datacite.document_of(WHOLE, "https://example.org/records/floods")
    assert told["doi"] == "10.5072/floods"
    assert told["url"] == "https://example.org/records/floods"
    assert told["publicationYear"] == 2021
    assert told["publisher"] == {"name": "River Lab"}
    assert {"date": "2020-06-01T00:00:00Z/2020-09-30T23:59:59Z", "dateType": "Coverage"} in told["dates"]
    assert told["geoLocations"][0]["geoLocationBox"]["westBoundLongitude"] == 110.0
    nothing = datacite.document_of(Record(id="a"))
    assert (nothing["creators"], nothing["publisher"]) == ([{"name": ":unav"}], {"name": ":unav"})


def test_datacite_in_xml_says_what_it_says_in_json():
    told = written(by_uri(datacite.DATACITE), WHOLE)
    assert texts(told, "d:identifier/@identifierType") == ["DOI"]
    assert texts(told, "d:creators/d:creator/d:creatorName") == ["River Lab", "Ana Author"]
    assert texts(told, "d:resourceType/@resourceTypeGeneral") == ["Dataset"]
    assert texts(told, "d:geoLocations/d:geoLocation/d:geoLocationBox/d:northBoundLatitude") == ["34.0"]
    assert texts(written(by_uri(datacite.DATACITE), Record(id="a")), "d:publicationYear") == ["0000"]
    assert texts(told, "d:alternateIdentifiers/d:alternateIdentifier") == [WHOLE.id]


def test_a_search_engine_reads_a_dataset():
    told = schema_org.dataset(WHOLE, "https://example.org/floods", "https://example.org/")
    assert told["@type"] == "Dataset"
    assert told["@id"] == "https://doi.org/10.5072/floods"
    assert told["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert told["temporalCoverage"] == "2020-06-01T00:00:00Z/2020-09-30T23:59:59Z"
    assert told["spatialCoverage"][0]["geo"]["box"] == "28.0 110.0 34.0 122.0"
    assert told["distribution"][0]["contentUrl"] == "https://example.org/floods.tif?a=1&b=2"
    assert schema_org.catalogue("T", "D", "https://example.org/", ["https://example.org/a"])["@type"] == "DataCatalog"


@bounded
@given(st.text())
def test_no_text_ends_the_script_that_it_stands_in(text):
    page = schema_org.in_page(schema_org.dataset(replace(WHOLE, title=f"</script>{text}<!--"), "https://example.org/"))
    assert not set(page) & set("<>&")
    assert orjson.loads(page)["@type"] == "Dataset"


def test_a_citation_in_each_style():
    cited = citation.cited(WHOLE, "https://example.org/floods")
    bibtex = citation.bibtex(cited)
    assert bibtex.startswith("@misc{yangtze-floods-2020,\n")
    assert r"title = {{Floods of the Yangtze \& its lakes <2020>}}" in bibtex
    assert "author = {{River Lab} and Author, Ana}" in bibtex
    ris = citation.ris(cited).split("\r\n")
    assert ris[0] == "TY  - DATA"
    assert ris[-2:] == ["ER  - ", ""]
    assert "DO  - 10.5072/floods" in ris
    (csl,) = orjson.loads(citation.csl_json(cited))
    assert csl["issued"] == {"date-parts": [[2021, 1, 15]]}
    assert csl["author"] == [{"literal": "River Lab"}, {"family": "Author", "given": "Ana"}]


@bounded
@given(st.text(), st.text())
def test_no_text_breaks_out_of_its_field_of_a_citation(title, name):
    record = Record(id=title, title=title, contacts=(Contact(name, roles=("author",)),), keywords=(title,))
    cited = citation.cited(record)
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in citation.ris(cited).split("\r\n")[:-1])
    bibtex = re.sub(r"\\[{}]", "", citation.bibtex(cited))
    assert bibtex.count("{") == bibtex.count("}")
    assert orjson.loads(citation.csl_json(cited))


def test_documents_of_no_format_are_refused():
    for content in (b"<html/>", b"<a xmlns='urn:a'/>", b"{", b"", b"\xff\xfe<\x00"):
        with pytest.raises(InvalidParameter):
            read(content)


def test_documents_without_a_name_are_refused():
    for content in (
        b"<csw:Record xmlns:csw='http://www.opengis.net/cat/csw/2.0.2'/>",
        f"<DIF xmlns='{DIF}'/>".encode(),
        b"<metadata/>",
        b"<MD_Metadata xmlns='http://www.isotc211.org/2005/gmd'/>",
    ):
        with pytest.raises(InvalidParameter, match=r"has n"):
            read(content)


def test_json_is_read_as_what_it_is():
    item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": "a",
        "collection": "c",
        "geometry": None,
        "properties": {},
    }
    assert read(orjson.dumps(item)).id == "c:a"
    feature = {"type": "Feature", "id": "a", "geometry": None, "properties": {"type": "document", "title": "A"}}
    assert read(b"\xef\xbb\xbf " + orjson.dumps(feature)).type == "document"
    collection = {"type": "Collection", "stac_version": "1.1.0", "id": "c", "extent": {}}
    assert read(orjson.dumps(collection)).type == "collection"


def test_an_open_time_stays_open_in_each_schema_that_can_say_it():
    record = Record(id="a", title="A", span=Span("2020-01-01", ".."), updated=datetime(2021, 1, 1, tzinfo=UTC))
    for schema in READ:
        if schema.uri != CSW_3:
            assert read(schema.document(record)).span == record.span, schema.prefix


def test_a_record_of_dublin_core_has_its_terms_names():
    content = etree.tostring(dublin_core.csw_2(WHOLE))
    assert b'xmlns:dct="http://purl.org/dc/terms/"' in content
