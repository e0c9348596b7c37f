"""The documents of the past, each told by the one that came after it, up to one that is whole."""

from collections.abc import Iterable
from typing import Any

import apsw
import zstandard

from thalweg.catalogue.stores.sqlite.bodies import DELTA, Bodies, undone

WHOLE = 32
"""Each version whose number is a multiple of this is kept whole, so that an old one is read as fast as a late one."""
_CHAIN = "SELECT d, z FROM past WHERE n = ? AND v >= ? ORDER BY v"
_NOW = "SELECT d, z FROM doc WHERE n = ?"
_CHAIN_OF_COLLECTION = "SELECT d, z FROM collpast WHERE c = ? AND v >= ? ORDER BY v"
_NOW_OF_COLLECTION = "SELECT body FROM coll WHERE c = ?"
Packed = tuple[int, bytes]


def document_at(connection: apsw.Connection, bodies: Bodies, n: int, v: int) -> bytes:
    """Return the document of a version of an Item that is past.

    Args:
        connection: reads.
        bodies: unpacks.
        n: the Item's number.
        v: the version's.
    """
    rows: Any = connection.execute(_CHAIN, (n, v))
    deltas, end = _to_a_whole(rows)
    whole: Any = end or connection.execute(_NOW, (n,)).get
    return unrolled(bodies.unpacked(connection, *whole), deltas)


def collection_at(connection: apsw.Connection, c: int, v: int) -> bytes:
    """Return the document of a version of a Collection that is past, by the Collection's number."""
    rows: Any = connection.execute(_CHAIN_OF_COLLECTION, (c, v))
    deltas, end = _to_a_whole(rows)
    newest: Any = zstandard.decompress(end[1]) if end else connection.execute(_NOW_OF_COLLECTION, (c,)).get
    return unrolled(newest, deltas)


def _to_a_whole(rows: Iterable[Packed]) -> tuple[list[bytes], Packed | None]:
    """Return deltas, oldest first, and the first document that is whole, where there is one."""
    deltas: list[bytes] = []
    for d, z in rows:
        if d != DELTA:
            return deltas, (d, z)
        deltas.append(z)
    return deltas, None


def unrolled(newest: bytes, deltas: list[bytes]) -> bytes:
    """Return the first of several documents, oldest first, of which the one after the last is known."""
    for packed in reversed(deltas):
        newest = undone(packed, newest)
    return newest
