"""What can be asked of Items, by name and kind."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Kind = Literal["string", "number", "integer", "boolean", "datetime", "geometry", "array"]


class Reach(IntEnum):
    """How fast a store answers a question about a queryable."""

    SEEN = 0
    """Items have it; their documents are read to answer."""
    KEPT = 1
    """It is kept beside the Item: no document is read."""
    INDEXED = 2
    """It has an index: it can be sorted by, and rare values are found at once."""


@dataclass(frozen=True, slots=True)
class Queryable:
    """One property by which Items are found.

    Attributes:
        collection: whose; ``None`` where it is of all Collections.
        kind: what all its values have in common; ``string`` where they have nothing.
        reach: how fast it is.
        least, greatest: of its numbers or times (RFC 3339), where the store knows.
        values: all of its values, where they are few and the store knows.
    """

    name: str
    kind: Kind
    collection: str | None = None
    reach: Reach = Reach.SEEN
    least: float | str | None = None
    greatest: float | str | None = None
    values: tuple[str | int | float, ...] = ()
