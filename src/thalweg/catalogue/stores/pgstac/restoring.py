"""Items with all that they were, as another store kept it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import orjson

from thalweg.catalogue.copying import History
from thalweg.catalogue.footprints import footprint_of
from thalweg.catalogue.stores.pgstac import items
from thalweg.catalogue.stores.pgstac.bases import Bases
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.rows import Row, columns, ready, row_of, side
from thalweg.catalogue.times import times_of

_POSITIONS = 10**9
"""A document that was taken once is not measured again."""
_FORGET = """
DELETE FROM past USING unnest(%s::int[], %s::text[]) AS gone (c, id) WHERE past.c = gone.c AND past.id = gone.id
"""
_PAST = """
INSERT INTO past (c, id, v, gone, k, since, until, body, n, t, u, first, last, shape, w, x, y)
SELECT was.*, nextval(pg_get_serial_sequence('thalweg.item', 'n')), %s::bigint, %s::smallint, %s::bigint,
    %s::bigint, %s::geometry, %s::text, %s::float8, %s::float8
FROM (
    SELECT %s::int, %s::text, %s::bigint, %s::boolean, %s::int, %s::timestamptz, %s::timestamptz, %s::jsonb
) AS was
ON CONFLICT (c, id, v, gone) DO NOTHING
"""
_NOTHING = (None, None, None, None, None, "", None, None)


def restored(
    connection: Connection,
    bases: Bases,
    within: Mapping[str, items.Held],
    classes: Mapping[str, int],
    given: Sequence[History],
    tallies: items.Tallies,
) -> list[Row]:
    """Put Items in with their past, in the place of what is there of them."""
    for collection, ids in _by_collection(given).items():
        held = within[collection]
        for item_id, known in items.known(connection, bases, collection, held, ids).items():
            items.remove(connection, held, item_id, known, tallies)
        connection.execute(_FORGET, columns([(held.c, item_id) for item_id in ids]))
    current = bases.current(connection, set(within))
    rows, past = list[Row](), list[tuple[object, ...]]()
    for one in given:
        held, k, now = within[one.item.collection], classes[one.item.visibility_class], one.versions[0]
        made = ready(one.item, current[one.item.collection])
        rows.append(replace(row_of(made, held.c, k, now.number), at=now.since))
        past += _past(one, held.c, k)
    connection.cursor().executemany(_PAST, past)
    items.insert(connection, within, rows, tallies)
    return rows


def _by_collection(given: Sequence[History]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in given:
        found.setdefault(one.item.collection, []).append(one.item.id)
    return found


def _past(one: History, c: int, k: int) -> Iterator[tuple[object, ...]]:
    for was in one.versions[1:]:
        gone = was.body is None
        kept = (c, one.item.id, was.number, gone, k, was.since, was.until, was.body and was.body.decode())
        yield *(_NOTHING if was.body is None else _found_by(was.body)), *kept


def _found_by(body: bytes) -> tuple[object, ...]:
    """Return the columns t, u, first, last, shape, w, x and y of what an Item was."""
    document = orjson.loads(body)
    footprint = None
    if document.get("geometry") is not None:
        footprint = footprint_of(document["geometry"], document["bbox"], _POSITIONS)
    t, u, first, last, shape, _, said, x, y = side(times_of(document["properties"]), footprint, document)
    return t, u, first, last, shape, said, x, y
