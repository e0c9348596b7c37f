"""Areas on the ground, held against pyproj's own geodesic polygons."""

import numpy as np
import pytest
from pyproj import Geod, Proj, Transformer
from rasterio.transform import Affine

from thalweg.hydrology.cell_area import CellAreas

GEOD = Geod(ellps="WGS84")


def geodesic(crs, transform, row, column, parts=1):
    """Return the area of the polygon through a cell's outline, each side in so many parts."""
    steps = np.arange(parts) / parts
    zero, one = np.zeros(parts), np.ones(parts)
    right = np.concatenate([steps, one, 1 - steps, zero])
    down = np.concatenate([zero, steps, one, 1 - steps])
    x, y = transform @ (column + right, row + down)
    longitudes, latitudes = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    return abs(GEOD.polygon_area_perimeter(longitudes, latitudes)[0])


@pytest.mark.parametrize(
    ("crs", "transform", "shape"),
    [
        pytest.param("EPSG:31985", Affine(28.5, 0, 288776.25, 0, -28.5, 9120760.75), (352, 349), id="utm-olinda"),
        pytest.param("EPSG:32629", Affine(10, 0, 199980, 0, -10, 3300000), (10980, 10980), id="utm-sentinel-2"),
        pytest.param("EPSG:3857", Affine(150, 0, 2e6, 0, -150, 9e6), (900, 700), id="web-mercator-in-the-north"),
        pytest.param("EPSG:3413", Affine(1000, 0, -5e5, 0, -1000, 5e5), (1000, 1000), id="polar-with-its-pole"),
        pytest.param("EPSG:32631", Affine(20, 8, 5e5, 8, -20, 5e6), (300, 200), id="turned"),
        pytest.param(
            "EPSG:4326", Affine(0.001, 0, 179.5, 0, -0.001, 60), (500, 1000), id="degrees-over-the-antimeridian"
        ),
        pytest.param("EPSG:2263", Affine(100, 0, 9.8e5, 0, -100, 2e5), (300, 300), id="feet"),
    ],
)
def test_every_cell_has_its_geodesic_area(crs, transform, shape):
    areas = CellAreas(crs, transform, shape)
    chosen = np.random.default_rng(4)
    for _ in range(40):
        row, column = (int(chosen.integers(0, length)) for length in shape)
        ours = areas.window(slice(row, row + 1), slice(column, column + 1))[0, 0]
        assert ours == pytest.approx(geodesic(crs, transform, row, column), rel=3e-6)


def test_cells_of_longitude_and_latitude_cover_the_ellipsoid():
    areas = CellAreas("EPSG:4326", Affine(0.5, 0, -180, 0, -0.5, 90), (360, 720)).window(slice(0, 360), slice(0, 720))
    assert areas.sum() == pytest.approx(510_065_621_724_089, rel=1e-9)


def test_wide_cells_follow_their_parallels():
    transform = Affine(0.25, 0, 10, 0, -0.25, 60)
    ours = CellAreas("EPSG:4326", transform, (40, 40)).window(slice(3, 4), slice(5, 6))[0, 0]
    assert ours == pytest.approx(geodesic("EPSG:4326", transform, 3, 5, parts=200), rel=1e-6)


def test_a_window_is_cut_out_of_the_whole():
    areas = CellAreas("EPSG:32629", Affine(10, 0, 199980, 0, -10, 3300000), (3000, 2000))
    whole = areas.window(slice(0, 3000), slice(0, 2000))
    assert np.allclose(areas.window(slice(1000, 1100), slice(700, 750)), whole[1000:1100, 700:750], rtol=1e-12)


def test_a_projected_cell_is_its_plane_area_without_the_scale():
    transform = Affine(28.5, 0, 288776.25, 0, -28.5, 9120760.75)
    ours = CellAreas("EPSG:31985", transform, (352, 349)).window(slice(100, 101), slice(200, 201))[0, 0]
    longitude, latitude = Proj("EPSG:31985")(*(transform @ (200.5, 100.5)), inverse=True)
    scale = Proj("EPSG:31985").get_factors(longitude, latitude).areal_scale
    assert ours == pytest.approx(28.5**2 / scale, rel=1e-7)
