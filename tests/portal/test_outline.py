"""The small drawing of the world for pages that run no script."""

import re
from importlib.resources import files

import numpy as np
import pytest
import shapely
from lxml import etree


@pytest.fixture(scope="module")
def drawn():
    """Return the lines of each class, in lon/lat, as a browser draws them."""
    text = files("thalweg.web").joinpath("templates", "land.svg").read_text()
    paths = {path.get("class"): path.get("d") for path in etree.fromstring(f"<svg>{text}</svg>")}
    return {name: [_line(one) for one in path.split("M") if one] for name, path in paths.items()}


def _line(path):
    steps = [re.findall(r"-?[\d.]+", step) for step in path.rstrip("Z").split("l")]
    return np.cumsum(np.array(steps, dtype=float), axis=0) * (1, -1)


def test_the_land_closes_and_is_where_land_is(drawn):
    land = shapely.union_all([shapely.make_valid(shapely.Polygon(line)) for line in drawn["land"]])
    inland, at_sea = [(23, -2), (2.4, 46.6), (-60, -10), (134, -25)], [(-30, 30), (-150, -30), (75, -30)]
    assert all(land.contains(shapely.Point(place)) for place in inland)
    assert not any(land.contains(shapely.Point(place)) for place in at_sea)


def test_borders_lie_on_land_and_part_neighbours(drawn):
    land = shapely.union_all([shapely.make_valid(shapely.Polygon(line)) for line in drawn["land"]])
    borders = shapely.MultiLineString(drawn["border"])
    assert shapely.length(shapely.difference(borders, shapely.buffer(land, 1))) < 0.02 * borders.length
    for one, other in [((2.4, 46.6), (-3.7, 40.4)), ((2.4, 46.6), (10, 51)), ((-100, 40), (-102, 25))]:
        assert shapely.LineString([one, other]).crosses(borders)
