"""The documents of Items, packed by zstd with a dictionary that their Collection's Items have in common."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TypeVar

import apsw
import zstandard

T = TypeVar("T")
_LEVEL = 6
_DICTIONARY_BYTES = 16 * 1024
"""Measured on Sentinel-2 and Landsat Items: 16 KB pack twice as well as 64 or 112, which hold one Item's own words."""
ENOUGH = 64
"""So many Items teach a dictionary."""
_MOST_TAUGHT = 128
_KEPT = 128


class Bodies(threading.local):
    """Packs and unpacks; each thread has its own contexts, as zstd wants it. A dictionary's number never changes."""

    def __init__(self) -> None:
        self._packers: OrderedDict[int, zstandard.ZstdCompressor] = OrderedDict()
        self._unpackers: OrderedDict[int, zstandard.ZstdDecompressor] = OrderedDict()

    def packed(self, connection: apsw.Connection, d: int, body: bytes) -> bytes:
        """Pack a document with dictionary ``d``; 0 is none."""
        packer = self._packers.get(d)
        if packer is None:
            packer = zstandard.ZstdCompressor(_LEVEL, dict_data=_dictionary(connection, d))
            _keep(self._packers, d, packer)
        return packer.compress(body)

    def unpacked(self, connection: apsw.Connection, d: int, packed: bytes) -> bytes:
        """Unpack a document that was packed with dictionary ``d``."""
        unpacker = self._unpackers.get(d)
        if unpacker is None:
            unpacker = zstandard.ZstdDecompressor(dict_data=_dictionary(connection, d))
            _keep(self._unpackers, d, unpacker)
        return unpacker.decompress(packed)


def _keep(kept: OrderedDict[int, T], d: int, context: T) -> None:
    kept[d] = context
    if len(kept) > _KEPT:
        kept.popitem(last=False)


def _dictionary(connection: apsw.Connection, d: int) -> zstandard.ZstdCompressionDict | None:
    if d == 0:
        return None
    body: bytes = connection.execute("SELECT body FROM dict WHERE d = ?", (d,)).get
    return zstandard.ZstdCompressionDict(body)


def dictionary_number(connection: apsw.Connection, c: int) -> int:
    """Return the newest dictionary of a Collection, 0 where it has none."""
    number: int | None = connection.execute("SELECT max(d) FROM dict WHERE c = ?", (c,)).get
    return number or 0


def taught(bodies: Sequence[bytes]) -> bytes | None:
    """Return a dictionary of what the documents have in common; nothing where they are too few or too unlike."""
    if len(bodies) < ENOUGH:
        return None
    try:
        return zstandard.train_dictionary(_DICTIONARY_BYTES, list(bodies[:_MOST_TAUGHT])).as_bytes()
    except zstandard.ZstdError:
        return None
