"""The tables of freshness: a branch of their own, in the control database."""
