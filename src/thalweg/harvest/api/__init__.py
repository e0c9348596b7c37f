"""How images come in over HTTP."""
