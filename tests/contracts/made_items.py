"""Small Items and Collections for tests, valid unless told otherwise."""

import time
from dataclasses import replace
from datetime import UTC, timedelta
from datetime import datetime as moment

from thalweg.catalogue.limits import Limits
from thalweg.catalogue.validation import Validator
from thalweg.core.events import Event
from thalweg.core.principals import Visibility

PUBLIC = "public/anyone"
SECRET = "secret/owner"
EVERYBODY = Visibility(frozenset({PUBLIC}))
OWNER = Visibility(frozenset({PUBLIC, SECRET}))
VALIDATOR = Validator(lambda href, parameter: None, Limits())  # noqa: ARG005 - an open guard


def a_box(west, south, east, north):
    """Return a box as GeoJSON; one that crosses the antimeridian as one ring that jumps from 180 to -180."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def an_item(item_id, collection="swot", box=(10, 10, 11, 11), datetime="2024-05-01T00:00:00Z", **more):
    """Return an Item as a document; ``more`` are members of it, or properties where they have a colon or underscore."""
    geometry = more.pop("geometry", a_box(*box) if box else None)
    item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": item_id,
        "collection": collection,
        "geometry": geometry,
        "properties": {"datetime": datetime, **more.pop("properties", {})},
        "assets": {"data": {"href": "https://example.org/data.tif", "type": "image/tiff; application=geotiff"}},
        "links": [],
        **more,
    }
    if box is not None:
        item.setdefault("bbox", list(box))
    return item


def a_collection(collection="swot", **more):
    """Return a Collection as a document."""
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": collection,
        "description": "For tests.",
        "license": "CC0-1.0",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        "links": [],
        **more,
    }


def new(*documents, visibility_class=PUBLIC):
    """Return documents as a store takes them."""
    return [VALIDATOR.item(document, visibility_class) for document in documents]


def with_nul(made):
    """Return a document with the character NUL where it has U+E000: no validator lets it through any longer."""
    more = {"document": None} if hasattr(made, "document") else {}
    return replace(made, body=made.body.replace("\ue000".encode(), b"\\u0000"), **more)


def events_of(items, kind="item.registered"):
    """Return one event for each Item."""
    return [Event(kind, f"{one.collection}/{one.id}", one.visibility_class) for one in items]


def register(store, *documents, visibility_class=PUBLIC):
    """Register documents with their events."""
    items = new(*documents, visibility_class=visibility_class)
    return store.register(items, events_of(items))


def found(page):
    """Return what a page holds: Collection and id of each Item."""
    return [(item.collection, item.id) for item in page.found]


def ids(page):
    """Return the ids that a page holds."""
    return [one.id for one in page.found]


def after_now():
    """Return the end of this millisecond, once it is over: a moment as of which a store is asked."""
    now = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == now:
        pass
    return moment(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now, microseconds=999)
