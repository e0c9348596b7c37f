"""The Items of Collections as freshness sees them, remembered: read once, then followed by the store's outbox.

A Collection is read in pages, so far as one question may take; the next goes on where it ended. What was read is held
for as long as there is room, and what an event names is read again. So an answer costs what changed, not what is there.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import orjson

from thalweg.catalogue.freshness.columns import Columns, Table
from thalweg.catalogue.freshness.lags import DATED
from thalweg.catalogue.freshness.presence import PARTS, USUAL, Reading, presence_of, reading_of
from thalweg.catalogue.times import milliseconds
from thalweg.core.errors import NotFound, Unavailable
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import ItemQuery
from thalweg.core.queryables import Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from thalweg.catalogue.freshness.inference import Inference
    from thalweg.catalogue.ports import ItemStore
    from thalweg.core.events import Recorded
    from thalweg.core.items import Item
    from thalweg.core.queries import Token

MOST = 1_000_000
"""So many Items of one Collection are remembered, the newest: 48 bytes each."""
_MOST_PARTS = 200_000
"""So many series of one Collection are remembered: each takes as much as eight Items."""
_MOST_IN_ALL = 2_000_000
_PAGE, _NAMED, _EVENTS = 500, 200, 500
_MOST_EVENTS = 20_000
"""After so many events a Collection is rather read again."""
_SECONDS = 10.0
_A_SERIES, _MOST_DATED = 8, 64
_MOST_TRIED, _MANY_PARTS, _ALIKE = 4, 2_000, 4
"""So many declared properties are looked at by which a series may be told; of many parts four Items share one."""
_OF_ALL = frozenset({"id", "collection", *PARTS})
_CHANGES = frozenset({"item.registered", "item.changed", "item.removed"})
_KEPT_SECONDS, _FOREIGN_SECONDS = 86_400.0, 600.0
"""After so long a Collection is read again: events may be forgotten, and a database of others has none."""


class StillReading(Unavailable):
    """The Items are still being read; ``retry_after`` is in seconds."""

    retry_after = 1


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest Item: its id, and of when it is and when it came, in ms since 1970."""

    id: str
    at: int | None
    registered: int | None


@dataclass(slots=True)
class Known:
    """What is known of one Collection.

    Attributes:
        items: of which ``kind`` is the number of their class among ``classes``.
        reading: which properties of them are looked at.
        place: up to where its events were followed.
        cut: there are more Items than are remembered.
        done: all was read, at the monotonic time ``read``; else ``after`` is where reading goes on.
        dated: the sets of classes whose newest Items the store was asked for when they came.
        answers: what was computed since anything changed.
        inferred: what the Items of some classes told of a rule, of how many, and when.
    """

    place: int
    items: Table = field(default_factory=Table)
    reading: Reading = USUAL
    classes: list[str] = field(default_factory=list)
    cut: bool = False
    done: bool = False
    read: float = 0.0
    after: Token | None = None
    dated: set[frozenset[int]] = field(default_factory=set)
    answers: OrderedDict[object, object] = field(default_factory=OrderedDict)
    inferred: dict[frozenset[int], tuple[int, float, Inference]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def size(self) -> int:
        """Return how much is held, in Items."""
        return len(self.items) + _A_SERIES * len(self.items.parts)

    def seen(self, seen_by: Visibility) -> frozenset[int]:
        """Return the numbers of the classes that may be seen."""
        return frozenset(number for number, name in enumerate(self.classes) if seen_by.sees(name))

    def columns(self, numbers: frozenset[int]) -> Columns:
        """Return the Items of some classes."""
        rows = self.items.rows
        if len(numbers) < len(self.classes):
            rows = rows[np.isin(rows["kind"], list(numbers))]
        return Columns(rows, self.items.parts, self.items.names)


class Memory:
    """What is remembered of Collections; threads may ask at once."""

    def __init__(
        self,
        store: ItemStore,
        clock: Callable[[], float] = time.monotonic,
        *,
        seconds: float = _SECONDS,
        most: int = MOST,
    ) -> None:
        self._store = store
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, collection: str, parts: Iterable[str] = (), counter: str = "") -> Known:
        """Return what is known of a Collection, brought up to now, by the key and the counter of its rule.

        Raises:
            StillReading: its Items were not all read in the time that a question may take; the next goes on.
        """
        known = self._entry(collection)
        with known.lock:
            if not known.reading.covers(parts, counter):
                self._begin(known, reading_of(parts, counter, self._declared(collection)))
            if self._is_stale(known):
                self._begin(known, known.reading)
            if known.done and not self._caught_up(collection, known):
                self._begin(known, known.reading)
            if not known.done:
                self._read(collection, known)
        self._make_room(collection)
        return known

    def forget(self, collection: str) -> None:
        """Let go of a Collection."""
        with self._lock:
            self._known.pop(collection, None)

    def _entry(self, collection: str) -> Known:
        with self._lock:
            if collection not in self._known:
                known = self._known[collection] = Known(self._store.outbox.last())
                self._begin(known, reading_of(tried=self._declared(collection)))
            self._known.move_to_end(collection)
            return self._known[collection]

    def _is_stale(self, known: Known) -> bool:
        life = _KEPT_SECONDS if "write" in self._store.capabilities else _FOREIGN_SECONDS
        return known.done and self._clock() - known.read > life

    def _declared(self, collection: str) -> Sequence[str]:
        """Return properties that were declared and that may tell series apart, those of few values first."""
        try:
            queryables = self._store.queryables(collection, EVERYTHING)
        except NotFound:
            return ()
        told = [
            one
            for one in queryables
            if one.reach > Reach.SEEN and one.kind in ("string", "integer") and one.name not in _OF_ALL
        ]
        several = [one for one in told if len(one.values) != 1]
        return [one.name for one in sorted(several, key=lambda one: len(one.values) or _MANY_PARTS)[:_MOST_TRIED]]

    def _begin(self, known: Known, reading: Reading) -> None:
        """Let go of what is known, to be read again."""
        known.reading, known.items = reading, Table(reading.parts)
        known.classes.clear()
        known.dated.clear()
        known.answers.clear()
        known.inferred.clear()
        known.place, known.after, known.done, known.cut = self._store.outbox.last(), None, False, False

    def _read(self, collection: str, known: Known) -> None:
        until = self._clock() + self._seconds
        while not known.done:
            query = ItemQuery(collections=(collection,), limit=_PAGE, after=known.after)
            page = self._store.find(query, EVERYTHING)
            for item in page.found:
                self._put(known, item, None)
            if known.reading.tried and _are_unlike(known.items):
                self._begin(known, known.reading.without_tried())
                continue
            known.after = page.next
            known.cut = page.next is not None and (
                len(known.items) >= self._most or len(known.items.parts) >= _MOST_PARTS
            )
            known.done = page.next is None or known.cut
            if not known.done and self._clock() > until:
                raise still_reading(collection)
        known.read = self._clock()
        # What changed while it was read is told by events since then.
        self._caught_up(collection, known)

    def _put(self, known: Known, item: Item, registered: int | None) -> None:
        found = presence_of(orjson.loads(item.body), known.reading)
        if found is None:
            known.items.drop(item.id)
            return
        if item.visibility_class not in known.classes:
            known.classes.append(item.visibility_class)
        known.items.put(found, known.classes.index(item.visibility_class), registered)

    def newest(self, collection: str, known: Known, numbers: frozenset[int]) -> Newest | None:
        """Return the newest Item of some classes; the store is asked when those like it came, once."""
        seen = Visibility(frozenset(known.classes[number] for number in numbers))
        fresh = numbers not in known.dated
        query = ItemQuery(collections=(collection,), limit=DATED if fresh else 1)
        found = self._store.find(query, seen).found
        if fresh and "versions" in self._store.capabilities:
            known.items.date(self._came(collection, known.items.undated([one.id for one in found])))
            if len(known.dated) >= _MOST_DATED:
                known.dated.clear()
            known.dated.add(numbers)
        if not found:
            return None
        one = presence_of(orjson.loads(found[0].body))
        return Newest(found[0].id, None if one is None else one.at, known.items.registered(found[0].id))

    def _came(self, collection: str, item_ids: Sequence[str]) -> Iterator[tuple[str, int]]:
        for item_id in item_ids:
            with suppress(NotFound):
                since = milliseconds(self._store.versions(collection, item_id, EVERYTHING)[-1].since)
                if since > 0:
                    yield item_id, since

    def _caught_up(self, collection: str, known: Known) -> bool:
        """Follow the events since the place; tell whether that was possible."""
        touched: dict[str, int | None] = {}
        looked = 0
        while events := self._store.outbox.after(known.place, _EVENTS):
            looked += len(events)
            if looked > _MOST_EVENTS or any(_is_end(one, collection) for one in events):
                return False
            touched.update(_touched(events, collection, touched))
            known.place = events[-1].sequence
        if touched:
            self._look_again(collection, known, touched)
        return True

    def _look_again(self, collection: str, known: Known, touched: dict[str, int | None]) -> None:
        for names in _pieces(list(touched), _NAMED):
            query = ItemQuery(collections=(collection,), ids=tuple(names), limit=_PAGE)
            there = {item.id: item for item in self._store.find(query, EVERYTHING).found}
            for name in names:
                if name in there:
                    self._put(known, there[name], touched[name])
                else:
                    known.items.drop(name)
        known.answers.clear()

    def _make_room(self, kept: str) -> None:
        with self._lock:
            held = sum(one.size for one in self._known.values())
            for name in list(self._known):
                if held <= _MOST_IN_ALL or name == kept:
                    break
                held -= self._known.pop(name).size


def _are_unlike(items: Table) -> bool:
    """Tell whether hardly two Items have the same parts: then there are as many series as Items."""
    return len(items.parts) > max(_MANY_PARTS, len(items) // _ALIKE)


def still_reading(collection: str) -> StillReading:
    """Return what is said while Items are read; how many there are is not for everybody to know."""
    return StillReading(f"The Items of {collection} are being read for the first time: ask again.")


def _is_end(one: Recorded, collection: str) -> bool:
    return one.event.kind == "collection.removed" and one.event.subject == collection


def _touched(
    events: Sequence[Recorded], collection: str, before: dict[str, int | None]
) -> Iterator[tuple[str, int | None]]:
    """Yield the Items that events are about, each with the time of its coming where they tell it."""
    came = dict(before)
    for one in events:
        data = one.event.data
        if one.event.kind not in _CHANGES or data.get("collection") != collection:
            continue
        name = str(data.get("id"))
        if one.event.kind == "item.registered":
            came[name] = milliseconds(one.at)
        yield name, came.get(name)


def _pieces(names: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
