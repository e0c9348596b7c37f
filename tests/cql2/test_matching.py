"""What filters mean, case by case; the generated cases are in `test_oracle`."""

import pytest
from hypothesis import given, settings
from made_filters import filters, items

from thalweg.core.expressions import Operation
from thalweg.cql2.checking import check_filter
from thalweg.cql2.lookups import CollectionLookup
from thalweg.cql2.matching import compiled, matches, value
from thalweg.cql2.reading import read
from thalweg.cql2.writing import to_json, to_text

ITEM = {
    "type": "Feature",
    "stac_version": "1.0.0",
    "id": "S1",
    "collection": "swot",
    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]},
    "bbox": [0, 0, 2, 2],
    "properties": {
        "datetime": "2020-06-01T12:00:00+02:00",
        "updated": "2020-06-02T00:00:00Z",
        "n": 5,
        "minus": -7,
        "name": "Straße",
        "accented": "Été",
        "flag": True,
        "none": None,
        "tags": ["a", "b", "a"],
        "codes": [1, 2.0, None],
        "days": ["2020-01-01", "2020-06-01"],
        "object": {"type": "Point", "coordinates": [1, 1]},
        "pattern": "a_b%c\\d\ne",
        "x.y": 1,
    },
    "links": [],
    "assets": {},
}
SPANNED = {
    **ITEM,
    "properties": {
        "datetime": None,
        "start_datetime": "2020-01-01T00:00:00Z",
        "end_datetime": "2020-12-31T00:00:00Z",
    },
}
CASES = [
    # Logic has three values.
    ("n = 5 AND flag", True),
    ("n = 5 AND nope = 1", None),
    ("n = 6 AND nope = 1", False),
    ("n = 5 OR nope = 1", True),
    ("n = 6 OR nope = 1", None),
    ("NOT nope = 1", None),
    ("NOT n = 6", True),
    ("n", None),
    ("flag", True),
    # Kinds do not mix.
    ("n = 5.0", True),
    ("nope = '5' OR n = nope", None),
    ("name > n", None),
    ("name <> n", None),
    ("flag = n", None),
    ("flag > false", True),
    ("tags = n", None),
    ("none = none", None),
    ("object = name", None),
    # Comparison of strings is by code point.
    ("name < 'a'", True),
    ("name < 'Strb'", True),
    ("accented > 'a'", True),
    # Null.
    ("none IS NULL", True),
    ("nope IS NULL", True),
    ("tags IS NOT NULL", True),
    ("(n / 0) IS NULL", True),
    # Names.
    ("properties.n = 5", True),
    ("properties.datetime < DATE('2020-06-02')", True),
    ("id = 'S1' AND collection = 'swot'", True),
    ("x.y = 1", True),
    ("stac_version = '1.0.0'", None),
    ("bbox IS NULL", True),
    # Sets of values.
    ("n IN (1, 5)", True),
    ("n IN (1, nope)", None),
    ("n NOT IN (1, 2)", True),
    ("name IN ('x', 'Straße')", True),
    ("n IN ('x', 'y')", None),
    ("n BETWEEN 5 AND 6", True),
    ("n NOT BETWEEN nope AND 4", True),
    # LIKE.
    ("name LIKE 'Str%'", True),
    ("name LIKE 'str%'", False),
    ("name LIKE 'Stra_e'", True),
    ("name LIKE 'Stra'", False),
    ("name LIKE ''", False),
    (r"pattern LIKE 'a\\_b\\%c%'", True),
    (r"pattern LIKE '%\\\\d%e'", True),
    ("n LIKE '%'", None),
    ("CASEI(name) LIKE CASEI('STRASSE')", True),
    ("ACCENTI(accented) = 'Ete'", True),
    ("ACCENTI(CASEI(accented)) = 'ete'", True),
    ("CASEI(name) = CASEI('strasse')", True),
    # Arithmetic.
    ("n + 1 = 6 AND n - 1 = 4 AND n * 2 = 10 AND n / 2 = 2.5", True),
    ("n div 2 = 2 AND minus div 2 = -3", True),
    ("n % 3 = 2 AND minus % 3 = -1 AND n % -3 = 2", True),
    ("n ^ 2 = 25 AND 2 ^ -1 = 0.5", True),
    ("n / 0 = 1", None),
    ("n % 0 = 1", None),
    ("minus ^ 0.5 = 1", None),
    ("10 ^ 400 = n", None),
    ("name + 1 = 2", None),
    ("flag + 1 = 2", None),
    # Times.
    ("datetime = TIMESTAMP('2020-06-01T10:00:00Z')", True),
    ("datetime = '2020-06-01T10:00:00Z'", True),
    ("datetime > DATE('2020-06-01')", True),
    ("updated = TIMESTAMP('2020-06-02T00:00:00.000Z')", True),
    ("updated = DATE('2020-06-02')", True),
    ("updated > datetime", True),
    ("name > DATE('2020-06-02')", None),
    ("n > DATE('2020-06-02')", None),
    # Functions.
    ("lower(name) = 'straße' AND upper(name) = 'STRASSE' AND length(name) = 6", True),
    ("trim('  a ') = 'a' AND concat(name, '!', name) = 'Straße!Straße'", True),
    ("abs(minus) = 7 AND ceil(1.2) = 2 AND floor(-1.2) = -2 AND sqrt(n * n) = 5", True),
    ("round(2.5) = 3 AND round(-2.5) = -3 AND round(2.4) = 2", True),
    ("sqrt(minus) = 1", None),
    ("least(n, 6) = 5 AND greatest(n, 6) = 6 AND least('b', name) = 'Straße'", True),
    ("least(n, nope) = 5", None),
    ("least(n, name) = 5", None),
    ("year(datetime) = 2020 AND month(datetime) = 6 AND day(datetime) = 1 AND hour(datetime) = 10", True),
    ("day_of_year(DATE('2020-12-31')) = 366 AND year(updated) = 2020", True),
    ("year(name) = 2020", None),
    ("lower(n) = '5'", None),
    # Arrays are sets.
    ("A_EQUALS(tags, ('b', 'a'))", True),
    ("A_CONTAINS(tags, ('a'))", True),
    ("A_CONTAINS(tags, ())", True),
    ("A_CONTAINEDBY(tags, ('a', 'b', 'c'))", True),
    ("A_OVERLAPS(tags, ('c', 'b'))", True),
    ("A_OVERLAPS(tags, ())", False),
    ("A_EQUALS(codes, (2, 1, NULL))", True),
    ("A_CONTAINS(codes, (true))", False),
    ("A_CONTAINS(days, (DATE('2020-01-01')))", True),
    ("A_CONTAINS(days, ('2020-01-01'))", True),
    ("A_CONTAINS(name, ('a'))", None),
    ("A_CONTAINS(nope, ('a'))", None),
    # Space.
    ("S_INTERSECTS(geometry, POINT(2 2))", True),
    ("S_TOUCHES(geometry, POINT(2 2)) AND NOT S_CONTAINS(geometry, POINT(2 2))", True),
    ("S_WITHIN(geometry, BBOX(-1,-1,3,3)) AND S_CONTAINS(geometry, POINT(1 1))", True),
    ("S_EQUALS(geometry, BBOX(0,0,2,2)) AND S_DISJOINT(geometry, POINT(3 3))", True),
    ("S_OVERLAPS(geometry, BBOX(1,1,3,3)) AND S_CROSSES(LINESTRING(-1 1,3 1), geometry)", True),
    ("S_INTERSECTS(object, POINT(1 1))", None),
    ("S_INTERSECTS(nope, POINT(1 1))", None),
]


@pytest.mark.parametrize(("text", "answer"), CASES)
def test_a_filter_means(text, answer):
    assert compiled(read(text))(ITEM) is answer
    assert matches(read(text), ITEM) is (answer is True)


ALLEN = [
    ("T_AFTER", (5, 6), (1, 4)),
    ("T_BEFORE", (1, 2), (3, 4)),
    ("T_CONTAINS", (1, 6), (2, 5)),
    ("T_DURING", (2, 5), (1, 6)),
    ("T_EQUALS", (1, 2), (1, 2)),
    ("T_FINISHEDBY", (1, 6), (3, 6)),
    ("T_FINISHES", (3, 6), (1, 6)),
    ("T_MEETS", (1, 3), (3, 6)),
    ("T_METBY", (3, 6), (1, 3)),
    ("T_OVERLAPPEDBY", (3, 6), (1, 4)),
    ("T_OVERLAPS", (1, 4), (3, 6)),
    ("T_STARTEDBY", (1, 6), (1, 3)),
    ("T_STARTS", (1, 3), (1, 6)),
]


@pytest.mark.parametrize(("first", "second"), [(one[1], one[2]) for one in ALLEN])
def test_one_of_allens_relations_holds_between_two_intervals(first, second):
    one, other = (f"INTERVAL('2020-01-0{start}','2020-01-0{end}')" for start, end in (first, second))
    holding = {name for name, _, _ in ALLEN if matches(read(f"{name}({one},{other})"), ITEM)}
    assert holding == {name for name, a, b in ALLEN if (a, b) == (first, second)}
    apart = matches(read(f"T_DISJOINT({one},{other})"), ITEM)
    assert apart is bool(holding & {"T_AFTER", "T_BEFORE"})
    assert matches(read(f"T_INTERSECTS({one},{other})"), ITEM) is not apart


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("T_INTERSECTS(datetime, INTERVAL('..','2020-06-01T10:00:00Z'))", True),
        ("T_AFTER(datetime, INTERVAL('..','2020-06-01T09:59:59.999Z'))", True),
        ("T_DURING(datetime, INTERVAL('2020-06-01','..'))", True),
        ("T_DURING(datetime, INTERVAL(start_datetime,'..'))", None),
        ("T_AFTER(INTERVAL('..','..'), datetime)", False),
        ("T_STARTS(INTERVAL('..','2020-01-01'), INTERVAL('..','2021-01-01'))", True),
        ("T_BEFORE(name, datetime)", None),
    ],
)
def test_ends_may_be_open_or_unknown(text, answer):
    assert compiled(read(text))(ITEM) is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("datetime = TIMESTAMP('2020-01-01T00:00:00Z')", True),
        ("datetime IS NULL", True),
        ("T_DURING(datetime, INTERVAL('2019-01-01','2021-01-01'))", True),
        ("T_INTERSECTS(datetime, DATE('2020-06-01'))", True),
        ("T_AFTER(datetime, DATE('2019-06-01'))", True),
        ("T_EQUALS(datetime, INTERVAL(start_datetime, end_datetime))", True),
        ("year(end_datetime) = 2020", True),
    ],
)
def test_an_item_of_a_span_is_compared_by_its_start_and_lies_in_time_as_its_span(text, answer):
    assert compiled(read(text))(SPANNED) is answer


def crossing(geometry):
    return {**ITEM, "geometry": geometry, "bbox": [170, -10, -170, 10]}


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "MultiPolygon", "coordinates": [
            [[[170, -10], [180, -10], [180, 10], [170, 10], [170, -10]]],
            [[[-180, -10], [-170, -10], [-170, 10], [-180, 10], [-180, -10]]],
        ]},
        {"type": "Polygon", "coordinates": [[[170, -10], [-170, -10], [-170, 10], [170, 10], [170, -10]]]},
    ],
)  # fmt: skip
def test_an_item_over_the_antimeridian_lies_on_both_its_sides_and_nowhere_else(geometry):
    item = crossing(geometry)
    for place, there in (("175 0", True), ("-175 0", True), ("0 0", False), ("165 0", False)):
        assert matches(read(f"S_INTERSECTS(geometry, POINT({place}))"), item) is there
    assert matches(read("S_EQUALS(geometry, BBOX(170,-10,-170,10))"), item)
    assert matches(read("S_WITHIN(geometry, BBOX(160,-20,-160,20))"), item)


def test_an_item_without_a_geometry_lies_nowhere():
    assert compiled(read("S_DISJOINT(geometry, POINT(1 1))"))({**ITEM, "geometry": None}) is None


def test_a_collection_has_its_members_and_its_extent():
    collection = {
        "id": "swot",
        "title": "Water",
        "keywords": ["lake", "river"],
        "license": "CC0-1.0",
        "extent": {
            "spatial": {"bbox": [[170, -10, -170, 10]]},
            "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]},
        },
    }
    lookup = CollectionLookup()
    for text, answer in (
        ("id = 'swot' AND title LIKE 'W%' AND license = 'CC0-1.0'", True),
        ("A_CONTAINS(keywords, ('lake'))", True),
        ("S_INTERSECTS(geometry, POINT(-175 0))", True),
        ("S_INTERSECTS(geometry, POINT(0 0))", False),
        ("T_INTERSECTS(datetime, DATE('2030-01-01'))", True),
        ("T_BEFORE(DATE('2019-01-01'), datetime)", True),
        ("datetime = DATE('2020-01-01') AND end_datetime IS NULL", True),
        ("description IS NULL", True),
    ):
        assert compiled(read(text), lookup)(collection) is answer, text


def test_an_expression_has_a_value():
    assert value(Operation("+", read("n + 1 = n").arguments[0].arguments), ITEM) == 6


def test_no_pattern_takes_forever():
    item = {**ITEM, "properties": {"name": "a" * 5_000}}
    assert not matches(read("name LIKE '" + "%a" * 60 + "b%c'"), item)
    assert not matches(read("name LIKE '" + "%_" * 60 + "b'"), item)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(filters(), items())
def test_what_is_written_is_read_again_and_means_the_same(expression, item):
    check_filter(expression)
    canonical = read(to_json(expression))
    assert read(to_json(canonical)) == canonical
    assert read(to_text(expression)) == read(to_text(canonical)) == canonical
    assert matches(canonical, item) is matches(expression, item)
