"""A file is opened by its bytes, by one driver, alone: no neighbour, no other file, no host is read."""

import shutil
import socket
import threading

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from affine import Affine
from known_items import ADA, EVE, BlobFiles
from rasterio.env import get_gdal_config

from thalweg.access.readers.geotiff import describe
from thalweg.access.readers.opening import CLOSED_WORLD, open_raster
from thalweg.access.readers.workspace_rasters import WorkspaceRasters
from thalweg.core.errors import InvalidParameter, NotFound, TooLarge, UnsupportedMedia

PIXELS = np.arange(2500, dtype=np.uint8).reshape(50, 50)


@pytest.fixture
def listener():
    """A loopback port that counts who knocks."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    knocks = []

    def listen():
        while not done.is_set():
            try:
                knocks.append(server.accept()[1])
            except TimeoutError:
                continue

    done = threading.Event()
    thread = threading.Thread(target=listen)
    thread.start()
    yield server.getsockname()[1], knocks
    done.set()
    thread.join()
    server.close()


def hostile(port, secret):
    band = '<VRTRasterBand dataType="Byte" band="1"><SimpleSource>{}</SimpleSource></VRTRasterBand>'
    vrt = f'<VRTDataset rasterXSize="5" rasterYSize="5">{band}</VRTDataset>'
    name = '<SourceFilename relativeToVRT="0">{}</SourceFilename>'
    return {
        "a VRT of a file": vrt.format(name.format(secret)),
        "a VRT of a host": vrt.format(name.format(f"/vsicurl/http://127.0.0.1:{port}/a.tif")),
        "a VRT behind a mark": "\ufeff\n " + vrt.format(name.format(secret)),
        "a WMS": f"<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1:{port}/${{z}}</ServerUrl></Service></GDAL_WMS>",
        "a WMTS": f"<GDAL_WMTS><GetCapabilitiesUrl>http://127.0.0.1:{port}/</GetCapabilitiesUrl></GDAL_WMTS>",
        "a STAC item": f'{{"type":"Feature","stac_version":"1.0.0","assets":{{"a":{{"href":"http://127.0.0.1:{port}/"}}}}}}',
        "words": "GTIFF_DIR:1:" + str(secret),
        "nothing": "",
        "an address": f"http://127.0.0.1:{port}/a.tif",
    }


@pytest.mark.parametrize("kind", list(hostile(1, "")))
def test_what_only_claims_to_be_a_tiff_is_refused_and_nothing_else_is_read(tmp_path, write_tiff, listener, kind):
    port, knocks = listener
    secret = write_tiff(PIXELS, name="secret.tif")
    path = tmp_path / "scene.tif"
    path.write_text(hostile(port, secret)[kind])
    with pytest.raises(UnsupportedMedia) as refused:
        describe(path)
    assert str(tmp_path) not in str(refused.value)
    assert knocks == []


def test_a_netcdf_named_tif_is_refused(tmp_path):
    path = tmp_path / "scene.tif"
    path.write_bytes(b"CDF\x01" + bytes(100))
    with pytest.raises(UnsupportedMedia, match="NETCDF"):
        describe(path)


def test_neighbours_of_a_file_have_no_word_in_it(tmp_path, write_tiff):
    path = write_tiff(PIXELS)
    alone = describe(path)
    (tmp_path / "scene.tif.aux.xml").write_text(
        "<PAMDataset><SRS>EPSG:4326</SRS><GeoTransform>0,1,0,0,0,-1</GeoTransform><PAMRasterBand band='1'>"
        "<Description>nir</Description><NoDataValue>7</NoDataValue></PAMRasterBand></PAMDataset>"
    )
    (tmp_path / "scene.tfw").write_text("1\n0\n0\n-1\n0\n0\n")
    shutil.copy(write_tiff(PIXELS[:25, :25], name="small.tif"), tmp_path / "scene.tif.ovr")
    shutil.copy(write_tiff(np.zeros((50, 50), np.uint8), name="mask.tif"), tmp_path / "scene.tif.msk")
    assert describe(path) == alone
    with open_raster(path) as dataset:
        assert dataset.overviews(1) == []
        assert (dataset.read_masks(1) == 255).all()


def test_describing_writes_nothing(tmp_path, write_tiff):
    path = write_tiff(PIXELS)
    before = path.read_bytes()
    describe(path)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["scene.tif"]


@pytest.mark.parametrize("kept", [10, 200, 0.5, 0.9, -100])
@pytest.mark.parametrize("layout", [{}, {"tiled": True, "blockxsize": 16, "blockysize": 16}, {"driver": "COG"}])
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_file_cut_short_is_broken(tmp_path, write_tiff, kept, layout):
    noise = np.random.default_rng(1).integers(0, 255, (700, 700), dtype=np.uint8)
    cog = layout == {"driver": "COG"}
    path = write_tiff(noise, compress="deflate", **({} if cog else layout))
    if cog:
        with rasterio.open(path) as dataset:
            rasterio.shutil.copy(dataset, tmp_path / "cog.tif", driver="COG")
        path = tmp_path / "cog.tif"
    whole = path.read_bytes()
    path.write_bytes(whole[: kept if kept > 1 or kept < 0 else int(len(whole) * kept)])
    with pytest.raises(InvalidParameter, match="broken"):
        describe(path)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_rubbish_behind_a_tiffs_first_bytes_is_broken(tmp_path):
    path = tmp_path / "scene.tif"
    for seed in range(40):
        path.write_bytes(b"II*\x00" + np.random.default_rng(seed).bytes(3000))
        with pytest.raises((InvalidParameter, UnsupportedMedia)):
            describe(path)


def test_a_header_that_promises_too_much_is_refused(tmp_path):
    path = tmp_path / "huge.tif"
    profile = {"driver": "GTiff", "count": 1, "height": 20_000, "width": 20_000, "dtype": "uint8", "sparse_ok": True}
    with rasterio.open(
        path,
        "w",
        crs="EPSG:32631",
        transform=Affine(2, 0, 500_000, 0, -2, 5_000_000),
        tiled=True,
        blockxsize=20_000,
        blockysize=20_000,
        **profile,
    ):
        pass
    with pytest.raises(TooLarge, match="blocks"):
        describe(path)


def test_complex_pixels_are_refused(write_tiff):
    with pytest.raises(UnsupportedMedia, match="complex"):
        describe(write_tiff(PIXELS.astype(np.complex64)))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("missing", [{"crs": None}, {"transform": False}])
def test_a_file_that_does_not_say_where_it_lies_is_refused(write_tiff, missing):
    path = write_tiff(PIXELS, **missing)
    with pytest.raises(InvalidParameter, match="place is not known"):
        describe(path)


def test_a_degenerate_grid_is_refused(write_tiff):
    with pytest.raises(InvalidParameter):
        describe(write_tiff(PIXELS, transform=Affine(10, 10, 5, 10, 10, 5)))


def test_a_grid_off_the_globe_is_refused(write_tiff):
    with pytest.raises(InvalidParameter, match="globe"):
        describe(write_tiff(PIXELS, crs="EPSG:4326", transform=Affine(10, 0, 0, 0, -10, 300)))


def test_who_may_not_read_a_file_gets_no_pixels_of_it_remembered_or_not(rasters, files, write_tiff):
    files.write("ada", "scene.tif", [write_tiff(PIXELS).read_bytes()], ADA)
    rasters.opened("ada", "scene.tif", ADA)
    with rasters.lent("ada", "scene.tif", ADA, 0):
        pass
    for ask in (rasters.opened, rasters.version, lambda *which: rasters.lent(*which, 0).__enter__()):
        with pytest.raises(NotFound):
            ask("ada", "scene.tif", EVE)


def test_a_file_that_changes_under_open_handles_is_read_anew(rasters, files, write_tiff):
    for value in (1, 2, 3):
        files.write("ada", "scene.tif", [write_tiff(np.full((50, 50), value, np.uint8)).read_bytes()], ADA)
        known = rasters.opened("ada", "scene.tif", ADA)
        assert known.facts.bands[0].minimum == value
        with rasters.lent("ada", "scene.tif", ADA, 0) as level:
            pixels, _ = level.read((1,), _window(50), (50, 50), smooth=False)
        assert (pixels == value).all()


def _window(side):
    from thalweg.access.ports import Window  # noqa: PLC0415

    return Window(0, 0, side, side)


def test_a_store_without_local_paths_is_read_by_ranges(files, write_tiff):
    noise = np.random.default_rng(1).integers(0, 255, (2000, 2000), dtype=np.uint8)
    path = write_tiff(noise, tiled=True, blockxsize=256, blockysize=256)
    files.write("ada", "scene.tif", [path.read_bytes()], ADA)
    remote = BlobFiles(files.blobs, remote=True)
    rasters = WorkspaceRasters(remote)
    known = rasters.opened("ada", "scene.tif", ADA)
    assert known.facts == describe(path)
    before = remote.reads
    with rasters.lent("ada", "scene.tif", ADA, 0) as level:
        pixels, valid = level.read((1,), _window(300), (300, 300), smooth=False)
    assert (pixels[0] == noise[:300, :300]).all()
    assert valid.all()
    assert remote.reads - before < 12
    rasters.close()


def test_many_threads_read_one_raster_at_once(rasters, files, write_tiff):
    noise = np.random.default_rng(1).integers(0, 255, (600, 600), dtype=np.uint8)
    files.write("ada", "scene.tif", [write_tiff(noise, tiled=True, compress="deflate").read_bytes()], ADA)
    wrong = []

    def read(seed):
        from thalweg.access.ports import Window  # noqa: PLC0415

        draw = np.random.default_rng(seed)
        for _ in range(30):
            row, column = draw.integers(0, 500, 2)
            with rasters.lent("ada", "scene.tif", ADA, 0) as level:
                pixels, _ = level.read((1,), Window(int(column), int(row), 90, 90), (90, 90), smooth=False)
            if not (pixels[0] == noise[row : row + 90, column : column + 90]).all():
                wrong.append((row, column))

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_was_decoded_is_kept_for_the_next_row():
    with rasterio.Env(**CLOSED_WORLD):
        assert get_gdal_config("GDAL_CACHEMAX") == 128 * 2**20
