"""Which properties may make the key of a Collection's series, from what its Items have."""

from collections.abc import Iterator, Sequence

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
Names = tuple[str, ...]


def schemes(presences: Sequence[Presence]) -> Iterator[Names]:
    """Yield keys that nearly all Items have, the finest of tile and orbit first, those with the platform last.

    Of keys that tell the same the first is taken: today's one tile will not stay alone. Products of several kinds are
    always told apart.
    """
    held = {name: values for place, name in enumerate(PARTS) if (values := _values(presences, place)) is not None}
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
    found: dict[Key, list[Presence]] = {}
    for one in presences:
        key = one.key(names)
        if key is not None:
            found.setdefault(key, []).append(one)
    return found


def _values(presences: Sequence[Presence], place: int) -> set[str] | None:
    told = [one.parts[place] for one in presences]
    values = {value for value in told if value is not None}
    return values if told and len(told) - told.count(None) >= _ENOUGH * len(told) else None


def _first(choices: Sequence[Names], held: dict[str, set[str]]) -> Names:
    return next((names for names in choices if all(name in held for name in names)), ())
