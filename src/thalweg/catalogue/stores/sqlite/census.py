"""How many Items there are of whom and where, as the tally knows: what plans are chosen by."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import apsw
import orjson

from thalweg.catalogue.stores.sqlite.classes import FEW, Seen

_FRESH_SECONDS = 5.0
"""For so long the numbers of all classes are taken for what they were; they choose plans, never answers."""
_MOST_COLLECTIONS = 1_000
"""Of so many Collections the tally is asked; more are as good as all."""


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one Collection, or of one class."""

    number: int
    items: int
    span: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search goes over.

    Attributes:
        total: all Items there are.
        mine: those that may be seen in the Collections asked for, about.
        groups: Collections, or classes, that hold them all; ``None`` where they are not looked at one by one.
        by_class: whether they are classes.
        span: the longest time of an Item.
    """

    total: int
    mine: int
    groups: tuple[Group, ...] | None
    by_class: bool
    span: int


@dataclass(frozen=True, slots=True)
class _Filled:
    counter: int
    at: float
    items: Mapping[int, int]
    total: int


class Census:
    """The tally of one store; which classes hold Items is remembered until another gets its first."""

    def __init__(self) -> None:
        self._filled = _Filled(-1, 0.0, {}, 0)

    def scope(self, connection: apsw.Connection, seen: Seen, collections: tuple[int, ...] | None) -> Scope:
        """Return what a search goes over."""
        filled = self._now(connection)
        span: int = connection.execute("SELECT coalesce(max(span), 0) FROM tally").get
        if collections is not None and len(collections) <= _MOST_COLLECTIONS:
            groups = _of_collections(connection, seen, collections)
            return Scope(filled.total, sum(group.items for group in groups), groups, False, span)  # noqa: FBT003
        if seen.everything:
            return Scope(filled.total, filled.total, None, False, span)  # noqa: FBT003
        if len(seen.numbers) <= FEW:
            rows = [
                (k, connection.execute("SELECT n FROM tally WHERE c = 0 AND k = ?", (k,)).get) for k in seen.numbers
            ]
            items = {k: n for k, n in rows if n}
        else:
            items = {k: filled.items[k] for k in filled.items if seen.sees(k)}
        groups = tuple(Group(k, n, span) for k, n in items.items())
        return Scope(filled.total, sum(items.values()), groups, True, span)  # noqa: FBT003

    def _now(self, connection: apsw.Connection) -> _Filled:
        filled, now = self._filled, time.monotonic()
        counter: int = connection.execute("SELECT value FROM state WHERE name = 'filled'").get
        if counter != filled.counter or now - filled.at > _FRESH_SECONDS:
            rows: Any = connection.execute("SELECT k, n FROM tally WHERE c = 0").fetchall()
            items = dict(rows)
            self._filled = filled = _Filled(counter, now, items, sum(items.values()))
        return filled


def _of_collections(connection: apsw.Connection, seen: Seen, collections: tuple[int, ...]) -> tuple[Group, ...]:
    rows: Any = connection.execute(
        "SELECT c, k, n, span FROM tally WHERE c IN (SELECT value FROM json_each(?)) AND n > 0",
        (orjson.dumps(collections).decode(),),
    )
    found: dict[int, Group] = {}
    for c, k, n, span in rows:
        if seen.sees(k):
            before = found.get(c, Group(c, 0, 0))
            found[c] = Group(c, before.items + n, max(before.span, span))
    return tuple(found.values())
