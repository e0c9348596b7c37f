"""What a person asked of the water mask, turned into bands, an index and a threshold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thalweg.core.errors import InvalidParameter
from thalweg.hydrology.bands import (
    GREEN,
    NEAR_INFRARED,
    SHORT_WAVE_INFRARED,
    BandOf,
    bands,
    by_common_name,
    named,
    quality_band,
)
from thalweg.hydrology.water_map import Hidden
from thalweg.hydrology.water_mask import IndexName, hidden_by_qa_pixel, hidden_by_scl

_HIDDEN: Mapping[str, Hidden] = {"scl": hidden_by_scl, "qa_pixel": hidden_by_qa_pixel}
_WANTED = {"green": GREEN, "nir": NEAR_INFRARED, "swir": SHORT_WAVE_INFRARED}
_WORDS = {"green": "green", "nir": "near infrared", "swir": "short-wave infrared (1.6 µm)"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which bands make the index, and what hides the ground.

    Attributes:
        threshold: ``None`` lets Otsu find it.
        quality: the band that ``hidden`` reads; ``None`` where the image has none or clouds are to be kept.
    """

    index: IndexName
    green: BandOf
    other: BandOf
    threshold: float | None
    quality: BandOf | None = None
    hidden: Hidden | None = None

    def assets(self) -> frozenset[str]:
        """Return the keys of the assets whose files are needed."""
        return frozenset(band.asset for band in (self.green, self.other, self.quality) if band is not None)


def choose(document: Mapping[str, Any], inputs: Mapping[str, Any]) -> Choice:
    """Choose bands, index and threshold for an Item.

    ``auto`` takes the MNDWI where there is a short-wave infrared band, else the NDWI: built-up and bare land is
    brighter at 1.6 µm than in green, so that the two classes stand further apart (over the city of Olinda η is 0.94 by
    MNDWI and 0.78 by NDWI).

    Raises:
        InvalidParameter: a band that is needed is neither named nor told by the Item.
    """
    found, asked = bands(document), inputs.get("bands") or {}
    index, other = _index(found, asked, inputs.get("index", "auto"))
    threshold = inputs.get("threshold", "otsu")
    kind, quality = (quality_band(document) if inputs.get("clouds", True) else None) or (None, None)
    return Choice(
        index=index,
        green=_band(found, asked, "green") or _missing("green"),
        other=other,
        threshold=None if threshold == "otsu" else float(threshold),
        quality=quality,
        hidden=_HIDDEN[kind] if kind else None,
    )


def _index(found: tuple[BandOf, ...], asked: Mapping[str, Any], wish: str) -> tuple[IndexName, BandOf]:
    swir = _band(found, asked, "swir") if wish != "ndwi" else None
    if wish == "mndwi" or swir is not None:
        return "MNDWI", swir or _missing("swir")
    return "NDWI", _band(found, asked, "nir") or _missing("nir")


def _band(found: tuple[BandOf, ...], asked: Mapping[str, Any], role: str) -> BandOf | None:
    if role in asked:
        return named(found, asked[role], f"inputs/bands/{role}")
    return by_common_name(found, _WANTED[role])


def _missing(role: str) -> BandOf:
    raise InvalidParameter(
        "inputs/bands",
        f"the image does not say which of its bands is {_WORDS[role]}: name it, for instance "
        '{"green": 2, "nir": 4, "swir": 5} or {"green": "B03", "nir": "B08"}',
    )
