"""What is searched by OpenSearch, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from thalweg.catalogue.records.service import Records
    from thalweg.core.principals import Principal


def spelled(collection: str) -> str:
    """Return the id of a Collection as a part of a path."""
    return quote(collection, safe="~:@+=()")


@dataclass(frozen=True, slots=True)
class OpenSearchOffer:
    """What is searched, and what is said of it."""

    records: Records
    title: str = "Thalweg"
    abstract: str = "Resources of every kind: images, what is computed from them, processes, services and documents."
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and where.

    Attributes:
        root: of all searches.
        records: of the Records root that tells of the same.
        collection: that the address names.
    """

    who: Principal
    base: str
    root: str
    records: str
    share: str
    workspace: str | None
    collection: str | None

    @property
    def own(self) -> str:
        """Return the address of the description."""
        return self.root if self.collection is None else f"{self.root}/collections/{spelled(self.collection)}"

    @property
    def search(self) -> str:
        """Return the address of the search."""
        return f"{self.own}/search"
