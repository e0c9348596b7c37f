"""Writers of the formats that tell of resources: each takes Records."""
