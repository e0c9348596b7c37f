"""Filters of the catalogue's faces that are short to write and long to answer."""

import math

import pytest
from lxml import etree

from thalweg.catalogue.api.csw.constraining import of_element, order_of
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.expressions import Operation, parts

_POINT = "<gml:Point><gml:pos>{} 1</gml:pos></gml:Point>"
POINTS = "".join(f"<gml:pointMember>{_POINT.format(at / 9)}</gml:pointMember>" for at in range(130))
_SPACES = 'xmlns:ogc="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml"'


def read(inside):
    """Read a constraint that holds a filter."""
    return of_element(etree.fromstring(f"<c {_SPACES}><ogc:Filter>{inside}</ogc:Filter></c>"))


def equal(name, literal):
    """Return a comparison."""
    named, said = f"<ogc:PropertyName>{name}</ogc:PropertyName>", f"<ogc:Literal>{literal}</ogc:Literal>"
    return f"<ogc:PropertyIsEqualTo>{named}{said}</ogc:PropertyIsEqualTo>"


def near(geometry):
    """Return a question for what is near a geometry."""
    named = "<ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>"
    return f'<ogc:DWithin>{named}{geometry}<ogc:Distance units="m">10000</ogc:Distance></ogc:DWithin>'


def wound(count, size=5.0, step=2.39):
    """Return positions on a circle; with the usual step the lines between them all cross each other."""
    return " ".join(f"{size * math.cos(i * step):.5f} {size * math.sin(i * step):.5f}" for i in range(count))


def line(positions):
    """Return a line."""
    return f"<gml:LineString><gml:posList>{positions}</gml:posList></gml:LineString>"


def star(count):
    """Return a polygon that crosses itself."""
    ring = f"{wound(count)} {wound(1)}"
    outer = f"<gml:exterior><gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior>"
    return (
        "<ogc:Intersects><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>"
        f"<gml:Polygon>{outer}</gml:Polygon></ogc:Intersects>"
    )


def all_of(*conditions):
    """Return several as one."""
    return f"<ogc:And>{''.join(conditions)}</ogc:And>"


def any_of(*conditions):
    """Return several any of which may be."""
    return f"<ogc:Or>{''.join(conditions)}</ogc:Or>"


def test_ids_of_many_colons_stay_as_many_as_they_are():
    ids = [equal("dc:identifier", f"{'a:' * 4_000}{at}") for at in range(100)]
    found = read(any_of(equal("dc:title", "x"), *ids)).filter
    assert sum(1 for _ in parts(found)) < 300
    assert sum(1 for _ in parts(read("".join('<ogc:FeatureId fid="a:b:c"/>' for _ in range(2_000))).filter)) < 2_100
    with pytest.raises(TooLarge):
        read("".join('<ogc:FeatureId fid="a"/>' for _ in range(10_001)))


def test_many_conditions_stand_beside_each_other_not_within():
    found = read(all_of(*(equal("dc:title", f"t{at}") for at in range(3_000)))).filter
    assert isinstance(found, Operation)
    assert len(found.arguments) == 3_000


@pytest.mark.parametrize("joined", [all_of, any_of])
def test_words_are_bounded(joined):
    read(joined(*(equal("AnyText", f"w{at}") for at in range(500))))
    with pytest.raises(TooLarge, match="phrases"):
        read(joined(*(equal("AnyText", f"w{at}") for at in range(501))))


@pytest.mark.parametrize(
    "asked",
    [
        near(line(wound(9_000))),
        near(line(wound(130))),
        near(f"<gml:MultiPoint>{POINTS}</gml:MultiPoint>"),
        all_of(*[near(_POINT.format(1))] * 21),
    ],
    ids=["line", "short", "points", "several"],
)  # fmt: skip
def test_what_is_drawn_around_is_bounded(asked):
    with pytest.raises(TooLarge, match="Distance"):
        read(asked)


def test_what_a_distance_hides_is_left_out():
    assert read(near(line(wound(9_000, 0.01, 0.001)))).filter is not None


def test_what_crosses_itself_is_bounded():
    assert read(star(60)).filter is not None
    with pytest.raises(InvalidParameter, match="crosses itself"):
        read(star(400))
    with pytest.raises(TooLarge):
        read(all_of(*[star(150)] * 6))


def test_an_order_is_bounded():
    assert len(order_of([("dc:title", "ASC")] * 8)) == 8
    with pytest.raises(TooLarge, match="SortBy"):
        order_of([("dc:title", "ASC")] * 9)


def test_a_filter_has_so_many_patterns(anyone):
    """Each is sought in each text by itself: two thousand took seconds of a processor."""
    like = (
        '<ogc:PropertyIsLike wildCard="*" singleChar="_" escapeChar="!"><ogc:PropertyName>dc:title</ogc:PropertyName>'
        "<ogc:Literal>*q{}*</ogc:Literal></ogc:PropertyIsLike>"
    )
    read(any_of(*map(like.format, range(500))))
    with pytest.raises(TooLarge, match="more than 500 patterns"):
        read(any_of(*map(like.format, range(501))))
    patterns = [{"op": "like", "args": [{"property": "title"}, f"%q{one}%"]} for one in range(501)]
    told = anyone.post("/api/search", json={"filter-lang": "cql2-json", "filter": {"op": "or", "args": patterns}})
    assert (told.status_code, "500 patterns" in told.text) == (413, True)
    searched = " or ".join(f'dc.title="*q{one}*"' for one in range(501))
    sru = anyone.post("/sru", data={"operation": "searchRetrieve", "version": "1.2", "query": searched})
    assert "diagnostic" in sru.text
