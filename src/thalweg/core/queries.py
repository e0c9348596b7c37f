"""Questions to the catalogue, and the pages of their answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from thalweg.core.expressions import Expression
from thalweg.core.geometry import BBox
from thalweg.core.texts import Text
from thalweg.core.time import Interval

T = TypeVar("T")
Key = int | float | str | None


@dataclass(frozen=True, slots=True)
class Token:
    """Where a page ended: the sort keys of its last entry; opaque to callers, sealed by the façade.

    Attributes:
        keys: in the order of the sort, the last of them unique in the store.
        backwards: the page before is wanted, not the one after.
    """

    keys: tuple[Key, ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of an order; what lacks it comes last in either direction."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """Which Items: every field narrows, an empty one does not.

    Attributes:
        bbox: what the Item's geometry must meet; may cross the antimeridian.
        interval: what the Item's time must meet.
        intersects: a GeoJSON geometry, checked, that the Item's geometry must meet.
        filter: what must be true of the Item.
        text: what its title, description or keywords must say.
        sort: none is newest first; ties come in an order of the store's own that does not change.
        limit: how many a page holds.
        after: the place where the page before ended.
        as_of: the Items as they were then, to those who may see them now; none is as they are.
        since: only what became after this moment what it was at ``as_of``.
        until: only what was superseded, or removed, no later than this moment, and was there at ``as_of``.
    """

    collections: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    bbox: BBox | None = None
    interval: Interval | None = None
    intersects: Mapping[str, Any] | None = None
    filter: Expression | None = None
    text: Text | None = None
    sort: tuple[Sort, ...] = ()
    limit: int = 10
    after: Token | None = None
    as_of: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CollectionQuery:
    """Which Collections: every field narrows; no ``sort`` is the order of their registration.

    Attributes:
        bbox: what one of the boxes of its extent after the first, or the only one, must meet.
        interval: what its temporal extent must meet.
        as_of: the Collections as they were then, to those who may see them now; none is as they are.
    """

    ids: tuple[str, ...] = ()
    bbox: BBox | None = None
    interval: Interval | None = None
    filter: Expression | None = None
    text: Text | None = None
    sort: tuple[Sort, ...] = ()
    limit: int = 10
    after: Token | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a longer list; ``next`` and ``previous`` are there where more follows or went before."""

    found: tuple[T, ...]
    next: Token | None = None
    previous: Token | None = None


AggregationKind = Literal["count", "least", "greatest", "terms", "histogram", "dates", "geohash", "geotile"]


@dataclass(frozen=True, slots=True)
class Aggregation:
    """What is asked of all Items of a query together.

    Attributes:
        name: as the caller named it: ``datetime_frequency``.
        property: the queryable that it is about; ``""`` for ``count``.
        step: of a histogram in the property's unit, else 0.
        interval: of ``dates``.
        precision: of ``geohash`` (characters) and ``geotile`` (zoom): cells of the centre of the Item's box.
        keys: of ``terms``: names within the property, at any depth, whose values are meant; none is the property
            itself, or each member of an array. What an Item tells twice counts once.
    """

    name: str
    kind: AggregationKind
    property: str = ""
    step: float = 0.0
    interval: Literal["year", "month", "day"] = "month"
    precision: int = 3
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many Items have one value, or lie between two (the second excluded)."""

    key: str | int | float | bool
    count: int
    low: float | str | None = None
    high: float | str | None = None


@dataclass(frozen=True, slots=True)
class Aggregated:
    """The answer to one aggregation: a value (a count, a number, an RFC 3339 time), or buckets by key.

    ``overflow`` counts the Items of the buckets beyond the most that are told.
    """

    asked: Aggregation
    value: int | float | str | None = None
    buckets: tuple[Bucket, ...] = ()
    overflow: int = 0
