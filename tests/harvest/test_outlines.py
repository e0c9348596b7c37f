"""Outlines on the globe, across its seams."""

import numpy as np
import pytest
from shapely.geometry import shape

from thalweg.core.errors import InvalidParameter
from thalweg.harvest.outlines import centroid, of_box, of_points, of_ring, of_track


def test_a_ring_keeps_its_numbers():
    geometry, bbox = of_ring([(10.1, 50.2), (11.3, 50.2), (11.3, 51.4)], "f")
    assert geometry == {"type": "Polygon", "coordinates": [[[10.1, 50.2], [11.3, 50.2], [11.3, 51.4], [10.1, 50.2]]]}
    assert bbox == [10.1, 50.2, 11.3, 51.4]


def test_a_ring_over_the_antimeridian_is_cut_there():
    geometry, bbox = of_ring([(179, -1), (-179, -1), (-179, 1), (179, 1)], "f")
    assert geometry["type"] == "MultiPolygon"
    assert bbox == [179, -1, -179, 1]
    assert shape(geometry).area == pytest.approx(4)
    assert centroid(geometry) in ((180.0, 0.0), (-180.0, 0.0))


def test_a_ring_around_a_pole_holds_it():
    geometry, bbox = of_ring([(lon, 80) for lon in range(-180, 180, 30)], "f")
    assert bbox == [-180, 80, 180, 90]
    assert shape(geometry).area == pytest.approx(3600)


def test_points_lie_where_they_lie():
    x, y = np.array([179.0, -179.0, 179.5, np.nan, 1e30]), np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    geometry, bbox = of_points(x, y, "f")
    assert bbox == [179, 0, -179, 1]
    assert geometry["type"] == "MultiPolygon"
    geometry, bbox = of_points(np.array([359.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]), "f")
    assert bbox == [-1, 0, 1, 1]
    geometry, bbox = of_points(np.array([-80.492851, -79.817434, -80.0]), np.array([40.0, 40.0, 41.0]), "f")
    assert bbox == [-80.492851, 40, -79.817434, 41]
    assert geometry["type"] == "Polygon"


@pytest.mark.parametrize("at", [([5.0], [50.0]), ([5.0, 6.0], [50.0, 50.0]), ([0.0], [90.0])])
def test_what_has_no_area_gets_a_little(at):
    geometry, _ = of_points(np.array(at[0]), np.array(at[1]), "f")
    assert 0 < shape(geometry).area < 1e-3


@pytest.mark.parametrize(
    ("box", "bbox"),
    [
        ((0, -90, 360, 90), [-180, -90, 180, 90]),
        ((170, -10, 190, 10), [170, -10, -170, 10]),
        ((190, -10, 200, 10), [-170, -10, -160, 10]),
        ((170, -10, -170, 10), [170, -10, -170, 10]),
        ((0, 10, 359.5, 20), [0, 10, -0.5, 20]),
    ],
)
def test_boxes_may_count_to_360(box, bbox):
    assert of_box(*box, "f")[1] == bbox


def test_a_track_is_a_line():
    geometry, bbox = of_track([(178, 0), (-178, 4)], "f")
    assert geometry["type"] == "MultiLineString"
    assert bbox == [178, 0, -178, 4]


@pytest.mark.parametrize(
    "ring", [[], [(0, 0), (1, 1)], [(0, 0), (1, 91), (2, 0)], [(0, 0), (float("nan"), 1), (2, 0)], [(0, 0)] * 4]
)
def test_what_is_no_ring_is_refused(ring):
    with pytest.raises(InvalidParameter) as refused:
        of_ring(ring, "f.xml")
    assert refused.value.parameter == "f.xml"


def test_what_is_nowhere_is_refused():
    with pytest.raises(InvalidParameter):
        of_points(np.array([np.nan]), np.array([1.0]), "f")
    for box in ((0, 10, 1, 5), (0, 0, float("inf"), 1), (-1e9, 0, 1, 1)):
        with pytest.raises(InvalidParameter):
            of_box(*box, "f")
    with pytest.raises(InvalidParameter):
        of_track([(0, 0)], "f")
