"""What is kept of Items and Collections that are gone is let go: rules, what was told, how assets are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from thalweg.core.errors import NotFound
from thalweg.core.principals import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.freshness.ports import Rules, States
    from thalweg.catalogue.ports import ItemStore
    from thalweg.core.events import Recorded

_EVENTS = 500


class Sweeping:
    """Follows the removals of a store; what went while nobody followed is found by comparing at the beginning."""

    def __init__(self, store: ItemStore, rules: Rules, states: States) -> None:
        self._store = store
        self._rules = rules
        self._states = states
        self._place: int | None = None

    def sweep(self) -> None:
        """Let go of what is gone since the last time."""
        if self._place is None:
            self._place = self._store.outbox.last()
            self._compare()
        while events := self._store.outbox.after(self._place, _EVENTS):
            self._follow(events)
            self._place = events[-1].sequence

    def _compare(self) -> None:
        now = datetime.now(UTC)
        for collection in {*self._rules.collections(), *self._states.collections()}:
            try:
                self._store.collection(collection, EVERYTHING)
            except NotFound:
                self._forget(collection, now)

    def _follow(self, events: Sequence[Recorded]) -> None:
        removed: dict[str, list[str]] = {}
        for one in events:
            data = one.event.data
            if one.event.kind == "item.removed":
                removed.setdefault(str(data.get("collection")), []).append(str(data.get("id")))
            elif one.event.kind == "collection.removed":
                self._forget(one.event.subject, one.at)
        for collection, item_ids in removed.items():
            self._states.forget(collection, item_ids, events[-1].at)

    def _forget(self, collection: str, before: datetime) -> None:
        self._rules.forget(collection, [], before)
        self._states.forget(collection, None, before)
