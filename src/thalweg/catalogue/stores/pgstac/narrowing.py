"""A query as conditions of SQL over the side schema's ``item``, the caller's visibility among them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from thalweg.catalogue.footprints import shape_of
from thalweg.catalogue.stores.pgstac import compiling, texts
from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.compiling import Values, ground
from thalweg.catalogue.times import milliseconds
from thalweg.core.queries import ItemQuery
from thalweg.core.time import Interval
from thalweg.cql2 import matching
from thalweg.cql2.grounds import plane

_LONG_AGO, _FAR_OFF = -(2**62), 2**62


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is asked of ``item``.

    Attributes:
        where: conditions without that of the class.
        seen: what the caller sees.
        residual: what must be true of the documents besides; ``None`` where the conditions say all.
        bare: nothing is asked but Collections, so that tallies know the answer.
        empty: nothing can be found.
    """

    where: str
    values: Values
    seen: Seen
    residual: Callable[[Mapping[str, Any]], bool | None] | None
    numbers: tuple[int, ...] | None
    bare: bool
    empty: bool

    @property
    def condition(self) -> str:
        """Return all conditions."""
        return f"{self.seen.condition()} AND {self.where}"

    @property
    def parameters(self) -> dict[str, object]:
        """Return the parameters of the conditions."""
        return {**self.seen.values, **self.values.held}


def narrowed(query: ItemQuery, seen: Seen, numbers: Sequence[int] | None, span: int, most: int) -> Narrowed:
    """Return what a query asks of ``item``.

    Args:
        query: which Items.
        seen: what the caller sees.
        numbers: of the query's Collections that are there; ``None`` where it names none.
        span: ms from the first to the last time of an Item, at most.
        most: positions of a geometry.

    Raises:
        InvalidParameter: ``intersects`` is no geometry on the globe.
        TooLarge: it has more than ``most`` positions.
    """
    values = Values()
    parts = [*_collections(numbers, values), *_ids(query.ids, values), *_grounds(query, most, values)]
    if query.interval is not None:
        parts += _interval(query.interval, span, values)
    if query.text is not None:
        parts.append(texts.compiled(query.text, values))
    parts += _there(query, values)
    residual = None
    if query.filter is not None:
        condition = compiling.compiled(query.filter, values)
        parts.append(condition.sql)
        residual = None if condition.exact else matching.compiled(query.filter)
    within = None if numbers is None else tuple(numbers)
    bare = len(parts) == (within is not None)
    return Narrowed(" AND ".join(parts) or "true", values, seen, residual, within, bare, seen.nothing or within == ())


def _there(query: ItemQuery, values: Values) -> list[str]:
    """Return what is true of Items that are as they were at a time."""
    if query.as_of is None:
        return []
    if query.until is not None:
        return ["false"]  # what is there was not superseded
    began = [] if query.since is None else [f"item.at > {values.add(query.since)}"]
    return [f"item.at <= {values.add(query.as_of)}", *began]


def _collections(numbers: Sequence[int] | None, values: Values) -> list[str]:
    if numbers is None:
        return []
    if len(numbers) == 1:
        return [f"item.c = {values.add(numbers[0])}"]
    return [f"item.c = ANY ({values.add(list(numbers))}::int[])"]


def _ids(ids: Sequence[str], values: Values) -> list[str]:
    return [f"item.id = ANY ({values.add([one for one in ids if chr(0) not in one])}::text[])"] if ids else []


def _grounds(query: ItemQuery, most: int, values: Values) -> list[str]:
    parts = []
    if query.bbox is not None:
        meets = [f"ST_Intersects(item.shape, {ground(plane(span), values)})" for span in query.bbox.spans()]
        parts.append(f"({' OR '.join(meets)})")
    if query.intersects is not None:
        shape = shapely.force_2d(shape_of(query.intersects, most, "intersects"))
        parts.append(f"ST_Intersects(item.shape, {ground(shape, values)})")
    return parts


def _interval(interval: Interval, span: int, values: Values) -> list[str]:
    """Return that the spans meet, as the index on the ground has it, and what bounds a walk by time."""
    first = _LONG_AGO if interval.start is None else milliseconds(interval.start)
    last = _FAR_OFF if interval.end is None else milliseconds(interval.end)
    low, high = values.add(first), values.add(last)
    parts = [f"int8range(item.first, item.last, '[]') && int8range({low}, {high}, '[]')"]
    if interval.start is not None:
        parts.append(f"item.t >= {values.add(first - span)}")
    if interval.end is not None:
        parts.append(f"item.t <= {values.add(last + span)}")
    return parts
