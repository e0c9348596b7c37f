"""The lines of whole degrees on a drawing of the world, and how places on it are written."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

_STEPS = (1, 2, 5, 10, 15, 30, 45)
_MOST_LINES = 8.0
_EDGE = 0.05
"""Nearer to an edge than this part of the width a label would be cut."""
Window = tuple[float, float, float, float]
Label = tuple[float, float, str]


@dataclass(frozen=True, slots=True)
class Graticule:
    """Meridians and parallels as one SVG path, and where the degrees of each are written."""

    path: str
    meridians: tuple[Label, ...]
    parallels: tuple[Label, ...]


def graticule(window: Window) -> Graticule:
    """Return the lines that cross a window of west, south, east and north."""
    west, south, east, north = window
    step = next(step for step in _STEPS if (east - west) / step <= _MOST_LINES)
    meridians, parallels = list(_whole(west, east, step)), list(_whole(south, north, step))
    lines = [f"M{x} {-north:.5g}V{-south:.5g}" for x in meridians]
    lines += [f"M{west:.5g} {-y}H{east:.5g}" for y in parallels]
    edge = (east - west) * _EDGE
    below = tuple((x, round(-south - edge / 2, 3), longitude(x)) for x in meridians if west + edge < x < east - edge)
    beside = tuple(
        (round(west + edge / 4, 3), round(-y - edge / 6, 3), latitude(y))
        for y in parallels
        if south + 2 * edge < y < north - edge
    )
    return Graticule("".join(lines), below, beside)


def longitude(degrees: float) -> str:
    """Write a longitude: ``12°E``."""
    return _written(degrees, "E", "W")


def latitude(degrees: float) -> str:
    """Write a latitude: ``45.5°S``."""
    return _written(degrees, "N", "S")


def extent(bounds: Window) -> str:
    """Write from where to where something reaches."""
    west, south, east, north = bounds
    across = longitude(west) if west == east else f"{longitude(west)} to {longitude(east)}"
    along = latitude(south) if south == north else f"{latitude(south)} to {latitude(north)}"
    return f"{across}, {along}"


def _written(degrees: float, positive: str, negative: str) -> str:
    rounded = round(degrees, 2)
    side = "" if rounded == 0 else positive if rounded > 0 else negative
    return f"{abs(rounded):g}°{side}"


def _whole(least: float, most: float, step: int) -> Iterator[int]:
    return iter(range(ceil(least / step) * step, int(most) + 1, step))
