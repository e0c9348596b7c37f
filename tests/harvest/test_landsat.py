"""Landsat products become Items, by any of the three spellings of their metadata."""

import json
import shutil

import pytest
from shapely.geometry import shape

from thalweg.core.errors import InvalidParameter
from thalweg.harvest.readers.landsat import Landsat

SCENE = "LC08_L2SP_008059_20191201_20200825_02_T1"

NAMED_OTHERWISE = {
    "eo:sun_azimuth": "view:sun_azimuth",
    "eo:sun_elevation": "view:sun_elevation",
    "eo:off_nadir": "view:off_nadir",
}
"""Members that STAC 0.7, in which the scene's own Item was published in 2020, called otherwise than STAC 1.1."""
DIFFERENT = {
    "datetime": "the published Item has the day only",
    "eo:platform": "LANDSAT_8 there, platform: landsat-8 here",
    "eo:instrument": "OLI_TIRS there, instruments: [oli, tirs] here",
    "eo:bands": "of the whole Item there, of each asset here",
    "landsat:wrs_path": "without zeros there, as the extension wants it here",
    "landsat:wrs_row": "likewise",
}
"""Members that differ for a reason; the published geometry follows the tilted image, ours the corners of its grid,
which is all that the metadata file says; its assets are named by their files, ours as they are named today."""


@pytest.fixture
def scene(real_data, tmp_path):
    folder = tmp_path / "LC08_L2SP_008059_20191201"
    folder.mkdir()
    for file in (real_data / "landsat-8" / "LC08_L2SP_008059_20191201").iterdir():
        (folder / file.name).symlink_to(file) if file.suffix == ".TIF" else shutil.copy(file, folder)
    return folder


@pytest.fixture
def metadata(scene):
    return scene / f"{SCENE}_MTL.json"


def test_the_item_says_what_the_published_one_does(scene):
    reader = Landsat()
    assert reader.recognises(scene)
    (ours,) = reader.read(scene)
    theirs = json.loads((scene / f"{SCENE}_SR_stac.json").read_bytes())
    assert ours["id"] == theirs["id"]
    said = {NAMED_OTHERWISE.get(name, name): value for name, value in theirs["properties"].items()}
    assert {name for name, value in said.items() if ours["properties"].get(name) != value} == DIFFERENT.keys()
    assert ours["properties"]["datetime"].startswith(theirs["properties"]["datetime"])
    assert int(theirs["properties"]["landsat:wrs_path"]) == int(ours["properties"]["landsat:wrs_path"])
    assert shape(ours["geometry"]).covers(shape(theirs["geometry"]))
    published = {asset["href"].rpartition("/")[2] for asset in theirs["assets"].values()}
    assert published - {asset["href"].removeprefix("./") for asset in ours["assets"].values()} == {
        SCENE,  # a page about the scene
        f"{SCENE}_thumb_small.jpeg",  # not in the product
        f"{SCENE}_thumb_large.jpeg",
    }


def test_its_assets_are_those_of_the_large_catalogues(scene, real_data):
    (item,) = Landsat().read(scene)
    with (real_data / "stac" / "landsat-c2-l2-100.ndjson").open() as file:
        theirs = next(one for one in map(json.loads, file) if one["properties"]["platform"] == "landsat-8")
    assert theirs["assets"].keys() - {"rendered_preview", "tilejson"} == item["assets"].keys()
    for key, asset in item["assets"].items():
        there = theirs["assets"][key]
        assert (asset["title"], asset["roles"], asset["type"]) == (there["title"], there["roles"], there["type"])
        assert asset.get("raster:bands") == there.get("raster:bands")
        assert asset.get("eo:bands") == there.get("eo:bands")
        assert asset.get("gsd") == there.get("gsd")


def test_the_grid_is_where_the_images_are(scene):
    import rasterio  # noqa: PLC0415 - for this test alone

    (item,) = Landsat().read(scene)
    with rasterio.open(scene / f"{SCENE}_SR_B4.TIF") as image:
        assert item["properties"]["proj:code"] == str(image.crs)


def _odl(groups):
    lines = ["GROUP = LANDSAT_METADATA_FILE"]
    for group, members in groups.items():
        lines += [f"  GROUP = {group}"]
        lines += [f'    {name} = "{text}"' for name, text in members.items()]
        lines += [f"  END_GROUP = {group}"]
    return "\n".join([*lines, "END_GROUP = LANDSAT_METADATA_FILE", "END", ""])


def _xml(groups):
    inside = "".join(
        f"<{group}>{''.join(f'<{name}>{text}</{name}>' for name, text in members.items())}</{group}>"
        for group, members in groups.items()
    )
    return f"<LANDSAT_METADATA_FILE>{inside}</LANDSAT_METADATA_FILE>"


@pytest.mark.parametrize(("ending", "spell"), [("txt", _odl), ("xml", _xml)])
def test_all_spellings_say_the_same(scene, metadata, ending, spell):
    (before,) = Landsat().read(metadata)
    groups = json.loads(metadata.read_bytes())["LANDSAT_METADATA_FILE"]
    metadata.unlink()
    (scene / f"{SCENE}_MTL.{ending}").write_text(spell(groups))
    (after,) = Landsat().read(scene)
    before["assets"].pop("mtl.json")
    assert after == before


def test_what_was_not_measured_is_left_out(metadata):
    text = metadata.read_text()
    metadata.write_text(text.replace('"CLOUD_COVER_LAND": "81.02"', '"CLOUD_COVER_LAND": "-1"'))
    (item,) = Landsat().read(metadata)
    assert "landsat:cloud_cover_land" not in item["properties"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"COLLECTION_NUMBER": "02"', '"COLLECTION_NUMBER": "01"', "Collection 2"),
        ('"SUN_ELEVATION": "57.08727307"', '"SUN_ELEVATION": "5708"', "SUN_ELEVATION"),
        ('"WRS_PATH": "8"', '"WRS_PATH": "eight"', "WRS_PATH"),
        ('"DATE_ACQUIRED": "2019-12-01"', '"DATE_ACQUIRED": "2019-12-41"', "DATE_ACQUIRED"),
        ('"CORNER_UL_LAT_PRODUCT": "2.49387"', '"CORNER_UL_LAT_PRODUCT": "NaN"', "CORNER_UL_LAT"),
        ('"UTM_ZONE": "18"', '"UTM_ZONE": "99"', "UTM_ZONE"),
        ('"REFLECTIVE_LINES": "7741"', '"REFLECTIVE_LINES": "1e300"', "REFLECTIVE_LINES"),
        ('"LANDSAT_PRODUCT_ID": "LC08_L2SP', '"LANDSAT_PRODUCT_ID": "../LC08_L2SP', "not named"),
        ('"SENSOR_ID"', '"SENSOR"', "SENSOR_ID"),
        ('{"LANDSAT_METADATA_FILE"', '{"SOMETHING_ELSE"', "groups"),
        ("}}}", "", "cut short"),
    ],
)
def test_a_broken_product_says_what_is_wrong(metadata, old, new, says):
    text = metadata.read_text()
    assert old in text
    metadata.write_text(text.replace(old, new))
    with pytest.raises(InvalidParameter, match=says):
        Landsat().read(metadata)


def test_a_cut_text_is_refused(scene, metadata):
    groups = json.loads(metadata.read_bytes())["LANDSAT_METADATA_FILE"]
    metadata.unlink()
    (scene / f"{SCENE}_MTL.txt").write_text(_odl(groups)[:9000])
    with pytest.raises(InvalidParameter, match="cut short"):
        Landsat().read(scene)


def test_a_folder_without_metadata_is_not_recognised(scene, metadata):
    metadata.unlink()
    assert not Landsat().recognises(scene)
    with pytest.raises(InvalidParameter, match="no metadata file"):
        Landsat().read(scene)
