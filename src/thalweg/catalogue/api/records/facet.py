"""What of a queryable is a facet, as OGC API Records Part 2 (in draft) has them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from thalweg.catalogue.api.aggregations import aggregation_of
from thalweg.catalogue.records.kinds import TYPE
from thalweg.core.queries import Aggregation
from thalweg.core.queryables import Queryable

COLLECTION, DATETIME = "collection", "datetime"
ALWAYS = (
    Aggregation(TYPE, "terms", TYPE),
    Aggregation(COLLECTION, "terms", COLLECTION),
    Aggregation(DATETIME, "dates", DATETIME, interval="year"),
)
UNASKED = (TYPE, "keywords", "organization", "language", COLLECTION, DATETIME)
"""What is told of a search that asks for no facets: every catalogue has these."""
TALLIED = frozenset({COLLECTION, DATETIME})
"""What is known of a whole catalogue without a look at its Records."""
_PROSE = frozenset(
    ["title", "alternateTitles", "description", "lineage", "purpose", "rights", "credits", "supplementalInformation"]
)
_NESTED = frozenset(
    ["contacts", "themes", "formats", "externalIds", "resourceLanguages", "dates", "service", "associations", "boxes"]
)


def facet_of(queryable: Queryable) -> Aggregation | None:
    """Return how the values of a queryable are counted; nothing where each Record says something else."""
    if queryable.name in _PROSE or queryable.name in _NESTED:
        return None
    if queryable.kind == "array":
        return Aggregation(queryable.name, "terms", queryable.name)
    found = aggregation_of(queryable)
    return None if found is None else replace(found, name=queryable.name, interval="year")


def defined(one: Aggregation) -> dict[str, Any]:
    """Return a facet's definition, as a catalogue lists it."""
    told: dict[str, Any] = {"type": kind_of(one), "property": one.property}
    if one.kind == "terms":
        return {**told, "sortedBy": "count", "minOccurs": 1}
    return {**told, "sortedBy": "value", "bucketType": "fixedInterval"}


def kind_of(one: Aggregation) -> str:
    """Return what the draft calls this kind of facet."""
    return "term" if one.kind == "terms" else "histogram"


def uncounted(names: Iterable[str], *, more: bool) -> dict[str, Any]:
    """Return facets without a bucket: each says whether there are some, told to who asks for it by its name."""
    kinds = {one.name: kind_of(one) for one in ALWAYS}
    return {name: {"type": kinds.get(name, "term"), "property": name, "buckets": [], "more": more} for name in names}
