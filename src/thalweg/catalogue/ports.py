"""What the catalogue needs: a store of its own, and a guard against hrefs that lead inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from thalweg.catalogue.footprints import Footprint
from thalweg.catalogue.times import Times
from thalweg.core.events import Event, Outbox
from thalweg.core.items import Collection, Item, ItemQuery, Page, Token
from thalweg.core.principals import Visibility


@dataclass(frozen=True, slots=True)
class NewItem:
    """A validated Item on its way into a store.

    Attributes:
        body: its JSON as ``documents.stored`` writes it.
        footprint: ``None`` for an Item without geometry.
    """

    collection: str
    id: str
    body: bytes
    times: Times
    footprint: Footprint | None
    visibility_class: str


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
    """Links that other blocks add to the Items that are served."""

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


class ItemStore(Protocol):
    """Items and Collections, kept.

    Everything that reads takes what the caller may see and says ``NotFound`` of the rest; everything that writes takes
    its events and writes both or neither. Times are compared to the millisecond; touching counts as meeting.
    """

    @property
    def outbox(self) -> Outbox:
        """Return the log of what changed here."""
        ...

    def item(self, collection: str, item_id: str, seen_by: Visibility) -> Item:
        """Return one Item.

        Raises:
            NotFound: there is none that may be seen.
        """
        ...

    def find(self, query: ItemQuery, seen_by: Visibility) -> Page[Item]:
        """Return a page of Items, newest first; tokens hold while Items come and go.

        Raises:
            InvalidParameter: ``intersects`` is no geometry.
            Unavailable: the search took longer than it may.
        """
        ...

    def count(self, query: ItemQuery, seen_by: Visibility, most: int) -> int | None:
        """Return how many Items the query finds, ``None`` for more than ``most``."""
        ...

    def register(self, items: Sequence[NewItem], events: Sequence[Event]) -> tuple[Item, ...]:
        """Take new Items, all or none.

        Raises:
            NotFound: a Collection is not there.
            Conflict: an id is taken in its Collection.
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

    def collection(self, collection: str, seen_by: Visibility) -> Collection:
        """Return one Collection.

        Raises:
            NotFound: there is none that may be seen.
        """
        ...

    def collections(self, seen_by: Visibility, limit: int, after: Token | None = None) -> Page[Collection]:
        """Return a page of Collections in the order of their registration."""
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
