"""What a query asks of one Item, in SQL and beyond it: the same for every plan, so that every plan answers the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from thalweg.catalogue.footprints import Ground
from thalweg.catalogue.stores.classes import Seen
from thalweg.catalogue.times import milliseconds
from thalweg.core.geometry import BBox
from thalweg.core.queries import ItemQuery, Token

Value = int | float | str | bytes
COLUMNS = "item.n, item.t, item.c, item.k, item.id, item.v, west, south, east, north, shape"


class Row(NamedTuple):
    """An Item as plans hand it on, in the order of ``COLUMNS``."""

    n: int
    t: int
    c: int
    k: int
    id: str
    v: int
    west: float | None
    south: float
    east: float
    north: float
    shape: bytes | None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A query in the store's own terms.

    Attributes:
        collections: numbers; ``None`` for all.
        first, last: ms since 1970 of the interval's ends; ``None`` for an open one.
        grounds: all of which an Item must meet.
    """

    seen: Seen
    collections: tuple[int, ...] | None
    ids: tuple[str, ...]
    first: int | None
    last: int | None
    grounds: tuple[Ground, ...]
    after: Token | None
    conditions: str = field(init=False)
    values: dict[str, Value] = field(init=False)

    def __post_init__(self) -> None:
        values: dict[str, Value] = {}
        parts = [*self._of_class(values), *self._of_time(values), *self._of_ground(values)]
        object.__setattr__(self, "conditions", " AND ".join(parts) or "1")
        object.__setattr__(self, "values", values)

    @property
    def backwards(self) -> bool:
        """Tell whether the page before is wanted: Items come oldest first then."""
        return self.after is not None and self.after.backwards

    @property
    def place(self) -> tuple[int, int] | None:
        """Return the time and the number of the Item where the page before ended."""
        if self.after is None:
            return None
        at, number = self.after.keys
        return int(at or 0), int(number or 0)

    def _of_class(self, values: dict[str, Value]) -> list[str]:
        if self.seen.everything:
            return []
        values["visible"] = self.seen.bitmap
        return ["substr(:visible, item.k + 1, 1) = x'01'"]

    def _of_time(self, values: dict[str, Value]) -> list[str]:
        parts = []
        if self.first is not None:
            values["first"] = self.first
            parts.append("item.t + lag >= :first")
        if self.last is not None:
            values["last"] = self.last
            parts.append("item.t - lead <= :last")
        return parts

    def _of_ground(self, values: dict[str, Value]) -> list[str]:
        parts = []
        for place, ground in enumerate(self.grounds):
            each = [_overlaps(frame, f"{place}_{number}", values) for number, frame in enumerate(ground.frames)]
            parts.append(f"({' OR '.join(each)})")
        return parts

    def meets(self, row: Row) -> bool:
        """Tell whether an Item that SQL let through meets all grounds exactly."""
        if not self.grounds:
            return True
        if row.west is None:
            return False
        box = BBox(row.west, row.south, row.east, row.north)
        return all(ground.meets(box, row.shape) for ground in self.grounds)

    def in_collections(self) -> tuple[str, dict[str, Value]]:
        """Return the condition for plans that do not go by Collection."""
        if self.collections is None:
            return "1", {}
        numbers = orjson.dumps(self.collections).decode()
        return "item.c IN (SELECT value FROM json_each(:collections))", {"collections": numbers}

    def follows(self) -> tuple[str, dict[str, Value]]:
        """Return the condition for what comes after the token, for plans that do not walk."""
        if self.after is None:
            return "1", {}
        sign = ">" if self.backwards else "<"
        at, number = self.place or (0, 0)
        return f"(item.t, item.n) {sign} (:at, :an)", {"at": at, "an": number}


def narrowed(query: ItemQuery, seen: Seen, collections: Sequence[int] | None, grounds: tuple[Ground, ...]) -> Narrowed:
    """Return the query in the store's own terms."""
    start, end = (query.interval.start, query.interval.end) if query.interval else (None, None)
    return Narrowed(
        seen=seen,
        collections=None if collections is None else tuple(collections),
        ids=query.ids,
        first=None if start is None else milliseconds(start),
        last=None if end is None else milliseconds(end),
        grounds=grounds,
        after=query.after,
    )


def _overlaps(frame: BBox, name: str, values: dict[str, Value]) -> str:
    names = [f"{side}_{name}" for side in ("w", "s", "e", "n")]
    values.update(zip(names, frame.numbers(), strict=True))
    w, s, e, n = (f":{one}" for one in names)
    # An Item's box that crosses the antimeridian reaches from its west to 180 and from -180 to its east.
    return (
        f"(south <= {n} AND north >= {s} AND"
        f" CASE WHEN west <= east THEN west <= {e} AND east >= {w} ELSE west <= {e} OR east >= {w} END)"
    )
