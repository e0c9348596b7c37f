"""What changed of the Records of some types: told by their documents, which the store does not look into."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from thalweg.catalogue.changes import Changes
from thalweg.catalogue.records.kinds import ITEM, TYPE
from thalweg.catalogue.records.visibility import is_of_records
from thalweg.core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from thalweg.catalogue.changes import Change, ChangeQuery
    from thalweg.catalogue.ports import ItemStore
    from thalweg.core.items import Item
    from thalweg.core.principals import Visibility

_AT_ONCE, _SECONDS = 500, 10.0


def type_of(item: Item, document: Mapping[str, Any] | None = None) -> str:
    """Return the type of resource that an entry of the store is; nothing where it is not known any more.

    Args:
        item: the entry.
        document: its document, where it was parsed already.
    """
    if not is_of_records(item.visibility_class):
        return ITEM
    if document is None and item.body:
        document = orjson.loads(item.body)
    return "" if document is None else str(document["properties"].get(TYPE, ""))


def changes_of(store: ItemStore, query: ChangeQuery, seen: Visibility, types: tuple[str, ...]) -> Changes:
    """Return a page of what changed of resources of these types.

    Raises:
        Unavailable: so few of so many are of these types that it takes too long.
    """
    settled = store.changes(replace(query, limit=1), seen).settled
    found: list[Change] = []
    for change in _all(store, query, seen):
        if type_of(change.item) not in types:
            continue
        if len(found) == query.limit:
            return Changes(tuple(found), settled, found[-1].place)
        found.append(change)
    return Changes(tuple(found), settled)


def _all(store: ItemStore, query: ChangeQuery, seen: Visibility) -> Iterator[Change]:
    deadline, after = time.monotonic() + _SECONDS, query.after
    while True:
        page = store.changes(replace(query, limit=_AT_ONCE, after=after), seen)
        yield from page.found
        if page.next is None:
            return
        after = page.next
        if time.monotonic() > deadline:
            raise Unavailable(f"To find what changed of these types took longer than {_SECONDS:g} s: ask for all.")
