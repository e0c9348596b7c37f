"""Products of Sentinel-1 and Sentinel-3 become Items by their manifests."""

import json
import shutil

import manifests
import pytest

from thalweg.catalogue import jsonschemas
from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.harvest.readers.sentinel1 import Sentinel1
from thalweg.harvest.readers.sentinel3 import Sentinel3


def test_a_radar_product_becomes_an_item(tmp_path):
    product = manifests.sentinel_1(tmp_path)
    reader = Sentinel1()
    assert reader.recognises(product)
    (item,) = reader.read(product)
    said = item["properties"]
    assert item["id"] == "S1A_IW_GRDH_1SDV_20210809T173953_20210809T174018_039156_049F13"
    assert item["bbox"] == [1.512143, 44.536255, 5.188996, 46.436539]
    assert said["start_datetime"] == "2021-08-09T17:39:53.153776Z"
    assert said["datetime"] == "2021-08-09T17:40:05.653288Z"
    assert (said["platform"], said["constellation"]) == ("sentinel-1a", "sentinel-1")
    assert said["sar:polarizations"] == ["VV", "VH"]
    assert (said["sar:pixel_spacing_range"], said["sar:looks_range"], said["sar:looks_azimuth"]) == (10, 5, 1)
    assert (said["sat:absolute_orbit"], said["sat:relative_orbit"], said["sat:orbit_state"]) == (39156, 59, "ascending")
    assert set(item["assets"]) == {
        "safe-manifest",
        "schema-product-vv",
        "schema-product-vh",
        "schema-noise-vv",
        "schema-calibration-vv",
        "vv",
        "vh",
        "thumbnail",
    }
    assert item["assets"]["vv"]["roles"] == ["data"]
    assert item["assets"]["vv"]["href"] == f"./{manifests.FILES_1[4]}"


def test_what_a_radar_product_says_stands_under_the_names_of_the_extensions(tmp_path):
    (item,) = Sentinel1().read(manifests.sentinel_1(tmp_path))
    assert (
        item["properties"].items()
        >= {
            "processing:level": "L1",
            "processing:lineage": "GRD Post Processing",
            "processing:facility": "Copernicus S1 Core Ground Segment - DPA",
            "processing:software": {"Sentinel-1 IPF": "003.31"},
            "processing:datetime": "2021-08-09T20:19:58Z",
            "product:type": "GRD",
            "product:timeliness": "PT3H",
            "product:timeliness_category": "NRT-3h",
            "proj:code": None,
            "proj:shape": [16716, 26239],
            "sar:beam_ids": ["IW"],
            "sat:orbit_cycle": 239,
            "sat:anx_datetime": "2021-08-09T17:27:24.123456Z",
            "view:azimuth": 77.32848,
            "view:incidence_angle": 38.9371,
        }.items()
    )
    assert item["assets"]["vh"]["sar:polarizations"] == ["VH"]
    assert "proj:transform" not in item["properties"]
    jsonschemas.check("Feature", item)
    assert jsonschemas.unchecked(item) == ()


def test_an_slc_has_no_one_size(tmp_path):
    product = manifests.sentinel_1(tmp_path)
    annotation = product / manifests.FILES_1[0]
    annotation.write_text(annotation.read_text().replace("GRD", "SLC"))
    (item,) = Sentinel1().read(product)
    assert item["properties"]["proj:code"] is None
    assert not {"proj:shape", "view:incidence_angle"} & set(item["properties"])


def test_what_a_product_of_sentinel_3_says_stands_under_the_names_of_the_extensions(tmp_path):
    (item,) = Sentinel3().read(manifests.sentinel_3(tmp_path))
    assert (
        item["properties"].items()
        >= {
            "processing:level": "L2",
            "processing:software": {"IPF-SL-2": "06.17"},
            "processing:datetime": "2021-05-11T10:10:10Z",
            "product:type": "SL_2_LST___",
            "product:timeliness": "P1M",
            "product:timeliness_category": "NT",
            "s3:shape": [1200, 1500],
            "sat:orbit_cycle": 71,
        }.items()
    )
    jsonschemas.check("Feature", item)
    assert jsonschemas.unchecked(item) == ()


def test_images_of_many_sizes_have_no_shape(tmp_path):
    size = "<olci:imageSize><sentinel3:rows>1200"
    other = f"{size}</sentinel3:rows><sentinel3:columns>3000</sentinel3:columns></olci:imageSize>{size}"
    (item,) = Sentinel3().read(manifests.sentinel_3(tmp_path, [(size, other)]))
    assert "s3:shape" not in item["properties"]


def test_without_annotations_the_pixels_are_not_known(tmp_path):
    (item,) = Sentinel1().read(manifests.sentinel_1(tmp_path, annotated=False))
    assert "sar:pixel_spacing_range" not in item["properties"]


def test_an_archive_says_the_same(tmp_path):
    for reader, product in (
        (Sentinel1(), manifests.sentinel_1(tmp_path)),
        (Sentinel3(), manifests.sentinel_3(tmp_path)),
    ):
        archive = tmp_path / f"{product.name.rpartition('.')[0]}.zip"
        made = shutil.make_archive(str(archive.with_suffix("")), "zip", tmp_path, product.name)
        assert reader.recognises(archive)
        assert made == str(archive)
        (there,), (here,) = reader.read(archive), reader.read(product)
        assert json.dumps(there).replace(".SEN3", "") == json.dumps(here).replace(".SEN3", "")


def test_a_product_of_sentinel_3_becomes_an_item(tmp_path):
    product = manifests.sentinel_3(tmp_path)
    reader = Sentinel3()
    assert reader.recognises(product)
    assert reader.recognises(product / "xfdumanifest.xml")
    (item,) = reader.read(product)
    said = item["properties"]
    assert item["id"] == "S3A_SL_2_LST_20210510T002955_20210510T003255_0179_071_301_5760"
    assert item["bbox"] == [179, -18, -179, -8]
    assert item["geometry"]["type"] == "MultiPolygon"
    assert (said["eo:cloud_cover"], said["s3:saline_water"]) == (57.378222, 78.747222)
    assert (said["s3:dubious_samples"], said["s3:open_ocean"]) == (0.5, 97)
    assert (said["platform"], said["instruments"], said["sat:relative_orbit"]) == ("sentinel-3a", ["slstr"], 301)
    assert item["assets"]["lst-in"]["roles"] == ["data"]
    assert item["assets"]["flags-in"]["roles"] == ["metadata"]
    assert item["assets"]["lst-in"]["file:checksum"] == "d50110967563885ee7f6efefdea8193b1ab2a7"


def test_an_altimeter_leaves_a_track(tmp_path):
    name = "S3A_SR_2_LAN____20210611T011438_20210611T012436_20210611T024819_0598_072_373______LN3_O_NR_004.SEN3"
    (item,) = Sentinel3().read(
        manifests.sentinel_3(tmp_path, [("-8 179 -8 -179 -18 -179 -18 179 -8 179", "1 179 2 -179 3 -178")], name)
    )
    assert item["id"] == "S3A_SR_2_LAN_20210611T011438_20210611T012436_0598_072_373"
    assert item["geometry"]["type"] == "MultiLineString"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([("</xfdu:XFDU>", "")], "not well-formed"),
        ([("<xfdu:XFDU", '<!DOCTYPE x [<!ENTITY a "a">]><xfdu:XFDU')], "document type"),
        ([("2021-08-09T17:40:18.152800", "2020-08-09T17:40:18.152800")], "ends before it starts"),
        ([("2021-08-09T17:39:53.153776", "yesterday")], "startTime"),
        ([("46.033890,1.512143", "146.033890,1.512143")], "footprint"),
        ([("46.033890,1.512143", "46.033890")], "pairs"),
        ([("<safe:footPrint", "<safe:noPrint"), ("</safe:footPrint", "</safe:noPrint")], "no footprint"),
        ([(">39156<", ">-1e99<")], "orbitNumber"),
        ([(">ASCENDING<", ">SIDEWAYS<")], "SIDEWAYS"),
        ([(">VV<", ">LR<"), (">VH<", ">LL<")], "polarisations"),
        ([(">SENTINEL-1<", ">ENVISAT<")], "no Sentinel"),
        ([("./measurement/", "../../etc/")], r"no \.\."),
        ([("<s1sarl1:productType>GRD</s1sarl1:productType>", "")], "productType"),
    ],
)
def test_a_broken_radar_product_says_what_is_wrong(tmp_path, changes, says):
    with pytest.raises(InvalidParameter, match=says):
        Sentinel1().read(manifests.sentinel_1(tmp_path, changes))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([("</xfdu:XFDU>", "")], "not well-formed"),
        ([('percentage="57.378222"', 'percentage="5737"')], "cloudyPixels"),
        ([(">97<", ">many<")], "openOceanPercentage"),
        ([("-8 179 -8 -179", "-8 179 -98 -179")], "no ring"),
        ([(">NT<", "><")], "timeliness"),
        ([("./LST_in.nc", "/etc/passwd")], "relative"),
        ([("<gml:posList>-8 179 -8 -179 -18 -179 -18 179 -8 179<", "<gml:posList><")], "no footprint"),
    ],
)
def test_a_broken_product_of_sentinel_3_says_what_is_wrong(tmp_path, changes, says):
    with pytest.raises(InvalidParameter, match=says):
        Sentinel3().read(manifests.sentinel_3(tmp_path, changes))


def test_a_product_without_a_manifest_is_refused(tmp_path):
    for reader, product in (
        (Sentinel1(), manifests.sentinel_1(tmp_path)),
        (Sentinel3(), manifests.sentinel_3(tmp_path)),
    ):
        for file in product.glob("*man*"):
            file.unlink()
        with pytest.raises(NotFound):
            reader.read(product)
        assert not reader.recognises(tmp_path / "S1A_and_more")
