"""The documents of Items, packed by zstd with a dictionary that their Collection's Items have in common."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TypeVar

import apsw
import zstandard

K = TypeVar("K")
T = TypeVar("T")
QUICK, CLOSE = 3, 9
"""Levels of zstd: to take Items in, and to compact them. Of 15 KB the one makes 824 bytes in a quarter of the time that
level 6 takes for 705; the other 678, in the time of seven."""
_DICTIONARY_BYTES = 16 * 1024
"""Measured on Sentinel-2 and Landsat Items: 16 KB pack twice as well as 64 or 112, which hold one Item's own words."""
ENOUGH = 64
"""So many Items teach a dictionary."""
_MOST_TAUGHT = 128
_KEPT = 128
DELTA = -1
"""In the place of a dictionary's number: packed by the version that came after."""


class Packers(threading.local):
    """Packs; each thread has its own contexts, as zstd wants it."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._packers: OrderedDict[bytes | None, zstandard.ZstdCompressor] = OrderedDict()

    def packed(self, dictionary: bytes | None, body: bytes) -> bytes:
        """Pack a document with a dictionary, or without."""
        packer = self._packers.get(dictionary)
        if packer is None:
            data = None if dictionary is None else zstandard.ZstdCompressionDict(dictionary)
            if data is not None:
                data.precompute_compress(self._level)
            packer = zstandard.ZstdCompressor(self._level, dict_data=data)
            _keep(self._packers, dictionary, packer)
        return packer.compress(body)


class Bodies(threading.local):
    """Unpacks what one store packed; each thread has its own contexts. A dictionary's number never changes."""

    def __init__(self) -> None:
        self._unpackers: OrderedDict[int, zstandard.ZstdDecompressor] = OrderedDict()

    def known(self, d: int, packed: bytes) -> bytes | None:
        """Unpack a document if its dictionary is at hand."""
        unpacker = self._unpackers.get(d)
        return None if unpacker is None else unpacker.decompress(packed)

    def unpacked(self, connection: apsw.Connection, d: int, packed: bytes) -> bytes:
        """Unpack a document that was packed with dictionary ``d``."""
        unpacker = self._unpackers.get(d)
        if unpacker is None:
            body = dictionary(connection, d)
            data = None if body is None else zstandard.ZstdCompressionDict(body)
            unpacker = zstandard.ZstdDecompressor(dict_data=data)
            _keep(self._unpackers, d, unpacker)
        return unpacker.decompress(packed)


def _keep(kept: OrderedDict[K, T], key: K, context: T) -> None:
    kept[key] = context
    if len(kept) > _KEPT:
        kept.popitem(last=False)


def dictionary(connection: apsw.Connection, d: int) -> bytes | None:
    """Return a dictionary by its number; nothing for 0."""
    body: bytes | None = connection.execute("SELECT body FROM dict WHERE d = ?", (d,)).get
    return body


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


def delta(old: bytes, new: bytes) -> bytes:
    """Pack a document by the one that took its place."""
    return zstandard.ZstdCompressor(3, dict_data=_raw(new)).compress(old)


def undone(packed: bytes, new: bytes) -> bytes:
    """Return the document that ``delta`` packed."""
    return zstandard.ZstdDecompressor(dict_data=_raw(new)).decompress(packed)


def _raw(body: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(body, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
