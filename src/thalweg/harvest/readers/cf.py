"""From arrays that keep the CF Conventions to an Item with the datacube extension 2.2."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import written
from thalweg.harvest.dates import taken
from thalweg.harvest.readers.arrays import Arrays, Variable
from thalweg.harvest.readers.cf_places import Places, axes, crs_of, outline, places
from thalweg.harvest.readers.cf_times import Times, times
from thalweg.harvest.readers.products import document, extensions, modified, plain_id, span, utc

_EXTENSIONS = extensions("datacube/v2.2.0")
_MOST_LISTED = 100
"""Values of an axis that are listed one by one where it is not regular."""
_DEGREES = 4326
_SAID = {"title": "title", "description": "summary", "platform": "platform"}
_LONGEST = 1000
_NOT_DATA = ("bounds", "climatology")


def item(path: Path, arrays: Arrays, asset: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Item of a file.

    Args:
        path: the file or folder; its name makes the id and, where nothing else tells, the date.
        arrays: what it holds.
        asset: the file as the Item's asset ``data``.

    Raises:
        InvalidParameter: its place or its times are not known, or make no sense.
        TooLarge: a coordinate has more numbers than may be read.
    """
    found = places(arrays)
    where = outline(arrays, found, path.name)
    when = times(found.time) if found.time is not None else None
    properties = {
        **_times(when, arrays, path),
        **{member: text[:_LONGEST] for member, tag in _SAID.items() if (text := arrays.text(tag))},
        "cube:dimensions": _dimensions(arrays, found, when),
        "cube:variables": _variables(arrays, found),
    }
    return document(plain_id(path.stem), where, properties, {"data": dict(asset)}, _EXTENSIONS)


def _times(when: Times | None, arrays: Arrays, path: Path) -> dict[str, Any]:
    """Return when it was: by its axis of time, by its attributes, else by its name, or honestly unknown."""
    if when is not None and when.start == when.end:
        return {"datetime": written(when.start)}
    if when is not None:
        return {"datetime": None, "start_datetime": written(when.start), "end_datetime": written(when.end)}
    start, end = (arrays.text(f"time_coverage_{which}") for which in ("start", "end"))
    if start and end:
        said = span(utc(start, "time_coverage_start"), utc(end, "time_coverage_end"), "time_coverage_end")
        return said if start == end else {**said, "datetime": None}
    return taken(None, {}, path.name, None, modified(path), known=None).properties()


def _dimensions(arrays: Arrays, found: Places, when: Times | None) -> dict[str, Any]:
    """Return every dimension that a variable has; one without values of its own counts from 0."""
    used = dict.fromkeys(dimension for variable in arrays.variables.values() for dimension in variable.dimensions)
    space, sizes = axes(found), arrays.dimensions
    described = {}
    for dimension in used:
        axis = arrays.variables.get(dimension)
        if axis is not None and axis is found.time and when is not None:
            described[dimension] = _temporal(when)
        elif dimension in space and axis is not None:
            described[dimension] = _spatial(axis, space[dimension], found)
        else:
            described[dimension] = _other(axis, sizes.get(dimension, 0))
    return described


def _temporal(when: Times) -> dict[str, Any]:
    calendar = {"description": f"Dates of the calendar {when.calendar}"} if when.calendar else {}
    return {"type": "temporal", "extent": [written(when.start), written(when.end)], **calendar}


def _spatial(axis: Variable, which: str, found: Places) -> dict[str, Any]:
    described = {"type": "spatial", "axis": which, **_range(axis)}
    if which == "z":
        return described | ({"unit": axis.text("units")} if axis.text("units") else {})
    geographic = axis in (found.longitude, found.latitude)
    if geographic or found.mapping is None:
        return described | {"reference_system": _DEGREES}
    crs = crs_of(found.mapping)
    return described | {"reference_system": crs.to_epsg() or crs.to_json_dict()}


def _range(axis: Variable) -> dict[str, Any]:
    values = axis.values()
    if not values.size or not np.isfinite(values).all():
        raise InvalidParameter(axis.name, "is an axis without values, or with missing ones")
    described: dict[str, Any] = {"extent": [float(values.min()), float(values.max())]}
    steps = np.diff(values)
    if steps.size and np.allclose(steps, steps[0], rtol=1e-3) and steps[0]:
        return described | {"step": float(f"{abs(steps.mean()):.9g}")}
    if 1 < values.size <= _MOST_LISTED:
        return described | {"values": values.tolist()}
    return described


def _other(axis: Variable | None, size: int) -> dict[str, Any]:
    if axis is None or axis.shape != (size,) or np.dtype(axis.kind).kind not in "iuf" or not size:
        return {"type": "count", "extent": [0, max(size - 1, 0)]}
    unit = {"unit": axis.text("units")} if axis.text("units") else {}
    return {"type": "other", **_range(axis), **unit}


def _variables(arrays: Arrays, found: Places) -> dict[str, Any]:
    """Return all arrays but the axes, their cells' bounds, and grid mappings."""
    bounds = {one.text(attribute) for one in arrays.variables.values() for attribute in _NOT_DATA}
    auxiliary = (found.longitude, found.latitude, found.time, found.x, found.y, found.z)
    return {
        name: _described(variable, "auxiliary" if variable in auxiliary else "data")
        for name, variable in arrays.variables.items()
        if variable.dimensions != (name,) and name not in bounds and variable is not found.mapping
    }


def _described(variable: Variable, kind: str) -> dict[str, Any]:
    words = variable.text("long_name") or variable.text("standard_name")
    told = {"description": words[:_LONGEST], "unit": variable.text("units")}
    known = {member: text for member, text in told.items() if text}
    return {"dimensions": list(variable.dimensions), "type": kind, **known}
