"""OWSLib asks OGC API Features and tells what it saw: owslib_features.py API TOKEN COLLECTION WEST SOUTH EAST NORTH."""

import json
import sys

from owslib.ogcapi.features import Features

root, token, collection, *box = sys.argv[1:]
# It sends XML unless it is told otherwise.
features = Features(root, headers={"Authorization": f"Bearer {token}", "Content-Type": "application/geo+json"})


def ids(page):
    """Return the ids on a page."""
    return [feature["id"] for feature in page["features"]]


first = features.collection_items(collection, limit=5)
item = features.collection_item(collection, first["features"][0]["id"])
new = {**item, "id": "by-owslib"}
features.collection_item_create(collection, json.dumps(new))
made = features.collection_item(collection, "by-owslib")
new = {**new, "properties": {**new["properties"], "title": "Replaced by OWSLib"}}
features.collection_item_update(collection, "by-owslib", json.dumps(new))
replaced = features.collection_item(collection, "by-owslib")
features.collection_item_delete(collection, "by-owslib")
seen = {
    "conforms": features.conformance()["conformsTo"],
    "collections": [one["id"] for one in features.collections()["collections"]],
    "of_features": features.feature_collections(),
    "collection": features.collection(collection)["id"],
    "operations": len(features.api()["paths"]),
    "first": ids(first),
    "in_box": ids(features.collection_items(collection, bbox=[float(one) for one in box], limit=1000)),
    "in_time": ids(features.collection_items(collection, datetime_="2024-01-01T00:00:00Z/2024-01-05T00:00:00Z")),
    "made": made["properties"]["title"] == item["properties"]["title"],
    "replaced": replaced["properties"]["title"],
    "queryables": sorted(features.collection_queryables(collection)["properties"]),
    "filtered": ids(features.collection_items(collection, filter="gsd > 14", limit=1000)),
}
sys.stdout.write(json.dumps(seen) + "\n")
