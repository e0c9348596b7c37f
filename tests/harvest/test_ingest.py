"""Products of this machine become Items with their files, each once, all of it or nothing."""

import hashlib
import shutil
import zipfile

import manifests
import orjson
import pytest
import xarray as xr
from people import ADA, EVE
from registries import Counted
from shapely.geometry import shape

from thalweg.access.readers.describer import GdalDescriber
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.validation import Validator
from thalweg.core.errors import InvalidParameter, NotFound, ThalwegError, Unavailable, UnsupportedMedia
from thalweg.harvest.ingest import Ingest
from thalweg.harvest.readers.geotiff import geotiff
from thalweg.harvest.readers.installed import Readers
from thalweg.harvest.readers.landsat import landsat
from thalweg.harvest.readers.netcdf import netcdf
from thalweg.harvest.readers.sentinel1 import sentinel1
from thalweg.harvest.readers.sentinel2 import sentinel2
from thalweg.harvest.readers.sentinel3 import sentinel3
from thalweg.harvest.readers.swot import swot
from thalweg.harvest.readers.zarr import zarr_store

COLLECTION = "lab.scenes"
OURS = (geotiff, landsat, netcdf, sentinel1, sentinel2, sentinel3, swot, zarr_store)
L2A = "S2A_MSIL2A_20230821T221941_N0509_R029_T01KAB_20230822T021825.SAFE"
OLD = "S2A_MSIL1C_20180101T105441_N0206_R051_T31TDH_20180101T124911"


@pytest.fixture(scope="session")
def readers():
    describer = GdalDescriber()
    return Readers(lambda: [make(describer) for make in OURS])


@pytest.fixture
def registry(platform):
    return Counted(platform.catalogue)


@pytest.fixture
def ingest(platform, registry, readers):
    return Ingest(platform.files, registry, platform.workspaces, readers)


@pytest.fixture
def register(ingest):
    def registered(*paths, who=ADA, **how):
        return list(ingest.register_files(paths, COLLECTION, who, **how))

    return registered


@pytest.fixture
def item(platform):
    return lambda item_id: orjson.loads(platform.catalogue.item(COLLECTION, item_id, ADA).body)


@pytest.fixture
def file_of(platform):
    """Return the path of a stored file by the href of its asset."""
    return lambda asset: platform.files.local("lab", asset["href"].removeprefix("thalweg:/workspaces/lab/files/"), ADA)


def test_every_item_of_every_reader_is_valid(real_data, readers, tmp_path):
    validator = Validator(lambda *_: None, Limits())
    place = {"units": "degrees_north"}, {"units": "degrees_east"}
    cube = xr.Dataset(
        {"v": (("lat", "lon"), [[1.0]])}, {"lat": ("lat", [1.0], place[0]), "lon": ("lon", [2.0], place[1])}
    )
    cube.to_netcdf(tmp_path / "cube.nc", engine="h5netcdf")
    products = [
        *(real_data / "safe").iterdir(),
        *(real_data / "swot").iterdir(),
        *(real_data / "landsat-8").iterdir(),
        *(real_data / "dem").glob("*S90*"),
        real_data / "sentinel-2" / "S2A_29RKH_20200219_0_L2A" / "B11.tif",
        manifests.sentinel_1(tmp_path),
        manifests.sentinel_3(tmp_path),
        tmp_path / "cube.nc",
    ]
    for product in products:
        for document in readers.of(product).read(product):
            assets = {
                key: {**asset, "href": f"https://example.org/{asset['href']}"}
                for key, asset in document["assets"].items()
            }
            validator.item({**document, "collection": "lab.x", "assets": assets}, "class")


def test_a_scene_becomes_an_item_with_its_files(real_data, register, item, file_of):
    scene = real_data / "landsat-8" / "LC08_L2SP_008059_20191201"
    (outcome,) = register(scene)
    assert (outcome.outcome, outcome.error) == ("registered", None)
    found = item(outcome.id)
    assert f"{outcome.id}_SR_B1.TIF" in outcome.missing
    assert found["assets"].keys() == {"blue", "green", "red", "nir08", "swir16", "swir22", "qa_pixel", "mtl.json"}
    red = found["assets"]["red"]
    content = (scene / f"{outcome.id}_SR_B4.TIF").read_bytes()
    assert red["file:size"] == len(content)
    assert red["file:checksum"] == "1220" + hashlib.sha256(content).hexdigest()
    assert file_of(red).read_bytes() == content


def test_the_same_again_changes_nothing(real_data, register, left_behind):
    scene = real_data / "safe" / OLD
    assert [one.outcome for one in register(scene, scene)] == ["registered", "unchanged"]
    before = left_behind()
    assert [one.outcome for one in register(scene)] == ["unchanged"]
    assert left_behind() == before


def test_a_changed_product_takes_the_place_of_the_one_before(real_data, register, item, file_of, tmp_path):
    product = tmp_path / L2A
    shutil.copytree(real_data / "safe" / L2A, product)
    (first,) = register(product)
    old = file_of(item(first.id)["assets"]["safe_manifest"])
    (product / "manifest.safe").write_text((product / "manifest.safe").read_text() + "\n")
    (refused,) = register(product, replacing=False)
    assert refused.outcome == "refused"
    assert file_of(item(first.id)["assets"]["safe_manifest"]) == old
    (second,) = register(product)
    assert (second.id, second.outcome) == (first.id, "replaced")
    assert file_of(item(first.id)["assets"]["safe_manifest"]).read_bytes().endswith(b"\n\n")
    assert old.exists()  # an older version of the Item still leads there


def test_files_of_a_zipped_product_are_files(real_data, register, item, file_of, tmp_path):
    path = tmp_path / f"{OLD}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (real_data / "safe" / OLD).rglob("*.*"):
            archive.write(file, f"{OLD}.SAFE/{file.relative_to(real_data / 'safe' / OLD)}")
    (outcome,) = register(path)
    coastal = item(outcome.id)["assets"]["coastal"]
    (image,) = (real_data / "safe" / OLD).rglob("*.jp2")
    assert file_of(coastal).read_bytes() == image.read_bytes()


def test_a_folder_of_arrays_is_stored_whole(register, item, platform, tmp_path):
    place = {"units": "degrees_north"}, {"units": "degrees_east"}
    cube = xr.Dataset(
        {"v": (("lat", "lon"), [[1.0]])}, {"lat": ("lat", [1.0], place[0]), "lon": ("lon", [2.0], place[1])}
    )
    cube.to_zarr(tmp_path / "cube.zarr", zarr_format=2, consolidated=False)
    (outcome,) = register(tmp_path / "cube.zarr")
    href = item(outcome.id)["assets"]["data"]["href"]
    stored = {blob.key for blob in platform.blobs.list()}
    root = href.removeprefix("thalweg:/workspaces/").replace("lab/files/", "lab/", 1)
    there = {
        f"{root}/{file.relative_to(tmp_path / 'cube.zarr')}"
        for file in (tmp_path / "cube.zarr").rglob("*")
        if file.is_file()
    }
    assert there == stored


def test_what_is_refused_leaves_nothing_and_stops_nobody(real_data, register, left_behind, tmp_path):
    (tmp_path / "words.tif").write_text("words")
    broken = manifests.sentinel_1(tmp_path, [("</xfdu:XFDU>", "")])
    outcomes = register(tmp_path / "none.tif", tmp_path / "words.tif", broken, real_data / "safe" / OLD)
    assert [one.outcome for one in outcomes] == ["refused", "refused", "refused", "registered"]
    assert [type(one.error) for one in outcomes[:3]] == [NotFound, UnsupportedMedia, InvalidParameter]
    items, files = left_behind()
    assert items == ["S2A_T31TDH_20180101T105435_L1C"]
    assert len(files) == 3


def test_an_item_that_the_catalogue_refuses_takes_its_files_away(register, left_behind, tmp_path, ingest, platform):
    class Odd:
        of_format = False

        def recognises(self, _):
            return True

        def read(self, path):
            asset = {"href": f"./{path.name}", "roles": ["data"]}
            return [
                {
                    "type": "Feature",
                    "stac_version": "1.1.0",
                    "stac_extensions": [],
                    "id": "odd",
                    "geometry": None,
                    "properties": {"datetime": "yesterday"},
                    "links": [],
                    "assets": {"data": asset},
                }
            ]

        def contents(self, path):
            return geotiff(None).contents(path)

    ingest._registrar.readers = Readers(lambda: [Odd()])
    (tmp_path / "odd").write_bytes(b"odd")
    (outcome,) = register(tmp_path / "odd")
    assert isinstance(outcome.error, InvalidParameter)
    assert outcome.error.parameter == "properties.datetime"
    assert left_behind() == ([], [])
    with pytest.raises(NotFound):  # nor the Collection that was to be made
        platform.catalogue.collection(COLLECTION, ADA)


def test_files_stay_while_nobody_knows_whether_their_item_does(real_data, platform, readers, left_behind):
    class Broken(Counted):
        def load(self, items, who, **how):
            super().load(items, who, **how)
            raise Unavailable("the connection broke")

    broken = Ingest(platform.files, Broken(platform.catalogue), platform.workspaces, readers)
    with pytest.raises(Unavailable):
        list(broken.register_files([real_data / "safe" / OLD], COLLECTION, ADA))
    items, files = left_behind()
    assert len(items) == 1
    assert len(files) == 3
    again = Ingest(platform.files, Counted(platform.catalogue), platform.workspaces, readers)
    (outcome,) = again.register_files([real_data / "safe" / OLD], COLLECTION, ADA)
    assert outcome.outcome == "unchanged"


def test_a_product_without_any_of_its_files_is_refused(register, tmp_path, ingest):
    class Promising:
        of_format = False

        def recognises(self, _):
            return True

        def read(self, _):
            return [
                {"id": "x", "stac_extensions": [], "assets": {"a": {"href": "./nothing"}, "b": {"href": "./../etc"}}}
            ]

        def contents(self, path):
            return landsat(None).contents(path)

    ingest._registrar.readers = Readers(lambda: [Promising()])
    (outcome,) = register(tmp_path)
    assert isinstance(outcome.error, ThalwegError)


def test_who_may_not_write_registers_nothing(real_data, register, left_behind):
    with pytest.raises(NotFound):
        register(real_data / "safe" / OLD, who=EVE)
    assert left_behind() == ([], [])


def test_a_third_partys_reader_is_found_without_a_fork(tmp_path, monkeypatch):
    (tmp_path / "field_notes.py").write_text(
        "class Notes:\n"
        "    of_format = False\n"
        "    def recognises(self, path):\n"
        "        return path.suffix == '.note'\n"
        "    def __init__(self, describer):\n"
        "        self.describer = describer\n"
    )
    told = tmp_path / "field_notes-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: field-notes\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[thalweg.readers]\nnotes = field_notes:Notes\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "a.note").write_text("a note")
    describer = GdalDescriber()
    found = Readers.installed(describer).of(tmp_path / "a.note")
    assert type(found).__name__ == "Notes"
    assert found.describer is describer


def test_missions_go_before_formats(real_data, readers):
    (pixels,) = (real_data / "swot").glob("*_PIXC_*")
    assert type(readers.of(pixels)).__name__ == "Swot"
    assert type(readers.of(real_data / "insitu" / "discharge.nc")).__name__ == "NetCdf"
    assert readers.find(real_data / "swot") is None


def test_images_of_a_scene_lie_where_its_published_item_says(real_data, readers):
    folder = real_data / "sentinel-2" / "S2A_29RKH_20200219_0_L2A"
    published = orjson.loads((folder / "S2A_29RKH_20200219_0_L2A.json").read_bytes())
    (ours,) = readers.of(folder / "B04.tif").read(folder / "B04.tif")
    assert ours["properties"]["proj:code"] == f"EPSG:{published['properties']['proj:epsg']}"
    # The file is a coarser copy of the published one; its grid begins in the same corner.
    assert ours["properties"]["proj:transform"][2::3] == published["assets"]["red"]["proj:transform"][2:6:3]
    assert shape(ours["geometry"]).buffer(1e-3).covers(shape(published["geometry"]))
