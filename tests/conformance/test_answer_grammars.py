"""What SRU and OpenSearch answer keeps the grammars of SRU 1.1 and 1.2 and of Atom, told in RELAX NG beside this."""

from pathlib import Path

import pytest
from harvest_world import World
from lxml import etree

pytestmark = pytest.mark.anyio
GRAMMARS = Path(__file__).parent / "grammars"
ASKED = [
    {},
    {"operation": "explain", "recordPacking": "string"},
    {"operation": "searchRetrieve", "query": "dc.title any flood", "recordPacking": "string", "startRecord": "1"},
    {"operation": "searchRetrieve", "query": "cql.allRecords=1", "maximumRecords": "2", "recordSchema": "dc"},
    {"operation": "searchRetrieve", "query": "dc.title = nothing"},
    {"operation": "searchRetrieve", "query": "(("},
    {"operation": "searchRetrieve", "query": "dc.title = a", "recordSchema": "marc"},
    {"operation": "scan", "scanClause": "dc.type = item", "maximumTerms": "3"},
    {"operation": "scan", "scanClause": "dc.nothing = a"},
    {"operation": "sing"},
]


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("grammars"))
    yield made
    made.close()


def grammar(name):
    return etree.RelaxNG(etree.parse(GRAMMARS / f"{name}.rng"))


@pytest.mark.parametrize("version", ["1.1", "1.2"])
async def test_sru_answers_are_what_its_schemas_say(world, version):
    sru = grammar("sru")
    for asked in ASKED:
        told = await world.get("/sru", **asked, **({"version": version} if asked else {}))
        sru.assertValid(told.root)


def test_a_grammar_refuses_what_is_none():
    assert not grammar("sru").validate(etree.fromstring('<scanResponse xmlns="http://www.loc.gov/zing/srw/"/>'))
    assert not grammar("atom").validate(etree.fromstring('<feed xmlns="http://www.w3.org/2005/Atom"><id>a</id></feed>'))


async def test_feeds_are_what_rfc_4287_says(world):
    atom = grammar("atom")
    for asked in ({}, {"count": "2"}, {"q": "flood"}, {"count": "0"}, {"bbox": "5,48,6,49"}, {"uid": "guide"}):
        told = await world.get("/opensearch/search", **asked, headers={"accept": "application/atom+xml"})
        assert told.kind == "application/atom+xml", told.content
        atom.assertValid(told.root)
        feed_has_author = bool(told("/atom:feed/atom:author"))
        assert all(feed_has_author or entry.find("{*}author") is not None for entry in told("//atom:entry"))
