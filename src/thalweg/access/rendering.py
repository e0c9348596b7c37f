"""From values to colours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thalweg.access.colormaps import colormap
from thalweg.access.ports import Valid
from thalweg.access.sampling import Area
from thalweg.access.styles import Range, Style

CLEAR = 255
"""The index of what is not shown, in a palette."""

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A picture of at most 255 colours: (height, width) indexes into a (256, 4) palette."""

    index: NDArray[np.uint8]
    palette: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Coloured:
    """A picture of any colours: (height, width, 3), shown where ``valid``."""

    rgb: NDArray[np.uint8]
    valid: Valid


Picture = Indexed | Coloured


def clear(height: int, width: int) -> Indexed:
    """Return a picture of nothing."""
    return Indexed(np.full((height, width), CLEAR, np.uint8), np.zeros((256, 4), np.uint8))


def render(values: Values, valid: Valid, style: Style) -> Picture:
    """Colour values by a style.

    Args:
        values: (bands, height, width), the style's bands in its order.
        valid: (height, width), true where there is something to show.
        style: one or three bands.
    """
    if style.classes is not None:
        return _classes(values[0], valid, style)
    if style.colormap is not None:
        return _ramp(values[0], valid, style.colormap, style.rescale[0])
    bands = [_stretched(band, span, 255) for band, span in zip(values, style.rescale, strict=True)]
    return Coloured(np.stack(bands, axis=-1), valid)


def _stretched(values: Values, span: Range, top: int) -> NDArray[np.uint8]:
    low, high = span
    scaled = (values - np.float32(low)) * np.float32(top / (high - low)) + np.float32(0.5)
    return np.asarray(np.clip(scaled, 0, top + 0.5), dtype=np.uint8)


def _ramp(values: Values, valid: Valid, name: str, span: Range) -> Indexed:
    palette = np.zeros((256, 4), np.uint8)
    table = colormap(name)
    palette[:CLEAR, :3] = table[np.round(np.linspace(0, 255, CLEAR)).astype(int)]
    palette[:CLEAR, 3] = 255
    return Indexed(np.where(valid, _stretched(values, span, CLEAR - 1), np.uint8(CLEAR)), palette)


def _classes(values: Values, valid: Valid, style: Style) -> Indexed:
    """Give each class an index of its own; a file's palette may have 256 of them, the least used place is clear."""
    classes = {value: colour for value, colour in (style.classes or {}).items() if colour[3]}
    palette = np.zeros((256, 4), np.uint8)
    index = np.full(values.shape, CLEAR, np.uint8)
    whole = values.astype(np.int64)
    for place, (value, colour) in enumerate(list(classes.items())[:CLEAR]):
        palette[place] = colour
        index[valid & (whole == value)] = place
    return Indexed(index, palette)


def placed(picture: Picture, area: Area, height: int, width: int) -> Picture:
    """Return a picture of the full size with a part of it in its place, the rest clear."""
    top, bottom, left, right = area
    if (top, left, bottom, right) == (0, 0, height, width):
        return picture
    if isinstance(picture, Indexed):
        index = np.full((height, width), CLEAR, np.uint8)
        index[top:bottom, left:right] = picture.index
        return Indexed(index, picture.palette)
    rgb, valid = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), bool)
    rgb[top:bottom, left:right] = picture.rgb
    valid[top:bottom, left:right] = picture.valid
    return Coloured(rgb, valid)
