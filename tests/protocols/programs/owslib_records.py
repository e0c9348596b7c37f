"""OWSLib asks OGC API Records and tells what it saw: owslib_records.py RECORDS TOKEN CATALOGUE."""

import json
import sys

from owslib.ogcapi.records import Records

root, token, catalogue = sys.argv[1:]
records = Records(root, headers={"Authorization": f"Bearer {token}", "Content-Type": "application/geo+json"})
NEW = {
    "type": "Feature",
    "id": "by-owslib",
    "geometry": None,
    "time": None,
    "properties": {"type": "document", "title": "Made by OWSLib", "keywords": ["river"]},
    "links": [],
}


def ids(page):
    """Return the ids on a page."""
    return [feature["id"] for feature in page["features"]]


records.collection_item_create(catalogue, json.dumps(NEW))
made = records.collection_item(catalogue, "by-owslib")
changed = {**made, "properties": {**made["properties"], "title": "Replaced by OWSLib"}}
records.collection_item_update(catalogue, "by-owslib", json.dumps(changed))
first, second = [records.collection_items("all", limit=2, offset=offset, sortby="id") for offset in (0, 2)]
seen = {
    "conforms": records.conformance()["conformsTo"],
    "catalogues": records.records(),
    "catalogue": records.collection(catalogue)["id"],
    "operations": len(records.api()["paths"]),
    "made": made["properties"]["title"],
    "replaced": records.collection_item(catalogue, "by-owslib")["properties"]["title"],
    "words": ids(records.collection_items("all", q="owslib")),
    "services": ids(records.collection_items("all", type="service", limit=100)),
    "filtered": ids(records.collection_items("all", filter="type = 'document'", limit=100)),
    "first": ids(first),
    "second": ids(second),
    "matched": [first["numberMatched"], second["numberMatched"]],
    "queryables": sorted(records.collection_queryables("all")["properties"]),
}
records.collection_item_delete(catalogue, "by-owslib")
sys.stdout.write(json.dumps(seen) + "\n")
