"""Freshness and completeness of Collections over HTTP."""
