"""Databases: engines and connections, migrations, the outbox, leases."""
