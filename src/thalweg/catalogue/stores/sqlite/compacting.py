"""Giving back what is not needed, a little at a time, while others read and write."""

from collections.abc import Callable
from functools import partial
from typing import Any

import apsw

from thalweg.catalogue.ports import Told
from thalweg.catalogue.stores.sqlite.bodies import (
    CLOSE,
    NEWEST,
    Bodies,
    Book,
    Packers,
    books,
    form_taught,
    keep,
    newest,
    taught,
)
from thalweg.catalogue.stores.sqlite.deriving import BATCH
from thalweg.sql.connections import Connections

_SAMPLE = 256
_BETTER = 0.97
"""New books are worth the work where they pack a sample to less than this part."""
_MERGED = 64
"""Pages of the text's index that one transaction merges."""
_FREED = 500
"""Free pages that one transaction gives back."""
# Along the documents, for the Items of a Collection have no order of their numbers: each batch would sort them all.
_NEXT = """
SELECT doc.n, doc.d, doc.z, item.c FROM doc CROSS JOIN item USING (n) WHERE doc.n > ? ORDER BY doc.n LIMIT ?
"""
# Two documents of two forms may be filled in alike: only with its book is a filling a document.
_CHANGE = "UPDATE doc SET d = ?, z = ? WHERE n = ? AND d = ? AND z = ?"
_CLOSED = "SELECT value FROM state WHERE name = 'closed'"
"""Up to which Item documents have been packed closely: that takes twice the time, and is not done twice."""
_CLOSE = "INSERT INTO state (name, value) VALUES ('closed', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_KNOWN = 1_000
"""Collections whose books are at hand while documents are gone through."""


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
        for done, (c, name) in enumerate(rows, 1):
            self._learn(int(c))
            told(f"what documents of {name} share", done, len(rows))
        self._repack(partial(told, "documents"))
        for table in ("txt", "colltxt", "letters"):
            self._merge(table)
        told("the text's index", 1, 1)
        self._free()
        told("free pages", 1, 1)

    def _repack(self, told: Callable[[int, int], None]) -> None:
        with self._connections.reading() as connection:
            total = int(connection.execute("SELECT coalesce(sum(n), 0) FROM tally WHERE c = 0").get)
            closed = int(connection.execute(_CLOSED).get or 0)
        shelves = dict[int, tuple[Book, ...]]()
        done, last = 0, 0
        while True:
            with self._connections.reading() as connection:
                rows: Any = connection.execute(_NEXT, (last, BATCH)).fetchall()
                if not rows:
                    return
                found = (self._packed(connection, shelves, row, closed=row[0] <= closed) for row in rows)
                changes = [change for change in found if change is not None]
            # An Item that was changed meanwhile has another document.
            with self._connections.writing() as connection:
                connection.executemany(_CHANGE, changes)
                connection.execute(_CLOSE, (max(closed, rows[-1][0]),))
            done, last = done + len(rows), rows[-1][0]
            told(done, max(done, total))

    def _packed(
        self,
        connection: apsw.Connection,
        shelves: dict[int, tuple[Book, ...]],
        row: tuple[int, int, bytes, int],
        *,
        closed: bool,
    ) -> tuple[int, bytes, int, int, bytes] | None:
        """Return a document as its Collection's best book packs it, with its place; nothing where it is so already."""
        n, d, z, c = row
        if c not in shelves:
            if len(shelves) == _KNOWN:
                shelves.clear()
            shelves[c] = books(connection, c)
        shelf = shelves[c]
        if closed and shelf and d == shelf[0].d:
            return None
        by, new = self._packers.packed(shelf, self._bodies.unpacked(connection, d, z))
        return (by, new, n, d, z) if by != d or len(new) < len(z) else None

    def _learn(self, c: int) -> None:
        """Teach a Collection anew where its documents, packed closely, take less than they do."""
        with self._connections.reading() as connection:
            rows: Any = connection.execute(NEWEST, (c, _SAMPLE)).fetchall()
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
