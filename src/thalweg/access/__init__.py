"""Pixels: readers that describe and read rasters, and the one renderer whose faces are tiles and pictures."""
