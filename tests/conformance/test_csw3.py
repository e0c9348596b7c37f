"""CSW 3.0 (OGC 12-176r7): a test for each requirement that its public suite names, and for what the standard adds."""

import re
from pathlib import Path

import pytest
from csw_world import ADDRESS, GMD, NAMES, World, search_3
from lxml import etree

from thalweg.catalogue.federation.catalogues import Federated
from thalweg.catalogue.filters.queryables import DUBLIN_CORE, ISO

pytestmark = pytest.mark.anyio
USUAL = {"service": "CSW", "version": "3.0.0"}
CAPABILITIES = {"service": "CSW", "request": "GetCapabilities"}
RECORDS = {**USUAL, "request": "GetRecords", "typeNames": "Record"}
BY_ID = {**USUAL, "request": "GetRecordById"}
ATOM = "application/atom+xml"
DESCRIPTION = "application/opensearchdescription+xml"
AWAY = "http://127.0.0.1:9/csw"
"""The port of discard, where nobody listens."""
CLASS = "http://www.opengis.net/spec/csw/3.0/conf/"
REPOSITORY = Path(__file__).parents[2]
CSW, OWS = NAMES["csw30"], NAMES["ows20"]


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def csw(tmp_path_factory):
    away = Federated("away", AWAY, seconds=5)
    made = World(tmp_path_factory.mktemp("csw3"), federated=(away,))
    yield made
    made.close()


def refused(told, code, locator):
    assert (told.status, told.space, told.refused) == (400, OWS, (code, locator))


def that(inside, elements="brief"):
    return (
        f"<csw30:ElementSetName>{elements}</csw30:ElementSetName>"
        f'<csw30:Constraint version="2.0.0"><fes:Filter>{inside}</fes:Filter></csw30:Constraint>'
    )


def compares(name, of, literal):
    return f"<fes:{name}><fes:ValueReference>{of}</fes:ValueReference><fes:Literal>{literal}</fes:Literal></fes:{name}>"


async def test_req_002_the_parameter_speaks_before_the_header(csw):
    told = await csw.get(**BY_ID, id="urn:x-test:rhine", outputFormat="application/xml", headers={"accept": ATOM})
    assert told.kind == "application/xml"


async def test_req_003_the_header_speaks_where_there_is_no_parameter(csw):
    told = await csw.get(**BY_ID, id="urn:x-test:rhine", headers={"accept": ATOM})
    assert (told.kind, told.name, told.space) == (ATOM, "entry", NAMES["atom"])
    assert told("dc:identifier/text()") == ["urn:x-test:rhine"]


async def test_req_006_and_007_the_bare_address_gives_the_capabilities(csw):
    for accept in ("*/*", "text/html;q=0.5, application/xml"):
        told = await csw.get(headers={"accept": accept})
        assert (told.name, told.space, told.root.get("version")) == ("Capabilities", CSW, "3.0.0")


async def test_req_008_and_022_the_bare_address_describes_its_search_for_opensearch(csw):
    async with csw.client() as client:
        answer = await client.get("/csw", headers={"accept": DESCRIPTION})
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{DESCRIPTION}; charset=UTF-8")
    searches = etree.fromstring(answer.content).findall("os:Url[@rel='results']", NAMES)
    assert [one.get("type") for one in searches] == [ATOM, "application/xml"]
    told = await csw.get(**CAPABILITIES)
    (where,) = told("//ows20:Constraint[@name='OpenSearchDescriptionDocument']//ows20:Value/text()")
    async with csw.client() as client:
        assert (await client.get(where)).content == answer.content


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, 10),
        ({"searchTerms": "levels"}, 3),
        ({"searchTerms": "levels", "geo:box": "4,47,5,48"}, 1),
        ({"geo:uid": "urn:x-test:elbe"}, 1),
        ({"time:start": "1995-01-01", "time:end": "1995-01-02"}, 1),
        ({"time:end": "2000-01-01"}, 1),
        ({"startIndex": "15"}, 1),
        ({"count": "4"}, 4),
    ],
)
@pytest.mark.parametrize("kind", [ATOM, "application/xml"])
async def test_req_023_templates_are_filled_with_any_of_their_parameters(csw, given, found, kind):
    async with csw.client() as client:
        described = etree.fromstring((await client.get("/csw", headers={"accept": DESCRIPTION})).content)
        template = described.find(f"os:Url[@type='{kind}']", NAMES).get("template")
        answer = await client.get(re.sub(r"{([^}]+?)\??}", lambda one: given.get(one[1], ""), template))
    root = etree.fromstring(answer.content)
    assert len(root.findall(".//atom:entry", NAMES) + root.findall(".//csw30:Record", NAMES)) == found


async def test_req_010_the_service_must_be_named(csw):
    refused(await csw.get(request="GetCapabilities"), "MissingParameterValue", "service")


async def test_req_011_names_have_no_case(csw):
    assert (await csw.get(Request="GetCapabilities", SERVICE="CSW", acceptversions="3.0.0")).name == "Capabilities"


async def test_req_012_values_have_case(csw):
    refused(await csw.get(service="CSW", request="getCapabilities"), "InvalidParameterValue", "request")


async def test_req_017_a_box_narrows(csw):
    assert (await csw.get(**RECORDS, bbox="4,47,5,48")).ids == ["rhine"]
    assert (await csw.get(**RECORDS, bbox="47,4,48,5,urn:ogc:def:crs:EPSG::4326")).ids == ["rhine"]


async def test_req_017_a_box_of_an_unknown_system_is_refused(csw):
    told = await csw.get(**RECORDS, bbox="472944,5363287,492722,5455253,urn:ogc:def:crs:EPSG::0000")
    refused(told, "InvalidParameterValue", "bbox")


@pytest.mark.parametrize(
    ("given", "locator"),
    [
        ({"outputFormat": "text/example"}, "outputFormat"),
        ({"outputSchema": "urn:uuid:6a29d2a8-9651-47a6-9b14-f05d2b5644f0"}, "outputSchema"),
        ({"startPosition": "0"}, "startPosition"),
        ({"maxRecords": "many"}, "maxRecords"),
        ({"SortBy": "dc:nonsense:A"}, "SortBy"),
        ({"CONSTRAINTLANGUAGE": "SQL", "CONSTRAINT": "x"}, "CONSTRAINTLANGUAGE"),
        ({"CONSTRAINTLANGUAGE": "CQL_TEXT", "CONSTRAINT": "dc:title LIKE"}, "Constraint"),
        ({"CONSTRAINTLANGUAGE": "CQL_TEXT", "CONSTRAINT": "dc:nonsense = 'x'"}, "PropertyName"),
    ],
)
async def test_req_035_037_and_042_what_is_wrong_is_named(csw, given, locator):
    refused(await csw.get(**RECORDS, **given), "InvalidParameterValue", locator)


async def test_req_036_versions_are_agreed_upon(csw):
    told = await csw.get(**CAPABILITIES, acceptVersions="9999.12.31")
    refused(told, "VersionNegotiationFailed", "acceptVersions")
    assert (await csw.get(**CAPABILITIES, acceptVersions="9.9,2.0.2,3.0.0")).root.get("version") == "2.0.2"


async def test_req_036_capabilities_come_in_the_formats_that_they_list(csw):
    refused(await csw.get(**CAPABILITIES, acceptFormats="model/x3d+xml"), "InvalidParameterValue", "acceptFormats")
    listed = (await csw.get(**CAPABILITIES))("//ows20:Parameter[@name='acceptFormats']/*/ows20:Value/text()")
    for kind in (*listed, "text/xml"):
        assert (await csw.get(**CAPABILITIES, acceptFormats=kind)).kind == kind


async def test_req_043_and_045_capabilities_tell_operations_rules_and_filters(csw):
    told = await csw.get(**CAPABILITIES, acceptVersions="3.0.0")
    operations = told("//ows20:Operation/@name")
    assert {"GetCapabilities", "GetDomain", "GetRecords", "GetRecordById", "Transaction", "Harvest"} == set(operations)
    assert set(told("//ows20:Operation//@xlink:href")) == {ADDRESS}
    assert told("//ows20:Constraint[@name='CoreQueryables']//ows20:Value[.='dc:title']")
    assert told("fes:Filter_Capabilities/fes:Temporal_Capabilities/fes:TemporalOperators")


@pytest.mark.parametrize(
    "section", ["ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Filter_Capabilities"]
)
async def test_req_044_capabilities_are_given_by_section(csw, section):
    told = await csw.get(**CAPABILITIES, sections=section)
    assert [one.tag.rpartition("}")[2] for one in told.root] == [section]


async def test_req_063_namespaces_are_bound_by_a_parameter(csw):
    told = await csw.get(
        **{**RECORDS, "typeNames": "tns:Record"}, NAMESPACE=f"xmlns(tns={CSW})", ElementSetName="brief"
    )
    assert told("//csw30:SearchResults/csw30:BriefRecord")
    refused(await csw.get(**{**RECORDS, "typeNames": "tns:Record"}), "InvalidParameterValue", "typeNames")


async def test_req_080_and_122_records_are_a_feed_too(csw):
    told = await csw.get(**RECORDS, outputFormat=ATOM, startPosition="3", maxRecords="2")
    assert (told.kind, told.name) == (ATOM, "feed")
    assert len(told("atom:entry")) == 2
    numbers = told("os:totalResults/text()"), told("os:startIndex/text()"), told("os:itemsPerPage/text()")
    assert numbers == (["15"], ["3"], ["2"])


async def test_req_082_and_084_records_are_paged(csw):
    told = await csw.get(**RECORDS, startPosition="3", maxRecords="2")
    assert (told.results, told("//csw30:SearchResults/@status")) == ((15, 2, 5), ["subset"])
    assert (await csw.get(**RECORDS, startPosition="15", maxRecords="2")).results == (15, 1, 0)
    assert (await csw.get(**RECORDS, startPosition="16")).results == (15, 0, 0)
    told = await csw.get(**RECORDS, maxRecords="unlimited")
    assert (told.results, told("//csw30:SearchResults/@status")) == ((15, 15, 0), ["complete"])


async def test_req_086_no_records_are_a_count(csw):
    assert (await csw.get(**RECORDS, maxRecords="0", q="river")).results == (2, 0, 1)


async def test_req_088_an_unknown_type_is_refused(csw):
    told = await csw.get(**{**RECORDS, "typeNames": "UnknownType"})
    refused(told, "InvalidParameterValue", "typeNames")


async def test_req_091_an_unknown_element_is_refused(csw):
    refused(await csw.get(**RECORDS, ElementName="undefined"), "InvalidParameterValue", "ElementName")


async def test_req_093_elements_are_chosen(csw):
    told = await csw.get(**RECORDS, ElementName="tns:title", NAMESPACE=f"xmlns(tns={NAMES['dc']})")
    assert told("//csw30:SearchResults/csw30:Record")
    assert {one.tag for one in told("//csw30:Record/*")} == {f"{{{NAMES['dc']}}}title"}


async def test_req_099_elements_and_sets_exclude_each_other(csw):
    refused(await csw.get(**RECORDS, ElementName="dc:subject", ElementSetName="brief"), "NoApplicableCode", None)


async def test_req_101_summaries_are_usual(csw):
    told = await csw.get(**RECORDS)
    assert len(told("//csw30:SearchResults/csw30:SummaryRecord")) == 10


async def test_req_102_an_unknown_set_is_refused(csw):
    refused(await csw.get(**RECORDS, ElementSetName="undefined-view"), "InvalidParameterValue", "ElementSetName")


@pytest.mark.parametrize(("elements", "name"), [("brief", "BriefRecord"), ("full", "Record"), (None, "SummaryRecord")])
async def test_req_123_124_and_134_one_record_is_shown_by_itself(csw, elements, name):
    told = await csw.get(**BY_ID, id="urn:x-test:rhine", **({"ElementSetName": elements} if elements else {}))
    assert told.root.tag == f"{{{CSW}}}{name}"
    assert told("dc:identifier/text()") == ["urn:x-test:rhine"]


async def test_req_141_ids_that_are_nowhere_are_not_found(csw):
    told = await csw.get(**RECORDS, recordIds="urn:x-test:nowhere")
    assert (told.status, told.refused) == (404, ("InvalidParameterValue", "recordIds"))
    assert (await csw.get(**RECORDS, recordIds="urn:x-test:nowhere", q="levels")).results == (0, 0, 0)


async def test_table_6_a_feed_tells_how_it_was_asked_and_how_to_ask_again(csw):
    told = await csw.get(**RECORDS, outputFormat=ATOM, q="levels", bbox="4,47,5,48", time="1995-01-01/")
    (query,) = told("/atom:feed/os:Query[@role='request']")
    geo = "http://a9.com/-/opensearch/extensions/geo/1.0/"
    time = "http://a9.com/-/opensearch/extensions/time/1.0/"
    asked = {"searchTerms": "levels", "count": "10", "startIndex": "1", f"{{{geo}}}box": "4,47,5,48"}
    assert dict(query.attrib) == {"role": "request", **asked, f"{{{time}}}start": "1995-01-01"}
    (search,) = told(f"/atom:feed/atom:link[@rel='search'][@type='{DESCRIPTION}']/@href")
    async with csw.client() as client:
        assert (await client.get(search)).headers["content-type"].startswith(DESCRIPTION)


async def test_req_127_and_141_an_unknown_id_is_not_found(csw):
    told = await csw.get(**BY_ID, id="urn:example:nobody")
    assert (told.status, told.refused) == (404, ("InvalidParameterValue", "id"))


async def test_req_128_another_format_of_one_record_is_refused(csw):
    told = await csw.get(**BY_ID, id="x", outputFormat="text/example")
    refused(told, "InvalidParameterValue", "outputFormat")


async def test_req_132_and_136_another_schema_of_one_record_is_refused(csw):
    told = await csw.get(**BY_ID, id="x", outputSchema="urn:example:nothing")
    refused(told, "InvalidParameterValue", "outputSchema")
    told = await csw.get(**BY_ID, id="urn:x-test:rhine", outputSchema=GMD)
    assert told.root.tag == f"{{{GMD}}}MD_Metadata"


async def test_req_135_139_and_140_one_record_is_an_entry_too(csw):
    told = await csw.get(**BY_ID, id="urn:x-test:rhine", outputFormat=ATOM, headers={"accept": "application/xml"})
    assert (told.kind, told.name) == (ATOM, "entry")


async def test_req_037_an_id_must_be_given(csw):
    refused(await csw.get(**BY_ID), "MissingParameterValue", "id")


async def test_table_6_ids_words_and_times_narrow(csw):
    told = await csw.get(**RECORDS, recordIds="urn:x-test:elbe,urn:x-test:fen")
    assert set(told.ids) == {"elbe", "fen"}
    assert set((await csw.get(**RECORDS, q="levels rhine")).ids) == {"rhine", "elbe", "levels"}
    assert (await csw.get(**RECORDS, q="xyzzy")).results == (0, 0, 0)
    for time in ("1990-01-01/1991-01-01", "1995-01-01/1995-01-02", "1995-01-01", "2005-10-24", "1995-01-01T00:00:00Z"):
        assert (await csw.get(**RECORDS, time=time)).ids == ["elbe"]
    refused(await csw.get(**RECORDS, time="1995-01-02/1995-01-01"), "InvalidParameterValue", "time")
    assert (await csw.get(**RECORDS, q="levels", bbox="4,47,5,48")).ids == ["rhine"]


async def test_filter_fes_xml_filters_of_fes_2_are_answered(csw):
    told = await csw.post(search_3(that(compares("PropertyIsEqualTo", "dc:title", "Flood reports"))))
    assert told.ids == ["flood"]
    period = (
        "<fes:During><fes:ValueReference>TempExtent_begin</fes:ValueReference><gml32:TimePeriod>"
        "<gml32:beginPosition>1980-01-01</gml32:beginPosition><gml32:endPosition>2006-01-01</gml32:endPosition>"
        "</gml32:TimePeriod></fes:During>"
    )
    told = await csw.post(search_3(that(period)))
    assert set(told.ids) == {"elbe", "levels"}
    told = await csw.post(search_3(that('<fes:ResourceId rid="urn:x-test:fen"/>')))
    assert told.ids == ["fen"]


async def test_filter_fes_kvp_a_filter_goes_by_pairs_too(csw):
    written = (
        f'<fes:Filter xmlns:fes="{NAMES["fes"]}">{compares("PropertyIsEqualTo", "dc:type", "series")}</fes:Filter>'
    )
    assert (await csw.get(**RECORDS, CONSTRAINTLANGUAGE="FILTER", CONSTRAINT=written)).ids == ["levels"]


async def test_filter_cql_text_goes_by_xml_too(csw):
    body = (
        '<csw30:ElementSetName>brief</csw30:ElementSetName><csw30:Constraint version="1.1.0">'
        "<csw30:CqlText>dc:type = 'series' OR dc:title LIKE 'Flood%'</csw30:CqlText></csw30:Constraint>"
    )
    assert set((await csw.post(search_3(body))).ids) == {"levels", "flood"}


async def test_core_sortables_order_the_results(csw):
    told = await csw.get(**RECORDS, SortBy="dct:modified:D", maxRecords="2")
    assert told.ids == ["n9", "n8"]
    inside = (
        "<csw30:ElementSetName>brief</csw30:ElementSetName><fes:SortBy><fes:SortProperty>"
        "<fes:ValueReference>dc:title</fes:ValueReference><fes:SortOrder>ASC</fes:SortOrder>"
        "</fes:SortProperty></fes:SortBy>"
    )
    assert (await csw.post(search_3(inside, maxRecords="3"))).ids == ["flood", "n1", "n2"]


async def test_getdomain_values_are_told(csw):
    told = await csw.get(**USUAL, request="GetDomain", ValueReference="dc:type")
    assert told("//csw30:ListOfValues/csw30:Value[.='series']/@count") == ["1"]
    told = await csw.get(**USUAL, request="GetDomain", ValueReference="dc:subject")
    counts = {one.text: one.get("count") for one in told("//csw30:Value")}
    assert counts == {"FLOOD": "1", "Gauge": "1", "river": "2", "hydrography": "1", "Hydrography": "1"}
    assert told("//csw30:DomainValues/@resultType") == ["available"]
    told = await csw.post('<csw30:GetDomain service="CSW" version="3.0.0"><csw30:ParameterName>'
                          "GetRecords.CONSTRAINTLANGUAGE</csw30:ParameterName></csw30:GetDomain>")  # fmt: skip
    assert told("//csw30:ListOfValues/csw30:Value/text()") == ["FILTER", "CQL_TEXT"]


@pytest.mark.parametrize("name", [one.name for one in (*DUBLIN_CORE, *ISO)])
async def test_getdomain_answers_every_queryable_and_is_valid(csw, name):
    told = await csw.get(**USUAL, request="GetDomain", ValueReference=name)
    (domain,) = told("/csw30:GetDomainResponse/csw30:DomainValues")
    parts = [etree.QName(one).localname for one in domain]
    assert parts in (["ValueReference"], ["ValueReference", "ListOfValues"], ["ValueReference", "RangeOfValues"])
    assert domain[0].text == name


async def test_getdomain_xml_values_are_of_the_records_that_a_filter_finds(csw):
    rivers = compares("PropertyIsEqualTo", "dc:subject", "river")
    of_rivers = f"<csw30:ValueReference>{{}}</csw30:ValueReference><fes:Filter>{rivers}</fes:Filter>"
    body = "".join(map(of_rivers.format, ("dc:type", "apiso:TempExtent_end", "dc:subject")))
    told = await csw.post(f'<csw30:GetDomain service="CSW" version="3.0.0">{body}<csw30:ValueReference>dc:type'
                          "</csw30:ValueReference></csw30:GetDomain>")  # fmt: skip
    of_types, ends, words, every_type = told("//csw30:DomainValues")
    assert [(one.text, one.get("count")) for one in of_types.iter(f"{{{CSW}}}Value")] == [("dataset", "2")]
    assert ends.xpath(".//csw30:MinValue/text()|.//csw30:MaxValue/text()", namespaces=NAMES)[0][:4] == "1990"
    assert [one.text for one in words.iter(f"{{{CSW}}}Value")] == ["Gauge", "river"]
    assert len(list(every_type.iter(f"{{{CSW}}}Value"))) == 5
    many = "".join(of_rivers.format("dc:type").replace("river", f"river {number}") for number in range(5))
    told = await csw.post(f'<csw30:GetDomain service="CSW" version="3.0.0">{many}</csw30:GetDomain>')
    refused(told, "InvalidParameterValue", "Filter")


async def test_describerecord_is_of_the_version_before(csw):
    told = await csw.get(**USUAL, request="DescribeRecord")
    assert (told.status, told.refused) == (501, ("OperationNotSupported", "request"))


async def test_what_http_refuses_is_told_by_a_report_of_the_version(csw):
    for version, space in (("3.0.0", OWS), ("2.0.2", NAMES["ows"])):
        async with csw.client() as client:
            answer = await client.delete(f"/csw?Version={version}")
            told = etree.fromstring(answer.content)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")
        assert etree.QName(told).namespace == space
        told = await csw.post("<x/>", kind="text/plain", address=f"/csw?version={version}")
        assert (told.status, told.space, told.refused) == (415, space, ("NoApplicableCode", None))


async def test_getcapabilities_xml_is_asked_by_xml(csw):
    told = await csw.post('<csw30:GetCapabilities service="CSW"/>')
    assert (told.name, told.space) == ("Capabilities", CSW)
    told = await csw.post('<csw30:GetCapabilities service="CSW"><ows20:Sections><ows20:Section>ServiceProvider'
                          "</ows20:Section></ows20:Sections></csw30:GetCapabilities>")  # fmt: skip
    assert [etree.QName(one).localname for one in told.root] == ["ServiceProvider"]


async def test_getrecordbyid_xml_is_asked_by_xml(csw):
    told = await csw.post('<csw30:GetRecordById service="CSW" version="3.0.0"><csw30:Id>urn:x-test:rhine</csw30:Id>'
                          "<csw30:ElementSetName>brief</csw30:ElementSetName></csw30:GetRecordById>")  # fmt: skip
    assert told.root.tag == f"{{{CSW}}}BriefRecord"


async def test_getrecords_async_answers_are_acknowledged(csw):
    told = await csw.get(**RECORDS, ResponseHandler=AWAY, requestId="urn:x-test:1")
    assert (told.name, told.space, told("csw30:RequestId/text()")) == ("Acknowledgement", CSW, ["urn:x-test:1"])
    assert told("csw30:EchoedRequest/ows20:Get/@xlink:href")[0].startswith(f"{ADDRESS}?service=CSW")
    inside = "<csw30:ElementSetName>brief</csw30:ElementSetName>"
    body = search_3(inside).replace(
        "<csw30:Query", f"<csw30:ResponseHandler>{AWAY}</csw30:ResponseHandler><csw30:Query", 1
    )
    assert (await csw.post(body)).name == "Acknowledgement"


async def test_getrecords_distributed_searches_go_on(csw):
    told = await csw.get(**RECORDS, distributedSearch="TRUE", hopCount="2", clientId="urn:x-test:us")
    assert told("//csw30:FederatedException/@catalogueURL") == [AWAY]
    far = '<csw30:DistributedSearch clientId="urn:x-test:us" distributedSearchId="urn:x-test:1"/><csw30:Query'
    inside = "<csw30:ElementSetName>brief</csw30:ElementSetName>"
    told = await csw.post(search_3(inside).replace("<csw30:Query", far, 1))
    assert told("//csw30:FederatedException/@catalogueURL") == [AWAY]
    assert (await csw.get(**CAPABILITIES))("//ows20:Constraint[@name='FederatedCatalogues']//ows20:Value/text()") == [
        AWAY
    ]


async def test_defaultsortingalgorithm_is_the_one_that_is_told(csw):
    (told,) = (await csw.get(**CAPABILITIES))("//ows20:Constraint[@name='DefaultSortingAlgorithm']//ows20:Value/text()")
    assert (await csw.get(**RECORDS, SortBy=told)).ids == (await csw.get(**RECORDS)).ids


async def test_supportedgmlversions_are_read(csw):
    told = (await csw.get(**CAPABILITIES))(
        f"//ows20:Constraint[@name='{CLASS}SupportedGMLVersions']//ows20:Value/text()"
    )
    for space in told:
        envelope = (
            f'<g:Envelope xmlns:g="{space}" srsName="http://www.opengis.net/def/crs/OGC/1.3/CRS84">'
            "<g:lowerCorner>4 47</g:lowerCorner><g:upperCorner>5 48</g:upperCorner></g:Envelope>"
        )
        asked = f"<fes:BBOX><fes:ValueReference>ows:BoundingBox</fes:ValueReference>{envelope}</fes:BBOX>"
        assert (await csw.post(search_3(that(asked)))).ids == ["rhine"]


async def test_coresortables_and_corequeryables_are_what_is_told(csw):
    told = await csw.get(**CAPABILITIES)
    for name in told("//ows20:Constraint[@name='CoreSortables']//ows20:Value/text()"):
        assert (await csw.get(**RECORDS, SortBy=f"{name}:A")).results == (15, 10, 11)
    for name in told("//ows20:Constraint[@name='CoreQueryables']//ows20:Value/text()"):
        answer = await csw.get(**RECORDS, CONSTRAINTLANGUAGE="CQL_TEXT", CONSTRAINT=f"{name} IS NULL")
        assert answer.status == 200


SHOWN = {
    "OpenSearch": "test_req_008_and_022_the_bare_address_describes_its_search_for_opensearch",
    "GetCapabilities-XML": "test_getcapabilities_xml_is_asked_by_xml",
    "GetRecordById-XML": "test_getrecordbyid_xml_is_asked_by_xml",
    "GetRecords-Basic-KVP": "test_req_082_and_084_records_are_paged",
    "GetRecords-Basic-XML": "test_filter_fes_xml_filters_of_fes_2_are_answered",
    "GetRecords-Distributed-XML": "test_getrecords_distributed_searches_go_on",
    "GetRecords-Distributed-KVP": "test_getrecords_distributed_searches_go_on",
    "GetRecords-Async-XML": "test_getrecords_async_answers_are_acknowledged",
    "GetRecords-Async-KVP": "test_getrecords_async_answers_are_acknowledged",
    "GetDomain-XML": "test_getdomain_xml_values_are_of_the_records_that_a_filter_finds",
    "GetDomain-KVP": "test_getdomain_answers_every_queryable_and_is_valid",
    "Filter-CQL": "test_filter_cql_text_goes_by_xml_too",
    "Filter-FES-XML": "test_filter_fes_xml_filters_of_fes_2_are_answered",
    "Filter-FES-KVP-Advanced": "test_filter_fes_kvp_a_filter_goes_by_pairs_too",
    "SupportedGMLVersions": "test_supportedgmlversions_are_read",
    "DefaultSortingAlgorithm": "test_defaultsortingalgorithm_is_the_one_that_is_told",
    "CoreQueryables": "test_coresortables_and_corequeryables_are_what_is_told",
    "CoreSortables": "test_coresortables_and_corequeryables_are_what_is_told",
    # What changes the catalogue is tried beside this, on one of its own.
    "Transaction": "tests/catalogue/csw/test_csw_changing.py",
    "Harvest-Basic-XML": "tests/catalogue/csw/test_csw_changing.py",
    "Harvest-Basic-KVP": "tests/catalogue/csw/test_csw_changing.py",
    "Harvest-Async-XML": "tests/catalogue/csw/test_csw_changing.py",
    "Harvest-Async-KVP": "tests/catalogue/csw/test_csw_changing.py",
}


async def test_each_class_that_is_declared_is_shown_by_a_test(csw):
    told = (await csw.get(**CAPABILITIES))("//ows20:Profile/text()")
    assert {one.removeprefix(CLASS) for one in told} == set(SHOWN)
    for name in SHOWN.values():
        assert name in globals() or (REPOSITORY / name).is_file()
