"""Which properties may make the key of a Collection's series, from what its Items have."""

from collections.abc import Iterator, Sequence
from zlib import crc32

from thalweg.catalogue.freshness.presence import PARTS, Key, Presence

_PRODUCTS = (("swot:product",), ("product:type",), ("sar:product_type",), ("s2:product_type",))
_TILES = (
    ("grid:code",),
    ("s2:mgrs_tile",),
    ("sentinel:mgrs",),
    ("landsat:wrs_path", "landsat:wrs_row"),
    ("swot:tile",),
    ("swot:continent",),
)
_ORBITS = (("swot:pass",), ("sat:relative_orbit",))
_ENOUGH, _MOST_PRODUCTS = 0.9, 50
_GLANCED = 2_000
MOST = 30_000
"""So many Items tell a cadence as well as all of them."""
Names = tuple[str, ...]


def schemes(presences: Sequence[Presence]) -> Iterator[Names]:
    """Yield keys that nearly all Items have, the finest of tile and orbit first, those with the platform last.

    The first that tells a rule is taken: today's one tile will not stay alone. Products of several kinds are
    always told apart.
    """
    held = _held(presences)
    products = _first(_PRODUCTS, held)
    if products and not 1 < len(held[products[0]]) <= _MOST_PRODUCTS:
        products = ()
    tiles, orbits = _first(_TILES, held), _first(_ORBITS, held)
    platforms = ("platform",) if len(held.get("platform", ())) > 1 else ()
    grounds = dict.fromkeys(((*tiles, *orbits), tiles, orbits, ()))
    for more in dict.fromkeys(((), platforms)):
        for ground in grounds:
            yield (*products, *ground, *more)


def series_of(presences: Sequence[Presence], names: Names) -> dict[Key, list[Presence]]:
    """Return the Items of each key; those that lack a part of it are left out."""
    # Items share their parts where these are remembered: to tell them apart by what they are takes three times as long.
    alike: dict[int, list[Presence]] = {}
    for one in presences:
        alike.setdefault(id(one.parts), []).append(one)
    found: dict[Key, list[Presence]] = {}
    for items in alike.values():
        key = items[0].key(names)
        if key is not None:
            found.setdefault(key, []).extend(items)
    return found


def sampled(presences: Sequence[Presence], most: int = MOST) -> Sequence[Presence]:
    """Return so many Items as tell enough: whole tiles, else whole orbits, else the newest."""
    if len(presences) <= most:
        return presences
    held = _held(presences[:: len(presences) // _GLANCED])
    names = _first(_TILES, held) or _first(_ORBITS, held)
    if not names:
        return sorted(presences, key=lambda one: one.at)[-most:]
    chosen: list[Presence] = []
    for _, items in sorted(series_of(presences, names).items(), key=lambda one: crc32("/".join(one[0]).encode())):
        if len(chosen) < most // 2 or len(chosen) + len(items) <= most:
            chosen += items
        if len(chosen) >= most:
            break
    return chosen


def _held(presences: Sequence[Presence]) -> dict[str, set[str]]:
    """Return the values of each property that nearly all Items have."""
    return {name: values for place, name in enumerate(PARTS) if (values := _values(presences, place)) is not None}


def _values(presences: Sequence[Presence], place: int) -> set[str] | None:
    told = [one.parts[place] for one in presences]
    values = {value for value in told if value is not None}
    return values if told and len(told) - told.count(None) >= _ENOUGH * len(told) else None


def _first(choices: Sequence[Names], held: dict[str, set[str]]) -> Names:
    return next((names for names in choices if all(name in held for name in names)), ())
