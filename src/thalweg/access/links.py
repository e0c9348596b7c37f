"""What the renderer adds to an Item's links, for the catalogue to serve."""

from typing import Any

from thalweg.access.assets import best, is_local
from thalweg.core.items import Document

TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map"


def picture_links(document: Document, address: str) -> list[dict[str, Any]]:
    """Return the links to an Item's pictures; none where it has no raster among the platform's files.

    Args:
        document: the Item as it is stored, its local hrefs still root-relative.
        address: of the Item, absolute: ``…/collections/{collection}/items/{item}``.
    """
    assets = document.get("assets") or {}
    key = best(assets)
    if key is None or not is_local(assets[key]):
        return []
    return [
        _link("tilejson", f"{address}/tilejson.json", "application/json", "TileJSON"),
        _link("xyz", f"{address}/xyz/{{z}}/{{x}}/{{y}}.png", "image/png", "Map tiles") | {"templated": True},
        _link(TILESETS, f"{address}/map/tiles", "application/json", "Tilesets"),
        _link("preview", f"{address}/preview.png", "image/png", "Preview"),
        _link("thumbnail", f"{address}/thumbnail.jpg", "image/jpeg", "Thumbnail"),
    ]


def _link(rel: str, href: str, media_type: str, title: str) -> dict[str, Any]:
    return {"rel": rel, "href": href, "type": media_type, "title": title}
