"""Readers of the formats that tell of resources: each makes Records."""
