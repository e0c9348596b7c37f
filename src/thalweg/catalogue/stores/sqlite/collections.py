"""The rows of Collections: read, put in, changed, taken out, inside the caller's transaction."""

from collections.abc import Iterable
from typing import Any

import apsw
import orjson
import zstandard

from thalweg.catalogue.ports import NewCollection, not_empty
from thalweg.catalogue.stores.sqlite import bodies, chains, clock, extents
from thalweg.catalogue.stores.sqlite.classes import Seen, class_number
from thalweg.core.errors import Conflict, NotFound, PreconditionFailed
from thalweg.core.items import Collection

# A Collection that was removed comes back under its old number, with the version after its last.
_REGISTER = """
INSERT INTO coll (id, k, v, body, u) VALUES (:id, :k, 1, :body, :at)
ON CONFLICT (id) DO UPDATE SET k = :k, v = v + 1, body = :body, u = max(u, :at) WHERE body IS NULL
RETURNING c, v
"""
_REPLACE = "UPDATE coll SET v = v + 1, body = ?2, u = max(u, ?3) WHERE c = ?1 RETURNING v"
_PAST = """
INSERT INTO collpast (c, v, id, k, since, until, first, last, d, z)
SELECT c, v, id, k, u, max(u, ?2), first, last, ?3, ?4 FROM coll WHERE c = ?1
"""
_THEN = """
SELECT v, k, k, body FROM coll WHERE id = :id AND body IS NOT NULL AND u <= :at
UNION ALL
SELECT one.v, one.k, coll.k, collection_then(one.c, one.v) FROM coll JOIN collpast AS one USING (c)
WHERE coll.id = :id AND one.since <= :at AND one.until > :at
"""


def numbers(connection: apsw.Connection, ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the Collections that are there."""
    listed = orjson.dumps(sorted(set(ids))).decode()
    rows = connection.execute(
        "SELECT id, c FROM coll WHERE id IN (SELECT value FROM json_each(?)) AND body IS NOT NULL", (listed,)
    )
    return {str(name): int(c) for name, c in rows}


def numbers_ever(connection: apsw.Connection, ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the Collections that are there, or were once."""
    listed = orjson.dumps(sorted(set(ids))).decode()
    rows = connection.execute("SELECT id, c FROM coll WHERE id IN (SELECT value FROM json_each(?))", (listed,))
    return {str(name): int(c) for name, c in rows}


def all_of(connection: apsw.Connection, ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of Collections.

    Raises:
        NotFound: one is not there.
    """
    wanted = set(ids)
    found = numbers(connection, wanted)
    for absent in sorted(wanted - found.keys()):
        raise missing(absent)
    return found


def read(connection: apsw.Connection, collection: str, seen: Seen, names: tuple[str, ...]) -> Collection:
    """Return one Collection.

    Raises:
        NotFound: there is none that may be seen.
    """
    row = connection.execute("SELECT k, v, body FROM coll WHERE id = ?", (collection,)).get
    if row is None or row[2] is None or not seen.sees(row[0]):
        raise missing(collection)
    k, version, body = row
    return Collection(collection, body, version, names[k])


def read_then(connection: apsw.Connection, collection: str, at: int, seen: Seen, names: tuple[str, ...]) -> Collection:
    """Return one Collection as it was at a time, ms since 1970.

    Raises:
        NotFound: there was none that may be seen.
    """
    row: Any = connection.execute(_THEN, {"id": collection, "at": at}).get
    if row is None or not (seen.sees(row[1]) and seen.sees(row[2])):
        raise missing(collection)
    version, _, today, body = row
    return Collection(collection, body, version, names[today])


def register(connection: apsw.Connection, collection: NewCollection) -> int:
    """Put a new Collection in; return its version.

    Raises:
        Conflict: its id is taken.
    """
    k = class_number(connection, collection.visibility_class)
    row = connection.execute(
        _REGISTER, {"id": collection.id, "k": k, "body": collection.body, "at": clock.now(connection)}
    ).get
    if row is None:
        raise Conflict(f"There is a Collection {collection.id!r} already.")
    c, version = row
    extents.derive(connection, c, collection.body)
    return int(version)


def replace(connection: apsw.Connection, collection: NewCollection, version: int) -> int:
    """Put a Collection in the place of the one of this version; return the new version.

    Raises:
        NotFound: there is none.
        PreconditionFailed: it has another version.
    """
    c = _expected(connection, collection.id, version)
    at = clock.now(connection)
    before: bytes = connection.execute("SELECT body FROM coll WHERE c = ?", (c,)).get
    whole = version % chains.WHOLE == 0
    kept = (0, zstandard.compress(before)) if whole else (bodies.DELTA, bodies.delta(before, collection.body))
    connection.execute(_PAST, (c, at, *kept))
    new: int = connection.execute(_REPLACE, (c, collection.body, at)).get
    extents.derive(connection, c, collection.body)
    return new


def remove(connection: apsw.Connection, collection: str, version: int) -> None:
    """Take the Collection of this version out.

    Raises:
        NotFound: there is none.
        PreconditionFailed: it has another version.
        Conflict: it holds Items.
    """
    c = _expected(connection, collection, version)
    if connection.execute("SELECT 1 FROM item WHERE c = ? LIMIT 1", (c,)).get is not None:
        raise not_empty(collection)
    at = clock.now(connection)
    before: bytes = connection.execute("SELECT body FROM coll WHERE c = ?", (c,)).get
    connection.execute(_PAST, (c, at, 0, zstandard.compress(before)))
    gone = "UPDATE coll SET body = NULL, first = NULL, last = NULL, u = max(u, ?2) WHERE c = ?1"
    connection.execute(gone, (c, at))
    extents.forget(connection, c)


def missing(collection: str) -> NotFound:
    """Return what is said of a Collection that is not there or may not be seen."""
    return NotFound(f"There is no Collection {collection!r}.")


def _expected(connection: apsw.Connection, collection: str, version: int) -> int:
    row = connection.execute("SELECT c, v FROM coll WHERE id = ? AND body IS NOT NULL", (collection,)).get
    if row is None:
        raise missing(collection)
    c, current = row
    if current != version:
        raise PreconditionFailed(f"The Collection {collection!r} has changed meanwhile: read it again.")
    return int(c)
