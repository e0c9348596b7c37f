"""Why a search may have found nothing: what it names and nobody has, as far as who asks may see."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from thalweg.catalogue.api.serving import Serving
from thalweg.core.errors import NotFound
from thalweg.core.expressions import (
    ARITHMETIC,
    COMPARISONS,
    Array,
    Expression,
    Instant,
    Literal,
    Operation,
    Property,
    parts,
    properties_of,
)
from thalweg.core.queries import CollectionQuery, ItemQuery
from thalweg.core.queryables import Queryable
from thalweg.cql2.moments import moment_of
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML

_MOST_NAMED, _MOST_ALONE, _MOST_SAID, _SHOWN = 20, 8, 5, 64
_LIKENESS = 0.7
_COMPARING = COMPARISONS | {"between", "in"}
_FITTING: Mapping[str, frozenset[str]] = {
    "string": frozenset({"text", "a time"}),
    "datetime": frozenset({"a time"}),
    "number": frozenset({"a number"}),
    "integer": frozenset({"a number"}),
    "boolean": frozenset({"a truth value"}),
}
"""With what the values of a kind can be equal, or be in an order."""
_ADVICE = {
    "string": ("text", "write it in quotes"),
    "datetime": ("a time", "write DATE('2024-05-01') or TIMESTAMP('2024-05-01T00:00:00Z')"),
    "number": ("a number", "write it without quotes"),
    "integer": ("a number", "write it without quotes"),
    "boolean": ("a truth value", "write true or false"),
}


def note_on_nothing(serving: Serving, asked: Asked[Any], query: ItemQuery) -> str | None:
    """Return what is told beside a page of nothing; ``None`` where all that was named is there."""
    there, said = _collections(serving, asked, query)
    # A database of others declares some of what its Items have, and who only reads it does not know the rest.
    if "declare" in serving.catalogue.capabilities and (there or not query.collections):
        said += _properties(serving, asked, query, there)
    return "; ".join(said[:_MOST_SAID]) or None


def _collections(serving: Serving, asked: Asked[Any], query: ItemQuery) -> tuple[list[str], list[str]]:
    """Return which of the Collections are there, or were then, and what is said of the others."""
    there, missing = list[str](), list[str]()
    for name in query.collections[:_MOST_NAMED]:
        try:
            there.append(serving.catalogue.collection(name, asked.who, asked.workspace, query.as_of).id)
        except NotFound:
            missing.append(name)
    if not missing:
        return there, []
    page = serving.catalogue.collections(CollectionQuery(limit=serving.limits.page), asked.who, asked.workspace)
    known = [one.id for one in page.found]
    return there, [f"there is no Collection {name[:_SHOWN]}{meant(name, known)}" for name in missing]


def _properties(serving: Serving, asked: Asked[Any], query: ItemQuery, there: Sequence[str]) -> list[str]:
    named = set() if query.filter is None else set(properties_of(query.filter))
    named.update(one.name for one in query.sort)
    if not named:
        return []
    known: dict[str, set[Queryable]] = {}
    among = _among(serving, asked, query, there)
    if not among:
        return []
    for collection in among:
        for one in serving.catalogue.queryables(collection, asked.who, asked.workspace, query.as_of):
            known.setdefault(one.name, set()).add(one)
    unknown = [
        f"no Item is known to have {name[:_SHOWN]}{meant(name, known)}"
        for name in sorted(named - known.keys())[:_MOST_SAID]
    ]
    return [*unknown, *(_mismatches(query.filter, known) if query.filter is not None else ())]


def _among(
    serving: Serving, asked: Asked[Any], query: ItemQuery, there: Sequence[str]
) -> Sequence[str] | tuple[None] | None:
    """Return the Collections whose properties are looked at, ``None`` for all; nothing where that would take long."""
    if 0 < len(query.collections) <= _MOST_ALONE:
        return there
    page = serving.catalogue.collections(CollectionQuery(limit=_MOST_ALONE), asked.who, asked.workspace)
    if page.next is None and not query.collections:
        return [one.id for one in page.found]
    # A program that asks much does not read it; a person does.
    return (None,) if asked.form is HTML else None


def _mismatches(asked: Expression, known: Mapping[str, Iterable[Queryable]]) -> Iterator[str]:
    """Yield what is said of properties that are compared with nothing but values of another kind."""
    for name, values in sorted(_compared(asked).items()):
        kinds = {one.kind for one in known.get(name, ())}
        kind = str(kinds.pop()) if len(kinds) == 1 else ""
        if kind in _FITTING and None not in values and not values & _FITTING[kind]:
            has, advice = _ADVICE[kind]
            others = " and ".join(sorted(str(value) for value in values))
            yield f"{name[:_SHOWN]} is {has} and is compared with {others}: {advice}"


def _compared(asked: Expression) -> dict[str, set[str | None]]:
    """Return the properties that are compared with values, and what sort of values; ``None`` is any sort."""
    found: dict[str, set[str | None]] = {}
    for one in parts(asked):
        if isinstance(one, Operation) and one.op in _COMPARING:
            sides = [side for each in one.arguments for side in (each.items if isinstance(each, Array) else (each,))]
            values = {_sort_of(side) for side in sides if not isinstance(side, Property)}
            for side in sides:
                if isinstance(side, Property):
                    found.setdefault(side.name, set()).update(values or {None})
    return found


def _sort_of(value: Expression) -> str | None:
    match value:
        case Literal(bool()):
            return "a truth value"
        case Literal(int() | float()):
            return "a number"
        case Operation(op) if op in ARITHMETIC:
            return "a number"
        case Literal(str() as text):
            return "text" if moment_of(text) is None else "a time"
        case Instant():
            return "a time"
        case _:
            return None


def meant(name: str, known: Iterable[str]) -> str:
    """Return the question whether a name that is known was meant; nothing where none is like it."""
    spelled = {one.lower(): one for one in known}
    near = get_close_matches(name.lower()[:_SHOWN], spelled, 1, _LIKENESS)
    return f": did you mean {spelled[near[0]]}?" if near else ""
