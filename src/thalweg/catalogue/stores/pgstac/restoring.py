"""Items with all that they were, as another store kept it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from thalweg.catalogue.copying import History
from thalweg.catalogue.stores.pgstac import items
from thalweg.catalogue.stores.pgstac.bases import Bases
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.rows import Row, columns, ready, row_of

_FORGET = """
DELETE FROM past USING unnest(%s::int[], %s::text[]) AS gone (c, id) WHERE past.c = gone.c AND past.id = gone.id
"""
_PAST = """
INSERT INTO past (c, id, v, gone, k, since, until, body) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (c, id, v, gone) DO NOTHING
"""


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
        yield c, one.item.id, was.number, was.body is None, k, was.since, was.until, was.body and was.body.decode()
