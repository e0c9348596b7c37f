"""Filters of the classic services, Filter Encoding and CQL text, read into the expressions that all stores answer."""
