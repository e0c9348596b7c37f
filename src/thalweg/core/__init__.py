"""The words all blocks share. Pure: no I/O, no framework, one noun a file."""
