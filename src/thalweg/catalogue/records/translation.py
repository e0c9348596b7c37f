"""A question about Records, as the store of Items is asked it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thalweg.catalogue.records.kept import EXTERNAL_KEYS, LANGUAGE, ORGANIZATION
from thalweg.catalogue.records.kinds import ITEM, of_types, read_for_items
from thalweg.catalogue.records.naming import item_ids, item_places
from thalweg.catalogue.records.visibility import is_of_records, of_both, of_records
from thalweg.core.expressions import Array, Expression, Literal, Operation, Property, both
from thalweg.core.principals import Visibility
from thalweg.core.queries import ItemQuery, Sort

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.records.query import RecordQuery

_NAMES = {
    "identifier": "id",
    "recordId": "id",
    "time": "datetime",
    "language": LANGUAGE,
    "organization": ORGANIZATION,
}
"""What Records call differently than Items."""
_DOIS, _DOI = "https://doi.org:", Property("sci:doi")
_MOST_COLLECTIONS = 32
"""Collections that the ids in one condition may name."""


def asked_of(query: RecordQuery, seen: Visibility) -> tuple[ItemQuery, Visibility]:
    """Return what the store is asked, and what of it the caller sees.

    Where only Items, or no Items, can be meant, the classes say so: that costs the store nothing.
    """
    meant = _meant(query.filter, classes_of(query.types, seen), seen)
    narrowed = both(
        of_types(query.types) if _is_mixed(query.types) else _records_of(query.types), _filter(query, meant)
    )
    narrowed = both(narrowed, called(query.external_ids))
    asked = ItemQuery(
        collections=query.catalogues,
        ids=item_ids(query.ids),
        bbox=query.bbox,
        interval=query.interval,
        intersects=query.intersects,
        filter=narrowed,
        text=query.text,
        sort=tuple(Sort(told_as(key.name), key.descending) for key in query.sort),
        limit=query.limit,
        after=query.after,
        as_of=query.as_of,
    )
    return asked, meant


def by_filter(query: RecordQuery) -> RecordQuery:
    """Return the query with its ids asked for by its filter: what is found is then exact, and need not be compared."""
    if not query.ids:
        return query
    named = Operation("in", (Property("id"), Array(tuple(map(Literal, query.ids)))))
    return replace(query, ids=(), filter=both(query.filter, named))


def told_as(name: str) -> str:
    """Return what the store calls a property of Records."""
    return _NAMES.get(name, name)


def called(external_ids: tuple[str, ...]) -> Expression | None:
    """Return what asks for resources that others call so: a value, a scheme, or both with a colon between.

    A Record keeps all three of each of its external ids; an Item has its DOI, whose scheme is known.
    """
    if not external_ids:
        return None
    keys = tuple(map(Literal, external_ids))
    of_items = (*keys, *(Literal(one.removeprefix(_DOIS)) for one in external_ids if one.startswith(_DOIS)))
    of_record = Operation("a_overlaps", (Property(EXTERNAL_KEYS), Array(keys)))
    of_item = Operation("in", (_DOI, Array(of_items)))
    any_doi = (Operation("not", (Operation("isNull", (_DOI,)),)),) if _DOIS.removesuffix(":") in external_ids else ()
    return Operation("or", (of_record, of_item, *any_doi))


def _meant(filtered: Expression | None, among: Visibility, seen: Visibility) -> Visibility:
    """Return what of the classes a filter can hold for: many a filter asks for one type, or for what no Item has."""
    for one in () if filtered is None else conjuncts(filtered):
        match one:
            case Operation(op="=", arguments=(Property(name="type"), Literal(value=str(kind)))):
                of = classes_of((kind,), seen)
            case Operation(op="in", arguments=(Property(name="type"), Array(items=listed))):
                of = classes_of(tuple(str(one.value) for one in listed if isinstance(one, Literal)), seen)
            case Operation(op="=" | "in", arguments=(Property(name="language" | "organization"), _)):
                of = of_records(seen)
            case _:
                continue
        among = Visibility(among.classes & of.classes, among.everything)
    return among


def conjuncts(expression: Expression) -> Iterator[Expression]:
    """Yield what must be true, each part of it, where an expression is."""
    if isinstance(expression, Operation) and expression.op == "and":
        for one in expression.arguments:
            yield from conjuncts(one)
    else:
        yield expression


def only_records_have(name: str) -> bool:
    """Tell whether a property, as Records call it, is one that no Item has."""
    return name in ("type", "language", "organization")


def _is_mixed(types: tuple[str, ...]) -> bool:
    return ITEM in types and set(types) != {ITEM}


def _records_of(types: tuple[str, ...]) -> Expression | None:
    """Return the condition on Records; for Items alone their classes say it already."""
    return None if set(types) == {ITEM} else of_types(types)


def classes_of(types: tuple[str, ...], seen: Visibility) -> Visibility:
    """Return what a caller sees of resources of these types, as far as classes tell it."""
    if set(types) == {ITEM}:
        return seen
    return of_records(seen) if types and ITEM not in types else of_both(seen)


def _filter(query: RecordQuery, meant: Visibility) -> Expression | None:
    if query.filter is None:
        return None
    no_items = not meant.everything and all(map(is_of_records, meant.classes))
    return _renamed(query.filter if no_items else read_for_items(query.filter))


def _renamed(expression: Expression) -> Expression:
    match expression:
        case Property(name=name):
            return Property(told_as(name))
        case Operation(arguments=inside):
            return _named_items(replace(expression, arguments=tuple(map(_renamed, inside))))
        case _:
            return expression


def _named_items(one: Operation) -> Operation:
    """Return a condition on ids that holds for Items too, whose ids as Records name their Collection."""
    match one:
        case Operation(op="=", arguments=(Property(name="id"), Literal(value=str(name)))):
            names: tuple[object, ...] = (name,)
        case Operation(op="in", arguments=(Property(name="id"), Array(items=listed))):
            names = tuple(item.value for item in listed if isinstance(item, Literal))
        case _:
            return one
    items: dict[str, list[str]] = {}
    for collection, item_id in (place for name in names if isinstance(name, str) for place in item_places(name)):
        items.setdefault(collection, []).append(item_id)
    if not items or len(items) > _MOST_COLLECTIONS:
        return one
    return Operation("or", (one, *(_are_items(collection, ids) for collection, ids in items.items())))


def _are_items(collection: str, ids: list[str]) -> Operation:
    is_in = Operation("=", (Property("collection"), Literal(collection)))
    return Operation("and", (is_in, Operation("in", (Property("id"), Array(tuple(map(Literal, ids)))))))
