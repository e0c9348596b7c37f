"""NetCDF and Zarr that keep the CF Conventions become Items with their cubes described."""

import json
import shutil

import h5py
import numpy as np
import pytest
import xarray as xr

from thalweg.core.errors import InvalidParameter, TooLarge, UnsupportedMedia
from thalweg.harvest.readers import arrays
from thalweg.harvest.readers.netcdf import NetCdf
from thalweg.harvest.readers.zarr import Zarr

pytestmark = [
    pytest.mark.filterwarnings("ignore:Consolidated metadata:UserWarning"),
    pytest.mark.filterwarnings("ignore::zarr.errors.ZarrUserWarning"),
]


def grid(lon, lat, days=(0, 31, 60), calendar="standard", since="2000-01-01"):
    shape = (len(days), len(lat), len(lon))
    return xr.Dataset(
        {"t2m": (("time", "lat", "lon"), np.zeros(shape, "f4"), {"units": "K", "long_name": "Temperature at 2 m"})},
        coords={
            "time": ("time", list(days), {"units": f"days since {since}", "calendar": calendar}),
            "lat": ("lat", np.asarray(lat, float), {"units": "degrees_north"}),
            "lon": ("lon", np.asarray(lon, float), {"units": "degrees_east"}),
        },
        attrs={"title": "Air", "summary": "Made for a test"},
    )


def written(dataset, tmp_path, kind="netcdf4"):
    if kind.startswith("zarr"):
        path = tmp_path / f"air-{kind}.zarr"
        dataset.to_zarr(path, zarr_format=int(kind[-1]), mode="w")
        return path
    path = tmp_path / f"air-{kind}.nc"
    if kind == "netcdf3":
        dataset.to_netcdf(path, engine="scipy", format="NETCDF3_CLASSIC")
    else:
        dataset.to_netcdf(path, engine="h5netcdf")
    return path


def read(path):
    reader = Zarr() if path.is_dir() else NetCdf()
    assert reader.recognises(path)
    (item,) = reader.read(path)
    return json.loads(json.dumps(item, allow_nan=False))


KINDS = ["netcdf4", "netcdf3", "zarr2", "zarr3"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_global_grid_is_the_globe(tmp_path, kind):
    item = read(written(grid(range(360), range(90, -91, -1)), tmp_path, kind))
    assert item["bbox"] == [-180, -90, 180, 90]
    said = item["properties"]
    assert (said["datetime"], said["start_datetime"], said["end_datetime"]) == (
        None,
        "2000-01-01T00:00:00Z",
        "2000-03-01T00:00:00Z",
    )
    assert (said["title"], said["description"]) == ("Air", "Made for a test")
    assert said["cube:dimensions"]["lat"] == {
        "type": "spatial",
        "axis": "y",
        "extent": [-90, 90],
        "step": 1,
        "reference_system": 4326,
    }
    assert said["cube:dimensions"]["time"]["extent"] == ["2000-01-01T00:00:00Z", "2000-03-01T00:00:00Z"]
    assert said["cube:variables"] == {
        "t2m": {
            "dimensions": ["time", "lat", "lon"],
            "type": "data",
            "unit": "K",
            "description": "Temperature at 2 m",
        }
    }


@pytest.mark.parametrize(
    ("lon", "lat", "bbox"),
    [
        (range(170, 191), range(10, -11, -1), [169.5, -10.5, -169.5, 10.5]),
        (range(200, 210), range(50, 60), [-160.5, 49.5, -150.5, 59.5]),
        (range(-10, 11), range(5), [-10.5, -0.5, 10.5, 4.5]),
        (range(350, 361), [80, 90], [-10.5, 75, 0.5, 90]),
        ([10, 11, 13], [1, 2], [10, 0.5, 13, 2.5]),
        ([7], [50], [6.999999, 49.999999, 7.000001, 50.000001]),
    ],
)
def test_longitudes_may_count_to_360_and_latitudes_down(tmp_path, lon, lat, bbox):
    assert read(written(grid(lon, lat), tmp_path))["bbox"] == bbox


def test_cells_have_the_bounds_that_they_say(tmp_path):
    made = grid([10, 11], [50, 51]).assign(lon_b=(("lon", "two"), [[9.0, 10.5], [10.5, 12.0]]))
    made["lon"].attrs["bounds"] = "lon_b"
    item = read(written(made, tmp_path))
    assert item["bbox"] == [9, 49.5, 12, 51.5]
    assert "lon_b" not in item["properties"]["cube:variables"]


@pytest.mark.parametrize(
    ("calendar", "days", "end"),
    [
        ("noleap", (0, 59), "2000-03-01T00:00:00Z"),
        ("360_day", (0, 60), "2000-03-01T00:00:00Z"),
        ("proleptic_gregorian", (0, 60), "2000-03-01T00:00:00Z"),
        ("julian", (0, 60), "2000-03-14T00:00:00Z"),
    ],
)
def test_calendars_of_models_say_their_dates(tmp_path, calendar, days, end):
    said = read(written(grid([1, 2], [1, 2], days, calendar), tmp_path))["properties"]
    assert said["end_datetime"] == end
    assert ("description" in said["cube:dimensions"]["time"]) == (calendar in ("noleap", "360_day"))


@pytest.mark.parametrize(
    ("days", "calendar", "since", "says"),
    [
        ((0, 59), "360_day", "2000-01-01", "civil life does not have"),
        ((0, 1e15), "standard", "2000-01-01", "time"),
        ((0, 1), "lunar", "2000-01-01", "lunar"),
        ((0, 1), "standard", "when it began", "is no time"),
        ((np.nan, np.nan), "standard", "2000-01-01", "holds no times"),
    ],
)
def test_times_that_do_not_exist_are_refused(tmp_path, days, calendar, since, says):
    with pytest.raises(InvalidParameter, match=says) as refused:
        NetCdf().read(written(grid([1, 2], [1, 2], days, calendar, since), tmp_path))
    assert refused.value.parameter == "time"


def test_one_time_is_an_instant_and_none_is_honest(tmp_path):
    assert read(written(grid([1, 2], [1, 2], [31]), tmp_path))["properties"]["datetime"] == "2000-02-01T00:00:00Z"
    timeless = grid([1, 2], [1, 2], [31]).isel(time=0, drop=True)
    said = read(written(timeless, tmp_path))["properties"]
    assert (said["datetime"], said["thalweg:date_known"]) == (None, False)
    timeless.attrs |= {"time_coverage_start": "2001-01-01", "time_coverage_end": "2001-01-02"}
    with pytest.raises(InvalidParameter, match="time_coverage_start"):
        NetCdf().read(written(timeless, tmp_path))
    timeless.attrs |= {"time_coverage_start": "2001-01-01T00:00:00Z", "time_coverage_end": "2001-01-02 00:00:00"}
    assert read(written(timeless, tmp_path))["properties"]["end_datetime"] == "2001-01-02T00:00:00Z"


def test_series_of_stations_lie_around_their_stations(tmp_path, real_data):
    with xr.open_dataset(real_data / "insitu" / "discharge.nc", engine="h5netcdf") as series:
        placed = series.load().assign_coords(
            lon=("stations", [11.9, 12.4], {"units": "degrees_east"}),
            lat=("stations", [45.6, 45.9], {"units": "degrees_north"}),
        )
    item = read(written(placed, tmp_path))
    assert item["bbox"] == pytest.approx([11.9, 45.6, 12.4, 45.9], abs=1e-5)
    said = item["properties"]
    assert (said["start_datetime"], said["end_datetime"]) == ("1992-01-01T00:00:00Z", "2021-12-31T00:00:00Z")
    assert said["cube:variables"]["discharge"]["unit"] == "m3/s"
    assert said["cube:variables"]["lat"]["type"] == "auxiliary"
    assert said["cube:dimensions"]["stations"]["type"] == "other"


def test_a_curved_grid_lies_around_its_points(tmp_path):
    lat, lon = np.meshgrid([60.0, 61.0], [10.0, 11.0, 12.0])
    curved = xr.Dataset(
        {"v": (("y", "x"), np.zeros((3, 2)))},
        coords={
            "lat": (("y", "x"), lat, {"standard_name": "latitude"}),
            "lon": (("y", "x"), lon, {"standard_name": "longitude"}),
        },
    )
    item = read(written(curved, tmp_path))
    assert item["bbox"] == [10, 60, 12, 61]
    assert item["properties"]["cube:dimensions"]["x"] == {"type": "count", "extent": [0, 1]}


def projected(**mapping):
    axes = {axis: {"standard_name": f"projection_{axis}_coordinate", "units": "m"} for axis in "xy"}
    return xr.Dataset(
        {
            "v": (("y", "x"), np.zeros((100, 100)), {"grid_mapping": "crs"}),
            "crs": ((), 0, mapping),
        },
        coords={
            "x": ("x", 500_050.0 + 100 * np.arange(100), axes["x"]),
            "y": ("y", 5_000_000.0 - 100 * np.arange(100), axes["y"]),
        },
    )


UTM_31 = {
    "grid_mapping_name": "transverse_mercator",
    "latitude_of_projection_origin": 0.0,
    "longitude_of_central_meridian": 3.0,
    "scale_factor_at_central_meridian": 0.9996,
    "false_easting": 500_000.0,
    "false_northing": 0.0,
    "semi_major_axis": 6378137.0,
    "inverse_flattening": 298.257223563,
}


def test_a_projected_grid_is_placed_by_its_mapping(tmp_path):
    item = read(written(projected(**UTM_31), tmp_path))
    assert item["bbox"] == pytest.approx([3, 45.06, 3.13, 45.15], abs=0.01)
    assert item["properties"]["cube:dimensions"]["x"]["step"] == 100
    with pytest.raises(InvalidParameter, match="coordinate reference system"):
        NetCdf().read(written(projected(grid_mapping_name="flat_earth"), tmp_path))


def test_packed_coordinates_are_unpacked_and_fill_is_left_out(tmp_path):
    with h5py.File(tmp_path / "packed.nc", "w") as file:
        for name, units, values in (
            ("lon", "degrees_east", [1000, 1100, -999]),
            ("lat", "degrees_north", [500, 510, 520]),
        ):
            axis = file.create_dataset(name, data=np.array(values, "i2"))
            axis.attrs.update({"units": units, "scale_factor": 0.1, "_FillValue": np.int16(-999)})
            axis.make_scale(name)
        file.create_dataset("v", data=np.zeros((3, 3)))
        for n, name in enumerate(("lat", "lon")):
            file["v"].dims[n].attach_scale(file[name])
    with pytest.raises(InvalidParameter, match="missing"):
        NetCdf().read(tmp_path / "packed.nc")
    with h5py.File(tmp_path / "packed.nc", "r+") as file:
        file["lon"][2] = 1200
    assert read(tmp_path / "packed.nc")["bbox"] == [95, 49.5, 125, 52.5]


def test_what_has_no_place_is_refused(real_data, tmp_path):
    with pytest.raises(InvalidParameter, match="its place is not known"):
        NetCdf().read(real_data / "insitu" / "discharge.nc")
    with pytest.raises(InvalidParameter):
        NetCdf().read(written(grid([1e9, 2e9], [1, 2]), tmp_path))
    with pytest.raises(InvalidParameter):
        NetCdf().read(written(grid([1, 2], [100, 200]), tmp_path))


@pytest.mark.parametrize("kind", ["netcdf4", "netcdf3"])
def test_a_broken_file_is_refused(tmp_path, kind):
    path = written(grid(range(20), range(20)), tmp_path, kind)
    content = path.read_bytes()
    for keep in (10, 100, len(content) // 2, len(content) - 1000):
        path.write_bytes(content[:keep])
        with pytest.raises(InvalidParameter):
            NetCdf().read(path)
    path.write_bytes(b"words")
    assert not NetCdf().recognises(path)
    with pytest.raises(UnsupportedMedia):
        NetCdf().read(path)


@pytest.mark.parametrize("way", ["external link", "soft link", "external storage", "virtual"])
def test_a_file_that_points_to_others_is_refused(tmp_path, way):
    path = written(grid([1, 2], [1, 2]), tmp_path)
    (tmp_path / "secret").write_bytes(bytes(80))
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["x"] = np.zeros(10)
    with h5py.File(path, "r+") as file:
        if way == "external link":
            file["out"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "x")
        elif way == "soft link":
            file["out"] = h5py.SoftLink("/lon")
        elif way == "external storage":
            file.create_dataset("out", (10,), "f8", external=[(str(tmp_path / "secret"), 0, 80)])
        else:
            layout = h5py.VirtualLayout((10,), "f8")
            layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", (10,))
            file.create_virtual_dataset("out", layout)
    with pytest.raises(InvalidParameter, match="another file"):
        NetCdf().read(path)


def test_a_coordinate_has_a_bound(tmp_path, monkeypatch):
    path = written(grid(range(30), range(30)), tmp_path)
    monkeypatch.setattr(arrays, "MOST_VALUES", 20)
    with pytest.raises(TooLarge, match=r"^l(on|at): "):
        NetCdf().read(path)


def test_a_broken_store_is_refused(tmp_path):
    path = written(grid([1, 2], [1, 2]), tmp_path, "zarr2")
    (path / ".zmetadata").unlink()
    (path / "lon" / "0").write_bytes(b"words")
    with pytest.raises(InvalidParameter):
        Zarr().read(path)
    (path / ".zgroup").write_text("{")
    with pytest.raises(InvalidParameter):
        Zarr().read(path)
    shutil.rmtree(path)
    path.mkdir()
    assert not Zarr().recognises(path)


def test_a_store_that_would_be_unpickled_is_refused(tmp_path):
    path = written(grid([1, 2], [1, 2]), tmp_path, "zarr2")
    (path / ".zmetadata").unlink()
    said = json.loads((path / "lon" / ".zarray").read_text())
    said |= {"dtype": "|O", "filters": [{"id": "pickle"}], "fill_value": None}
    (path / "lon" / ".zarray").write_text(json.dumps(said))
    with pytest.raises(InvalidParameter):
        Zarr().read(path)
