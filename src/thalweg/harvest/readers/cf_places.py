"""Where arrays lie by the CF Conventions: from longitudes and latitudes, or from a grid that a mapping places.

Source: CF Conventions 1.11, sections 4 (coordinate types), 5.6 (grid mappings) and 7.1 (cell bounds).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from thalweg.core.errors import InvalidParameter
from thalweg.harvest.outlines import Floats, Outline, of_box, of_points, of_ring
from thalweg.harvest.readers.arrays import Arrays, Variable
from thalweg.harvest.readers.cf_times import is_time

_EAST = frozenset({"degrees_east", "degree_east", "degrees_e", "degree_e", "degreese", "degreee"})
_NORTH = frozenset({"degrees_north", "degree_north", "degrees_n", "degree_n", "degreesn", "degreen"})
_NAMES = {"lon": "longitude", "longitude": "longitude", "lat": "latitude", "latitude": "latitude"}
_VERTICAL = frozenset(
    {"height", "depth", "altitude", "air_pressure", "model_level_number", "height_above_mean_sea_level"}
)
_POLE = 90.0 + 1e-6
_EDGE = 33
"""Points on each edge of a projected grid, so that its straight lines stay on the ground."""
_REGULAR = 1e-3
"""Part of a step by which the steps of a regular axis may differ."""


@dataclass(frozen=True, slots=True)
class Places:
    """Coordinates by what they are; a grid has ``x`` and ``y`` in the CRS that ``crs`` says."""

    longitude: Variable | None
    latitude: Variable | None
    x: Variable | None
    y: Variable | None
    z: Variable | None
    time: Variable | None
    mapping: Variable | None


def places(arrays: Arrays) -> Places:
    """Find the coordinates among the arrays."""
    found: dict[str, Variable] = {}
    for variable in sorted(arrays.variables.values(), key=lambda one: (one.dimensions != (one.name,), one.name)):
        kind = _kind(variable)
        if kind:
            found.setdefault(kind, variable)
    mapping = next(
        (one for one in arrays.variables.values() if one.text("grid_mapping_name") or one.text("crs_wkt")), None
    )
    return Places(
        longitude=found.get("longitude"),
        latitude=found.get("latitude"),
        x=found.get("x"),
        y=found.get("y"),
        z=found.get("z"),
        time=found.get("time"),
        mapping=mapping,
    )


def _kind(variable: Variable) -> str:
    """Return what a variable is a coordinate of, in CF's order: units, standard name, axis; then the usual names."""
    units, standard = variable.text("units").lower(), variable.text("standard_name")
    if is_time(variable):
        return "time" if _coordinate(variable) else ""
    if units in _EAST or standard == "longitude":
        return "longitude"
    if units in _NORTH or standard == "latitude":
        return "latitude"
    if standard in ("projection_x_coordinate", "projection_y_coordinate"):
        return standard[11]
    if variable.dimensions == (variable.name,):
        return _by_axis(variable, standard)
    return _NAMES.get(variable.name.lower(), "")


def _coordinate(variable: Variable) -> bool:
    """Tell a time of the data from a time that is data."""
    return variable.dimensions in ((variable.name,), ()) or variable.text("standard_name") == "time"


def _by_axis(variable: Variable, standard: str) -> str:
    name, axis = variable.name.lower(), variable.text("axis").upper()
    if name in _NAMES:
        return _NAMES[name]
    if axis == "Z" or standard in _VERTICAL or variable.text("positive").lower() in ("up", "down"):
        return "z"
    return {"X": "x", "Y": "y"}.get(axis, name if name in ("x", "y") else "")


def outline(arrays: Arrays, found: Places, name: str) -> Outline:
    """Return the outline of what the coordinates place.

    Raises:
        InvalidParameter: nothing says where the file lies, or what says so is not on the globe.
    """
    if found.longitude is not None and found.latitude is not None:
        return _geographic(arrays, found.longitude, found.latitude)
    if found.x is not None and found.y is not None and found.mapping is not None:
        return _projected(arrays, found.x, found.y, found.mapping)
    raise InvalidParameter(name, "has no longitudes and latitudes, nor a grid with a mapping: its place is not known")


def _geographic(arrays: Arrays, longitude: Variable, latitude: Variable) -> Outline:
    x, y = longitude.values(), latitude.values()
    if not (np.isfinite(x).any() and np.isfinite(y).any()):
        raise InvalidParameter(longitude.name, "holds no positions")
    if np.nanmax(np.abs(y)) > _POLE:
        raise InvalidParameter(latitude.name, "holds latitudes beyond the poles")
    if len(longitude.shape) == 1 and longitude.dimensions != latitude.dimensions:
        west, east = _ends(arrays, longitude, x)
        south, north = _ends(arrays, latitude, y)
        return of_box(west, max(south, -90.0), east, min(north, 90.0), longitude.name)
    if x.shape != y.shape:
        raise InvalidParameter(longitude.name, f"and {latitude.name} have different shapes")
    return of_points(x.reshape(-1), y.reshape(-1), longitude.name)


def _ends(arrays: Arrays, axis: Variable, values: Floats) -> tuple[float, float]:
    """Return where an axis begins and ends: by the bounds of its cells, else half a step beyond a regular axis."""
    bounds = arrays.variables.get(axis.text("bounds"))
    if bounds is not None and bounds.shape == (*axis.shape, 2):
        values = bounds.values()
        return float(np.nanmin(values)), float(np.nanmax(values))
    steps = np.diff(values)
    half = 0.0
    if steps.size and np.isfinite(steps).all() and np.allclose(steps, steps[0], rtol=_REGULAR):
        half = abs(float(steps[0])) / 2
    return float(np.nanmin(values)) - half, float(np.nanmax(values)) + half


def crs_of(mapping: Variable) -> CRS:
    """Return the CRS that a grid mapping says.

    Raises:
        InvalidParameter: it says none.
    """
    said = dict(mapping.attributes)
    try:
        wkt = mapping.text("crs_wkt") or mapping.text("spatial_ref")
        return CRS.from_wkt(wkt) if wkt else CRS.from_cf(said)
    except (CRSError, KeyError, ValueError, TypeError) as error:
        raise InvalidParameter(mapping.name, "is a grid mapping that says no coordinate reference system") from error


def _projected(arrays: Arrays, x: Variable, y: Variable, mapping: Variable) -> Outline:
    (west, east), (south, north) = (_ends(arrays, axis, axis.values()) for axis in (x, y))
    if not np.isfinite([west, south, east, north]).all():
        raise InvalidParameter(x.name, "holds no positions")
    across, up = np.linspace(west, east, _EDGE), np.linspace(south, north, _EDGE)
    ring_x = np.concatenate((across, np.full(_EDGE, east), across[::-1], np.full(_EDGE, west)))
    ring_y = np.concatenate((np.full(_EDGE, south), up, np.full(_EDGE, north), up[::-1]))
    try:
        longitude, latitude = Transformer.from_crs(crs_of(mapping), "OGC:CRS84", always_xy=True).transform(
            ring_x, ring_y
        )
    except ProjError as error:
        raise InvalidParameter(mapping.name, "does not lead from this grid to the globe") from error
    return of_ring(list(zip(longitude.tolist(), latitude.tolist(), strict=True)), x.name)


def axes(found: Places) -> Mapping[str, str]:
    """Return which dimension is which axis of space: names of dimensions to ``x``, ``y`` and ``z``."""
    known = {}
    for variable, axis in (
        (found.longitude, "x"),
        (found.latitude, "y"),
        (found.x, "x"),
        (found.y, "y"),
        (found.z, "z"),
    ):
        if variable is not None and variable.dimensions == (variable.name,):
            known[variable.name] = axis
    return known
