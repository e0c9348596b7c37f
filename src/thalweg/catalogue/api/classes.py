"""The conformance classes that the catalogue's faces keep."""

_STAC = "https://api.stacspec.org/v1.0.0/"
STAC_CORE = f"{_STAC}core"
STAC_COLLECTIONS = f"{_STAC}collections"
STAC_FEATURES = f"{_STAC}ogcapi-features"
STAC_SEARCH = f"{_STAC}item-search"
STAC_TRANSACTION = f"{_STAC}ogcapi-features/extensions/transaction"
STAC_COLLECTION_TRANSACTION = f"{_STAC}collections/extensions/transaction"

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
FEATURES_CORE = f"{_FEATURES}core"
FEATURES_GEOJSON = f"{_FEATURES}geojson"
FEATURES_OAS30 = f"{_FEATURES}oas30"
