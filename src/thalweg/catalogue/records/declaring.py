"""What Records are told apart by most, kept beside them: facets and filters need not read their documents for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.kept import LANGUAGE, ORGANIZATION
from thalweg.catalogue.records.kinds import TYPE
from thalweg.core.queryables import Queryable, Reach

if TYPE_CHECKING:
    from thalweg.catalogue.ports import ItemStore

_REACHES = {
    TYPE: Reach.INDEXED,
    LANGUAGE: Reach.KEPT,
    ORGANIZATION: Reach.KEPT,
    "license": Reach.KEPT,
    "title": Reach.INDEXED,
    "keywords": Reach.INDEXED,
    "themes": Reach.INDEXED,
    "updated": Reach.INDEXED,
}
"""Filtered by, or sorted by as well."""


def declare(store: ItemStore, catalogue: str) -> None:
    """Have a Collection of Records, while it is empty, keep what its Records are told apart by.

    Where a server keeps them each index is a change of its schema, which is left to the operator.
    """
    if "declare" not in store.capabilities:
        return
    for name, reach in _REACHES.items():
        asked = reach if store.computes else min(reach, Reach.KEPT)
        store.declare(Queryable(name, "string", catalogue, asked), _quietly)


def _quietly(what: str, done: int, total: int) -> None:
    """Tell nobody: of an empty Collection it takes no time."""
