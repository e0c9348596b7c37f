"""The catalogue's use cases: each says who asks, and the policy answers inside the store's query."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from thalweg.catalogue.canonical import canonical
from thalweg.catalogue.documents import merged, written
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import ItemStore, NewItem, Told, id_taken
from thalweg.catalogue.records.naming import ALL
from thalweg.catalogue.searches import Searches
from thalweg.catalogue.strictness import KnownRules, Rules, rules_of
from thalweg.catalogue.validation import Validator, Wanted
from thalweg.core.errors import (
    Conflict,
    InvalidParameter,
    NotFound,
    PreconditionFailed,
    ThalwegError,
    TooLarge,
    Unavailable,
)
from thalweg.core.events import Event
from thalweg.core.items import (
    FOLLOWING,
    Collection,
    Document,
    Item,
    ItemRegistry,
    ItemSource,
    Loaded,
    Outcome,
    Turn,
    at_once,
)
from thalweg.core.principals import EVERYTHING, Principal
from thalweg.core.queries import ItemQuery
from thalweg.core.queryables import Queryable
from thalweg.core.time import written as written_time
from thalweg.core.workspaces import PUBLIC, Policy, workspace_of
from thalweg.cql2.names import plain

T = TypeVar("T")
JOB = "thalweg:job"
"""The property that names the Job whose result an Item is."""
_TRIES = 8
_REMOVED_AT_ONCE = 500
_ALL = 2**62


class Catalogue(Searches):
    """Items and Collections for whoever may see or write them; what ``who`` may not see is ``NotFound``."""

    def __init__(self, store: ItemStore, policy: Policy, validator: Validator, limits: Limits) -> None:
        super().__init__(store, policy, limits)
        self._validator = validator
        self._rules = KnownRules()

    def register(self, items: Sequence[Document], who: Principal) -> tuple[Item, ...]:
        """Validate and register the Items, all or none."""
        self._check_number(items)
        classes: dict[str, tuple[str, Rules]] = {}
        new = [self._new(place, document, classes, who, len(items)) for place, document in enumerate(items)]
        return self._store.register(new, [_of_item("item.registered", item) for item in new])

    def register_once(self, items: Sequence[Document], who: Principal) -> tuple[Item, ...]:
        """Register what a Job made, and answer as well where the same Job registered it before.

        Raises:
            Conflict: an id is taken by what is not the same Job's.
        """
        try:
            return self.register(items, who)
        except Conflict:
            there = [self._same(document, who) for document in items]
            if all(item is None for item in there):
                raise
            missing = [document for document, item in zip(items, there, strict=True) if item is None]
            new = iter(self.register(missing, who) if missing else ())
            return tuple(item if item is not None else next(new) for item in there)

    def load(
        self,
        items: Sequence[Document],
        who: Principal,
        *,
        replacing: bool = True,
        turn: Turn = at_once,
        making: Document | None = None,
    ) -> tuple[Loaded, ...]:
        """Take each Item that can be taken, and tell of each what became of it.

        Raises:
            Unavailable: the store does not answer; nothing was taken, or nobody knows.
        """
        self._check_number(items)
        taken, refused = self._all_checked(items, who, {} if making is None else self._to_be_made(making, who))
        if taken and making is not None:
            self.ensure_collection(making, who)
        loaded = self._loaded(list(taken.values()), who, replacing=replacing, turn=turn) if taken else ()
        if not refused:
            return loaded
        there = [dataclasses.replace(one, place=place) for place, one in zip(taken, loaded, strict=True)]
        return tuple(sorted([*refused, *there], key=lambda one: one.place))

    def replace(self, document: Document, who: Principal, version: int | None = None) -> Item:
        """Put an Item in the place of the one of its Collection and id.

        Args:
            document: the whole Item.
            who: asks.
            version: what the place must hold; ``None`` for any.
        """
        return self._change(document.get("collection"), document.get("id"), who, version, lambda _: document)

    def patch(
        self, collection: str, item_id: str, change: Document, who: Principal, version: int | None = None
    ) -> Item:
        """Change an Item by a JSON merge patch (RFC 7396); neither its id nor its Collection change."""
        written(change)
        return self._change(collection, item_id, who, version, lambda now: merged(now, change))

    def remove(self, collection: str, item_id: str, who: Principal, version: int | None = None) -> None:
        """Remove an Item."""
        self._check(who, collection)

        def attempt(now: Item) -> None:
            event = _event("item.removed", now.visibility_class, collection, item_id)
            self._store.remove(collection, item_id, now.version, [event])

        self._unhurried(lambda: self.item(collection, item_id, who), attempt, version)

    def declare(self, queryable: Queryable, who: Principal, told: Told) -> None:
        """Keep, index or let go of a property by which Items are found; over all Collections only the admin."""
        if queryable.collection is None:
            self._policy.check(who, "administer", PUBLIC)
        else:
            self.collection(queryable.collection, who)
            self._policy.check(who, "administer", workspace_of(queryable.collection))
        self._store.declare(dataclasses.replace(queryable, name=plain(queryable.name)), told)

    def register_collection(self, document: Document, who: Principal) -> Collection:
        """Validate and register a Collection; what stands before the first dot of its id is its workspace."""
        name = _text(document, "id")
        workspace = workspace_of(name)
        self._policy.check(who, "write", workspace)
        if name == ALL:
            raise InvalidParameter("id", f"is not {ALL!r}: that is the catalogue of everything")
        new = self._validator.collection(document, self._policy.class_of(workspace))
        event = _event("collection.registered", new.visibility_class, new.id)
        return self._store.register_collection(new, [event])

    def ensure_collection(self, collection: Document, who: Principal) -> Collection:
        """Return the Collection of this id, registered now where it was not there."""
        name = _text(collection, "id")
        try:
            return self.collection(name, who)
        except NotFound:
            pass
        try:
            return self.register_collection(collection, who)
        except Conflict:
            return self.collection(name, who)

    def fit(self, collection: str, who: Principal) -> None:
        """Bring the extent of a Collection in line with its Items, if it says that it follows them."""
        document = orjson.loads(self.collection(collection, who).body)
        found = self._store.extent(collection) if document.get(FOLLOWING) == "items" else None
        if found is None:
            return
        box = document["extent"]["spatial"]["bbox"] if found.box is None else [list(found.box.numbers())]
        times = [written_time(found.first), written_time(found.last)]
        extent = {"spatial": {"bbox": box}, "temporal": {"interval": [times]}}
        if extent != document["extent"]:
            self.patch_collection(collection, {"extent": extent}, who)

    def replace_collection(self, document: Document, who: Principal, version: int | None = None) -> Collection:
        """Put a Collection in the place of the one of its id; its Items stay."""
        return self._change_collection(_text(document, "id"), who, version, lambda _: document)

    def patch_collection(
        self, collection: str, change: Document, who: Principal, version: int | None = None
    ) -> Collection:
        """Change a Collection by a JSON merge patch (RFC 7396); its id does not change."""
        written(change)
        return self._change_collection(collection, who, version, lambda now: merged(now, change))

    def remove_collection(self, collection: str, who: Principal, version: int | None = None) -> None:
        """Remove a Collection that holds no Items."""
        self._check(who, collection)

        def attempt(now: Collection) -> None:
            event = _event("collection.removed", now.visibility_class, collection)
            self._store.remove_collection(collection, now.version, [event])

        self._unhurried(lambda: self.collection(collection, who), attempt, version)

    def empty(self, collection: str, who: Principal, told: Told) -> None:
        """Remove all Items of a Collection, some at a time; where it is cut, asking again goes on."""
        self.collection(collection, who)
        self._policy.check(who, "administer", workspace_of(collection))
        total = self._store.count(ItemQuery(collections=(collection,)), EVERYTHING, _ALL) or 0

        def event(item_id: str, visibility_class: str) -> Event:
            return _event("item.removed", visibility_class, collection, item_id)

        done = 0
        while gone := self._store.remove_some(collection, _REMOVED_AT_ONCE, event):
            done += gone
            told("removing Items", done, max(done, total))

    def _check(self, who: Principal, collection: str) -> None:
        self._policy.check(who, "write", workspace_of(collection))

    def _check_number(self, items: Sequence[Document]) -> None:
        if len(items) > self._limits.at_once:
            raise TooLarge(f"At most {self._limits.at_once} Items are registered at once (limits.at_once)")

    def _new(
        self, place: int, document: Document, classes: dict[str, tuple[str, Rules]], who: Principal, among: int
    ) -> NewItem:
        try:
            return self._checked(document, classes, who)
        except InvalidParameter as error:
            if among == 1:
                raise
            raise error.within(f"features.{place}") from error

    def _loaded(self, items: list[NewItem], who: Principal, *, replacing: bool, turn: Turn) -> tuple[Loaded, ...]:
        seen_by = self._policy.visibility(who)
        return self._store.load(items, _told, replacing=replacing, turn=turn, seen_by=seen_by)

    def _to_be_made(self, collection: Document, who: Principal) -> dict[str, tuple[str, Rules]]:
        """Return what a Collection that is not there yet will ask of its Items; nothing of one that is."""
        name = _text(collection, "id")
        self._check(who, name)
        try:
            self.collection(name, who)
        except NotFound:
            visibility_class = self._policy.class_of(workspace_of(name))
            self._validator.collection(collection, visibility_class)
            return {name: (visibility_class, rules_of(collection))}
        return {}

    def _all_checked(
        self, items: Sequence[Document], who: Principal, classes: dict[str, tuple[str, Rules]]
    ) -> tuple[dict[int, NewItem], list[Loaded]]:
        """Return those that can be taken, by their places, and what is said of the others; they are checked together.

        Raises:
            Unavailable: it says nothing of an Item, which may be taken the next time.
        """
        wanted, faults = self._all_wanted(items, who, classes)
        taken = dict[int, NewItem]()
        for place, found in zip(wanted, self._validator.items(list(wanted.values())), strict=True):
            if isinstance(found, Unavailable):
                raise found
            if isinstance(found, ThalwegError):
                faults[place] = found
            else:
                taken[place] = found
        return taken, [Loaded(place, _named(items[place]), "refused", error) for place, error in faults.items()]

    def _all_wanted(
        self, items: Sequence[Document], who: Principal, classes: dict[str, tuple[str, Rules]]
    ) -> tuple[dict[int, Wanted], dict[int, ThalwegError]]:
        """Return what is asked of the documents that ``who`` may write, by their places, and why others are refused."""
        wanted, faults = dict[int, Wanted](), dict[int, ThalwegError]()
        for place, document in enumerate(items):
            try:
                wanted[place] = self._wanted(document, classes, who)
            except Unavailable:
                raise  # the store would be waited for again with each of them
            except ThalwegError as error:
                faults[place] = error
        return wanted, faults

    def _checked(self, document: Document, classes: dict[str, tuple[str, Rules]], who: Principal) -> NewItem:
        """Return the Item as the store takes it; ``classes`` remembers the Collections that were asked about."""
        return self._validator.item(*self._wanted(document, classes, who))

    def _wanted(self, document: Document, classes: dict[str, tuple[str, Rules]], who: Principal) -> Wanted:
        collection = _text(document, "collection")
        if collection not in classes:
            self._check(who, collection)
            rules = self._rules.of(self.collection(collection, who))
            classes[collection] = self._policy.class_of(workspace_of(collection)), rules
        return document, *classes[collection]

    def _same(self, document: Document, who: Principal) -> Item | None:
        """Return the Item that is there already if it is of the same Job."""
        try:
            there = self.item(_text(document, "collection"), _text(document, "id"), who)
        except NotFound:
            return None
        job = document.get("properties", {}).get(JOB)
        if job is None or orjson.loads(there.body)["properties"].get(JOB) != job:
            raise id_taken(there.collection, there.id, there.visibility_class)
        return there

    def _change(
        self,
        collection: object,
        item_id: object,
        who: Principal,
        version: int | None,
        new: Callable[[Any], Any],
    ) -> Item:
        if not isinstance(collection, str) or not isinstance(item_id, str):
            raise InvalidParameter("id", "an Item names itself and its collection")
        self._check(who, collection)

        def attempt(now: Item) -> Item:
            document = new(orjson.loads(now.body))
            _check_names(document, id=item_id, collection=collection)
            rules = self._rules.of(self.collection(collection, who))
            item = self._validator.item(document, now.visibility_class, rules)
            if self._is_same(now.body, item.body):
                return now
            return self._store.replace(item, now.version, [_of_item("item.changed", item)])

        return self._unhurried(lambda: self.item(collection, item_id, who), attempt, version)

    def _change_collection(
        self, collection: str, who: Principal, version: int | None, new: Callable[[Any], Any]
    ) -> Collection:
        self._check(who, collection)

        def attempt(now: Collection) -> Collection:
            document = new(orjson.loads(now.body))
            _check_names(document, id=collection)
            changed = self._validator.collection(document, now.visibility_class)
            if self._is_same(now.body, changed.body):
                return now
            event = _event("collection.changed", changed.visibility_class, collection)
            return self._store.replace_collection(changed, now.version, [event])

        return self._unhurried(lambda: self.collection(collection, who), attempt, version)

    def _is_same(self, now: bytes, new: bytes) -> bool:
        """Tell whether a change changes nothing: then there is no new version, and nobody is told of one."""
        return "write" in self._store.capabilities and (now == new or canonical(now) == canonical(new))

    @staticmethod
    def _unhurried(read: Callable[[], Any], attempt: Callable[[Any], T], version: int | None) -> T:
        """Change what was read; where another was faster, read again, unless the caller named a version."""
        for _ in range(_TRIES):
            now = read()
            if version is not None and now.version != version:
                break
            try:
                return attempt(now)
            except PreconditionFailed:
                if version is not None:
                    raise
        if version is None:
            raise Conflict("Others change this at the same moment: try again.")
        raise PreconditionFailed("It has changed since this version: read it again.")


def _text(document: Document, member: str) -> str:
    value = document.get(member) if isinstance(document, Mapping) else None
    if not isinstance(value, str):
        raise InvalidParameter(member, "is required" if value is None else "is not a string")
    return value


def _check_names(document: Document, **names: str) -> None:
    for member, name in names.items():
        if document.get(member) != name:
            raise InvalidParameter(member, f"is {name!r} and cannot be changed")


def _named(document: Document) -> str | None:
    value = document.get("id") if isinstance(document, Mapping) else None
    return value if isinstance(value, str) else None


def _told(outcome: Outcome, item: NewItem) -> Event:
    return _of_item("item.registered" if outcome == "registered" else "item.changed", item)


def _of_item(kind: str, item: NewItem) -> Event:
    return _event(kind, item.visibility_class, item.collection, item.id)


def _event(kind: str, visibility_class: str, collection: str, item_id: str | None = None) -> Event:
    data = {"collection": collection} if item_id is None else {"collection": collection, "id": item_id}
    return Event(kind, "/".join(data.values()), visibility_class, data)


if TYPE_CHECKING:
    _reads: type[ItemSource] = Catalogue
    _registers: type[ItemRegistry] = Catalogue
