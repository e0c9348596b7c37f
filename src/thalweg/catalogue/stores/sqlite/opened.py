"""What the parts of the store share: its connections, and what it remembers of its tables."""

import os
from pathlib import Path

import apsw
from sqlalchemy import Engine

from thalweg.catalogue.limits import Limits
from thalweg.catalogue.stores.sqlite.bodies import Bodies
from thalweg.catalogue.stores.sqlite.census import Census
from thalweg.catalogue.stores.sqlite.classes import Classes
from thalweg.catalogue.stores.sqlite.functions import Functions
from thalweg.catalogue.stores.sqlite.held import Held
from thalweg.catalogue.stores.sqlite.learning import Learning
from thalweg.catalogue.stores.sqlite.sentinel import Sentinel
from thalweg.core.events import Outbox
from thalweg.sql.connections import Connections
from thalweg.sql.outbox import SqlOutbox

_SEARCH_SECONDS = 10.0
_MAPPED = 2**36


def _memory() -> int:
    """Return how many bytes of memory this machine has; 0 where it does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 0


class Opened:
    """One SQLite file that is open.

    Args:
        engine: of the file, for its outbox.
        limits: bounds of geometries.
        seconds: how long a search may take.
    """

    def __init__(self, engine: Engine, limits: Limits = Limits(), seconds: float = _SEARCH_SECONDS) -> None:  # noqa: B008 - frozen
        self._limits = limits
        self._engine = engine
        self._seconds = seconds
        self._bodies = Bodies()
        self._functions = Functions(self._bodies)
        self._connections = Connections(str(engine.url.database), self._prepare)
        self._classes, self._census = Classes(), Census()
        self._held, self._sentinel = Held(seconds), Sentinel(str(engine.url.database))
        self._learning = Learning(self._connections, self._bodies)
        self._outbox = SqlOutbox(engine, "catalogue")

    def _prepare(self, connection: apsw.Connection) -> None:
        # Rows that lie all over a file are read where the system holds it: a search of 600 candidates takes two thirds
        # of the time that copying each page would take. Where memory does not hold the file the system would read far
        # ahead at each of these places, a hundred times what is needed.
        held = 2 * Path(connection.filename).stat().st_size < _memory()
        connection.execute(f"PRAGMA mmap_size={_MAPPED if held else 0}")
        self._functions.prepare(connection)

    @property
    def outbox(self) -> Outbox:
        """Return the log of what changed here."""
        return self._outbox

    def close(self) -> None:
        """Let go of files and connections."""
        self._connections.close()
        self._sentinel.close()
        self._engine.dispose()
