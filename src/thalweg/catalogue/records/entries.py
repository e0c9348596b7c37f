"""What a search over Records finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.kept import record_of
from thalweg.catalogue.records.naming import item_record_id
from thalweg.catalogue.records.visibility import is_of_records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thalweg.catalogue.records.record import Record
    from thalweg.core.items import Item


@dataclass(frozen=True, slots=True)
class Entry:
    """An Item, or a kept Record, found by who asked for Records.

    Attributes:
        document: its document, where it was parsed already.
    """

    item: Item
    document: Mapping[str, Any] | None = None

    @property
    def is_item(self) -> bool:
        """Tell whether it is an Item, which STAC knows too."""
        return not is_of_records(self.item.visibility_class)

    @property
    def id(self) -> str:
        """Return the Record's id."""
        return item_record_id(self.item.collection, self.item.id) if self.is_item else self.item.id

    @property
    def catalogue(self) -> str:
        """Return the Collection that it belongs to."""
        return self.item.collection

    def record(self) -> Record:
        """Return the Record; its document is parsed at each call unless it was before."""
        return record_of(self.item, self.document)
