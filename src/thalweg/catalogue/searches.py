"""What the catalogue is asked: whoever asks, the policy answers inside the store's query."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from thalweg.catalogue.comparing import Difference, compared
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import Capability, ItemStore
from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.items import Collection, Item, Version
from thalweg.core.principals import Principal, Visibility
from thalweg.core.queries import Aggregated, Aggregation, CollectionQuery, ItemQuery, Page
from thalweg.core.queryables import Queryable
from thalweg.core.workspaces import Policy


class Searches:
    """Items and Collections for whoever may see them; what ``who`` may not see is ``NotFound``.

    A ``workspace`` narrows what is seen to what this workspace holds.
    """

    def __init__(self, store: ItemStore, policy: Policy, limits: Limits) -> None:
        self._store = store
        self._policy = policy
        self._limits = limits

    @property
    def limits(self) -> Limits:
        """Return the bounds."""
        return self._limits

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Return what the store beneath does."""
        return self._store.capabilities

    @property
    def computes(self) -> bool:
        """Tell whether the store beneath answers by computing in this process."""
        return self._store.computes

    def search(self, query: ItemQuery, who: Principal, workspace: str | None = None) -> Page[Item]:
        """Return a page of the Items that ``who`` may see."""
        return self._store.find(self._bounded(query), self._seen(who, workspace))

    def compared(
        self, query: ItemQuery, start: datetime, end: datetime, who: Principal, workspace: str | None = None
    ) -> Page[Difference]:
        """Return a page of what of a search came, went and changed between two times, as far as ``who`` may see."""
        seen = self._seen(who, workspace)
        return compared(lambda one: self._store.find(one, seen), self._bounded(query), start, end)

    def count(self, query: ItemQuery, who: Principal, workspace: str | None = None) -> int | None:
        """Return how many Items ``who`` may see of a query, ``None`` for more than are counted."""
        return self._store.count(query, self._seen(who, workspace), self._limits.counted)

    def item(
        self,
        collection: str,
        item_id: str,
        who: Principal,
        workspace: str | None = None,
        as_of: datetime | None = None,
    ) -> Item:
        """Return one Item, as it is or as it was."""
        return self._store.item(collection, item_id, self._seen(who, workspace), as_of)

    def collection(
        self, collection: str, who: Principal, workspace: str | None = None, as_of: datetime | None = None
    ) -> Collection:
        """Return one Collection, as it is or as it was."""
        return self._store.collection(collection, self._seen(who, workspace), as_of)

    def collections(self, query: CollectionQuery, who: Principal, workspace: str | None = None) -> Page[Collection]:
        """Return a page of the Collections that ``who`` may see."""
        query = replace(query, limit=min(query.limit, self._limits.page))
        return self._store.collections(query, self._seen(who, workspace))

    def count_collections(self, query: CollectionQuery, who: Principal, workspace: str | None = None) -> int | None:
        """Return how many Collections ``who`` may see of a query, ``None`` for more than are counted."""
        return self._store.count_collections(query, self._seen(who, workspace), self._limits.counted)

    def aggregate(
        self, query: ItemQuery, asked: Sequence[Aggregation], who: Principal, workspace: str | None = None
    ) -> tuple[Aggregated, ...]:
        """Answer aggregations over the Items that ``who`` may see."""
        return self._store.aggregate(query, asked, self._seen(who, workspace), self._limits.buckets)

    def queryables(
        self, collection: str | None, who: Principal, workspace: str | None = None, as_of: datetime | None = None
    ) -> tuple[Queryable, ...]:
        """Return what can be asked of the Items of a Collection, or of all; as of a time, of one that went since, too.

        Of a Collection that went nobody remembers what could be asked: whatever all Items can be.
        """
        seen = self._seen(who, workspace)
        try:
            return self._store.queryables(collection, seen)
        except NotFound:
            if as_of is None:
                raise
            return self._store.queryables(None, seen)

    def versions(
        self, collection: str, item_id: str, who: Principal, workspace: str | None = None
    ) -> tuple[Version, ...]:
        """Return what an Item was and is, newest first."""
        return self._store.versions(collection, item_id, self._seen(who, workspace))

    def _bounded(self, query: ItemQuery) -> ItemQuery:
        if not 1 <= query.limit <= self._limits.page:
            raise InvalidParameter("limit", f"lies between 1 and {self._limits.page} (limits.page)")
        return query

    def _seen(self, who: Principal, workspace: str | None) -> Visibility:
        seen = self._policy.visibility(who)
        if workspace is None:
            return seen
        # A class is named by its workspace; what a caller sees of one is what it sees with its name.
        return Visibility(frozenset(name for name in seen.classes if name.partition("/")[0] == workspace))
