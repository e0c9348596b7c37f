"""Which properties may make the key of a Collection's series, from what its Items have."""

from collections.abc import Iterator, Mapping
from zlib import crc32

import numpy as np

from thalweg.catalogue.freshness.columns import Columns
from thalweg.catalogue.freshness.presence import PARTS

_PRODUCTS = (("swot:product",), ("product:type",), ("sar:product_type",), ("s2:product_type",))
_TILES = (
    ("grid:code",),
    ("s2:mgrs_tile",),
    ("sentinel:mgrs",),
    ("mgrs:utm_zone", "mgrs:latitude_band", "mgrs:grid_square"),
    ("landsat:wrs_path", "landsat:wrs_row"),
    ("modis:horizontal-tile", "modis:vertical-tile"),
    ("swot:tile",),
    ("swot:continent",),
)
_ORBITS = (("swot:pass",), ("sat:relative_orbit",))
_ENOUGH, _MOST_PRODUCTS = 0.9, 50
_GLANCED = 2_000
MOST = 30_000
"""So many Items tell a cadence as well as all of them."""
Names = tuple[str, ...]
Held = Mapping[str, set[str]]


def schemes(columns: Columns) -> Iterator[Names]:
    """Yield keys that nearly all Items have, the finest of tile and orbit first, those with the platform last.

    The first that tells a rule is taken: today's one tile will not stay alone. Products of several kinds are
    always told apart. Properties that only this Collection has come after those whose meaning is known.
    """
    held = columns.held(_ENOUGH)
    products = _first(_PRODUCTS, held)
    if products and not 1 < len(held[products[0]]) <= _MOST_PRODUCTS:
        products = ()
    tiles, orbits = _first(_TILES, held), _first(_ORBITS, held)
    platforms = ("platform",) if len(held.get("platform", ())) > 1 else ()
    own = [(name,) for name in columns.names if name not in PARTS and len(held.get(name, ())) > 1]
    grounds = [*dict.fromkeys(names for names in ((*tiles, *orbits), tiles, orbits, *own) if names), ()]
    for more in dict.fromkeys(((), platforms)):
        for ground in grounds:
            yield (*products, *ground, *more)


def sampled(columns: Columns, most: int = MOST) -> Columns:
    """Return so many Items as tell enough: whole tiles, else whole orbits, else the newest."""
    if len(columns) <= most:
        return columns
    held = columns.of(slice(None, None, len(columns) // _GLANCED)).held(_ENOUGH)
    names = _first(_TILES, held) or _first(_ORBITS, held)
    if not names:
        return columns.newest(most)
    keys, labels = columns.labels(names)
    counts = np.bincount(labels + 1, minlength=len(keys) + 1)[1:]
    chosen: list[int] = []
    taken = 0
    for label in sorted(range(len(keys)), key=lambda one: crc32("/".join(keys[one]).encode())):
        if taken < most // 2 or taken + counts[label] <= most:
            chosen.append(label)
            taken += int(counts[label])
        if taken >= most:
            break
    return columns.of(np.isin(labels, chosen))


def _first(choices: tuple[Names, ...], held: Held) -> Names:
    return next((names for names in choices if all(name in held for name in names)), ())
