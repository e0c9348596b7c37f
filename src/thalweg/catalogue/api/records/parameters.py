"""Parameters of OGC API Records."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from thalweg.catalogue.api.moments import AsOf
from thalweg.catalogue.api.narrowing import Conditions
from thalweg.catalogue.api.parameters import COLLECTIONS_PAGE, PAGE, Count, Limit, PageToken, SortText
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import Expression, both
from thalweg.core.queries import CollectionQuery, Token
from thalweg.web.freetext import read_basic
from thalweg.web.parameters import SPEAKS_EMPTY, Names, Parameters

ALL = "all"
"""The catalogue of everything that a caller sees."""
Types = Annotated[Names, Field(description="types of resources: item, collection, process, service, dataset, …")]
Ids = Annotated[Names, Field(description="ids of Records")]
ExternalIds = Annotated[
    Names,
    Field(
        alias="externalIds",
        description="what others call the resource: a value, a scheme with a colon and a value, or a scheme",
    ),
]
Words = Annotated[
    Names,
    Field(description="terms joined by commas of which one must be there; the words of a term stand beside each other"),
]
Profiles = Annotated[Names, Field(description="profiles that the answer should keep, by URI, CURIE or identifier")]
FacetNames = Annotated[
    Names | None,
    SPEAKS_EMPTY,
    Field(
        description="facets to be counted, each name[:buckets[:value_asc|value_desc|count_asc|count_desc]];"
        " left out, they are named and not counted"
    ),
]
_OF_FEDERATION = frozenset(
    {"distributed", "hop_count", "client_id", "search_id", "search_seconds", "federated_catalogs"}
)
_UNBOUND = frozenset({"facets", "profile", "offset"}) | _OF_FEDERATION


class OneCatalogue(Parameters):
    """Which catalogue."""

    catalogue: str


class OneRecord(OneCatalogue):
    """Which Record, and as what."""

    record: str
    profile: Profiles = ()


class OneCatalogueThen(OneCatalogue):
    """Which catalogue, and as of when."""

    as_of: AsOf = None


class OneRecordThen(OneRecord):
    """Which Record, and as of when."""

    as_of: AsOf = None


class Searched(Conditions):
    """What the core query parameters narrow, of catalogues and of Records."""

    q: Words = ()
    type: Types = ()
    ids: Ids = ()
    sortby: SortText = ()
    token: PageToken = None
    count: Count = None
    profile: Profiles = ()

    def narrowing(self) -> dict[str, Any]:
        """Return the fields that queries for Records and for catalogues share."""
        return {
            "bbox": self.bbox,
            "interval": self.datetime,
            "as_of": self.as_of,
            "filter": self.expression(),
            "text": read_basic(self.q) if self.q else None,
            "ids": self.ids,
            "sort": self.sortby,
        }

    def said(self) -> dict[str, Any]:
        """Return what narrows and orders, as JSON: a token holds for this and nothing else."""
        return {name: value for name, value in super().said().items() if name not in _UNBOUND}


class Distributed(Parameters):
    """Whether others are asked too, and how far (Part 4, in draft); without the first the rest means nothing."""

    distributed: Annotated[
        bool, Field(alias="distributedSearch", description="whether other catalogues are asked too")
    ] = False
    hop_count: Annotated[
        int, Field(alias="hopCount", ge=1, le=8, description="catalogues deep that a search goes on, this one counted")
    ] = 2
    client_id: Annotated[str, Field(alias="clientId", max_length=1024, description="who asked first, a URI")] = ""
    search_id: Annotated[
        str,
        Field(
            alias="distributedSearchId",
            max_length=1024,
            description="a URI by which the search is known wherever it comes to; one that comes back goes no further",
        ),
    ] = ""
    search_seconds: Annotated[
        int, Field(alias="distributedSearchIdTimeout", ge=1, le=3600, description="seconds for which it is known")
    ] = 600
    federated_catalogs: Annotated[
        Names, Field(alias="federatedCatalogs", description="those that are asked: ids, each as (id,seconds) or alone")
    ] = ()


class WhichRecords(Searched, Distributed):
    """Which Records of a catalogue; any of its queryables is a parameter too."""

    model_config = ConfigDict(extra="allow")

    catalogue: str
    external_ids: ExternalIds = ()
    facets: FacetNames = None
    limit: Limit = PAGE
    offset: Annotated[
        int, Field(ge=0, le=1_000_000, description="Records passed over before the page; links lead on by token")
    ] = 0

    def may_take_long(self) -> bool:
        """Tell whether all Records may have to be looked at."""
        named = (self.filter, self.q, self.type, self.external_ids, self.sortby, self.count, self.facets, self.offset)
        return any(named) or self.as_of is not None or bool(self.model_extra)

    def narrows(self) -> bool:
        """Tell whether anything but the catalogue narrows; where nothing does, a tally knows the number."""
        named = (self.filter, self.q, self.type, self.external_ids, self.ids, self.bbox, self.datetime, self.as_of)
        return any(named) or bool(self.model_extra)

    def record_query(self, after: Token | None, most: int, more: Expression | None) -> RecordQuery:
        """Return the query for one page; ``more`` is what queryables among the parameters ask for.

        Raises:
            InvalidParameter: a parameter cannot be read, or two of them say where the page begins.
        """
        if after is not None and self.offset:
            raise InvalidParameter("offset", "is given beside token; only one of them is taken")
        narrowing = self.narrowing()
        return RecordQuery(
            **{**narrowing, "filter": both(narrowing["filter"], more)},
            catalogues=() if self.catalogue == ALL else (self.catalogue,),
            types=self.type,
            external_ids=self.external_ids,
            limit=min(self.limit, most),
            after=after,
            skip=self.offset,
        )


class WhichCatalogues(Searched):
    """Which catalogues."""

    limit: Limit = COLLECTIONS_PAGE

    def catalogue_query(self, after: Token | None, most: int) -> CollectionQuery:
        """Return the query for one page."""
        return CollectionQuery(**self.narrowing(), limit=min(self.limit, most), after=after)

    def takes_all(self) -> bool:
        """Tell whether the catalogue of everything is among what is asked for: only its id can narrow it."""
        if self.ids:
            return ALL in self.ids
        return self.filter is None and not self.q
