"""SRU 1.1 and 1.2, and CQL 1.2: a test for each requirement, the part of the specification in the name."""

import contextlib

import pytest
from harvest_world import ALICE, AS_ALICE, AS_NOBODY_KNOWS, GUIDE, NAMES, World
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.catalogue.api.sru import cql
from thalweg.catalogue.api.sru.diagnostics import Diagnostic
from thalweg.catalogue.api.sru.meaning import meaning_of
from thalweg.catalogue.api.sru.queries import Clause, Group, Modifier, SortKey
from thalweg.catalogue.records.record import Record

pytestmark = pytest.mark.anyio
SRU = "/sru"
USUAL = {"operation": "searchRetrieve", "version": "1.2"}
ALL = {"guide", "maps", "atlas", "olinda", "oslo", "osaka"}


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("sru"))
    yield made
    made.close()


def ids(told):
    """Return the identifiers of the records, those of Items without their Collection."""
    return [one.rpartition(":")[2] for one in told("//srw:record//dc:identifier[1]/text()")]


def wrong(told):
    """Return the numbers of the diagnostics, each with its details."""
    assert told.status == 200
    numbers = [uri.rpartition("/")[2] for uri in told("//diag:uri/text()")]
    assert all(uri.startswith("info:srw/diagnostic/1/") for uri in told("//diag:uri/text()"))
    return int(numbers[0]), (told("//diag:details/text()") or [""])[0]


async def search(world, query, **asked):
    return await world.get(SRU, **{**USUAL, "query": query, **asked})


async def found(world, query, **asked):
    told = await search(world, query, **asked)
    assert told("//diag:uri/text()") == [], told.content
    return set(ids(told))


async def test_who_cannot_be_answered_now_is_told_by_a_diagnostic(world):
    assert wrong(await search(world, "rivers", headers=AS_NOBODY_KNOWS))[0] == 2
    assert wrong(await world.get(SRU, headers=AS_NOBODY_KNOWS))[0] == 2


# explain


@pytest.mark.parametrize(
    "asked", [{}, {"operation": "explain", "version": "1.1"}, {"operation": "explain", "version": "1.2"}]
)
async def test_explain_describes_the_server(world, asked):
    told = await world.get(SRU, **asked)
    assert told.kind == "text/xml"
    assert told.root.tag == f"{{{NAMES['srw']}}}explainResponse"
    assert told("//srw:recordSchema/text()") == [NAMES["zr"]]
    (server,) = told("//zr:explain/zr:serverInfo")
    assert server.get("protocol") == "SRU"
    assert [one.text for one in server] == ["eo.example", "80", "sru"]
    assert {"cql", "dc", "rec"} <= set(told("//zr:indexInfo/zr:set/@name"))
    assert "info:srw/schema/1/dc-v1.1" in told("//zr:schema/@identifier")


async def test_explain_names_only_indexes_that_answer(world):
    told = await world.get(SRU)
    for one in told("//zr:index[@search='true']/zr:map/zr:name"):
        name = f"{one.get('set')}.{one.text}"
        term = {"geo": '"0 0 1 1"' if one.text == "box" else '"POINT(0 0)"', "eo": "1"}.get(one.get("set"), "2020")
        answer = await search(world, f"{name} = {term}")
        assert answer("//diag:uri/text()") == [], name


async def test_explain_names_only_schemas_that_answer(world):
    for schema in (await world.get(SRU))("//zr:schema/@name"):
        told = await search(world, "dc.title = Yangtze", recordSchema=schema)
        assert told("//srw:numberOfRecords/text()") == ["1"], schema
        assert len(told("//srw:recordData/*")) == 1


async def test_explain_as_a_string(world):
    told = await world.get(SRU, operation="explain", version="1.2", recordPacking="string")
    assert told("//srw:record/srw:recordPacking/text()") == ["string"]
    assert told("//srw:recordData/text()")[0].startswith("<explain ")


# versions and parameters


@pytest.mark.parametrize(("asked", "spoken"), [("1.1", "1.1"), ("1.2", "1.2"), ("1.9", "1.2"), ("2.0", "1.2")])
async def test_version_negotiation_answers_no_higher_than_asked(world, asked, spoken):
    assert (await search(world, "river", version=asked))("//srw:version/text()")[0] == spoken


@pytest.mark.parametrize(
    ("asked", "number", "details"),
    [
        ({"version": "1.2"}, 7, "operation"),
        ({"operation": "searchRetrieve", "query": "a"}, 7, "version"),
        ({"operation": "searchRetrieve", "version": "1.2"}, 7, "query"),
        ({"operation": "scan", "version": "1.2"}, 7, "scanClause"),
        ({"operation": "update", "version": "1.2"}, 4, "update"),
        ({**USUAL, "query": "a", "version": "1.0"}, 5, "1.2"),
        ({**USUAL, "query": "a", "version": "one"}, 5, "1.2"),
        ({**USUAL, "query": "a", "startRecord": "0"}, 6, "startRecord"),
        ({**USUAL, "query": "a", "startRecord": "x"}, 6, "startRecord"),
        ({**USUAL, "query": "a", "maximumRecords": "-1"}, 6, "maximumRecords"),
        ({**USUAL, "query": "a", "resultSetTTL": "soon"}, 6, "resultSetTTL"),
        ({**USUAL, "query": "a", "colour": "red"}, 8, "colour"),
        ({**USUAL, "query": "a", "sortKeys": "title"}, 8, "sortKeys"),
        ({**USUAL, "query": "a", "recordPacking": "json"}, 71, "json"),
        ({**USUAL, "query": "a", "recordSchema": "marcxml"}, 66, "marcxml"),
        ({**USUAL, "query": "a", "recordXPath": "/dc/title"}, 72, ""),
        ({**USUAL, "query": "a", "stylesheet": "http://a/b.xsl"}, 110, ""),
        ({**USUAL, "query": "river", "startRecord": "40"}, 61, "40"),
    ],
)
async def test_diagnostics_of_requests(world, asked, number, details):
    assert wrong(await world.get(SRU, **asked)) == (number, details)


async def test_a_refused_search_is_a_search_that_found_nothing(world):
    told = await search(world, "(")
    assert told.root.tag == f"{{{NAMES['srw']}}}searchRetrieveResponse"
    assert told("//srw:numberOfRecords/text()") == ["0"]
    assert told("//diag:message/text()")


async def test_extra_request_data_is_passed_over(world):
    assert await found(world, "Yangtze", **{"x-info-2-auth1.0-token": "1"}) == {"guide"}


async def test_a_form_is_taken_by_post(world):
    told = await world.post(SRU, **USUAL, query="Yangtze")
    assert ids(told) == ["guide"]


# searchRetrieve


async def test_search_retrieve_response(world):
    told = await search(world, "Yangtze", recordSchema="dc", resultSetTTL="60")
    assert [one.tag.rpartition("}")[2] for one in told.root] == [
        "version", "numberOfRecords", "records", "echoedSearchRetrieveRequest",
    ]  # fmt: skip
    assert told("//srw:recordSchema/text()")[0] == "info:srw/schema/1/dc-v1.1"
    assert told("//srw:recordPacking/text()") == ["xml"]
    assert told("//srw:recordPosition/text()") == ["1"]
    assert told("//srw:recordData/srw_dc:dc/dc:title/text()") == [GUIDE.title]
    assert told("//srw:echoedSearchRetrieveRequest/srw:query/text()") == ["Yangtze"]


async def test_record_packing_string_is_the_record_as_text(world):
    told = await search(world, "Yangtze", recordPacking="string", recordSchema="iso19139")
    assert told("//srw:recordData/*") == []
    assert told("//srw:recordData/text()")[0].startswith("<gmd:MD_Metadata")


@pytest.mark.parametrize("schema", ["iso19139", "http://www.isotc211.org/2005/gmd"])
async def test_record_schema_by_name_and_by_uri(world, schema):
    told = await search(world, "Yangtze", recordSchema=schema)
    assert len(told("//srw:recordData/gmd:MD_Metadata")) == 1
    assert told("//srw:records//srw:recordSchema/text()") == ["http://www.isotc211.org/2005/gmd"]


async def test_pages_follow_each_other(world):
    seen, start = [], "1"
    while start:
        told = await search(world, "cql.allRecords = 1", startRecord=start, maximumRecords="2")
        seen += ids(told)
        assert told("//srw:numberOfRecords/text()") == ["6"]
        start = (told("//srw:nextRecordPosition/text()") or [""])[0]
    assert len(seen) == 6
    assert set(seen) == ALL


async def test_no_records_may_be_asked_for(world):
    told = await search(world, "cql.allRecords = 1", maximumRecords="0")
    assert told("//srw:numberOfRecords/text()") == ["6"]
    assert told("//srw:records") == []


# what CQL means


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("river", {"guide", "maps"}),
        ('"yangtze floods"', {"guide"}),
        ('"floods yangtze"', set()),
        ("river and floods", {"guide"}),
        ("lakes or oslo", {"atlas", "oslo"}),
        ("river not yangtze", {"maps"}),
        ("cql.allRecords = 1 not river", {"atlas", "olinda", "oslo", "osaka"}),
        ("river and (lakes or maps)", {"maps"}),
        ("lakes or river and maps", {"maps"}),
        ('cql.anywhere all "maps rivers"', {"maps"}),
        ('cql.anywhere any "lakes oslo"', {"atlas", "oslo"}),
        ("dc.title = Yangtze", {"guide"}),
        ("title = yangtze", {"guide"}),
        ("dc.title = yang*", {"guide"}),
        ("dc.title = ^an", {"atlas"}),
        ("dc.title = lakes^", {"atlas"}),
        ("dc.title = l?kes", {"atlas"}),
        ('dc.title == "Maps of rivers"', {"maps"}),
        ('dc.title == "maps of rivers"', set()),
        ('dc.title ==/ignoreCase "maps of rivers"', {"maps"}),
        ('dc.title exact "Maps of rivers"', {"maps"}),
        ("dc.title =/respectCase yangtze", set()),
        ('dc.title any "lakes rivers"', {"atlas", "maps"}),
        ('dc.title all "lakes rivers"', set()),
        ("dc.subject = flood", {"guide"}),
        ("dc.type = document", {"guide", "atlas"}),
        ("dc.type = item", {"olinda", "oslo", "osaka"}),
        ("dc.type <> document and dc.type <> item", {"maps"}),
        ("dc.identifier = guide", {"guide"}),
        ("dc.identifier = demo.images:oslo", {"oslo"}),
        ('rec.identifier any "guide maps"', {"guide", "maps"}),
        ("rec.collectionName = demo.library", {"guide", "maps", "atlas"}),
        ("rec.lastModificationDate > 2021", set()),
        ("rec.lastModificationDate = 2020-02", {"guide"}),
        ('rec.lastModificationDate within "2020 2021"', {"guide", "atlas"}),
        ("dc.creator = Ann", {"guide"}),
        ("dc.language = fr", {"atlas"}),
        ('geo.box = "9 58 12 61"', {"maps", "oslo"}),
        ('geo.box within "-40,-10,-30,0"', {"olinda"}),
        ('geo.geometry = "POINT(10.5 59.5)"', {"oslo", "maps"}),
        ("eo.cloudCover < 50", {"olinda", "oslo"}),
        ('eo.cloudCover within "40 100"', {"oslo", "osaka"}),
        ('> d = "info:srw/cql-context-set/1/dc-v1.1" d.title = lakes', {"atlas"}),
        ('> "info:srw/cql-context-set/2/rec-1.1" identifier = guide', {"guide"}),
        ('"a \\"quoted\\" word"', set()),
    ],
)
async def test_cql_finds(world, query, there):
    assert await found(world, query) == there


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("dc.type = document sortby dc.title", ["atlas", "guide"]),
        ("dc.type = document sortby dc.title/sort.descending", ["guide", "atlas"]),
        ("dc.type = item sortby eo.platform dc.title/sort.descending", ["osaka", "olinda", "oslo"]),
    ],
)
async def test_cql_1_2_sorts(world, query, order):
    assert ids(await search(world, query)) == order


@pytest.mark.parametrize(("keys", "order"), [("title,dc", ["atlas", "guide"]), ("title,dc,0", ["guide", "atlas"])])
async def test_sru_1_1_sort_keys(world, keys, order):
    told = await search(world, "dc.type = document", version="1.1", sortKeys=keys)
    assert ids(told) == order


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("a and", 10),
        ("and", 10),
        ("dc.title =", 10),
        ("a b c d", 10),
        ("= a", 10),
        ("x" * 5_000, 12),
        ("(a", 13),
        ("a)", 13),
        ("(" * 40 + "a" + ")" * 40, 13),
        ('"a', 14),
        ("marc.245 = a", 15),
        ('> m = "info:marc" m.title = a', 15),
        ("dc.colour = a", 16),
        ("colour = a", 16),
        ("dc.title near a", 19),
        ("dc.title =/stem a", 20),
        ("dc.title within a", 22),
        ("cql.anywhere < a", 22),
        ("dc.title = a\\b", 26),
        ('dc.title = ""', 27),
        ("hydro*", 28),
        ("dc.title == a*", 28),
        ("dc.title = a^b", 32),
        ("dc.date > soon", 36),
        ("eo.cloudCover = much", 36),
        ('geo.box = "1 2 3"', 36),
        ('geo.geometry = "POINT(1"', 36),
        (" and ".join("a" * 80), 38),
        (f'dc.title any "{"a " * 80}"', 38),
        (f'cql.anywhere all "{"a " * 80}"', 38),
        ("a prox b", 39),
        ("a prox/distance<3 b", 39),
        ("a and/rel.combine=sum b", 46),
        ("cql.resultSetId = 1", 50),
        ("a sortby geo.box", 80),
        ("a sortby " + " ".join(["dc.title"] * 9), 84),
        ("a sortby dc.title/sort.missingFail", 92),
    ],
)
async def test_cql_diagnostics(world, query, number):
    told = await search(world, query)
    assert wrong(told)[0] == number
    assert told("//srw:records") == []


# CQL itself


def term(text):
    return Clause("cql.serverChoice", "=", text)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("fish", term("fish")),
        ('"two words"', term("two words")),
        ('"with \\"quotes\\""', term('with "quotes"')),
        ("dc.title any fish", Clause("dc.title", "any", "fish")),
        ("dc.title=fish", Clause("dc.title", "=", "fish")),
        ("a<>b", Clause("a", "<>", "b")),
        ("a =/x/y=1 b", Clause("a", "=", "b", (Modifier("x"), Modifier("y", "=", "1")))),
        ("a or b AND c", Group("and", Group("or", term("a"), term("b")), term("c"))),
        ("a or (b and c)", Group("or", term("a"), Group("and", term("b"), term("c")))),
        ('"and" and "or"', Group("and", term("and"), term("or"))),
        ("(((a)))", term("a")),
    ],
)
async def test_cql_is_read(text, tree):
    assert cql.read(text).query == tree


async def test_cql_prefixes_and_keys_are_read():
    read = cql.read('> dc = "info:a" > "info:b" title = x sortby dc.date/sort.descending title')
    assert read.sets == (("dc", "info:a"), ("", "info:b"))
    assert read.keys == (SortKey("dc.date", (Modifier("sort.descending"),)), SortKey("title"))


@pytest.mark.parametrize("text", ["", "   ", "()", "a and or b", "a sortby", "> a", "/", "a = (b)", "a (b)"])
async def test_what_is_no_cql_is_refused(text):
    with pytest.raises(Diagnostic):
        cql.read(text)


@settings(deadline=None, max_examples=300, derandomize=True)
@given(
    st.lists(st.sampled_from([*'()<>=/ab"\\*', " ", "and", "not", "sortby", "dc.title", '"two words"']), max_size=24)
)
def test_whatever_is_asked_is_read_or_refused(parts):
    with contextlib.suppress(Diagnostic):
        meaning_of(cql.read(" ".join(parts)))


# scan


def terms(told):
    return list(zip(told("//srw:term/srw:value/text()"), told("//srw:term/srw:numberOfRecords/text()"), strict=True))


async def scan(world, clause, **asked):
    return await world.get(SRU, operation="scan", version="1.2", scanClause=clause, **asked)


async def test_scan_lists_the_terms_of_an_index_with_their_counts(world):
    told = await scan(world, "dc.type = a")
    assert terms(told) == [("document", "2"), ("item", "3"), ("service", "1")]
    assert told("//srw:echoedScanRequest/srw:scanClause/text()") == ["dc.type = a"]


TITLES = [
    "An atlas of lakes",
    "How the Yangtze floods",
    "Maps of rivers",
    "Scene of Olinda",
    "Scene of Osaka",
    "Scene of Oslo",
]


@pytest.mark.parametrize(
    ("clause", "asked", "there"),
    [
        ('dc.title = ""', {}, TITLES),
        ('dc.title = "Maps of rivers"', {"maximumTerms": "2"}, TITLES[2:4]),
        ('dc.title = "Maps of rivers"', {"responsePosition": "0", "maximumTerms": "2"}, TITLES[3:5]),
        ('dc.title = "Maps of rivers"', {"responsePosition": "3", "maximumTerms": "3"}, TITLES[:3]),
        ('dc.title = "N"', {"responsePosition": "2", "maximumTerms": "2"}, TITLES[2:4]),
        ('dc.title = "Z"', {}, []),
        ("rec.collectionName = demo.j", {}, ["demo.library"]),
    ],
)
async def test_scan_goes_around_a_term(world, clause, asked, there):
    assert [value for value, _ in terms(await scan(world, clause, **asked))] == there


@pytest.mark.parametrize(
    ("clause", "asked", "number"),
    [
        ("dc.colour = a", {}, 16),
        ("cql.anywhere = a", {}, 16),
        ("dc.title < a", {}, 22),
        ("a and b", {}, 10),
        ("dc.title = a", {"maximumTerms": "0"}, 6),
        ("dc.title = a", {"responsePosition": "9", "maximumTerms": "2"}, 120),
    ],
)
async def test_scan_diagnostics(world, clause, asked, number):
    told = await scan(world, clause, **asked)
    assert told.root.tag == f"{{{NAMES['srw']}}}scanResponse"
    assert wrong(told)[0] == number


# who asks


async def test_what_a_caller_may_not_see_is_neither_found_nor_scanned(tmp_path):
    own = World(tmp_path)
    own.records.ensure_catalogue("alice.notes", "Notes", "Of Alice.", ALICE)
    own.records.register([Record(id="secret", type="diary", title="Secret")], "alice.notes", ALICE)
    assert await found(own, "secret") == set()
    assert "diary" not in dict(terms(await scan(own, "dc.type = a")))
    told = await own.get(SRU, **USUAL, query="secret", headers=AS_ALICE)
    assert ids(told) == ["secret"]
    assert ids(await own.get("/workspaces/alice/sru", **USUAL, query="cql.allRecords=1", headers=AS_ALICE)) == [
        "secret"
    ]
    own.close()
