"""A real platform in one folder: harvest has no use without files, a catalogue and a policy."""

import shutil

import numpy as np
import orjson
import pytest
import rasterio
from affine import Affine
from people import ADA

from thalweg.app.compose import Platform
from thalweg.app.settings import Settings
from thalweg.core.queries import ItemQuery
from thalweg.harvest.describing import Told
from thalweg.identity.service import ADMIN


@pytest.fixture(scope="session")
def _home(tmp_path_factory):
    home = tmp_path_factory.mktemp("harvest") / "home"
    made = Platform(Settings(home=home))
    made.migrate()
    made.workspaces.ensure("lab", "Lab", "member", ADMIN)
    made.workspaces.put_member("lab", ADA.id, "member", ADMIN)
    made.item_store.close()
    made.control.dispose()
    return home


@pytest.fixture
def platform(tmp_path, _home):
    """Return a platform in a folder that was copied: to make its databases takes ten times as long."""
    shutil.copytree(_home, tmp_path / "home")
    return Platform(Settings(home=tmp_path / "home"))


@pytest.fixture
def left_behind(platform):
    """Return all Items, Collections and files there are."""

    def left():
        items = [item.id for item in platform.catalogue.search(ItemQuery(limit=100), ADMIN).found]
        files = [blob.key for blob in platform.blobs.list()]
        return items, files

    return left


@pytest.fixture
def add(platform):
    """Add a file as Ada would, and return the Item's document."""

    def added(source, name=None, who=ADA, **told):
        content = source if isinstance(source, bytes) else source.read_bytes()
        name = name or source.name
        item = platform.harvest.add(name, iter([content[:1000], content[1000:]]), "lab", Told(**told), who)
        return orjson.loads(item.body)

    return added


@pytest.fixture
def tiff(tmp_path):
    """Write a small GeoTIFF."""

    def write(name="scene.tif", bands=1, side=50, tags=None, **profile):
        pixels = np.random.default_rng(1).integers(0, 200, (bands, side, side), dtype=np.uint8)
        place = {"crs": "EPSG:32631", "transform": Affine(10, 0, 500_000, 0, -10, 5_000_000)} | profile
        path = tmp_path / name
        shape = {"count": bands, "height": side, "width": side, "dtype": "uint8"}
        with rasterio.open(path, "w", driver="GTiff", photometric="MINISBLACK", **shape, **place) as dataset:
            dataset.write(pixels)
            dataset.update_tags(**tags or {})
        return path

    return write
