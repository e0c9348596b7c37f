"""What keeps the platform safe from outside bytes: addresses, paths and formats are checked here, once."""
