"""Where an Item lies is told right over the antimeridian, around a pole and where its outline crosses itself."""

import math

import orjson
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from thalweg.catalogue.footprints import Ground, footprint_of, grounds_of, shape_of
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.geometry import BBox
from thalweg.core.queries import ItemQuery
from thalweg.cql2.grounds import plane

MOST = 20_000
EVERY = settings(deadline=None, max_examples=80, derandomize=True)


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [[list(position) for position in ring] for ring in rings]}


def closed(ring):
    return [*ring, ring[0]]


def ground_of(footprint):
    return shapely.from_wkb(footprint.shape) if footprint.shape is not None else plane(footprint.box)


def meets(footprint, longitude, latitude):
    here = shapely.Point(longitude, latitude)
    return Ground([here], []).meets(footprint.box, footprint.shape)


def in_box(box, bounds):
    west, south, east, north = bounds
    return any(s.west - 1e-9 <= west and east <= s.east + 1e-9 for s in box.spans()) and (
        box.south - 1e-9 <= south and north <= box.north + 1e-9
    )


LONGITUDE, LATITUDE = st.floats(-180, 180).map(lambda x: round(x, 3)), st.floats(-90, 90).map(lambda x: round(x, 3))
POSITIONS = st.lists(st.tuples(LONGITUDE, LATITUDE), min_size=3, max_size=12)


@EVERY
@example(ring=[(0.0, 1.0), (0.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1.0, 0.0)], kind="Polygon")
@given(ring=POSITIONS, kind=st.sampled_from(["Polygon", "LineString", "MultiPoint"]))
def test_whatever_crosses_itself_the_box_holds_the_geometry_and_the_geometry_is_valid(ring, kind):
    places = closed(ring)
    geometry = {"type": kind, "coordinates": [places] if kind == "Polygon" else places}
    geometry = orjson.loads(orjson.dumps(geometry))
    bounds = shapely.from_geojson(orjson.dumps(geometry)).bounds
    # A bbox from end to end of the map is the sign of a jump, which the tests below are about.
    assume(bounds[0] > -179.9 or bounds[2] < 179.9)
    footprint = footprint_of(geometry, list(bounds), MOST)
    ground = ground_of(footprint)
    assert ground.is_valid
    assert in_box(footprint.box, ground.bounds)
    for longitude, latitude in ring:
        assert footprint.box.west <= longitude <= footprint.box.east or kind == "Polygon"
        assert kind == "Polygon" or meets(footprint, longitude, latitude)


@EVERY
@given(
    west=st.floats(100, 179),
    width=st.floats(2, 100),
    south=st.floats(-80, 60),
    height=st.floats(0.1, 20),
    zigzags=st.integers(0, 40),
    wide=st.booleans(),
)
def test_over_the_antimeridian_both_sides_are_ground_and_the_rest_of_the_globe_is_not(
    west, width, south, height, zigzags, wide
):
    east, north = west + width, south + height
    assume(east > 181 and width < 170)
    top = [(x, north - (i % 2) * height / 3) for i, x in enumerate(spread(east, west, zigzags + 2))]
    ring = closed([(west, south), (east, south), *top])
    rolled = [[x - 360 if x > 180 else x, y] for x, y in ring]
    bbox = [-180, south, 180, north] if wide else [west, south, east - 360, north]
    footprint = footprint_of(polygon(rolled), bbox, MOST)
    assert footprint.box.west == pytest.approx(west)
    assert footprint.box.east == pytest.approx(east - 360)
    assert ground_of(footprint).area == pytest.approx(shapely.Polygon(ring).area)
    assert meets(footprint, 180, south + height / 2)
    assert meets(footprint, -180, south + height / 2)
    assert not meets(footprint, (west + east - 360) / 2, south + height / 2)
    assert in_box(footprint.box, shapely.get_parts(ground_of(footprint))[0].bounds)


def spread(first, last, count):
    return [first + (last - first) * place / (count - 1) for place in range(count)]


@EVERY
@given(
    begin=st.integers(-180, 179),
    count=st.integers(4, 60),
    latitude=st.floats(40, 80),
    wave=st.floats(0, 9),
    south=st.booleans(),
    backwards=st.booleans(),
)
def test_a_ring_around_a_pole_whose_bbox_reaches_it_holds_the_pole(begin, count, latitude, wave, south, backwards):
    sign = -1 if south else 1
    ring = [
        (
            (begin + 360 * place / count + 180) % 360 - 180,
            sign * (latitude + wave * math.sin(3 * math.tau * place / count)),
        )
        for place in range(count)
    ]
    ring = closed(ring[::-1] if backwards else ring)
    near, far = min(abs(y) for _, y in ring), max(abs(y) for _, y in ring)
    bbox = [-180, *((-90, -near) if south else (near, 90))]
    bbox = [bbox[0], bbox[1], 180, bbox[2]]
    footprint = footprint_of(polygon(ring), bbox, MOST)
    assert (footprint.box.west, footprint.box.east) == (-180, 180)
    for longitude in range(-180, 181, 20):
        assert meets(footprint, longitude, sign * 90)
        assert meets(footprint, longitude, sign * (far + 89) / 2)
        assert not meets(footprint, longitude, sign * (near - 1))
    # Unless written at their own longitudes, the positions of the ring stand on its edge.
    assert ground_of(footprint).is_valid


def test_a_cap_that_is_written_flat_stays_as_it_is_and_one_with_a_hole_keeps_it():
    flat = closed([(-180, 70), (0, 70), (180, 70), (180, 90), (-180, 90)])
    assert footprint_of(polygon(flat), [-180, 70, 180, 90], MOST).box == BBox(-180, 70, 180, 90)
    ring = closed([(x, 60) for x in range(-170, 180, 20)])
    hole = closed([(175, 70), (-175, 70), (-175, 75), (175, 75)])
    footprint = footprint_of(polygon(ring, hole), [-180, 60, 180, 90], MOST)
    assert not meets(footprint, 179, 72)
    assert not meets(footprint, -179, 72)
    assert meets(footprint, 170, 72)
    assert meets(footprint, 0, 89)


def test_a_ring_around_the_globe_without_a_bbox_at_a_pole_is_read_flat():
    ring = closed([(x, 60 + x / 20) for x in range(-170, 180, 20)])
    footprint = footprint_of(polygon(ring), [-170, 51.5, 170, 68.5], MOST)
    assert not meets(footprint, 0, 89)


def test_parts_that_touch_at_the_antimeridian_are_no_crossing_however_many_positions_they_have():
    count = 3_000
    edge = [10 * place / count for place in range(count + 1)]
    left = closed([(170, 0), *((180, y) for y in edge), (170, 10)])
    right = closed([(-170, 10), *((-180, y) for y in reversed(edge)), (-170, 0)])
    geometry = {"type": "MultiPolygon", "coordinates": [[left], [right]]}
    footprint = footprint_of(orjson.loads(orjson.dumps(geometry)), [170, 0, -170, 10], MOST)
    assert footprint.box == BBox(170, 0, -170, 10)
    assert ground_of(footprint).area == pytest.approx(200)


@pytest.mark.parametrize(
    ("geometry", "bbox"),
    [
        (polygon(closed([(0, 0), (1, math.nan), (1, 1)])), [0, 0, 1, 1]),
        (polygon(closed([(0, 0), (1, math.inf), (1, 1)])), [0, 0, 1, 1]),
        (polygon(closed([(0, 0), (1, 0), (1, 1)])), [0, 0, math.nan, 1]),
        (polygon(closed([(0, 0), (1, 0), (1, 1)])), [0, 0, 10**400, 1]),
        (polygon(closed([(0, 0), (10**400, 0), (1, 1)])), [0, 0, 1, 1]),
        (polygon(closed([(170, 0), (-170, 0), (-170, 10)])), [171, 0, -170, 10]),
        (polygon(closed([(170, 0), (-170, 0), (-170, 10)])), [170, 0, -171, 10]),
        (polygon(closed([(170, 0), (-170, 0), (-170, 10)])), [-180, 1, 180, 10]),
        (polygon(closed([(x, 60) for x in range(-170, 180, 20)])), [-180, 61, 180, 90]),
        ({"type": "Point", "coordinates": [0, 0], "bbox": []}, [0, 1, 0, 1]),
        ({"type": "MultiPolygon", "coordinates": []}, [0, 0, 1, 1]),
    ],
)
def test_what_is_no_place_on_the_globe_is_refused(geometry, bbox):
    with pytest.raises(InvalidParameter):
        footprint_of(geometry, bbox, MOST)


def comb(count):
    teeth = [(x * 200 / count, y) for x in range(count // 2) for y in ((0, 10) if x % 2 else (10, 0))]
    return closed([*teeth, (100, -1), (0, -1)])


def circle(count):
    return closed(
        [(50 + 30 * math.cos(math.tau * k / count), 30 * math.sin(math.tau * k / count)) for k in range(count)]
    )


def star(count):
    return closed([(50 + 30 * math.cos(2.4 * k), 30 * math.sin(2.4 * k)) for k in range(count)])


def around_a_pole(count):
    return closed(
        [((360 * k / count) % 360 - 180, 60 + 20 * math.sin(math.tau * 50 * k / count)) for k in range(count)]
    )


def over_the_line(count):
    return closed([((175 + 10 * k / count + 180) % 360 - 180, 5 + 4 * (-1) ** k) for k in range(count)])


def outcome(ask, *arguments):
    try:
        return ask(*arguments)
    except InvalidParameter as refused:
        return str(refused)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("outline", [comb, circle, star, around_a_pole, over_the_line])
def test_ten_thousand_positions_are_read_or_refused_in_bounded_time(outline):
    ring = outline(10_000)
    bbox = {around_a_pole: [-180, 40, 180, 90], over_the_line: [175, 0, -175, 10]}.get(outline, [-180, -90, 180, 90])
    for told in (
        outcome(footprint_of, polygon(ring), bbox, MOST),
        outcome(shape_of, polygon(ring), MOST, "intersects"),
    ):
        assert not isinstance(told, str) or "crosses itself" in told
    with pytest.raises(TooLarge):
        shape_of(polygon(outline(50_000)), MOST, "intersects")


@EVERY
@given(ring=POSITIONS)
def test_a_query_that_crosses_itself_meets_what_stands_at_its_corners_where_it_covers_them(ring):
    (ground,) = grounds_of(ItemQuery(intersects=orjson.loads(orjson.dumps(polygon(closed(ring))))), MOST)
    (frame,) = ground.frames
    mended = shape_of(orjson.loads(orjson.dumps(polygon(closed(ring)))), MOST)
    assert in_box(frame, mended.bounds)
    for part in shapely.get_parts(mended):
        here = part.representative_point()
        assert ground.meets(BBox(here.x, here.y, here.x, here.y), None)


@EVERY
@given(west=LONGITUDE, east=LONGITUDE, longitude=LONGITUDE)
def test_a_query_box_meets_a_point_on_whichever_side_of_the_antimeridian(west, east, longitude):
    (ground,) = grounds_of(ItemQuery(bbox=BBox(west, -10, east, 10)), MOST)
    inside = west <= longitude <= east if west <= east else longitude >= west or longitude <= east
    assert ground.meets(BBox(longitude, 0, longitude, 0), None) == inside
