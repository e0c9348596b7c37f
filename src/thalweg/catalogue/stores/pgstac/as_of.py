"""Items as they were at a time: versions of the past that lasted then, beside what is as it was.

Who may see an Item of then must be let see it by its class of today, and by the class that the version had: what was
hidden does not come to light when an Item is opened later. What is there is read first: what is superseded meanwhile is
met twice, never missed.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from thalweg.catalogue.canonical import written
from thalweg.catalogue.stores.merging import merged
from thalweg.catalogue.stores.pgstac.classes import Classes, Seen
from thalweg.catalogue.stores.pgstac.compiling import Values
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.finding import Asked, Found
from thalweg.catalogue.stores.pgstac.narrowing import Narrowed, narrowed
from thalweg.catalogue.stores.pgstac.stretches import whole
from thalweg.core.errors import Unavailable
from thalweg.core.items import Item
from thalweg.core.queries import ItemQuery, Key

_EVER = 2**60
"""ms that no Item lasts."""
_RESIDUAL_AT_ONCE = 500
_NUMBERS = "SELECT c FROM coll WHERE id = ANY (%s) ORDER BY c"
_TODAY = (
    "coalesce((SELECT now.k FROM item AS now WHERE now.c = item.c AND now.id = item.id),"
    " (SELECT last.k FROM past AS last WHERE last.c = item.c AND last.id = item.id"
    " ORDER BY last.v DESC, last.gone DESC LIMIT 1))"
)
"""The class of an Item as it is, or as it was last."""
_LASTED = "NOT gone AND since <= {at} AND until > {at}"
_FOUND_BY = "n, c, id, k, t, u, first, last, shape, w, x, y"
_POINT = f"""
SELECT item.v, item.k, {_TODAY}, item.body FROM past AS item JOIN coll USING (c)
WHERE coll.id = %(collection)s AND item.id = %(id)s AND NOT item.gone
AND item.since <= %(at)s AND item.until > %(at)s AND item.body IS NOT NULL
"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class Then(Seen):
    """What a caller sees of Items as they were, those of both sides."""

    at: str = ""

    @property
    def source(self) -> str:
        """Return where SQL takes Items from; ``at`` stands for the moment."""
        past = _past(self, self.at)
        there = f"SELECT {_FOUND_BY}, p FROM item WHERE at <= {self.at}"  # noqa: S608 - parts of ours
        return f"({there} UNION ALL SELECT {_FOUND_BY}, p FROM {past}) AS item"  # noqa: S608


def _past(seen: Seen, at: str) -> str:
    """Return where SQL takes the versions that lasted then, as far as their Items may be seen today."""
    lasted = _LASTED.format(at=at)
    of_then = f"(SELECT *, body -> 'properties' AS p FROM past WHERE {lasted} AND body IS NOT NULL) AS item"  # noqa: S608
    if seen.everything:
        return of_then
    return f"(SELECT item.* FROM {of_then} WHERE {seen.condition(_TODAY)}) AS item"  # noqa: S608


def point(connection: Connection, collection: str, item_id: str, at: datetime, seen: Seen) -> Any:  # noqa: ANN401
    """Return version, class of today and document of one Item that was superseded since; nothing where none is seen."""
    row = connection.execute(_POINT, {"collection": collection, "id": item_id, "at": at}).fetchone()
    if row is None or not (seen.sees(row[1]) and seen.sees(row[2])):
        return None
    return int(row[0]), int(row[2]), written(orjson.loads(row[3]))


def past_of(connection: Connection, query: ItemQuery, seen: Seen, positions: int) -> Narrowed:
    """Return what a query asks of versions of the past, those of Collections too that went since."""
    numbers = None
    if query.collections:
        named = [one for one in query.collections if "\0" not in one]
        numbers = [int(c) for (c,) in connection.execute(_NUMBERS, (named,)).fetchall()]
    found = narrowed(replace(query, as_of=None), seen, numbers, _EVER, positions)
    return replace(found, where=" AND ".join([found.where, *_ends(query, found.values)]))


def _ends(query: ItemQuery, values: Values) -> list[str]:
    """Return when versions must have begun and ended, which is asked where these are all that is looked at."""
    began = [] if query.since is None else [f"item.since > {values.add(query.since)}"]
    return began if query.until is None else [*began, f"item.until <= {values.add(query.until)}"]


def find(
    connection: Connection, classes: Classes, past: Narrowed, asked: Asked, at: datetime, most: int
) -> list[Found]:
    """Return the first versions of the past in the order, as many as ``most``.

    Raises:
        Unavailable: the search took longer than it may.
    """
    if past.empty:
        return []
    found, after = list[Found](), asked.after
    at_once = most if past.residual is None else 2 * most
    while True:
        sql, values = _statement(past, asked, after, at, at_once)
        rows = connection.execute(sql, values).fetchall()
        for row in rows:
            document = orjson.loads(row[4])
            if past.residual is None or past.residual(document) is True:
                item = Item(row[0], row[1], written(document), int(row[2]), classes.names()[row[3]])
                found.append(Found(item, tuple(row[5:])))
        if len(rows) < at_once or len(found) >= most:
            return found[:most]
        after, at_once = tuple(rows[-1][5:]), max(at_once, min(2 * at_once, _RESIDUAL_AT_ONCE))
        if time.monotonic() > asked.deadline:
            raise Unavailable("The search took longer than it may: narrow it.")


def _statement(
    past: Narrowed, asked: Asked, after: tuple[Key, ...] | None, at: datetime, most: int
) -> tuple[str, dict[str, object]]:
    """Return a page's statement: Collection, id, version, class of today, document, place."""
    values = Values(dict(past.values.held))
    one, moment = whole(asked.order, after, values), values.add(at)
    sql = (
        f"SELECT (SELECT coll.id FROM coll WHERE coll.c = item.c), item.id, item.v, {_TODAY}, item.body,"  # noqa: S608
        f" {asked.order.columns} FROM {_past(past.seen, moment)}"
        f" WHERE {past.seen.condition()} AND {past.where} AND {one.where} ORDER BY {one.order} LIMIT %(most)s"
    )
    return sql, {**past.seen.values, **values.held, "most": most}


def together(asked: Asked, there: Sequence[Found], were: Sequence[Found], most: int) -> list[Found]:
    """Return what was found on both sides in one order; what was superseded between the two counts once."""
    known = {one.place[-1] for one in there}
    rows = [*there, *(one for one in were if one.place[-1] not in known)]
    down = [key.descending for key in asked.order.keys]
    return merged(rows, lambda one: one.place, down, backwards=asked.order.backwards)[:most]


def both(within: Narrowed, at: datetime) -> Narrowed:
    """Return the conditions of a query so that they are asked of both sides."""
    values = Values(dict(within.values.held))
    one = within.seen
    seen = Then(one.everything, one.numbers, one.bitmap, at=values.add(at))
    return replace(within, seen=seen, values=values, bare=False)
