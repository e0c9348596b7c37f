"""Collections as they were at a time: all that may be seen are read, for a thousand of them are few."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.connections import Connection

# The newest class, number, id, class of today, version, content, and the class that the version had.
_THEN = """
SELECT (SELECT max(k) FROM class), coll.c, coll.id, coll.k, coll.v, stac.content, coll.k
FROM coll JOIN pgstac.collections AS stac ON stac.key = coll.key
WHERE coll.at <= %(at)s AND (%(ids)s::text[] IS NULL OR coll.id = ANY (%(ids)s::text[]))
UNION ALL
SELECT (SELECT max(k) FROM class), coll.c, coll.id, coll.k, was.v, was.content, was.k
FROM collpast AS was JOIN coll USING (c)
WHERE was.since <= %(at)s AND was.until > %(at)s AND (%(ids)s::text[] IS NULL OR coll.id = ANY (%(ids)s::text[]))
ORDER BY 2
"""
_PAST = """
INSERT INTO collpast (c, v, k, since, until, content)
SELECT coll.c, coll.v, coll.k, coll.at, greatest(coll.at, %s), stac.content
FROM coll JOIN pgstac.collections AS stac ON stac.key = coll.key WHERE coll.c = %s
"""


def read(connection: Connection, at: datetime, seen: Seen, ids: Sequence[str] | None) -> list[Sequence[Any]]:
    """Return the rows of Collections as they were, in the order of their registration; ``None`` names all."""
    named = None if ids is None else [one for one in ids if "\0" not in one]
    rows: list[Sequence[Any]] = [*connection.execute(_THEN, {"at": at, "ids": named}).fetchall()]
    return [row[:6] for row in rows if seen.sees(row[3]) and seen.sees(row[6])]


def keep(connection: Connection, c: int, until: datetime) -> None:
    """Keep what a Collection, whose content is there still, was until now."""
    connection.execute(_PAST, (until, c))
