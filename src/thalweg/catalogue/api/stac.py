"""The STAC API, and OGC API Features on the same routes, over one catalogue."""

from collections.abc import Sequence
from typing import Any

from thalweg.catalogue.api.aggregations import Aggregations
from thalweg.catalogue.api.browsing import Browsing
from thalweg.catalogue.api.bulk import Bulk
from thalweg.catalogue.api.collection_changes import CollectionChanges
from thalweg.catalogue.api.collections import Collections
from thalweg.catalogue.api.comparison import Comparison
from thalweg.catalogue.api.item_changes import ItemChanges
from thalweg.catalogue.api.items import Items
from thalweg.catalogue.api.pages import FUNCTIONS, GEOJSON_TYPE, JSON_TYPE, QUERYABLES, SCHEMA_TYPE, SORTABLES
from thalweg.catalogue.api.probes import Probes
from thalweg.catalogue.api.queryables import Queryables
from thalweg.catalogue.api.search import Search
from thalweg.catalogue.api.serving import Serving
from thalweg.web.links import link

LANDING: dict[str, Any] = {"type": "Catalog", "id": "thalweg", "stac_version": "1.1.0", "stac_extensions": []}
"""What STAC adds to the members of a landing page."""
# What is asked most comes first: a router tries one after the other.
_FACES = (
    Search,
    Items,
    Collections,
    CollectionChanges,
    ItemChanges,
    Bulk,
    Queryables,
    Aggregations,
    Browsing,
    Probes,
    Comparison,
)


def faces(serving: Serving) -> Sequence[object]:
    """Return the faces of a root that is a STAC API."""
    return tuple(face(serving) for face in _FACES)


def landing_links(root: str) -> list[dict[str, Any]]:
    """Return what STAC adds to the links of a landing page."""
    return [
        link("data", f"{root}/collections", JSON_TYPE, "The Collections"),
        link("search", f"{root}/search", GEOJSON_TYPE, "Search Items", method="GET"),
        link("search", f"{root}/search", GEOJSON_TYPE, "Search Items by a body", method="POST"),
        link(QUERYABLES, f"{root}/queryables", SCHEMA_TYPE, "What Items can be asked for"),
        link(SORTABLES, f"{root}/sortables", SCHEMA_TYPE, "What Items can be sorted by"),
        link(FUNCTIONS, f"{root}/functions", JSON_TYPE, "The functions of filters"),
        link("aggregate", f"{root}/aggregate", JSON_TYPE, "Sums over Items", method="GET"),
        link("aggregate", f"{root}/aggregate", JSON_TYPE, "Sums over Items by a body", method="POST"),
        link("aggregations", f"{root}/aggregations", JSON_TYPE, "Which sums there are"),
    ]
