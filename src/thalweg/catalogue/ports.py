"""What the catalogue needs: a store of its own, and a guard against hrefs that lead inside."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from thalweg.catalogue.alterations import Alteration
from thalweg.catalogue.changes import ChangeQuery, Changes
from thalweg.catalogue.footprints import Footprint
from thalweg.catalogue.records.visibility import is_of_records
from thalweg.catalogue.times import Times
from thalweg.core.errors import Conflict
from thalweg.core.events import Event, Outbox
from thalweg.core.geometry import BBox
from thalweg.core.items import Collection, Item, Loaded, Outcome, Turn, Version, at_once
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import Aggregated, Aggregation, CollectionQuery, ItemQuery, Page, Token
from thalweg.core.queryables import Queryable

Capability = Literal["write", "text", "versions", "declare"]
"""What not every store does: a database of others is only read, for one."""
Told = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much it is in all."""
CAPABILITIES: frozenset[Capability] = frozenset({"write", "text", "versions", "declare"})


@dataclass(frozen=True, slots=True)
class NewItem:
    """A validated Item on its way into a store.

    Attributes:
        body: its JSON as ``documents.stored`` writes it.
        footprint: ``None`` for an Item without geometry.
        document: the same as ``body``, parsed, for the store to take queryables and words of.
    """

    collection: str
    id: str
    body: bytes
    times: Times
    footprint: Footprint | None
    visibility_class: str
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NewCollection:
    """A validated Collection on its way into a store."""

    id: str
    body: bytes
    visibility_class: str


class HrefGuard(Protocol):
    """Refuses hrefs that would lead the platform to where its callers may not go."""

    def __call__(self, href: str, parameter: str, /) -> None:
        """Return quietly where an ``http(s)`` href may be kept; no name is resolved.

        Raises:
            InvalidParameter: it is no URL, or spells an address that is not public.
        """
        ...


class ItemLinks(Protocol):
    """Links that other blocks add to the Items that lead to something of the platform's own, as they are served."""

    @property
    def rels(self) -> frozenset[str]:
        """Return the relations of these links, which an Item that comes back leaves out."""
        ...

    def __call__(self, address: str, body: bytes) -> Sequence[Mapping[str, Any]]:
        """Return the links of one Item.

        Args:
            address: where it is served.
            body: its JSON as it is stored; parsing it costs more than serving it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Extent:
    """Where and when the Items of a Collection are; ``box`` is ``None`` where none of them lies anywhere."""

    box: BBox | None
    first: datetime
    last: datetime


class ItemStore(Protocol):
    """Items and Collections, kept.

    Everything that reads takes what the caller may see and says ``NotFound`` of the rest; everything that writes takes
    its events and writes both or neither. Times are compared to the millisecond; touching counts as meeting.
    """

    @property
    def outbox(self) -> Outbox:
        """Return the log of what changed here."""
        ...

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Return what this store does; the rest raises ``NotSupported``."""
        ...

    @property
    def computes(self) -> bool:
        """Tell whether it answers by computing in this process; else threads wait for a server."""
        ...

    def item(self, collection: str, item_id: str, seen_by: Visibility, as_of: datetime | None = None) -> Item:
        """Return one Item, as it is or as it was.

        Who may not see an Item now sees nothing of what it was, nor does who could not see it then.

        Raises:
            NotFound: there is none that may be seen.
        """
        ...

    def find(self, query: ItemQuery, seen_by: Visibility) -> Page[Item]:
        """Return a page of Items, newest first unless sorted otherwise; tokens hold while Items come and go.

        Raises:
            InvalidParameter: ``intersects`` is no geometry, or the filter compares what cannot be compared.
            Unavailable: the search took longer than it may.
        """
        ...

    def count(self, query: ItemQuery, seen_by: Visibility, most: int, seconds: float = 0.0) -> int | None:
        """Return how many Items the query finds, ``None`` for more than ``most``.

        What its tallies know, a store tells however many they are: all Items, or those of Collections. Beyond ``most``
        a store may go on for so many ``seconds`` of work, and tell all where that was enough.
        """
        ...

    def aggregate(
        self, query: ItemQuery, asked: Sequence[Aggregation], seen_by: Visibility, most: int
    ) -> tuple[Aggregated, ...]:
        """Answer aggregations over all Items that the query finds; its limit and sort do not matter.

        Args:
            query: which Items.
            asked: what of them.
            seen_by: what the caller may see.
            most: buckets that one answer may have, those of most Items first kept, then told by key.

        Raises:
            Unavailable: it took longer than it may.
        """
        ...

    def queryables(self, collection: str | None, seen_by: Visibility) -> tuple[Queryable, ...]:
        """Return what can be asked of a Collection's Items, or of all Items, from the Items that are there.

        Whose values are told is seen: a queryable's values are those of Items that the caller may see.

        Raises:
            NotFound: there is no such Collection that may be seen.
        """
        ...

    def extent(self, collection: str) -> Extent | None:
        """Return where and when the Items of a Collection are, all of them; nothing where it has none."""
        ...

    def declare(self, queryable: Queryable, told: Told) -> None:
        """Keep or index a property from now on (``reach``), or let go of it (``Reach.SEEN``), while others serve.

        Items that are there are gone through in small transactions; until that is done the property stays as slow as
        it was, and no answer is wrong meanwhile.

        Args:
            queryable: its name, kind, reach and Collection (``None``: all of them).
            told: is called with how many Items are done.
        """
        ...

    def versions(self, collection: str, item_id: str, seen_by: Visibility) -> tuple[Version, ...]:
        """Return what an Item was and is, newest first; for one that was removed, its end comes first.

        Raises:
            NotFound: there was none that may be seen.
        """
        ...

    def changes(self, query: ChangeQuery, seen_by: Visibility) -> Changes:
        """Return a page of what changed, in the order of the last change of each, removed Items too.

        Raises:
            InvalidParameter: the token is of another list.
        """
        ...

    def milestones(self, every: int, seen_by: Visibility) -> tuple[Token, ...]:
        """Return each ``every``-th place in the list of changes that another follows, what is gone left out.

        So a list is read in parts of a known length by who holds no token; ``changes`` goes on after a place.

        Raises:
            NotSupported: the store does not know what changed.
            Unavailable: it took longer than it may.
        """
        ...

    def register(self, items: Sequence[NewItem], events: Sequence[Event]) -> tuple[Item, ...]:
        """Take new Items, all or none.

        Raises:
            NotFound: a Collection is not there.
            Conflict: an id is taken in its Collection.
        """
        ...

    def load(
        self,
        items: Sequence[NewItem],
        told: Callable[[Outcome, NewItem], Event],
        *,
        replacing: bool,
        turn: Turn = at_once,
        seen_by: Visibility = EVERYTHING,
    ) -> tuple[Loaded, ...]:
        """Take each Item that can be taken, in one transaction; answers in the order given.

        Args:
            items: new or known; of two of one id the second replaces the first. One that is the same to the byte as
                what is there is ``unchanged`` and tells no event.
            told: makes the event of an Item that was registered or replaced; it is given the Item with the class that
                it has, for one that was there keeps its own.
            replacing: else an Item that is there already is ``refused`` with ``Conflict``.
            turn: is waited for, without a lock, before Items are written.
            seen_by: what the caller may see; an Item that takes the id of another that is not is ``refused`` with
                ``Conflict``, whatever that other is.
        """
        ...

    def replace(self, item: NewItem, version: int, events: Sequence[Event]) -> Item:
        """Put an Item in the place of the one that has this version; its visibility class stays.

        Raises:
            NotFound: there is none.
            PreconditionFailed: it has another version.
        """
        ...

    def remove(self, collection: str, item_id: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Item that has this version.

        Raises:
            NotFound: there is none.
            PreconditionFailed: it has another version.
        """
        ...

    def apply(self, alterations: Sequence[Alteration]) -> tuple[Item | None, ...]:
        """Make several changes with their events in one transaction, or none.

        Returns:
            Of each the Item as it is now, nothing for one that was removed.

        Raises:
            NotFound: a Collection, or an Item that is replaced or removed, is not there.
            PreconditionFailed: one that is replaced or removed has another version.
            Conflict: an id of what is new is taken, or one Item is altered twice.
        """
        ...

    def remove_some(self, collection: str, most: int, told: Callable[[str, str], Event]) -> int:
        """Remove Items of a Collection, whatever their classes, in one transaction; return how many there were.

        Args:
            collection: whose.
            most: how many at most.
            told: makes the event of an Item that goes, of its id and its class.

        Raises:
            NotFound: there is no such Collection.
        """
        ...

    def collection(self, collection: str, seen_by: Visibility, as_of: datetime | None = None) -> Collection:
        """Return one Collection, as it is or as it was.

        Raises:
            NotFound: there is none that may be seen.
        """
        ...

    def collections(self, query: CollectionQuery, seen_by: Visibility) -> Page[Collection]:
        """Return a page of Collections, in the order of their registration unless sorted otherwise.

        Raises:
            InvalidParameter: the filter compares what cannot be compared.
            Unavailable: the search took longer than it may.
        """
        ...

    def count_collections(self, query: CollectionQuery, seen_by: Visibility, most: int) -> int | None:
        """Return how many Collections the query finds, ``None`` for more than ``most``."""
        ...

    def register_collection(self, collection: NewCollection, events: Sequence[Event]) -> Collection:
        """Take a new Collection.

        Raises:
            Conflict: its id is taken.
        """
        ...

    def replace_collection(self, collection: NewCollection, version: int, events: Sequence[Event]) -> Collection:
        """Put a Collection in the place of the one that has this version; its visibility class stays.

        Raises:
            NotFound: there is none.
            PreconditionFailed: it has another version.
        """
        ...

    def remove_collection(self, collection: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Collection that has this version and holds no Items.

        Raises:
            NotFound: there is none.
            PreconditionFailed: it has another version.
            Conflict: it holds Items.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def not_empty(collection: str) -> Conflict:
    """Return what is said of a Collection that is to go before its Items."""
    return Conflict(
        f"The Collection {collection!r} holds Items: remove each of them first; all at once, on the platform's machine:"
        f" thalweg catalogue remove {collection} --with-items"
    )


def id_taken(collection: str, item_id: str, visibility_class: str) -> Conflict:
    """Return what is said of an id that another has, an Item or a Record as its class says."""
    kind = "a Record" if is_of_records(visibility_class) else "an Item"
    return Conflict(f"The Collection {collection!r} has {kind} {item_id!r} already.")


def id_withheld(collection: str, item_id: str) -> Conflict:
    """Return what is said of an id that an unseen Item has: that much cannot be hidden, and nothing else is told."""
    return Conflict(f"The id {item_id!r} cannot be given in the Collection {collection!r}: choose another.")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw: ``where`` names the table, Collection or Item, ``what`` says what is wrong with it."""

    where: str
    what: str
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much a store holds, and what it takes.

    Attributes:
        counts: by noun: Items, Collections, versions, events …
        bytes: by part: documents, indexes, outbox …
        notes: what an operator would want to know, in sentences.
    """

    counts: Mapping[str, int]
    bytes: Mapping[str, int]
    notes: tuple[str, ...] = ()


class Maintained(Protocol):
    """A store that an operator looks after, while others serve."""

    def check(self, told: Told, *, mend: bool = False) -> Iterable[Finding]:
        """Yield what does not agree: documents that cannot be read, rows without their others, wrong tallies."""
        ...

    def compact(self, told: Told) -> None:
        """Give back what is not needed: free pages, documents packed by an old dictionary, fragmented indexes."""
        ...

    def reindex(self, told: Told) -> None:
        """Make all that is derived from the documents again."""
        ...

    def statistics(self) -> Statistics:
        """Return how much the store holds."""
        ...
