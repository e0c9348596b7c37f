"""The rows of Items: put in, changed, taken out, all inside the caller's transaction."""

from collections.abc import Sequence

import apsw

from thalweg.catalogue.footprints import Footprint
from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.classes import class_number
from thalweg.catalogue.stores.plans import box_time
from thalweg.catalogue.times import Times
from thalweg.core.errors import Conflict, NotFound, PreconditionFailed

Packed = tuple[int, bytes]
"""The number of a dictionary, and the document packed with it."""

_INSERT = """
INSERT INTO item (c, id, k, v, t, lead, lag, west, south, east, north, shape)
VALUES (:c, :id, :k, 1 + coalesce((SELECT v FROM gone WHERE c = :c AND id = :id), 0),
        :t, :lead, :lag, :west, :south, :east, :north, :shape)
ON CONFLICT DO NOTHING RETURNING n, v
"""
_UPDATE = """
UPDATE item SET v = v + 1, t = :t, lead = :lead, lag = :lag,
                west = :west, south = :south, east = :east, north = :north, shape = :shape
WHERE n = :n RETURNING v, k
"""
_BOX = "INSERT INTO box (id, x0, x1, y0, y1, t0, t1) VALUES (?, ?, ?, ?, ?, ?, ?)"
_TALLY = """
INSERT INTO tally (c, k, n, t_max, span) VALUES (:c, :k, :n, :t, :span)
ON CONFLICT DO UPDATE SET n = n + :n, t_max = max(t_max, :t)
"""
# The index on span is written only where it grows.
_SPAN = "UPDATE tally SET span = :span WHERE c = :c AND k = :k AND span < :span"


def insert(connection: apsw.Connection, numbers: dict[str, int], items: Sequence[tuple[NewItem, Packed]]) -> list[int]:
    """Put new Items in; return their versions.

    Raises:
        Conflict: an id is taken in its Collection.
    """
    classes = {name: class_number(connection, name) for name in {item.visibility_class for item, _ in items}}
    versions, tallies = [], dict[tuple[int, int], list[Times]]()
    for item, packed in items:
        c, k = numbers[item.collection], classes[item.visibility_class]
        row = connection.execute(_INSERT, {**_row(item.times, item.footprint), "c": c, "k": k, "id": item.id}).get
        if row is None:
            raise Conflict(f"The Collection {item.collection!r} has an Item {item.id!r} already.")
        n, version = row
        if version > 1:
            connection.execute("DELETE FROM gone WHERE c = ? AND id = ?", (c, item.id))
        _put_document(connection, n, item, packed)
        tallies.setdefault((c, k), []).append(item.times)
        versions.append(version)
    for (c, k), times in tallies.items():
        _count(connection, c, k, times, len(times))
    return versions


def replace(connection: apsw.Connection, c: int, item: NewItem, packed: Packed, version: int) -> int:
    """Put an Item in the place of the one of this version; return the new version.

    Raises:
        NotFound: there is none.
        PreconditionFailed: it has another version.
    """
    n = _expected(connection, c, item.collection, item.id, version)
    new, k = connection.execute(_UPDATE, {**_row(item.times, item.footprint), "n": n}).get
    connection.execute("DELETE FROM box WHERE id IN (?, ?)", (2 * n, 2 * n + 1))
    connection.execute("DELETE FROM doc WHERE n = ?", (n,))
    _put_document(connection, n, item, packed)
    _count(connection, c, k, [item.times], 0)
    return int(new)


def remove(connection: apsw.Connection, c: int, collection: str, item_id: str, version: int) -> None:
    """Take the Item of this version out.

    Raises:
        NotFound: there is none.
        PreconditionFailed: it has another version.
    """
    n = _expected(connection, c, collection, item_id, version)
    k = connection.execute("DELETE FROM item WHERE n = ? RETURNING k", (n,)).get
    connection.execute("DELETE FROM doc WHERE n = ?", (n,))
    connection.execute("DELETE FROM box WHERE id IN (?, ?)", (2 * n, 2 * n + 1))
    connection.execute("INSERT INTO gone (c, id, v) VALUES (?, ?, ?)", (c, item_id, version))
    connection.execute("UPDATE tally SET n = n - 1 WHERE c = ? AND k = ?", (c, k))


def _expected(connection: apsw.Connection, c: int, collection: str, item_id: str, version: int) -> int:
    row = connection.execute("SELECT n, v FROM item WHERE id = ? AND c = ?", (item_id, c)).get
    if row is None:
        raise NotFound(f"The Collection {collection!r} has no Item {item_id!r}.")
    n, current = row
    if current != version:
        raise PreconditionFailed(f"The Item {item_id!r} has changed meanwhile: read it again.")
    return int(n)


def _row(times: Times, footprint: Footprint | None) -> dict[str, int | float | bytes | None]:
    west, south, east, north = footprint.box.numbers() if footprint else (None, None, None, None)
    return {
        "t": times.at,
        "lead": times.at - times.first,
        "lag": times.last - times.at,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "shape": footprint.shape if footprint else None,
    }


def _put_document(connection: apsw.Connection, n: int, item: NewItem, packed: Packed) -> None:
    connection.execute("INSERT INTO doc (n, d, z) VALUES (?, ?, ?)", (n, *packed))
    if item.footprint is None:
        return
    t0, t1 = box_time(item.times.first), box_time(item.times.last)
    for place, span in enumerate(item.footprint.box.spans()):
        connection.execute(_BOX, (2 * n + place, span.west, span.east, span.south, span.north, t0, t1))


def _count(connection: apsw.Connection, c: int, k: int, times: Sequence[Times], more: int) -> None:
    newest = max(one.at for one in times)
    span = max(one.last - one.first for one in times)
    values = {"c": c, "k": k, "n": more, "t": newest, "span": span}
    connection.execute(_TALLY, values)
    connection.execute(_SPAN, {"c": c, "k": k, "span": span})
