"""The block as OGC API Processes."""
