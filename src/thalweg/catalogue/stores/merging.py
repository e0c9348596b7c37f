"""Two answers in one order: what is as it was at a time, and what has been superseded since."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def merged(
    rows: Iterable[T], keys: Callable[[T], Sequence[Any]], descending: Sequence[bool], *, backwards: bool
) -> list[T]:
    """Return what was found on both sides in one order.

    Args:
        rows: of both.
        keys: of one; numbers come before strings, and what is ``None`` last in either direction.
        descending: for each key.
        backwards: the order is walked from its end.
    """
    found = list(rows)
    for place, down in reversed(list(enumerate(descending))):
        lacking = -1 if backwards else 1
        found.sort(key=lambda row, place=place: _ranked(keys(row)[place]), reverse=down != backwards)  # type: ignore[misc]
        found.sort(key=lambda row, place=place, lacking=lacking: lacking * (keys(row)[place] is None))  # type: ignore[misc]
    return found


def _ranked(value: Any) -> tuple[int, Any]:  # noqa: ANN401 - a value of SQL
    return (0, 0) if value is None else (2, value) if isinstance(value, str) else (1, value)
