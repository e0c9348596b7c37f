"""Items and files for the renderer: a small catalogue in memory, real files in a real folder store."""

import mimetypes
from pathlib import Path

import numpy as np
import orjson
import pytest
import rasterio
from affine import Affine

from thalweg.access.readers.workspace_rasters import WorkspaceRasters
from thalweg.access.service import Renderer
from thalweg.blobs.folder import FolderBlobs
from thalweg.core.errors import NotFound
from thalweg.core.files import FileFacts
from thalweg.core.items import Item
from thalweg.core.principals import Principal

ADA = Principal("ada")
EVE = Principal("eve")


class KnownItems:
    """A catalogue of a handful of Items, which Ada may see."""

    def __init__(self):
        self.documents = {}
        self.version = 1

    def item(self, collection, item_id, who):
        if who != ADA or (collection, item_id) not in self.documents:
            raise NotFound(f"there is no Item {item_id}")
        return Item(collection, item_id, orjson.dumps(self.documents[collection, item_id]), self.version, "ada/owner")


class BlobFiles:
    """The files of the workspace ``ada``, which Ada may read, over a real store; ``remote`` hides their local paths."""

    def __init__(self, blobs, *, remote=False):
        self.blobs, self.remote, self.reads = blobs, remote, 0

    def _key(self, workspace, path, who):
        if who != ADA or workspace != "ada":
            raise NotFound(f"there is no file {path}")
        return f"{workspace}/{path}"

    def facts(self, workspace, path, who):
        blob = self.blobs.head(self._key(workspace, path, who))
        return FileFacts(path, blob.size, blob.etag, blob.modified, mimetypes.guess_type(path)[0] or "")

    def read(self, workspace, path, who, start=0, end=None):
        self.reads += 1
        return self.blobs.read(self._key(workspace, path, who), start, end)

    def write(self, workspace, path, chunks, who):
        self.blobs.put(self._key(workspace, path, who), chunks)
        return self.facts(workspace, path, who)

    def remove(self, workspace, path, who):
        self.blobs.delete(self._key(workspace, path, who))

    def local(self, workspace, path, who):
        key = self._key(workspace, path, who)
        return None if self.remote else self.blobs.local_path(key)


@pytest.fixture
def files(tmp_path):
    return BlobFiles(FolderBlobs(tmp_path / "files"))


@pytest.fixture
def items():
    return KnownItems()


@pytest.fixture
def rasters(files):
    opened = WorkspaceRasters(files)
    yield opened
    opened.close()


@pytest.fixture
def renderer(items, rasters):
    return Renderer(items, rasters)


@pytest.fixture
def shown(files, items):
    """Store a file and register an Item that shows it; further members of the asset by keyword."""

    def show(source, name="scene", **asset):
        path = Path(source)
        files.write("ada", path.name, [path.read_bytes()], ADA)
        document = {"href": f"thalweg:/workspaces/ada/files/{path.name}", "type": "image/tiff; application=geotiff"}
        items.documents["ada.images", name] = {
            "id": name,
            "properties": {"title": f"The {name}"},
            "assets": {"data": document | {"roles": ["data"]} | asset},
        }
        return "ada.images", name

    return show


@pytest.fixture
def write_tiff(tmp_path):
    """Write a GeoTIFF of (bands, rows, columns), in UTM 31 north unless told otherwise."""

    def write(
        pixels,
        name="scene.tif",
        crs="EPSG:32631",
        transform=None,
        descriptions=(),
        colorinterp=None,
        colormap=None,
        **more,
    ):
        pixels = np.atleast_3d(pixels) if pixels.ndim == 1 else pixels[None] if pixels.ndim == 2 else pixels
        path = tmp_path / name
        profile = {"driver": "GTiff", "count": len(pixels), "height": pixels.shape[1], "width": pixels.shape[2]}
        transform = Affine(10, 0, 500_000, 0, -10, 5_000_000) if transform is None else transform
        place = {"transform": transform} if transform else {}
        with rasterio.open(path, "w", dtype=pixels.dtype, crs=crs, **place, **profile, **more) as dataset:
            dataset.write(pixels)
            for n, text in enumerate(descriptions, start=1):
                dataset.set_band_description(n, text)
            if colorinterp:
                dataset.colorinterp = colorinterp
            if colormap:
                dataset.write_colormap(1, colormap)
        return path

    return write
