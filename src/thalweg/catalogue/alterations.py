"""Changes of several Items that are made together, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.core.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thalweg.catalogue.ports import NewItem
    from thalweg.core.events import Event


@dataclass(frozen=True, slots=True)
class Addition:
    """An Item that is new."""

    item: NewItem
    event: Event

    @property
    def place(self) -> tuple[str, str]:
        """Return the Collection and the id of the Item."""
        return self.item.collection, self.item.id


@dataclass(frozen=True, slots=True)
class Replacement:
    """An Item in the place of the one that has this version; its visibility class stays."""

    item: NewItem
    version: int
    event: Event

    @property
    def place(self) -> tuple[str, str]:
        """Return the Collection and the id of the Item."""
        return self.item.collection, self.item.id


@dataclass(frozen=True, slots=True)
class Removal:
    """The Item that has this version is removed."""

    collection: str
    id: str
    version: int
    event: Event

    @property
    def place(self) -> tuple[str, str]:
        """Return the Collection and the id of the Item."""
        return self.collection, self.id


Alteration = Addition | Replacement | Removal


def check_once(alterations: Iterable[Alteration]) -> None:
    """Return quietly where no Item is altered twice: which comes first would be anybody's guess.

    Raises:
        Conflict: one is.
    """
    seen = set[tuple[str, str]]()
    for one in alterations:
        if one.place in seen:
            collection, item_id = one.place
            raise Conflict(f"The Item {item_id!r} of the Collection {collection!r} is altered twice.")
        seen.add(one.place)
