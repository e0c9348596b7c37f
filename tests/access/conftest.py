"""Items and files for the renderer: a small catalogue in memory, real files in a real folder store."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from known_items import ADA, BlobFiles, KnownItems

from thalweg.access.readers.workspace_rasters import WorkspaceRasters
from thalweg.access.service import Renderer
from thalweg.blobs.folder import FolderBlobs


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
