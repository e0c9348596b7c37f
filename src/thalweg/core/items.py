"""Items and Collections: what the catalogue holds and other blocks ask it for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from thalweg.core.geometry import BBox
from thalweg.core.principals import Principal
from thalweg.core.time import Interval

T = TypeVar("T")
Document = Mapping[str, Any]
"""A STAC document as parsed JSON; it stays what its writer wrote."""

LOCAL = "thalweg:"
"""An href that begins so is root-relative on this platform: ``thalweg:/workspaces/demo/files/olinda.tif``.

It is made absolute when served, so that a platform may change its address.
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One Item as the catalogue holds it.

    Attributes:
        body: its JSON, UTF-8, without the links that the façade adds.
        version: grows by one with each change.
        visibility_class: who may see it.
    """

    collection: str
    id: str
    body: bytes
    version: int
    visibility_class: str

    @property
    def etag(self) -> str:
        """Return the strong entity tag of this version."""
        return f'"{self.version:x}"'


@dataclass(frozen=True, slots=True)
class Collection:
    """One Collection as the catalogue holds it; ``visibility_class`` is what its new Items get."""

    id: str
    body: bytes
    version: int
    visibility_class: str

    @property
    def etag(self) -> str:
        """Return the strong entity tag of this version."""
        return f'"{self.version:x}"'


@dataclass(frozen=True, slots=True)
class Token:
    """Where a page ended: the sort keys of its last Item; opaque to callers, signed by the façade.

    Attributes:
        time: ms since 1970 of the Item's time.
        number: the store's own number of the Item.
        backwards: the page before is wanted, not the one after.
    """

    time: int
    number: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """Which Items, newest first: every field narrows, an empty one does not.

    Attributes:
        bbox: what the Item's geometry must meet; may cross the antimeridian.
        interval: what the Item's time must meet.
        intersects: a GeoJSON geometry, checked, that the Item's geometry must meet.
        limit: how many a page holds.
        after: the place where the page before ended.
    """

    collections: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    bbox: BBox | None = None
    interval: Interval | None = None
    intersects: Document | None = None
    limit: int = 10
    after: Token | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a longer list; ``next`` and ``previous`` are there where more follows or went before."""

    found: tuple[T, ...]
    next: Token | None = None
    previous: Token | None = None


class ItemSource(Protocol):
    """The part of a catalogue that reads one Item."""

    def item(self, collection: str, item_id: str, who: Principal) -> Item:
        """Return one Item, or raise ``NotFound``."""
        ...


class ItemRegistry(Protocol):
    """The part of a catalogue that takes new Items."""

    def register(self, items: Sequence[Document], who: Principal) -> tuple[Item, ...]:
        """Validate and register the Items, all or none.

        Raises:
            InvalidParameter: an Item is not valid STAC; the parameter is the member's path.
            NotFound: its Collection is not there.
            Conflict: its id is taken in its Collection.
            Forbidden: ``who`` may not write there.
        """
        ...

    def ensure_collection(self, collection: Document, who: Principal) -> Collection:
        """Return the Collection of this id, registered now where it was not there."""
        ...
