"""Pages of Items: one statement each, which tells of the classes and spans that it knows besides."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from thalweg.catalogue.stores.pgstac.bases import Bases
from thalweg.catalogue.stores.pgstac.classes import Classes
from thalweg.catalogue.stores.pgstac.compiling import Values
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.items import unpacked
from thalweg.catalogue.stores.pgstac.narrowing import Narrowed
from thalweg.catalogue.stores.pgstac.sorting import Order
from thalweg.catalogue.stores.pgstac.stretches import Stretch, stretches, whole
from thalweg.core.errors import Unavailable
from thalweg.core.items import Item
from thalweg.core.queries import Key

_RESIDUAL_AT_ONCE = 500
"""So many documents are read at once to be judged, after fewer: where many are found, the first few fill the page."""
DOCUMENTS = "documents((SELECT array_agg(c) FROM page), (SELECT array_agg(id) FROM page))"


class Outdated(Exception):
    """The store holds classes, or spans, that were not known when the question was put."""


@dataclass(frozen=True, slots=True)
class Found:
    """One Item of a page, and its place in the order."""

    item: Item
    place: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, put together.

    Attributes:
        within: what is asked of Items.
        order: theirs.
        after: the place where the page before ended.
        deadline: by ``time.monotonic()``.
        walked: the property that comes first in the order has an index to walk along.
    """

    within: Narrowed
    order: Order
    after: tuple[Key, ...] | None
    deadline: float
    span: int
    walked: bool = False


def find(connection: Connection, classes: Classes, bases: Bases, asked: Asked, most: int) -> list[Found]:
    """Return the first Items in the order, as many as ``most``.

    Raises:
        Outdated: ask again.
        Unavailable: the search took longer than it may.
    """
    if asked.within.empty:
        return []
    found: list[Found] = []
    for one in walk(connection, classes, bases, asked, most):
        found.append(one)
        if len(found) == most:
            break
    return found


def walk(connection: Connection, classes: Classes, bases: Bases, asked: Asked, most: int) -> Iterator[Found]:
    """Yield all Items in the order, read in steps; ``most`` are wanted of them.

    Raises:
        Outdated: ask again.
        Unavailable: the search took longer than it may.
    """
    residual, after = asked.within.residual, asked.after
    at_once = most if residual is None else 2 * most
    while True:
        rows = _rows(connection, asked, after, at_once)
        for row in rows:
            if (one := _found(connection, classes, bases, row, residual)) is not None:
                yield one
        if len(rows) < at_once:
            return
        after, at_once = tuple(rows[-1][7:]), max(at_once, min(2 * at_once, _RESIDUAL_AT_ONCE))
        if time.monotonic() > asked.deadline:
            raise Unavailable("The search took longer than it may: narrow it.")


def _found(
    connection: Connection,
    classes: Classes,
    bases: Bases,
    row: Sequence[Any],
    residual: Callable[[Mapping[str, Any]], bool | None] | None,
) -> Found | None:
    private = orjson.loads(row[5])
    body = unpacked(connection, bases, (*row[:5], private, row[6]))
    if residual is not None and residual(orjson.loads(body)) is not True:
        return None
    item = Item(row[2], row[3], body, int(private["v"]), classes.names()[private["k"]])
    return Found(item, tuple(row[7:]))


def _rows(connection: Connection, asked: Asked, after: tuple[Key, ...] | None, most: int) -> list[Sequence[Any]]:
    sql, values = statement(asked, after, most)
    rows = connection.execute(sql, values).fetchall()
    if rows[0][0] >= asked.within.seen.known or rows[0][1] > asked.span:
        raise Outdated
    return [row[2:] for row in rows if row[2] is not None]


def statement(asked: Asked, after: tuple[Key, ...] | None, most: int) -> tuple[str, dict[str, object]]:
    """Return a page's statement: what is known now, c, key, Collection, id, content, private, geometry, place."""
    order, values = asked.order, Values(dict(asked.within.values.held))
    page = _page(asked, after, values)
    keys = ", ".join(f"page.key{place}" for place in range(len(order.keys)))
    sql = (
        f"WITH page AS MATERIALIZED ({page})"  # noqa: S608
        " SELECT (SELECT max(k) FROM class), (SELECT coalesce(max(span), 0) FROM tally), one.*"
        " FROM (VALUES (1)) AS always LEFT JOIN ("
        f"SELECT doc.c, doc.key, doc.collection, doc.id, doc.content, doc.private, doc.geometry, {keys}"
        f" FROM {DOCUMENTS} AS doc JOIN page ON page.c = doc.c AND page.id = doc.id) AS one ON true"
        f" ORDER BY {order.outer.replace('key', 'one.key')}"
    )
    return sql, {**asked.within.seen.values, **values.held, "most": most}


def _page(asked: Asked, after: tuple[Key, ...] | None, values: Values) -> str:
    """Return a query for the Items of a page."""
    within, order = asked.within, asked.order
    columns = f"item.c, item.id, {order.columns}"
    few = within.seen.few
    several = few is not None and len(few) > 1 and not within.seen.rare
    if several and order.timely:
        # A walk for each class, merged: who sees little does not look at what others have.
        one = whole(order, after, values)
        there = f"item.k = seen.k AND {within.where} AND {one.where}"
        inner = f"SELECT {columns} FROM item WHERE {there} ORDER BY {one.order} LIMIT %(most)s"  # noqa: S608 - parts of ours
        walks = f"unnest({values.add(list(few or ()))}::int[]) AS seen (k) CROSS JOIN LATERAL ({inner}) AS one"
        return f"SELECT one.* FROM {walks} ORDER BY {order.outer} LIMIT %(most)s"  # noqa: S608
    mine = f"item.k = ANY ({values.add(list(few or ()))}::int[])" if several else within.seen.condition()
    pages = [
        f"SELECT {columns} FROM {within.seen.source} WHERE {mine} AND {within.where} AND {one.where}"  # noqa: S608
        f" ORDER BY {one.order} LIMIT %(most)s"
        for one in _stretches(asked, after, values)
    ]
    if len(pages) == 1:
        return pages[0]
    # One after the other, and none that is not needed to fill the page: LIMIT keeps them from running side by side.
    return f"SELECT * FROM ({' UNION ALL '.join(f'({page})' for page in pages)}) AS walked LIMIT %(most)s"  # noqa: S608


def _stretches(asked: Asked, after: tuple[Key, ...] | None, values: Values) -> list[Stretch]:
    order = asked.order
    along = order.kind is not None or (asked.walked and not asked.within.seen.rare)
    found = stretches(order, after, values) if along else [whole(order, after, values)]
    return found or [Stretch("false", order.written)]
