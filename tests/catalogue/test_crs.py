import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.catalogue.crs import CRS84, LISTED, reference_system
from thalweg.core.errors import InvalidParameter

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
FEATURE = {
    "type": "Feature",
    "id": "one",
    "bbox": [4.0, 50.0, 5.0, 51.0],
    "geometry": {"type": "Polygon", "coordinates": [[[4.0, 50.0], [5.0, 50.0], [5.0, 51.0], [4.0, 51.0], [4.0, 50.0]]]},
}


def test_epsg_4326_is_latitude_first_and_crs84_is_not():
    turned = reference_system(f"{EPSG}4326").feature(FEATURE)
    assert turned["geometry"]["coordinates"][0][1] == (50.0, 5.0)
    assert turned["bbox"] == [50.0, 4.0, 51.0, 5.0]
    assert reference_system(CRS84).feature(FEATURE)["bbox"] == FEATURE["bbox"]


def test_web_mercator_is_what_its_formula_says():
    x, y = reference_system(f"{EPSG}3857").feature(FEATURE)["geometry"]["coordinates"][0][2]
    assert x == pytest.approx(math.radians(5) * 6378137.0)
    assert y == pytest.approx(math.log(math.tan(math.pi / 4 + math.radians(51) / 2)) * 6378137.0)


def test_a_system_with_northing_first_is_served_so():
    north, east = reference_system(f"{EPSG}3035").feature(FEATURE)["geometry"]["coordinates"][0][1]
    # The example of IOGP's guidance note 7-2 for this projection: 50° N, 5° E.
    assert (east, north) == (pytest.approx(3962799.45, abs=0.01), pytest.approx(2999718.85, abs=0.01))


def test_heights_stay():
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [4.0, 50.0, 123.0]}}
    assert reference_system(f"{EPSG}4326").feature(point)["geometry"]["coordinates"] == (50.0, 4.0, 123.0)


def test_an_item_without_geometry_has_none_in_any_system():
    assert reference_system(f"{EPSG}3857").feature({"id": "x", "geometry": None}) == {"id": "x", "geometry": None}


@given(west=st.floats(-179, 178), south=st.floats(-80, 79), width=st.floats(0.01, 1), height=st.floats(0.01, 1))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_box_of_a_system_holds_the_box_it_came_from(west, south, width, height):
    box = {
        "type": "Polygon",
        "coordinates": [
            [
                [west, south],
                [west + width, south],
                [west + width, south + height],
                [west, south + height],
                [west, south],
            ]
        ],
    }
    for code in (4326, 3857, 3395):
        system = reference_system(f"{EPSG}{code}")
        back = system.box(system.feature({"geometry": box})["bbox"], "bbox")
        assert back.west <= west + 1e-6
        assert back.east >= west + width - 1e-6
        assert back.south <= south + 1e-6
        assert back.north >= south + height - 1e-6


def test_a_box_across_the_antimeridian_stays_one():
    assert reference_system(f"{EPSG}4326").box([-20.0, 170.0, 10.0, -170.0], "bbox").numbers() == [
        170.0,
        -20.0,
        -170.0,
        10.0,
    ]


@pytest.mark.parametrize("uri", ["", "EPSG:4326", f"{EPSG}999999", "file:///etc/passwd", f"{EPSG}4326 +init=x"])
def test_only_listed_systems_are_known(uri):
    with pytest.raises(InvalidParameter, match="listed"):
        reference_system(uri)


def test_what_lies_outside_of_a_system_is_refused_not_infinite():
    far_off = {"geometry": {"type": "Point", "coordinates": [93.0, 0.0]}}
    with pytest.raises(InvalidParameter, match="not defined where this lies"):
        reference_system(f"{EPSG}32631").feature(far_off)


@pytest.mark.parametrize("numbers", [[1.0], [math.nan, 0.0, 1.0, 1.0], [0.0] * 5])
def test_a_box_is_four_or_six_finite_numbers(numbers):
    with pytest.raises(InvalidParameter):
        reference_system(f"{EPSG}3857").box(numbers, "bbox")


def test_every_listed_system_can_be_opened():
    for uri in LISTED:
        assert reference_system(uri).uri == uri
