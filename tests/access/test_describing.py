"""What is known of a raster: its outline on the globe, its bands, its tags; on real files and odd ones."""

import numpy as np
import pytest
import rasterio
import rasterio.shutil
import shapely
from affine import Affine
from rasterio.enums import ColorInterp

from thalweg.access.readers.describer import GdalDescriber
from thalweg.access.readers.geotiff import describe

GREY = np.arange(2500, dtype=np.uint8).reshape(50, 50)


def area(facts):
    outline = shapely.geometry.shape(facts.footprint)
    assert outline.is_valid
    assert outline.area > 0
    west, south, east, north = outline.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    return outline


def test_olinda(real_data):
    facts = describe(real_data / "landsat-7" / "L7_ETMs.tif")
    assert (facts.code, facts.shape, len(facts.bands)) == ("EPSG:31985", (352, 349), 6)
    assert facts.bbox == pytest.approx((-34.91659, -8.04093, -34.82597, -7.94982), abs=1e-5)
    assert {band.common_name for band in facts.bands} == {None}  # it does not say, and nobody guesses
    assert facts.bands[0].minimum >= 0
    assert facts.bands[0].maximum <= 255
    assert not facts.cloud_optimized


def test_a_sentinel_2_tile(real_data):
    folder = real_data / "sentinel-2" / "S2A_29RKH_20200219_0_L2A"
    colour, grey = describe(folder / "TCI.tif"), describe(folder / "B02.tif")
    assert [band.common_name for band in colour.bands] == ["red", "green", "blue"]
    assert grey.bands[0].nodata == 0
    assert grey.bands[0].minimum > 0
    assert grey.code == "EPSG:32629"
    assert colour.cloud_optimized
    assert colour.media_type.endswith("profile=cloud-optimized")


def test_a_sentinel_1_image_tied_by_control_points(real_data):
    (file,) = (real_data / "sentinel-1").glob("*/measurement/iw-vv.tiff")
    facts = describe(file)
    assert facts.tied_by_points
    assert facts.tags["TIFFTAG_SOFTWARE"].startswith("Sentinel-1")
    assert area(facts).contains(shapely.Point(77.0, 10.2))
    assert facts.bbox == pytest.approx((75.6, 9.2, 78.2, 11.2), abs=0.1)


def test_elevation_models(real_data):
    inland = describe(real_data / "dem" / "Copernicus_DSM_COG_10_N00_00_E006_00_DEM.tif")
    polar = describe(real_data / "dem" / "Copernicus_DSM_COG_30_S90_00_W164_00_DEM.tif")
    own = describe(real_data / "landsat-7" / "olinda_dem_utm25s.tif")
    assert inland.cloud_optimized
    assert inland.bands[0].data_type == "float32"
    assert polar.bbox == pytest.approx((-164.004, -90, -163.004, -89), abs=1e-3)
    assert own.code is None
    assert "Transverse" in own.wkt2


@pytest.mark.parametrize(
    ("crs", "grid", "bbox"),
    [
        ("EPSG:4326", Affine(0.2, 0, 175, 0, -0.2, 10), (175, 0, -175, 10)),
        ("EPSG:4326", Affine(0.2, 0, -185, 0, -0.2, 10), (175, 0, -175, 10)),
        ("EPSG:32601", Affine(4000, 0, 400_000, 0, -4000, 7_200_000), (-179.1, 63.2, -174.9, 64.9)),
        ("EPSG:32660", Affine(4000, 0, 700_000, 0, -4000, 7_200_000), (-179, 63, -174.5, 65)),
        ("EPSG:32660", Affine(4000, 0, 550_000, 0, -4000, 7_200_000), (178, 63, -177.7, 65)),
    ],
)
def test_an_outline_over_the_antimeridian_is_cut_there(write_tiff, crs, grid, bbox):
    facts = describe(write_tiff(GREY, crs=crs, transform=grid))
    area(facts)
    crosses = bbox[0] > bbox[2]
    assert facts.footprint["type"] == ("MultiPolygon" if crosses else "Polygon")
    assert (facts.bbox[0] > facts.bbox[2]) == crosses
    assert facts.bbox == pytest.approx(bbox, abs=0.6)


def test_an_outline_around_a_pole_holds_the_pole(write_tiff):
    north = describe(write_tiff(GREY, crs="EPSG:3413", transform=Affine(40_000, 0, -1e6, 0, -40_000, 1e6)))
    south = describe(write_tiff(GREY, crs="EPSG:3031", transform=Affine(40_000, 0, -1e6, 0, -40_000, 1e6)))
    assert area(north).buffer(1e-6).covers(shapely.Point(12, 89.999))
    assert area(south).buffer(1e-6).covers(shapely.Point(-120, -89.999))
    assert (north.bbox[0], north.bbox[2], north.bbox[3]) == (-180, 180, 90)
    assert (south.bbox[0], south.bbox[2], south.bbox[1]) == (-180, 180, -90)


def test_a_global_grid_of_points_overhangs_the_poles_by_half_a_pixel(write_tiff):
    pixels = np.zeros((181, 360), np.uint8)
    facts = describe(write_tiff(pixels, crs="EPSG:4326", transform=Affine(1, 0, -0.5, 0, -1, 90.5)))
    area(facts)
    assert facts.bbox == (-180, -90, 180, 90)


def test_a_rotated_grid_keeps_its_six_numbers(write_tiff):
    grid = Affine(26, 15, 500_000, 15, -26, 5_000_000)
    facts = describe(write_tiff(GREY, transform=grid))
    assert facts.transform == tuple(grid)[:6]
    west, south, east, north = facts.bbox
    assert area(facts).area < 0.8 * (east - west) * (north - south)


@pytest.mark.parametrize("kind", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "int64", "float32", "float64"])
def test_every_plain_type_of_pixel_is_read(write_tiff, kind):
    facts = describe(write_tiff((GREY % 100).astype(kind)))
    assert facts.bands[0].data_type == kind
    assert (facts.bands[0].minimum, facts.bands[0].maximum) == (0, 99)


def test_not_a_number_is_no_value(write_tiff):
    pixels = GREY.astype(np.float32)
    pixels[:10] = np.nan
    pixels[10, 0] = np.inf
    band = describe(write_tiff(pixels, nodata=np.nan)).bands[0]
    assert np.isnan(band.nodata)
    assert band.maximum == 255
    assert describe(write_tiff(np.full((50, 50), np.nan, np.float32))).bands[0].minimum is None


def test_bands_are_what_the_file_calls_them(write_tiff):
    pixels = np.stack([GREY] * 4)
    facts = describe(write_tiff(pixels, descriptions=("Near Infrared", "swir1", "B04", "green")))
    assert [band.common_name for band in facts.bands] == ["nir", "swir16", None, "green"]
    assert [band.name for band in facts.bands] == ["Near Infrared", "swir1", "B04", "green"]


def test_one_bit_and_palettes_and_alpha_are_read(write_tiff):
    one = describe(write_tiff((GREY > 99).astype(np.uint8), nbits=1))
    assert (one.bands[0].minimum, one.bands[0].maximum) == (0, 1)
    palette = describe(write_tiff(GREY % 3, colorinterp=[ColorInterp.palette], colormap={0: (1, 2, 3), 2: (255, 0, 0)}))
    assert palette.bands[0].common_name is None
    colours = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
    rgba = describe(write_tiff(np.stack([GREY] * 4), colorinterp=colours))
    assert [band.name for band in rgba.bands] == ["red", "green", "blue", "alpha"]


def test_scale_and_offset_are_told_apart_from_none(write_tiff):
    path = write_tiff(GREY)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets, dataset.units = [0.01], [-0.1], ["K"]
    band = describe(path).bands[0]
    assert (band.scale, band.offset, band.unit) == (0.01, -0.1, "K")
    assert describe(write_tiff(GREY, name="plain.tif")).bands[0].scale is None


def test_a_large_image_is_made_quick_without_loss(write_tiff, tmp_path):
    noise = np.random.default_rng(1).normal(size=(2, 1500, 1300)).astype(np.float32)
    path = write_tiff(noise, descriptions=("ndvi", "ndwi"), nodata=-1, transform=Affine(26, 15, 5e5, 15, -26, 5e6))
    GdalDescriber().optimize(path, tmp_path / "quick.tif")
    before, after = describe(path), describe(tmp_path / "quick.tif")
    assert after.cloud_optimized
    assert not before.cloud_optimized
    assert (after.transform, after.code, after.footprint) == (before.transform, before.code, before.footprint)
    assert [band.name for band in after.bands] == ["ndvi", "ndwi"]
    with rasterio.open(tmp_path / "quick.tif") as dataset:
        assert (dataset.read() == noise).all()
        assert dataset.overviews(1)


def test_control_points_survive_being_made_quick(real_data, tmp_path):
    (file,) = (real_data / "sentinel-1").glob("*/measurement/iw-vv.tiff")
    GdalDescriber().optimize(file, tmp_path / "quick.tif")
    assert describe(tmp_path / "quick.tif").footprint == describe(file).footprint


def test_a_jpeg_2000_band_is_read(real_data):
    file = next((real_data / "safe").rglob("*.jp2"))
    facts = describe(file)
    assert facts.media_type == "image/jp2"
    assert facts.bands[0].data_type == "uint16"
