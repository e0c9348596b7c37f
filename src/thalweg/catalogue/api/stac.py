"""The STAC API, and OGC API Features on the same routes, over one catalogue."""

from collections.abc import Sequence
from typing import Any

from thalweg.catalogue.api.collections import Collections
from thalweg.catalogue.api.items import Items
from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE
from thalweg.catalogue.api.search import Search
from thalweg.catalogue.api.serving import Serving
from thalweg.web.links import link

LANDING: dict[str, Any] = {"type": "Catalog", "id": "thalweg", "stac_version": "1.1.0", "stac_extensions": []}
"""What STAC adds to the members of a landing page."""


def faces(serving: Serving) -> Sequence[object]:
    """Return the faces of a root that is a STAC API."""
    return (Collections(serving), Items(serving), Search(serving))


def landing_links(root: str) -> list[dict[str, Any]]:
    """Return what STAC adds to the links of a landing page."""
    return [
        link("data", f"{root}/collections", JSON_TYPE, "The Collections"),
        link("search", f"{root}/search", GEOJSON_TYPE, "Search Items", method="GET"),
        link("search", f"{root}/search", GEOJSON_TYPE, "Search Items by a body", method="POST"),
    ]
