"""All Collections and Items of one store into another, whatever either is; cut anywhere, begun again, verified.

Two documents are equal where their canonical spellings are (``catalogue.canonical``). A Collection's Items are walked
newest first; the target remembers where, if it can, and an Item that is there already, equal, is left as it is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import orjson

from thalweg.catalogue.canonical import canonical, digest
from thalweg.catalogue.footprints import footprint_of
from thalweg.catalogue.ports import ItemStore, NewCollection, NewItem, Told
from thalweg.catalogue.snapshots import KeepsSnapshots, Kept
from thalweg.catalogue.times import times_of
from thalweg.core.errors import Conflict, ThalwegError, Unavailable
from thalweg.core.events import Event
from thalweg.core.items import Collection, Item, Outcome, Version
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import CollectionQuery, ItemQuery, Token
from thalweg.core.queryables import Reach

_AT_ONCE = 500
_COLLECTIONS_AT_ONCE = 500
_POSITIONS = 10_000_000
_MOST_TOLD = 10
_MODULUS = 2**256
_ALWAYS = frozenset({"id", "collection", "geometry", "datetime", "start_datetime", "end_datetime"})
"""What every store finds Items by, undeclared."""
_CAME = (
    "Versions of the Items came along, and snapshots. Items that were removed, and what they were, did not, so that"
    " snapshots of them do not verify in the target."
)
_DID_NOT_COME = "Versions did not come along, nor what was removed: one store keeps none."
Group = tuple[str, str]
"""A Collection and a visibility class."""


@dataclass(frozen=True, slots=True)
class History:
    """An Item with all that it was, newest first."""

    item: NewItem
    versions: tuple[Version, ...]


@runtime_checkable
class Restores(Protocol):
    """A store that takes Items with their versions, their numbers and times as they were."""

    def restore(self, items: Sequence[History], events: Sequence[Event]) -> None:
        """Take Items in the place of what is there of them, all or none."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """A store that keeps a word for who works on it and may be cut."""

    def checkpoint(self, name: str) -> str | None:
        """Return what was kept under a name."""
        ...

    def keep_checkpoint(self, name: str, state: str | None) -> None:
        """Keep a word under a name, or forget it."""
        ...


@dataclass(frozen=True, slots=True)
class Tally:
    """Items of a store: how many of each Collection and class, and one number that all of them add up to."""

    counts: Mapping[Group, int]
    digest: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was copied, and whether both stores hold the same.

    Attributes:
        collections, items: how many were walked.
        outcomes: of the Items.
        refused: the first of those that the target did not take, and why.
        history: whether versions came along.
        before: how many of the Items were copied before this run, which went on behind them.
    """

    collections: int
    items: int
    outcomes: Mapping[str, int]
    refused: tuple[str, ...]
    history: bool
    source: Tally
    target: Tally
    before: int = 0

    @property
    def equal(self) -> bool:
        """Tell whether both hold the same Items of the same classes."""
        return self.source == self.target

    def said(self) -> str:
        """Return it in sentences."""
        done = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(self.outcomes.items()) if number)
        lines = [f"{self.collections:,} Collections, {self.items:,} Items: {done or 'nothing to do'}."]
        if self.before:
            lines.append(f"Of these, {self.before:,} before this run, which went on behind them.")
        lines.append(_CAME if self.history else _DID_NOT_COME)
        lines += self.refused
        if self.equal:
            lines.append("Both stores hold the same: counts and digests agree.")
        else:
            lines.append("The stores differ:")
            lines += [f"  {line}" for line in _differences(self.source, self.target)]
        return "\n".join(lines)


@dataclass(slots=True)
class _Copy:
    source: ItemStore
    target: ItemStore
    told: Told
    items: int = 0
    before: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    @property
    def history(self) -> bool:
        """Tell whether versions come along."""
        keeps = "versions" in self.source.capabilities and "versions" in self.target.capabilities
        return keeps and isinstance(self.target, Restores)

    def collection(self, one: Collection) -> None:
        """Copy a Collection without its Items."""
        new = NewCollection(one.id, one.body, one.visibility_class)
        event = Event("collection.registered", one.id, one.visibility_class, {"collection": one.id})
        try:
            self.target.register_collection(new, [event])
        except Conflict:
            there = self.target.collection(one.id, EVERYTHING)
            if canonical(there.body) != canonical(one.body):
                changed = Event("collection.changed", one.id, one.visibility_class, {"collection": one.id})
                self.target.replace_collection(new, there.version, [changed])

    def items_of(self, collection: str, total: int) -> None:
        """Copy the Items of a Collection, from where an earlier copy was cut."""
        name, others = f"copy of {collection}", Counter(self.outcomes)
        token, copied = _read(self.target.checkpoint(name) if isinstance(self.target, Remembers) else None)
        done = copied.total()
        self.outcomes.update(copied)
        self.items, self.before = self.items + done, self.before + done
        while True:
            page = self.source.find(ItemQuery(collections=(collection,), limit=_AT_ONCE, after=token), EVERYTHING)
            self._take(page.found)
            done += len(page.found)
            self.told(f"copying {collection}", done, max(total, done))
            token = page.next
            if isinstance(self.target, Remembers):
                self.target.keep_checkpoint(name, None if token is None else _written(token, self.outcomes - others))
            if token is None:
                return

    def _take(self, found: Sequence[Item]) -> None:
        self.items += len(found)
        if not found:
            return
        if self.history and isinstance(self.target, Restores):
            self._restore(self.target, found)
            return
        answers = self.target.load([_new(item) for item in found], _event, replacing=True)
        for answer in answers:
            if answer.error is None:
                self.outcomes[answer.outcome] += 1
            else:
                self._refuse(answer.id, answer.error)

    def _restore(self, target: Restores, found: Sequence[Item]) -> None:
        there = self._there(found)
        missing = [item for item in found if there.get((item.collection, item.id)) != _essence(item)]
        self.outcomes["unchanged"] += len(found) - len(missing)
        if not missing:
            return
        histories = [
            History(_new(item), self.source.versions(item.collection, item.id, EVERYTHING)) for item in missing
        ]
        self._put(target, histories)

    def _put(self, target: Restores, histories: Sequence[History]) -> None:
        """Restore Items together; where one of them is not taken, the others are all the same."""
        try:
            target.restore(histories, [_event("registered", one.item) for one in histories])
        except Unavailable:
            raise
        except ThalwegError as error:
            if len(histories) == 1:
                self._refuse(histories[0].item.id, error)
                return
            middle = len(histories) // 2
            self._put(target, histories[:middle])
            self._put(target, histories[middle:])
        else:
            self.outcomes["registered"] += len(histories)

    def _refuse(self, item_id: str | None, error: ThalwegError) -> None:
        self.outcomes["refused"] += 1
        if len(self.refused) < _MOST_TOLD:
            self.refused.append(f"{item_id}: {error}")

    def _there(self, found: Sequence[Item]) -> dict[Group, object]:
        ids = tuple(item.id for item in found)
        query = ItemQuery(collections=(found[0].collection,), ids=ids, limit=len(ids))
        return {(item.collection, item.id): _essence(item) for item in self.target.find(query, EVERYTHING).found}

    def declarations(self, collection: str) -> None:
        """Make the same properties as fast in the target."""
        if "declare" not in self.source.capabilities or "declare" not in self.target.capabilities:
            return
        there = {one.name: one.reach for one in self.target.queryables(collection, EVERYTHING)}
        for one in self.source.queryables(collection, EVERYTHING):
            asked = one.reach is Reach.INDEXED and one.name not in _ALWAYS
            if asked and there.get(one.name, Reach.SEEN) < one.reach:
                self.target.declare(one, self.told)

    def snapshots(self) -> None:
        """Take snapshots along under their addresses; one that is there stays as it is."""
        source, target = self.source, self.target
        if not (self.history and isinstance(source, KeepsSnapshots) and isinstance(target, KeepsSnapshots)):
            return
        listed, before = list[Kept](), None
        while page := source.snapshots(EVERYTHING, _AT_ONCE, before):
            listed, before = [*listed, *page], page[-1].place
        for one in reversed(listed):
            if target.snapshot(one.id) is None:
                target.keep_snapshot(one, [])


def copy_store(source: ItemStore, target: ItemStore, told: Told) -> Report:
    """Copy everything, then count and compare both.

    Raises:
        NotSupported: the target is only read.
        Unavailable: a store is busy or away; what was copied stays, and the copy goes on from there.
    """
    copy = _Copy(source, target, told)
    collections = list(_collections(source))
    for one in collections:
        copy.collection(one)
    for one in collections:
        total = source.count(ItemQuery(collections=(one.id,)), EVERYTHING, 2**31) or 0
        copy.items_of(one.id, total)
        copy.declarations(one.id)
    copy.snapshots()
    ids = [one.id for one in collections]
    before, after = tallied(source, ids, told, "reading the source"), tallied(target, ids, told, "reading the target")
    return Report(
        len(collections),
        copy.items,
        copy.outcomes,
        tuple(copy.refused),
        copy.history,
        source=before,
        target=after,
        before=copy.before,
    )


def tallied(store: ItemStore, collections: Sequence[str], told: Told, step: str) -> Tally:
    """Count the Items of Collections by class, and add up their digests, in no order."""
    counts: Counter[Group] = Counter()
    total = 0
    for collection in collections:
        for item in _items(store, collection):
            counts[collection, item.visibility_class] += 1
            words = f"{item.collection}\n{item.id}\n{item.visibility_class}\n".encode()
            total = (total + int.from_bytes(digest(words + digest(canonical(item.body))), "big")) % _MODULUS
        told(step, sum(counts.values()), 0)
    return Tally(counts, total)


def _collections(store: ItemStore) -> Iterator[Collection]:
    token = None
    while True:
        page = store.collections(CollectionQuery(limit=_COLLECTIONS_AT_ONCE, after=token), EVERYTHING)
        yield from page.found
        token = page.next
        if token is None:
            return


def _items(store: ItemStore, collection: str) -> Iterator[Item]:
    token = None
    while True:
        page = store.find(ItemQuery(collections=(collection,), limit=_AT_ONCE, after=token), EVERYTHING)
        yield from page.found
        token = page.next
        if token is None:
            return


def _new(item: Item) -> NewItem:
    document: dict[str, Any] = orjson.loads(item.body)
    geometry = document.get("geometry")
    footprint = None if geometry is None else footprint_of(geometry, document["bbox"], _POSITIONS)
    times = times_of(document["properties"])
    return NewItem(item.collection, item.id, item.body, times, footprint, item.visibility_class, document)


def _event(outcome: Outcome, item: NewItem) -> Event:
    kind = "item.registered" if outcome == "registered" else "item.changed"
    return Event(
        kind, f"{item.collection}/{item.id}", item.visibility_class, {"collection": item.collection, "id": item.id}
    )


def _essence(item: Item) -> tuple[bytes, int, str]:
    return canonical(item.body), item.version, item.visibility_class


def _written(token: Token, copied: Mapping[str, int]) -> str:
    return orjson.dumps([list(token.keys), token.backwards, copied]).decode()


def _read(state: str | None) -> tuple[Token | None, Counter[str]]:
    """Return where a copy goes on, and what became of the Items before; an older one did not write that."""
    if state is None:
        return None, Counter()
    keys, backwards, *copied = orjson.loads(state)
    return Token(tuple(keys), backwards), Counter(*copied)


def _differences(source: Tally, target: Tally) -> Iterator[str]:
    for group in sorted({*source.counts, *target.counts}):
        here, there = source.counts.get(group, 0), target.counts.get(group, 0)
        if here != there:
            yield f"{group[0]} ({group[1]}): {here:,} Items in the source, {there:,} in the target"
    if source.counts == target.counts:
        yield "as many Items on both sides, but not all of them are equal"
