"""The composition root: settings, the blocks put together, the process tree, the command line."""
