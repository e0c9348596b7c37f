"""Facets (OGC API Records, Part 2): how many of the Records found have which value of a property."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.pages import JSON_TYPE
from thalweg.catalogue.api.records import classes
from thalweg.catalogue.api.records.facet import (
    ALWAYS,
    DATETIME,
    TALLIED,
    UNASKED,
    defined,
    facet_of,
    kind_of,
    uncounted,
)
from thalweg.catalogue.api.records.forms import FACETS, OF_FACETS
from thalweg.catalogue.api.records.html import facets_page
from thalweg.catalogue.api.records.parameters import OneCatalogue, WhichRecords
from thalweg.catalogue.api.records.queryables import known_of
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.records.kinds import ITEM, TYPE
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import Aggregated, Aggregation, Bucket
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML
from thalweg.web.links import link
from thalweg.web.pool import in_pool
from thalweg.web.routes import get

BUCKETS = 10
_MOST_BUCKETS, _MOST_FACETS = 1000, 32
_SORTINGS = ("value_asc", "value_desc", "count_asc", "count_desc")
_PARTS = 3
_NEWEST = {DATETIME: f"{DATETIME}:{BUCKETS}:value_desc"}
_ANSWER = {"type": "object", "required": ["id", "facets", "defaultBucketCount"]}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One facet as it was asked for."""

    aggregation: Aggregation
    most: int
    sorting: str


class Facets:
    """Tells by what the Records of a catalogue can be told apart."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    @get(
        "/collections/{catalogue}/facets",
        forms=OF_FACETS,
        conforms=(classes.SIMPLE_FACETS, classes.ADVANCED_FACETS),
        tag="Facets",
        schema=_ANSWER,
    )
    async def listed(self, asked: Asked[OneCatalogue]) -> Response:
        """List the facets that a catalogue has."""
        return await in_pool(self._listed, asked)

    def _listed(self, asked: Asked[OneCatalogue]) -> Response:
        name = asked.parameters.catalogue
        self._serving.catalogue(asked, name)
        there = facets_of(self._serving, asked, name)
        address = self._serving.documents(asked).catalogue_address(name)
        document = {
            "id": name,
            "title": f"Facets of {name}",
            "facets": {one.name: defined(one) for one in there.values()},
            "defaultBucketCount": BUCKETS,
            "links": [
                link("self", f"{address}/facets", FACETS.media_type),
                link("alternate", f"{address}/facets?f=html", HTML.kind),
                link("collection", address, JSON_TYPE),
            ],
        }
        return facets_page(asked, document) if asked.form is HTML else Json(document, media_type=FACETS.media_type)


def facets_of(serving: RecordServing, asked: Asked[Any], catalogue: str) -> Mapping[str, Aggregation]:
    """Return the facets of a catalogue by name."""
    of_queryables = map(facet_of, known_of(serving, asked, catalogue).values())
    return {one.name: one for one in (*ALWAYS, *of_queryables) if one is not None}


def told_of(
    serving: RecordServing, asked: Asked[WhichRecords], query: RecordQuery, names: Sequence[str]
) -> dict[str, Any]:
    """Return facets of a search, each by its name.

    Args:
        serving: counts.
        asked: by whom, and of which catalogue.
        query: of which Records.
        names: of facets, each with what ``facets`` may say of it.

    Raises:
        InvalidParameter: one of them is no facet of the catalogue.
    """
    wanted = _wanted(names, facets_of(serving, asked, asked.parameters.catalogue))
    if not wanted:
        return {}
    aggregations = [one.aggregation for one in wanted]
    found = serving.records.facets(query, aggregations, asked.who, _MOST_BUCKETS, asked.workspace)
    told = {}
    for one, answer in zip(wanted, found, strict=True):
        complete = _with_items(serving, asked, query, answer) if one.aggregation.name == TYPE else answer
        told[one.aggregation.name] = _told(one, complete)
    return told


def unasked_of(
    serving: RecordServing, asked: Asked[WhichRecords], query: RecordQuery, matched: int | None
) -> dict[str, Any]:
    """Return the facets of a search that asks for none: counted for people, where that takes no time to speak of.

    A program is told which there are: to count them costs more than the search, and it asks for what it wants.
    """
    if asked.form is not HTML:
        return uncounted(UNASKED, more=matched != 0)
    few = matched is not None and matched <= serving.limits.counted
    soon = UNASKED if few else TALLIED if not asked.parameters.narrows() else ()
    names = [_NEWEST.get(name, name) for name in UNASKED if name in soon]
    counted = told_of(serving, asked, query, names) if matched != 0 else {}
    return {name: counted.get(name, rest) for name, rest in uncounted(UNASKED, more=matched != 0).items()}


def _wanted(listed: Sequence[str], there: Mapping[str, Aggregation]) -> list[Wanted]:
    if len(listed) > _MOST_FACETS:
        raise InvalidParameter("facets", f"asks for more than {_MOST_FACETS}")
    return [_read(one, there) for one in listed]


def _read(text: str, there: Mapping[str, Aggregation]) -> Wanted:
    """Read ``name:count:sorting``; a name may hold a colon itself, as STAC's do."""
    name = next(
        (one for one in sorted(there, key=len, reverse=True) if text == one or text.startswith(f"{one}:")), None
    )
    if name is None:
        raise InvalidParameter("facets", f"{text[:64]!r} is none; the catalogue's facets are listed at /facets")
    count, sorting, *more = (*text.removeprefix(name).removeprefix(":").split(":"), "")[:_PARTS]
    aggregation = there[name]
    usual = "count_desc" if aggregation.kind == "terms" else "value_asc"
    if (count and not count.isdecimal()) or (sorting and sorting not in _SORTINGS) or any(more):
        raise InvalidParameter(
            "facets", f"{text[:64]!r} is not name:count:sorting; a sorting is {', '.join(_SORTINGS)}"
        )
    return Wanted(aggregation, min(int(count or BUCKETS), _MOST_BUCKETS), sorting or usual)


def _with_items(serving: RecordServing, asked: Asked[Any], query: RecordQuery, answer: Aggregated) -> Aggregated:
    """Return the counts of types with that of Items, whose documents do not tell theirs."""
    if query.types and ITEM not in query.types:
        return answer
    items = replace(query, types=(ITEM,), after=None)
    number = serving.records.count(items, asked.who, 2**62, asked.workspace)
    return replace(answer, buckets=(*answer.buckets, Bucket(ITEM, number))) if number else answer


def _told(wanted: Wanted, answer: Aggregated) -> dict[str, Any]:
    by, _, direction = wanted.sorting.partition("_")
    buckets = sorted(answer.buckets, key=_by_value, reverse=(by, direction) == ("value", "desc"))
    if by == "count":
        buckets.sort(key=attrgetter("count"), reverse=direction == "desc")  # what is as common stays in its order
    return {
        "type": kind_of(wanted.aggregation),
        "property": wanted.aggregation.property,
        "buckets": [_bucket(one) for one in buckets[: wanted.most]],
        "more": len(buckets) > wanted.most or answer.overflow > 0,
    }


def _by_value(one: Bucket) -> tuple[bool, float, str]:
    textual = isinstance(one.key, str)
    return textual, 0.0 if textual else float(one.key), str(one.key)


def _bucket(one: Bucket) -> dict[str, Any]:
    if one.low is not None:
        return {"min": one.low, "max": one.high, "count": one.count}
    return {"value": str(one.key).lower() if isinstance(one.key, bool) else str(one.key), "count": one.count}
