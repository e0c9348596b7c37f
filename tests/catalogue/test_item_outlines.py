"""An outline written straight from its coordinates is what the parser of geometries makes of it, or is left to it."""

import math

import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.catalogue.footprints import footprint_of, plain_footprint, shape_of
from thalweg.catalogue.outlines import outline_of
from thalweg.core.errors import InvalidParameter, TooLarge

MOST = 60
EVERY = settings(deadline=None, max_examples=80, derandomize=True)
GRID = st.sampled_from([-180, -180.0, -10, -1.5, -0.0, 0, 0.0, 1, 2, 2.5, 90, 180])
ODD = st.sampled_from([None, True, "1", [], [0], {}, math.nan, math.inf, -181, 181, 10**400, [0, 0]])
NUMBER = st.one_of(GRID, GRID, st.floats(-90, 90))
POSITION = st.one_of(
    st.lists(NUMBER, min_size=2, max_size=2),
    st.lists(NUMBER, min_size=2, max_size=2),
    st.lists(st.one_of(NUMBER, ODD), min_size=0, max_size=4),
    ODD,
)


@st.composite
def boxes(draw):
    west, east = sorted(draw(st.lists(NUMBER, min_size=2, max_size=2)))
    south, north = sorted(draw(st.lists(st.one_of(GRID.filter(lambda y: abs(y) <= 90)), min_size=2, max_size=2)))
    corners = [[west, south], [east, south], [east, north], [west, north]]
    start, way = draw(st.integers(0, 3)), draw(st.sampled_from([1, -1]))
    turned = [corners[(start + way * place) % 4] for place in range(4)]
    return [[*turned, turned[0]]]


@st.composite
def rings(draw):
    ring = draw(st.lists(POSITION, min_size=0, max_size=7))
    return [*ring, ring[0]] if ring and draw(st.integers(0, 9)) else ring


POLYGON = st.one_of(boxes(), boxes(), st.lists(rings(), min_size=0, max_size=3), ODD)
GEOMETRY = st.one_of(
    st.fixed_dictionaries({"type": st.just("Polygon"), "coordinates": POLYGON}),
    st.fixed_dictionaries({"type": st.just("Polygon"), "coordinates": POLYGON}),
    st.fixed_dictionaries({"type": st.just("MultiPolygon"), "coordinates": st.one_of(st.lists(POLYGON, max_size=3))}),
    st.fixed_dictionaries({"type": st.just("Point"), "coordinates": POSITION}),
    st.fixed_dictionaries({"type": st.sampled_from(["LineString", "Nothing", None]), "coordinates": POLYGON}),
)


@EVERY
@given(geometry=GEOMETRY)
def test_what_is_written_straight_is_what_a_parser_makes_of_it(geometry):
    outline = outline_of(geometry, MOST)
    if outline is None:
        return
    shape = shape_of(geometry, MOST)
    written = shapely.force_2d(shapely.from_geojson(orjson.dumps(geometry)))
    assert written.is_valid
    assert outline.wkb == shapely.to_wkb(shape) == shapely.to_wkb(written)
    assert outline.bounds == shape.bounds
    box = shapely.box(*outline.bounds)
    is_box = geometry["type"] == "Point" or (
        geometry["type"] == "Polygon" and shapely.get_num_coordinates(shape) == 5 and shapely.equals(shape, box)
    )
    assert outline.is_box == bool(is_box)


RING, HOLE = [[0, 0], [2, 0], [2, 2], [0, 0]], [[0.5, 0.2], [1, 0.2], [1, 0.4], [0.5, 0.2]]
ELSEWHERE = [[5, 0], [6, 0], [6, 1], [5, 0]]


@pytest.mark.parametrize(
    ("kind", "coordinates", "written"),
    [
        ("Polygon", [RING], True),
        ("Polygon", [RING, HOLE], True),
        ("MultiPolygon", [[RING, HOLE], [ELSEWHERE]], True),
        ("Point", [0, 0], True),
        ("Point", [0, 0, 5], False),
        ("Polygon", [[[*position, 1] for position in RING]], False),
        ("Polygon", [RING[:3]], False),
        ("Polygon", [[*RING[:3], [0, 1]]], False),
        ("Polygon", [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]], False),
        ("Polygon", [[[0, 0], [2, 0], [2, math.nan], [0, 0]]], False),
        ("Polygon", [[[0, 0], [2, 0], [10**400, 1], [0, 0]]], False),
        ("MultiPolygon", [], False),
    ],
)
def test_what_is_usual_is_written_straight_and_nothing_else(kind, coordinates, written):
    geometry = {"type": kind, "coordinates": coordinates}
    assert (outline_of(geometry, MOST) is not None) == written
    assert outline_of({**geometry, "bbox": []}, MOST) is None


def test_so_many_positions_and_no_more_are_written_straight():
    ring = [[math.cos(turn / 10), math.sin(turn / 10)] for turn in range(60)]
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    assert outline_of(geometry, 61) is not None
    assert outline_of(geometry, 60) is None
    with pytest.raises(TooLarge):
        footprint_of(geometry, [-1, -1, 1, 1], 60)


@EVERY
@given(geometry=GEOMETRY, west=GRID, width=st.sampled_from([0, 1, 5, 359, 359.99, 360, -10]))
def test_a_footprint_is_the_same_whichever_way_it_is_found(geometry, west, width):
    bbox = [west, -90, max(-180, min(180, west + width)), 90]
    plain = outcome(plain_footprint, geometry, bbox, MOST)
    if plain is not None:
        # One more member makes the geometry unusual: it is read by a parser.
        assert plain == outcome(footprint_of, {**geometry, "also": 1}, bbox, MOST)


def outcome(ask, *arguments):
    try:
        return ask(*arguments)
    except InvalidParameter as refused:
        return str(refused)
