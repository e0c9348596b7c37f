"""What callers say to the STAC API."""

from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator, Field, WithJsonSchema

from thalweg.core.errors import InvalidRequest
from thalweg.core.queries import ItemQuery, Token
from thalweg.web.parameters import BBoxText, DatetimeText, Names, Parameters, check_depth

PAGE = 10
COLLECTIONS_PAGE = 100


def _geometry(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        geometry = orjson.loads(value)
        check_depth(value, geometry)
    except (orjson.JSONDecodeError, InvalidRequest):
        raise ValueError("takes a GeoJSON geometry") from None
    return geometry


GeometryText = Annotated[
    dict[str, Any],
    BeforeValidator(_geometry),
    WithJsonSchema({"type": "object", "description": "a GeoJSON geometry that Items must meet"}),
]
Limit = Annotated[int, Field(ge=1, description="how many a page holds; more than the platform's most are that many")]
PageToken = Annotated[str | None, Field(description="where the page begins, from a link of another page")]


class Listed(Parameters):
    """Which page of the Collections."""

    limit: Limit = COLLECTIONS_PAGE
    token: PageToken = None


class OneCollection(Parameters):
    """Which Collection."""

    collection: str


class OneItem(Parameters):
    """Which Item."""

    collection: str
    item: str


class Narrowing(Parameters):
    """What all searches for Items take."""

    bbox: BBoxText | None = None
    datetime: DatetimeText | None = None
    limit: Limit = PAGE
    token: PageToken = None

    def query(self, after: Token | None, most: int, **more: Any) -> ItemQuery:  # noqa: ANN401 - the fields of ItemQuery
        """Return the query for the service."""
        limit = min(self.limit, most)
        return ItemQuery(bbox=self.bbox, interval=self.datetime, limit=limit, after=after, **more)

    def said(self) -> dict[str, Any]:
        """Return what narrows, as JSON: a token holds for this and nothing else."""
        interval = self.datetime
        return {
            "bbox": self.bbox.numbers() if self.bbox else None,
            "datetime": [interval.start, interval.end] if interval else None,
        }


class Items(Narrowing):
    """Which Items of one Collection."""

    collection: str
    ids: Names = ()
    collections: Annotated[Names, Field(description="as clients of search send it along: the Collection itself")] = ()

    def said(self) -> dict[str, Any]:
        """Return what narrows, as JSON."""
        return {**super().said(), "collections": [self.collection], "ids": sorted(self.ids)}


class Search(Narrowing):
    """Which Items of all."""

    collections: Names = ()
    ids: Names = ()
    intersects: GeometryText | None = None

    def said(self) -> dict[str, Any]:
        """Return what narrows, as JSON."""
        more = {"collections": sorted(self.collections), "ids": sorted(self.ids), "intersects": self.intersects}
        return {**super().said(), **more}
