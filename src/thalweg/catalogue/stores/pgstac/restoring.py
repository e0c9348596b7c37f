"""Items with all that they were, as another store kept it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from thalweg.catalogue.copying import History
from thalweg.catalogue.stores.pgstac import items
from thalweg.catalogue.stores.pgstac.bases import Bases
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.rows import Row, ready, row_of

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
    rows, current = [], bases.current(connection, set(within))
    for one in given:
        held, k = within[one.item.collection], classes[one.item.visibility_class]
        there = items.known(connection, bases, one.item.collection, held, [one.item.id])
        if one.item.id in there:
            items.remove(connection, held, one.item.id, there[one.item.id], tallies)
        connection.execute("DELETE FROM past WHERE c = %s AND id = %s", (held.c, one.item.id))
        now = one.versions[0]
        row = replace(row_of(ready(one.item, current[one.item.collection]), held.c, k, now.number), at=now.since)
        rows.append(row)
        past = [
            (held.c, one.item.id, was.number, was.body is None, k, was.since, was.until, was.body and was.body.decode())
            for was in one.versions[1:]
        ]
        connection.cursor().executemany(_PAST, past)
    items.insert(connection, within, rows, tallies)
    return rows
