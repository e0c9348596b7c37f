"""Whether the tables agree: every document read, everything derived from it compared."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import apsw
import orjson
import zstandard

from thalweg.catalogue.ports import Finding
from thalweg.catalogue.stores.sqlite import properties
from thalweg.catalogue.stores.sqlite.deriving import Derived, Deriving, Kept
from thalweg.catalogue.stores.sqlite.preparing import Prepared
from thalweg.core.errors import InvalidParameter
from thalweg.sql.connections import Connections

_ORPHANS = {
    "doc": "SELECT n FROM doc WHERE n NOT IN (SELECT n FROM item)",
    "box": "SELECT id FROM box WHERE id >> 1 NOT IN (SELECT n FROM item)",
    "txt": "SELECT id FROM txt_docsize WHERE id NOT IN (SELECT n FROM item)",
    "letters": "SELECT id FROM letters_docsize WHERE id NOT IN (SELECT n FROM item)",
    "val": "SELECT n FROM val WHERE n NOT IN (SELECT n FROM item)",
    "past": "SELECT n FROM past WHERE n NOT IN (SELECT n FROM item UNION SELECT n FROM gone WHERE n IS NOT NULL)",
}
_KEYS = {"doc": "n", "box": "id", "txt": "rowid", "letters": "rowid", "val": "n", "past": "n"}
_LOST = "SELECT coll.id, item.id FROM item JOIN coll USING (c) WHERE n NOT IN (SELECT n FROM doc)"
_TALLIES = """
SELECT coll.id, told.n, there.n FROM coll
LEFT JOIN (SELECT c, sum(n) AS n FROM tally GROUP BY c) AS told USING (c)
LEFT JOIN (SELECT c, count(*) AS n FROM item GROUP BY c) AS there USING (c)
WHERE ifnull(told.n, 0) <> ifnull(there.n, 0)
UNION ALL
SELECT coll.id, told.n, there.n FROM coll
LEFT JOIN (SELECT c, sum(n) AS n FROM roll_day GROUP BY c) AS told USING (c)
LEFT JOIN (SELECT c, count(*) AS n FROM item GROUP BY c) AS there USING (c)
WHERE ifnull(told.n, 0) <> ifnull(there.n, 0)
"""
_HELD = "SELECT json(p), t, (SELECT count(*) FROM box WHERE id IN (2 * n, 2 * n + 1)) FROM item WHERE n = ?"
_VALUES = "SELECT 1 FROM val WHERE q = ? AND v = ? AND t = ? AND n = ?"
_WORDS = "SELECT 1 FROM txt_docsize WHERE id = ?"
_LETTERS = "SELECT 1 FROM letters_docsize WHERE id = ?"


class Checking:
    """One check of one store."""

    def __init__(self, connections: Connections, deriving: Deriving, *, mend: bool) -> None:
        self._connections = connections
        self._deriving = deriving
        self._mend = mend

    def findings(self, told: Callable[[int], None]) -> Iterator[Finding]:
        """Yield what does not agree."""
        yield from self._of_file()
        yield from self._of_orphans()
        done, last = 0, 0
        while rows := self._deriving.after(last):
            yield from self._of_items(rows)
            done, last = done + len(rows), rows[-1].n
            told(done)
        yield from self._of_tallies()

    def _of_file(self) -> Iterator[Finding]:
        with self._connections.reading() as connection:
            for table in ("txt", "colltxt", "letters"):
                # FTS5 checks what it remembers of an index, and looks again only when it is searched (SQLite 3.54).
                connection.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH 'aaa' LIMIT 1").fetchall()  # noqa: S608
            said = [str(row[0]) for row in connection.execute("PRAGMA quick_check(20)")]
        for line in said:
            if line != "ok":
                yield Finding("file", line)

    def _of_orphans(self) -> Iterator[Finding]:
        for table, sql in _ORPHANS.items():
            with self._connections.reading() as connection:
                rows: Any = connection.execute(sql).fetchall()
            numbers = sorted({int(n) for (n,) in rows})
            for n in numbers:
                yield Finding(table, f"row {n} belongs to no Item", self._mend)
            if self._mend and numbers:
                listed = orjson.dumps(numbers).decode()
                delete = f"DELETE FROM {table} WHERE {_KEYS[table]} IN (SELECT value FROM json_each(?))"  # noqa: S608 - ours
                with self._connections.writing() as connection:
                    connection.execute(delete, (listed,))
        with self._connections.reading() as connection:
            lost = connection.execute(_LOST).fetchall()
        for collection, item_id in lost:
            yield Finding(f"{collection}/{item_id}", "its document is not there")

    def _of_items(self, rows: Sequence[Kept]) -> Iterator[Finding]:
        derived, faults = self._read(rows)
        yield from faults
        with self._connections.reading() as connection:
            moving = properties.moving(connection)
            wrong = [one for one in derived if not _agrees(connection, one, moving)]
        for one in wrong:
            what = "what is kept beside its document is not what the document says"
            yield Finding(f"{one.kept.collection}/{one.kept.id}", what, self._mend)
        if self._mend and wrong:
            self._deriving.derive([one.kept for one in wrong])

    def _read(self, rows: Sequence[Kept]) -> tuple[list[Derived], list[Finding]]:
        """Return what documents tell, and what is wrong with those that tell nothing: halved until it is found."""
        try:
            _, derived = self._deriving.read(rows)
        except (zstandard.ZstdError, ValueError, KeyError, TypeError, InvalidParameter) as error:
            if len(rows) == 1:
                (row,) = rows
                return [], [Finding(f"{row.collection}/{row.id}", f"its document cannot be read: {error}")]
            halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
            (first, wrong), (second, others) = map(self._read, halves)
            return [*first, *second], [*wrong, *others]
        mistaken = [one for one in derived if one.item.document.get("id") != one.kept.id]
        why = "its document is of another"
        return [one for one in derived if one.item.document.get("id") == one.kept.id], [
            Finding(f"{one.kept.collection}/{one.kept.id}", why) for one in mistaken
        ]

    def _of_tallies(self) -> Iterator[Finding]:
        with self._connections.reading() as connection:
            wrong = connection.execute(_TALLIES).fetchall()
        for collection, told, there in wrong:
            yield Finding(f"{collection}", f"is told to hold {told or 0} Items, and holds {there or 0}", self._mend)
        if self._mend and wrong:
            self._deriving.recount()


def _agrees(connection: apsw.Connection, one: Derived, moving: AbstractSet[tuple[int, int, int]]) -> bool:
    """Tell whether all that is read of an Item's row is there; what is being declared is not read yet."""
    row = connection.execute(_HELD, (one.kept.n,)).get
    if row is None:
        return True  # it was removed meanwhile
    unread = {f"{q}{letter}" for q, c, _ in moving if c == one.kept.c for letter in ("", "j")}
    return _says(row, one.prepared, unread) and _is_found(connection, one, unread)


def _says(row: Any, ready: Prepared, unread: AbstractSet[str]) -> bool:  # noqa: ANN401 - a row of SQLite
    """Tell whether an Item's row says what its document does."""
    kept, t, boxes = row
    spans = len(ready.footprint.box.spans()) if ready.footprint else 0
    there, said = _members(kept), _members(ready.kept)
    same = all(said[key] == there.get(key) for key in said.keys() - unread)
    return same and (t, boxes) == (ready.times.at, spans)


def _is_found(connection: apsw.Connection, one: Derived, unread: AbstractSet[str]) -> bool:
    """Tell whether an Item is found by each of its values, and by words and letters where it has any."""
    n, ready = one.kept.n, one.prepared
    asked = [(q, value, ready.times.at, n) for q, value in ready.indexed if str(q) not in unread]
    worded = connection.execute(_WORDS, (n,)).get is not None
    lettered = connection.execute(_LETTERS, (n,)).get is not None
    texts = worded == bool(ready.words) and (bool(unread) or lettered == bool(ready.letters))
    return texts and all(connection.execute(_VALUES, values).get for values in asked)


def _members(kept: str | bytes | None) -> dict[str, Any]:
    members: dict[str, Any] = {} if kept is None else orjson.loads(kept)
    return members
