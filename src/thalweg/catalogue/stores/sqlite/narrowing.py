"""What a query asks of one Item, in SQL: the same for every plan, so that every plan answers the same."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import apsw
import orjson

from thalweg.catalogue.footprints import Ground
from thalweg.catalogue.stores.sqlite.classes import FEW as CLASSES
from thalweg.catalogue.stores.sqlite.classes import Seen
from thalweg.catalogue.stores.sqlite.filters import Bound, Value, said
from thalweg.catalogue.stores.sqlite.functions import FUNCTIONS, Functions
from thalweg.catalogue.stores.sqlite.hints import Hints, Range, hints_of
from thalweg.catalogue.stores.sqlite.items import box_time
from thalweg.catalogue.stores.sqlite.orders import Order, order_of
from thalweg.catalogue.stores.sqlite.places import Places
from thalweg.catalogue.stores.sqlite.texts import condition_of, match_of
from thalweg.catalogue.times import milliseconds
from thalweg.core.geometry import BBox
from thalweg.core.queries import ItemQuery, Token
from thalweg.core.time import Interval

FEW = 32
"""So many Collections are listed; of more there is a map, one byte each."""


class Row(NamedTuple):
    """An Item as plans hand it on; ``keys`` are those of the order."""

    n: int
    c: int
    k: int
    id: str
    v: int
    keys: tuple[Any, ...]

    @classmethod
    def of(cls, columns: Sequence[Any]) -> "Row":
        """Return a row of the columns ``n, c, k, id, v`` and those of the order."""
        n, c, k, item_id, v, *keys = columns
        return cls(n, c, k, item_id, v, tuple(keys))


@dataclass(frozen=True, slots=True)
class Probe:
    """A way to the numbers of all Items of a query, and of some others.

    Attributes:
        name: what is probed.
        each: statements that select them as ``n``, all of them together; one number may come of several.
    """

    name: str
    each: tuple[str, ...]

    @property
    def sql(self) -> str:
        """Return what selects each number once."""
        return " UNION ".join(self.each)

    @property
    def counted(self) -> str:
        """Return what selects numbers as fast as it can."""
        return " UNION ALL ".join(self.each)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A query in the store's own terms.

    Attributes:
        collections: numbers; ``None`` for all.
        first, last: ms since 1970 of the interval's ends; ``None`` for an open one.
        low, high: between which ms the time lies that Items are sorted by, as far as the filter tells.
        classes: the condition of what may be seen.
        cheap: conditions that SQLite answers in no time, for any plan; ``exact``, patterns and what Python answers.
        text: what the words must say, asked of all at once; ``spoken``, asked of one Item at a time.
        within: the condition for plans that do not go by Collection.
        follows: the condition for what comes after the token, for plans that do not walk.
        probes: the ways to what is asked, where the query has any.
        ranges: for properties in the table val, by number, where in it the values lie.
        plain: nothing but classes, Collections and times narrows.
    """

    seen: Seen
    collections: tuple[int, ...] | None
    first: int | None
    last: int | None
    low: int | None
    high: int | None
    order: Order
    after: Token | None
    classes: str
    cheap: str
    exact: str
    text: str
    spoken: str
    within: str
    follows: str
    probes: tuple[Probe, ...]
    ranges: Mapping[int, Range]
    values: dict[str, Value]
    slow: frozenset[str]
    plain: bool

    @property
    def conditions(self) -> str:
        """Return all but ``text`` and ``follows``."""
        return f"{self.cheap} AND {self.exact}"

    @property
    def is_dear(self) -> bool:
        """Tell whether it takes long to see whether an Item is meant."""
        return self.exact != "1"

    @property
    def backwards(self) -> bool:
        """Tell whether the page before is wanted."""
        return self.after is not None and self.after.backwards

    @property
    def columns(self) -> str:
        """Return what plans select of ``item``."""
        return f"item.n, item.c, item.k, item.id, item.v, {self.order.columns}"


class Narrowing:
    """Turns a query into the store's own terms, within one reading transaction."""

    places_of: type[Places] = Places

    def __init__(
        self,
        connection: apsw.Connection,
        functions: Functions,
        seen: Seen,
        collections: Sequence[int] | None,
        bound: Bound | None = None,
    ) -> None:
        self.functions = functions
        self.bound = Bound() if bound is None else bound
        self.places = self.places_of(connection, collections)
        self._seen = seen
        self._collections = None if collections is None else tuple(collections)

    def of(self, query: ItemQuery, grounds: Sequence[Ground], boxy: Sequence[bool]) -> Narrowed:
        """Return the query narrowed.

        Args:
            query: what is asked.
            grounds: all of which an Item must meet.
            boxy: for each ground, whether it is a box.
        """
        first, last = _ends(query.interval)
        hints = hints_of(query.filter, self.places, self.bound)
        frames = [*(ground.frames for ground in grounds), *hints.frames]
        classes = self._of_class()
        conditions = [classes, *self._of_time(first, last), *self._of_hints(hints), *map(self._overlaps, frames)]
        conditions += [*self._asked(query), *map(self._meets, grounds, boxy)]
        text, spoken, by_text = self._of_text(query)
        probes = [*self._by_id(query.ids), *self._by_change(query)]
        probes += [self._by_box(one, first, last) for one in frames[:2]]
        probes += [*(_by_value(q, each) for q, each in hints.indexed.items()), *self._by_letters(hints), *by_text]
        order = order_of(query.sort, self.places, self.functions, self.bound)
        return Narrowed(
            seen=self._seen,
            collections=self._collections,
            first=first,
            last=last,
            low=hints.low,
            high=hints.high,
            order=order,
            after=query.after,
            classes=classes,
            cheap=" AND ".join(one for one in conditions if not _is_dear(one)),
            exact=" AND ".join(filter(_is_dear, conditions)) or "1",
            text=text,
            spoken=spoken,
            within=self._within(),
            follows=order.follows(query.after, self.bound),
            probes=tuple(probes),
            ranges=hints.indexed,
            values=self.bound.values,
            slow=frozenset(self.places.slow),
            plain=not (grounds or _asks_more(query)),
        )

    def _asked(self, query: ItemQuery) -> list[str]:
        parts = [f"item.id IN (SELECT value FROM json_each({self.bound(_listed(query.ids))}))"] if query.ids else []
        if query.filter is not None:
            parts.append(said(query.filter, self.places, self.functions, self.bound))
        return parts if query.as_of is None else [*parts, *self._then(query, query.as_of)]

    def _then(self, query: ItemQuery, at: datetime) -> list[str]:
        """Return the conditions of what was there at a time."""
        if query.until is not None:
            return ["0"]  # what is there was not superseded
        began = [] if query.since is None else [f"item.u > {self.bound(milliseconds(query.since))}"]
        return [f"item.u <= {self.bound(milliseconds(at))}", *began]

    def _of_class(self) -> str:
        return "1" if self._seen.everything else f"substr({self.bound(self._seen.bitmap)}, item.k + 1, 1) = x'01'"

    def _within(self) -> str:
        if self._collections is None:
            return "1"
        if len(self._collections) <= FEW:
            return f"item.c IN ({', '.join(map(self.bound, self._collections)) or 'NULL'})"
        chosen = bytearray(max(self._collections) + 1)
        for c in self._collections:
            chosen[c] = 1
        return f"substr({self.bound(bytes(chosen))}, item.c + 1, 1) = x'01'"

    def _of_time(self, first: int | None, last: int | None) -> list[str]:
        parts = [] if first is None else [f"item.t + item.lag >= {self.bound(first)}"]
        return parts if last is None else [*parts, f"item.t - item.lead <= {self.bound(last)}"]

    def _of_hints(self, hints: Hints) -> list[str]:
        parts = [] if hints.low is None else [f"item.t >= {self.bound(hints.low)}"]
        return parts if hints.high is None else [*parts, f"item.t <= {self.bound(hints.high)}"]

    def _overlaps(self, frames: Sequence[BBox]) -> str:
        return f"({' OR '.join(map(self._overlap, frames))})"

    def _overlap(self, frame: BBox) -> str:
        w, s, e, n = map(self.bound, frame.numbers())
        # An Item's box that crosses the antimeridian reaches from its west to 180 and from -180 to its east.
        return (
            f"(item.south <= {n} AND item.north >= {s} AND CASE WHEN item.west <= item.east"
            f" THEN item.west <= {e} AND item.east >= {w} ELSE item.west <= {e} OR item.east >= {w} END)"
        )

    def _meets(self, ground: Ground, box: bool) -> str:  # noqa: FBT001 - one of a pair
        sides = "item.west, item.south, item.east, item.north, item.shape"
        asked = f"meets({self.bound(self.functions.ground(ground))}, {sides})"
        if not box:
            return asked
        # Boxes meet where they overlap, and what lies within one does not need to be looked at.
        inside = []
        for frame in ground.frames:
            w, s, e, n = map(self.bound, frame.numbers())
            across = f"item.west BETWEEN {w} AND item.east AND item.east <= {e}"
            inside.append(f"({across} AND item.south >= {s} AND item.north <= {n})")
        return f"(item.shape IS NULL OR {' OR '.join(inside)} OR {asked})"

    def _by_id(self, ids: Sequence[str]) -> list[Probe]:
        if not ids:
            return []
        sql = "SELECT i.n AS n FROM json_each({}) AS one CROSS JOIN item AS i INDEXED BY item_by_id ON i.id = one.value"
        return [Probe("id", (sql.format(self.bound(_listed(ids))),))]

    def _by_change(self, query: ItemQuery) -> list[Probe]:
        """Return the way to Items that are as they were at a time: of long ago they are few."""
        if query.as_of is None or len(self._seen.numbers) > CLASSES:
            return []
        at = self.bound(milliseconds(query.as_of))
        since = "" if query.since is None else f" AND i.u > {self.bound(milliseconds(query.since))}"
        sql = f"SELECT i.n AS n FROM item AS i INDEXED BY item_by_change WHERE i.k = {{}} AND i.u <= {at}{since}"
        return [Probe("change", tuple(map(sql.format, self._seen.numbers)))] if self._seen.numbers else []

    def _by_box(self, frames: Sequence[BBox], first: int | None, last: int | None) -> Probe:
        each = []
        for frame in frames:
            w, s, e, n = map(self.bound, frame.numbers())
            parts = [f"x0 <= {e} AND x1 >= {w} AND y0 <= {n} AND y1 >= {s}"]
            parts += [] if first is None else [f"t1 >= {self.bound(box_time(first))}"]
            parts += [] if last is None else [f"t0 <= {self.bound(box_time(last))}"]
            # Of an Item that crosses the antimeridian the second half counts where the first does not meet the frame.
            parts.append(f"(id & 1 = 0 OR (SELECT half.x0 FROM box AS half WHERE half.id = box.id - 1) > {e})")
            each.append(f"SELECT id >> 1 AS n FROM box WHERE {' AND '.join(parts)}")
        return Probe("box", tuple(each))

    def _by_letters(self, hints: Hints) -> list[Probe]:
        if not hints.letters:
            return []
        asked = self.bound(" AND ".join(hints.letters))
        return [Probe("letters", (f"SELECT rowid AS n FROM letters WHERE letters MATCH {asked}",))]

    def _of_text(self, query: ItemQuery) -> tuple[str, str, list[Probe]]:
        if query.text is None:
            return "1", "1", []
        match = match_of(query.text)
        if match is None:
            said = condition_of(query.text, "item.n", "txt", self.bound)
            return said, said, []
        asked = f"txt MATCH {self.bound(match)}"
        spoken = f"EXISTS (SELECT 1 FROM txt WHERE {asked} AND rowid = item.n)"
        # The probe finds all of them and no other.
        probe = Probe("text", (f"SELECT rowid AS n FROM txt WHERE {asked}",))
        return f"item.n IN (SELECT rowid FROM txt WHERE {asked})", spoken, [probe]


def _asks_more(query: ItemQuery) -> bool:
    """Tell whether a query asks for more than Collections, a time and a box."""
    return any(one not in (None, ()) for one in (query.ids, query.filter, query.text, query.as_of))


def _ends(interval: Interval | None) -> tuple[int | None, int | None]:
    """Return the ends of an interval in ms since 1970, ``None`` where it is open."""
    ends = (None, None) if interval is None else (interval.start, interval.end)
    first, last = (None if end is None else milliseconds(end) for end in ends)
    return first, last


def _is_dear(condition: str) -> bool:
    return " GLOB " in condition or any(f"{name}(" in condition for name in FUNCTIONS)


def _by_value(q: int, lies: Range) -> Probe:
    return Probe(f"val {q:d}", (f"SELECT n FROM val WHERE q = {q:d} AND {lies.sql}",))


def _listed(ids: Sequence[str]) -> str:
    return orjson.dumps(sorted(set(ids))).decode()
