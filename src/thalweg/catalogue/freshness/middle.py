"""The middle of values."""

from collections.abc import Iterable
from typing import TypeVar

N = TypeVar("N", int, float)


def middle(values: Iterable[N]) -> N:
    """Return the lower median of some values; one that is among them, so that ms stay whole.

    Raises:
        IndexError: there are none.
    """
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]
