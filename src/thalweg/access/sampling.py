"""From a picture's pixels to a raster's: where each lies, which level to read, what to take there.

Positions are exact to ``TOLERANCE`` of a picture's pixel: between nodes of a coarse grid the transformation is
interpolated, and where the points half way show that this is not enough, the grid is refined down to every pixel.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thalweg.access.placement import transformer
from thalweg.access.ports import Floats, Opened, Pixels, Placement, Valid, Window
from thalweg.access.targets import Target

TOLERANCE = 0.05
"""Pixels of the picture."""
_STEPS = (32, 8)
_SMALL = 1024
"""Pixels below which every one is transformed."""
_MARGIN = 2

Area = tuple[int, int, int, int]
"""First and last row and column of a part of the picture, half open."""


Corners = tuple[tuple[NDArray[np.intp], NDArray[np.float32]], ...]
"""Indexes of pixels, and the share each has in what is taken."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Where the pixels of a part of the picture lie in the raster.

    Attributes:
        area: the part; nothing of the raster lies outside it.
        columns, rows: (height, width) of the full resolution, 0 at the outer edge of the first pixel; NaN off the map.
        scale: pixels of the full resolution to a pixel of the picture, in the finer direction.
    """

    area: Area
    columns: Floats
    rows: Floats
    scale: float


def locate(target: Target, raster: Opened) -> Positions | None:
    """Say where a picture's pixels lie in a raster; ``None`` where they do not meet."""
    area = _area(target, raster.facts.bbox)
    if area is None:
        return None
    columns, rows = _positions(target, area, raster.placement)
    return Positions(area, columns, rows, _scale(columns, rows))


def _area(target: Target, bbox: tuple[float, float, float, float]) -> Area | None:
    """Return the part of the picture on which the raster's bbox lies, on every turn of the globe that it shows."""
    west, south, east, north = bbox
    if east < west:
        east += 360
    top = max(0, math.floor(target.rows(north)) - _MARGIN)
    bottom = min(target.height, math.ceil(target.rows(south)) + _MARGIN)
    spans = []
    for turn in (-360, 0, 360):
        left = max(0, math.floor(target.columns(west + turn)) - _MARGIN)
        right = min(target.width, math.ceil(target.columns(east + turn)) + _MARGIN)
        if left < right:
            spans.append((left, right))
    if top >= bottom or not spans:
        return None
    return top, bottom, min(left for left, _ in spans), max(right for _, right in spans)


def _positions(target: Target, area: Area, placement: Placement) -> tuple[Floats, Floats]:
    top, bottom, left, right = area
    x, y = _centres(target, area)
    if (bottom - top) * (right - left) > _SMALL:
        for step in _STEPS:
            found = _interpolated(target, placement, x, y, step)
            if found is not None:
                return found
    return placement.pixels(*_exact(target, placement, *np.meshgrid(x, y)))


def _centres(target: Target, area: Area) -> tuple[Floats, Floats]:
    top, bottom, left, right = area
    west, south, east, north = target.box
    x = west + (np.arange(left, right) + 0.5) * (east - west) / target.width
    y = north - (np.arange(top, bottom) + 0.5) * (north - south) / target.height
    return x, y


def _exact(target: Target, placement: Placement, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    u, v = transformer(target.crs, placement.crs).transform(x, y)
    outside = ~(np.isfinite(u) & np.isfinite(v))
    u, v = np.where(outside, 0.0, u), np.where(outside, 0.0, v)
    u, v = placement.smooth(u, v)
    return np.where(outside, np.nan, u), np.where(outside, np.nan, v)


def _interpolated(
    target: Target, placement: Placement, x: Floats, y: Floats, step: int
) -> tuple[Floats, Floats] | None:
    """Interpolate between nodes; ``None`` where the points half way between them are not met closely enough.

    The middles of the cells alone would not do: where angles are kept, the errors of both directions cancel there.
    """
    across, down = _nodes(len(x), step), _nodes(len(y), step)
    half_across, half_down = _nodes(len(x), step, 2), _nodes(len(y), step, 2)
    exact = _exact(target, placement, *np.meshgrid(_at(x, half_across), _at(y, half_down)))
    if not (np.isfinite(exact[0]).all() and np.isfinite(exact[1]).all()):
        return None
    nodes = exact[0][::2, ::2], exact[1][::2, ::2]
    every = np.arange(len(x), dtype=float), np.arange(len(y), dtype=float)
    truth = placement.pixels(*exact)
    guess = placement.pixels(*(_bilinear(part, across, down, half_across, half_down) for part in nodes))
    found = placement.pixels(*(_bilinear(part, across, down, *every) for part in nodes))
    error = np.hypot(truth[0] - guess[0], truth[1] - guess[1]).max()
    return found if error <= TOLERANCE * _scale(*found) else None


def _nodes(count: int, step: int, parts: int = 1) -> Floats:
    cells = max(1, math.ceil(count / step))
    return np.linspace(0, count - 1, cells * parts + 1)


def _at(centres: Floats, index: Floats) -> Floats:
    spacing = float(centres[1] - centres[0]) if len(centres) > 1 else 0.0
    return float(centres[0]) + index * spacing


def _bilinear(nodes: Floats, across: Floats, down: Floats, columns: Floats, rows: Floats) -> Floats:
    """Interpolate a grid at nodes ``down`` × ``across`` for ``rows`` × ``columns``."""
    weights_down, weights_across = _weights(down, rows), _weights(across, columns)
    return np.asarray(np.linalg.multi_dot((weights_down, nodes, weights_across.T)), dtype=np.float64)


def _weights(nodes: Floats, at: Floats) -> Floats:
    cell = np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, len(nodes) - 2)
    width = nodes[cell + 1] - nodes[cell]
    part = np.where(width > 0, (at - nodes[cell]) / np.where(width > 0, width, 1), 0.0)
    weights = np.zeros((len(at), len(nodes)))
    each = np.arange(len(at))
    weights[each, cell], weights[each, cell + 1] = 1 - part, part
    return weights


def _scale(columns: Floats, rows: Floats) -> float:
    """Return the pixels of the raster to one of the picture: the smaller of both directions, at the middle."""
    i, j = columns.shape[0] // 2, columns.shape[1] // 2
    steps = []
    for axis, index in ((0, i), (1, j)):
        if columns.shape[axis] > 1:
            near = max(index - 1, 0)
            pair = [(near, j), (near + 1, j)] if axis == 0 else [(i, near), (i, near + 1)]
            (a, b), (c, d) = pair
            steps.append(math.hypot(columns[c, d] - columns[a, b], rows[c, d] - rows[a, b]))
    known = [step for step in steps if math.isfinite(step) and step > 0]
    return min(known, default=1.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """What must be read: a window of a level, reduced to ``shape``."""

    level: int
    window: Window
    shape: tuple[int, int]


def plan(positions: Positions, levels: tuple[tuple[int, int], ...]) -> Reading | None:
    """Choose the level that is just finer than the picture, and the window around the positions.

    Returns:
        ``None`` where no position lies in the raster.
    """
    rows, columns = levels[0]
    inside = (
        (positions.columns >= 0) & (positions.columns <= columns) & (positions.rows >= 0) & (positions.rows <= rows)
    )
    if not inside.any():
        return None
    level = max(n for n, shape in enumerate(levels) if n == 0 or columns / shape[1] <= positions.scale * (1 + 1e-6))
    step = max(1, math.floor(positions.scale * levels[level][1] / columns + 1e-6))
    left, width = _span(positions.columns[inside] * levels[level][1] / columns, levels[level][1], step)
    top, height = _span(positions.rows[inside] * levels[level][0] / rows, levels[level][0], step)
    return Reading(level, Window(left, top, width, height), (math.ceil(height / step), math.ceil(width / step)))


def _span(at: Floats, size: int, step: int) -> tuple[int, int]:
    """Return first and count of the pixels around positions, the first a multiple of the step."""
    margin = 2 * step
    first = max(0, math.floor(at.min()) - margin) // step * step
    last = min(size, math.ceil(at.max()) + margin)
    return first, max(1, last - first)


def take(
    read: tuple[Pixels, Valid],
    reading: Reading,
    positions: Positions,
    levels: tuple[tuple[int, int], ...],
    *,
    smooth: bool,
) -> tuple[NDArray[np.float32], Valid]:
    """Take the value at every position: bilinear where ``smooth``, else the pixel in which it lies.

    Returns:
        (bands, height, width); (height, width) true where the raster holds something.
    """
    pixels, valid = read
    rows, columns = levels[0]
    inside = (
        (positions.columns >= 0) & (positions.columns <= columns) & (positions.rows >= 0) & (positions.rows <= rows)
    )
    column = _in_reading(
        positions.columns,
        columns,
        levels[reading.level][1],
        reading.window.column,
        reading.window.width,
        reading.shape[1],
    )
    row = _in_reading(
        positions.rows, rows, levels[reading.level][0], reading.window.row, reading.window.height, reading.shape[0]
    )
    column, row = np.where(inside, column, 0.0), np.where(inside, row, 0.0)
    values, there = (_blend if smooth else _nearest)(pixels, valid, column, row)
    return values, there & inside


def _in_reading(at: Floats, full: int, level: int, first: int, count: int, reduced: int) -> Floats:
    return (at * (level / full) - first) * (reduced / count)


def _nearest(pixels: Pixels, valid: Valid, column: Floats, row: Floats) -> tuple[NDArray[np.float32], Valid]:
    i = np.clip(np.floor(row).astype(np.intp), 0, valid.shape[0] - 1)
    j = np.clip(np.floor(column).astype(np.intp), 0, valid.shape[1] - 1)
    return pixels[:, i, j].astype(np.float32), valid[i, j]


def _blend(pixels: Pixels, valid: Valid, column: Floats, row: Floats) -> tuple[NDArray[np.float32], Valid]:
    """Blend the four pixels around; those that hold nothing do not count, and must not be the greater part."""
    rows, columns = valid.shape
    at_row, at_column = row - 0.5, column - 0.5
    i, j = np.floor(at_row).astype(np.intp), np.floor(at_column).astype(np.intp)
    down, across = (at_row - i).astype(np.float32), (at_column - j).astype(np.float32)
    i0, i1 = np.clip(i, 0, rows - 1) * columns, np.clip(i + 1, 0, rows - 1) * columns
    j0, j1 = np.clip(j, 0, columns - 1), np.clip(j + 1, 0, columns - 1)
    corners = (
        (i0 + j0, (1 - down) * (1 - across)),
        (i0 + j1, (1 - down) * across),
        (i1 + j0, down * (1 - across)),
        (i1 + j1, down * across),
    )
    holds = valid.ravel()
    flat = np.ascontiguousarray(pixels.reshape(len(pixels), -1).T, dtype=np.float32)  # a pixel's bands lie together
    if holds.all():
        return np.moveaxis(_summed(flat, corners), -1, 0), np.ones(row.shape, bool)
    flat[~holds] = 0
    counted = tuple((index, share * holds[index]) for index, share in corners)
    weight = np.sum([share for _, share in counted], axis=0, dtype=np.float32)
    blended = np.asarray(_summed(flat, counted) / np.where(weight > 0, weight, 1)[..., None], dtype=np.float32)
    return np.moveaxis(blended, -1, 0), np.asarray(weight >= 0.5)  # noqa: PLR2004 - the greater part


def _summed(flat: NDArray[np.float32], corners: Corners) -> NDArray[np.float32]:
    total = np.zeros((*corners[0][0].shape, flat.shape[1]), dtype=np.float32)
    for index, share in corners:
        held = flat.take(index, axis=0)
        held *= share[..., None]
        total += held
    return total
