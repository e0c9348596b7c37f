"""Properties that are kept or indexed from now on, or no more: while others read and write."""

from collections.abc import Callable
from typing import Any

import apsw

from thalweg.catalogue.ports import Told
from thalweg.catalogue.stores.sqlite import collections, properties
from thalweg.catalogue.stores.sqlite.deriving import Deriving
from thalweg.catalogue.stores.sqlite.places import short_of
from thalweg.core.errors import InvalidParameter
from thalweg.core.queryables import Queryable, Reach
from thalweg.cql2.lookups import INSTANTS
from thalweg.cql2.names import MEMBERS, plain
from thalweg.sql.connections import Connections

_ALWAYS = INSTANTS | MEMBERS
_PUT = """
INSERT INTO queryable (q, c, reach, wanted) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO UPDATE SET reach = min(reach, ?4), wanted = ?4
"""


def declare(connections: Connections, deriving: Deriving, queryable: Queryable, told: Told) -> None:
    """Make ready what is asked for, Collection by Collection.

    Who writes an Item looks at what is wanted in the same transaction: from the first step on all new Items have it.
    Who reads goes by what is reached, which is raised in the last step and lowered in the first.

    Raises:
        InvalidParameter: there is nothing to declare of this property.
        NotFound: there is no such Collection.
    """
    name, reach = short_of(queryable.name), queryable.reach
    if plain(queryable.name) in _ALWAYS:
        raise InvalidParameter("name", f"{name} is always there, and indexed")
    with connections.writing() as connection:
        q = properties.given(connection, name)
        concerned = _concerned(connection, q, queryable.collection)
        for c in concerned:
            # Where nobody saw it, no Item has it: it is ready at once, unless there are more than are told apart.
            connection.execute(_PUT, (q, c, Reach.SEEN if properties.beyond(connection, c) else reach, reach))
        properties.changed(connection)
        total = _items_of(connection, concerned)
    done = _gone_through(deriving, concerned, lambda number: told(name, number, total))
    with connections.writing() as connection:
        properties.reached(connection, [(q, c, reach) for c in concerned])
    told(name, done, max(done, total))


def _concerned(connection: apsw.Connection, q: int, collection: str | None) -> list[int]:
    if collection is not None:
        return [collections.all_of(connection, [collection])[collection]]
    rows: Any = connection.execute(
        "SELECT c FROM queryable WHERE q IN (?, ?) AND c > 0", (q, properties.BEYOND)
    ).fetchall()
    return [0, *sorted({int(c) for (c,) in rows})]


def _items_of(connection: apsw.Connection, concerned: list[int]) -> int:
    return sum(
        int(connection.execute("SELECT coalesce(sum(n), 0) FROM tally WHERE c = ? AND c > 0", (c,)).get)
        for c in concerned
    )


def _gone_through(deriving: Deriving, concerned: list[int], told: Callable[[int], None]) -> int:
    done = 0
    for c in concerned:
        for rows in deriving.of_collection(c) if c else ():
            deriving.derive(rows, whole=False)
            done += len(rows)
            told(done)
    return done
