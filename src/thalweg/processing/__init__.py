"""Processes and Jobs: what can be computed, the queue of what is asked for, the children that do it."""
