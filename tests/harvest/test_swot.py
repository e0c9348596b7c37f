"""SWOT granules become Items: what and when by their names, where by their content."""

import struct
import zipfile

import h5py
import numpy as np
import pyogrio
import pytest
import xarray as xr
from shapely.geometry import box, shape

from thalweg.core.errors import InvalidParameter, TooLarge, UnsupportedMedia
from thalweg.harvest.readers.swot import Swot

REACH = "SWOT_L2_HR_RiverSP_Reach_049_058_AU_20260419T185249_20260419T190852_PID0_01.zip"
PIXC = "SWOT_L2_HR_PIXC_001_042_067L_20220402T112019_20220402T112029_Dx0000_01.nc"
RASTER = "SWOT_L2_HR_Raster_100m_UTM30U_N_x_x_x_001_042_033F_20230402T112019_20230402T112029_PIC0_01.nc"


def read(path):
    assert Swot().recognises(path)
    (item,) = Swot().read(path)
    return item


def test_every_granule_becomes_an_item_around_all_it_holds(real_data):
    granules = sorted((real_data / "swot").glob("SWOT_*"))
    assert len(granules) >= 15
    for granule in granules:
        item = read(granule)
        assert item["id"] == granule.stem
        assert item["assets"]["data"]["href"] == f"./{granule.name}"
        outline = shape(item["geometry"])
        if granule.suffix == ".zip":
            west, south, east, north = pyogrio.read_bounds(f"/vsizip/{granule}")[1][:, :]
            assert item["bbox"] == pytest.approx(
                [np.nanmin(west), np.nanmin(south), np.nanmax(east), np.nanmax(north)], abs=1e-6
            )
        assert box(*item["bbox"]).covers(outline)


def test_a_name_says_cycle_pass_and_version(real_data):
    said = read(real_data / "swot" / REACH)["properties"]
    assert said["start_datetime"] == "2026-04-19T18:52:49Z"
    assert said["end_datetime"] == "2026-04-19T19:08:52Z"
    assert (said["swot:product"], said["swot:cycle"], said["swot:pass"]) == ("RiverSP_Reach", 49, 58)
    assert (said["swot:continent"], said["swot:crid"], said["swot:product_counter"]) == ("AU", "PID0", 1)
    assert (said["sat:orbit_state"], said["sat:relative_orbit"]) == ("descending", 29)
    assert said["platform"] == "swot"


def test_a_simulated_granule_claims_no_orbit(real_data):
    said = read(real_data / "swot" / PIXC)["properties"]
    assert said["swot:tile"] == "067L"
    assert "sat:relative_orbit" not in said


def test_a_cloud_of_pixels_lies_where_its_pixels_are(real_data):
    item = read(real_data / "swot" / PIXC)
    with h5py.File(real_data / "swot" / PIXC) as file:
        x, y = (file[f"pixel_cloud/{axis}"][:] for axis in ("longitude", "latitude"))
    valid = (np.abs(x) <= 180) & (np.abs(y) <= 90)
    assert item["bbox"] == pytest.approx([x[valid].min(), y[valid].min(), x[valid].max(), y[valid].max()], abs=1e-6)


def test_a_granule_without_positions_has_no_geometry(tmp_path):
    with zipfile.ZipFile(tmp_path / REACH, "w") as archive:
        null = struct.pack(">iiiiiii", 9994, 0, 0, 0, 0, 0, 56) + bytes(72) + struct.pack(">ii", 1, 2) + bytes(4)
        archive.writestr(REACH.replace(".zip", ".shp"), null)
    item = read(tmp_path / REACH)
    assert item["geometry"] is None
    assert "bbox" not in item


def test_a_raster_lies_between_its_corners(tmp_path):
    corners = {
        "left_first": (-1.7, 49.9),
        "left_last": (-1.5, 49.3),
        "right_last": (-0.7, 49.4),
        "right_first": (-1, 50),
    }
    said = {
        f"{name}_{axis}": at
        for name, both in corners.items()
        for axis, at in zip(("longitude", "latitude"), both, strict=True)
    }
    xr.Dataset({"wse": ("x", [1.0])}, attrs=said).to_netcdf(tmp_path / RASTER, engine="h5netcdf")
    item = read(tmp_path / RASTER)
    assert item["bbox"] == [-1.7, 49.3, -0.7, 50]
    assert item["properties"]["swot:grid"] == "100m_UTM30U_N_x_x_x"


@pytest.mark.parametrize(
    "name",
    [
        "SWOT_L2_HR_RiverSP_Reach.zip",
        REACH.replace("RiverSP", "SeaSP"),
        REACH.replace("_AU_", "_Australia_"),
        REACH.replace(".zip", ".nc"),
        PIXC.replace(".nc", ".zip"),
        "water.zip",
    ],
)
def test_other_names_are_not_recognised(tmp_path, real_data, name):
    (tmp_path / name).write_bytes((real_data / "swot" / REACH).read_bytes())
    assert not Swot().recognises(tmp_path / name)


def test_a_name_is_not_enough(tmp_path, real_data):
    (tmp_path / REACH).write_bytes(b"words")
    assert not Swot().recognises(tmp_path / REACH)
    (tmp_path / PIXC).write_bytes((real_data / "swot" / REACH).read_bytes())
    assert not Swot().recognises(tmp_path / PIXC)
    with pytest.raises(UnsupportedMedia):
        Swot().read(tmp_path / PIXC)
    with pytest.raises(InvalidParameter, match="not named"):
        Swot().read(tmp_path / "water.nc")


def test_a_time_that_does_not_exist_is_refused(tmp_path, real_data):
    odd = tmp_path / REACH.replace("20260419T185249", "20261319T185249")
    odd.write_bytes((real_data / "swot" / REACH).read_bytes())
    with pytest.raises(InvalidParameter, match="20261319T185249"):
        Swot().read(odd)


@pytest.fixture
def shp(tmp_path):
    """Zip a main file of a shapefile."""

    def zipped(content, names=("reaches.shp",)):
        with zipfile.ZipFile(tmp_path / REACH, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, content)
        return tmp_path / REACH

    return zipped


_HEADER = struct.pack(">i", 9994) + bytes(96)


def test_broken_shapes_are_refused(shp, real_data):
    with zipfile.ZipFile(real_data / "swot" / REACH) as archive:
        whole = archive.read(REACH.replace(".zip", ".shp"))
    line = struct.pack("<i", 3) + bytes(32)
    for content in (
        b"",
        b"words" * 100,
        whole[:-7],
        whole[:5000],
        _HEADER + struct.pack(">ii", 1, 0),
        _HEADER + struct.pack(">ii", 1, 2) + struct.pack("<i", 99),
        _HEADER + struct.pack(">ii", 1, 22) + line + struct.pack("<ii", 1, 2**31 - 1),
        _HEADER + struct.pack(">ii", 1, 22) + line + struct.pack("<ii", -(2**30), 1),
        _HEADER + struct.pack(">ii", 1, -5),
    ):
        with pytest.raises(InvalidParameter):
            Swot().read(shp(content))


def test_a_granule_is_one_shapefile(shp):
    for names in ((), ("a.shp", "b.shp")):
        with pytest.raises(InvalidParameter, match="a granule is one"):
            Swot().read(shp(_HEADER, names))
    with pytest.raises(TooLarge):
        Swot().read(shp(bytes(80 * 1024 * 1024)))


def test_a_cloud_without_positions_is_refused(tmp_path):
    with h5py.File(tmp_path / PIXC, "w") as file:
        file.create_group("pixel_cloud")
    with pytest.raises(InvalidParameter, match="longitude"):
        Swot().read(tmp_path / PIXC)
