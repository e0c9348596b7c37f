"""OpenSearch 1.1 with Geo and Time (10-032r8) and Earth Observation (13-026r9) over the catalogue."""
