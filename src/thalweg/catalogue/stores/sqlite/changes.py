"""The changes of the store: each in one writing transaction with its events, made ready before the lock is taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from thalweg.catalogue.alterations import Addition, Alteration, Removal, Replacement, check_once
from thalweg.catalogue.ports import NewCollection, NewItem, id_taken, id_withheld
from thalweg.catalogue.stores.sqlite import collections, properties, sightings
from thalweg.catalogue.stores.sqlite.classes import class_name
from thalweg.catalogue.stores.sqlite.items import Writing
from thalweg.catalogue.stores.sqlite.opened import Opened
from thalweg.catalogue.stores.sqlite.preparing import Prepared, prepared
from thalweg.core.errors import Conflict, Unavailable
from thalweg.core.events import Event
from thalweg.core.items import Collection, Item, Loaded, Outcome, Turn, at_once
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.sql.outbox import record_raw

T = TypeVar("T")
Told = Callable[[Outcome, NewItem], Event]
_TRIES = 8


Taken = tuple[int, int, NewItem]
"""The numbers of the Collection and the class of an Item that was taken, and the Item."""


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What a transaction did, before its events are written."""

    answer: T
    events: Sequence[Event]
    taken: Sequence[Taken]


class _OutdatedError(Exception):
    """A Collection came after Items were made ready."""


class Changes(Opened):
    """What is changed of Items and Collections."""

    def register(self, items: Sequence[NewItem], events: Sequence[Event]) -> tuple[Item, ...]:
        """Take new Items, all or none."""

        def insert(writing: Writing, ready: Sequence[Prepared | None]) -> Done[tuple[Item, ...]]:
            collections.all_of(writing.connection, {item.collection for item in items})
            registered, taken = list[Item](), list[Taken]()
            for item, one in zip(items, _all(ready), strict=True):
                version = writing.insert(one, item.collection)
                registered.append(Item(item.collection, item.id, item.body, version, item.visibility_class))
                taken.append((one.c, writing.class_number(item.visibility_class), item))
            return Done(tuple(registered), events, taken)

        return self._written(items, insert)

    def load(
        self,
        items: Sequence[NewItem],
        told: Told,
        *,
        replacing: bool,
        turn: Turn = at_once,
        seen_by: Visibility = EVERYTHING,
    ) -> tuple[Loaded, ...]:
        """Take each Item that can be taken, in one transaction."""

        def take(writing: Writing, ready: Sequence[Prepared | None]) -> Done[tuple[Loaded, ...]]:
            there = collections.numbers(writing.connection, {item.collection for item in items})
            loaded, events, taken = list[Loaded](), list[Event](), list[Taken]()
            there_for = [one for item, one in zip(items, ready, strict=True) if one and item.collection in there]
            new = writing.unknown(there_for)
            writing.insert_all(new)
            came = {id(one) for one in new}
            for place, (item, one) in enumerate(zip(items, ready, strict=True)):
                if one is None or item.collection not in there:
                    loaded.append(Loaded(place, item.id, "refused", collections.missing(item.collection)))
                    continue
                try:
                    outcome, k = _taken(writing, item, one, seen_by, came=id(one) in came, replacing=replacing)
                except Conflict as error:
                    loaded.append(Loaded(place, item.id, "refused", error))
                    continue
                loaded.append(Loaded(place, item.id, outcome))
                if outcome in {"registered", "replaced"}:
                    events.append(told(outcome, writing.of_class(item, k)))
                    taken.append((one.c, k, item))
            return Done(tuple(loaded), events, taken)

        return self._written(items, take, turn)

    def replace(self, item: NewItem, version: int, events: Sequence[Event]) -> Item:
        """Put an Item in the place of the one that has this version."""

        def put(writing: Writing, ready: Sequence[Prepared | None]) -> Done[Item]:
            c = collections.all_of(writing.connection, {item.collection})[item.collection]
            there = writing.expected(c, item.collection, item.id, version)
            (one,) = _all(ready)
            new = writing.replace(there, one, item.body)
            changed = Item(item.collection, item.id, item.body, new, item.visibility_class)
            return Done(changed, events, [(c, there.k, item)])

        return self._written([item], put)

    def _written(
        self,
        items: Sequence[NewItem],
        write: Callable[[Writing, Sequence[Prepared | None]], "Done[T]"],
        turn: Turn = at_once,
    ) -> T:
        """Make Items ready, write them, and what was seen of them; again where others are to be kept meanwhile."""
        for _ in range(_TRIES):
            generation, known = self._learning.known(items)
            found = iter(prepared([item for item in items if item.collection in known], known))
            ready = [next(found) if item.collection in known else None for item in items]
            turn()
            try:
                with self._connections.writing() as connection:
                    if properties.generation(connection) != generation:
                        continue
                    writing = Writing(connection, self._bodies.unpacked)
                    done = write(writing, ready)
                    writing.finish()
                    seen = self._learning.gathered(done.taken)
                    if seen:
                        sightings.write(connection, seen, properties.numbered(connection, {one[2] for one in seen}))
                    record_raw(connection, done.events)
            except _OutdatedError:
                continue
            self._learning.remember(seen)
            return done.answer
        raise Unavailable("What is kept of Items changes too often just now: try again.")

    def remove(self, collection: str, item_id: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Item that has this version."""
        with self._connections.writing() as connection:
            c = collections.all_of(connection, {collection})[collection]
            writing = Writing(connection, self._bodies.unpacked)
            writing.remove(writing.expected(c, collection, item_id, version), c, item_id)
            writing.finish()
            record_raw(connection, events)

    def apply(self, alterations: Sequence[Alteration]) -> tuple[Item | None, ...]:
        """Make several changes in one transaction, or none."""
        check_once(alterations)

        def alter(writing: Writing, ready: Sequence[Prepared | None]) -> Done[tuple[Item | None, ...]]:
            there = collections.all_of(writing.connection, {one.place[0] for one in alterations})
            made, answers, taken = iter(_all(ready)), list[Item | None](), list[Taken]()
            for one in alterations:
                c = there[one.place[0]]
                if isinstance(one, Removal):
                    writing.remove(writing.expected(c, one.collection, one.id, one.version), c, one.id)
                    answers.append(None)
                else:
                    changed, k = _altered(writing, one, next(made))
                    answers.append(changed)
                    taken.append((c, k, one.item))
            return Done(tuple(answers), [one.event for one in alterations], taken)

        return self._written([one.item for one in alterations if not isinstance(one, Removal)], alter)

    def remove_some(self, collection: str, most: int, told: Callable[[str, str], Event]) -> int:
        """Remove Items of a Collection in one transaction; return how many there were."""
        with self._connections.writing() as connection:
            c = collections.all_of(connection, {collection})[collection]
            writing = Writing(connection, self._bodies.unpacked)
            ids = connection.execute("SELECT id FROM item WHERE c = ? LIMIT ?", (c, most)).fetchall()
            events = list[Event]()
            for (item_id,) in ids:
                there = writing.there(c, str(item_id))
                if there is not None:
                    writing.remove(there, c, str(item_id))
                    events.append(told(str(item_id), class_name(connection, there.k)))
            writing.finish()
            record_raw(connection, events)
        return len(ids)

    def register_collection(self, collection: NewCollection, events: Sequence[Event]) -> Collection:
        """Take a new Collection."""
        with self._connections.writing() as connection:
            version = collections.register(connection, collection)
            record_raw(connection, events)
        return Collection(collection.id, collection.body, version, collection.visibility_class)

    def replace_collection(self, collection: NewCollection, version: int, events: Sequence[Event]) -> Collection:
        """Put a Collection in the place of the one that has this version."""
        with self._connections.writing() as connection:
            new = collections.replace(connection, collection, version)
            record_raw(connection, events)
        return Collection(collection.id, collection.body, new, collection.visibility_class)

    def remove_collection(self, collection: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Collection that has this version and holds no Items."""
        with self._connections.writing() as connection:
            collections.remove(connection, collection, version)
            record_raw(connection, events)


def _all(ready: Sequence[Prepared | None]) -> list[Prepared]:
    found = [one for one in ready if one is not None]
    if len(found) < len(ready):
        raise _OutdatedError
    return found


def _altered(writing: Writing, one: Addition | Replacement, made: Prepared) -> tuple[Item, int]:
    """Put one Item in; return it with the number of its class."""
    item = one.item
    if isinstance(one, Addition):
        version, k = writing.insert(made, item.collection), writing.class_number(item.visibility_class)
        return Item(item.collection, item.id, item.body, version, item.visibility_class), k
    there = writing.expected(made.c, item.collection, item.id, one.version)
    version = writing.replace(there, made, item.body)
    return Item(item.collection, item.id, item.body, version, class_name(writing.connection, there.k)), there.k


def _taken(
    writing: Writing, item: NewItem, one: Prepared, seen_by: Visibility, *, came: bool, replacing: bool
) -> tuple[Outcome, int]:
    """Take one Item of a load, unless it came already; return what became of it, and the number of its class.

    Raises:
        Conflict: its id is another's, whose place it may not take.
    """
    if came:
        return "registered", writing.class_number(one.visibility_class)
    there = writing.there(one.c, item.id)
    if there is None:
        writing.insert(one, item.collection)
        return "registered", writing.class_number(item.visibility_class)
    if not seen_by.everything and not seen_by.sees(class_name(writing.connection, there.k)):
        raise id_withheld(item.collection, item.id)
    if writing.document(there) == item.body:
        return "unchanged", there.k
    if not replacing:
        raise id_taken(item.collection, item.id, item.visibility_class)
    writing.replace(there, one, item.body)
    return "replaced", there.k
