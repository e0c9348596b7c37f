"""The stretches of an order by a property: each is one walk along an index, from any place and in either direction.

Numbers come before strings, or after them downwards, and what has neither comes last in both: no one index has that
order. One over string, number and time has each of the three parts as it is wanted, forwards or backwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from thalweg.catalogue.stores.pgstac.compiling import Values, number_of, sortable_number_of, string_of
from thalweg.catalogue.stores.pgstac.sorting import Keys, Order, Ordered, follows, written
from thalweg.core.queries import Key


@dataclass(frozen=True, slots=True)
class Stretch:
    """One walk: which Items, and by what they are ordered."""

    where: str
    order: str


@dataclass(frozen=True, slots=True)
class _Part:
    """All Items whose lead is of one kind; ``by`` is what differs among them, ``at`` where the page begins."""

    where: str
    by: str | None
    at: Key
    lead: Keys


def whole(order: Order, after: Sequence[Key] | None, values: Values) -> Stretch:
    """Return an order as one stretch, of which an index has at most the beginning."""
    return Stretch("true" if after is None else order.follows(after, values), order.written)


def stretches(order: Order, after: Sequence[Key] | None, values: Values) -> list[Stretch]:
    """Return the stretches of an order by a property, one after the other, from a place on."""
    parts = _parts(order, after)
    if order.backwards:
        parts.reverse()
    if after is None:
        return [_whole(one, order) for one in parts]
    begun = next((place for place, one in enumerate(parts) if one.at is not None), None)
    if begun is None:
        # Where neither is told the place lies among what has neither, or is of another search.
        begun = next((place for place, one in enumerate(parts) if one.by is None), len(parts))
    rest = [_whole(one, order) for one in parts[begun + 1 :]]
    return [*(stretch for one in parts[begun : begun + 1] for stretch in _from(one, order, after, values)), *rest]


def _parts(order: Order, after: Sequence[Key] | None) -> list[_Part]:
    name, down = order.lead or "", order.keys[0].descending
    number, text = sortable_number_of(name), string_of(name)
    first, second = (None, None) if after is None else after[:2]
    at_number, at_text = (second, first) if down else (first, second)
    if order.kind == "number":
        only = number_of(name)
        return [_Part(f"{only} IS NOT NULL", only, at_number, (Ordered(only, down, nullable=False),))]
    lead = Ordered(text, down, nullable=False), Ordered(number, down, nullable=False)
    strings = _Part(f"{text} IS NOT NULL", text, at_text, lead)
    if order.kind == "string":
        return [strings]
    numbers = _Part(f"{text} IS NULL AND {number} IS NOT NULL", number, at_number, lead)
    neither = _Part(f"{text} IS NULL AND {number} IS NULL", None, None, lead)
    return [strings, numbers, neither] if down else [numbers, strings, neither]


def _whole(one: _Part, order: Order) -> Stretch:
    return Stretch(one.where, written((*one.lead, *order.keys[2:]), backwards=order.backwards))


def _from(one: _Part, order: Order, after: Sequence[Key], values: Values) -> list[Stretch]:
    """Return a part from a place on: what is the same there, then what is beyond."""
    by_rest = follows(order.keys[2:], after[2:], values, backwards=order.backwards)
    every = _whole(one, order)
    if one.by is None:
        return [Stretch(f"{one.where} AND {by_rest}", every.order)]
    at, sign = values.add(one.at), one.lead[0].sign(backwards=order.backwards)
    return [
        Stretch(f"{one.where} AND {one.by} = {at} AND {by_rest}", every.order),
        Stretch(f"{one.where} AND {one.by} {sign} {at}", every.order),
    ]
