"""Giving back what is not needed, a little at a time, while others read and write."""

from collections.abc import Callable
from functools import partial
from typing import Any

from thalweg.catalogue.ports import Told
from thalweg.catalogue.stores.sqlite.bodies import CLOSE, Bodies, Packers, books, form_taught, keep, newest, taught
from thalweg.catalogue.stores.sqlite.deriving import BATCH
from thalweg.sql.connections import Connections

_SAMPLE = 256
_BETTER = 0.97
"""New books are worth the work where they pack a sample to less than this part."""
_MERGED = 64
"""Pages of the text's index that one transaction merges."""
_FREED = 500
"""Free pages that one transaction gives back."""
_NEWEST = "SELECT d, z FROM doc WHERE n IN (SELECT n FROM item WHERE c = ? ORDER BY t DESC, n DESC LIMIT ?)"
_OLD = """
SELECT doc.n, doc.d, doc.z FROM item JOIN doc USING (n) WHERE item.c = ? AND doc.n > ? AND doc.d <> ?
ORDER BY doc.n LIMIT ?
"""


class Compacting:
    """Makes one store smaller."""

    def __init__(self, connections: Connections, bodies: Bodies) -> None:
        self._connections = connections
        self._bodies = bodies
        self._packers = Packers(CLOSE)

    def compact(self, told: Told) -> None:
        """Pack documents by the best books, merge the text's index, give back free pages."""
        with self._connections.reading() as connection:
            rows: Any = connection.execute("SELECT coll.c, coll.id FROM coll WHERE body IS NOT NULL").fetchall()
        for c, name in rows:
            self._repack(int(c), partial(told, f"documents of {name}"))
        for table in ("txt", "colltxt"):
            self._merge(table)
        told("the text's index", 1, 1)
        self._free()
        told("free pages", 1, 1)

    def _repack(self, c: int, told: Callable[[int, int], None]) -> None:
        with self._connections.reading() as connection:
            total = int(connection.execute("SELECT coalesce(sum(n), 0) FROM tally WHERE c = ?", (c,)).get)
        self._learn(c)
        with self._connections.reading() as connection:
            by = books(connection, c)
        first = by[0].d if by else 0
        done, last = 0, 0
        while True:
            with self._connections.reading() as connection:
                rows: Any = connection.execute(_OLD, (c, last, first, BATCH)).fetchall()
                bodies = [self._bodies.unpacked(connection, before, z) for _, before, z in rows]
            if not rows:
                return
            packed = [self._packers.packed(by, body) for body in bodies]
            # An Item that was changed meanwhile has another document.
            pairs = zip(rows, packed, strict=True)
            changes = [(d, new, n, old) for (n, before, old), (d, new) in pairs if d != before]
            with self._connections.writing() as connection:
                connection.executemany("UPDATE doc SET d = ?, z = ? WHERE n = ? AND z = ?", changes)
            done, last = done + len(rows), rows[-1][0]
            told(done, max(done, total))

    def _learn(self, c: int) -> None:
        """Teach a Collection anew where its documents, packed closely, take less than they do."""
        with self._connections.reading() as connection:
            rows: Any = connection.execute(_NEWEST, (c, _SAMPLE)).fetchall()
            bodies = [self._bodies.unpacked(connection, d, z) for d, z in rows]
            before = newest(connection, c)
        new = [one for one in (form_taught(bodies[::2]), taught(bodies[::2])) if one is not None]
        if not new:
            return
        after = sum(len(self._packers.packed(new, body)[1]) for body in bodies[1::2])
        if after < _BETTER * sum(len(z) for _, z in rows[1::2]):
            with self._connections.writing() as connection:
                keep(connection, c, new, before)

    def _merge(self, table: str) -> None:
        while True:
            with self._connections.writing() as connection:
                before = connection.total_changes()
                connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', {_MERGED})")  # noqa: S608
                if connection.total_changes() - before < 2:  # noqa: PLR2004 - as FTS5 documents its end
                    return

    def _free(self) -> None:
        while True:
            with self._connections.writing() as connection:
                vacuum: int = connection.execute("PRAGMA auto_vacuum").get
                free: int = connection.execute("PRAGMA freelist_count").get
                if vacuum != 2 or free == 0:  # noqa: PLR2004 - INCREMENTAL
                    return
                connection.execute(f"PRAGMA incremental_vacuum({_FREED})").fetchall()
