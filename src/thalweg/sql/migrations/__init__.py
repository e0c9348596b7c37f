"""Migrations: every block has its own branch, version table and folder; this one is the outbox's and the leases'."""

from thalweg.sql.migrations.branches import migrate, revision_of

__all__ = ["migrate", "revision_of"]
