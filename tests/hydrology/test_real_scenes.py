"""The water mask on real scenes: Olinda, a crop of it, a desert tile, a land of small lakes, clouds."""

import json

import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Geod, Proj
from rasterio.transform import Affine, xy
from rasterio.windows import Window

from thalweg.core.errors import InvalidParameter
from thalweg.core.processes import Execution, StagedItem
from thalweg.hydrology.processes import water_mask

LANDSAT = [("B1", "blue"), ("B2", "green"), ("B3", "red"), ("B4", "nir"), ("B5", "swir16"), ("B7", "swir22")]
SQUARE = {"type": "Polygon", "coordinates": [[[-35, -8], [-34, -8], [-34, -7], [-35, -7], [-35, -8]]]}


def staged(files, **told):
    assets = {
        key: {"href": str(path), "type": "image/tiff; application=geotiff", "roles": ["data"], **told.get(key, {})}
        for key, path in files.items()
    }
    properties = {"datetime": None, "start_datetime": "1999-04-15T00:00:00Z", "end_datetime": "2018-01-01T00:00:00Z"}
    document = {"id": "scene", "properties": properties, "geometry": SQUARE, "bbox": [-35, -8, -34, -7]}
    return StagedItem({**document, "assets": assets}, files)


def run(image, folder, **inputs):
    told = []
    folder.mkdir(exist_ok=True)
    given = {"index": "auto", "threshold": "otsu", "clouds": True, **inputs, "image": image}
    outcome = water_mask.run(Execution(given, folder, lambda share, message: told.append((share, message))))
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    return outcome


@pytest.fixture
def olinda(real_data):
    named = [{"name": name, "eo:common_name": common} for name, common in LANDSAT]
    return staged({"image": real_data / "landsat-7" / "L7_ETMs.tif"}, image={"bands": named})


def independent_area(mask):
    """Count cells in the scene's own projection and take its scale out at each row and column."""
    with rasterio.open(mask) as source:
        rows, columns = np.nonzero(source.read(1) == 1)
        x, y = xy(source.transform, rows, columns)
        projection = Proj(source.crs)
        cell = abs(source.transform.a * source.transform.e)
    scale = projection.get_factors(*projection(x, y, inverse=True)).areal_scale
    return float((cell / scale).sum()) / 1e6


@pytest.mark.parametrize(
    ("index", "eta", "percent", "km2"),
    [("ndwi", 0.78, 16.1, 16.06), ("mndwi", 0.94, 16.4, 16.32), ("auto", 0.94, 16.4, 16.32)],
)
def test_olinda(olinda, tmp_path, index, eta, percent, km2):
    outcome = run(olinda, tmp_path, index=index)
    values = outcome.values
    assert values["verdict"] == "water"
    assert values["separability"] == pytest.approx(eta, abs=0.005)
    assert 100 * values["water_area_km2"] / values["observed_area_km2"] == pytest.approx(percent, abs=0.05)
    assert values["water_area_km2"] == pytest.approx(km2, abs=0.01)
    assert values["water_area_km2"] == pytest.approx(independent_area(tmp_path / "mask.tif"), rel=1e-6)
    assert outcome.items[0]["properties"]["thalweg:water_area_km2"] == values["water_area_km2"]


def test_a_crop_of_olinda_where_percent_and_square_kilometres_differ(real_data, tmp_path):
    window = Window(150, 100, 199, 120)
    with rasterio.open(real_data / "landsat-7" / "L7_ETMs.tif") as source:
        cut = source.read(window=window)
        profile = {
            **source.profile,
            "width": 199,
            "height": 120,
            "transform": source.transform @ Affine.translation(150, 100),
        }
    with rasterio.open(tmp_path / "crop.tif", "w", **profile) as crop:
        crop.write(cut)
    values = run(staged({"image": tmp_path / "crop.tif"}), tmp_path, bands={"green": 2, "swir": 5}).values
    assert values["verdict"] == "water"
    assert values["water_area_km2"] == pytest.approx(independent_area(tmp_path / "mask.tif"), rel=1e-6)
    assert abs(100 * values["water_area_km2"] / values["observed_area_km2"] - values["water_area_km2"]) > 1


def test_a_file_without_band_names_is_read_by_numbers(real_data, tmp_path):
    image = staged({"image": real_data / "landsat-7" / "L7_ETMs.tif"})
    values = run(image, tmp_path, bands={"green": 2, "nir": 4}).values
    assert (values["index"], values["separability"]) == ("NDWI", pytest.approx(0.7768, abs=1e-3))
    with pytest.raises(InvalidParameter, match="name it") as refused:
        run(image, tmp_path)
    assert refused.value.parameter == "inputs/bands"
    with pytest.raises(InvalidParameter, match="has 6 bands"):
        run(image, tmp_path, bands={"green": 2, "nir": 9})


def test_above_zero_takes_the_city_as_the_fixed_threshold_was_told_to(olinda, tmp_path):
    values = run(olinda, tmp_path, index="ndwi", threshold=0).values
    assert (values["method"], values["threshold"]) == ("fixed", 0)
    assert values["water_area_km2"] / values["observed_area_km2"] == pytest.approx(0.566, abs=0.001)


def test_the_mask_is_a_cog_on_the_scene_s_own_grid(olinda, tmp_path):
    run(olinda, tmp_path)
    with rasterio.open(tmp_path / "mask.tif") as mask, rasterio.open(olinda.files["image"]) as scene:
        assert mask.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert (mask.dtypes, mask.nodata, mask.shape, mask.crs) == (("uint8",), 255, scene.shape, scene.crs)
        assert mask.transform.almost_equals(scene.transform, 1e-9)
        assert set(np.unique(mask.read())) == {0, 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mask.tif", "water.geojson"]


def test_the_outlines_are_valid_wound_and_hold_the_same_water(olinda, tmp_path):
    values = run(olinda, tmp_path).values
    features = json.loads((tmp_path / "water.geojson").read_text())["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    assert all(shape.is_valid and shape.geom_type == "Polygon" for shape in shapes)
    assert all(shape.exterior.is_ccw and not any(hole.is_ccw for hole in shape.interiors) for shape in shapes)
    area = sum(Geod(ellps="WGS84").geometry_area_perimeter(shape)[0] for shape in shapes) / 1e6
    assert area == pytest.approx(values["water_area_km2"], rel=1e-4)
    west, south, east, north = shapely.union_all(shapes).bounds
    assert -35 < west < east < -34.8
    assert -8.1 < south < north < -7.9


def sentinel(real_data, *names):
    folder = real_data / "sentinel-2" / "S2A_29RKH_20200219_0_L2A"
    document = json.loads((folder / "S2A_29RKH_20200219_0_L2A.json").read_text())
    return StagedItem(document, {key: folder / f"{name}.tif" for key, name in names})


@pytest.mark.parametrize(("index", "second"), [("ndwi", ("nir", "B08")), ("mndwi", ("swir16", "B11"))])
@pytest.mark.parametrize("clouds", [True, False])
def test_a_desert_holds_no_separable_water(real_data, tmp_path, index, second, clouds):
    image = sentinel(real_data, ("green", "B03"), second, ("scl", "SCL"))
    outcome = run(image, tmp_path, index=index, clouds=clouds)
    assert outcome.items == ()
    assert outcome.values["verdict"] == "no separable water"
    assert outcome.values["water_area_km2"] is None
    assert 0.6 < outcome.values["separability"] < 0.67
    assert outcome.values["threshold"] < 0
    assert "fixed threshold" in outcome.values["message"]
    assert list(tmp_path.iterdir()) == []


def test_only_the_files_of_the_chosen_bands_are_asked_for(real_data):
    document = sentinel(real_data).document
    assert water_mask.assets(document, {"index": "ndwi"}) == {"green", "nir", "scl"}
    assert water_mask.assets(document, {"index": "auto", "clouds": False}) == {"green", "swir16"}


def test_bands_of_two_resolutions_meet_on_the_finer_grid_and_clouds_are_no_data(real_data, tmp_path):
    image = sentinel(real_data, ("green", "B03"), ("swir16", "B11"), ("scl", "SCL"))
    run(image, tmp_path, threshold=-0.3)
    folder = real_data / "sentinel-2" / "S2A_29RKH_20200219_0_L2A"
    with rasterio.open(tmp_path / "mask.tif") as source, rasterio.open(folder / "SCL.tif") as scl:
        mask, classes = source.read(1), scl.read(1).repeat(2, axis=0).repeat(2, axis=1)
        assert source.shape == (1098, 1098)
    hidden = np.isin(classes, [0, 1, 3, 8, 9, 10])
    assert (mask[hidden] == 255).all()
    assert (mask[~hidden] != 255).mean() > 0.9999


def test_rare_water_is_not_separable_but_a_fixed_threshold_draws_it(real_data, tmp_path):
    mol = real_data / "sentinel-2" / "mol-belgium"
    image = staged({"B03": mol / "ref_default_B03.tif", "B08": mol / "ref_default_B08.tif"})
    bands = {"green": "B03", "nir": "b08"}
    assert run(image, tmp_path / "otsu", bands=bands).values["verdict"] == "no separable water"
    values = run(image, tmp_path / "fixed", bands=bands, threshold=0).values
    assert values["water_area_km2"] / values["observed_area_km2"] == pytest.approx(0.0205, abs=0.0001)


def test_landsat_s_own_quality_layer_and_scale_are_honoured(real_data, tmp_path):
    folder = real_data / "landsat-8" / "LC08_L2SP_008059_20191201"
    files = {
        key: next(folder.glob(f"*_{name}.TIF"))
        for key, name in (("green", "SR_B3"), ("nir08", "SR_B5"), ("qa_pixel", "QA_PIXEL"))
    }
    told = {
        key: {"bands": [{"name": key, "eo:common_name": key, "raster:scale": 2.75e-5, "raster:offset": -0.2}]}
        for key in ("green", "nir08")
    }
    masked, open_ = (
        run(staged(files, **told), tmp_path / str(clouds), clouds=clouds, threshold=0).values
        for clouds in (True, False)
    )
    assert masked["observed_area_km2"] / open_["observed_area_km2"] == pytest.approx(21334 / 181680, abs=0.002)
    assert open_["water_area_km2"] / open_["observed_area_km2"] == pytest.approx(0.0756, abs=0.001)
    assert masked["water_area_km2"] == 0


@pytest.mark.parametrize("content", [b"II*\0" + b"\xff" * 60, b"<VRTDataset></VRTDataset>", b""])
def test_a_file_that_is_no_image_is_the_image_s_fault(tmp_path, content):
    (tmp_path / "scene.tif").write_bytes(content)
    with pytest.raises(InvalidParameter) as refused:
        run(staged({"image": tmp_path / "scene.tif"}), tmp_path / "out", bands={"green": 1, "nir": 2})
    assert refused.value.parameter == "inputs/image"
