"""The rows of Collections: read, listed, put in, changed, taken out, inside the caller's transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from thalweg.catalogue.canonical import canonical
from thalweg.catalogue.ports import NewCollection, not_empty
from thalweg.catalogue.stores.pgstac import collections_then
from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.rows import check_characters
from thalweg.core.errors import Conflict, NotFound, PreconditionFailed

ALL = 72160005
"""Held while partitions come and go: PostgreSQL locks all of ``items`` then, and two would wait for each other."""
_COLUMNS = "(SELECT max(k) FROM class), coll.c, coll.id, coll.k, coll.v, stac.content"
_FROM = "coll JOIN pgstac.collections AS stac ON stac.key = coll.key"
# As pgstac's own check_partition makes it, but without its bounds on time, each move of which locks the partition.
_PARTITION = (
    "CREATE TABLE IF NOT EXISTS pgstac.{name} PARTITION OF pgstac.items FOR VALUES IN ({collection})",
    "CREATE UNIQUE INDEX IF NOT EXISTS {index} ON pgstac.{name} (id)",
    "ALTER TABLE pgstac.{name} OWNER TO pgstac_admin",
    "GRANT ALL ON pgstac.{name} TO pgstac_ingest",
    "GRANT SELECT ON pgstac.{name} TO pgstac_read",
    (
        "INSERT INTO pgstac.partition_stats (partition, collection, partition_dtrange)"
        " VALUES ({partition}, {collection}, '[-infinity,infinity]') ON CONFLICT (partition) DO NOTHING"
    ),
)

_HAS_LZ4 = "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
# Packed and unpacked several times faster than by PostgreSQL's own, at about the same size.
_PACKED = "ALTER TABLE pgstac.{name} ALTER COLUMN content SET COMPRESSION lz4"


def read(connection: Connection, collection: str) -> tuple[int, int, str, int, int, bytes] | None:
    """Return a Collection's row: the newest class, number, id, class, version and content."""
    sql = f"SELECT {_COLUMNS} FROM {_FROM} WHERE coll.id = %s"  # noqa: S608 - parts of ours
    row = connection.execute(sql, (collection,)).fetchone()
    return None if row is None else cast("tuple[int, int, str, int, int, bytes]", row)


def listed(connection: Connection, seen: Seen, most: int, place: int | None, *, backwards: bool) -> list[Any]:
    """Return rows in the order of registration, after a place."""
    sign, order = ("<", "DESC") if backwards else (">", "ASC")
    sql = (
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE {seen.condition('coll.k')}"  # noqa: S608 - parts of ours
        f" AND coll.c {sign} %(place)s ORDER BY coll.c {order} LIMIT %(most)s"
    )
    beyond = 2**31 - 1 if backwards else -1
    values = {**seen.values, "place": beyond if place is None else place, "most": most}
    return connection.execute(sql, values).fetchall()


def versions(connection: Connection, seen: Seen) -> list[Any]:
    """Return number, version and key of all Collections that are seen."""
    sql = f"SELECT c, v, key FROM coll WHERE key IS NOT NULL AND {seen.condition('coll.k')} ORDER BY c"  # noqa: S608
    return connection.execute(sql, seen.values).fetchall()


def stamp(connection: Connection) -> tuple[Any, ...]:
    """Return what differs after any Collection came, changed or went."""
    sql = "SELECT count(*), sum(hashint8extended(key, v))::text FROM coll WHERE key IS NOT NULL"
    return tuple(connection.execute(sql).fetchall()[0])


def several(connection: Connection, numbers: Sequence[int]) -> list[Any]:
    """Return the rows of Collections by number."""
    sql = f"SELECT {_COLUMNS} FROM {_FROM} WHERE coll.c = ANY (%s)"  # noqa: S608 - parts of ours
    return connection.execute(sql, (list(numbers),)).fetchall()


def register(connection: Connection, collection: NewCollection, k: int) -> int:
    """Put a new Collection in, with its partition; return its version.

    Raises:
        Conflict: its id is taken.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (ALL,))
    row = connection.execute("SELECT key FROM coll WHERE id = %s FOR UPDATE", (collection.id,)).fetchone()
    if row is not None and row[0] is not None:
        raise Conflict(f"There is a Collection {collection.id!r} already.")
    content = _content(collection)
    sql = "INSERT INTO pgstac.collections (content) VALUES (%s::jsonb) RETURNING key"
    key = _one(connection.execute(sql, (content,)).fetchone())
    _partition(connection, collection.id, key)
    again = (
        "INSERT INTO coll AS old (id, k, key) VALUES (%s, %s, %s)"
        " ON CONFLICT (id) DO UPDATE SET k = excluded.k, key = excluded.key, v = old.v + 1,"
        " at = greatest(old.at, clock_timestamp()) RETURNING v"
    )
    return _one(connection.execute(again, (collection.id, k, key)).fetchone())


def _content(collection: NewCollection) -> str:
    check_characters(collection.body)
    return canonical(collection.body).decode()


def _partition(connection: Connection, collection: str, key: int) -> None:
    from psycopg import sql  # noqa: PLC0415 - names as identifiers, only here

    name = f"_items_{key}"
    words = {
        "name": sql.Identifier(name),
        "index": sql.Identifier(f"{name}_pk"),
        "collection": sql.Literal(collection),
        "partition": sql.Literal(name),
    }
    for statement in _PARTITION:
        connection.execute(sql.SQL(statement).format(**words))
    if connection.execute(_HAS_LZ4).fetchall()[0][0]:
        connection.execute(sql.SQL(_PACKED).format(**words))


def replace(connection: Connection, collection: NewCollection, version: int) -> int:
    """Put a Collection in the place of the one of this version; return the new version.

    Raises:
        NotFound: there is none.
        PreconditionFailed: it has another version.
    """
    c, key = _expected(connection, collection.id, version)
    content = _content(collection)
    now = datetime.now(UTC)
    collections_then.keep(connection, c, now)
    connection.execute("UPDATE pgstac.collections SET content = %s::jsonb WHERE key = %s", (content, key))
    sql = "UPDATE coll SET v = v + 1, at = greatest(at, %s) WHERE c = %s RETURNING v"
    return _one(connection.execute(sql, (now, c)).fetchone())


def remove(connection: Connection, collection: str, version: int) -> None:
    """Take the Collection of this version out.

    Raises:
        NotFound: there is none.
        PreconditionFailed: it has another version.
        Conflict: it holds Items.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (ALL,))
    c, key = _expected(connection, collection, version)
    if connection.execute("SELECT 1 FROM item WHERE c = %s LIMIT 1", (c,)).fetchone():
        raise not_empty(collection)
    now = datetime.now(UTC)
    collections_then.keep(connection, c, now)
    connection.execute("DELETE FROM pgstac.collections WHERE key = %s", (key,))
    connection.execute("UPDATE coll SET key = NULL, at = greatest(at, %s) WHERE c = %s", (now, c))


def missing(collection: str) -> NotFound:
    """Return what is said of a Collection that is not there or may not be seen."""
    return NotFound(f"There is no Collection {collection!r}.")


def _expected(connection: Connection, collection: str, version: int) -> tuple[int, int]:
    sql = "SELECT c, key, v FROM coll WHERE id = %s AND key IS NOT NULL FOR UPDATE"
    row = connection.execute(sql, (collection,)).fetchone()
    if row is None:
        raise missing(collection)
    c, key, current = row
    if current != version:
        raise PreconditionFailed(f"The Collection {collection!r} has changed meanwhile: read it again.")
    return int(c), int(key)


def _one(row: tuple[Any, ...] | None) -> int:
    if row is None:
        raise LookupError("a statement that returns a row returned none")
    return int(row[0])
