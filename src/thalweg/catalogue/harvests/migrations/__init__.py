"""The tables of periodic harvests: a branch of their own, in the control database."""
