"""The catalogue: Items and Collections, found by whoever may see them."""
