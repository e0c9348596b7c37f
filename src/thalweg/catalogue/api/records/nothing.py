"""Why a search may have found no Record: what its filter names and none of them has."""

from typing import Any

from thalweg.catalogue.api.notes import meant
from thalweg.catalogue.api.records.queryables import known_of
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.expressions import properties_of
from thalweg.web.asked import Asked

_MOST_SAID, _SHOWN = 5, 64


def note_on_nothing(serving: RecordServing, asked: Asked[Any], query: RecordQuery) -> str | None:
    """Return what is told beside a page of nothing; ``None`` where all that was named is there."""
    named = set() if query.filter is None else set(properties_of(query.filter))
    if not named:
        return None
    known = known_of(serving, asked, asked.parameters.catalogue)
    unknown = sorted(named - known.keys())[:_MOST_SAID]
    return "; ".join(f"no Record is known to have {name[:_SHOWN]}{meant(name, known)}" for name in unknown) or None
