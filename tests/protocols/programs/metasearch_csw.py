"""Searches a CSW as the dialog of QGIS's MetaSearch does: arguments are the service's address, words, and a box."""

import json
import sys

sys.path += ["/usr/share/qgis/python", "/usr/share/qgis/python/plugins"]

from MetaSearch.util import StaticContext, normalize_text, render_template
from owslib.csw import CatalogueServiceWeb
from owslib.fes import BBox, PropertyIsLike

ADDRESS, WORDS, WEST, SOUTH, EAST, NORTH = sys.argv[1:]
catalog = CatalogueServiceWeb(ADDRESS, timeout=10, username=None, password=None)
service = render_template("en", StaticContext(), catalog, "service_metadata.html")
# The box goes as text, as the fields of the dialog have it.
constraints = [
    BBox([SOUTH, WEST, NORTH, EAST], crs="urn:ogc:def:crs:EPSG::4326"),
    PropertyIsLike("csw:AnyText", WORDS),
]
catalog.getrecords2(constraints=[constraints], maxrecords=10, esn="full")
found = {key: normalize_text(one.title) for key, one in catalog.records.items()}
boxes = {key: [one.bbox.minx, one.bbox.miny, one.bbox.maxx, one.bbox.maxy] for key, one in catalog.records.items()}
links = {key: [one["url"] for one in record.uris + record.references] for key, record in catalog.records.items()}
catalog.getrecords2(maxrecords=4, esn="full")
first, matched = list(catalog.records), catalog.results["matches"]
catalog.getrecords2(maxrecords=4, startposition=5, esn="full")
second = list(catalog.records)
one = next(iter(found))
shown = CatalogueServiceWeb(ADDRESS, timeout=10)
shown.getrecordbyid([one])
record = shown.records[one]
record.xml_url = shown.request
page = render_template("en", StaticContext(), record, "record_metadata_dc.html")
told = {
    "service": service,
    "found": found,
    "boxes": boxes,
    "links": links,
    "first": first,
    "second": second,
    "matched": matched,
    "page": page,
}
sys.stdout.write(json.dumps(told))
