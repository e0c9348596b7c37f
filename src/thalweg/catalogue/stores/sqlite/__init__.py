"""The embedded Item store: one SQLite file, read and written through apsw."""

from thalweg.catalogue.stores.sqlite.store import SqliteStore, open_store

__all__ = ["SqliteStore", "open_store"]
