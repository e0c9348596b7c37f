"""What Records are told apart by most, kept beside them: facets and filters need not read their documents for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.kept import LANGUAGE, ORGANIZATION
from thalweg.catalogue.records.kinds import TYPE
from thalweg.core.queryables import Queryable, Reach

if TYPE_CHECKING:
    from thalweg.catalogue.ports import ItemStore

_KEPT = (TYPE, LANGUAGE, ORGANIZATION, "license")


def declare(store: ItemStore, catalogue: str) -> None:
    """Have a Collection of Records, while it is empty, keep what its Records are told apart by."""
    if "declare" not in store.capabilities:
        return
    for name in _KEPT:
        store.declare(Queryable(name, "string", catalogue, Reach.KEPT), _quietly)


def _quietly(what: str, done: int, total: int) -> None:
    """Tell nobody: of an empty Collection it takes no time."""
