"""What the planner knows of tables that grow, told anew after many Items; and what is known here of its indexes."""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from thalweg.catalogue.stores.pgstac.connections import Pool
from thalweg.core.errors import Unavailable

MANY = 50_000
"""After so many rows of a process the planner is told: autovacuum comes a minute too late."""
_SOME = 50
"""A partition that got less than such a part of them is left to autovacuum: the index table answers all searches."""

_FRESH_SECONDS = 5.0
_VALID = """
SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = to_regclass('item') AND indisvalid
"""


class Planning:
    """The rows that one process wrote since it told the planner of its tables."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._counting = threading.Lock()
        self._wrote: Counter[int] = Counter()

    def wrote(self, rows: Counter[int]) -> None:
        """Count rows that were committed, by the keys of their partitions; tell the planner once they are many."""
        with self._counting:
            self._wrote += rows
            if self._wrote.total() < MANY:
                return
            grown, self._wrote = self._wrote, Counter()
        # They are written, whatever becomes of this; autovacuum comes to it.
        with suppress(Unavailable):
            self._analyze(key for key, n in grown.items() if n * _SOME >= MANY)

    def _analyze(self, keys: Iterable[int]) -> None:
        """Draw samples, which nobody waits for; where another does it already, leave it to that one."""
        with self._pool.reading() as connection:
            connection.execute("SET statement_timeout = 0")
            try:
                for table in ("thalweg.item", *(f'pgstac."_items_{key}"' for key in keys)):
                    connection.execute(f"ANALYZE (SKIP_LOCKED) {table}")
            finally:
                connection.execute("RESET statement_timeout")


class Indexes:
    """The indexes over Items as they were a moment ago: what plans are chosen by, never answers."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: tuple[float, frozenset[str]] = float("-inf"), frozenset()

    def has(self, name: str) -> bool:
        """Tell whether there is an index of this name, ready to be used."""
        at, names = self._known
        if time.monotonic() - at > _FRESH_SECONDS:
            names = frozenset(name for (name,) in self._pool.read(lambda one: one.execute(_VALID).fetchall()))
            self._known = time.monotonic(), names
        return name in names
