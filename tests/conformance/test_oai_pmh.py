"""OAI-PMH 2.0: a test for each requirement, its clause in the name, on a small catalogue of our own."""

import re
import time

import pytest
from harvest_world import ALICE, AS_ALICE, AS_NOBODY_KNOWS, BASE, GUIDE, MAPS, World

from thalweg.catalogue.records.record import Record

pytestmark = pytest.mark.anyio
OAI = "/oai"
ALL = ["guide", "maps", "atlas", "olinda", "oslo", "osaka"]
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
BY_DC = {"metadataPrefix": "oai_dc"}


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("oai"))
    yield made
    made.close()


@pytest.fixture
def own(tmp_path):
    """Return a world that a test may change."""
    made = World(tmp_path)
    yield made
    made.close()


def ids(told):
    """Return what is told by the last part of each identifier, with a minus before what is deleted."""
    found = []
    for header in told("//oai:header"):
        (identifier,) = header.xpath("*[local-name()='identifier']/text()")
        found.append(("-" if header.get("status") == "deleted" else "") + identifier.rpartition("/")[2])
    return found


def fault(told):
    """Return the code of the error, and the attributes by which the request is told."""
    (code,) = told("//oai:error/@code")
    (request,) = told("/oai:OAI-PMH/oai:request")
    assert told.status == 200
    assert told("//oai:error/text()")
    return code, dict(request.attrib)


def token_of(told):
    return told("//oai:resumptionToken/text()")[0]


async def harvested(world, verb="ListRecords", **asked):
    """Return all that a list tells, part by part."""
    told = await world.get(OAI, verb=verb, **{**BY_DC, **asked})
    found = [ids(told)]
    while tokens := told("//oai:resumptionToken/text()"):
        told = await world.get(OAI, verb=verb, resumptionToken=tokens[0])
        found.append(ids(told))
    return found


async def test_3_1_1_get_and_post_say_the_same(world):
    got = await world.get(OAI, verb="ListIdentifiers", **BY_DC, set="type:service")
    sent = await world.post(OAI, verb="ListIdentifiers", **BY_DC, set="type:service")
    assert ids(got) == ids(sent) == ["maps"]
    assert got.headers["content-type"] == sent.headers["content-type"] == "text/xml; charset=UTF-8"


async def test_3_1_1_2_a_post_is_a_form(world):
    async with world.client() as client:
        assert (await client.post(OAI, json={"verb": "Identify"})).status_code == 415
        big = await client.post(OAI, data={"verb": "Identify", "more": "x" * 100_000})
    assert big.status_code == 413


async def test_3_1_2_2_who_cannot_be_answered_now_is_told_by_http_to_come_again(world):
    async with world.client() as client:
        told = await client.get(OAI, params={"verb": "Identify"}, headers=AS_NOBODY_KNOWS)
    assert (told.status_code, told.headers["retry-after"]) == (503, "20")


async def test_3_2_an_answer_is_a_document_with_its_date_and_its_request(world):
    told = await world.get(OAI, verb="ListRecords", **BY_DC, set="type:service")
    assert told.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert told.root.tag == "{http://www.openarchives.org/OAI/2.0/}OAI-PMH"
    assert STAMP.fullmatch(told("/oai:OAI-PMH/oai:responseDate/text()")[0])
    (request,) = told("/oai:OAI-PMH/oai:request")
    assert request.text == f"{BASE}/oai"
    assert dict(request.attrib) == {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "type:service"}
    (where,) = told("/oai:OAI-PMH/@*[local-name()='schemaLocation']")
    assert where.split()[1] == "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"


@pytest.mark.parametrize(
    "pairs", [(), (("verb", "Harvest"),), (("verb", "Identify"), ("verb", "Identify")), (("verb", ""),)]
)
async def test_3_6_bad_verb(world, pairs):
    assert fault(await world.get(OAI, *pairs)) == ("badVerb", {})


@pytest.mark.parametrize(
    "asked",
    [
        {"verb": "Identify", "set": "type"},
        {"verb": "GetRecord", "identifier": "oai:eo.example:demo.library/guide"},
        {"verb": "GetRecord", "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords"},
        {"verb": "ListRecords", "metadataPrefix": ""},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "resumptionToken": "x"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-02-30"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-01-01T00:00:00+01:00"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-01-01", "until": "2024-01-01T00:00:00Z"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-01-02", "until": "2024-01-01"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"},
        {"verb": "ListSets", "metadataPrefix": "oai_dc"},
        {"verb": "ListMetadataFormats", "metadataPrefix": "oai_dc"},
    ],
)
async def test_3_6_bad_argument(world, asked):
    assert fault(await world.get(OAI, **asked)) == ("badArgument", {})


async def test_3_6_an_argument_given_twice_is_bad(world):
    told = await world.get(OAI, ("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("metadataPrefix", "oai_dc"))
    assert fault(told) == ("badArgument", {})


@pytest.mark.parametrize("verb", ["GetRecord", "ListIdentifiers", "ListRecords"])
async def test_3_6_cannot_disseminate_format(world, verb):
    asked = {"verb": verb, "metadataPrefix": "marc"}
    if verb == "GetRecord":
        asked["identifier"] = "oai:eo.example:demo.library/guide"
    assert fault(await world.get(OAI, **asked)) == ("cannotDisseminateFormat", asked)


@pytest.mark.parametrize(
    "identifier",
    [
        "guide",
        "oai:eo.example:demo.library/none",
        "oai:eo.example:guide",
        "oai:other.example:demo.library/guide",
        "%00",
    ],
)
@pytest.mark.parametrize("verb", ["GetRecord", "ListMetadataFormats"])
async def test_3_6_id_does_not_exist(world, verb, identifier):
    asked = {"verb": verb, "identifier": identifier, **(BY_DC if verb == "GetRecord" else {})}
    assert fault(await world.get(OAI, **asked)) == ("idDoesNotExist", asked)


@pytest.mark.parametrize(
    "narrowed",
    [
        {"set": "collection:none"},
        {"set": "type:none"},
        {"set": "river"},
        {"until": "1999-12-31"},
        {"from": "2999-01-01T00:00:00Z"},
    ],
)
@pytest.mark.parametrize("verb", ["ListIdentifiers", "ListRecords"])
async def test_3_6_no_records_match(world, verb, narrowed):
    asked = {"verb": verb, **BY_DC, **narrowed}
    assert fault(await world.get(OAI, **asked)) == ("noRecordsMatch", asked)


async def test_3_6_no_set_hierarchy_for_who_sees_no_set(tmp_path):
    empty = World(tmp_path, filled=False)
    assert fault(await empty.get(OAI, verb="ListSets")) == ("noSetHierarchy", {"verb": "ListSets"})
    empty.close()


@pytest.mark.parametrize("token", ["x", "AAAA", "%", "a" * 40_000])
async def test_3_6_bad_resumption_token_made_up(world, token):
    asked = {"verb": "ListRecords", "resumptionToken": token}
    assert fault(await world.post(OAI, **asked)) == ("badResumptionToken", asked)


async def test_3_6_bad_resumption_token_from_elsewhere(world):
    token = token_of(await world.get(OAI, verb="ListRecords", **BY_DC))
    for address, verb in ((OAI, "ListIdentifiers"), (OAI, "ListSets"), ("/workspaces/demo/oai", "ListRecords")):
        code, _ = fault(await world.get(address, verb=verb, resumptionToken=token))
        assert code == "badResumptionToken"


async def test_3_5_1_a_token_says_how_long_it_holds_and_then_holds_no_longer(own):
    told = await own.get(OAI, verb="ListRecords", **BY_DC)
    (until,) = told("//oai:resumptionToken/@expirationDate")
    assert until == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(own.clock.now + 86_400))
    own.clock.now += 86_401
    assert fault(await own.get(OAI, verb="ListRecords", resumptionToken=token_of(told)))[0] == "badResumptionToken"


async def test_4_2_identify(world):
    told = await world.get(OAI, verb="Identify")
    said = {one.tag.rpartition("}")[2]: one.text for one in told("//oai:Identify/*")}
    assert said["repositoryName"] == "Thalweg"
    assert said["baseURL"] == f"{BASE}/oai"
    assert (said["protocolVersion"], said["adminEmail"]) == ("2.0", "ann@eo.example")
    assert (said["deletedRecord"], said["granularity"]) == ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    first = await world.get(OAI, verb="ListIdentifiers", **BY_DC)
    assert said["earliestDatestamp"] == first("//oai:datestamp/text()")[0]
    order = "repositoryName baseURL protocolVersion adminEmail earliestDatestamp deletedRecord granularity"
    assert list(said)[:7] == order.split()


async def test_guidelines_oai_identifier_describes_the_identifiers(world):
    told = await world.get(OAI, verb="Identify")
    said = [one.text for one in told("//id:oai-identifier/*")]
    assert said[:3] == ["oai", "eo.example", ":"]
    assert said[3].startswith("oai:eo.example:")


async def test_4_4_list_metadata_formats(world):
    told = await world.get(OAI, verb="ListMetadataFormats")
    offered = dict(zip(told("//oai:metadataPrefix/text()"), told("//oai:metadataNamespace/text()"), strict=True))
    assert offered["oai_dc"] == "http://www.openarchives.org/OAI/2.0/oai_dc/"
    assert offered["iso19139"] == "http://www.isotc211.org/2005/gmd"
    assert offered["datacite"] == "http://datacite.org/schema/kernel-4"
    assert all(one.startswith("http") for one in told("//oai:schema/text()"))
    of_one = await world.get(OAI, verb="ListMetadataFormats", identifier="oai:eo.example:demo.library/guide")
    assert of_one("//oai:metadataPrefix/text()") == told("//oai:metadataPrefix/text()")


async def test_4_4_each_format_is_disseminated(world):
    for prefix in (await world.get(OAI, verb="ListMetadataFormats"))("//oai:metadataPrefix/text()"):
        for item in ("demo.library/guide", "demo.images/olinda"):
            told = await world.get(OAI, verb="GetRecord", metadataPrefix=prefix, identifier=f"oai:eo.example:{item}")
            (metadata,) = told("//oai:metadata")
            assert len(metadata) == 1
            assert "openarchives.org/OAI/2.0/}" not in metadata[0].tag.replace("oai_dc/}", "")


async def test_2_6_sets_are_collections_and_types(world):
    found, told = [], await world.get(OAI, verb="ListSets")
    while True:
        found += told("//oai:setSpec/text()")
        if not (tokens := told("//oai:resumptionToken/text()")):
            break
        told = await world.get(OAI, verb="ListSets", resumptionToken=tokens[0])
    assert found == [
        "type", "type:item", "type:document", "type:service", "collection", "collection:demo.library",
        "collection:demo.images",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "there"),
    [
        ("collection:demo.library", ["guide", "maps", "atlas"]),
        ("collection:demo.images", ["olinda", "oslo", "osaka"]),
        ("type:item", ["olinda", "oslo", "osaka"]),
        ("type:document", ["guide", "atlas"]),
        ("type", ALL),
        ("collection", ALL),
    ],
)
async def test_2_6_a_set_narrows(world, spec, there):
    parts = await harvested(world, set=spec)
    assert [name for part in parts for name in part] == there


async def test_2_6_a_header_tells_its_sets(world):
    told = await world.get(OAI, verb="GetRecord", **BY_DC, identifier="oai:eo.example:demo.library/guide")
    assert told("//oai:setSpec/text()") == ["collection:demo.library", "type:document"]


async def test_4_1_get_record(world):
    told = await world.get(OAI, verb="GetRecord", **BY_DC, identifier="oai:eo.example:demo.library/guide")
    assert told("//oai:record/oai:header/oai:identifier/text()") == ["oai:eo.example:demo.library/guide"]
    assert STAMP.fullmatch(told("//oai:datestamp/text()")[0])
    assert told("//oai:metadata/oai_dc:dc/dc:title/text()") == [GUIDE.title]
    assert GUIDE.description in told("//dc:description/text()")


async def test_4_1_an_id_of_any_spelling_has_an_identifier(own):
    own.records.register([Record(id="a b/ü%&?#~+", type="document", title="Odd")], "demo.library", ALICE)
    listed = await own.get(OAI, verb="ListIdentifiers", **BY_DC, set="collection:demo.library")
    while tokens := listed("//oai:resumptionToken/text()"):
        listed = await own.get(OAI, verb="ListIdentifiers", resumptionToken=tokens[0])
    identifier = listed("//oai:identifier/text()")[-1]
    assert re.fullmatch(r"oai:[a-z.]+:[a-zA-Z0-9\-_.!~*'();/?:@&=+$,%]+", identifier)
    told = await own.get(OAI, verb="GetRecord", **BY_DC, identifier=identifier)
    assert told("//oai:identifier/text()") == [identifier]


async def test_4_3_list_identifiers_tells_headers_alone(world):
    told = await world.get(OAI, verb="ListIdentifiers", **BY_DC)
    assert {one.tag.rpartition("}")[2] for one in told("//oai:ListIdentifiers/*")} == {"header", "resumptionToken"}
    parts = await harvested(world, "ListIdentifiers")
    assert [name for part in parts for name in part] == ALL


async def test_4_6_list_records_in_parts(world):
    assert await harvested(world) == [ALL[:2], ALL[2:4], ALL[4:]]


async def test_3_5_a_list_told_at_once_has_no_token_and_the_last_part_an_empty_one(world):
    at_once = await world.get(OAI, verb="ListRecords", **BY_DC, set="type:document")
    assert at_once("//oai:resumptionToken") == []
    first = await world.get(OAI, verb="ListRecords", **BY_DC)
    assert first("//oai:resumptionToken/@cursor") == ["0"]
    second = await world.get(OAI, verb="ListRecords", resumptionToken=token_of(first))
    last = await world.get(OAI, verb="ListRecords", resumptionToken=token_of(second))
    (end,) = last("//oai:resumptionToken")
    assert (end.text, end.get("cursor"), end.get("completeListSize")) == (None, "4", "6")


async def test_3_5_a_token_may_be_used_again(world):
    first = await world.get(OAI, verb="ListRecords", **BY_DC)
    again = [await world.get(OAI, verb="ListRecords", resumptionToken=token_of(first)) for _ in range(2)]
    assert ids(again[0]) == ids(again[1]) == ALL[2:4]


async def test_3_5_2_what_changes_during_a_harvest_is_neither_lost_nor_told_wrong(own):
    first = await own.get(OAI, verb="ListRecords", **BY_DC)
    own.records.replace(GUIDE, "demo.library", ALICE)
    own.catalogue.remove("demo.images", "oslo", ALICE)
    found, told = ids(first), first
    while tokens := told("//oai:resumptionToken/text()"):
        told = await own.get(OAI, verb="ListRecords", resumptionToken=tokens[0])
        found += ids(told)
    assert found == ["guide", "maps", "atlas", "olinda", "osaka", "guide", "-oslo"]


async def test_2_5_1_deleted_records_persist_and_come_back(own):
    own.records.remove("maps", "demo.library", ALICE)
    asked = {"verb": "GetRecord", **BY_DC, "identifier": "oai:eo.example:demo.library/maps"}
    told = await own.get(OAI, **asked)
    assert told("//oai:header/@status") == ["deleted"]
    assert told("//oai:metadata") == []
    assert told("//oai:setSpec/text()") == ["collection:demo.library", "type:service"]
    assert [name for part in await harvested(own, set="type:service") for name in part] == ["-maps"]
    own.records.register([MAPS], "demo.library", ALICE)
    assert (await own.get(OAI, **asked))("//oai:header/@status") == []
    assert [name for part in await harvested(own) for name in part][-1] == "maps"


async def test_2_7_1_from_and_until_are_inclusive(world):
    stamps = dict(zip(ALL, await _stamps(world), strict=True))
    first, last = stamps["guide"], stamps["osaka"]
    for since, until in ((first, last), (first[:10], last[:10])):
        parts = await harvested(world, **{"from": since, "until": until})
        assert [name for part in parts for name in part] == ALL
    since_last = [name for part in await harvested(world, **{"from": last}) for name in part]
    assert since_last[-1] == "osaka"
    assert all(stamps[name] == last for name in since_last)


async def _stamps(world):
    found, told = [], await world.get(OAI, verb="ListIdentifiers", **BY_DC)
    found += told("//oai:datestamp/text()")
    while tokens := told("//oai:resumptionToken/text()"):
        told = await world.get(OAI, verb="ListIdentifiers", resumptionToken=tokens[0])
        found += told("//oai:datestamp/text()")
    return found


async def test_guidelines_who_goes_on_from_the_response_date_misses_nothing(own):
    told = await own.get(OAI, verb="ListRecords", **BY_DC)
    (since,) = told("//oai:responseDate/text()")
    own.records.register([Record(id="late", type="document", title="Late")], "demo.library", ALICE)
    found = [name for part in await harvested(own, **{"from": since}) for name in part]
    assert "late" in found


async def test_what_a_caller_may_not_see_is_not_told(own):
    own.records.ensure_catalogue("alice.notes", "Notes", "Of Alice.", ALICE)
    own.records.register([Record(id="secret", type="document", title="Secret")], "alice.notes", ALICE)
    asked = {"verb": "GetRecord", **BY_DC, "identifier": "oai:eo.example:alice.notes/secret"}
    assert fault(await own.get(OAI, **asked))[0] == "idDoesNotExist"
    assert (await own.get(OAI, headers=AS_ALICE, **asked))("//dc:title/text()") == ["Secret"]
    assert "secret" not in [name for part in await harvested(own) for name in part]


async def test_a_workspace_tells_of_itself_alone(own):
    own.records.ensure_catalogue("alice.notes", "Notes", "Of Alice.", ALICE)
    own.records.register([Record(id="secret", type="document", title="Secret")], "alice.notes", ALICE)
    told = await own.get("/workspaces/alice/oai", verb="ListRecords", **BY_DC, headers=AS_ALICE)
    assert ids(told) == ["secret"]
    assert told("//oai:request/text()") == [f"{BASE}/workspaces/alice/oai"]
