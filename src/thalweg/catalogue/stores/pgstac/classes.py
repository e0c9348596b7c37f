"""The visibility classes of a store by number, and what a caller sees of them, as its queries take it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from thalweg.catalogue.stores.pgstac.connections import Connection, Pool
from thalweg.core.principals import Visibility

FEW = 16
"""So many classes are walked one by one and merged; more are one walk with the map."""
_LOCK = 72160004
"""Held while classes get their numbers, so that who sees a number sees all below it."""
_NUMBER = """
INSERT INTO class (k, name) SELECT (SELECT 1 + max(k) FROM class), %(name)s
WHERE NOT EXISTS (SELECT 1 FROM class WHERE name = %(name)s AND k > 0)
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a caller sees.

    Attributes:
        everything: no class is hidden.
        numbers: of the classes seen.
        bitmap: one byte a class at the place of its number, 1 for one that is seen.
        much: a good part of all Items is seen, so that a walk soon finds some.
        rare: so few Items are seen that all of them are looked at, and nothing of what others have.
    """

    everything: bool
    numbers: tuple[int, ...]
    bitmap: bytes
    much: bool = False
    rare: bool = False

    def sees(self, k: int) -> bool:
        """Tell whether what carries this class may be shown."""
        return self.everything or (k < len(self.bitmap) and self.bitmap[k] == 1)

    @property
    def known(self) -> int:
        """Return how many classes were known; an answer that knows of more is asked again."""
        return len(self.bitmap)

    @property
    def nothing(self) -> bool:
        """Tell whether no class is seen."""
        return not self.everything and not self.numbers

    @property
    def few(self) -> tuple[int, ...] | None:
        """Return the numbers of the classes seen, where they are few."""
        return None if self.everything or len(self.numbers) > FEW else self.numbers

    def condition(self, column: str = "item.k") -> str:
        """Return what SQL asks of a class's number; ``visible`` is ``bitmap``, ``one`` the only class."""
        if self.everything:
            return "true"
        if self.nothing:
            return "false"
        if len(self.numbers) == 1:
            return f"{column} = %(one)s"
        # The same to the caller; PostgreSQL takes an equation for rare and a range for a third.
        return f"substr(%(visible)s, {column} + 1, 1) {'>=' if self.much else '='} '\\x01'"

    @property
    def source(self) -> str:
        """Return where SQL takes Items from; OFFSET keeps the planner from indexes over what others have."""
        return "(SELECT * FROM item WHERE k = ANY (%(own)s::int[]) OFFSET 0) AS item" if self.rare else "item"

    @property
    def values(self) -> dict[str, object]:
        """Return the parameters of ``condition``."""
        own = {"own": list(self.numbers)} if self.rare else {}
        return {"visible": self.bitmap, "one": self.numbers[0] if self.numbers else -1, **own}


class Classes:
    """The classes of one store; a number, once committed, always means the same name."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._names: tuple[str, ...] = ()
        self._numbers: dict[str, int] = {}
        self._fixed = False
        self._seen = lru_cache(maxsize=1024)(_seen)

    @property
    def known(self) -> int:
        """Return how many classes are known; an answer that knows of more is asked again."""
        return len(self._names)

    def names(self) -> tuple[str, ...]:
        """Return the names at the places of their numbers."""
        if not self._names:
            self.renew()
        return self._names

    @property
    def fixed(self) -> bool:
        """Tell whether these are all there ever are."""
        return self._fixed

    def fix(self, names: tuple[str, ...]) -> None:
        """Take these names for all there ever are."""
        self._names, self._fixed = names, True

    def renew(self) -> None:
        """Read the names anew."""
        if not self._fixed:
            self._pool.read(self._read)

    def _read(self, connection: Connection) -> None:
        rows = connection.execute("SELECT name FROM class ORDER BY k").fetchall()
        self._names = tuple(name for (name,) in rows)
        self._numbers = {name: k for k, name in enumerate(self._names) if k}

    def name(self, k: int, connection: Connection) -> str:
        """Return the name of a class that a row on this connection has; it may have come a moment ago."""
        if k >= len(self.names()):
            self._read(connection)
        return self._names[k]

    def seen(self, seen_by: Visibility) -> Seen:
        """Return what a caller sees."""
        return self._seen(seen_by, self.names())

    def numbers(self, names: Iterable[str]) -> dict[str, int]:
        """Return the numbers of classes, given now where they had none, in a transaction of their own."""
        asked = set(names)
        self.names()
        if new := sorted(asked - self._numbers.keys()):
            self._pool.write(lambda connection: _give(connection, new))
            self.renew()
        return {name: self._numbers[name] for name in asked}

    def give_to_others(self, name: str) -> None:
        """Name the class of what other programs write."""

        def give(connection: Connection) -> bool:
            sql = "UPDATE class SET name = %s WHERE k = 0 AND name <> %s"
            return connection.execute(sql, (name, name)).rowcount > 0

        if self.names()[0] != name and self._pool.write(give):
            self.renew()


def _give(connection: Connection, names: Iterable[str]) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    for name in names:
        connection.execute(_NUMBER, {"name": name})


def _seen(seen_by: Visibility, names: tuple[str, ...]) -> Seen:
    # Class 0 without a name is nobody's.
    numbers = tuple(k for k, name in enumerate(names) if name and seen_by.sees(name))
    chosen = frozenset(numbers)
    return Seen(seen_by.everything, numbers, bytes(k in chosen for k in range(len(names))))
