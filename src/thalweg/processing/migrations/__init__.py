"""The block's Alembic branch."""
