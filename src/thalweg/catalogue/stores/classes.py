"""The visibility classes of a store by number, and what a caller sees of them, as its queries take it."""

from dataclasses import dataclass
from functools import lru_cache

import apsw

from thalweg.core.principals import Visibility

_NUMBER = """
INSERT INTO class (k, name) SELECT (SELECT 1 + coalesce(max(k), 0) FROM class), ?1
WHERE NOT EXISTS (SELECT 1 FROM class WHERE name = ?1)
"""
_FEW = 16
"""So many classes are walked one by one and merged; more are one walk with the map."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a caller sees.

    Attributes:
        everything: no class is hidden.
        few: the numbers of the classes seen, where they are few.
        bitmap: one byte a class at the place of its number, 1 for one that is seen.
    """

    everything: bool
    few: tuple[int, ...] | None
    bitmap: bytes

    def sees(self, k: int) -> bool:
        """Tell whether what carries this class may be shown."""
        return self.everything or (k < len(self.bitmap) and self.bitmap[k] == 1)

    @property
    def nothing(self) -> bool:
        """Tell whether no class is seen."""
        return self.few == ()


class Classes:
    """The classes of one store; a number, once committed, always means the same name."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ("",)
        self._seen = lru_cache(maxsize=1024)(_seen)

    def names(self, connection: apsw.Connection) -> tuple[str, ...]:
        """Return the names at the places of their numbers, as of the connection's snapshot; not while it writes."""
        known = self._names
        last: int = connection.execute("SELECT coalesce(max(k), 0) FROM class").get
        if last >= len(known):
            rows = connection.execute("SELECT name FROM class ORDER BY k").fetchall()
            self._names = known = ("", *(str(name) for (name,) in rows))
        return known

    def seen(self, connection: apsw.Connection, seen_by: Visibility) -> Seen:
        """Return what a caller sees in the connection's snapshot."""
        return self._seen(seen_by, self.names(connection))


def _seen(seen_by: Visibility, names: tuple[str, ...]) -> Seen:
    numbers = tuple(k for k, name in enumerate(names) if k and seen_by.sees(name))
    chosen = frozenset(numbers)
    bitmap = bytes(k in chosen for k in range(len(names)))
    few = None if seen_by.everything or len(numbers) > _FEW else numbers
    return Seen(seen_by.everything, few, bitmap)


def class_number(connection: apsw.Connection, name: str) -> int:
    """Return the number of a class, given now where it had none."""
    connection.execute(_NUMBER, (name,))
    number: int = connection.execute("SELECT k FROM class WHERE name = ?", (name,)).get
    return number
