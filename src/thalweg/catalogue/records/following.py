"""Records that follow resources: told of what is there, changed with it, gone when it is gone.

What follows has no state of its own. It begins by comparing all that is there with all that is told, and from then on
reads the outboxes and looks again at whatever an event names. So a follower that was killed loses nothing, an event
that is read twice changes nothing, and to rebuild is to begin.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import orjson

from thalweg.catalogue.documents import stored
from thalweg.catalogue.ports import NewCollection
from thalweg.catalogue.records.declaring import declare
from thalweg.catalogue.records.kept import kept, record_of
from thalweg.catalogue.records.naming import catalogue_document
from thalweg.catalogue.records.visibility import class_of_items, class_of_records, is_of_records
from thalweg.core.errors import Conflict, InvalidParameter, NotFound, PreconditionFailed, TooLarge
from thalweg.core.events import Event
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery
from thalweg.core.workspaces import PUBLIC

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from thalweg.catalogue.limits import Limits
    from thalweg.catalogue.ports import ItemStore, NewItem
    from thalweg.catalogue.records.record import Record
    from thalweg.core.events import Outbox
    from thalweg.core.items import Collection, Item, Outcome
    from thalweg.core.workspaces import Policy

FOLLOWS = "thalweg:follows"
"""The property of a Record that says which kind of resource it follows; nobody else wrote one."""
_RESOURCES = "resources"
_PAGE, _GLANCE_SECONDS, _UNHEARD_SECONDS = 500, 0.5, 60.0
_LOG = logging.getLogger(__name__)
Places = dict[str, int]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as it is now.

    Attributes:
        record: what is told of it.
        workspace: where it lives.
        visibility_class: who may see it, and so who may see its Record.
    """

    record: Record
    workspace: str
    visibility_class: str


class Resources(Protocol):
    """One kind of resource."""

    @property
    def kind(self) -> str:
        """Return its name, such as ``collection``."""
        ...

    @property
    def heard(self) -> bool:
        """Tell whether events tell of it; what they do not tell of is looked through now and then."""
        ...

    def named_by(self, event: Event) -> tuple[str, str] | None:
        """Return the workspace and the Record's id of the resource that an event is about, if it is of this kind."""
        ...

    def one(self, workspace: str, record_id: str) -> Resource | None:
        """Return the resource that a Record is about, nothing where it is gone."""
        ...

    def all(self) -> Iterable[Resource]:
        """Return all that are there."""
        ...


def catalogue_of(workspace: str) -> str:
    """Return the Collection of the Records that follow what lives in a workspace."""
    return _RESOURCES if workspace == PUBLIC else f"{workspace}.{_RESOURCES}"


class Following:
    """Keeps the Records of resources."""

    def __init__(
        self,
        store: ItemStore,
        policy: Policy,
        limits: Limits,
        kinds: Sequence[Resources],
        workspaces: Callable[[], Sequence[str]],
    ) -> None:
        self._store = store
        self._policy = policy
        self._limits = limits
        self._kinds = tuple(kinds)
        self._workspaces = workspaces

    def follow(self, outboxes: Sequence[Outbox], stop: threading.Event, held: Callable[[], None]) -> None:
        """Follow until ``stop`` is set.

        Args:
            outboxes: what tells of resources.
            stop: set when it is enough.
            held: called now and then; raises where another follows instead.
        """
        if "write" not in self._store.capabilities:
            stop.wait()  # of a database that is only read nothing can be told
            return
        places = {outbox.name: outbox.last() for outbox in outboxes}
        self.rebuild(held)
        looked = time.monotonic()
        while not stop.is_set():
            held()
            if not self.catch_up(outboxes, places):
                stop.wait(_GLANCE_SECONDS)
            if time.monotonic() - looked > _UNHEARD_SECONDS:
                self._compare([kind for kind in self._kinds if not kind.heard], held)
                looked = time.monotonic()

    def catch_up(self, outboxes: Sequence[Outbox], places: Places) -> bool:
        """Follow what happened since the places, which move on; tell whether anything did."""
        found = False
        for outbox in outboxes:
            events = outbox.after(places.get(outbox.name, 0))
            self._look_at(one.event for one in events)
            if events:
                places[outbox.name], found = events[-1].sequence, True
        return found

    def rebuild(self, held: Callable[[], None] = lambda: None) -> Mapping[str, int]:
        """Make the Records those of what is there; return how many of each kind there are."""
        return self._compare(self._kinds, held)

    def _compare(self, kinds: Iterable[Resources], held: Callable[[], None]) -> Mapping[str, int]:
        told: dict[str, set[tuple[str, str]]] = {}
        for kind in kinds:
            there = told.setdefault(kind.kind, set())
            changed: list[NewItem] = []
            for resource in kind.all():
                there.add((resource.workspace, resource.record.id))
                changed += self._changed(resource, kind.kind)
                if len(changed) >= _PAGE:
                    self._load(changed)
                    changed.clear()
                held()
            self._load(changed)
        lived_in = {workspace for there in told.values() for workspace, _ in there}
        for workspace in {PUBLIC, *self._workspaces(), *lived_in}:
            for item_id, follows in self._followers(workspace):
                if follows in told and (workspace, item_id) not in told[follows]:
                    self._remove(workspace, item_id)
                held()
        return {name: len(there) for name, there in told.items()}

    def _look_at(self, events: Iterable[Event]) -> None:
        named = ((kind, kind.named_by(event)) for event in events for kind in self._kinds)
        for kind, name in dict.fromkeys(named):
            if name is None:
                continue
            resource = kind.one(*name)
            if resource is None:
                self._remove(*name)
            else:
                self._load(self._changed(resource, kind.kind))

    def _changed(self, resource: Resource, kind: str) -> Sequence[NewItem]:
        """Return the Record of a resource where it is not what is told already, or nothing."""
        catalogue = catalogue_of(resource.workspace)
        record = replace(resource.record, extra={**(resource.record.extra or {}), FOLLOWS: kind})
        now, shown = self._there(catalogue, record.id), class_of_records(resource.visibility_class)
        if now is not None and now.visibility_class == shown and record_of(now) == record:
            return ()
        if not self._is_ours(catalogue, resource):
            return ()
        try:
            new = kept(record, catalogue, resource.visibility_class, self._limits, datetime.now(UTC))
        except (InvalidParameter, TooLarge) as error:
            _LOG.warning("nothing is told of %s of %s: %s", record.id, resource.workspace, error)
            return ()
        if now is not None and now.visibility_class != shown:
            self._remove(resource.workspace, record.id)  # a store keeps the class of what it replaces
        return (new,)

    def _load(self, changed: Sequence[NewItem]) -> None:
        for one in self._store.load(changed, _told, replacing=True) if changed else ():
            if one.error is not None:
                _LOG.warning("nothing is told of %s: %s", one.id, one.error)

    def _there(self, catalogue: str, record_id: str) -> Item | None:
        try:
            return self._store.item(catalogue, record_id, EVERYTHING)
        except NotFound:
            return None

    def _is_ours(self, catalogue: str, resource: Resource) -> bool:
        """Tell whether a Collection takes Records; it is made where there is none."""
        try:
            there = self._store.collection(catalogue, EVERYTHING)
        except NotFound:
            there = self._made(catalogue, resource)
        if not is_of_records(there.visibility_class):
            _LOG.warning("%s is a Collection of Items: nothing is told of %s", catalogue, resource.record.id)
            return False
        return True

    def _made(self, catalogue: str, resource: Resource) -> Collection:
        try:
            shown = self._policy.class_of(resource.workspace)
        except NotFound:  # in a database of others an id may name a workspace that nobody made
            shown = resource.visibility_class
        document = catalogue_document(catalogue, "Resources", f"What lives in the workspace {resource.workspace}.")
        new = NewCollection(catalogue, stored(document, [], self._limits.document), class_of_records(shown))
        try:
            made = self._store.register_collection(new, [Event("catalogue.registered", catalogue, shown)])
        except Conflict:
            return self._store.collection(catalogue, EVERYTHING)
        declare(self._store, catalogue)
        return made

    def _followers(self, workspace: str) -> Iterator[tuple[str, str]]:
        """Yield the ids of the Records of a workspace that follow, each with the kind that it follows."""
        catalogue, after = catalogue_of(workspace), None
        try:
            self._store.collection(catalogue, EVERYTHING)
        except NotFound:
            return
        while True:
            query = ItemQuery(collections=(catalogue,), limit=min(_PAGE, self._limits.page), after=after)
            page = self._store.find(query, EVERYTHING)
            for item in page.found:
                follows = orjson.loads(item.body)["properties"].get(FOLLOWS)
                if isinstance(follows, str):
                    yield item.id, follows
            if page.next is None:
                return
            after = page.next

    def _remove(self, workspace: str, record_id: str) -> None:
        catalogue = catalogue_of(workspace)
        while (now := self._there(catalogue, record_id)) is not None:
            event = Event("record.removed", f"{catalogue}/{record_id}", class_of_items(now.visibility_class))
            try:
                self._store.remove(catalogue, record_id, now.version, [event])
            except (PreconditionFailed, NotFound):
                continue


def _told(outcome: Outcome, new: NewItem) -> Event:
    kind = "record.registered" if outcome == "registered" else "record.changed"
    return Event(kind, f"{new.collection}/{new.id}", class_of_items(new.visibility_class))
