"""CSW 2.0.2 (OGC 07-006r1), a test for each case of its public suite, by the case's name, on records of our own."""

import pytest
from csw_world import GMD, LIKE, NAMES, World, box, compares, search_2, that

pytestmark = pytest.mark.anyio
USUAL = {"service": "CSW", "version": "2.0.2"}
CAPABILITIES = {"service": "CSW", "request": "GetCapabilities", "acceptVersions": "2.0.2"}
IDS_TYPES_DATES = "".join(
    f"<csw:ElementName>{name}</csw:ElementName>" for name in ("dc:identifier", "dc:type", "dc:date")
)
DESCRIBE = '<csw:DescribeRecord service="CSW" version="2.0.2" '
RHINE = (47.0, -4.5, 52.0, 5.0)


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def csw(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("csw202"))
    yield made
    made.close()


def sorted_by(name, way):
    return (
        "<ogc:SortBy><ogc:SortProperty>"
        f"<ogc:PropertyName>{name}</ogc:PropertyName><ogc:SortOrder>{way}</ogc:SortOrder>"
        "</ogc:SortProperty></ogc:SortBy>"
    )


def constrained(inside):
    return f'<csw:Constraint version="1.1.0"><ogc:Filter>{inside}</ogc:Filter></csw:Constraint>'


async def found(csw, inside, **more):
    told = await csw.post(search_2(that(inside), maxRecords="50", **more))
    assert told.status == 200, told.content
    return set(told.ids)


async def test_capabilities_tc1_1_are_told_by_get(csw):
    told = await csw.get(**CAPABILITIES)
    assert (told.name, told.space, told.root.get("version")) == ("Capabilities", NAMES["csw"], "2.0.2")
    parts = ("ows:ServiceIdentification", "ows:ServiceProvider", "ows:OperationsMetadata", "ogc:Filter_Capabilities")
    assert all(len(told(f"/csw:Capabilities/{part}")) == 1 for part in parts)


async def test_capabilities_tc1_2_are_of_the_first_version_that_is_known(csw):
    told = await csw.get(**{**CAPABILITIES, "acceptVersions": "2.0.2,2.0.0"})
    assert told.root.get("version") == "2.0.2"


async def test_capabilities_tc1_3_of_no_known_version_are_refused(csw):
    told = await csw.get(**{**CAPABILITIES, "acceptVersions": "2006.10.29"})
    assert told.refused == ("VersionNegotiationFailed", "acceptVersions")


async def test_capabilities_tc2_1_need_the_service(csw):
    told = await csw.get(request="GetCapabilities", acceptVersions="2.0.2")
    assert (told.refused, told.space, told.root.get("version")) == (
        ("MissingParameterValue", "service"),
        NAMES["ows"],
        "1.2.0",
    )


async def test_capabilities_tc3_1_are_of_csw_only(csw):
    told = await csw.get(**{**CAPABILITIES, "service": "FOO"})
    assert told.refused == ("InvalidParameterValue", "service")


async def test_capabilities_tc4_1_names_have_no_case(csw):
    assert (await csw.get(sErViCe="CSW", REQUEST="GetCapabilities", AcceptVersions="2.0.2")).name == "Capabilities"


async def test_capabilities_tc5_1_what_is_not_known_is_passed_over(csw):
    assert (await csw.get(**CAPABILITIES, date="2006-10-20")).name == "Capabilities"


async def test_capabilities_tc5_2_of_an_unknown_format_are_xml(csw):
    told = await csw.get(**CAPABILITIES, acceptformats="message/example")
    assert (told.name, told.kind) == ("Capabilities", "application/xml")


async def test_capabilities_tc6_1_have_their_media_type(csw):
    assert (await csw.get(**CAPABILITIES)).kind == "application/xml"


async def test_capabilities_tc7_1_of_no_section_are_short(csw):
    told = await csw.get(**CAPABILITIES, sections="")
    assert [one.tag for one in told.root] == [f"{{{NAMES['ogc']}}}Filter_Capabilities"]


async def test_capabilities_tc7_2_are_of_the_sections_that_are_asked_for(csw):
    told = await csw.get(**CAPABILITIES, sections="OperationsMetadata,ServiceIdentification")
    assert told("ows:OperationsMetadata")
    assert told("ows:ServiceIdentification")
    assert not told("ows:ServiceProvider")


async def test_capabilities_tc8_1_come_in_each_format_that_they_list(csw):
    listed = (await csw.get(**CAPABILITIES))("//ows:Operation/ows:Parameter[@name='acceptFormats']/ows:Value/text()")
    assert listed
    for kind in listed:
        assert (await csw.get(**CAPABILITIES, acceptformats=kind)).kind == kind


async def test_capabilities_of_the_sequence_that_the_client_knows_are_empty(csw):
    sequence = (await csw.get(**CAPABILITIES)).root.get("updateSequence")
    assert len((await csw.get(**CAPABILITIES, updateSequence=sequence)).root) == 0
    newer = await csw.get(**CAPABILITIES, updateSequence=str(int(sequence) + 1))
    assert newer.refused == ("InvalidUpdateSequence", "updateSequence")


async def test_describe_tc1_1_tells_of_all_types(csw):
    told = await csw.post(f"{DESCRIBE}/>")
    spaces = told("/csw:DescribeRecordResponse/csw:SchemaComponent/@targetNamespace")
    assert {NAMES["csw"], GMD} <= set(spaces)


async def test_describe_tc2_1_tells_of_the_types_that_are_asked_for(csw):
    told = await csw.post(f"{DESCRIBE}><csw:TypeName>csw:Record</csw:TypeName></csw:DescribeRecord>")
    assert told("//csw:SchemaComponent/@targetNamespace") == [NAMES["csw"]]
    assert "Record" in told("//csw:SchemaComponent/xsd:schema/xsd:element/@name")


async def test_describe_tc4_1_has_its_media_type(csw):
    assert (await csw.post(f"{DESCRIBE}/>")).kind == "application/xml"


async def test_describe_tc5_1_in_another_format_is_refused(csw):
    told = await csw.post(f'{DESCRIBE} outputFormat="text/sgml"/>')
    assert told.refused == ("InvalidParameterValue", "outputFormat")


async def test_describe_tc6_1_in_another_language_is_refused(csw):
    told = await csw.post(f'{DESCRIBE} schemaLanguage="http://purl.oclc.org/dsdl/schematron"/>')
    assert told.refused == ("InvalidParameterValue", "schemaLanguage")


async def test_describe_tc7_1_of_a_name_in_no_namespace_is_refused(csw):
    told = await csw.post(f"{DESCRIBE}><csw:TypeName>Record</csw:TypeName></csw:DescribeRecord>")
    assert told.refused[0] == "InvalidParameterValue"


@pytest.mark.parametrize("elements", [None, "brief", "summary", "full"])
async def test_by_id_tc1_1_and_tc2_1_shows_the_element_set_that_is_asked_for(csw, elements):
    told = await csw.get(
        **USUAL, request="GetRecordById", id="urn:x-test:rhine", **({"ElementSetName": elements} if elements else {})
    )
    names = {None: "SummaryRecord", "brief": "BriefRecord", "summary": "SummaryRecord", "full": "Record"}
    (record,) = told.root
    assert record.tag == f"{{{NAMES['csw']}}}{names[elements]}"
    assert record.findtext("dc:identifier", namespaces=NAMES) == "urn:x-test:rhine"


async def test_by_id_tc2_2_shows_several_in_the_order_of_their_ids(csw):
    told = await csw.get(**USUAL, request="GetRecordById", id="urn:x-test:elbe,urn:x-test:nobody,urn:x-test:rhine")
    assert told("//dc:identifier/text()") == ["urn:x-test:elbe", "urn:x-test:rhine"]


async def test_by_id_tc3_1_of_no_record_is_empty(csw):
    told = await csw.get(**USUAL, request="GetRecordById", id="urn:uuid:ce8627a0-685c-11db-bd13-0800200c9a66")
    assert (told.status, told.name, len(told.root)) == (200, "GetRecordByIdResponse", 0)


async def test_by_id_tc4_1_needs_an_id(csw):
    assert (await csw.get(**USUAL, request="GetRecordById")).refused == ("MissingParameterValue", "id")


async def test_by_id_tc5_1_in_another_format_is_refused(csw):
    told = await csw.get(**USUAL, request="GetRecordById", id="x", OutputFormat="application/bogus+xml")
    assert told.refused == ("InvalidParameterValue", "outputFormat")


async def test_by_id_tc6_1_in_another_schema_is_refused(csw):
    told = await csw.get(**USUAL, request="GetRecordById", id="x", OutputSchema="http://example.org/unsupported")
    assert told.refused == ("InvalidParameterValue", "outputSchema")


async def test_records_tc1_1_are_counted_unless_results_are_asked_for(csw):
    told = await csw.post(
        '<csw:GetRecords service="CSW" version="2.0.2"><csw:Query typeNames="csw:Record">'
        "<csw:ElementSetName>brief</csw:ElementSetName></csw:Query></csw:GetRecords>"
    )
    assert (told.results[:2], told.ids) == ((15, 0), [])


@pytest.mark.parametrize(("elements", "name"), [("summary", "SummaryRecord"), ("brief", "BriefRecord")])
async def test_records_tc2_1_and_tc2_2_are_ten_where_no_number_is_asked_for(csw, elements, name):
    told = await csw.post(search_2(f"<csw:ElementSetName>{elements}</csw:ElementSetName>"))
    assert told.results == (15, 10, 11)
    assert len(told(f"//csw:SearchResults/csw:{name}")) == 10


async def test_records_tc3_1_show_the_elements_that_are_named(csw):
    told = await csw.post(search_2(IDS_TYPES_DATES))
    assert len(told("//csw:SearchResults/csw:Record")) == 10
    assert {one.tag.rpartition("}")[2] for one in told("//csw:Record/*")} <= {"identifier", "type", "date"}


async def test_records_tc4_1_are_sorted_by_identifier(csw):
    told = await csw.post(
        search_2("<csw:ElementSetName>brief</csw:ElementSetName>" + sorted_by("dc:identifier", "ASC"))
    )
    assert told.ids == sorted(told.ids)
    assert told.ids[0] == "elbe"


async def test_records_tc4_2_are_sorted_by_date(csw):
    told = await csw.post(search_2(IDS_TYPES_DATES + sorted_by("dc:date", "DESC")))
    assert told("//dc:date/text()")[:3] == ["2006-05-12", "2005-10-24", "2003-05-09"]


async def test_records_tc5_1_meet_a_box(csw):
    assert await found(csw, box(*RHINE)) == {"rhine"}


async def test_records_tc5_2_have_a_geometry_by_one_name_only(csw):
    told = await csw.post(search_2(that(box(*RHINE, of="dct:spatial"))))
    assert told.refused[0] == "InvalidParameterValue"


async def test_records_tc6_1_equal_with_case(csw):
    assert await found(csw, compares("PropertyIsEqualTo", "dc:title", "Ñandú über dem Moor")) == {"fen"}
    assert await found(csw, compares("PropertyIsEqualTo", "dc:title", "ñandú über dem moor")) == set()
    told = await csw.post(search_2(that(compares("PropertyIsEqualTo", "dc:title", "Flood reports"))))
    assert told.results == (1, 1, 0)


async def test_records_tc6_2_equal_without_case(csw):
    asked = compares("PropertyIsEqualTo", "dc:subject", "gAUGE", matchCase="false")
    assert await found(csw, asked) == {"rhine"}


async def test_records_tc7_1_by_an_unknown_function_are_refused(csw):
    asked = compares("PropertyIsEqualTo", "dc:title", "x").replace(
        "<ogc:Literal>x</ogc:Literal>", '<ogc:Function name="Dummy"><ogc:Literal>x</ogc:Literal></ogc:Function>'
    )
    assert (await csw.post(search_2(that(asked)))).refused[0] == "InvalidParameterValue"


async def test_records_tc8_1_differ_with_case(csw):
    others = await found(csw, compares("PropertyIsNotEqualTo", "dc:title", "Flood reports"))
    assert len(others) == 14
    assert "flood" not in others


async def test_records_tc8_2_differ_without_case(csw):
    others = await found(csw, compares("PropertyIsNotEqualTo", "dc:subject", "flood", matchCase="false"))
    assert len(others) == 14
    assert "flood" not in others


@pytest.mark.parametrize(
    ("name", "date", "ids"),
    [
        ("PropertyIsGreaterThan", "2005-10-24", {"rhine"}),
        ("PropertyIsLessThan", "2006-05-12", {"elbe", "levels"}),
        ("PropertyIsLessThanOrEqualTo", "2005-10-24", {"elbe", "levels"}),
        ("PropertyIsGreaterThanOrEqualTo", "2005-10-24", {"rhine", "elbe"}),
    ],
)
async def test_records_tc9_1_tc10_1_tc12_1_and_tc13_1_compare_dates(csw, name, date, ids):
    assert await found(csw, compares(name, "dc:date", date)) == ids


async def test_records_tc11_1_are_like_a_pattern(csw):
    assert await found(csw, compares("PropertyIsLike", "dc:title", "Water levels*", **LIKE)) == {
        "rhine",
        "elbe",
        "levels",
    }


async def test_records_tc14_1_are_not_like_a_pattern(csw):
    asked = compares("PropertyIsLike", "dc:title", "Water levels*", **LIKE)
    others = await found(csw, f"<ogc:Not>{asked}</ogc:Not>")
    assert len(others) == 12
    assert "untitled" in others


async def test_records_tc14_2_do_not_meet_a_box_or_lie_nowhere(csw):
    others = await found(csw, f"<ogc:Not>{box(*RHINE)}</ogc:Not>")
    assert len(others) == 14
    assert "rhine" not in others


async def test_records_tc15_1_by_a_filter_of_another_namespace_are_refused(csw):
    body = search_2(that(compares("PropertyIsEqualTo", "dc:title", "x"))).replace(
        "<ogc:Filter>", '<ogc:Filter xmlns:ogc="http://www.opengis.net/foo">'
    )
    assert (await csw.post(body)).name == "ExceptionReport"


async def test_records_tc16_1_satisfy_one_of_two_comparisons(csw):
    formats = compares("PropertyIsLike", "dc:format", "application/*xml", **LIKE)
    services = compares("PropertyIsEqualTo", "dc:type", "service")
    assert await found(csw, f"<ogc:Or>{formats}{services}</ogc:Or>") == {"elbe", "untitled"}


async def test_records_tc16_2_satisfy_a_box_or_a_date(csw):
    later = compares("PropertyIsGreaterThan", "dc:date", "2005-10-23")
    assert await found(csw, f"<ogc:Or>{box(60, 12, 70, 20)}{later}</ogc:Or>") == {"rhine", "elbe", "untitled"}


async def test_records_tc17_1_satisfy_a_format_and_a_relation(csw):
    formats = compares("PropertyIsLike", "dc:format", "application/*", **LIKE)
    related = compares("PropertyIsEqualTo", "dc:relation", "urn:x-test:levels")
    assert await found(csw, f"<ogc:And>{formats}{related}</ogc:And>") == {"elbe"}


async def test_records_tc17_2_satisfy_a_box_and_a_date(csw):
    later = compares("PropertyIsGreaterThan", "dc:date", "2006-01-01")
    assert await found(csw, f"<ogc:And>{box(45, 0, 55, 20)}{later}</ogc:And>") == {"rhine"}


async def test_records_tc18_1_satisfy_no_box_and_a_type_without_case(csw):
    typed = compares("PropertyIsEqualTo", "dc:type", "DATASET", matchCase="false")
    assert await found(csw, f"<ogc:And><ogc:Not>{box(*RHINE)}</ogc:Not>{typed}</ogc:And>") == {"elbe"}


async def test_records_tc19_1_hold_words_anywhere(csw):
    asked = compares("PropertyIsLike", "csw:AnyText", "*flood*", matchCase="false", **LIKE)
    assert await found(csw, asked) == {"flood"}
    assert await found(csw, asked.replace("*flood*", "*river*")) == {"rhine", "elbe"}


@pytest.mark.parametrize("name", ["csw:SummaryRecord", "csw:BriefRecord"])
async def test_records_tc20_1_and_tc21_1_are_not_asked_for_by_their_views(csw, name):
    body = search_2(that(compares("PropertyIsEqualTo", "dc:title", "x"))).replace("csw:Record", name)
    assert (await csw.post(body)).refused == ("InvalidParameterValue", "typeNames")


async def test_records_tc22_1_begin_at_a_position(csw):
    summary = "<csw:ElementSetName>summary</csw:ElementSetName>"
    told = await csw.post(search_2(summary, startPosition="3", maxRecords="5"))
    assert told.results == (15, 5, 8)
    everything = await csw.post(search_2(summary, maxRecords="50"))
    assert told.ids == everything.ids[2:7]


async def test_records_tc23_1_of_none_are_counted(csw):
    told = await csw.post(search_2(IDS_TYPES_DATES, maxRecords="0"))
    assert (told.results, told.ids) == ((15, 0, 1), [])


async def test_records_tc24_1_are_acknowledged_where_only_validity_is_asked_for(csw):
    told = await csw.post(search_2(that(compares("PropertyIsEqualTo", "dc:title", "x")), resultType="validate"))
    assert told.name == "Acknowledgement"
    assert told("csw:EchoedRequest/csw:GetRecords/csw:Query")


async def test_records_tc25_1_in_another_format_are_refused(csw):
    told = await csw.post(search_2(IDS_TYPES_DATES, outputFormat="application/xhtml+xml"))
    assert told.refused == ("InvalidParameterValue", "outputFormat")


async def test_records_tc26_1_in_another_schema_are_refused(csw):
    told = await csw.post(search_2(IDS_TYPES_DATES, outputSchema="http://example.org/unsupported"))
    assert told.refused == ("InvalidParameterValue", "outputSchema")


async def test_records_10_8_4_are_asked_for_by_pairs_too(csw):
    told = await csw.get(
        **USUAL,
        request="GetRecords",
        typeNames="csw:Record",
        resultType="results",
        ElementSetName="brief",
        CONSTRAINTLANGUAGE="CQL_TEXT",
        CONSTRAINT="dc:subject = 'river'",
        SortBy="dc:title:D",
    )
    assert told.ids == ["rhine", "elbe"]


async def test_domain_10_7_tells_values_of_parameters_and_properties(csw):
    told = await csw.get(**USUAL, request="GetDomain", ParameterName="GetRecords.resultType")
    assert told("//csw:ListOfValues/csw:Value/text()") == ["hits", "results", "validate"]
    told = await csw.get(**USUAL, request="GetDomain", PropertyName="dc:type")
    assert set(told("//csw:ListOfValues/csw:Value/text()")) == {"dataset", "series", "service", "document", "image"}
    told = await csw.get(**USUAL, request="GetDomain", PropertyName="dct:modified")
    assert told("//csw:RangeOfValues/csw:MinValue/text()") == ["2003-05-09T00:00:00Z"]
    told = await csw.get(**USUAL, request="GetDomain", PropertyName="dc:subject,dc:publisher,dc:format")
    listed = [one.xpath(".//csw:Value/text()", namespaces=NAMES) for one in told("//csw:DomainValues")]
    assert listed == [
        ["FLOOD", "Gauge", "Hydrography", "hydrography", "river"],
        ["River Bureau"],
        ["PDF", "application/xml", "image/jpeg", "text/csv"],
    ]
    assert not told("//csw:Value/@count")


async def test_domain_10_7_of_what_is_not_known_is_refused(csw):
    told = await csw.get(**USUAL, request="GetDomain", ParameterName="GetRecords.nonsense")
    assert told.refused == ("InvalidParameterValue", "ParameterName")
    assert (await csw.get(**USUAL, request="GetDomain")).refused[0] == "MissingParameterValue"
