"""Reading CQL2: what clients write becomes one tree, what is wrong is refused in words, what is too much is bounded."""

import subprocess
import sys
from datetime import UTC, datetime

import orjson
import pytest
import shapely

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.expressions import Array, Instant, Literal, Operation, Property, Shape, Span
from thalweg.cql2.bounds import Bounds
from thalweg.cql2.reading import read, read_json, read_text
from thalweg.cql2.systems import with_crs

A, B = Property("a"), Property("b")
NEW_YEAR = Instant(datetime(2020, 1, 1, tzinfo=UTC))
NEW_YEARS_DAY = Instant(datetime(2020, 1, 1, tzinfo=UTC), date=True)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a=1", Operation("=", (A, Literal(1)))),
        ("a = 1.5e0", Operation("=", (A, Literal(1.5)))),
        ("a = .5", Operation("=", (A, Literal(0.5)))),
        ("a = 'it''s'", Operation("=", (A, Literal("it's")))),
        (r"a = 'it\'s\n\\'", Operation("=", (A, Literal("it's\n\\")))),
        (r"a LIKE '10\%'", Operation("like", (A, Literal("10\\%")))),
        ('"it""s" = 1', Operation("=", (Property('it"s'), Literal(1)))),
        ("eo:cloud_cover < 1", Operation("<", (Property("eo:cloud_cover"), Literal(1)))),
        ("a NOT IN (1,2)", Operation("not", (Operation("in", (A, Array((Literal(1), Literal(2))))),))),
        ("a IS NOT NULL", Operation("not", (Operation("isNull", (A,)),))),
        ("NOT a = 1 AND b", Operation("and", (Operation("not", (Operation("=", (A, Literal(1))),)), B))),
        ("a = DATE('2020-01-01')", Operation("=", (A, NEW_YEARS_DAY))),
        ("a = TIMESTAMP('2020-01-01T02:00:00+02:00')", Operation("=", (A, NEW_YEAR))),
        ("T_FINISHEDBY(INTERVAL(a,'..'),b)", Operation("t_finishedBy", (Span(A, None), B))),
        ("A_EQUALS(a, ())", Operation("a_equals", (A, Array(())))),
        ("UPPER(a) = 'X'", Operation("=", (Operation("upper", (A,)), Literal("X")))),
        ("true", Literal(value=True)),
    ],
)
def test_text_becomes_a_tree(text, tree):
    assert read(text) == tree


@pytest.mark.parametrize(
    ("document", "tree"),
    [
        ({"op": "isNull", "args": [{"property": "a"}]}, Operation("isNull", (A,))),
        ({"op": "isnull", "args": [{"property": "a"}]}, Operation("isNull", (A,))),
        ({"op": "is not null", "args": [{"property": "a"}]}, Operation("not", (Operation("isNull", (A,)),))),
        ({"op": "eq", "args": [{"property": "a"}, 1.0]}, Operation("=", (A, Literal(1)))),
        ({"op": "between", "args": [{"property": "a"}, [1, 2]]}, Operation("between", (A, Literal(1), Literal(2)))),
        ({"op": "t_finishedby", "args": [{"property": "a"}, {"interval": ["2020-01-01", ".."]}]},
         Operation("t_finishedBy", (A, Span(NEW_YEARS_DAY, None)))),
        ({"op": "t_before", "args": [{"property": "a"}, "2020-01-01T00:00:00Z"]}, Operation("t_before", (A, NEW_YEAR))),
        ({"op": "anyinteracts", "args": [{"property": "a"}, "../2020-01-01T00:00:00Z"]},
         Operation("t_intersects", (A, Span(None, NEW_YEAR)))),
        ({"op": "=", "args": [{"function": {"name": "lower", "args": [{"property": "a"}]}}, "x"]},
         Operation("=", (Operation("lower", (A,)), Literal("x")))),
        ({"op": "=", "args": [{"property": "a"}, 9007199254740993]}, Operation("=", (A, Literal(9007199254740993)))),
    ],
)  # fmt: skip
def test_json_becomes_the_same_tree_however_it_is_spelled(document, tree):
    assert read(document) == tree


def shape_in(filter_text):
    found = read(filter_text)
    assert isinstance(found.arguments[1], Shape)
    return shapely.from_geojson(found.arguments[1].geojson)


def test_a_bbox_is_a_polygon_and_two_where_it_crosses_the_antimeridian():
    assert shape_in("S_INTERSECTS(geometry,BBOX(1,2,3,4))").equals(shapely.box(1, 2, 3, 4))
    assert shape_in("S_INTERSECTS(geometry,BBOX(1,2,0,3,4,9))").equals(shapely.box(1, 2, 3, 4))
    crossing = shape_in("S_INTERSECTS(geometry,BBOX(170,-10,-170,10))")
    assert crossing.equals(shapely.union(shapely.box(170, -10, 180, 10), shapely.box(-180, -10, -170, 10)))
    assert shape_in("S_INTERSECTS(geometry,BBOX(1,2,1,2))").equals(shapely.Point(1, 2))


def test_a_polygon_that_crosses_itself_is_mended_and_heights_are_dropped():
    bow = shape_in("S_WITHIN(geometry,POLYGON Z((0 0 1,2 2 1,2 0 1,0 2 1,0 0 1)))")
    assert bow.is_valid
    assert not bow.has_z
    assert bow.area == 2


def test_another_reference_system_is_read_without_the_globe_and_moved_to_it():
    text = "S_INTERSECTS(geometry,BBOX(0,0,4000,2000)) AND S_WITHIN(geometry,POINT(1000 500))"
    moved = with_crs(read_text(text, globe=False), lambda metres: metres / 1000)
    box, point = (shapely.from_geojson(one.arguments[1].geojson) for one in moved.arguments)
    assert box.equals(shapely.box(0, 0, 4, 2))
    assert point == shapely.Point(1, 0.5)
    with pytest.raises(InvalidParameter, match="not on the globe"):
        with_crs(read_text(text, globe=False), lambda metres: metres)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("a =", "cannot be read at line 1, character 4, where it ends"),
        ("a = 1 b", "at line 1, character 7, before 'b'"),
        ("a =\n$", "'$' at character 5 is no part of CQL2 text"),
        ("a = 'x", '"\'" at character 5'),
        ("a = 'x\x00'", "NUL"),
        ("a = '\ud800'", "half of a pair"),
        ("a = 1e400", "args[1]: every number must be finite"),
        ("a = DATE('2020-02-30')", "not a date that exists"),
        ("a = TIMESTAMP('2020-01-01')", "not an RFC 3339 time"),
        ("T_DURING(a,INTERVAL('2021-01-01','2020-01-01'))", "ends before it starts"),
        ("foo(a) = 1", "'foo' is no function here; there are lower, upper"),
        ("S_INTERSECT(geometry, POINT(1 2))", "did you mean S_INTERSECTS?"),
        ("WITHIN(geometry, POINT(1 2))", "did you mean S_WITHIN?"),
        ("t_befor(datetime, DATE('2024-01-01'))", "did you mean T_BEFORE?"),
        ("casi(a) = 'x'", "did you mean CASEI?"),
        ("uper(a) = 'X'", "did you mean upper?"),
        ("a LKE 'b'", "did you mean LIKE?"),
        ("a == 3", "equal is written ="),
        ('{"op":"=","args":[{"property":"a"},1]}', "this looks like JSON: say filter-lang=cql2-json"),
        ("datetime > 2024-05-01", "a time is written DATE('2024-05-01')"),
        ("datetime > 2024-05-01T10:00:00Z", "a time is written TIMESTAMP('2024-05-01T10:00:00Z')"),
        ("T_AFTER(datetime, 2024-05-01)", "a time is written DATE('2024-05-01')"),
        ("5 AND a", "and takes a boolean, but its argument 1 is a number"),
        ("S_INTERSECTS(1,2)", "s_intersects takes a geometry, but its argument 1 is a number"),
        ("geometry = 1", "its argument 1 is a geometry"),
        ("a", None),
        ("1", "is a number, not something true or false"),
        ("NULL", "is nothing, not something true or false"),
        ("lower(a)", "is a string, not something"),
        ("a = 1 AND b = 'x' AND 1 = 'x'", "compares values of one kind, not a number or a string"),
        ("a IN (1,'x')", "compares values of one kind"),
        ("datetime > 'yesterday'", "compares a time with 'yesterday', which is none"),
        ("datetime = 5", "compares values of one kind"),
        ("a LIKE b", "like takes a pattern that is a string"),
        ("a LIKE 5", "like takes a string, but its argument 2 is a number"),
        ("T_DURING(a, DATE('2020-01-01'))", "t_during is between intervals"),
        ("T_AFTER(a, 5)", "its argument 2 is a number"),
        ("length(a, b) = 1", "length takes 1 argument, not 2"),
        ("least(1, 'x') = 1", "least takes values of one kind"),
        ("S_INTERSECTS(geometry,POINT(200 0))", "not on the globe"),
        ("S_INTERSECTS(geometry,BBOX(0,10,1,5))", "south below north"),
        ("S_INTERSECTS(geometry,POLYGON((0 0,1 1,0 1)))", "a ring has at least four positions"),
    ],
)
def test_what_is_wrong_is_refused_in_words(text, told):
    if told is None:
        assert read(text) == A
        return
    with pytest.raises(InvalidParameter) as refused:
        read(text)
    assert refused.value.parameter == "filter"
    assert told in refused.value.why


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "an object without any of op, property"),
        ({"op": "="}, "args of '=' should be an array"),
        ({"op": 5, "args": []}, "op: should be a string"),
        ({"op": "=", "args": [{"property": "a"}]}, "= takes 2 arguments, not 1"),
        ({"op": "and", "args": [True, {"op": "=", "args": [{"property": 5}, 1]}]}, "args[1].args[0].property"),
        ({"op": "=", "args": [{"property": "a"}, float("nan")]}, "args[1]: every number must be finite"),
        ({"op": "=", "args": [{"property": "a"}, 10**400]}, "args[1]: every number must be finite"),
        ({"op": "=", "args": [{"property": ""}, 1]}, "name has 1 to 256 characters"),
        ({"op": "in", "args": [{"property": "a"}, []]}, "a list of one value or more"),
        ({"op": "t_after", "args": [{"property": "a"}, {"interval": ["2020-01-01"]}]}, "a start and an end"),
        ({"op": "s_within", "args": [{"property": "geometry"}, {"type": "Cube", "coordinates": []}]}, "GeoJSON"),
        ({"op": "s_within", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [{}, 1]}]}, "position"),
        ({"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [1, 2, "3", 4]}]}, "bbox[2]: should be a"),
        ({"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3]}]}, "takes 4 numbers"),
        ([], "is an array, not something"),
        ("x", "is a string, not something"),
    ],
)
def test_json_that_is_wrong_is_refused_with_its_place(document, told):
    with pytest.raises(InvalidParameter) as refused:
        read_json(document)
    assert told in refused.value.why


@pytest.mark.parametrize(
    "text",
    [
        "a = '" + "x" * 2**20 + "'",
        "a = '" + "x" * 10_001 + "'",
        "(" * 65 + "a" + ")" * 65,
        "NOT " * 501 + "a",
        "a=1" + "+1" * 501,
        "a IN (" + "1," * 5_000 + "1)",
        "S_INTERSECTS(geometry,MULTIPOINT(" + "1 1," * 20_001 + "1 1))",
        " OR ".join(["a"] * 10_000),
    ],
)
def test_a_text_is_bounded(text):
    with pytest.raises(TooLarge, match="filter: "):
        read(text)


def test_json_is_bounded_in_depth_and_in_positions():
    document = {"property": "a"}
    for _ in range(70):
        document = {"op": "not", "args": [document]}
    with pytest.raises(TooLarge, match="deep"):
        read(document)
    within = {"op": "s_within", "args": [{"property": "geometry"}, {"type": "MultiPoint", "coordinates": [[1, 1]] * 6}]}
    with pytest.raises(TooLarge, match="positions"):
        read({"op": "and", "args": [within, within]}, Bounds(positions=10))


HOSTILE = """
import sys, threading
from thalweg.core.errors import ThalwegError
from thalweg.cql2.reading import read_text
def reads():
    for text in (
        "(" * 64 + "a=1" + ")" * 64, "(" * 10**5, "NOT " * 500 + "a", "NOT (" * 64 + "NOT " * 436 + "a" + ")" * 64,
        "a=" + "-" * 500 + "1", "a=" + "-" * 10**5 + "1", "a" + "=1" * 500, "a" + "^1" * 500 + "=1", "[" * 10**5,
        "lower(" * 64 + "a" + ")" * 64 + "='x'", "a_contains(a," + "(" * 63 + "1" + ")" * 64, "a is null " * 500,
        "a IN (" * 64 + "1" + ")" * 64, "CASEI(" * 10**5, "s_within(g," + "GEOMETRYCOLLECTION(" * 10**5,
    ):
        try: read_text(text)
        except ThalwegError: pass
    print("alive")
threading.stack_size(2 * 2**20)
thread = threading.Thread(target=reads); thread.start(); thread.join()
"""


def test_no_text_that_is_within_the_bounds_overflows_the_parsers_stack():
    ran = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout == "alive\n", ran.stderr


def test_a_document_from_the_wire_is_read_as_it_is_parsed():
    wire = b'{"op":"and","args":[{"op":"<","args":[{"property":"eo:cloud_cover"},10]},true]}'
    expected = Operation("and", (Operation("<", (Property("eo:cloud_cover"), Literal(10))), Literal(value=True)))
    assert read(orjson.loads(wire)) == expected
