"""The Item store on PostgreSQL: pgstac's tables, and a schema of ours beside them."""

from thalweg.catalogue.stores.pgstac.opening import open_store

__all__ = ["open_store"]
