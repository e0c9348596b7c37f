"""Shapes as rows keep them: a polygon of one ring, as nearly all are, in half of its WKB."""

import struct

import numpy as np

_PLAIN = struct.pack("<BII", 1, 3, 1)
"""How the WKB of a polygon of one ring begins; the number of its points follows."""
_POINTS = len(_PLAIN) + 4
_RING = b"\x07"
"""What no WKB begins with."""
_UNITS = 10_000_000
"""A degree in units: addresses of seven decimals are whole numbers, of 32 bits."""


def kept_shape(wkb: bytes) -> bytes:
    """Return what is kept of a shape: each number in 4 bytes where it has no more than seven decimals."""
    if not wkb.startswith(_PLAIN):
        return wkb
    written = wkb[_POINTS:]
    with np.errstate(invalid="ignore"):
        units = np.rint(np.frombuffer(written) * _UNITS).astype("<i4")
    points = units.tobytes()
    # What seven decimals or 32 bits do not hold comes back as something else.
    if points[:8] != points[-8:] or (units / _UNITS).tobytes() != written:
        return wkb
    return _RING + points[:-8]


def wkb_of(kept: bytes) -> bytes:
    """Return the WKB of what ``kept_shape`` kept."""
    if not kept.startswith(_RING):
        return kept
    units = struct.unpack(f"<{len(kept) // 4}i", kept[1:])
    numbers = [unit / _UNITS for unit in (*units, *units[:2])]
    return _PLAIN + struct.pack(f"<I{len(numbers)}d", len(numbers) // 2, *numbers)
