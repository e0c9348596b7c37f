"""STAC's aggregation extension 0.3: sums over all Items that a search finds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.responses import Response

from thalweg.catalogue.api.classes import AGGREGATION
from thalweg.catalogue.api.narrowing import Narrowing, NarrowingBody
from thalweg.catalogue.api.pages import JSON_TYPE
from thalweg.catalogue.api.parameters import NamesArray, OneCollection
from thalweg.catalogue.api.serving import Serving
from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import Aggregated, Aggregation, Bucket
from thalweg.core.queryables import Queryable
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.links import link
from thalweg.web.parameters import Names, NoParameters, Parameters
from thalweg.web.pool import QUESTIONS, in_pool, in_turn
from thalweg.web.routes import Body, get, post

_TAG = "Aggregations"
_ANSWER = {
    "type": "object",
    "required": ["type", "aggregations"],
    "properties": {"type": {"type": "string", "enum": ["AggregationCollection"]}, "aggregations": {"type": "array"}},
}
_MOST = 32
_ALWAYS = (
    Aggregation("total_count", "count"),
    Aggregation("datetime_min", "least", "datetime"),
    Aggregation("datetime_max", "greatest", "datetime"),
    Aggregation("datetime_frequency", "dates", "datetime"),
    Aggregation("collection_frequency", "terms", "collection"),
    Aggregation("grid_geohash_frequency", "geohash", "geometry", precision=3),
    Aggregation("grid_geotile_frequency", "geotile", "geometry", precision=5),
    Aggregation("centroid_geohash_grid_frequency", "geohash", "geometry", precision=3),
    Aggregation("centroid_geotile_grid_frequency", "geotile", "geometry", precision=5),
)
_CLOUD = Aggregation("cloud_cover_frequency", "histogram", "eo:cloud_cover", step=10.0)
_BARS = 10
_WIDEST = 1e307
_BY_KIND: dict[str, Literal["terms", "histogram", "dates"]] = {
    "string": "terms",
    "boolean": "terms",
    "integer": "terms",
    "number": "histogram",
    "datetime": "dates",
}
_WITHIN = frozenset({"id", "collection", "datetime", "geometry"})
"""Queryables that have aggregations of their own names, or none."""


class Asking(Parameters):
    """Which aggregations, and how fine."""

    aggregations: Annotated[Names, Field(description="names of aggregations, as /aggregations lists them")] = ()
    interval: Annotated[
        Literal["year", "month", "day"], Field(alias="datetime_frequency_interval", description="of time's buckets")
    ] = "month"
    geohash: Annotated[
        int, Field(alias="grid_geohash_frequency_precision", ge=1, le=8, description="characters of a geohash")
    ] = 3
    geotile: Annotated[
        int, Field(alias="grid_geotile_frequency_precision", ge=0, le=20, description="zoom of a tile")
    ] = 5
    centroid_geohash: Annotated[
        int, Field(alias="centroid_geohash_grid_frequency_precision", ge=1, le=8, description="as that of the grid")
    ] = 3
    centroid_geotile: Annotated[
        int, Field(alias="centroid_geotile_grid_frequency_precision", ge=0, le=20, description="as that of the grid")
    ] = 5

    def tuned(self, one: Aggregation) -> Aggregation:
        """Return an aggregation as fine as it was asked for."""
        fine = {
            "grid_geohash_frequency": self.geohash,
            "grid_geotile_frequency": self.geotile,
            "centroid_geohash_grid_frequency": self.centroid_geohash,
            "centroid_geotile_grid_frequency": self.centroid_geotile,
        }
        return replace(one, interval=self.interval, precision=fine.get(one.name, one.precision))


class OfAll(Narrowing, Asking):
    """Over which Items, in a query."""


class OfAllBody(NarrowingBody, Asking):
    """Over which Items, in a body."""

    aggregations: Annotated[NamesArray, Field(description="names of aggregations")] = ()


class OfOne(OfAll):
    """Over which Items of one Collection, in a query."""

    collection: str


class OfOneBody(OfAllBody):
    """Over which Items of one Collection, in a body."""

    collection: str


class Aggregations:
    """Answers aggregations over what a caller may see."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @get("/aggregations", conforms=AGGREGATION, tag=_TAG, schema=_ANSWER)
    async def listed(self, asked: Asked[NoParameters]) -> Response:
        """List the aggregations that there are."""
        return await in_pool(self._listed, asked, None)

    @get("/collections/{collection}/aggregations", conforms=AGGREGATION, tag=_TAG, schema=_ANSWER)
    async def listed_of_one(self, asked: Asked[OneCollection]) -> Response:
        """List the aggregations that there are over a Collection."""
        return await in_pool(self._listed, asked, asked.parameters.collection)

    @get("/aggregate", conforms=AGGREGATION, tag=_TAG, schema=_ANSWER)
    async def of_all(self, asked: Asked[OfAll]) -> Response:
        """Aggregate the Items that a search finds."""
        return await self._in_turn(asked, asked.parameters, asked.parameters, None)

    @post("/aggregate", body=Body.MEMBERS, conforms=AGGREGATION, tag=_TAG, schema=_ANSWER)
    async def of_all_by_body(self, asked: Asked[OfAllBody]) -> Response:
        """Aggregate the Items that a search by body finds."""
        return await self._in_turn(asked, asked.parameters, asked.parameters, None)

    @get("/collections/{collection}/aggregate", conforms=AGGREGATION, tag=_TAG, schema=_ANSWER)
    async def of_one(self, asked: Asked[OfOne]) -> Response:
        """Aggregate the Items of a Collection."""
        given = asked.parameters
        return await self._in_turn(asked, given, given, given.collection)

    @post("/collections/{collection}/aggregate", body=Body.MEMBERS, conforms=AGGREGATION, tag=_TAG, schema=_ANSWER)
    async def of_one_by_body(self, asked: Asked[OfOneBody]) -> Response:
        """Aggregate the Items of a Collection, by a body."""
        given = asked.parameters
        return await self._in_turn(asked, given, given, given.collection)

    def _listed(self, asked: Asked[Any], collection: str | None) -> Response:
        there = self._there(asked, collection)
        above = asked.root if collection is None else self._serving.pages(asked).collection_address(collection)
        links = [
            link("self", f"{above}/aggregations", JSON_TYPE),
            link("root", f"{asked.root}/", JSON_TYPE),
            link("aggregate", f"{above}/aggregate", JSON_TYPE),
        ]
        listed = [{"name": one.name, **_kind(one)} for one in there.values()]
        return Json({"type": "AggregationCollection", "aggregations": listed, "links": links})

    def _there(
        self, asked: Asked[Any], collection: str | None, as_of: datetime | None = None
    ) -> Mapping[str, Aggregation]:
        found = self._serving.catalogue.queryables(collection, asked.who, asked.workspace, as_of)
        own = [one for one in map(aggregation_of, found) if one is not None]
        cloud = [_CLOUD] if any(one.name == _CLOUD.property for one in found) else []
        return {one.name: one for one in (*_ALWAYS, *cloud, *own)}

    async def _in_turn(
        self, asked: Asked[Any], narrowing: Narrowing, asking: Asking, collection: str | None
    ) -> Response:
        answer = partial(self._answer, asked, narrowing, asking, collection)
        return await in_turn(answer, among=QUESTIONS, caller=asked.caller)

    def _answer(self, asked: Asked[Any], narrowing: Narrowing, asking: Asking, collection: str | None) -> Response:
        query = narrowing.item_query()
        if collection is not None:
            if set(narrowing.collections) - {collection}:
                raise InvalidParameter("collections", "is not that of the address")
            self._serving.catalogue.collection(collection, asked.who, asked.workspace, query.as_of)
            query = replace(query, collections=(collection,))
        wanted = self._wanted(asked, asking, collection, query.as_of)
        told = self._serving.catalogue.aggregate(query, wanted, asked.who, asked.workspace) if wanted else ()
        links = [link("self", asked.url, JSON_TYPE), link("root", f"{asked.root}/", JSON_TYPE)]
        return Json({"type": "AggregationCollection", "aggregations": [_told(one) for one in told], "links": links})

    def _wanted(
        self, asked: Asked[Any], asking: Asking, collection: str | None, as_of: datetime | None
    ) -> Sequence[Aggregation]:
        if len(asking.aggregations) > _MOST:
            raise InvalidParameter("aggregations", f"asks for more than {_MOST}")
        known: Mapping[str, Aggregation] = {one.name: one for one in (*_ALWAYS, _CLOUD)}
        if not set(asking.aggregations) <= set(known):
            known = {**known, **self._there(asked, collection, as_of)}
        for name in asking.aggregations:
            if name not in known:
                raise InvalidParameter("aggregations", f"{name[:64]!r} is none; GET aggregations lists what there is")
        return [asking.tuned(known[name]) for name in dict.fromkeys(asking.aggregations)]


def aggregation_of(queryable: Queryable) -> Aggregation | None:
    """Return what is told of all values of a queryable together, nothing where they say nothing together."""
    kind = _BY_KIND.get(queryable.kind)
    if kind is None or queryable.name in _WITHIN:
        return None
    name = f"{queryable.name}_frequency"
    if kind != "histogram":
        return Aggregation(name, kind, queryable.name)
    step = _step(queryable.least, queryable.greatest)
    return Aggregation(name, "terms" if step is None else "histogram", queryable.name, step=step or 0.0)


def _step(least: float | str | None, greatest: float | str | None) -> float | None:
    """Return a round width that gives about ten bars, ``None`` where the ends are not known, or no double tells it."""
    if not isinstance(least, int | float) or not isinstance(greatest, int | float) or not greatest > least:
        return None
    raw = greatest / _BARS - least / _BARS
    if not 0 < raw < _WIDEST:
        return None
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * nice for nice in (1, 2, 5, 10) if raw <= power * nice)


def _kind(one: Aggregation) -> dict[str, str]:
    match one.kind:
        case "count":
            return {"data_type": "numeric"}
        case "least" | "greatest":
            return {"data_type": "datetime" if one.property == "datetime" else "numeric"}
        case "dates":
            return {"data_type": f"interval_{one.interval}", "frequency_distribution_data_type": "datetime"}
        case "histogram":
            return {"data_type": "numeric", "frequency_distribution_data_type": "numeric"}
        case _:
            return {"data_type": "string", "frequency_distribution_data_type": "string"}


def _told(one: Aggregated) -> dict[str, Any]:
    said: dict[str, Any] = {"name": one.asked.name, **_kind(one.asked)}
    if one.asked.kind in ("count", "least", "greatest"):
        return {**said, "value": one.value}
    said.pop("frequency_distribution_data_type", None)
    return {**said, "buckets": [_bucket(bucket, said["data_type"]) for bucket in one.buckets], "overflow": one.overflow}


def _bucket(bucket: Bucket, data_type: str) -> dict[str, Any]:
    key = str(bucket.key).lower() if isinstance(bucket.key, bool) else str(bucket.key)
    ends = {"from": bucket.low, "to": bucket.high}
    known = {name: end for name, end in ends.items() if end is not None}
    return {"key": key, "data_type": data_type, "frequency": bucket.count, **known}
