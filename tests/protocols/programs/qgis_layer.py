"""QGIS opens a Collection as a layer and tells what it sees: qgis_layer.py API COLLECTION WEST SOUTH EAST NORTH."""

import json
import os
import sys

from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer

root, collection, *box = sys.argv[1:]
application = QgsApplication([], GUIenabled=False)
application.initQgis()
layer = QgsVectorLayer(f"url='{root}' typename='{collection}' pageSize='50'", collection, "OAPIF")
rectangle = QgsRectangle(*map(float, box))


def ids(**narrowing):
    """Return the ids of the features that a request finds, sorted."""
    request = QgsFeatureRequest()
    if "box" in narrowing:
        request.setFilterRect(narrowing["box"])
    if "expression" in narrowing:
        request.setFilterExpression(narrowing["expression"])
    return sorted(feature["id"] for feature in layer.getFeatures(request))


seen = {
    "valid": layer.isValid(),
    "error": layer.error().message(),
    "crs": layer.crs().authid(),
    "fields": {field.name(): field.typeName() for field in layer.fields()},
    "in_box": ids(box=rectangle),
    "all": ids(),
    "coarse": ids(expression='"gsd" > 14'),
    "count": layer.featureCount(),
    "first": {
        feature["id"]: [feature["title"], feature["gsd"], *feature.geometry().boundingBox().toString(1).split(" : ")]
        for feature in layer.getFeatures(QgsFeatureRequest().setFilterExpression("\"id\" = 'w0000'"))
    },
}
sys.stdout.write(json.dumps(seen) + "\n")
sys.stdout.flush()
os._exit(0)  # what QGIS holds is not let go in an order that it survives
