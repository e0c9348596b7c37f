"""An image becomes an Item, all of it or nothing."""

import hashlib
import threading

import numpy as np
import pytest
import rasterio
from affine import Affine
from people import ADA, EVE

from thalweg.core.errors import Forbidden, InvalidParameter, NotFound, TooLarge, UnsupportedMedia
from thalweg.core.principals import ANYONE
from thalweg.core.time import Interval
from thalweg.harvest.describing import Told
from thalweg.harvest.service import Harvest

LANDSAT_7 = ("blue", "green", "red", "nir", "swir16", "swir22")
NOTHING = ([], [])


def test_a_real_image_becomes_an_item(add, platform, real_data):
    source = real_data / "landsat-7" / "L7_ETMs.tif"
    item = add(source, title="Olinda", bands=LANDSAT_7, platform="landsat-7", provider="USGS", license="other")
    said = item["properties"]
    assert (item["id"], item["collection"], said["title"]) == ("l7-etms", "lab.images", "Olinda")
    assert (said["proj:code"], said["proj:shape"]) == ("EPSG:31985", [352, 349])
    assert said["gsd"] == pytest.approx(28.5, rel=0.001)
    assert said["datetime"] is None
    assert said["start_datetime"] == "1999-04-15T00:00:00Z"
    assert said["thalweg:date_known"] is False
    (asset,) = item["assets"].values()
    assert [band["eo:common_name"] for band in asset["bands"]] == list(LANDSAT_7)
    assert asset["bands"][0]["data_type"] == "uint8"
    assert asset["bands"][3]["statistics"]["minimum"] >= 0
    assert asset["file:size"] == source.stat().st_size  # a small image stays as it was given
    assert asset["file:checksum"] == "1220" + hashlib.sha256(source.read_bytes()).hexdigest()
    path = asset["href"].removeprefix("thalweg:/workspaces/lab/files/")
    assert platform.files.local("lab", path, ADA).read_bytes() == source.read_bytes()


def test_real_files_of_many_kinds_are_taken(add, real_data):
    tile = real_data / "sentinel-2" / "S2A_29RKH_20200219_0_L2A"
    (radar,) = (real_data / "sentinel-1").glob("*/measurement/iw-vv.tiff")
    for source in (
        tile / "TCI.tif",
        tile / "B11.tif",
        tile / "SCL.tif",
        radar,
        real_data / "dem" / "Copernicus_DSM_COG_30_S90_00_W164_00_DEM.tif",
        real_data / "landsat-7" / "olinda_dem_utm25s.tif",
    ):
        item = add(source)
        assert item["geometry"]["type"] == "Polygon"
        assert item["properties"]["gsd"] > 0
    assert "proj:wkt2" in item["properties"]


def test_a_large_image_becomes_quick_and_keeps_every_pixel(add, tiff, platform):
    source = tiff(side=2100)
    item = add(source)
    (asset,) = item["assets"].values()
    assert asset["type"].endswith("profile=cloud-optimized")
    path = platform.files.local("lab", asset["href"].removeprefix("thalweg:/workspaces/lab/files/"), ADA)
    assert asset["file:checksum"] == "1220" + hashlib.sha256(path.read_bytes()).hexdigest()
    with rasterio.open(path) as stored, rasterio.open(source) as given:
        assert (stored.read() == given.read()).all()
        assert stored.overviews(1)


def test_an_image_over_the_antimeridian_is_registered_so(add, tiff):
    item = add(tiff(crs="EPSG:4326", transform=Affine(0.2, 0, 175, 0, -0.2, 10)))
    assert item["geometry"]["type"] == "MultiPolygon"
    assert item["bbox"][0] > item["bbox"][2]


def test_an_image_around_a_pole_is_registered(add, tiff):
    item = add(tiff(crs="EPSG:3413", transform=Affine(40_000, 0, -1e6, 0, -40_000, 1e6)))
    assert item["bbox"][3] == 90


def test_the_same_name_again_is_another_item(add, tiff):
    ids = [add(tiff())["id"] for _ in range(3)]
    assert ids == ["scene", "scene-2", "scene-3"]


def test_many_who_add_one_name_at_once_all_get_their_own(add, tiff, left_behind):
    content, found = tiff().read_bytes(), []
    threads = [threading.Thread(target=lambda: found.append(add(content, "scene.tif")["id"])) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 6
    items, files = left_behind()
    assert len(items) == len(files) == 6


@pytest.mark.parametrize(
    ("name", "item_id", "title"),
    [
        ("Mein Bild (2).TIF", "mein-bild-2", "Mein Bild (2)"),
        ("../../etc/pass wd.tif", "pass-wd", "pass wd"),
        ("café.tif", "cafe", "café"),
        ("地図.tif", "image", "地図"),
        ("%2e%2e%2fx.tif", "2e-2e-2fx", "%2e%2e%2fx"),
        ("a" * 250 + ".tif", "a" * 60, "a" * 250),
        ("noend", "noend", "noend"),
        (".tif", "tif", ".tif"),
    ],
)
def test_any_name_makes_an_id_and_a_title(add, tiff, name, item_id, title):
    item = add(tiff().read_bytes(), name)
    assert (item["id"], item["properties"]["title"]) == (item_id, title)
    assert item["assets"]["data"]["href"].startswith(f"thalweg:/workspaces/lab/files/images/{item_id}-")


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UnsupportedMedia),
        (b"words", UnsupportedMedia),
        (b"<VRTDataset rasterXSize='1' rasterYSize='1'></VRTDataset>", UnsupportedMedia),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), UnsupportedMedia),
        (b"II*\x00" + bytes(100), InvalidParameter),
        ("cut", InvalidParameter),
        ("no crs", InvalidParameter),
        ("complex", UnsupportedMedia),
    ],
)
def test_what_is_no_image_leaves_nothing_behind(add, tiff, tmp_path, left_behind, content, error):
    if content == "cut":
        content = tiff(compress="deflate").read_bytes()[:-2000]
    elif content == "no crs":
        content = tiff(crs=None).read_bytes()
    elif content == "complex":
        with rasterio.open(
            tmp_path / "c.tif",
            "w",
            driver="GTiff",
            count=1,
            width=9,
            height=9,
            dtype="complex64",
            crs="EPSG:3857",
            transform=Affine(10, 0, 0, 0, -10, 0),
        ) as dataset:
            dataset.write(np.ones((1, 9, 9), np.complex64))
        content = (tmp_path / "c.tif").read_bytes()
    with pytest.raises(error):
        add(content, "scene.tif")
    assert left_behind() == NOTHING


@pytest.mark.parametrize(
    ("told", "parameter"),
    [
        ({"bands": ("red",)}, "bands"),
        ({"collection": "other.images"}, "collection"),
        ({"collection": "images"}, "collection"),
        ({"collection": "lab.A b"}, "collection"),
        ({"collection": "lab."}, "collection"),
        ({"datetime": Interval.parse("../2020-01-01T00:00:00Z")}, "datetime"),
        ({"datetime": Interval.parse("2999-01-01T00:00:00Z")}, "datetime"),
    ],
)
def test_what_is_told_must_fit(add, tiff, left_behind, told, parameter):
    with pytest.raises(InvalidParameter) as refused:
        add(tiff(bands=2), **told)
    assert refused.value.parameter == parameter
    assert left_behind() == NOTHING


def test_a_registration_that_fails_takes_the_file_away(add, tiff, left_behind):
    with pytest.raises(InvalidParameter):
        add(tiff(), license="two words")  # the catalogue's schema refuses it
    assert left_behind()[1] == []


def test_who_may_not_write_is_refused_before_a_byte_is_read(platform, left_behind):
    def never():
        raise AssertionError("read")
        yield b""

    for who, error in ((EVE, NotFound), (ANYONE, NotFound)):
        with pytest.raises(error):
            platform.harvest.add("scene.tif", never(), "lab", Told(), who)
    platform.workspaces.ensure("open", "Open", "anyone", ADA)
    with pytest.raises(Forbidden):
        platform.harvest.add("scene.tif", never(), "open", Told(), EVE)
    assert left_behind() == NOTHING


def test_an_image_has_a_bound(platform, tiff, left_behind):
    from thalweg.access.readers.describer import GdalDescriber  # noqa: PLC0415

    harvest = Harvest(platform.files, platform.catalogue, platform.workspaces, GdalDescriber(), most_bytes=1000)
    with pytest.raises(TooLarge):
        harvest.add("scene.tif", [tiff().read_bytes()], "lab", Told(), ADA)
    assert left_behind() == NOTHING


def test_a_caller_who_goes_away_leaves_nothing(platform, tiff, left_behind):
    def broken():
        yield tiff().read_bytes()[:500]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        platform.harvest.add("scene.tif", broken(), "lab", Told(), ADA)
    assert left_behind() == NOTHING
