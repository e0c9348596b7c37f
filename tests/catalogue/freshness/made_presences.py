"""Items as freshness sees them, made up."""

from thalweg.catalogue.freshness import inference, overview, report
from thalweg.catalogue.freshness.columns import columns_of
from thalweg.catalogue.freshness.presence import PARTS, Presence

START = 1_577_836_800_000
"""1 January 2020."""


def made(at, latitude=45.0, swot_cycle=None, **parts):
    """Return an Item of a time in ms; parts by their names with _ for a colon."""
    said = {name.replace(":", "_"): name for name in PARTS}
    values = [None] * len(PARTS)
    for name, value in parts.items():
        values[PARTS.index(said[name])] = value
    return Presence(
        f"{at} {swot_cycle} {sorted(parts.items())}",
        int(at),
        None,
        latitude,
        swot_cycle,
        (*values, "swot:cycle" if swot_cycle is not None else None),
    )


def infer(presences):
    """Return what Items tell."""
    return inference.infer(columns_of(presences))


def reported(presences, rule, now):
    """Return Items held against a rule."""
    return report.report(columns_of(presences), rule, now)


def summed(presences):
    """Return Items summed up."""
    return overview.overview(columns_of(presences), cut=False)
