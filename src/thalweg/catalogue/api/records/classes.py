"""The conformance classes that the Records face keeps."""

_RECORDS = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/"
RECORD_CORE, RECORD_COLLECTION, QUERY_PARAMETERS, RECORDS_API = (
    f"{_RECORDS}{name}" for name in ("record-core", "record-collection", "record-core-query-parameters", "records-api")
)
JSON, HTML, OAS30, AUTODISCOVERY = (f"{_RECORDS}{name}" for name in ("json", "html", "oas30", "autodiscovery"))
SORTING, FILTERING = f"{_RECORDS}sorting", f"{_RECORDS}cql-filter"
PROFILE = f"{_RECORDS}query-param-profile"
SEARCHABLE = f"{_RECORDS}searchable-catalog"
CRAWLABLE = f"{_RECORDS}crawlable-catalog"
LOCAL = f"{_RECORDS}local-resources-catalog"
# The standard spells these both ways: in its requirements with a dash, in its abstract tests with a slash.
SEARCHABLE_SORTING = (f"{SEARCHABLE}-sorting", f"{SEARCHABLE}/sorting")
SEARCHABLE_FILTERING = (f"{SEARCHABLE}-filtering", f"{SEARCHABLE}/filtering")
LOCAL_PARAMETERS = (f"{LOCAL}-query-parameters", f"{LOCAL}/query-parameters")
LOCAL_SORTING = (f"{LOCAL}-sorting", f"{LOCAL}/sorting")
LOCAL_FILTERING = (f"{LOCAL}-filtering", f"{LOCAL}/filtering")

SIMPLE_FACETS, ADVANCED_FACETS = (
    f"http://www.opengis.net/spec/ogcapi-records-2/1.0/conf/{name}" for name in ("simple", "advanced")
)

CATALOGUE_PROFILE, RECORD_PROFILE = (
    f"http://www.opengis.net/def/profile/OGC/0/ogc-{name}" for name in ("catalog", "record")
)
CATALOGUE_REL = "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog"
"""The relation by which a page tells of the catalogues that belong to it."""

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
FEATURES_CORE, FEATURES_GEOJSON, FEATURES_HTML, FEATURES_OAS30 = (
    f"{_FEATURES}{name}" for name in ("core", "geojson", "html", "oas30")
)
FEATURES = (FEATURES_CORE, FEATURES_GEOJSON, FEATURES_HTML, FEATURES_OAS30)
"""What the standard builds on: a catalogue is a collection of Features."""
