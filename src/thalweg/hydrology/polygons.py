"""The outlines of water, as other tools want them: GeoJSON in longitude and latitude."""

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from rasterio import features, warp
from rasterio.enums import Resampling
from rasterio.transform import Affine
from scipy import ndimage
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from thalweg.hydrology.water_mask import WATER

MOST = 5_000
"""How many polygons a file holds at most: the largest."""

MOST_SIDE = 4_096
"""Rows and columns at most of the mask that is outlined; a larger one is thinned to its overview first."""

_DIGITS = 1e-7
_LONGEST_EDGE = 64
_AT_ONCE = 256
_NEAR, _WIDE = 179.0, 90.0
"""Degrees of longitude: what lies between -179 and 179, and is no wider than 90, does not cross the antimeridian."""


def outline(mask: Path, target: Path) -> dict[str, int]:
    """Outline the water of a mask as GeoJSON.

    Args:
        mask: a raster of 0 land, 1 water, 255 no data.
        target: the file to write: a FeatureCollection of valid polygons in CRS84, wound as RFC 7946 asks and
            cut at the antimeridian, largest
            first, each with its geodesic ``area_km2``. Water meets by the sides of its cells, not by their corners.

    Returns:
        How many polygons are ``drawn``, how many smaller ones were ``left_out``, and by how much the mask was
        ``thinned`` (1: not).
    """
    with rasterio.open(mask, driver="GTiff") as source:
        thinned = -(-max(source.shape) // MOST_SIDE)
        out = (1, -(-source.height // thinned), -(-source.width // thinned))
        water = source.read(out_shape=out, resampling=Resampling.mode)[0] == WATER
        transform = _stretched(source.transform, source.width / out[2], source.height / out[1])
        crs = source.crs
    kept, left_out = _largest(water)
    shapes = features.shapes(kept, mask=kept > 0, connectivity=4, transform=transform)
    outlined = map(_feature, _carried((geometry for geometry, _ in shapes), crs, transform))
    found = sorted((one for one in outlined if one is not None), key=_area, reverse=True)
    target.write_text(json.dumps({"type": "FeatureCollection", "features": found}, separators=(",", ":")))
    return {"drawn": len(found), "left_out": left_out, "thinned": thinned}


def _stretched(transform: Affine, across: float, down: float) -> Affine:
    a, b, c, d, e, f = transform[:6]
    return Affine(a * across, b * down, c, d * across, e * down, f)


def _area(feature: dict[str, Any]) -> float:
    return float(feature["properties"]["area_km2"])


def _largest(water: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], int]:
    labels, total = ndimage.label(water)
    if total <= MOST:
        return water.astype(np.uint8), 0
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    keep = np.zeros(total + 1, dtype=np.uint8)
    keep[np.argsort(sizes)[-MOST:]] = 1
    return keep[labels], total - MOST


def _carried(geometries: Iterable[dict[str, Any]], crs: rasterio.crs.CRS, transform: Affine) -> Iterator[BaseGeometry]:
    """Carry geometries to CRS84.

    GDAL sets a transformation up anew for each geometry, which takes longer than to carry a pond: it is asked only
    where something may have to be cut at the antimeridian, for all else many are carried point by point.
    """
    edge = _LONGEST_EDGE * float(np.hypot(transform.a, transform.d))
    dense = (shapely.segmentize(shape(one), edge) for one in geometries)

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(warp.transform(crs, "OGC:CRS84", *points.T))

    while several := list(itertools.islice(dense, _AT_ONCE)):
        for one, carried in zip(several, shapely.transform(several, moved), strict=True):
            west, _, east, _ = carried.bounds
            far = -_NEAR < west <= east < _NEAR and east - west < _WIDE
            yield carried if far else _cut(one, crs)


def _cut(geometry: BaseGeometry, crs: rasterio.crs.CRS) -> BaseGeometry:
    return shape(warp.transform_geom(crs, "OGC:CRS84", mapping(geometry), antimeridian_cutting=True))


def _feature(carried: BaseGeometry) -> dict[str, Any] | None:
    valid = shapely.set_precision(shapely.make_valid(carried), _DIGITS)
    parts = [part for part in shapely.get_parts(valid) if part.geom_type == "Polygon" and not part.is_empty]
    if not parts:
        return None
    wound = [shapely.geometry.polygon.orient(part) for part in parts]
    area = sum(Geod(ellps="WGS84").geometry_area_perimeter(part)[0] for part in wound)
    whole = wound[0] if len(wound) == 1 else shapely.MultiPolygon(wound)
    properties = {"area_km2": round(area / 1e6, 6)}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(whole))}
