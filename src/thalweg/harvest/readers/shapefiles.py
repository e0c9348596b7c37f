"""The positions in the main file of a shapefile, and nothing else of it.

Source: ESRI Shapefile Technical Description, July 1998: header of 100 bytes, records of big-endian number and length
in 16-bit words, then a little-endian type and its positions.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from thalweg.core.errors import InvalidParameter, TooLarge

MOST_BYTES = 512 * 1024 * 1024
_HEADER, _RECORD = 100, 8
_MAGIC = 9994
_NULL, _POINTS, _MULTIPOINTS, _LINES = 0, (1, 11, 21), (8, 18, 28), (3, 5, 13, 15, 23, 25)
_BOX = 36
"""Bytes of type and bounding box, before the counts."""
_POSITION = 16
Floats = NDArray[np.float64]


def positions(content: bytes, name: str) -> tuple[Floats, Floats]:
    """Return x and y of all vertices of all records, in the file's order; null shapes have none.

    Raises:
        TooLarge: it has more bytes than are read here.
        InvalidParameter: it is no shapefile, is cut short, or counts more than it holds.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge(f"{name}: a shapefile may have {MOST_BYTES >> 20} MiB")
    if len(content) < _HEADER or struct.unpack_from(">i", content)[0] != _MAGIC:
        raise InvalidParameter(name, "is no shapefile")
    found, at = [np.empty((0, 2))], _HEADER
    try:
        while at < len(content):
            length = 2 * struct.unpack_from(">i", content, at + 4)[0]
            if length < 4:  # noqa: PLR2004 - the bytes of a type
                raise InvalidParameter(name, "has a record without a type")
            found.append(_record(content, at + _RECORD, at + _RECORD + length))
            at += _RECORD + length
    except (struct.error, ValueError) as error:
        raise InvalidParameter(name, "is cut short, or counts more positions than it holds") from error
    if at != len(content):
        raise InvalidParameter(name, "is cut short, or counts more positions than it holds")
    x, y = np.concatenate(found).T
    return x, y


def _record(content: bytes, at: int, end: int) -> Floats:
    kind = struct.unpack_from("<i", content, at)[0]
    if kind == _NULL:
        return np.empty((0, 2))
    if kind in _POINTS:
        start, count = at + 4, 1
    elif kind in _MULTIPOINTS:
        count = struct.unpack_from("<i", content, at + _BOX)[0]
        start = at + _BOX + 4
    elif kind in _LINES:
        parts, count = struct.unpack_from("<ii", content, at + _BOX)
        start = at + _BOX + 8 + 4 * parts
    else:
        raise ValueError(kind)
    if not 0 <= count <= (end - start) // _POSITION or start < at:
        raise ValueError(count)
    return np.frombuffer(content, "<f8", 2 * count, start).reshape(-1, 2).astype(float)
