"""Found Items as files that other programs open: CSV, FlatGeobuf, GeoParquet, newline-delimited JSON."""
