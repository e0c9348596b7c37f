"""STAC Collections as resources that Records follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson

from thalweg.catalogue.records.following import Resource
from thalweg.catalogue.records.readers.stac import COLLECTION, of_collection
from thalweg.catalogue.records.record import Link
from thalweg.catalogue.records.visibility import is_of_records
from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.items import LOCAL, Collection
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import CollectionQuery
from thalweg.core.workspaces import workspace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.ports import ItemStore
    from thalweg.catalogue.records.following import Resources
    from thalweg.core.events import Event

_PAGE = 500


class Collections:
    """Collections of Items; the id of a Record is the Collection's own."""

    kind = COLLECTION
    heard = True

    def __init__(self, store: ItemStore) -> None:
        self._store = store

    def named_by(self, event: Event) -> tuple[str, str] | None:
        """Return the workspace and the id of the Collection that an event is about."""
        if not event.kind.startswith("collection."):
            return None
        return workspace_of(event.subject), event.subject

    def one(self, workspace: str, record_id: str) -> Resource | None:  # noqa: ARG002 - the id says it
        """Return one Collection as it is now."""
        try:
            return _resource(self._store.collection(record_id, EVERYTHING))
        except NotFound:
            return None

    def all(self) -> Iterator[Resource]:
        """Yield all Collections of Items."""
        after = None
        while True:
            page = self._store.collections(CollectionQuery(limit=_PAGE, after=after), EVERYTHING)
            yield from (one for one in map(_resource, page.found) if one is not None)
            if page.next is None:
                return
            after = page.next


def _resource(collection: Collection) -> Resource | None:
    if is_of_records(collection.visibility_class):
        return None
    try:
        record = of_collection(orjson.loads(collection.body))
    except InvalidParameter:  # nobody checked the Collections of a foreign database
        return None
    there = f"{LOCAL}/api/collections/{quote(collection.id, safe='~:@+=()')}"
    links = (
        Link(there, "describes", "application/json", "The STAC Collection"),
        Link(f"{there}/items", "items", "application/geo+json", "The Items"),
        Link(f"{there}?f=html", "describes", "text/html", "The Collection, for people"),
        Link(f"{there}/freshness", "describedby", "application/json", "How fresh and complete it is"),
    )
    return Resource(
        replace(record, links=(*links, *record.links)), workspace_of(collection.id), collection.visibility_class
    )


if TYPE_CHECKING:
    _keeps_its_promise: type[Resources] = Collections
