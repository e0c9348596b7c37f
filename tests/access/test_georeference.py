"""A tile that is half a pixel off is wrong: every pixel is compared with pyproj's answer at that pixel."""

import math

import numpy as np
import pytest
import rasterio.warp
from affine import Affine
from known_items import ADA
from pyproj import CRS, Transformer
from rasterio.control import GroundControlPoint
from rasterio.enums import Resampling

from thalweg.access import sampling, targets

SIDE = 300


def gradient(rows=SIDE, columns=SIDE):
    """A raster whose first band is the column and whose second is the row, at each pixel's middle."""
    column, row = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    return np.stack((column, row)).astype(np.float32)


GRIDS = {
    "utm": ("EPSG:32631", Affine(30, 0, 500_000, 0, -30, 5_000_000)),
    "southern utm": ("EPSG:31985", Affine(28.5, 0, 288_776, 0, -28.5, 9_120_760)),
    "rotated": ("EPSG:32631", Affine(26, 15, 500_000, 15, -26, 5_000_000)),
    "south up": ("EPSG:32631", Affine(30, 0, 500_000, 0, 30, 4_900_000)),
    "degrees": ("EPSG:4326", Affine(0.01, 0, 5, 0, -0.01, 47)),
    "wide degrees": ("EPSG:4326", Affine(1.2, 0, -180, 0, -0.55, 82)),
    "degrees from 0 to 360": ("EPSG:4326", Affine(1.2, 0, 0, 0, -0.55, 82)),
    "over the antimeridian, degrees": ("EPSG:4326", Affine(0.05, 0, 172, 0, -0.05, -10)),
    "over the antimeridian, utm": ("EPSG:32601", Affine(1000, 0, 100_000, 0, -1000, 7_000_000)),
    "arctic": ("EPSG:3413", Affine(4000, 0, -600_000, 0, -4000, -1_200_000)),
    "antarctic": ("EPSG:3031", Affine(4000, 0, 900_000, 0, -4000, 1_500_000)),
    "conic": ("EPSG:2154", Affine(3000, 0, 100_000, 0, -3000, 7_100_000)),
    "mercator": ("EPSG:3857", Affine(40, 0, 600_000, 0, -40, 5_600_000)),
    "old datum": ("EPSG:4267", Affine(0.005, 0, -100, 0, -0.005, 40)),
}


def sampled(rasters, target):
    """Return the two bands at every pixel of a target, NaN where the raster is not, and the scale there."""
    raster = rasters.opened("ada", "scene.tif", ADA)
    values = np.full((2, target.height, target.width), np.nan)
    positions = sampling.locate(target, raster)
    reading = positions and sampling.plan(positions, raster.levels)
    if not reading:
        return values, 1.0
    with rasters.lent("ada", "scene.tif", ADA, reading.level) as level:
        read = level.read((1, 2), reading.window, reading.shape, smooth=True)
    found, valid = sampling.take(read, reading, positions, raster.levels, smooth=True)
    top, bottom, left, right = positions.area
    values[:, top:bottom, left:right] = np.where(valid, found, np.nan)
    return values, positions.scale


def truth(target, crs, grid, margin=0.0):
    """Return column and row of every pixel, by pyproj alone, on whichever turn of the globe the raster has there."""
    west, south, east, north = target.box
    x = west + (np.arange(target.width) + 0.5) * (east - west) / target.width
    y = north - (np.arange(target.height) + 0.5) * (north - south) / target.height
    x, y = Transformer.from_crs(target.crs, crs, always_xy=True).transform(*np.meshgrid(x, y))
    x, y = (np.where(np.isfinite(part), part, 1e300) for part in (x, y))
    inside = [np.full(x.shape, np.nan), np.full(x.shape, np.nan)]
    for turn in (-360, 0, 360) if CRS(crs).is_geographic else (0,):
        back = ~grid
        column, row = back.a * (x + turn) + back.b * y + back.c, back.d * (x + turn) + back.e * y + back.f
        there = (column >= -margin) & (column <= SIDE + margin) & (row >= -margin) & (row <= SIDE + margin)
        inside = [np.where(there, part, before) for part, before in zip((column, row), inside, strict=True)]
    return np.stack(inside)


def tiles_over(bbox, zoom):
    west, south, east, north = bbox
    tms = targets.tile_matrix_set("WebMercatorQuad")
    middle = ((west + (east if east > west else east + 360)) / 2 + 180) % 360 - 180
    for longitude in (middle, west + 1e-3, east - 1e-3):
        tile = tms.tile(longitude, max(-85, min(85, (south + north) / 2)), zoom)
        yield tile.z, tile.x, tile.y


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("relative_zoom", [-4, -1, 0, 2])
def test_every_pixel_of_a_tile_lies_where_pyproj_says(rasters, shown, write_tiff, name, relative_zoom):
    crs, grid = GRIDS[name]
    shown(write_tiff(gradient(), crs=crs, transform=grid))
    bbox = rasters.opened("ada", "scene.tif", ADA).facts.bbox
    native = math.log2(360 / (((bbox[2] - bbox[0]) % 360 or 360) / SIDE * 256))
    zoom = max(0, round(native) + relative_zoom)
    for z, x, y in tiles_over(bbox, zoom):
        target = targets.tile("WebMercatorQuad", z, x, y)
        found, scale = sampled(rasters, target)
        expected = truth(target, crs, grid)
        # Off by half a pixel of the raster at its edge, where there is nothing beyond to blend with.
        inner = (expected > 1 + scale).all(axis=0) & (expected < SIDE - 1 - scale).all(axis=0)
        if inner.any():
            assert np.isfinite(found[:, inner]).all()
            off = np.abs(found - expected)[:, inner].max() / scale
            assert off < 0.1, f"{off} pixels of the tile {z}/{x}/{y}"
        outside = np.isnan(truth(target, crs, grid, margin=0.1 * scale)).all(axis=0)
        assert np.isnan(found[:, outside]).all()


@pytest.mark.parametrize("size", [SIDE, 1001])
def test_overviews_do_not_shift_the_picture(rasters, shown, write_tiff, size):
    path = write_tiff(
        gradient(size, size), crs="EPSG:3857", transform=Affine(40, 0, 600_000, 0, -40, 5_600_000), tiled=True
    )
    with rasterio.open(path, "r+") as dataset:
        dataset.build_overviews([2, 4, 8], Resampling.average)
    shown(path)
    assert len(rasters.opened("ada", "scene.tif", ADA).levels) == 4
    for width in (size, size // 2, size // 3, size // 5, size // 9):
        target = targets.Target(
            "EPSG:3857", (600_000, 5_600_000 - 40 * size, 600_000 + 40 * size, 5_600_000), width, width
        )
        found, scale = sampled(rasters, target)
        expected = (np.arange(width) + 0.5) * size / width
        inner = slice(width // 10 + 1, -(width // 10) - 1)
        assert np.abs(found[0, width // 2, inner] - expected[inner]).max() < 0.15 * scale
        assert np.abs(found[1, inner, width // 2] - expected[inner]).max() < 0.15 * scale


def test_a_raster_tied_by_control_points_lies_where_they_say(rasters, shown, write_tiff):
    def ground(column, row):
        return 10 + column * 0.01 + row * 0.002 + (row / 300) ** 2 * 0.05, 45 - row * 0.008 + column * 0.001

    points = [GroundControlPoint(r, c, *ground(c, r)) for r in range(0, 301, 30) for c in range(0, 301, 30)]
    shown(write_tiff(gradient(), crs="EPSG:4326", transform=False, gcps=points))
    facts = rasters.opened("ada", "scene.tif", ADA).facts
    assert facts.tied_by_points
    tms = targets.tile_matrix_set("WebMercatorQuad")
    for row, column in ((75, 95), (150, 150), (200, 250)):
        longitude, latitude = ground(column, row)
        tile = tms.tile(longitude, latitude, 10)
        target = targets.tile("WebMercatorQuad", tile.z, tile.x, tile.y)
        found, scale = sampled(rasters, target)
        at = int(target.rows(latitude)), int(target.columns(longitude))
        assert np.abs(found[:, *at] - (column, row)).max() < 1.5 * scale + 0.6


def test_tiles_agree_with_gdals_own_warp(rasters, shown, real_data):
    shown(real_data / "landsat-7" / "L7_ETMs.tif")
    target = targets.tile("WebMercatorQuad", 12, 1651, 2139)
    raster = rasters.opened("ada", "L7_ETMs.tif", ADA)
    positions = sampling.locate(target, raster)
    reading = sampling.plan(positions, raster.levels)
    with rasters.lent("ada", "L7_ETMs.tif", ADA, reading.level) as level:
        read = level.read((4,), reading.window, reading.shape, smooth=True)
    ours, valid = sampling.take(read, reading, positions, raster.levels, smooth=True)
    west, _, _, north = target.box
    pixel = (target.box[2] - west) / 256
    theirs = np.zeros((256, 256), np.float32)
    with rasterio.open(real_data / "landsat-7" / "L7_ETMs.tif") as dataset:
        rasterio.warp.reproject(
            rasterio.band(dataset, 4),
            theirs,
            dst_transform=Affine(pixel, 0, west, 0, -pixel, north),
            dst_crs="EPSG:3857",
            resampling=Resampling.bilinear,
            init_dest_nodata=False,
        )
    top, bottom, left, right = positions.area
    inner = valid & (theirs[top:bottom, left:right] > 0)
    difference = (ours[0] - theirs[top:bottom, left:right])[inner]
    assert inner.sum() > 5000
    assert np.corrcoef(ours[0][inner], theirs[top:bottom, left:right][inner])[0, 1] > 0.97
    assert abs(difference.mean()) < 1
