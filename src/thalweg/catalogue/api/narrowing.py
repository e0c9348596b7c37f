"""What narrows a search for Items: once in a query, once in a body, and read the same."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from thalweg.catalogue.api import stacql
from thalweg.catalogue.api.filters import Language, filter_of
from thalweg.catalogue.api.moments import AsOf
from thalweg.catalogue.api.parameters import (
    COLLECTIONS_PAGE,
    PAGE,
    BBoxNumbers,
    Count,
    FieldsJson,
    FieldsText,
    FilterJson,
    FilterText,
    Geometry,
    GeometryText,
    Limit,
    NamesArray,
    NamesOrOne,
    PageToken,
    QueryJson,
    QueryText,
    SortArray,
    SortText,
    WordsJson,
    WordsText,
)
from thalweg.catalogue.api.words import text_of
from thalweg.catalogue.crs import CRS84, reference_system
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import Expression, both
from thalweg.core.queries import CollectionQuery, ItemQuery, Token
from thalweg.web.parameters import BBoxText, DatetimeText, Names, Parameters

_UNBOUND = frozenset({"limit", "token", "fields", "count", "crs", "bbox_crs"})
"""What a page's token does not depend on."""
_LISTED = f"a system listed at /collections; {CRS84} where none is named"
FilterCrs = Annotated[str | None, Field(alias="filter-crs", description=f"of the filter's geometries: {_LISTED}")]
BBoxCrs = Annotated[str | None, Field(alias="bbox-crs", description=f"of bbox: {_LISTED}")]
Crs = Annotated[str | None, Field(description=f"of the geometries in the answer: {_LISTED}")]


class Conditions(Parameters):
    """What must be true, in three ways that every catalogue knows; all of them must be."""

    bbox: BBoxText | None = None
    bbox_crs: BBoxCrs = None
    datetime: DatetimeText | None = None
    filter: FilterText | None = None
    filter_lang: Annotated[Language, Field(alias="filter-lang", description="of the filter")] = "cql2-text"
    filter_crs: FilterCrs = None
    q: WordsText | None = None
    as_of: AsOf = None

    @model_validator(mode="before")
    @classmethod
    def _in_lonlat(cls, given: Any) -> Any:  # noqa: ANN401 - what pydantic gives
        """Read a box that stands in another reference system."""
        named = given.get("bbox-crs") if isinstance(given, dict) else None
        if named is None or given.get("bbox") is None:
            return given
        return {**given, "bbox": reference_system(str(named), "bbox-crs").read_box(given["bbox"], "bbox").numbers()}

    def expression(self) -> Expression | None:
        """Return what ``filter`` asks for.

        Raises:
            InvalidParameter: it cannot be read.
        """
        if self.filter is None:
            return None
        language = self.filter_lang if "filter_lang" in self.model_fields_set else None
        return filter_of(self.filter, language, self.filter_crs)

    def narrowing(self) -> dict[str, Any]:
        """Return the fields that queries for Items and for Collections share."""
        return {
            "bbox": self.bbox,
            "interval": self.datetime,
            "filter": self.expression(),
            "text": None if self.q is None else text_of(self.q),
            "as_of": self.as_of,
        }

    def said(self) -> dict[str, Any]:
        """Return what narrows and orders, as JSON: a token holds for this and nothing else."""
        kept = {name: getattr(self, name) for name in type(self).model_fields if name not in _UNBOUND}
        kept.update(self.model_extra or {})
        return {name: value for name, value in kept.items() if value not in (None, ())}


class Filtering(Conditions):
    """What must be true, in four ways; all of them must be."""

    query: QueryText | None = None

    def expression(self) -> Expression | None:
        """Return what ``filter`` and ``query`` ask for together.

        Raises:
            InvalidParameter: one of them cannot be read.
        """
        return both(super().expression(), None if self.query is None else stacql.expression(self.query))


class Paging(Parameters):
    """Which page, in which order, showing what."""

    sortby: SortText = ()
    fields: FieldsText = None
    limit: Limit = PAGE
    token: PageToken = None
    count: Count = None


class Narrowing(Filtering):
    """What all questions about Items take, in a query."""

    ids: Names = ()
    collections: Names = ()
    intersects: GeometryText | None = None

    def item_query(self, **more: Any) -> ItemQuery:  # noqa: ANN401 - the fields of ItemQuery
        """Return the query for the service.

        Raises:
            InvalidParameter: ``bbox`` and ``intersects`` are both given, or a filter cannot be read.
        """
        if self.bbox is not None and self.intersects is not None:
            raise InvalidParameter("intersects", "is given beside bbox; only one of them is taken")
        return ItemQuery(
            **{
                **self.narrowing(),
                "ids": self.ids,
                "collections": self.collections,
                "intersects": self.intersects,
                **more,
            }
        )


class NarrowingBody(Narrowing):
    """What all questions about Items take, in a body."""

    bbox: BBoxNumbers | None = None
    ids: NamesArray = ()
    collections: NamesOrOne = ()
    intersects: Geometry | None = None
    filter: FilterJson | None = None
    filter_lang: Annotated[Language, Field(alias="filter-lang", description="of the filter")] = "cql2-json"
    query: QueryJson | None = None
    q: WordsJson | None = None


class Search(Narrowing, Paging):
    """Which Items of all, in a query."""

    crs: Crs = None

    def may_take_long(self) -> bool:
        """Tell whether more than boxes, times and names is asked for, so that all Items may have to be looked at."""
        named = (self.filter, self.query, self.q, self.intersects, self.count or None, self.model_extra or None)
        return bool(self.sortby) or self.as_of is not None or any(one is not None for one in named)

    def page_query(self, after: Token | None, most: int, **more: Any) -> ItemQuery:  # noqa: ANN401 - the fields of ItemQuery
        """Return the query for one page."""
        return self.item_query(sort=self.sortby, limit=min(self.limit, most), after=after, **more)


class SearchBody(NarrowingBody, Search):
    """Which Items of all, in a body."""

    sortby: SortArray = ()
    fields: FieldsJson = None


class Items(Search):
    """Which Items of one Collection; any of its queryables is a parameter too."""

    model_config = ConfigDict(extra="allow")

    collection: str
    collections: Annotated[Names, Field(description="as clients of search send it along: the Collection itself")] = ()


class Listed(Filtering):
    """Which Collections, and which page of them."""

    ids: Names = ()
    sortby: SortText = ()
    fields: FieldsText = None
    limit: Limit = COLLECTIONS_PAGE
    token: PageToken = None
    count: Count = None

    def collection_query(self, after: Token | None, most: int) -> CollectionQuery:
        """Return the query for one page."""
        limit = min(self.limit, most)
        return CollectionQuery(**self.narrowing(), ids=self.ids, sort=self.sortby, limit=limit, after=after)
