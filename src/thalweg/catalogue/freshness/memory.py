"""The Items of Collections as freshness sees them, remembered: read once, then followed by the store's outbox.

A Collection is read in pages, so far as one question may take; the next goes on where it ended. What was read is held
for as long as there is room, and what an event names is read again. So an answer costs what changed, not what is there.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from thalweg.catalogue.freshness.presence import Parts, Presence, presence_of
from thalweg.catalogue.times import milliseconds
from thalweg.core.errors import Unavailable
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from thalweg.catalogue.freshness.inference import Inference
    from thalweg.catalogue.ports import ItemStore
    from thalweg.core.events import Recorded
    from thalweg.core.items import Item
    from thalweg.core.principals import Visibility
    from thalweg.core.queries import Token

MOST = 250_000
"""So many Items of one Collection are remembered, the newest."""
_MOST_IN_ALL = 400_000
_PAGE, _NAMED, _EVENTS = 500, 200, 500
_MOST_EVENTS = 20_000
"""After so many events a Collection is rather read again."""
_DATED = 500
"""Of so many of the newest Items the store is asked when they came; of the others their writers tell."""
_SECONDS = 10.0
_MOST_PARTS = 100_000
_CHANGES = frozenset({"item.registered", "item.changed", "item.removed"})
_KEPT_SECONDS, _FOREIGN_SECONDS = 86_400.0, 600.0
"""After so long a Collection is read again: events may be forgotten, and a database of others has none."""


class StillReading(Unavailable):
    """The Items are still being read; ``retry_after`` is in seconds."""

    retry_after = 1


@dataclass(slots=True)
class Known:
    """What is known of one Collection.

    Attributes:
        items: by id, with the number of their class among ``classes``.
        place: up to where its events were followed.
        cut: there are more Items than are remembered.
        done: all was read, at the monotonic time ``read``; else ``after`` is where reading goes on.
        answers: what was computed since anything changed.
        inferred: what the Items of some classes told of a rule, of how many, and when.
    """

    place: int
    items: dict[str, tuple[Presence, int]] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    cut: bool = False
    done: bool = False
    read: float = 0.0
    after: Token | None = None
    answers: OrderedDict[object, object] = field(default_factory=OrderedDict)
    inferred: dict[frozenset[int], tuple[int, float, Inference]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def seen(self, seen_by: Visibility) -> frozenset[int]:
        """Return the numbers of the classes that may be seen."""
        return frozenset(number for number, name in enumerate(self.classes) if seen_by.sees(name))

    def presences(self, numbers: frozenset[int]) -> list[Presence]:
        """Return the Items of some classes."""
        if len(numbers) == len(self.classes):
            return [one for one, _ in self.items.values()]
        return [one for one, number in self.items.values() if number in numbers]


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
        self._parts: dict[Parts, Parts] = {}
        self._lock = threading.Lock()

    def known(self, collection: str) -> Known:
        """Return what is known of a Collection, brought up to now.

        Raises:
            StillReading: its Items were not all read in the time that a question may take; the next goes on.
        """
        known = self._entry(collection)
        with known.lock:
            if self._is_stale(known):
                self._forget(known)
            if known.done and not self._caught_up(collection, known):
                self._forget(known)
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
                self._known[collection] = Known(self._store.outbox.last())
            self._known.move_to_end(collection)
            return self._known[collection]

    def _is_stale(self, known: Known) -> bool:
        life = _KEPT_SECONDS if "write" in self._store.capabilities else _FOREIGN_SECONDS
        return known.done and self._clock() - known.read > life

    def _forget(self, known: Known) -> None:
        known.items.clear()
        known.classes.clear()
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
            known.after = page.next
            known.cut = page.next is not None and len(known.items) >= self._most
            known.done = page.next is None or known.cut
            if not known.done and self._clock() > until:
                raise still_reading(collection)
        self._date(collection, known)
        known.read = self._clock()
        # What changed while it was read is told by events since then.
        self._caught_up(collection, known)

    def _put(self, known: Known, item: Item, registered: int | None) -> None:
        found = presence_of(orjson.loads(item.body), registered)
        if found is None:
            known.items.pop(item.id, None)
            return
        before = known.items.get(item.id)
        if registered is None and before is not None:
            found = found._replace(registered=before[0].registered)
        if len(self._parts) >= _MOST_PARTS:
            self._parts.clear()
        shared = self._parts.setdefault(found.parts, found.parts)
        if item.visibility_class not in known.classes:
            known.classes.append(item.visibility_class)
        known.items[item.id] = (found._replace(parts=shared), known.classes.index(item.visibility_class))

    def _date(self, collection: str, known: Known) -> None:
        """Ask the store when the newest Items came."""
        if "versions" not in self._store.capabilities:
            return
        newest = sorted(known.items.values(), key=lambda one: one[0].at, reverse=True)[:_DATED]
        for one, number in newest:
            versions = self._store.versions(collection, one.id, EVERYTHING) if one.registered is None else ()
            since = milliseconds(versions[-1].since) if versions else 0
            if since > 0:
                known.items[one.id] = (one._replace(registered=since), number)

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
                    known.items.pop(name, None)
        known.answers.clear()

    def _make_room(self, kept: str) -> None:
        with self._lock:
            held = sum(len(one.items) for one in self._known.values())
            for name in list(self._known):
                if held <= _MOST_IN_ALL or name == kept:
                    break
                held -= len(self._known.pop(name).items)


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
