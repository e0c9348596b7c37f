"""CQL2 read, written, checked and answered in memory: the one filter language of all blocks."""
