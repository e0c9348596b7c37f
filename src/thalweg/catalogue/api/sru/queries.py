"""A query of CQL, the Contextual Query Language, as a tree (SRU 1.2, CQL 1.2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Modifier:
    """What stands after a slash: ``/cql.ignoreCase``, ``/distance<3``."""

    name: str
    comparison: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison.

    Attributes:
        index, relation: as they are written; a term alone has ``cql.serverChoice`` and ``=``.
        term: with its masks and escapes, without the quotes around it.
    """

    index: str
    relation: str
    term: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Two queries joined by ``and``, ``or``, ``not`` (that is, and not)."""

    joined: str
    left: Query
    right: Query


Query = Clause | Group


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of an order."""

    index: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Sorted:
    """A whole query.

    Attributes:
        sets: URIs of context sets by the prefix that the query gave them; ``""`` for the one without.
    """

    query: Query
    keys: tuple[SortKey, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
