"""How a raster is shown: what a caller asked for, and what is sensible where nothing was asked."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from thalweg.access.assets import Asset
from thalweg.access.colormaps import ANCHORS, WATER, Rgba
from thalweg.access.ports import Opened
from thalweg.core.coverages import Band
from thalweg.core.errors import InvalidParameter

RGB = 3
Range = tuple[float, float]
Spread = Callable[[tuple[int, ...]], tuple[Range, ...]]
"""From bands to the 2nd and 98th percentile of each."""

_ELEVATION = re.compile(r"(?<![a-z])(dem|dsm|dtm|elevation|height|altitude)(?![a-z])")
_INDEX = re.compile(r"(?<![a-z])(ndvi|ndwi|mndwi|ndsi|ndbi|nbr|evi|savi)(?![a-z])")
_MASK = re.compile(r"(?<![a-z])(mask|water-mask)(?![a-z])")
_RADAR = re.compile(r"(?<![a-z])(vv|vh|hh|hv)(?![a-z])")
_NOTHING, _WATER, _UNKNOWN = 0, 1, 255
_CLASS_TYPES = ("uint8", "int8")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a caller asked for; empty is *what is sensible*.

    Attributes:
        bands: numbers (1-based) or names: one band, or three for red, green and blue.
        rescale: least and greatest value shown: two numbers for all bands, or two for each.
    """

    asset: str | None = None
    bands: tuple[str, ...] = ()
    rescale: tuple[float, ...] = ()
    colormap: str | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """How a raster is shown, decided.

    Attributes:
        bands: one, coloured by ``colormap`` or ``classes``, or three.
        rescale: for each band the values shown as the first and the last of the colours.
        classes: colours by value; what is not among them is clear.
        smooth: values between pixels are blended; classes never are.
    """

    bands: tuple[int, ...]
    rescale: tuple[Range, ...] = ()
    colormap: str | None = None
    classes: Mapping[int, Rgba] | None = None
    smooth: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """A raster as an Item's asset presents it: what Item and file say of the bands is joined."""

    asset: Asset
    raster: Opened

    @property
    def bands(self) -> tuple[Band, ...]:
        """Return the bands of the file that carry a picture."""
        return tuple(band for band in self.raster.facts.bands if band.name != "alpha")

    def common_name(self, band: Band) -> str | None:
        """Return the common name: the Item's word before the file's."""
        said = self.asset.words[band.number - 1].common_name if band.number <= len(self.asset.words) else None
        return said or band.common_name

    def names(self, band: Band) -> set[str]:
        """Return all the words by which a caller may name a band."""
        said = self.asset.words[band.number - 1].name if band.number <= len(self.asset.words) else None
        return {str(band.number), *filter(None, (said, band.name, self.common_name(band)))}


def decide(shown: Shown, choice: Choice, spread: Spread) -> Style:
    """Return the style of a choice.

    Raises:
        InvalidParameter: a band, a range or a colormap that does not fit; the parameter is named.
    """
    is_painted = bool(choice.rescale or choice.colormap)
    if not (choice.bands or is_painted):
        return _sensible(shown, spread)
    bands = _bands(shown, choice.bands) if choice.bands else _sensible(shown, spread).bands
    _check_colormap(choice.colormap, bands)
    if len(bands) == 1 and not is_painted:
        return _one_band(shown, shown.raster.facts.bands[bands[0] - 1], spread)
    return _painted(shown, choice, bands, spread)


def _painted(shown: Shown, choice: Choice, bands: tuple[int, ...], spread: Spread) -> Style:
    colormap = (choice.colormap or _kind(shown, bands[0])) if len(bands) == 1 else None
    rescale = _ranges(choice.rescale, len(bands)) if choice.rescale else spread(bands)
    return Style(bands, rescale, colormap)


def _bands(shown: Shown, asked: tuple[str, ...]) -> tuple[int, ...]:
    if len(asked) not in (1, RGB):
        raise InvalidParameter("bands", "names one band, or three for red, green and blue")
    return tuple(_band(shown, name) for name in asked)


def _band(shown: Shown, name: str) -> int:
    for band in shown.bands:
        if name in shown.names(band):
            return band.number
    known = ", ".join("/".join(sorted(shown.names(band))) for band in shown.bands[:16])
    raise InvalidParameter("bands", f"{name[:64]!r} is no band here; there are {known}")


def _check_colormap(name: str | None, bands: tuple[int, ...]) -> None:
    if name is None:
        return
    if name not in ANCHORS:
        raise InvalidParameter("colormap", f"is one of {', '.join(sorted(ANCHORS))}")
    if len(bands) != 1:
        raise InvalidParameter("colormap", "colours one band: name it in bands")


def _ranges(numbers: tuple[float, ...], bands: int) -> tuple[Range, ...]:
    if len(numbers) not in (2, 2 * bands):
        raise InvalidParameter("rescale", f"takes two numbers, or two for each of the {bands} bands")
    pairs = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    if not all(math.isfinite(low) and math.isfinite(high) and low < high for low, high in pairs):
        raise InvalidParameter("rescale", "each pair is a lesser and a greater number")
    return pairs if len(pairs) == bands else pairs * bands


def _sensible(shown: Shown, spread: Spread) -> Style:
    by_name = {shown.common_name(band): band for band in reversed(shown.bands)}
    true_colour = tuple(by_name[name] for name in ("red", "green", "blue") if name in by_name)
    if len(true_colour) == RGB:
        return _three(true_colour, spread, ready=_ready(shown))
    if len(shown.bands) >= RGB:
        return _three(shown.bands[:RGB], spread, ready=False)
    return _one_band(shown, shown.bands[0], spread)


def _ready(shown: Shown) -> bool:
    """Tell whether the file is a finished picture: 8 bits, and its own colours say red, green, blue."""
    said = [band.common_name for band in shown.bands]
    plain = all(band.data_type == "uint8" and not band.description for band in shown.bands)
    return plain and said == ["red", "green", "blue"]


def _three(bands: tuple[Band, ...], spread: Spread, *, ready: bool) -> Style:
    numbers = tuple(band.number for band in bands)
    return Style(numbers, ((0.0, 255.0),) * RGB if ready else spread(numbers))


def _one_band(shown: Shown, band: Band, spread: Spread) -> Style:
    one = (band.number,)
    if len(shown.bands) == 1:
        classes = shown.asset.classes or shown.raster.palette or _mask(shown, band)
        if classes:
            return Style(one, classes=classes, smooth=False)
    kind = _kind(shown, band.number)
    return Style(one, ((-1.0, 1.0),) if kind == "index" else spread(one), kind)


def _mask(shown: Shown, band: Band) -> Mapping[int, Rgba] | None:
    """Return the colours of a mask of 0 and 1 (and 255 for *unknown*): water is blue, all else is clear."""
    if band.data_type not in _CLASS_TYPES or band.minimum is None or band.maximum is None:
        return None
    values_fit = band.minimum >= _NOTHING and band.maximum in (_NOTHING, _WATER, _UNKNOWN)
    if not (values_fit and (_MASK.search(shown.asset.said) or (band.maximum <= _WATER and band.nodata == _UNKNOWN))):
        return None
    clear = (0, 0, 0, 0)
    return {_NOTHING: clear, _WATER: WATER, _UNKNOWN: clear}


def _kind(shown: Shown, number: int) -> str:
    """Return the colormap for what a band measures."""
    band = shown.raster.facts.bands[number - 1]
    words = " ".join(filter(None, (shown.asset.said, (band.description or "").lower(), *shown.names(band))))
    if _INDEX.search(words) and (band.minimum is None or band.minimum >= -1):
        return "index"
    if _ELEVATION.search(words):
        return "elevation"
    return "gray" if shown.common_name(band) or _RADAR.search(words) else "generic"
