"""How the store is looked after while others serve."""

from collections.abc import Iterator
from functools import partial

from thalweg.catalogue.ports import Finding, Statistics, Told
from thalweg.catalogue.stores.pgstac import items, queryables
from thalweg.catalogue.stores.pgstac.bases import Bases
from thalweg.catalogue.stores.pgstac.connections import Connection, Pool
from thalweg.catalogue.stores.pgstac.texts import indexed
from thalweg.core.errors import ThalwegError

_AT_ONCE = 500
_COLLECTIONS = "SELECT c, key, id FROM coll WHERE key IS NOT NULL ORDER BY c"
_LOST = "SELECT id FROM item WHERE c = %s AND NOT EXISTS (SELECT 1 FROM {partition} AS stac WHERE stac.id = item.id)"
_UNKNOWN = (
    "SELECT id FROM {partition} AS stac WHERE NOT EXISTS (SELECT 1 FROM item WHERE item.c = %s AND item.id = stac.id)"
)
_UNLIKE = """
SELECT stac.id FROM {partition} AS stac JOIN item ON item.c = %s AND item.id = stac.id
WHERE (stac.private ->> 'k')::int IS DISTINCT FROM item.k
"""
_WRONG = """
SELECT k, coalesce(tally.n, 0), coalesce(counted.n, 0) FROM (SELECT k, n FROM tally WHERE c = %(c)s) AS tally
FULL JOIN (SELECT k, count(*) AS n FROM item WHERE c = %(c)s GROUP BY k) AS counted USING (k)
WHERE coalesce(tally.n, 0) <> coalesce(counted.n, 0)
"""
_MONTH = "(extract(year FROM {at}) * 12 + extract(month FROM {at}) - 1)::int".format(
    at="(to_timestamp(floor(t / 1000.0)) AT TIME ZONE 'UTC')"
)
_RECOUNT = (
    "DELETE FROM tally WHERE c = %(c)s",
    "DELETE FROM roll_day WHERE c = %(c)s",
    "DELETE FROM roll_month WHERE c = %(c)s",
    "INSERT INTO tally SELECT c, k, count(*), coalesce(max(last - first), 0) FROM item WHERE c = %(c)s GROUP BY 1, 2",
    "INSERT INTO roll_day SELECT c, k, floor(t / 86400000.0)::int, count(*) FROM item WHERE c = %(c)s GROUP BY 1, 2, 3",
    f"INSERT INTO roll_month SELECT c, k, {_MONTH}, count(*) FROM item WHERE c = %(c)s GROUP BY 1, 2, 3",  # noqa: S608 - ours
)
_SIDE_TABLES = ("item", "past", "tally", "roll_day", "roll_month", "coll", "class", "sighting", "outbox")
_TABLES = (*(f"thalweg.{name}" for name in _SIDE_TABLES), "pgstac.collections", "pgstac.partition_stats")


class Upkeep:
    """What an operator asks of the store."""

    def __init__(self, pool: Pool, bases: Bases) -> None:
        self._pool, self._bases = pool, bases

    def check(self, told: Told, *, mend: bool) -> Iterator[Finding]:
        """Yield what does not agree between pgstac's tables and ours."""
        collections = self._collections()
        for done, (c, key, name) in enumerate(collections):
            yield from self._missing(c, key, name, mend=mend)
            yield from self._counts(c, name, mend=mend)
            yield from self._unread(c, key, name)
            told("checking Collections", done + 1, len(collections))

    def _collections(self) -> list[tuple[int, int, str]]:
        return self._pool.read(lambda one: [(c, key, name) for c, key, name in one.execute(_COLLECTIONS).fetchall()])

    def _missing(self, c: int, key: int, name: str, *, mend: bool) -> Iterator[Finding]:
        partition = f'pgstac."_items_{key}"'
        for sql, what, mending in (
            (
                _LOST,
                "stands in our index, and pgstac has no document of it",
                "DELETE FROM item WHERE c = %s AND id = %s",
            ),
            (_UNKNOWN, "has a document, and does not stand in our index", _adopting(partition)),
            (_UNLIKE, "has one class in its document and another in our index", None),
        ):
            asked = sql.format(partition=partition)
            lost = self._pool.read(lambda one, asked=asked: one.execute(asked, (c,)).fetchall())  # type: ignore[misc]
            for (item_id,) in lost:
                mended = mend and mending is not None
                if mended and mending is not None:
                    self._mend(mending, c, item_id)
                yield Finding(f"{name}/{item_id}", what, mended)

    def _mend(self, sql: str, c: int, item_id: str) -> None:
        def change(connection: Connection) -> None:
            if "%s AND" in sql:
                connection.execute(sql, (c, item_id))
            else:
                # As another program's write, which the triggers follow.
                connection.execute("SELECT set_config('thalweg.ours', '', true)")
                connection.execute(sql, (item_id,))

        self._pool.write(change)

    def _counts(self, c: int, name: str, *, mend: bool) -> Iterator[Finding]:
        wrong = self._pool.read(lambda one: one.execute(_WRONG, {"c": c}).fetchall())
        if wrong and mend:
            self.recount(c)
        for k, told, there in wrong:
            yield Finding(name, f"the tally of class {k} says {told} Items, there are {there}", mend)

    def _unread(self, c: int, key: int, name: str) -> Iterator[Finding]:
        after: str = ""
        while True:
            rows = self._pool.read(partial(_documents, key=key, after=after))
            for row in rows:
                try:
                    unpack = partial(items.known_of, bases=self._bases, collection=name)
                    self._pool.read(partial(unpack, one=items.Held(c, key, 0), row=row))
                except (ThalwegError, ValueError, TypeError, KeyError) as error:
                    yield Finding(f"{name}/{row[0]}", f"its document cannot be read: {type(error).__name__}")
            if len(rows) < _AT_ONCE:
                return
            after = str(rows[-1][0])

    def recount(self, c: int) -> None:
        """Count the Items of a Collection again."""

        def change(connection: Connection) -> None:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (items.ALONE,))
            for sql in _RECOUNT:
                connection.execute(sql, {"c": c})

        self._pool.write(change)

    def compact(self, told: Told) -> None:
        """Give back dead rows and tell the planner what there is; indexes are built again beside those that serve."""
        names = [*_TABLES, *(f'pgstac."_items_{key}"' for _, key, _ in self._collections())]
        with self._pool.reading() as connection:
            connection.execute("SET statement_timeout = 0")
            try:
                for done, name in enumerate(names):
                    connection.execute(f"VACUUM (ANALYZE) {name}")
                    told("vacuuming tables", done + 1, len(names))
                connection.execute("REINDEX TABLE CONCURRENTLY thalweg.item")
            finally:
                connection.execute("RESET statement_timeout")

    def reindex(self, told: Told) -> None:
        """Make words, sightings and counts again of the documents, and pgstac's note of its partitions."""
        collections = self._collections()
        for done, (c, key, _name) in enumerate(collections):
            self._pool.write(partial(_forget, c=c))
            after: int | None = 0
            while after is not None:
                after = self._pool.write(partial(_derive, c=c, after=after))
            self.recount(c)
            self._pool.write(partial(_identify, key=key))
            told("deriving Collections", done + 1, len(collections))

    def statistics(self) -> Statistics:
        """Return how much there is, and what it takes."""
        return self._pool.read(_statistics)


def _forget(connection: Connection, c: int) -> None:
    connection.execute("DELETE FROM sighting WHERE c = %s", (c,))


def _identify(connection: Connection, key: int) -> None:
    # Without true it would bound the partition in time, and the next Item would be refused.
    connection.execute("SELECT pgstac.update_partition_stats(%s, true)", (f"_items_{key}",))


def _adopting(partition: str) -> str:
    return f"UPDATE {partition} SET private = private WHERE id = %s"  # noqa: S608 - a number of ours


def _documents(connection: Connection, key: int, after: str) -> list[tuple[object, ...]]:
    sql = f'SELECT {items.COLUMNS} FROM pgstac."_items_{key}" WHERE id > %s ORDER BY id LIMIT %s'  # noqa: S608 - ours
    return connection.execute(sql, (after, _AT_ONCE)).fetchall()


def _derive(connection: Connection, c: int, after: int) -> int | None:
    rows = connection.execute(
        "SELECT n, k, p FROM item WHERE c = %s AND n > %s ORDER BY n LIMIT %s FOR UPDATE", (c, after, _AT_ONCE)
    ).fetchall()
    if not rows:
        return None
    said = indexed(rows)
    sql = "UPDATE item SET w = new.w FROM unnest(%s::bigint[], %s::text[]) AS new (n, w) WHERE item.n = new.n"
    connection.execute(f"{sql} AND item.w <> new.w", ([n for n, _ in said], [words for _, words in said]))
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (items.ALONE,))
    queryables.see_properties(connection, c, rows)
    return int(rows[-1][0]) if len(rows) == _AT_ONCE else None


def _statistics(connection: Connection) -> Statistics:
    counts = {
        "Items": "SELECT coalesce(sum(n), 0)::bigint FROM tally",
        "Collections": "SELECT count(*) FROM coll WHERE key IS NOT NULL",
        "visibility classes": "SELECT count(*) FROM class WHERE name <> ''",
        "past versions": "SELECT count(*) FROM past WHERE NOT gone",
        "removed Items": "SELECT count(*) FROM past WHERE gone",
        "events": "SELECT coalesce(max(seq), 0) FROM outbox",
    }
    stac = "SELECT coalesce(sum(pg_total_relation_size(relid)), 0)::bigint FROM pg_partition_tree('pgstac.items')"
    size = "SELECT {of}::bigint"
    sizes = {
        "documents and pgstac's indexes": stac,
        "our index": size.format(of="pg_relation_size('item') + coalesce(pg_relation_size((SELECT reltoastrelid FROM"
                                    " pg_class WHERE oid = 'item'::regclass AND reltoastrelid <> 0)), 0)"),
        "indexes of our index": size.format(of="pg_indexes_size('item')"),
        "past versions": size.format(of="pg_total_relation_size('past')"),
        "rollups": size.format(of="pg_total_relation_size('roll_day') + pg_total_relation_size('roll_month')"),
        "outbox": size.format(of="pg_total_relation_size('outbox')"),
    }  # fmt: skip
    others = connection.execute("SELECT count(*) FROM item WHERE k = 0").fetchall()[0][0]
    notes = (f"{others:,} Items were written by other programs and are nobody's: others= names their class.",)
    return Statistics(
        {noun: _number(connection, sql) for noun, sql in counts.items()},
        {part: _number(connection, sql) for part, sql in sizes.items()},
        notes if others else (),
    )


def _number(connection: Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])
