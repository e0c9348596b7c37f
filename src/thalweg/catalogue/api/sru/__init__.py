"""SRU 1.1 and 1.2 over the catalogue: explain, searchRetrieve and scan, asked in CQL."""
