"""Which asset of an Item is shown, where its file lies, and what the Item says of its bands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from thalweg.access.colormaps import Rgba
from thalweg.core.errors import InvalidParameter, NotFound, NotSupported
from thalweg.core.items import LOCAL, Item
from thalweg.guard.paths import relative_path

_LOCAL_FILE = re.compile(re.escape(LOCAL) + r"/workspaces/([a-z0-9-]{1,63})/files/([^?#]+)")
_RASTERS = ("image/tiff", "image/jp2")
_PREFERRED = ("visual", "overview")
_BEHIND = ("thumbnail", "metadata")
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class BandWords:
    """What an Item says of a band."""

    name: str | None
    common_name: str | None


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset that can be shown.

    Attributes:
        words: by the band's place; empty where the Item says nothing of bands.
        classes: colours by value, from ``classification:classes``.
        said: the words by which its kind may be known: key, title, roles.
    """

    key: str
    workspace: str
    path: str
    words: tuple[BandWords, ...]
    classes: Mapping[int, Rgba]
    said: str
    roles: tuple[str, ...]


def shown_asset(item: Item, key: str | None) -> Asset:
    """Return the asset that a caller names, or that shows the Item best.

    Raises:
        InvalidParameter: the Item has no asset of this name, or it is no raster.
        NotFound: the Item has no raster at all.
        NotSupported: the raster lies outside this platform.
    """
    assets = orjson.loads(item.body).get("assets") or {}
    chosen = _named(assets, key) if key is not None else best(assets)
    if chosen is None:
        raise NotFound(f"the Item {item.id} has no raster that can be shown")
    document = assets[chosen]
    place = _LOCAL_FILE.fullmatch(str(document.get("href")))
    if place is None:
        raise NotSupported("pictures are drawn from files of this platform's workspaces only")
    return _asset(chosen, document, place[1], relative_path(unquote(place[2])))


def _named(assets: Mapping[str, Any], key: str) -> str:
    if key not in assets or not _is_raster(assets[key]):
        known = ", ".join(name for name, asset in assets.items() if _is_raster(asset))
        raise InvalidParameter("asset", f"is one of {known or 'none: the Item has no raster'}")
    return key


def best(assets: Mapping[str, Any]) -> str | None:
    """Return the key of the raster that shows an Item best: what is made for the eye, else the first."""

    def rank(key: str) -> int:
        roles = assets[key].get("roles") or ()
        return 2 * any(role in roles for role in _BEHIND) - any(role in roles for role in _PREFERRED)

    rasters = [key for key, asset in assets.items() if _is_raster(asset)]
    local = [key for key in rasters if is_local(assets[key])]
    return min(local or rasters, key=rank, default=None)


def is_local(asset: Mapping[str, Any]) -> bool:
    """Tell whether an asset is a file of a workspace here."""
    return _LOCAL_FILE.fullmatch(str(asset.get("href"))) is not None


def _is_raster(asset: Mapping[str, Any]) -> bool:
    return str(asset.get("type", "")).startswith(_RASTERS)


def _asset(key: str, document: Mapping[str, Any], workspace: str, path: str) -> Asset:
    bands = _objects(document.get("bands"))
    roles = tuple(map(str, _listed(document.get("roles"))))
    classes = _objects(document.get("classification:classes")) or _one_bands_classes(bands)
    said = " ".join((key, str(document.get("title") or ""), *roles, path.rpartition("/")[2]))
    return Asset(
        key=key,
        workspace=workspace,
        path=path,
        words=tuple(BandWords(_text(band.get("name")), _text(band.get("eo:common_name"))) for band in bands),
        classes=_colours(classes),
        said=said.lower(),
        roles=roles,
    )


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of an array; what STAC's schemas leave open may be anything."""
    return [one if isinstance(one, Mapping) else {} for one in _listed(value)]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _one_bands_classes(bands: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return _objects(bands[0].get("classification:classes")) if len(bands) == 1 else []


def _colour(hint: str, *, clear: bool) -> Rgba:
    if clear:
        return 0, 0, 0, 0
    red, green, blue = bytes.fromhex(hint)
    return red, green, blue, 255


def _colours(classes: list[Mapping[str, Any]]) -> dict[int, Rgba]:
    """Return the colours of the classes that have one; a ``nodata`` class is clear."""
    found: dict[int, Rgba] = {}
    for one in classes:
        value, hint = one.get("value"), str(one.get("color_hint") or "")
        if isinstance(value, int) and (one.get("nodata") or _COLOUR.fullmatch(hint)):
            found[value] = _colour(hint, clear=bool(one.get("nodata")))
    return found
