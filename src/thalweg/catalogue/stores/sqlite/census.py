"""How many Items there are of whom and where, as the tally knows: what plans are chosen by."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import apsw
import orjson

from thalweg.catalogue.stores.sqlite.classes import FEW, Seen

_FRESH_SECONDS = 5.0
"""For so long the numbers of all classes are taken for what they were; they choose plans, never answers."""
_MOST_REMEMBERED = 32
"""Of so many callers who see many classes these are remembered: one of 10,000 classes is a MB."""
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
        rows: how many Items the groups have in all, of whatever class and Collection.
        groups: Collections, or classes, that hold them all; ``None`` where they are not looked at one by one.
        by_class: whether they are classes.
        span: the longest time of an Item.
    """

    total: int
    mine: int
    rows: int
    groups: tuple[Group, ...] | None
    by_class: bool
    span: int


@dataclass(frozen=True, slots=True)
class _Filled:
    counter: int
    at: float
    items: Mapping[int, int]
    total: int
    groups: dict[bytes, tuple[int, tuple[Group, ...], int]] = field(default_factory=dict)


class Census:
    """The tally of one store; which classes hold Items is remembered until another gets its first."""

    def __init__(self) -> None:
        self._filled = _Filled(-1, 0.0, {}, 0)

    def scope(self, connection: apsw.Connection, seen: Seen, collections: tuple[int, ...] | None) -> Scope:
        """Return what a search goes over."""
        filled = self._now(connection)
        span: int = connection.execute("SELECT coalesce(max(span), 0) FROM tally").get
        if collections is not None and len(collections) <= _MOST_COLLECTIONS:
            return _of_collections(connection, seen, collections, filled.total, span)
        if seen.everything:
            return Scope(filled.total, filled.total, filled.total, None, by_class=False, span=span)
        if len(seen.numbers) <= FEW:
            groups = _of_classes(connection, seen.numbers, span)
            mine = sum(group.items for group in groups)
        else:
            groups, mine = self._of_many(filled, seen, span)
        return Scope(filled.total, mine, mine, groups, by_class=True, span=span)

    def _of_many(self, filled: _Filled, seen: Seen, span: int) -> tuple[tuple[Group, ...], int]:
        """Return the classes that hold Items of who sees many, as long as they are remembered."""
        known = filled.groups.get(seen.bitmap)
        if known is None or known[0] != span:
            groups = tuple(Group(k, n, span) for k, n in filled.items.items() if n and seen.sees(k))
            known = span, groups, sum(group.items for group in groups)
            if len(filled.groups) < _MOST_REMEMBERED:
                filled.groups[seen.bitmap] = known
        return known[1:]

    def _now(self, connection: apsw.Connection) -> _Filled:
        filled, now = self._filled, time.monotonic()
        counter: int = connection.execute("SELECT value FROM state WHERE name = 'filled'").get
        if counter != filled.counter or now - filled.at > _FRESH_SECONDS:
            rows: Any = connection.execute("SELECT k, n FROM tally WHERE c = 0").fetchall()
            items = dict(rows)
            self._filled = filled = _Filled(counter, now, items, sum(items.values()))
        return filled


def _of_classes(connection: apsw.Connection, classes: Iterable[int], span: int) -> tuple[Group, ...]:
    rows = [(k, connection.execute("SELECT n FROM tally WHERE c = 0 AND k = ?", (k,)).get) for k in classes]
    return tuple(Group(k, n, span) for k, n in rows if n)


def _of_collections(
    connection: apsw.Connection, seen: Seen, collections: tuple[int, ...], total: int, span: int
) -> Scope:
    rows: Any = connection.execute(
        "SELECT c, k, n, span FROM tally WHERE c IN (SELECT value FROM json_each(?)) AND n > 0",
        (orjson.dumps(collections).decode(),),
    )
    held: dict[int, Group] = {}
    mine: dict[int, int] = {}
    for c, k, n, longest in rows:
        before = held.get(c, Group(c, 0, 0))
        held[c] = Group(c, before.items + n, max(before.span, longest))
        if seen.sees(k):
            mine[k] = mine.get(k, 0) + n
    groups, of_classes = tuple(held.values()), tuple[Group, ...]()
    items = sum(group.items for group in groups)
    if len(mine) <= FEW and 2 * sum(mine.values()) < items:
        # Of who sees little of the Collections, the classes may hold less than the Collections.
        of_classes = _of_classes(connection, mine, span)
    others = sum(group.items for group in of_classes)
    if of_classes and others < items:
        return Scope(total, sum(mine.values()), others, of_classes, by_class=True, span=span)
    return Scope(total, sum(mine.values()), items, groups, by_class=False, span=span)
