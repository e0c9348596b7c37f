"""What a query of CQL asks of the Records, and in which order it wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.catalogue.api.sru.diagnostics import (
    INDEX,
    RELATION_MODIFIER,
    SORT,
    SORT_MISSING,
    TOO_MANY_KEYS,
    Diagnostic,
)
from thalweg.catalogue.api.sru.indexes import index_of
from thalweg.catalogue.api.sru.queries import Clause, Group, Modifier, Query, Sorted, SortKey
from thalweg.catalogue.api.sru.relations import condition
from thalweg.catalogue.filters.dividing import Divided, divided
from thalweg.catalogue.filters.terms import ALL, opposite
from thalweg.core.expressions import Expression, Operation
from thalweg.core.queries import Sort

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_KEYS = 8
_IN_ORDER = {"sort.ascending": False, "ascending": False, "sort.descending": True, "descending": True}
_IGNORED = frozenset({"sort.respectcase", "respectcase", "sort.ignorecase", "ignorecase"})
_LAST = frozenset({"sort.missinghigh", "missinghigh"})
_MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is asked.

    Attributes:
        asked: of Records, its words and ids by themselves.
        sort: the order that it wants them in; none where it does not say.
    """

    asked: Divided
    sort: tuple[Sort, ...]


def meaning_of(read: Sorted) -> Meaning:
    """Return what a query asks.

    Raises:
        Diagnostic: it asks for what is not offered.
    """
    given = dict(read.sets)
    found = _expression(read.query, given)
    return Meaning(Divided() if found == ALL else divided(found), order_of(read.keys, given))


def _expression(query: Query, given: Mapping[str, str]) -> Expression:
    if isinstance(query, Clause):
        return condition(query, index_of(query.index, given))
    return _joined(query, given)


def _joined(group: Group, given: Mapping[str, str]) -> Expression:
    # A chain leans to the left, as deep as it is long.
    chain: list[Group] = []
    first: Query = group
    while isinstance(first, Group):
        chain.append(first)
        first = first.left
    found = _expression(first, given)
    for one in reversed(chain):
        right = _expression(one.right, given)
        match one.joined:
            case "or":
                found = ALL if ALL in (found, right) else Operation("or", (found, right))
            case "not":
                found = _both(found, opposite(right))
            case _:
                found = _both(found, right)
    return found


def _both(one: Expression, other: Expression) -> Expression:
    if ALL in (one, other):
        return other if one == ALL else one
    return Operation("and", (one, other))


def order_of(keys: tuple[SortKey, ...], given: Mapping[str, str]) -> tuple[Sort, ...]:
    """Return the order that keys say.

    Raises:
        Diagnostic: there are too many, or Records have no such order.
    """
    if len(keys) > _MOST_KEYS:
        raise Diagnostic(TOO_MANY_KEYS, str(_MOST_KEYS))
    return tuple(_key(key, given) for key in keys)


def _key(key: SortKey, given: Mapping[str, str]) -> Sort:
    index = index_of(key.index, given)
    if index.asked.sortable is None:
        raise Diagnostic(SORT if index.asked.kind != "any" else INDEX, key.index[:64])
    descending = False
    for modifier in key.modifiers:
        descending = _direction(modifier, descending=descending)
    return Sort(index.asked.sortable, descending)


def _direction(modifier: Modifier, *, descending: bool) -> bool:
    if modifier.name in _IN_ORDER:
        return _IN_ORDER[modifier.name]
    if _MISSING in modifier.name and modifier.name not in _LAST:
        raise Diagnostic(SORT_MISSING, modifier.name[:64])
    if modifier.name not in _IGNORED | _LAST:
        raise Diagnostic(RELATION_MODIFIER, modifier.name[:64])
    return descending
