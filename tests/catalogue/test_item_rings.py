"""A shape is kept in half of its WKB, and read as it was."""

import struct

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.catalogue.stores.sqlite.rings import kept_shape, wkb_of

SHORT = st.tuples(st.integers(-1_800_000_000, 1_800_000_000), st.integers(-900_000_000, 900_000_000)).map(
    lambda point: (point[0] / 1e7, point[1] / 1e7)
)
LONG = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.lists(SHORT, min_size=3, max_size=40))
def test_a_ring_of_seven_decimals_is_kept_in_half(points):
    wkb = shapely.to_wkb(shapely.Polygon(points))
    kept = kept_shape(wkb)
    assert len(kept) == 1 + 8 * len(shapely.Polygon(points).exterior.coords[:-1])
    assert wkb_of(kept) == wkb


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.lists(LONG | SHORT, min_size=3, max_size=12), st.booleans())
def test_any_shape_is_read_as_it_was(points, several):
    shape = shapely.Polygon(points)
    for one in (shapely.MultiPolygon([shape, shape]) if several else shape, shapely.LineString(points)):
        assert shapely.from_wkb(wkb_of(kept_shape(shapely.to_wkb(one)))) == one


def test_what_32_bits_or_seven_decimals_do_not_hold_is_kept_whole():
    for far in (214.7483648, 300.0, 0.12345678, 1e300):
        wkb = shapely.to_wkb(shapely.Polygon([(0, 0), (far, 0), (1, 1)]))
        assert kept_shape(wkb) == wkb
    a_hole = shapely.to_wkb(shapely.Point(0, 0).buffer(2, 1) - shapely.Point(0, 0).buffer(1, 1))
    assert kept_shape(a_hole) == a_hole
    unclosed = struct.pack("<BIII6d", 1, 3, 1, 3, 0, 0, 1, 0, 1, 1)
    assert kept_shape(unclosed) == unclosed
