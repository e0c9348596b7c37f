"""Colours by value: one perceptually uniform map for each kind of quantity.

Each map is a path through OKLab between a few anchors, walked at an even pace, so that equal steps of the value look
equally far apart; a sequential map grows steadily lighter (or darker), which also serves colour-blind eyes and print.
Gray is the exception: it is the plain ramp of sRGB, as photographs are shown.

Source: B. Ottosson, "A perceptual color space for image processing" (2020): OKLab's matrices. The anchors are ours.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.core.errors import InvalidParameter

Table = NDArray[np.uint8]
"""(256, 3): red, green, blue."""
Rgba = tuple[int, int, int, int]

ANCHORS: dict[str, tuple[str, ...]] = {
    "generic": ("#2b0a4f", "#3b3c8c", "#23718e", "#1f9e83", "#7bc95a", "#fbe625"),
    "gray": ("#000000", "#ffffff"),
    "elevation": ("#12403a", "#3f7350", "#9a9a5b", "#cfae86", "#fbf7f2"),
    "index": ("#7f4a10", "#cfa15a", "#f3f1ea", "#63aaa0", "#0b5a63"),
    "water": ("#eaf3fb", "#9cc7e6", "#4a96cf", "#0868ac", "#08306b"),
}
"""By kind: anything measured, brightness, height, a normalised difference around 0, water."""

WATER: Rgba = (8, 104, 172, 255)
"""The one blue of water, for masks; the anchor of the map of the same name."""

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@lru_cache(maxsize=len(ANCHORS))
def colormap(name: str) -> Table:
    """Return a map's table.

    Raises:
        InvalidParameter: there is no map of this name.
    """
    if name not in ANCHORS:
        raise InvalidParameter("colormap", f"is one of {', '.join(sorted(ANCHORS))}")
    if name == "gray":
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)  # a photograph's own brightness
    anchors = oklab(np.array([_read(text) for text in ANCHORS[name]]))
    legs = np.linalg.norm(np.diff(anchors, axis=0), axis=1)
    at = np.concatenate(([0.0], np.cumsum(legs))) / legs.sum()
    even = np.linspace(0.0, 1.0, 256)
    path = np.column_stack([np.interp(even, at, anchors[:, n]) for n in range(3)])
    return np.asarray(np.round(srgb(path) * 255), dtype=np.uint8)


def _read(text: str) -> list[float]:
    return [int(text[n : n + 2], 16) / 255 for n in (1, 3, 5)]


def oklab(colours: NDArray[Any]) -> NDArray[np.float64]:
    """Return (n, 3) sRGB colours, 0 to 1, in OKLab."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - IEC 61966-2-1
    lab: NDArray[np.float64] = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def srgb(lab: NDArray[Any]) -> NDArray[np.float64]:
    """Return (n, 3) OKLab colours as sRGB, 0 to 1; what no screen shows is cut."""
    linear = np.clip(((lab @ np.linalg.inv(_TO_LAB).T) ** 3) @ np.linalg.inv(_TO_LMS).T, 0, 1)
    bright = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.asarray(np.clip(np.where(linear <= 0.0031308, linear * 12.92, bright), 0, 1), dtype=np.float64)  # noqa: PLR2004 - as above
