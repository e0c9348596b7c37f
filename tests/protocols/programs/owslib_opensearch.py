"""OWSLib searches by OpenSearch and tells what it saw: … ADDRESS COLLECTION WEST,SOUTH,EAST,NORTH."""

import json
import sys

from owslib.opensearch import OpenSearch

address, collection, box = sys.argv[1:]
ATOM, GEOJSON = "application/atom+xml", "application/geo+json"
everything = OpenSearch(address)
within = OpenSearch(f"{address}/collections/{collection}")


def ids(page):
    """Return the ids on a page."""
    return [feature["properties"]["identifier"].rpartition(":")[2] for feature in page["features"]]


pages = [within.search(GEOJSON, count="50", startIndex=str(start)) for start in (1, 51, 101)]
seen = {
    "name": everything.description.shortname,
    "kinds": sorted(everything.description.urls),
    "collection": within.description.longname,
    "platforms": within.description.urls[ATOM]["parameters"]["platform"]["options"],
    "total": within.search(GEOJSON, count="1")["properties"]["totalResults"],
    "all": [one for page in pages for one in ids(page)],
    "in_box": ids(within.search(GEOJSON, bbox=box, count="100")),
    "in_time": ids(within.search(GEOJSON, start="2024-01-01", end="2024-01-04", count="100")),
    "by_platform": ids(within.search(GEOJSON, platform="swot", count="100")),
    "by_cloud": ids(within.search(GEOJSON, cloudCover="[90,100]", count="100")),
    "by_words": ids(everything.search(GEOJSON, q="scene north", parentIdentifier=collection, count="100")),
}
sys.stdout.write(json.dumps(seen) + "\n")
