"""What time it is to who writes: later than any moment that was settled, though the machine's clock goes back."""

import time
from typing import Any

import apsw

_SETTLED = "SELECT value FROM state WHERE name = 'settled'"
_SETTLE = "INSERT INTO state (name, value) VALUES ('settled', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1"


def now(connection: apsw.Connection) -> int:
    """Return by what a transaction dates what it writes, in ms since 1970."""
    settled: Any = connection.execute(_SETTLED).get
    at = time.time_ns() // 1_000_000
    return at if settled is None else max(at, settled + 1)


def settle(connection: apsw.Connection) -> int:
    """Return a moment, in ms since 1970, before which nothing is dated from here on."""
    at = now(connection)
    connection.execute(_SETTLE, (at,))
    return at
