"""The one renderer behind all faces that show pixels."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from thalweg.access import encoding, rendering, sampling, targets
from thalweg.access.assets import Asset, shown_asset
from thalweg.access.bounded_cache import BoundedCache
from thalweg.access.encoding import Encoding
from thalweg.access.ports import Opened, Rasters, Window
from thalweg.access.styles import Choice, Range, Shown, Style, decide
from thalweg.access.targets import Target
from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Item, ItemSource
from thalweg.core.principals import Principal

_PICTURES = "1"
"""Grows when the same request would be drawn differently: it is part of every entity tag."""
_STYLES = 4 * 1024 * 1024
_STYLE_COST = 1024
_SPREAD_SIDE = 1024
_LOWEST, _HIGHEST = 2, 98
WIDEST = 2048
"""Pixels of a preview's longer side, unless the operator sets another bound."""
THUMBNAIL_WIDTH = 256

Known = Callable[[str], bool]
"""Tells whether a caller already holds the picture with an entity tag."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as it is served; ``content`` is ``None`` where the caller already holds it."""

    etag: str
    media_type: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Layer:
    """What a map must know of an Item before it asks for tiles.

    Attributes:
        bounds: west, south, east, north in degrees; west > east crosses the antimeridian.
        deepest: the zoom level of Web Mercator that shows every pixel.
    """

    title: str
    bounds: tuple[float, float, float, float]
    deepest: int
    credit: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """An Item's raster as one caller may see it, before it is opened."""

    item: Item
    asset: Asset
    version: str
    choice: Choice
    who: Principal


class Renderer:
    """Draws Items: the sensible way, or as asked."""

    def __init__(self, items: ItemSource, rasters: Rasters, widest: int = WIDEST) -> None:
        self._items = items
        self._rasters = rasters
        self._widest = widest
        self._styles: BoundedCache[tuple[Any, ...], Style] = BoundedCache(_STYLES)

    def layer(self, collection: str, item_id: str, choice: Choice, who: Principal) -> Layer:
        """Say what a map must know of an Item's raster.

        Raises:
            NotFound: no such Item for ``who``, or it has no raster.
            InvalidParameter: the choice does not fit the raster.
        """
        asked = self._asked(collection, item_id, choice, who)
        raster = self._opened(asked)
        self._style(asked, raster)
        properties = orjson.loads(asked.item.body).get("properties") or {}
        return Layer(
            title=str(properties.get("title") or item_id),
            bounds=raster.facts.bbox,
            deepest=_deepest(raster),
            credit=_credit(properties),
        )

    def tile(
        self,
        collection: str,
        item_id: str,
        choice: Choice,
        tile: tuple[str, int, int, int],
        form: Encoding,
        who: Principal,
        known: Known,
    ) -> Drawing:
        """Draw one tile: (tile matrix set, zoom, column, row); clear where the image is not.

        Raises:
            NotFound: no such Item for ``who``, no raster, no such tile or tile matrix set.
            InvalidParameter: the choice does not fit the raster.
        """
        target = targets.tile(*tile)
        asked = self._asked(collection, item_id, choice, who)
        etag = _etag(asked, form, *tile)
        if known(etag):
            return Drawing(etag, encoding.MEDIA_TYPES[form], None)
        return Drawing(etag, encoding.MEDIA_TYPES[form], encoding.encoded(self._drawn(asked, target), form))

    def preview(
        self,
        collection: str,
        item_id: str,
        choice: Choice,
        width: int,
        form: Encoding,
        who: Principal,
        known: Known,
    ) -> Drawing:
        """Draw the whole image, ``width`` pixels wide, or narrower where it would be taller than the bound.

        Raises:
            InvalidParameter: the width is over the bound, or the choice does not fit the raster.
            NotFound: as for a tile.
        """
        if not 1 <= width <= self._widest:
            raise InvalidParameter("width", f"lies between 1 and {self._widest} pixels")
        asked = self._asked(collection, item_id, choice, who)
        etag = _etag(asked, form, "preview", width)
        if known(etag):
            return Drawing(etag, encoding.MEDIA_TYPES[form], None)
        picture = self._picture(asked, width, self._widest)
        return Drawing(etag, encoding.MEDIA_TYPES[form], encoding.encoded(picture, form))

    def thumbnail(self, collection: str, item_id: str, who: Principal, known: Known) -> Drawing:
        """Draw the whole image as a JPEG of at most 10 kB."""
        asked = self._asked(collection, item_id, Choice(), who)
        etag = _etag(asked, "jpg", "thumbnail")
        if known(etag):
            return Drawing(etag, "image/jpeg", None)
        picture = self._picture(asked, THUMBNAIL_WIDTH, THUMBNAIL_WIDTH)
        return Drawing(etag, "image/jpeg", encoding.thumbnail(picture))

    def _asked(self, collection: str, item_id: str, choice: Choice, who: Principal) -> _Asked:
        item = self._items.item(collection, item_id, who)
        asset = shown_asset(item, choice.asset)
        return _Asked(item, asset, self._rasters.version(asset.workspace, asset.path, who), choice, who)

    def _opened(self, asked: _Asked) -> Opened:
        return self._rasters.opened(asked.asset.workspace, asked.asset.path, asked.who)

    def _picture(self, asked: _Asked, width: int, most_height: int) -> rendering.Picture:
        return self._drawn(asked, targets.picture(self._opened(asked).facts.bbox, width, most_height))

    def _drawn(self, asked: _Asked, target: Target) -> rendering.Picture:
        raster = self._opened(asked)
        style = self._style(asked, raster)
        positions = sampling.locate(target, raster)
        reading = sampling.plan(positions, raster.levels) if positions else None
        if positions is None or reading is None:
            return rendering.clear(target.height, target.width)
        asset = asked.asset
        with self._rasters.lent(asset.workspace, asset.path, asked.who, reading.level) as level:
            read = level.read(style.bands, reading.window, reading.shape, smooth=style.smooth)
        values, valid = sampling.take(read, reading, positions, raster.levels, smooth=style.smooth)
        part = rendering.render(values, valid, style)
        return rendering.placed(part, positions.area, target.height, target.width)

    def _style(self, asked: _Asked, raster: Opened) -> Style:
        """Return the style of a choice, the same for all tiles of an Item."""
        key = (asked.item.collection, asked.item.id, asked.item.version, raster.key, asked.choice)
        found = self._styles.get(key)
        if found is None:
            found = decide(Shown(asked.asset, raster), asked.choice, lambda bands: self._spread(asked, raster, bands))
            self._styles.put(key, found, _STYLE_COST)
        return found

    def _spread(self, asked: _Asked, raster: Opened, bands: tuple[int, ...]) -> tuple[Range, ...]:
        """Return the 2nd and 98th percentile of each band, from the first level small enough to be read whole."""
        small = (n for n, shape in enumerate(raster.levels) if max(shape) <= _SPREAD_SIDE)
        level = next(small, len(raster.levels) - 1)
        rows, columns = raster.levels[level]
        step = max(1, math.ceil(max(rows, columns) / _SPREAD_SIDE))
        shape = (math.ceil(rows / step), math.ceil(columns / step))
        asset = asked.asset
        with self._rasters.lent(asset.workspace, asset.path, asked.who, level) as lent:
            values, valid = lent.read(bands, Window(0, 0, columns, rows), shape, smooth=False)
        return tuple(_percentiles(band[valid]) for band in values)


def _percentiles(values: NDArray[Any]) -> Range:
    if not values.size:
        return 0.0, 1.0
    low, high = (float(found) for found in np.percentile(values.astype(np.float64), (_LOWEST, _HIGHEST)))
    return (low, high) if low < high else (low, low + 1.0)


def _etag(asked: _Asked, *drawn: object) -> str:
    """Return a strong entity tag: the file, the Item (whose words decide the style), the choice, what is drawn."""
    said = repr(
        (_PICTURES, asked.version, asked.item.collection, asked.item.id, asked.item.version, asked.choice, drawn)
    )
    return f'"{hashlib.blake2b(said.encode(), digest_size=16).hexdigest()}"'


def _deepest(raster: Opened) -> int:
    west, south, east, north = raster.facts.bbox
    rows, columns = raster.facts.shape
    degrees = 111_320.0
    latitude = (south + north) / 2
    across = ((east - west) % 360 or 360) * math.cos(math.radians(latitude)) * degrees / columns
    down = (north - south) * degrees / rows
    return targets.deepest_useful(max(min(across, down), 1e-6), latitude)


def _credit(properties: dict[str, Any]) -> str | None:
    said = properties.get("attribution")
    names = [provider.get("name") for provider in properties.get("providers") or () if provider.get("name")]
    return (said if isinstance(said, str) else None) or ", ".join(names) or None
