"""OAI-PMH 2.0 over the catalogue: metadata of all resources, harvested by when it changed."""
