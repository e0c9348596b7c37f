"""Geometries whose longitudes jump: over the antimeridian, or around a pole, as the bbox beside them tells.

A geometry is read flat, as RFC 7946 says, unless its bbox tells otherwise: by west > east, or by reaching from -180 to
180 where the flat reading of a jump does not, or by reaching a pole around which a ring goes.
"""

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from thalweg.core.geometry import BBox

_TURN, _HALF_TURN, _POLE = 360.0, 180.0, 90.0
_ROUNDING = 0.01
"""Degrees by which a bbox may miss what it means: writers round."""
_WINDOWS = (-1, 0, 1, 2)
"""The turns in which a ring that goes around once may lie."""
Coordinates = npt.NDArray[np.float64]


def unrolled(shape: BaseGeometry, declared: BBox) -> tuple[BaseGeometry, ...] | None:
    """Return the parts of a shape on longitudes that grow eastwards over 180, or ``None`` where it is flat as written.

    Args:
        shape: as it is written; it need not be valid.
        declared: the bbox that its writer gave it.
    """
    if declared.west > declared.east:
        return _turned(shape, (declared.west + declared.east) / 2)
    wide = declared.west <= -_HALF_TURN + _ROUNDING and declared.east >= _HALF_TURN - _ROUNDING
    if not wide or not _jumps(shape):
        return None
    west, south, east, north = shape.bounds
    reaches = west <= -_HALF_TURN + _ROUNDING and east >= _HALF_TURN - _ROUNDING
    if any(_winds(part) for part in _polygons(shape)):
        pole = _pole(declared, south, north, flat=reaches)
        return None if pole is None else tuple(_capped(shape, pole))
    return None if reaches else _turned(shape, 0.0)


def cut(part: BaseGeometry) -> Iterator[BaseGeometry]:
    """Yield a valid shape piece by piece, each turn of longitudes brought back to between -180 and 180."""
    west, _, east, _ = part.bounds
    for turn in _WINDOWS:
        middle = turn * _TURN
        if _reaches(west, east, middle):
            window = shapely.box(middle - _HALF_TURN, -_POLE, middle + _HALF_TURN, _POLE)
            inside = part if _within(part, middle) else shapely.intersection(part, window)
            if not inside.is_empty:
                yield inside if turn == 0 else shapely.transform(inside, partial(_moved, by=-middle))


def _reaches(west: float, east: float, middle: float) -> bool:
    """Tell whether more than an edge lies within half a turn of a longitude; what has no width lies left of it."""
    if west == east:
        return middle - _HALF_TURN < west <= middle + _HALF_TURN or west == middle - _HALF_TURN == -_HALF_TURN
    return west < middle + _HALF_TURN and east > middle - _HALF_TURN


def _moved(found: Coordinates, by: float) -> Coordinates:
    moved = found.copy()
    moved[:, 0] += by
    return moved


def _within(part: BaseGeometry, middle: float) -> bool:
    west, _, east, _ = part.bounds
    return bool(middle - _HALF_TURN <= west and east <= middle + _HALF_TURN)


def _turned(shape: BaseGeometry, gap: float) -> tuple[BaseGeometry, ...]:
    """Return the parts with a turn added to the longitudes west of the gap, which are those of its far side."""

    def turned(found: Coordinates) -> Coordinates:
        moved = found.copy()
        moved[moved[:, 0] < gap, 0] += _TURN
        return moved

    return tuple(shapely.transform(part, turned) for part in shapely.get_parts(shape))


def _jumps(shape: BaseGeometry) -> bool:
    """Tell whether two positions that follow each other lie more than half a turn apart."""
    return any(
        bool((np.abs(np.diff(shapely.get_coordinates(line)[:, 0])) > _HALF_TURN).any()) for line in _lines(shape)
    )


def _lines(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in shapely.get_parts(shape):
        yield from shapely.get_rings(part) if part.geom_type == "Polygon" else (part,)


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]


def _eastwards(ring: Any) -> Coordinates:  # noqa: ANN401 - shapely's
    """Return a ring's positions, each the shortest way from the one before."""
    found: Coordinates = shapely.get_coordinates(ring).copy()
    steps = (np.diff(found[:, 0]) + _HALF_TURN) % _TURN - _HALF_TURN
    found[1:, 0] = found[0, 0] + np.cumsum(steps)
    return found


def _winds(polygon: BaseGeometry) -> bool:
    """Tell whether a polygon's ring goes once around the globe."""
    found = _eastwards(shapely.get_exterior_ring(polygon))
    return bool(abs(abs(found[-1, 0] - found[0, 0]) - _TURN) < 1.0)


def _pole(declared: BBox, south: float, north: float, *, flat: bool) -> float | None:
    """Return the latitude of the pole that the bbox reaches and the positions do not; ``None`` where none is meant."""
    candidates = [
        pole
        for pole, given, end in ((_POLE, declared.north, north), (-_POLE, declared.south, south))
        if abs(given - pole) <= _ROUNDING and not (flat and abs(end - pole) <= _ROUNDING)
    ]
    return min(candidates, key=lambda pole: abs(pole - (south + north) / 2), default=None)


def _capped(shape: BaseGeometry, pole: float) -> Iterator[BaseGeometry]:
    """Yield the parts, those that go around the globe closed over the pole."""
    for part in shapely.get_parts(shape):
        yield _cap(part, pole) if part.geom_type == "Polygon" and _winds(part) else part


def _cap(polygon: BaseGeometry, pole: float) -> BaseGeometry:
    written = shapely.get_coordinates(shapely.get_exterior_ring(polygon))[:-1]
    # From the position nearest to the pole nothing of the ring lies between it and the pole: there the cap is closed.
    first = int(np.argmin(np.abs(written[:, 1] - pole)))
    ring = _eastwards(shapely.linestrings([*written[first:], *written[: first + 1]]))
    ring[-1, 0] = ring[0, 0] + math.copysign(_TURN, ring[-1, 0] - ring[0, 0])
    shell: BaseGeometry = shapely.Polygon([*ring, (ring[-1, 0], pole), (ring[0, 0], pole), ring[0]])
    holes = [shapely.Polygon(_eastwards(hole)) for hole in shapely.get_rings(polygon)[1:]]
    for hole in (hole for hole in holes if shell.is_valid and hole.is_valid):
        for turn in (-_TURN, 0.0, _TURN):
            moved = shapely.transform(hole, partial(_moved, by=turn))
            shell = shapely.difference(shell, moved)
    return shell
