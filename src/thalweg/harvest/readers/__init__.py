"""Readers: from products of missions and formats to Items; found by entry points, as third parties' are."""
