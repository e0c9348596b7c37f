"""The visibility classes of a store by number, and what a caller sees of them, as its queries take it."""

from dataclasses import dataclass
from functools import lru_cache

import apsw

from thalweg.core.principals import Visibility

_NUMBER = """
INSERT INTO class (k, name) SELECT (SELECT 1 + coalesce(max(k), 0) FROM class), ?1
WHERE NOT EXISTS (SELECT 1 FROM class WHERE name = ?1)
"""
FEW = 16
"""So many classes are always looked at one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a caller sees.

    Attributes:
        everything: no class is hidden.
        numbers: of the classes seen.
        bitmap: one byte a class at the place of its number, 1 for one that is seen.
    """

    everything: bool
    numbers: tuple[int, ...]
    bitmap: bytes

    def sees(self, k: int) -> bool:
        """Tell whether what carries this class may be shown."""
        return self.everything or (k < len(self.bitmap) and self.bitmap[k] == 1)

    @property
    def nothing(self) -> bool:
        """Tell whether no class is seen."""
        return not self.everything and not self.numbers


class Classes:
    """The classes of one store; a number, once committed, always means the same name."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ("",)
        self._seen = lru_cache(maxsize=1024)(self._looked_at)

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
        return self._seen(seen_by, len(self.names(connection)))

    def _looked_at(self, seen_by: Visibility, count: int) -> Seen:
        names = self._names[:count]
        if seen_by.everything:
            return Seen(everything=True, numbers=tuple(range(1, len(names))), bitmap=bytes([1]) * len(names))
        numbers = tuple(k for k, name in enumerate(names) if k and name in seen_by.classes)
        bitmap = bytearray(len(names))
        for k in numbers:
            bitmap[k] = 1
        return Seen(everything=False, numbers=numbers, bitmap=bytes(bitmap))


def class_number(connection: apsw.Connection, name: str) -> int:
    """Return the number of a class, given now where it had none."""
    number: int | None = connection.execute("SELECT k FROM class WHERE name = ?", (name,)).get
    if number is not None:
        return number
    connection.execute(_NUMBER, (name,))
    given: int = connection.execute("SELECT k FROM class WHERE name = ?", (name,)).get
    return given


def class_name(connection: apsw.Connection, k: int) -> str:
    """Return the name of a class."""
    name: str = connection.execute("SELECT name FROM class WHERE k = ?", (k,)).get
    return name
