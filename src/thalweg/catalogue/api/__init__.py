"""The protocols under which the catalogue answers."""
