"""The rows of Items: put in, changed, taken out, all inside the caller's transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import apsw
import orjson

from thalweg.catalogue.footprints import Footprint
from thalweg.catalogue.ports import NewItem, id_taken
from thalweg.catalogue.stores.sqlite import bodies, chains, clock
from thalweg.catalogue.stores.sqlite.classes import class_name, class_number
from thalweg.catalogue.stores.sqlite.preparing import Prepared
from thalweg.catalogue.stores.sqlite.rings import kept_shape
from thalweg.catalogue.stores.sqlite.rollups import Tallies
from thalweg.catalogue.times import Times
from thalweg.core.errors import NotFound, PreconditionFailed

Unpack = Callable[[apsw.Connection, int, bytes], bytes]
_UNITS_A_MILLISECOND = 100 / (365.25 * 86_400_000)
_MILLENNIUM = 946_684_800_000
"""2000-01-01 in ms since 1970."""

_INSERT = """
INSERT INTO item (n, c, id, k, v, t, lead, lag, west, south, east, north, shape, p, u)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, jsonb(?), ?) ON CONFLICT (id, c) DO NOTHING RETURNING n
"""
# As sqlite_sequence tells the last number that was given, so it is told of these.
_INSERT_NEW = """
INSERT INTO item (n, c, id, k, v, t, lead, lag, west, south, east, north, shape, p, u)
VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, jsonb(?), ?)
"""
_LAST = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'item'), 0)"
# An Item that is gone comes back as what it was, one by one.
_TAKEN = """
SELECT id FROM item WHERE c = ?1 AND id IN (SELECT value FROM json_each(?2))
UNION ALL SELECT id FROM gone WHERE c = ?1 AND id IN (SELECT value FROM json_each(?2))
"""
_UPDATE = """
UPDATE item SET v = ?2, t = ?3, lead = ?4, lag = ?5, west = ?6, south = ?7, east = ?8, north = ?9, shape = ?10,
                p = jsonb(?11), u = ?12
WHERE n = ?1
"""
_AGAIN = """
UPDATE item SET t = ?2, lead = ?3, lag = ?4, west = ?5, south = ?6, east = ?7, north = ?8, shape = ?9, p = jsonb(?10)
WHERE n = ?1
"""
_BOX = "INSERT INTO box (id, x0, x1, y0, y1, t0, t1) VALUES (?, ?, ?, ?, ?, ?, ?)"
_DOC = "INSERT INTO doc (n, d, z) VALUES (?, ?, ?)"
_TXT = "INSERT INTO txt (rowid, words) VALUES (?, ?)"
_LETTERS = "INSERT INTO letters (rowid, said) VALUES (?, ?)"
_VAL = "INSERT OR REPLACE INTO val (q, v, t, n, c, k) VALUES (?, ?, ?, ?, ?, ?)"
# The values of an Item are under the keys of its column p that are numbers.
_NO_VAL = """
DELETE FROM val WHERE n = ?1 AND (q, v, t) IN (
    SELECT CAST(one.key AS INTEGER), one.value, item.t FROM item, json_each(item.p) AS one WHERE item.n = ?1
)
"""
_THERE = "SELECT n, v, k, t, lead, lag, u, d, z FROM item JOIN doc USING (n) WHERE id = ? AND c = ?"
# What it was found by is what the row says at its end; g tells what of its properties is kept in p.
_PAST = """
INSERT INTO past (n, v, k, since, until, d, z, c, id, t, lead, lag, west, south, east, north, shape, p, g)
SELECT n, v, k, u, ?2, ?3, ?4, c, id, t, lead, lag, west, south, east, north, shape, p,
       (SELECT value FROM state WHERE name = 'wanted')
FROM item WHERE n = ?1
"""
_GONE = "INSERT INTO gone (c, id, v, n, k, at) VALUES (?, ?, ?, ?, ?, ?)"


def box_time(milliseconds: int) -> float:
    """Return a time as the R*Tree holds it: 1/100 years from 2000, for 32 bits are coarse."""
    return (milliseconds - _MILLENNIUM) * _UNITS_A_MILLISECOND


class There(NamedTuple):
    """An Item that is there."""

    n: int
    v: int
    k: int
    t: int
    lead: int
    lag: int
    u: int
    d: int
    z: bytes

    @property
    def times(self) -> Times:
        """Return when it was."""
        return Times(self.t, self.t - self.lead, self.t + self.lag)


class Writing:
    """The Items of one transaction that writes; ``finish`` ends it."""

    def __init__(self, connection: apsw.Connection, unpack: Unpack) -> None:
        self.connection = connection
        self._unpack = unpack
        self._tallies = Tallies()
        self._classes: dict[str, int] = {}
        self._at = clock.now(connection)

    def finish(self) -> None:
        """Write what was counted."""
        self._tallies.write(self.connection)

    def class_number(self, name: str) -> int:
        """Return the number of a class."""
        if name not in self._classes:
            self._classes[name] = class_number(self.connection, name)
        return self._classes[name]

    def of_class(self, item: NewItem, k: int) -> NewItem:
        """Return an Item with the class that it has, whichever it came with."""
        if k == self.class_number(item.visibility_class):
            return item
        return replace(item, visibility_class=class_name(self.connection, k))

    def there(self, c: int, item_id: str) -> There | None:
        """Return the Item of an id."""
        row: Any = self.connection.execute(_THERE, (item_id, c)).get
        return None if row is None else There._make(row)

    def expected(self, c: int, collection: str, item_id: str, version: int) -> There:
        """Return the Item of an id and a version.

        Raises:
            NotFound: there is none.
            PreconditionFailed: it has another version.
        """
        found = self.there(c, item_id)
        if found is None:
            raise NotFound(f"The Collection {collection!r} has no Item {item_id!r}.")
        if found.v != version:
            raise PreconditionFailed(f"The Item {item_id!r} has changed meanwhile: read it again.")
        return found

    def document(self, there: There) -> bytes:
        """Return the document of an Item that is there."""
        return self._unpack(self.connection, there.d, there.z)

    def insert(self, item: Prepared, collection: str) -> int:
        """Put a new Item in; return its version.

        Raises:
            Conflict: its id is taken in its Collection.
        """
        execute = self.connection.execute
        before: Any = execute("SELECT n, v, at FROM gone WHERE c = ? AND id = ?", (item.c, item.id)).get
        n, version, at = (None, 1, 0) if before is None else (before[0], before[1] + 1, before[2] or 0)
        k = self.class_number(item.visibility_class)
        columns = (*columns_of(item.times, item.footprint), item.kept, max(at, self._at))
        given: int | None = execute(_INSERT, (n, item.c, item.id, k, version, *columns)).get
        if given is None:
            raise id_taken(collection, item.id, item.visibility_class)
        if before is not None:
            execute("DELETE FROM gone WHERE c = ? AND id = ?", (item.c, item.id))
        self._derive(given, k, item)
        self._tallies.add(item.c, k, item.times)
        return version

    def unknown(self, items: Iterable[Prepared]) -> list[Prepared]:
        """Return those of some Items whose ids nobody ever had: the first of each id."""
        first: dict[int, dict[str, Prepared]] = {}
        for item in items:
            first.setdefault(item.c, {}).setdefault(item.id, item)
        for c, by_id in first.items():
            for (taken,) in self.connection.execute(_TAKEN, (c, orjson.dumps(list(by_id)).decode())):
                del by_id[str(taken)]
        return [item for by_id in first.values() for item in by_id.values()]

    def insert_all(self, items: Sequence[Prepared]) -> None:
        """Put in Items that are ``unknown``: table by table, which takes half the time."""
        many = self.connection.executemany
        last: int = self.connection.execute(_LAST).get
        rows = list(enumerate(items, last + 1))
        classes = [self.class_number(item.visibility_class) for item in items]
        numbered = list(zip(rows, classes, strict=True))
        many(
            _INSERT_NEW,
            [
                (n, item.c, item.id, k, *columns_of(item.times, item.footprint), item.kept, self._at)
                for (n, item), k in numbered
            ],
        )
        many(_DOC, [(n, item.d, item.packed) for n, item in rows])
        many(_VAL, [(q, value, item.times.at, n, item.c, k) for (n, item), k in numbered for q, value in item.indexed])
        many(_TXT, [(n, item.words) for n, item in rows if item.words])
        many(_LETTERS, [(n, item.letters) for n, item in rows if item.letters])
        many(_BOX, [box for n, item in rows for box in _boxes(n, item)])
        for item, k in zip(items, classes, strict=True):
            self._tallies.add(item.c, k, item.times)

    def replace(self, there: There, item: Prepared, body: bytes) -> int:
        """Put an Item in the place of one that is there, which becomes its past; return the new version."""
        execute = self.connection.execute
        at = max(there.u, self._at)
        execute(_PAST, (there.n, at, *self._kept(there, body)))
        self._forget(there)
        execute(_UPDATE, (there.n, there.v + 1, *columns_of(item.times, item.footprint), item.kept, at))
        self._derive(there.n, there.k, item)
        self._tallies.take(item.c, there.k, there.times)
        self._tallies.add(item.c, there.k, item.times)
        return there.v + 1

    def remove(self, there: There, c: int, item_id: str) -> None:
        """Take an Item out; its document becomes its past."""
        execute = self.connection.execute
        at = max(there.u, self._at)
        execute(_PAST, (there.n, at, there.d, there.z))
        self._forget(there)
        execute("DELETE FROM item WHERE n = ?", (there.n,))
        execute(_GONE, (c, item_id, there.v, there.n, there.k, at))
        self._tallies.take(c, there.k, there.times)

    def _kept(self, there: There, newer: bytes) -> tuple[int, bytes]:
        """Return a document that becomes the past as it is kept: told by the newer one, now and then by itself."""
        if there.v % chains.WHOLE == 0:
            return there.d, there.z
        return bodies.DELTA, bodies.delta(self.document(there), newer)

    def _forget(self, there: There) -> None:
        """Delete what is derived from an Item's document, and the document."""
        _forget(self.connection, there.n)
        self.connection.execute("DELETE FROM doc WHERE n = ?", (there.n,))

    def _derive(self, n: int, k: int, item: Prepared) -> None:
        self.connection.execute(_DOC, (n, item.d, item.packed))
        _derive(self.connection, n, k, item)


def put_derived(connection: apsw.Connection, n: int, k: int, item: Prepared) -> None:
    """Write what is derived from the document of an Item that is there in the place of what was."""
    _forget(connection, n)
    connection.execute(_AGAIN, (n, *columns_of(item.times, item.footprint), item.kept))
    _derive(connection, n, k, item)


def put_kept(connection: apsw.Connection, n: int, k: int, item: Prepared) -> None:
    """Write what is kept of the properties of an Item that is there in the place of what was."""
    _forget_values(connection, n)
    connection.execute("UPDATE item SET p = jsonb(?) WHERE n = ?", (item.kept, n))
    _put_values(connection, n, k, item)


def _forget_values(connection: apsw.Connection, n: int) -> None:
    connection.execute(_NO_VAL, (n,))
    connection.execute("DELETE FROM letters WHERE rowid = ?", (n,))


def _put_values(connection: apsw.Connection, n: int, k: int, item: Prepared) -> None:
    for q, value in item.indexed:
        connection.execute(_VAL, (q, value, item.times.at, n, item.c, k))
    if item.letters:
        connection.execute(_LETTERS, (n, item.letters))


def _forget(connection: apsw.Connection, n: int) -> None:
    _forget_values(connection, n)
    connection.execute("DELETE FROM box WHERE id IN (?, ?)", (2 * n, 2 * n + 1))
    connection.execute("DELETE FROM txt WHERE rowid = ?", (n,))


def _derive(connection: apsw.Connection, n: int, k: int, item: Prepared) -> None:
    execute = connection.execute
    _put_values(connection, n, k, item)
    if item.words:
        execute(_TXT, (n, item.words))
    for box in _boxes(n, item):
        execute(_BOX, box)


def _boxes(n: int, item: Prepared) -> list[tuple[float, ...]]:
    """Return the rows of the table box."""
    if item.footprint is None:
        return []
    t0, t1 = box_time(item.times.first), box_time(item.times.last)
    return [
        (2 * n + place, span.west, span.east, span.south, span.north, t0, t1)
        for place, span in enumerate(item.footprint.box.spans())
    ]


def columns_of(times: Times, footprint: Footprint | None) -> Sequence[int | float | bytes | None]:
    """Return the columns t, lead, lag, west, south, east, north and shape."""
    box = footprint.box.numbers() if footprint else (None, None, None, None)
    shape = kept_shape(footprint.shape) if footprint and footprint.shape else None
    return times.at, times.at - times.first, times.last - times.at, *box, shape
