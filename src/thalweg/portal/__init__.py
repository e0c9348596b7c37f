"""The web UI: its server side, and once built its pages and assets."""
