"""The tables of the embedded Item store; another store brings its own."""
