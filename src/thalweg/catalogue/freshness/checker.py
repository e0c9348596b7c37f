"""Goes through the Items of a Collection and looks whether their assets are there; goes on where it was cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from thalweg.catalogue.documents import LOCAL_HREF
from thalweg.catalogue.freshness.assets import AssetState, Finding, Health, after, hrefs_of, unasked
from thalweg.catalogue.freshness.ports import Walk
from thalweg.core.events import Event
from thalweg.core.items import LOCAL
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery

if TYPE_CHECKING:
    import threading

    from thalweg.catalogue.freshness.asking import Asker
    from thalweg.catalogue.freshness.files import LocalFiles
    from thalweg.catalogue.freshness.ports import States
    from thalweg.catalogue.ports import ItemStore
    from thalweg.core.items import Item

_PAGE, _OWN_PAGE = 20, 500
"""Items between two writes: hosts are asked in turn, and a check that is cut loses no more; own files are near."""
_AGAIN = timedelta(hours=1)
"""After so long hosts that wanted patience are asked again."""
_REMOTE = ("http://", "https://")
Findings = Mapping[str, Finding]
Dead = Callable[[str, str, AssetState], None]
"""Called with the Item, the key and the state of each asset that is dead."""


@dataclass(slots=True)
class Checked:
    """What a check found: ``items`` passed, ``looked`` of them looked at, ``left`` for later, and their assets."""

    items: int = 0
    looked: int = 0
    left: int = 0
    alive: int = 0
    dead: int = 0
    unsure: int = 0
    unchecked: int = 0

    def add(self, health: Health) -> None:
        """Count the assets of an Item."""
        self.looked += 1
        self.alive += health.count("alive")
        self.dead += health.count("dead")
        self.unsure += health.count("unsure")
        self.unchecked += health.count("unchecked")


@dataclass(frozen=True, slots=True)
class _Round:
    """One check of a Collection: ``again`` looks at what is not due, ``dead`` is told of what is dead."""

    collection: str
    stop: threading.Event
    dead: Dead
    again: bool


class Checker:
    """Checks the assets of Collections.

    Args:
        every: so long an Item is left alone after a check, unless it changes.
        asker: asks other hosts; ``None`` where nobody does, so that only the platform's own files are looked at.
    """

    def __init__(
        self,
        store: ItemStore,
        states: States,
        files: LocalFiles,
        asker: Asker | None,
        every: timedelta,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._states = states
        self._files = files
        self._asker = asker
        self._every = every
        self._clock = clock

    def check(
        self,
        collection: str,
        stop: threading.Event,
        held: Callable[[int], None] = lambda _: None,
        dead: Dead = lambda *_: None,
        *,
        again: bool = False,
    ) -> Checked:
        """Go through a Collection, from where a check was cut or else from its beginning.

        Args:
            collection: which.
            stop: set when it is enough; the next check goes on.
            held: called with the Items passed, after each page.
            dead: told of each dead asset of an Item looked at.
            again: look at Items that are not due, too.
        """
        found, asked = Checked(), _Round(collection, stop, dead, again)
        walk = self._begun(collection, again=again)
        while walk is not None and walk.ended is None and not stop.is_set():
            limit = _OWN_PAGE if self._asker is None else _PAGE
            page = self._store.find(ItemQuery(collections=(collection,), limit=limit, after=walk.place), EVERYTHING)
            before = found.left
            if not self._page(page.found, walk.number, asked, found):
                break
            ended = self._clock() if page.next is None else None
            walk = Walk(walk.number, walk.begun, ended, page.next, walk.left + found.left - before)
            self._states.walked(collection, walk)
            held(found.items)
        return found

    def _begun(self, collection: str, *, again: bool) -> Walk | None:
        """Return the walk to go on with, or a new one where it is time for it."""
        walk, now = self._states.walk(collection), self._clock()
        if walk is None:
            return Walk(1, now, None, None)
        if walk.ended is None and not again:
            return walk
        soon = walk.left > 0 and walk.ended is not None and now - walk.ended >= _AGAIN
        if again or soon or now - walk.begun >= self._every:
            return Walk(walk.number + 1, now, None, None)
        return None

    def _page(self, items: Sequence[Item], number: int, asked: _Round, found: Checked) -> bool:
        """Look at a page of Items and keep what was found; tell whether nothing stopped it."""
        wanted = [one for one in items if self._asker is not None or LOCAL_HREF in one.body]
        before = self._states.healths(asked.collection, [one.id for one in wanted]) if wanted else {}
        due = [one for one in wanted if asked.again or self._is_due(one, before.get(one.id))]
        hrefs = {one.id: dict(hrefs_of(orjson.loads(one.body))) for one in due}
        looked = self._looked(asked, {href for one in hrefs.values() for href in one.values()})
        if asked.stop.is_set():
            return False
        now = self._clock()
        answered = [one for one in due if self._is_answered(hrefs[one.id], looked)]
        healths = {one.id: _health(one, before.get(one.id), hrefs[one.id], looked, now) for one in answered}
        events = [event for one in answered for event in _changes(one, before.get(one.id), healths[one.id])]
        same = [one.id for one in wanted if one.id not in healths]
        if wanted:
            self._states.put(asked.collection, number, healths, same, events)
        found.items += len(items)
        found.left += len(due) - len(answered)
        _count(healths, asked, found)
        return True

    def _is_due(self, item: Item, health: Health | None) -> bool:
        if health is None or health.version != item.version or health.visibility_class != item.visibility_class:
            return True
        return self._clock() - health.checked >= self._every

    def _is_answered(self, hrefs: Mapping[str, str], found: Findings) -> bool:
        """Tell whether no host of an Item wants patience: else the Item stays due."""
        return self._asker is None or all(href in found for href in hrefs.values())

    def _looked(self, asked: _Round, hrefs: set[str]) -> Findings:
        remote = sorted(href for href in hrefs if href.startswith(_REMOTE))
        found: dict[str, Finding] = {}
        for href in hrefs.difference(remote):
            if href.startswith(LOCAL):
                found[href] = self._files.look(href, asked.collection)
            else:
                found[href] = Finding("unchecked", None, f"nobody looks at {href.partition(':')[0][:32]}:")
        if self._asker is not None and remote:
            found.update(self._asker.ask(remote, asked.stop))
        return found


def _count(healths: Mapping[str, Health], asked: _Round, found: Checked) -> None:
    """Add up what was found, and tell of what is dead."""
    for item_id, health in healths.items():
        found.add(health)
        for key, state in health.assets.items():
            if state.status == "dead":
                asked.dead(item_id, key, state)


def _health(item: Item, before: Health | None, hrefs: Mapping[str, str], found: Findings, at: datetime) -> Health:
    """Return how the assets of an Item are, after what was found and as they were where nobody asked."""
    was = {} if before is None else before.assets
    states = {
        key: after(was.get(key), found[href], at) if href in found else unasked(was.get(key), at)
        for key, href in hrefs.items()
    }
    return Health(item.version, item.visibility_class, at, states)


def _changes(item: Item, before: Health | None, now: Health) -> Iterator[Event]:
    """Yield what happened to the assets of an Item: one is dead, or alive again."""
    was = {} if before is None else before.assets
    for key, state in now.assets.items():
        earlier = was[key].status if key in was else None
        if state.status == earlier or (state.status != "dead" and (state.status, earlier) != ("alive", "dead")):
            continue
        data = {"collection": item.collection, "id": item.id, "asset": key}
        more = {} if state.code is None else {"code": state.code}
        yield Event(f"asset.{state.status}", f"{item.collection}/{item.id}", item.visibility_class, {**data, **more})
