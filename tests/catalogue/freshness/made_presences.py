"""Items as freshness sees them, made up."""

from thalweg.catalogue.freshness.presence import PARTS, Presence

START = 1_577_836_800_000
"""1 January 2020."""


def made(at, latitude=45.0, **parts):
    """Return an Item of a time in ms; parts by their names with _ for a colon."""
    said = {name.replace(":", "_"): name for name in PARTS}
    values = [None] * len(PARTS)
    for name, value in parts.items():
        values[PARTS.index(said[name])] = value
    return Presence(f"{at}{sorted(parts.items())}", int(at), None, None, latitude, tuple(values))
