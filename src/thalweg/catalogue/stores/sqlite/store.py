"""The store, put together, and how it is opened."""

from typing import TYPE_CHECKING

from thalweg.catalogue.ports import CAPABILITIES, Capability, ItemStore, Maintained
from thalweg.catalogue.stores.sqlite.answers import Answers
from thalweg.catalogue.stores.sqlite.restoring import Restoring
from thalweg.catalogue.stores.sqlite.snapshots import Snapshots
from thalweg.catalogue.stores.sqlite.upkeep import Upkeep
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate


class SqliteStore(Answers, Restoring, Upkeep, Snapshots):
    """Items and Collections in one SQLite file."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Return what this store does: everything."""
        return CAPABILITIES

    @property
    def computes(self) -> bool:
        """Tell that it answers in this process."""
        return True


def open_store(url: str) -> SqliteStore:
    """Open the store on ``sqlite:///path``, its tables brought up to date."""
    engine = open_engine(url)
    migrate(engine, "sql")
    migrate(engine, "catalogue")
    store = SqliteStore(engine)
    store.derive()
    return store


if TYPE_CHECKING:
    _keeps_its_promise: type[ItemStore] = SqliteStore
    _is_looked_after: type[Maintained] = SqliteStore
