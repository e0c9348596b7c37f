"""One Item as freshness sees it: when it is of, when it came, and what tells it from others of the same day."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from thalweg.catalogue.times import milliseconds
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant

DAY = 86_400_000
"""Milliseconds."""
PARTS = (
    "swot:product",
    "product:type",
    "sar:product_type",
    "s2:product_type",
    "grid:code",
    "s2:mgrs_tile",
    "sentinel:mgrs",
    "mgrs:utm_zone",
    "mgrs:latitude_band",
    "mgrs:grid_square",
    "landsat:wrs_path",
    "landsat:wrs_row",
    "modis:horizontal-tile",
    "modis:vertical-tile",
    "swot:tile",
    "swot:continent",
    "swot:pass",
    "sat:relative_orbit",
    "platform",
)
"""Properties that a key is commonly made of: each is looked at in every Collection."""
COUNTERS = ("swot:cycle", "sat:orbit_cycle")
"""Properties that commonly count cycles."""
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_LATEST, _LONGEST = 221_845_392_000_000, 128
"""The year 9000, after which nothing can be expected, and characters of a part."""
Parts = tuple[str | None, ...]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Which properties of Items are looked at.

    Attributes:
        parts: of which a key can be made.
        counters: that count cycles; the first that an Item has does.
        tried: some of the parts, which nobody asked for: they are left out where too many Items differ in them.
    """

    parts: tuple[str, ...] = PARTS
    counters: tuple[str, ...] = COUNTERS
    tried: tuple[str, ...] = ()

    def covers(self, parts: Iterable[str], counter: str) -> bool:
        """Tell whether a rule can be held against what is read."""
        wanted = set(parts)
        return (
            (not counter or counter == self.counters[0])
            and not wanted - set(self.parts)
            and not (wanted & set(self.tried))
        )

    def without_tried(self) -> "Reading":
        """Return the same without what nobody asked for."""
        return Reading(tuple(name for name in self.parts if name not in self.tried), self.counters)


def reading_of(parts: Iterable[str] = (), counter: str = "", tried: Iterable[str] = ()) -> Reading:
    """Return what is looked at for a rule of these parts and this counter: what is common, and what it names."""
    named = dict.fromkeys((*PARTS, *parts))
    more = tuple(name for name in dict.fromkeys(tried) if name not in named)
    counters = dict.fromkeys((counter, *COUNTERS) if counter else COUNTERS)
    return Reading((*named, *more), tuple(counters), more)


USUAL = Reading()


class Presence(NamedTuple):
    """One Item; times in ms since 1970, ``None`` where nobody told them.

    Attributes:
        at: its datetime, or where its span begins.
        created: when its writer says that it was made.
        latitude: of the middle of its box, degrees.
        cycle: the number of its cycle, where it tells one.
        parts: the values of the properties that a key can be made of, and last the name of the one that counts.
    """

    id: str
    at: int
    created: int | None
    latitude: float | None
    cycle: int | None
    parts: Parts


def presence_of(document: Mapping[str, Any], reading: Reading = USUAL) -> Presence | None:
    """Return what matters of an Item; nothing of one whose time cannot be told."""
    said = document.get("properties")
    if not isinstance(said, Mapping):
        return None
    at = _time(said.get("datetime")) or _time(said.get("start_datetime"))
    if at is None or at > _LATEST:
        return None
    parts = [_part(said[name]) if name in said else None for name in reading.parts]
    created = _time(said.get("created")) or _time(said.get("s2:generation_time"))
    counter = next((name for name in reading.counters if name in said), None)
    cycle = None if counter is None else _number(_part(said[counter]))
    return Presence(str(document.get("id")), at, created, _latitude(document.get("bbox")), cycle, (*parts, counter))


def _part(value: object) -> str | None:
    """Return a value as a part of a key: ``98``, not ``98.0``, for writers differ."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    text = str(int(value)) if isinstance(value, float) else str(value)
    return text if 0 < len(text) <= _LONGEST else None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


def _time(value: object) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        return milliseconds(instant(value))
    except InvalidParameter:
        return None


def _latitude(box: object) -> float | None:
    if not isinstance(box, list) or len(box) not in (4, 6) or not all(isinstance(one, int | float) for one in box):
        return None
    south, north = float(box[1]), float(box[len(box) // 2 + 1])
    return (south + north) / 2 if -90 <= south <= north <= 90 else None  # noqa: PLR2004 - degrees
