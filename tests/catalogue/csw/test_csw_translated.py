"""Searches that go on to catalogues of another version or protocol: all of them is said there, or why it is not."""

import socket

import pytest
from csw_world import LIKE, NAMES, bind, box, compares, search_2, search_3, that
from lxml import etree
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from test_csw_afar import BY_PAIRS_3, FLOODS, far

from thalweg.catalogue.api.csw.versions import V2, V3
from thalweg.catalogue.api.records import records as face
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.federation.catalogues import Federated
from thalweg.catalogue.filters.fes import FES_20, FILTER_11, read_filter
from thalweg.catalogue.filters.respelling import respelled
from thalweg.core.errors import NotSupported
from thalweg.guard.markup import parsed
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import Root

pytestmark = pytest.mark.anyio
UNASKED = {name: value for name, value in BY_PAIRS_3.items() if not name.startswith("constraint")}


def third(text):
    """Return a filter of the tests as FES 2.0 has it."""
    told = text.replace("ogc:PropertyName", "fes:ValueReference").replace("ogc:", "fes:").replace("csw:", "csw30:")
    return told.replace("gml:", "gml32:")


def filter_of(inside, version=2):
    text = f"<ogc:Filter >{inside}</ogc:Filter>"
    return parsed(bind(text if version == 2 else third(text)).encode(), "filter")


POLYGON = (
    '<ogc:Within ><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName><gml:Polygon srsName="EPSG:4326"><gml:exterior>'
    "<gml:LinearRing><gml:posList>0 40 20 40 20 60 0 60 0 40</gml:posList></gml:LinearRing></gml:exterior>"
    "</gml:Polygon></ogc:Within>"
)
NEAR = (
    "<ogc:DWithin><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName><gml:Point><gml:pos>7 50</gml:pos></gml:Point>"
    '<ogc:Distance {}="m">1000</ogc:Distance></ogc:DWithin>'
)
NULL = "<ogc:PropertyIsNull><ogc:PropertyName>dc:title</ogc:PropertyName></ogc:PropertyIsNull>"
BETWEEN = (
    "<ogc:PropertyIsBetween><ogc:PropertyName>apiso:Denominator</ogc:PropertyName>"
    "<ogc:LowerBoundary><ogc:Literal>1</ogc:Literal></ogc:LowerBoundary>"
    "<ogc:UpperBoundary><ogc:Literal>9</ogc:Literal></ogc:UpperBoundary></ogc:PropertyIsBetween>"
)
JOINED = (
    f"<ogc:And><ogc:Not>{NULL}</ogc:Not><ogc:Or>{BETWEEN}{compares('PropertyIsLessThan', 'dct:modified', '2010')}"
    "</ogc:Or></ogc:And>"
)


def when(operator, *moments):
    """Return a relation of the time of change to a moment, or to a period."""
    time = f"<gml:TimeInstant><gml:timePosition>{moments[0]}</gml:timePosition></gml:TimeInstant>"
    if moments[1:]:
        ends = (
            f"<gml:{name}Position>{at}</gml:{name}Position>" for name, at in zip(("begin", "end"), moments, strict=True)
        )
        time = f"<gml:TimePeriod>{''.join(ends)}</gml:TimePeriod>"
    return f"<ogc:{operator}><ogc:PropertyName>dct:modified</ogc:PropertyName>{time}</ogc:{operator}>"


SAYABLE = [
    compares("PropertyIsEqualTo", "dc:title", "Flood reports", matchCase="false"),
    compares("PropertyIsLike", "csw:AnyText", "*river*", **LIKE),
    JOINED,
    box(47.0, -4.5, 52.0, 5.0),
    POLYGON,
]


@pytest.mark.parametrize("inside", [*SAYABLE, NEAR.format("units")])
async def test_a_filter_means_the_same_in_the_other_version_and_back(inside):
    old = filter_of(inside)
    new = respelled(old, FES_20)
    again = respelled(new, FILTER_11)
    assert new.tag == f"{{{FES_20}}}Filter"
    assert b"opengis.net/ogc" not in etree.tostring(new)
    assert read_filter(old) == read_filter(new) == read_filter(again)


async def test_ids_have_another_name_in_each_version():
    old = filter_of('<ogc:FeatureId fid="a"/><ogc:FeatureId fid="b"/>')
    assert read_filter(respelled(old, FES_20)) == read_filter(old)
    assert [one.get("rid") for one in respelled(old, FES_20)] == ["a", "b"]
    assert [one.get("fid") for one in respelled(respelled(old, FES_20), FILTER_11)] == ["a", "b"]


async def test_shapes_of_gml_3_2_have_ids_and_their_new_names():
    lines = (
        "<ogc:Intersects><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName><gml:MultiLineString><gml:lineStringMember>"
        "<gml:LineString><gml:posList>0 0 1 1</gml:posList></gml:LineString></gml:lineStringMember>"
        "</gml:MultiLineString></ogc:Intersects>"
    )
    new = respelled(filter_of(lines), FES_20)
    assert {
        one.get("{http://www.opengis.net/gml/3.2}id") for one in new.iter() if "String" in one.tag or "Curve" in one.tag
    }
    assert read_filter(new) == read_filter(filter_of(lines))


@pytest.mark.parametrize(
    ("inside", "version", "into"),
    [
        (when("After", "2010-01-08"), 3, FILTER_11),
        (when("During", "2010-01-08T00:00:00Z", "2010-01-09"), 3, FILTER_11),
        (when("Ends", "2010-01-08T00:00:00Z"), 3, FILTER_11),
        (compares("PropertyIsEqualTo", "dc:title", "x", matchAction="All"), 3, FILTER_11),
        ('<ogc:ResourceId rid="a" version="1"/>', 3, FILTER_11),
        (compares("PropertyIsLike", "dc:title", "x", matchCase="false", **LIKE), 2, FES_20),
        (POLYGON.replace("exterior", "outerBoundaryIs"), 2, FES_20),
    ],
)
async def test_what_the_other_version_has_no_word_for_is_not_said_there(inside, version, into):
    with pytest.raises(NotSupported, match="cannot be said in"):
        respelled(filter_of(inside, version), into)


class Pair:
    """Two catalogues, each of which goes on to the other by one protocol; what was asked is kept."""

    def __init__(self, world, serving, folder, protocols):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in protocols]
        self.made, self.posted = [], []
        for place, protocol in enumerate(protocols):
            there = f"http://127.0.0.1:{sockets[1 - place].getsockname()[1]}"
            path = "/records/collections/demo.records" if protocol == "records" else "/csw"
            federated = (Federated("other", f"{there}{path}", protocol),)
            self.made.append(world(folder / str(place), federated=federated))
        for one, listening in zip(self.made, sockets, strict=True):
            serving(self._heard(with_records(one)), listening)

    def _heard(self, application):
        async def hear(scope, receive, send):
            if scope["type"] == "http":
                self.posted.append(f"{scope['method']} {scope['path']}")
            await application(scope, receive, send)

        return hear


def with_records(world):
    """Return an application of both protocols over one catalogue."""
    given = face.faces(RecordServing(world.records, Sealer(b"a secret of the tests")), lambda: None)
    root = Root("/records", "Test", "A test.", given, "1")
    return Application([*world.face.routes("/csw"), *root.routes(world.face._site)])


@pytest.fixture
def pair(tmp_path, world, serving):
    return lambda *protocols: Pair(world, serving, tmp_path, protocols)


def found_there(told):
    (found,) = told("//csw30:FederatedSearchResult")
    return [one.rpartition(":")[2] for one in found.xpath(".//dc:identifier/text()", namespaces=NAMES)]


async def test_a_search_of_csw_3_goes_on_to_a_catalogue_of_2_0_2(pair):
    one = pair("csw-2.0.2", "csw-2.0.2").made[0]
    modified = compares("PropertyIsGreaterThan", "dct:modified", "2006")
    for inside, ids in ((SAYABLE[0], ["flood"]), (modified, ["n9", "n8"]), (POLYGON, ["rhine", "elbe"])):
        told = await one.post(far(search_3(third(that(inside)), maxRecords="2"), 2, ids[0]))
        assert found_there(told) == ids, told.content
        (result,) = told("//csw30:FederatedSearchResult/csw30:searchResult")
        assert result[0].tag == f"{{{V3.csw}}}BriefRecord"


async def test_relations_to_moments_are_comparisons_in_2_0_2(pair):
    one = pair("csw-2.0.2", "csw-2.0.2").made[0]
    for inside, ids in (
        (when("After", "2010-01-07T00:00:00Z"), {"n8", "n9"}),
        (when("Before", "2005-01-01T00:00:00Z"), {"levels"}),
        (when("TEquals", "2010-01-07T00:00:00Z"), {"n7"}),
        (when("During", "2010-01-03T00:00:00Z", "2010-01-06T00:00:00Z"), {"n4", "n5"}),
    ):
        told = await one.post(far(search_3(third(that(inside)), maxRecords="50"), 2, inside[5:8]))
        own = told("/*/csw30:SearchResults/csw30:BriefRecord/dc:identifier/text()")
        assert {name.rpartition(":")[2] for name in own} == set(found_there(told)) == ids, told.content


async def test_records_come_in_the_elements_of_the_version_that_was_asked(pair):
    rhine = compares("PropertyIsEqualTo", "dc:identifier", "urn:x-test:elbe")
    one = pair("csw-2.0.2", "csw-2.0.2").made[0]
    told = await one.post(far(search_3(third(that(rhine, "full"))), 2, "full"))
    (there,) = told("//csw30:FederatedSearchResult//csw30:Record")
    assert there.findall(f"{{{V3.ows}}}BoundingBox")
    assert not [one for one in there.iter() if V2.csw in one.tag or f"{{{V2.ows}}}" in one.tag]


async def test_times_of_csw_3_are_periods_in_2_0_2(pair):
    elbe = compares("PropertyIsEqualTo", "dc:identifier", "urn:x-test:elbe")
    one = pair("csw-3.0.0", "csw-3.0.0").made[0]
    told = await one.post(far(search_2(that(elbe, "full")), 2))
    own, there = told("//csw:SearchResults/csw:Record")
    assert [one.tag for one in there] == [one.tag for one in own]
    period = "{http://purl.org/dc/terms/}temporal"
    assert "1990-01-01" in there.find(period).text
    assert there.findall(f"{{{V2.ows}}}BoundingBox")


async def test_a_search_of_2_0_2_goes_on_to_a_catalogue_of_csw_3_with_its_page_and_its_order(pair):
    both = pair("csw-3.0.0", "csw-3.0.0")
    one = both.made[0]
    scenes = compares("PropertyIsLike", "dc:title", "Scene*", **LIKE)
    order = (
        "<ogc:SortBy><ogc:SortProperty><ogc:PropertyName>dc:title</ogc:PropertyName></ogc:SortProperty></ogc:SortBy>"
    )
    body = search_2(that(scenes) + order, startPosition="8", maxRecords="4")
    told = await one.post(far(body, 2))
    assert told.ids == ["n8", "n9", "n8", "n9"]
    assert told.results[0] == 18
    told = await one.post(far(search_2(that(scenes), resultType="hits"), 2))
    assert (told.ids, told.results[0]) == ([], 18)


async def test_iso_comes_as_it_is_and_types_and_schemas_are_said_in_both(pair):
    one = pair("csw-3.0.0", "csw-3.0.0").made[0]
    body = far(search_2(that(SAYABLE[0]), outputSchema=NAMES["gmd"]), 2)
    told = await one.post(body.replace('typeNames="csw:Record"', 'typeNames="gmd:MD_Metadata"'))
    assert told("//gmd:fileIdentifier/*/text()") == ["urn:x-test:flood"] * 2


async def test_a_search_that_is_translated_goes_in_no_circle(pair):
    both = pair("csw-2.0.2", "csw-3.0.0")
    told = await both.made[0].post(far(search_3(third(that(SAYABLE[0]))), 8, "round"))
    # The first asks the second in 2.0.2, which asks the first in 3.0, which knows that it was here before.
    assert both.posted == ["POST /csw", "POST /csw"]
    assert found_there(told) == ["flood", "flood"]
    assert (await both.made[0].post(far(search_3(third(that(SAYABLE[0]))), 1, "near"))).status == 200
    assert len(both.posted) == 2


async def test_what_csw_3_says_beside_a_filter_is_one_in_2_0_2(pair):
    one = pair("csw-2.0.2", "csw-2.0.2").made[0]
    text = etree.tostring(respelled(filter_of(SAYABLE[0]), FES_20)).decode()
    for pairs, ids in (
        ({"q": "river levels"}, {"rhine", "elbe", "levels"}),
        ({"bbox": "4,47,10,53"}, {"rhine", "elbe"}),
        ({"recordIds": "urn:x-test:fen,urn:x-test:flood"}, {"fen", "flood"}),
        ({"constraint": "dc:title = 'Flood reports'"}, {"flood"}),
        ({"constraint": text, "constraintLanguage": "FILTER"}, {"flood"}),
    ):
        told = await one.get(**UNASKED, **pairs)
        assert set(found_there(told)) == ids, told.content


async def test_a_catalogue_that_cannot_be_told_all_is_told_of(pair):
    both = pair("csw-2.0.2", "csw-2.0.2")
    for pairs in ({"time": "2006-01-01/2007-01-01"}, {"q": "river", "constraint": "dc:title = 'Flood reports'"}):
        told = await both.made[0].get(**UNASKED, **pairs)
        (failed,) = told("//csw30:FederatedException//ows20:ExceptionText/text()")
        assert "there" in failed
    assert both.posted == []


async def test_a_search_goes_on_to_a_catalogue_of_ogc_api_records(pair):
    both = pair("records", "csw")
    one = both.made[0]
    told = await one.post(far(search_2(that(SAYABLE[1])), 8))
    assert sorted(told.ids) == ["elbe", "elbe", "rhine", "rhine"]
    assert both.posted == ["GET /records/collections/demo.records/items"]
    told = await one.post(
        far(search_3(third(that(compares("PropertyIsEqualTo", "dc:type", "series"), "full"))), 2, "t")
    )
    assert found_there(told)[:1] == ["levels"]
    told = await one.get(**{**BY_PAIRS_3, "constraint": "", "bbox": "4,47,10,53", "maxRecords": "1"})
    (result,) = told("//csw30:searchResult")
    assert (result.get("numberOfRecordsMatched"), result.get("numberOfRecordsReturned")) == ("2", "1")


async def test_what_ogc_api_records_cannot_be_asked_is_told(pair):
    one = pair("records", "csw").made[0]
    subject = compares("PropertyIsEqualTo", "dc:subject", "river")
    told = await one.post(far(search_2(that(subject)), 2))
    assert "CQL2" in str(told("//comment()")[0])
    told = await one.post(far(search_2(FLOODS, startPosition="2"), 2))
    assert "no page" in str(told("//comment()")[0])


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"features": {}}', b'{"features": [1]}', b'{"features": [{}]}'])
async def test_nonsense_of_ogc_api_records_spoils_nothing(tmp_path, world, serving, content):
    async def answer(_request):
        return Response(content, media_type="application/geo+json")

    address = serving(Starlette(routes=[Route("/items", answer)]))
    csw = world(tmp_path / "one", federated=(Federated("odd", address, "records"),))
    told = await csw.post(far(search_2(FLOODS), 2))
    assert (told.status, told.ids[:1]) == (200, ["flood"])
