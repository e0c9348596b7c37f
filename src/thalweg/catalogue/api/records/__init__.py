"""OGC API Records 1.0 (20-004r1) over the catalogue: every kind of resource, found by who looks for it."""
