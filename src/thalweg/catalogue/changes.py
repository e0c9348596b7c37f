"""What changed in the catalogue since: Items and kept Records in the order of their last change, removed ones too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from thalweg.core.items import Item
    from thalweg.core.queries import Token


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """Which changes: every field narrows, an empty one does not.

    Attributes:
        ids: of Items, as their Collections know them.
        since: the first moment that counts.
        until: the first moment that counts no more.
        limit: how many a page holds.
        after: the place where the page before ended.
    """

    collections: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    after: Token | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What last became of an Item.

    Attributes:
        at: when.
        item: as it is; for one that was removed as it was last, its body empty where nobody kept it.
        place: in the list, for who goes on after it.
        gone: it was removed.
    """

    at: datetime
    item: Item
    place: Token
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes, the oldest first; an Item stands in it once, at its last change.

    Who goes page after page misses nothing: what changes meanwhile moves behind the place where the page ended.

    Attributes:
        settled: nothing that happened before this moment will appear later. Changes are told by when they were made,
            and one that takes long appears after others that were made later.
    """

    found: tuple[Change, ...]
    settled: datetime
    next: Token | None = None
