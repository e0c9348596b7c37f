"""Records put into the store: many as they come, or several changes as one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import orjson

from thalweg.catalogue.alterations import Addition, Alteration, Removal, Replacement
from thalweg.catalogue.canonical import canonical
from thalweg.catalogue.records.kept import kept
from thalweg.catalogue.records.visibility import class_of_items, of_records
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.events import Event
from thalweg.core.items import Loaded
from thalweg.core.queries import ItemQuery
from thalweg.core.time import instant
from thalweg.core.workspaces import workspace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from thalweg.catalogue.limits import Limits
    from thalweg.catalogue.ports import ItemStore, NewItem
    from thalweg.catalogue.records.entries import Entry
    from thalweg.catalogue.records.record import Record
    from thalweg.core.items import Item, Outcome
    from thalweg.core.principals import Principal, Visibility
    from thalweg.core.workspaces import Policy

_AT_ONCE, _LONGEST_NAME = 100, 4_000


@dataclass(frozen=True, slots=True)
class Planned:
    """Changes of Records that are made together, or not at all.

    Attributes:
        catalogue: the Collection that takes what is new.
        put: Records, each in the place of an entry as it was found.
        dropped: entries as they were found.
    """

    catalogue: str = ""
    added: Sequence[Record] = ()
    put: Sequence[tuple[Entry, Record]] = ()
    dropped: Sequence[Entry] = ()


class Keeping:
    """Keeps Records in a store, for who may write them."""

    def __init__(self, store: ItemStore, policy: Policy, limits: Limits, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._policy = policy
        self._limits = limits
        self._clock = clock

    def kept(self, records: Iterable[Record], catalogue: str, who: Principal) -> list[NewItem]:
        """Return Records as the store takes them, whether the Collection is there already or not.

        Raises:
            Forbidden: ``who`` may not write there.
            InvalidParameter, TooLarge: a Record cannot be kept as it is.
        """
        shown, now = self._class_of(catalogue, who), self._clock()
        return [kept(_checked(record), catalogue, shown, self._limits, now) for record in records]

    def load(self, records: Sequence[Record], catalogue: str, who: Principal) -> tuple[Loaded, ...]:
        """Take each Record that can be taken, in the place of the one of its id; tell what became of each.

        Raises:
            Forbidden: ``who`` may not write there.
            NotFound: there is no such Collection of Records.
        """
        shown, now = self._class_of(catalogue, who), self._clock()
        seen = of_records(self._policy.visibility(who))
        self._store.collection(catalogue, seen)
        before = self._before(records, catalogue, seen)
        taken: dict[int, NewItem] = {}
        refused = list[Loaded]()
        for place, record in enumerate(records):
            try:
                new = kept(_checked(record), catalogue, shown, self._limits, now)
                taken[place] = self._as_before(record, new, before.get(record.id))
            except (InvalidParameter, TooLarge) as error:
                refused.append(Loaded(place, record.id, "refused", error))
        loaded = self._store.load(list(taken.values()), told_of, replacing=True, seen_by=seen) if taken else ()
        placed = [replace(one, place=place) for place, one in zip(taken, loaded, strict=True)]
        return tuple(sorted([*placed, *refused], key=lambda one: one.place))

    def apply(self, planned: Planned, who: Principal) -> None:
        """Make changes together, or none.

        Raises:
            Forbidden: ``who`` may not write one of them.
            NotFound: what is changed, or the Collection that takes what is new, is not there.
            PreconditionFailed: somebody else changed one of them since it was found.
            Conflict: the id of what is new is taken.
        """
        alterations: list[Alteration] = []
        for catalogue, pairs in _by_catalogue(planned.put).items():
            new = self.kept([record for _, record in pairs], catalogue, who)
            alterations += [
                Replacement(item, entry.item.version, changed("record.changed", item))
                for (entry, _), item in zip(pairs, new, strict=True)
            ]
        if planned.added:
            new = self.kept(planned.added, planned.catalogue, who)
            alterations += [Addition(item, changed("record.registered", item)) for item in new]
        for workspace in {workspace_of(entry.catalogue) for entry in planned.dropped}:
            self._policy.check(who, "write", workspace)
        alterations += [_removal(entry.item) for entry in planned.dropped]
        if alterations:
            self._store.apply(alterations)

    def _class_of(self, catalogue: str, who: Principal) -> str:
        workspace = workspace_of(catalogue)
        self._policy.check(who, "write", workspace)
        return self._policy.class_of(workspace)

    def _before(self, records: Sequence[Record], catalogue: str, seen: Visibility) -> Mapping[str, Item]:
        """Return what is there of those Records that are found by when they changed, for they tell no time."""
        ids = [record.id for record in records if _is_timeless(record)]
        found: dict[str, Item] = {}
        step = min(_AT_ONCE, self._limits.page)
        for start in range(0, len(ids), step):
            query = ItemQuery(collections=(catalogue,), ids=tuple(ids[start : start + step]), limit=step)
            found |= {item.id: item for item in self._store.find(query, seen).found}
        return found

    def _as_before(self, record: Record, new: NewItem, before: Item | None) -> NewItem:
        """Return a Record with the time at which it came where nothing but this time has changed."""
        if before is None or not _is_timeless(record):
            return new
        since = instant(str(orjson.loads(before.body)["properties"]["datetime"]), "datetime")
        visibility_class = class_of_items(new.visibility_class)
        again = kept(record, new.collection, visibility_class, self._limits, since)
        return again if canonical(again.body) == canonical(before.body) else new


def changed(kind: str, new: NewItem) -> Event:
    """Return what is told of a Record."""
    return Event(kind, f"{new.collection}/{new.id}", class_of_items(new.visibility_class))


def told_of(outcome: Outcome, new: NewItem) -> Event:
    """Return what is told of a Record that a load took."""
    return changed("record.registered" if outcome == "registered" else "record.changed", new)


def _checked(record: Record) -> Record:
    """Return a Record by which others can be sorted: where a page ends stands in the address of the next.

    Raises:
        TooLarge: it calls itself, or who answers for it, too long a name.
    """
    named = (("title", record.title), ("type", record.type), ("language", record.language))
    organizations = (("contacts.organization", one.organization) for one in record.contacts)
    for name, text in (*named, *organizations):
        if len(text.encode(errors="replace")) > _LONGEST_NAME:
            raise TooLarge(f"{name}: has more than {_LONGEST_NAME} bytes")
    return record


def _is_timeless(record: Record) -> bool:
    return record.span is None and record.updated is None


def _by_catalogue(put: Sequence[tuple[Entry, Record]]) -> dict[str, list[tuple[Entry, Record]]]:
    found: dict[str, list[tuple[Entry, Record]]] = {}
    for entry, record in put:
        found.setdefault(entry.catalogue, []).append((entry, record))
    return found


def _removal(item: Item) -> Removal:
    event = Event("record.removed", f"{item.collection}/{item.id}", class_of_items(item.visibility_class))
    return Removal(item.collection, item.id, item.version, event)
