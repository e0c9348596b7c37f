"""Workspaces and their files over HTTP."""
