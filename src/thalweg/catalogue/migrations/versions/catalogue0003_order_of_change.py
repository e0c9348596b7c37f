"""Items and their ends are found in the order of their last change."""

from alembic import op

revision = "catalogue0003"
down_revision = "catalogue0002"

_INDEXES = {
    "item_by_change": "item (k, u, n, c)",
    # The ends of Items that were removed before anybody wrote down when have no class, and nobody sees them.
    "gone_by_change": "gone (k, at, n)",
}


def upgrade() -> None:
    """Create the indexes."""
    for name, columns in _INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {columns}")


def downgrade() -> None:
    """Drop them."""
    for name in _INDEXES:
        op.execute(f"DROP INDEX {name}")
