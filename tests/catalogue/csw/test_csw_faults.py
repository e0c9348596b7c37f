"""Bad input over CSW: malice, nonsense and wrong versions are told by the protocol's own report, never by a crash."""

import pytest
from csw_world import AS_ALICE, AS_BOB, BOB, CSW2, NAMES, compares, search_2, that

from thalweg.catalogue.records.record import Record

pytestmark = pytest.mark.anyio
DEEP = b"<a>" * 5_000 + b"</a>" * 5_000
ENTITY = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'
LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;&b;</r>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no xml",
        b"<unclosed>",
        DEEP,
        ENTITY,
        LAUGHS,
        "<a>ü</a>".encode("utf-16"),
        b"\x00\x01\x02",
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b"<a><b></a></b>",
    ],
)
async def test_xml_of_malice_is_refused_by_a_report(csw, body):
    told = await csw.post(body)
    assert told.status == 400
    assert (told.name, told.space) == ("ExceptionReport", NAMES["ows20"])
    assert told.refused == ("InvalidParameterValue", "request")
    assert b"root:" not in told.content


@pytest.mark.parametrize(
    ("body", "status", "code", "locator"),
    [
        ("<csw:Nonsense/>", 501, "OperationNotSupported", "request"),
        ('<GetRecords xmlns="urn:other"/>', 501, "OperationNotSupported", "request"),
        ("<csw:GetRecords/>", 400, "MissingParameterValue", "service"),
        ('<csw:GetRecords service="WMS" version="2.0.2"/>', 400, "InvalidParameterValue", "service"),
        ('<csw:GetRecords service="CSW"/>', 400, "MissingParameterValue", "version"),
        ('<csw:GetRecords service="CSW" version="1.0.0"/>', 400, "InvalidParameterValue", "version"),
        ('<csw30:GetRecords service="CSW" version="2.0.2"/>', 400, "InvalidParameterValue", "version"),
        ('<csw:GetRecords service="CSW" version="2.0.2"/>', 400, "MissingParameterValue", "Query"),
        (
            '<csw:GetRecords service="CSW" version="2.0.2"><csw:Query/></csw:GetRecords>',
            400,
            "MissingParameterValue",
            "typeNames",
        ),
        ('<csw:GetRecordById service="CSW" version="2.0.2"/>', 400, "MissingParameterValue", "id"),
        ('<csw:Transaction service="CSW" version="2.0.2"/>', 400, "MissingParameterValue", "Transaction"),
        ('<csw:Harvest service="CSW" version="2.0.2"/>', 400, "MissingParameterValue", "source"),
    ],
)
async def test_requests_that_are_none_are_refused_by_a_report(csw, body, status, code, locator):
    told = await csw.post(body, AS_ALICE)
    assert (told.status, told.refused) == (status, (code, locator))


@pytest.mark.parametrize(
    ("inside", "status"),
    [
        ("<ogc:Not>" * 120 + compares("PropertyIsEqualTo", "dc:title", "x") + "</ogc:Not>" * 120, 413),
        ("<ogc:Or>" + compares("PropertyIsEqualTo", "dc:title", "x") * 11_000 + "</ogc:Or>", 413),
        (compares("PropertyIsEqualTo", "dc:title", "x" * 20_000), 413),
        (compares("PropertyIsEqualTo", "dc:nonsense", "x"), 400),
        ("", 400),
    ],
)
async def test_filters_are_bounded(csw, inside, status):
    told = await csw.post(search_2(that(inside)))
    assert (told.status, told.name, told.space) == (status, "ExceptionReport", NAMES["ows"])


async def test_thousands_of_conditions_are_answered(csw):
    several = compares("PropertyIsEqualTo", "dc:title", "Flood reports") * 2_000
    assert (await csw.post(search_2(that(f"<ogc:Or>{several}</ogc:Or>")))).ids == ["flood"]


async def test_control_characters_do_not_break_a_report(csw):
    told = await csw.get(
        service="CSW", version="2.0.2", request="GetRecordById", id="a\x01b\ufffe", outputSchema="\x02"
    )
    assert (told.status, told.refused[1]) == (400, "outputSchema")


async def test_a_parameter_that_is_given_twice_is_refused(csw):
    async with csw.client() as client:
        answer = await client.get("/csw?service=CSW&SERVICE=WMS&request=GetCapabilities")
        assert (answer.status_code, b"given twice" in answer.content) == (400, True)
        answer = await client.get("/csw?service=CSW&SERVICE=CSW&request=GetCapabilities")
        assert answer.status_code == 200


async def test_another_kind_of_body_is_refused(csw):
    told = await csw.post(b'{"a": 1}', kind="application/json")
    assert (told.status, told.refused) == (415, ("NoApplicableCode", None))


async def test_a_body_is_bounded(tmp_path, world):
    told = await world(tmp_path / "small", most_body=1_000).post(b"<a>" + b"x" * 2_000 + b"</a>")
    assert (told.status, told.name) == (413, "ExceptionReport")


async def test_who_is_not_known_is_told_how_to_sign_in(csw):
    told = await csw.get(
        service="CSW", version="2.0.2", request="GetDomain", PropertyName="dc:type", headers={"authorization": "x"}
    )
    assert (told.status, told.headers["www-authenticate"], told.name) == (401, "Bearer", "ExceptionReport")


async def test_a_transaction_by_pairs_is_led_to_xml(csw):
    told = await csw.get(service="CSW", version="2.0.2", request="Transaction")
    assert (told.status, told.refused) == (501, ("OperationNotSupported", "request"))


@pytest.mark.parametrize("elements", ["csw:ElementSetName", "csw:ElementName"])
async def test_views_that_are_none_are_refused(csw, elements):
    told = await csw.post(search_2(f"<{elements}>dc:nonsense</{elements}>"))
    assert (told.status, told.refused[0]) == (400, "InvalidParameterValue")


async def test_nothing_is_known_of_what_may_not_be_seen(csw):
    csw.records.ensure_catalogue("bob.records", "Own", "His own.", BOB)
    csw.records.register([Record(id="secret", title="Secret", type="hidden")], "bob.records", BOB)
    asked = {"service": "CSW", "version": "2.0.2"}
    for headers, there in ((None, 0), (AS_ALICE, 0), (AS_BOB, 1)):
        told = await csw.get(**asked, request="GetRecordById", id="secret", headers=headers)
        assert len(told.root) == there
        told = await csw.get(**asked, request="GetDomain", PropertyName="dc:type", headers=headers)
        assert ("hidden" in told("//csw:Value/text()")) is bool(there)
        told = await csw.post(search_2(that(compares("PropertyIsEqualTo", "dc:title", "Secret"))), headers)
        assert told.results[0] == there
        assert told.root.find(f".//{{{CSW2}}}SearchResults") is not None


async def test_what_nobody_foresaw_is_told_by_a_report_too(tmp_path, world):
    def broken(_who):
        raise RuntimeError("a secret")

    inserted = "<csw:Record><dc:identifier>a</dc:identifier><dc:title>A</dc:title></csw:Record>"
    body = f'<csw:Transaction service="CSW" version="2.0.2"><csw:Insert>{inserted}</csw:Insert></csw:Transaction>'
    told = await world(tmp_path / "broken", home=broken).post(body, AS_ALICE)
    assert (told.status, told.space, told.refused) == (500, NAMES["ows"], ("NoApplicableCode", None))
    assert b"secret" not in told.content
    assert b"The log knows it as" in told.content
