"""The abstract tests of OGC 21-065r2 (CQL2 1.0) on a small collection of our own; each names its requirement.

The annex's own queries run over Natural Earth; what they ask is asked here of places whose answers can be seen.
"""

import pytest

from thalweg.core.errors import InvalidParameter
from thalweg.cql2.functions import FUNCTIONS
from thalweg.cql2.matching import compiled
from thalweg.cql2.reading import read, read_json, read_text
from thalweg.cql2.writing import to_json


def a_place(name, population, at, **more):
    return {
        "type": "Feature",
        "id": name,
        "collection": "places",
        "geometry": {"type": "Point", "coordinates": list(at)},
        "properties": {"name": name, "population": population, **more},
    }


PLACES = (
    a_place(
        "København", 1_085_000, (12.56, 55.68), capital=True, founded="1167-01-01", twins=["Berlin", "Reykjavík"],
        updated="2022-04-16T10:13:19Z", start="2022-04-16T10:13:19Z", end="2022-04-16T10:15:10Z",
    ),
    a_place("Chișinău", 635_994, (28.86, 47.01), capital=True, founded="1436-07-17", twins=[], code="10%"),
    a_place(
        "Chicago", 2_841_952, (-87.65, 41.88), capital=False, founded=None, twins=["Kyiv", "Berlin"],
        updated="2023-04-16T00:00:00Z", start="2021-04-16T10:15:59Z", end="2022-04-16T10:16:06Z", code="100",
    ),
    a_place("Suva", 88_271, (178.44, -18.13), capital=True, code="a_b"),
)  # fmt: skip
COPENHAGEN, CHISINAU, CHICAGO, SUVA = (place["id"] for place in PLACES)


def found(text):
    """Return who is found by a filter in text, and check that its JSON finds the same (/req/cql2-json)."""
    expression = read_text(text)
    answer, of_json = compiled(expression), compiled(read_json(to_json(expression)))
    assert [answer(place) for place in PLACES] == [of_json(place) for place in PLACES]
    return {place["id"] for place in PLACES if answer(place) is True}


CASES = {
    "/conf/basic-cql2/comparison": [
        ("name = 'København'", {COPENHAGEN}),
        ("name <> 'København'", {CHISINAU, CHICAGO, SUVA}),
        ("name > 'København'", {SUVA}),
        ("name <= 'København'", {COPENHAGEN, CHISINAU, CHICAGO}),
        ("population >= 1085000", {COPENHAGEN, CHICAGO}),
        ("population < 1085000", {CHISINAU, SUVA}),
        ("capital = true", {COPENHAGEN, CHISINAU, SUVA}),
        ("founded < DATE('1200-01-01')", {COPENHAGEN}),
        ("updated >= TIMESTAMP('2022-04-16T10:13:19Z')", {COPENHAGEN, CHICAGO}),
    ],
    "/conf/basic-cql2/null-predicate": [
        ("founded IS NULL", {CHICAGO, SUVA}),
        ("founded IS NOT NULL", {COPENHAGEN, CHISINAU}),
    ],
    "/conf/basic-cql2/logical-operators": [
        ("capital = true AND population > 100000", {COPENHAGEN, CHISINAU}),
        ("name = 'Suva' OR NOT capital = true", {SUVA, CHICAGO}),
        ("NOT (founded < DATE('1200-01-01'))", {CHISINAU}),
        ("name = 'Suva' OR name = 'Chicago' AND population < 5", {SUVA}),
        ("NOT founded IS NULL AND capital", {COPENHAGEN, CHISINAU}),
    ],
    "/conf/advanced-comparison-operators/like": [
        ("name LIKE 'Chi%'", {CHISINAU, CHICAGO}),
        ("name LIKE 'S_va'", {SUVA}),
        ("code LIKE '10\\%'", {CHISINAU}),
        ("code LIKE 'a\\_b'", {SUVA}),
        ("code LIKE '%'", {CHISINAU, CHICAGO, SUVA}),
    ],
    "/conf/advanced-comparison-operators/between": [
        ("population BETWEEN 88271 AND 635994", {CHISINAU, SUVA}),
        ("population NOT BETWEEN 88271 AND 635994", {COPENHAGEN, CHICAGO}),
    ],
    "/conf/advanced-comparison-operators/in": [
        ("name IN ('Suva', 'Chicago', 'Atlantis')", {SUVA, CHICAGO}),
        ("name NOT IN ('Suva', 'Chicago')", {COPENHAGEN, CHISINAU}),
        ("founded IN (DATE('1167-01-01'), DATE('1436-07-17'))", {COPENHAGEN, CHISINAU}),
        ("founded NOT IN (DATE('1167-01-01'))", {CHISINAU}),
        ("capital IN (false)", {CHICAGO}),
    ],
    "/conf/case-insensitive-comparison": [
        ("CASEI(name) = CASEI('KØBENHAVN')", {COPENHAGEN}),
        ("CASEI(name) IN (CASEI('suva'), CASEI('CHICAGO'))", {SUVA, CHICAGO}),
        ("CASEI(name) LIKE CASEI('CHI%')", {CHISINAU, CHICAGO}),
    ],
    "/conf/accent-insensitive-comparison": [
        ("ACCENTI(name) = ACCENTI('Chisinau')", {CHISINAU}),
        ("ACCENTI(CASEI(name)) = ACCENTI(CASEI('CHIȘINAU'))", {CHISINAU}),
        ("ACCENTI(name) LIKE ACCENTI('%ș%')", {CHISINAU}),
    ],
    "/conf/basic-spatial-functions": [
        ("S_INTERSECTS(geometry, BBOX(0,40,30,60))", {COPENHAGEN, CHISINAU}),
        ("S_INTERSECTS(geometry, BBOX(150,-90,-60,90))", {SUVA, CHICAGO}),
        ("S_INTERSECTS(geometry, POINT(178.44 -18.13))", {SUVA}),
        ("S_INTERSECTS(geometry, BBOX(0,40,-100,30,60,100))", {COPENHAGEN, CHISINAU}),
    ],
    "/conf/basic-spatial-functions-plus": [
        ("S_INTERSECTS(geometry, POLYGON((0 40,30 40,30 60,0 60,0 40)))", {COPENHAGEN, CHISINAU}),
        ("S_INTERSECTS(geometry, MULTIPOINT((178.44 -18.13),(0 0)))", {SUVA}),
        ("S_INTERSECTS(geometry, LINESTRING(178.44 -20,178.44 -10))", {SUVA}),
        ("S_INTERSECTS(geometry, MULTILINESTRING((0 0,1 1),(178.44 -20,178.44 -10)))", {SUVA}),
        (
            "S_INTERSECTS(geometry, MULTIPOLYGON(((170 -20,179 -20,179 -10,170 -10,170 -20)),((0 0,1 0,1 1,0 0))))",
            {SUVA},
        ),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(178.44 -18.13),LINESTRING(0 0,1 1)))", {SUVA}),
    ],
    "/conf/spatial-functions": [
        ("S_WITHIN(geometry, BBOX(0,40,30,60))", {COPENHAGEN, CHISINAU}),
        ("S_CONTAINS(BBOX(0,40,30,60), geometry)", {COPENHAGEN, CHISINAU}),
        ("S_DISJOINT(geometry, BBOX(0,40,30,60))", {CHICAGO, SUVA}),
        ("S_EQUALS(geometry, POINT(178.44 -18.13))", {SUVA}),
        ("S_TOUCHES(geometry, POLYGON((178.44 -20,179 -20,179 -10,178.44 -10,178.44 -20)))", {SUVA}),
        ("S_CROSSES(LINESTRING(0 0,2 2), BBOX(1,1,3,3)) AND name = 'Suva'", {SUVA}),
        ("S_OVERLAPS(BBOX(0,0,2,2), BBOX(1,1,3,3)) AND name = 'Suva'", {SUVA}),
    ],
    "/conf/temporal-functions": [
        ("T_AFTER(updated, TIMESTAMP('2022-04-16T10:13:19Z'))", {CHICAGO}),
        ("T_BEFORE(founded, DATE('1436-07-17'))", {COPENHAGEN}),
        ("T_EQUALS(founded, INTERVAL('1436-07-17','1436-07-17'))", {CHISINAU}),
        ("T_DISJOINT(updated, INTERVAL('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'))", {CHICAGO}),
        ("T_INTERSECTS(updated, INTERVAL('..','2022-04-16T10:13:19Z'))", {COPENHAGEN}),
        ("T_CONTAINS(INTERVAL(start,end), INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:15:09Z'))", {CHICAGO}),
        ("T_DURING(INTERVAL(start,end), INTERVAL('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'))", {COPENHAGEN}),
        ("T_FINISHES(INTERVAL(start,end), INTERVAL('2020-04-16T10:13:19Z','2022-04-16T10:16:06Z'))", {CHICAGO}),
        ("T_FINISHEDBY(INTERVAL(start,end), INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:16:06Z'))", {CHICAGO}),
        ("T_MEETS(INTERVAL(start,end), INTERVAL('2022-04-16T10:15:10Z','..'))", {COPENHAGEN}),
        ("T_METBY(INTERVAL(start,end), INTERVAL('..','2022-04-16T10:13:19Z'))", {COPENHAGEN}),
        ("T_OVERLAPS(INTERVAL(start,end), INTERVAL('2022-04-16T10:14:00Z','..'))", {COPENHAGEN, CHICAGO}),
        ("T_OVERLAPPEDBY(INTERVAL(start,end), INTERVAL('..','2022-04-16T10:14:00Z'))", {COPENHAGEN, CHICAGO}),
        ("T_STARTS(INTERVAL(start,end), INTERVAL('2022-04-16T10:13:19Z','..'))", {COPENHAGEN}),
        ("T_STARTEDBY(INTERVAL(start,end), INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:14:00Z'))", {COPENHAGEN}),
    ],
    "/conf/array-functions": [
        ("A_CONTAINS(twins, ('Berlin'))", {COPENHAGEN, CHICAGO}),
        ("A_CONTAINEDBY(twins, ('Berlin','Kyiv'))", {CHISINAU, CHICAGO}),
        ("A_EQUALS(twins, ('Berlin','Kyiv'))", {CHICAGO}),
        ("A_EQUALS(twins, ())", {CHISINAU}),
        ("A_OVERLAPS(twins, ('Kyiv','Reykjavík'))", {COPENHAGEN, CHICAGO}),
    ],
    "/conf/property-property": [
        ("start < end AND end <= updated", {CHICAGO}),
        ("1085000 = population", {COPENHAGEN}),
        ("'Suva' IN (name, code)", {SUVA}),
        ("88271 BETWEEN population AND population", {SUVA}),
        ("A_CONTAINEDBY(('Kyiv'), twins)", {CHICAGO}),
        ("S_WITHIN(POINT(1 1), BBOX(0,0,2,2)) AND T_AFTER(DATE('2023-01-01'), start)", {COPENHAGEN, CHICAGO}),
        ("1 = 1 AND 'b' > 'a'", {COPENHAGEN, CHISINAU, CHICAGO, SUVA}),
    ],
    "/conf/functions": [
        ("length(name) = 4", {SUVA}),
        ("year(updated) = 2023 AND upper(name) = 'CHICAGO'", {CHICAGO}),
        ("greatest(population, 1000000) = 1000000", {CHISINAU, SUVA}),
    ],
    "/conf/arithmetic": [
        ("population = 80000 + 8271", {SUVA}),
        ("population > 100000 * 2 ^ 3 - 5", {COPENHAGEN, CHICAGO}),
        ("population % 2 = 1", {SUVA}),
        ("population div 1000 = 88 AND population / 1000 > 88", {SUVA}),
        ("population - 88271 = founded OR -population = -88271", {SUVA}),
    ],
    "/conf/cql2-text/escaping": [
        ("name <> 'it''s' AND name = 'Suva'", {SUVA}),
        (r"name <> 'it\'s' AND name = 'Suva'", {SUVA}),
        (r"code LIKE '10\%'", {CHISINAU}),
    ],
}


@pytest.mark.parametrize(
    ("text", "who"),
    [pytest.param(text, who, id=f"{name}: {text[:50]}") for name, cases in CASES.items() for text, who in cases],
)
def test_the_conformance_class(text, who):
    assert found(text) == who


@pytest.mark.parametrize(
    ("sequence", "character"),
    [("\\a", "\a"), ("\\b", "\b"), ("\\t", "\t"), ("\\n", "\n"), ("\\v", "\v"), ("\\f", "\f"), ("\\r", "\r")],
)
def test_req_cql2_text_escaping_c(sequence, character):
    assert read(f"name = 'x{sequence}y'").arguments[1].value == f"x{character}y"


TRUE, FALSE, NULL = "name = 'Suva'", "name = 'Suvi'", "founded = DATE('1167-01-01')"


@pytest.mark.parametrize(
    ("one", "other", "conjunction", "disjunction"),
    [
        (TRUE, TRUE, True, True),
        (TRUE, FALSE, False, True),
        (FALSE, TRUE, False, True),
        (FALSE, FALSE, False, False),
        (TRUE, NULL, None, True),
        (FALSE, NULL, False, None),
        (NULL, TRUE, None, True),
        (NULL, FALSE, False, None),
        (NULL, NULL, None, None),
    ],
)
def test_req_basic_cql2_cql2_filter_truth_table(one, other, conjunction, disjunction):
    assert compiled(read(f"{one} AND {other}"))(PLACES[3]) is conjunction
    assert compiled(read(f"{one} OR {other}"))(PLACES[3]) is disjunction


@pytest.mark.parametrize(
    "text",
    [
        "S_INTERSECTS(nowhere, POINT(1 1))",
        "T_AFTER(founded, DATE('2000-01-01'))",
        "founded LIKE '1%'",
        "founded + 1 = 2",
    ],
)
def test_req_a_predicate_with_null_is_null(text):
    """/req/basic-spatial-functions/spatial-predicate C, /req/temporal-functions C, like-predicate C, arithmetic B."""
    assert compiled(read(text))(PLACES[3]) is None


@pytest.mark.parametrize(
    "name",
    ["T_CONTAINS", "T_DURING", "T_FINISHEDBY", "T_FINISHES", "T_MEETS", "T_METBY", "T_OVERLAPPEDBY", "T_OVERLAPS",
     "T_STARTEDBY", "T_STARTS"],
)  # fmt: skip
def test_req_temporal_functions_intervals_only_are_refused_an_instant(name):
    with pytest.raises(InvalidParameter, match="between intervals"):
        read(f"{name}(updated, TIMESTAMP('2022-04-16T10:13:19Z'))")


def test_rec_accenti_keeps_the_japanese_voicing_marks():
    voiced, plain = (compiled(read(f"ACCENTI(name) = ACCENTI('{word}')")) for word in ("はじめ", "はしめ"))
    place = a_place("はじめ", 1, (0, 0))
    assert (voiced(place), plain(place)) == (True, False)


def test_req_functions_every_function_tells_what_it_takes_and_gives():
    for name, one in FUNCTIONS.items():
        assert one.name == name
        assert one.description.endswith(".")
        assert all(argument.title and argument.kinds for argument in one.arguments)
