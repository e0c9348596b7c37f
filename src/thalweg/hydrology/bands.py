"""Which of an Item's files and bands hold the colours that a science asks for: read off the Item, no file opened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thalweg.core.errors import InvalidParameter

GREEN = ("green",)
NEAR_INFRARED = ("nir", "nir08")
SHORT_WAVE_INFRARED = ("swir16",)
_PICTURES = {"thumbnail", "overview", "visual", "metadata"}
_RASTERS = ("image/tiff", "image/jp2", "image/vnd.stac.geotiff")
_SUFFIXES = (".tif", ".tiff", ".jp2")
_SCL, _QA_PIXEL = "scl", "qa_pixel"


@dataclass(frozen=True, slots=True)
class BandOf:
    """One band of one asset.

    Attributes:
        number: 1-based, in the asset's file.
        scale, offset: physical value = stored value × scale + offset; ``None`` where only the file may say.
    """

    asset: str
    number: int
    name: str | None = None
    common_name: str | None = None
    nodata: float | None = None
    scale: float | None = None
    offset: float | None = None


def bands(document: Mapping[str, Any]) -> tuple[BandOf, ...]:
    """Return the bands of an Item's data assets, as STAC 1.1 (``bands``) or 1.0 (``eo:``/``raster:bands``) tell them.

    An asset that tells no bands is one band named by the asset's key; pictures made for the eye are passed over.
    """
    found = tuple(band for key, asset in _data_assets(document) for band in _bands_of(key, asset))
    if document.get("properties", {}).get("earthsearch:boa_offset_applied") is True:
        return tuple(_without_offset(band) for band in found)
    return found


def named(found: Sequence[BandOf], name: str | int, parameter: str) -> BandOf:
    """Return the band that a person named: by number in the first file, by name, common name, or the asset's key.

    Raises:
        InvalidParameter: there is none; the message lists those there are.
    """
    chosen = _numbered(found, name) if isinstance(name, int | float) else _called(found, name.casefold())
    if chosen is None:
        raise InvalidParameter(parameter, f"the image has no band {name!r}; it has {_listed(found)}")
    return chosen


def _numbered(found: Sequence[BandOf], number: float) -> BandOf | None:
    first = found[0].asset if found else ""
    known = next((band for band in found if band.number == number and band.asset == first), None)
    return BandOf(first, int(number)) if known is None and found and _untold(found) else known


def _called(found: Sequence[BandOf], name: str) -> BandOf | None:
    return next((band for band in found if name in _names(band)), None)


def by_common_name(found: Sequence[BandOf], wanted: Sequence[str]) -> BandOf | None:
    """Return the first band that carries one of the common names, in their order."""
    return next((band for name in wanted for band in found if band.common_name == name), None)


def quality_band(document: Mapping[str, Any]) -> tuple[str, BandOf] | None:
    """Return ``scl`` or ``qa_pixel`` and its band, where the Item has Sentinel-2's or Landsat's quality layer."""
    for key, asset in document.get("assets", {}).items():
        for kind in (_SCL, _QA_PIXEL):
            if key.casefold().partition(".")[0] == kind and _is_raster(asset):
                return kind, BandOf(key, 1)
    for band in bands(document):
        if band.name is not None and band.name.casefold() in (_SCL, _QA_PIXEL):
            return band.name.casefold(), band
    return None


def _data_assets(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, asset in document.get("assets", {}).items():
        if _is_raster(asset) and not _PICTURES & set(asset.get("roles", ())):
            yield key, asset


def _is_raster(asset: Mapping[str, Any]) -> bool:
    media = str(asset.get("type", "")).partition(";")[0].strip().casefold()
    return media in _RASTERS or (
        not media and str(asset.get("href", "")).casefold().endswith((".tif", ".tiff", ".jp2"))
    )


def _bands_of(key: str, asset: Mapping[str, Any]) -> Iterator[BandOf]:
    told = [_joined(asset.get(member, ())) for member in ("bands", "eo:bands", "raster:bands")]
    merged = [{**raster, **eo, **band} for raster, eo, band in zip(*_padded(told[2], told[1], told[0]), strict=True)]
    for number, one in enumerate(merged or [{}], start=1):
        yield BandOf(
            key,
            number,
            name=one.get("name", key),
            common_name=one.get("eo:common_name", one.get("common_name")),
            nodata=_number(one.get("nodata", asset.get("nodata"))),
            scale=_number(one.get("raster:scale", one.get("scale", asset.get("raster:scale")))),
            offset=_number(one.get("raster:offset", one.get("offset", asset.get("raster:offset")))),
        )


def _joined(told: object) -> list[dict[str, Any]]:
    return [dict(one) for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []


def _padded(*lists: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    longest = max(map(len, lists))
    return [one + [{} for _ in range(longest - len(one))] for one in lists]


def _number(value: object) -> float | None:
    if isinstance(value, str) and value.casefold() == "nan":
        return float("nan")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _without_offset(band: BandOf) -> BandOf:
    """Earth Search declares the offset of the original even where its files have it applied."""
    return BandOf(band.asset, band.number, band.name, band.common_name, band.nodata, band.scale, 0.0)


def _untold(found: Sequence[BandOf]) -> bool:
    return len(found) == 1 and found[0].common_name is None


def _names(band: BandOf) -> set[str]:
    return {str(name).casefold() for name in (band.name, band.common_name, band.asset) if name}


def _listed(found: Sequence[BandOf]) -> str:
    shown = [f"{band.name} ({band.common_name})" if band.common_name else str(band.name) for band in found[:20]]
    return ", ".join(shown) or "none that can be read"
