"""What is derived from documents made again, while others read and write: a few Items a transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import apsw
import orjson

from thalweg.catalogue.footprints import footprint_of
from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.sqlite import extents, properties, rollups, sightings
from thalweg.catalogue.stores.sqlite.bodies import Bodies
from thalweg.catalogue.stores.sqlite.items import put_derived, put_kept
from thalweg.catalogue.stores.sqlite.learning import Learning
from thalweg.catalogue.stores.sqlite.preparing import Prepared, derived_of
from thalweg.catalogue.times import Times, times_of
from thalweg.sql.connections import Connections

Put = Callable[[apsw.Connection, int, int, Prepared], None]
BATCH = 200
"""So many Items hold the lock for some hundredths of a second."""
_POSITIONS = 10**9
"""A document that was taken once is not measured again."""
_COLUMNS = "item.n, item.v, item.c, item.k, item.t, item.id, class.name, coll.id, doc.d, doc.z"
_JOINED = "item JOIN doc USING (n) JOIN class USING (k) JOIN coll ON coll.c = item.c"
_BY_NUMBER = f"SELECT {_COLUMNS} FROM {_JOINED} WHERE item.n > ? ORDER BY item.n LIMIT ?"  # noqa: S608 - ours
_OF_COLLECTION = f"""
SELECT {_COLUMNS} FROM {_JOINED} WHERE item.c = ? AND (item.t, item.n) < (?, ?)
ORDER BY item.t DESC, item.n DESC LIMIT ?
"""  # noqa: S608 - ours


class Kept(NamedTuple):
    """An Item as it is kept."""

    n: int
    v: int
    c: int
    k: int
    t: int
    id: str
    visibility_class: str
    collection: str
    d: int
    z: bytes


@dataclass(frozen=True, slots=True)
class Derived:
    """An Item as it is kept, and what its document tells."""

    kept: Kept
    item: NewItem
    prepared: Prepared


class Deriving:
    """Goes through the Items of one store."""

    def __init__(self, connections: Connections, learning: Learning, bodies: Bodies) -> None:
        self._connections = connections
        self._learning = learning
        self._bodies = bodies

    def after(self, n: int) -> list[Kept]:
        """Return the next Items by number."""
        return self._kept(_BY_NUMBER, (n, BATCH))

    def of_collection(self, c: int) -> Iterator[list[Kept]]:
        """Yield the Items of a Collection, a few at a time."""
        place = (2**62, 0)
        while rows := self._kept(_OF_COLLECTION, (c, *place, BATCH)):
            yield rows
            place = (rows[-1].t, rows[-1].n)

    def _kept(self, sql: str, values: Sequence[int]) -> list[Kept]:
        with self._connections.reading() as connection:
            rows: Any = connection.execute(sql, tuple(values)).fetchall()
        return [Kept._make(row) for row in rows]

    def derive(self, kept: Sequence[Kept], *, done: int | None = None, whole: bool = True) -> None:
        """Derive Items again, those that nobody changed meanwhile.

        Args:
            kept: which.
            done: what the state ``derived`` is then set to, unless another process was faster.
            whole: also places, times and words, which do not depend on what is declared.
        """
        while True:
            generation, derived = self.read(kept, whole=whole)
            # Before the lock: what is seen only grows, and what was changed meanwhile was seen.
            seen = self._learning.gathered([(one.kept.c, one.kept.k, one.item) for one in derived])
            with self._connections.writing() as connection:
                if properties.generation(connection) != generation:
                    continue
                if done is not None and not _moved(connection, done):
                    return
                _write(connection, derived, put_derived if whole else put_kept)
                if seen:
                    sightings.write(connection, seen, properties.numbered(connection, {place[2] for place in seen}))
                return

    def read(self, kept: Sequence[Kept], *, whole: bool = True) -> tuple[int, list[Derived]]:
        """Return what documents tell, and the generation of what is kept of them."""
        with self._connections.reading() as connection:
            items = [_item(one, self._bodies.unpacked(connection, one.d, one.z), whole=whole) for one in kept]
        generation, known = self._learning.known(items)
        pairs = zip(kept, items, strict=True)
        return generation, [
            Derived(one, item, derived_of(item, known[item.collection]))
            for one, item in pairs
            if item.collection in known
        ]

    def collections(self) -> None:
        """Derive all Collections again."""
        with self._connections.reading() as connection:
            rows: Any = connection.execute("SELECT c FROM coll WHERE body IS NOT NULL").fetchall()
        numbers = [int(c) for (c,) in rows]
        for start in range(0, len(numbers), BATCH):
            with self._connections.writing() as connection:
                for c in numbers[start : start + BATCH]:
                    body: bytes | None = connection.execute("SELECT body FROM coll WHERE c = ?", (c,)).get
                    if body is not None:
                        extents.derive(connection, c, body)

    def recount(self) -> None:
        """Count the Items of every Collection again."""
        with self._connections.reading() as connection:
            rows: Any = connection.execute("SELECT c FROM coll").fetchall()
        numbers = [int(c) for (c,) in rows]
        for c in numbers:
            with self._connections.writing() as connection:
                rollups.recount(connection, c)
        with self._connections.writing() as connection:
            rollups.sum_up(connection)


def _write(connection: apsw.Connection, derived: Sequence[Derived], put: Put) -> None:
    for one in derived:
        version: int | None = connection.execute("SELECT v FROM item WHERE n = ?", (one.kept.n,)).get
        if version == one.kept.v:
            put(connection, one.kept.n, one.kept.k, one.prepared)


def _item(kept: Kept, body: bytes, *, whole: bool) -> NewItem:
    document = orjson.loads(body)
    if not whole:
        times = Times(kept.t, kept.t, kept.t)
        return NewItem(kept.collection, kept.id, body, times, None, kept.visibility_class, document)
    footprint = None
    if document.get("geometry") is not None:
        footprint = footprint_of(document["geometry"], document["bbox"], _POSITIONS)
    times = times_of(document["properties"])
    return NewItem(kept.collection, kept.id, body, times, footprint, kept.visibility_class, document)


def _moved(connection: apsw.Connection, done: int) -> bool:
    """Move the mark of what is derived; tell whether it stood before."""
    sql = "UPDATE state SET value = ?1 WHERE name = 'derived' AND value < ?1 RETURNING 1"
    return connection.execute(sql, (done,)).get is not None
