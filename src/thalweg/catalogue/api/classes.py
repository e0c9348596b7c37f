"""The conformance classes that the catalogue's faces keep."""

_STAC = "https://api.stacspec.org/v1.0.0/"
STAC_CORE = f"{_STAC}core"
STAC_COLLECTIONS = f"{_STAC}collections"
STAC_FEATURES = f"{_STAC}ogcapi-features"
STAC_SEARCH = f"{_STAC}item-search"
STAC_TRANSACTION = f"{_STAC}ogcapi-features/extensions/transaction"
STAC_COLLECTION_TRANSACTION = f"{_STAC}collections/extensions/transaction"

_SORT = "https://api.stacspec.org/v1.1.0/"
_TEXT = "https://api.stacspec.org/v1.0.0-rc.1/"
SEARCH_FILTER = (f"{_STAC}item-search#filter", "https://api.stacspec.org/v1.0.0-rc.2/item-search#filter")
SEARCH_SORTABLES = f"{_SORT}item-search#sortables"
COLLECTION_SORTABLES = f"{_SORT}collection-search#sortables"
LANGUAGE = "https://api.stacspec.org/v1.0.0-rc.2/language"
CHILDREN = "https://api.stacspec.org/v1.0.0-rc.2/children"
CHILDREN_TYPE = f"{CHILDREN}#type-filter"
BROWSEABLE = "https://api.stacspec.org/v1.0.0-rc.3/browseable"
_AGGREGATION = "https://api.stacspec.org/v0.3.0/aggregation"
AGGREGATION = (_AGGREGATION, f"{_AGGREGATION}#filter", f"{_AGGREGATION}#query")

_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
CQL2 = tuple(
    f"{_CQL2}{name}"
    for name in (
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "accent-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "spatial-functions",
        "temporal-functions",
        "array-functions",
        "property-property",
        "functions",
        "arithmetic",
    )
)

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
FEATURES_CORE = f"{_FEATURES}core"
FEATURES_GEOJSON = f"{_FEATURES}geojson"
FEATURES_HTML = f"{_FEATURES}html"
FEATURES_OAS30 = f"{_FEATURES}oas30"
FEATURES_CRS = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"
_FILTERING = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
FILTER = f"{_FILTERING}filter"
FEATURES_FILTER = f"{_FILTERING}features-filter"
QUERYABLES = f"{_FILTERING}queryables"
QUERYABLES_PARAMETERS = f"{_FILTERING}queryables-query-parameters"
_CHANGING = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/"
CREATE_REPLACE_DELETE = f"{_CHANGING}create-replace-delete"
UPDATE = f"{_CHANGING}update"
CHANGED_FEATURES = f"{_CHANGING}features"
LOCKING = f"{_CHANGING}optimistic-locking-etags"
SIMPLE_QUERY = "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/simple-query"

# Sort 1.1 only adds sortables; clients look for either version.
_SEARCH_PARTS = (
    f"{_STAC}item-search#fields",
    f"{_STAC}item-search#query",
    f"{_STAC}item-search#sort",
    f"{_SORT}item-search#sort",
)
_SEARCH_TEXT = (f"{_TEXT}item-search#free-text", f"{_TEXT}item-search#advanced-free-text")
SEARCHING = (STAC_SEARCH, *SEARCH_FILTER, *_SEARCH_PARTS, *_SEARCH_TEXT, *CQL2)
LISTING = (
    STAC_FEATURES,
    FEATURES_CORE,
    FEATURES_GEOJSON,
    FEATURES_HTML,
    FEATURES_CRS,
    FILTER,
    FEATURES_FILTER,
    QUERYABLES_PARAMETERS,
    f"{_STAC}ogcapi-features#fields",
    f"{_STAC}ogcapi-features#query",
    f"{_STAC}ogcapi-features#sort",
    f"{_SORT}ogcapi-features#sort",
    f"{_TEXT}ogcapi-features#free-text",
    f"{_TEXT}ogcapi-features#advanced-free-text",
)
_COLLECTION_SEARCH = f"{_TEXT}collection-search"
COLLECTION_SEARCH = (
    _COLLECTION_SEARCH,
    SIMPLE_QUERY,
    f"{_COLLECTION_SEARCH}#free-text",
    f"{_COLLECTION_SEARCH}#advanced-free-text",
    f"{_COLLECTION_SEARCH}#filter",
    f"{_COLLECTION_SEARCH}#query",
    f"{_COLLECTION_SEARCH}#fields",
    f"{_COLLECTION_SEARCH}#sort",
    f"{_SORT}collection-search#sort",
)
CHANGING = (STAC_TRANSACTION, CREATE_REPLACE_DELETE, CHANGED_FEATURES)
