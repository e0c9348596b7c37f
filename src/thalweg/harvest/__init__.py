"""Bring Items in: a person's own image becomes an Item of a workspace, whole or not at all."""
