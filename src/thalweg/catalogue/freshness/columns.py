"""The Items of a Collection in columns: fifty bytes an Item, so that a process may hold a million of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from thalweg.catalogue.freshness.presence import Key, Parts, Presence

    Rows = NDArray[np.void]
    Times = NDArray[np.int64]

from thalweg.catalogue.freshness.presence import PARTS

ROW = np.dtype(
    [
        ("name", np.uint64),
        ("at", np.int64),
        ("registered", np.int64),
        ("created", np.int64),
        ("latitude", np.float32),
        ("cycle", np.int32),
        ("parts", np.int32),
        ("kind", np.int32),
    ]
)
"""An Item: a digest of its id, its times, and where its parts and its class are listed."""
UNTOLD = np.iinfo(np.int64).min
"""A time that nobody told."""
UNNUMBERED = np.iinfo(np.int32).min
"""The cycle of an Item that tells none."""
_AT_ONCE = 20_000
_NONE = np.empty(0, np.int32)


class Series(NamedTuple):
    """The Items of one key in the order of time: ms since 1970, numbers of cycles, degrees (NaN where unknown)."""

    times: Times
    cycles: NDArray[np.int32]
    latitudes: NDArray[np.float32]

    def newest(self, most: int) -> Series:
        """Return the last of them."""
        return Series(self.times[-most:], self.cycles[-most:], self.latitudes[-most:])


@dataclass(frozen=True, slots=True)
class Columns:
    """Items to be summed up; ``parts`` is what ``rows["parts"]`` counts, ``names`` the properties that they are of."""

    rows: Rows
    parts: Sequence[Parts]
    names: tuple[str, ...] = PARTS

    def __len__(self) -> int:
        """Return how many Items these are."""
        return len(self.rows)

    @property
    def times(self) -> Times:
        """Return of when they are."""
        return self.rows["at"]

    def of(self, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Columns:
        """Return some of them."""
        return Columns(self.rows[chosen], self.parts, self.names)

    def held(self, least: float) -> dict[str, set[str]]:
        """Return the values of each property that this share of the Items has at least."""
        used = self._used()
        told = {}
        for place, name in enumerate(self.names):
            having = [(parts[place], count) for parts, count in used if parts[place] is not None]
            if having and sum(count for _, count in having) >= least * len(self):
                told[name] = {value for value, _ in having if value is not None}
        return told

    def counter(self) -> str:
        """Return the property that counts the cycles of most Items; nothing where none does."""
        counters: Counter[str] = Counter()
        for parts, count in self._used():
            counters[parts[-1] or ""] += count
        return max(counters, key=lambda name: counters[name], default="")

    def _used(self) -> list[tuple[Parts, int]]:
        counts = np.bincount(self.rows["parts"], minlength=len(self.parts))
        return [(self.parts[place], int(counts[place])) for place in np.flatnonzero(counts).tolist()]

    def labels(self, names: Sequence[str]) -> tuple[list[Key], NDArray[np.int64]]:
        """Return the keys that some properties make, in their order, and of each Item which it has, -1 for none."""
        places = [self.names.index(name) for name in names]
        keyed = [_key(parts, places) for parts in self.parts]
        counts = np.bincount(self.rows["parts"], minlength=len(keyed)) if len(self) else np.zeros(len(keyed), int)
        keys = sorted({key for key, count in zip(keyed, counts, strict=True) if key is not None and count})
        numbers = {key: number for number, key in enumerate(keys)}
        label = np.array([-1 if key is None else numbers.get(key, -1) for key in keyed], np.int64)
        return keys, label[self.rows["parts"]] if len(self) else np.empty(0, np.int64)

    def series(self, names: Sequence[str], counter: str = "") -> list[tuple[Key, Series]]:
        """Return the Items of each key, in the order of the keys; those that lack a part of it are left out.

        Of Items that another property counts than ``counter`` no number is told.
        """
        keys, labels = self.labels(names)
        order = np.lexsort((self.rows["at"], labels))
        ends = np.searchsorted(labels[order], np.arange(len(keys) + 1))
        times, latitudes = (self.rows[name][order] for name in ("at", "latitude"))
        counts = np.array([parts[-1] == counter for parts in self.parts], np.bool_)
        cycles = np.where(counts[self.rows["parts"]], self.rows["cycle"], UNNUMBERED)[order] if len(self) else _NONE
        return [
            (key, Series(times[start:end], cycles[start:end], latitudes[start:end]))
            for key, start, end in zip(keys, ends[:-1], ends[1:], strict=True)
        ]

    def newest(self, most: int) -> Columns:
        """Return so many of the newest."""
        if len(self) <= most:
            return self
        return self.of(np.argsort(self.rows["at"], kind="stable")[-most:])

    def lags(self, column: str) -> Times:
        """Return how long after their own time Items came or were made, of those of which it is told."""
        told = self.rows[column] != UNTOLD
        lags: Times = self.rows[column][told] - self.rows["at"][told]
        return lags


def _key(parts: Parts, places: Sequence[int]) -> Key | None:
    values = tuple(value for place in places if (value := parts[place]) is not None)
    return values if len(values) == len(places) else None


def name_of(item_id: str) -> int:
    """Return a digest of an id: of a million Items two are taken for one with a chance of one in 30 million."""
    return int.from_bytes(blake2b(item_id.encode(), digest_size=8).digest(), "little")


@dataclass(slots=True)
class Table:
    """Items as they come and go; sorted by their names, what is new beside them until it is asked for."""

    names: tuple[str, ...] = PARTS
    parts: list[Parts] = field(default_factory=list)
    _rows: Rows = field(default_factory=lambda: np.empty(0, ROW))
    _places: dict[Parts, int] = field(default_factory=dict)
    _fresh: dict[int, tuple[object, ...] | None] = field(default_factory=dict)

    def put(self, one: Presence, kind: int, registered: int | None) -> None:
        """Take an Item of a class; one that is there already keeps when it came, where nothing else is said."""
        place = self._places.get(one.parts)
        if place is None:
            place = self._places[one.parts] = len(self.parts)
            self.parts.append(one.parts)
        name = name_of(one.id)
        times = [UNTOLD if at is None else at for at in (registered, one.created)]
        latitude = np.nan if one.latitude is None else one.latitude
        cycle = UNNUMBERED if one.cycle is None else one.cycle
        self._fresh[name] = (name, one.at, *times, latitude, cycle, place, kind)
        if len(self._fresh) >= _AT_ONCE:
            self._settle()

    def drop(self, item_id: str) -> None:
        """Let an Item go."""
        self._fresh[name_of(item_id)] = None

    def date(self, came: Iterable[tuple[str, int]]) -> None:
        """Keep when Items came."""
        for item_id, at in came:
            place = self._place(item_id)
            if place is not None:
                self._rows["registered"][place] = at

    def registered(self, item_id: str) -> int | None:
        """Return when an Item came, where it is known."""
        place = self._place(item_id)
        at = UNTOLD if place is None else int(self._rows["registered"][place])
        return None if at == UNTOLD else at

    def undated(self, item_ids: Sequence[str]) -> list[str]:
        """Return those of which it is not known when they came."""
        return [one for one in item_ids if self.registered(one) is None]

    def _place(self, item_id: str) -> int | None:
        names, name = self.rows["name"], name_of(item_id)
        place = bisect_left(names, name)
        return place if place < len(names) and names[place] == name else None

    @property
    def rows(self) -> Rows:
        """Return all of them."""
        if self._fresh:
            self._settle()
        return self._rows

    def __len__(self) -> int:
        """Return how many there are, those that are new or gone taken for as many more."""
        return len(self._rows) + len(self._fresh)

    def _settle(self) -> None:
        names = np.sort(np.array(list(self._fresh), np.uint64))
        fresh = np.array([row for row in self._fresh.values() if row is not None], ROW)
        fresh = fresh[np.argsort(fresh["name"])]
        self._fresh = {}
        places = np.searchsorted(self._rows["name"], names)
        places = places[places < len(self._rows)]
        places = places[self._rows["name"][places] == names[: len(places)]]
        known = self._rows[places]
        _, new, old = np.intersect1d(fresh["name"], known["name"], assume_unique=True, return_indices=True)
        came = known["registered"][old]
        fresh["registered"][new] = np.where(fresh["registered"][new] == UNTOLD, came, fresh["registered"][new])
        rows = np.delete(self._rows, places)
        self._rows = np.insert(rows, np.searchsorted(rows["name"], fresh["name"]), fresh)


def columns_of(presences: Iterable[Presence], names: tuple[str, ...] = PARTS) -> Columns:
    """Return Items in columns; ``names`` are the properties that their parts are of."""
    table = Table(names)
    for one in presences:
        table.put(one, 0, None)
    return Columns(table.rows, table.parts, names)
