"""stac-api-validator, in an environment of its own, against a running platform: no error in any class declared."""

import json
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[1] / "src/thalweg/catalogue/schemas"
CLASSES = {
    "core": "/core",
    "browseable": "/browseable",
    "children": "/children",
    "collections": "/collections",
    "features": "/ogcapi-features",
    "features#fields": "/ogcapi-features#fields",
    "features#query": "/ogcapi-features#query",
    "features#sort": "/ogcapi-features#sort",
    "filter": "/item-search#filter",
    "item-search": "/item-search",
    "item-search#fields": "/item-search#fields",
    "item-search#query": "/item-search#query",
    "item-search#sort": "/item-search#sort",
    "transaction": "/ogcapi-features/extensions/transaction",
}
"""How the validator calls the classes that it knows, and how their addresses end."""

STAC = "https://api.stacspec.org/"
COLLECTION = "demo.validated"
AREA = {"type": "Polygon", "coordinates": [[[20, 20], [21, 20], [21, 21], [20, 21], [20, 20]]]}
WRITTEN_BY_THE_VALIDATOR = "S2A_47XNF_20230423_0_L2A"


QUERIED = {
    "fields-nested-property": "properties.gsd",
    "query-comparison-field": "gsd",
    "query-eq-value": "12",
    "query-neq-value": "12",
    "query-lt-value": "14",
    "query-lte-value": "12",
    "query-gt-value": "12",
    "query-gte-value": "12",
    "query-substring-field": "mission",
    "query-starts-with-value": "sentinel",
    "query-ends-with-value": "-2",
    "query-contains-value": "tine",
    "query-in-field": "part",
    "query-in-values": "a,b",
}
"""What the validator is told of the Items, so that each of its questions finds some. It takes the value of a property
that is ``in`` others for a list, so that only a single letter is found."""


@pytest.fixture
def filled(platform):
    """Return a Collection of 30 Items, and the one that the validator begins by removing."""
    described = {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": COLLECTION,
        "title": "Validated",
        "description": "For the validator.",
        "license": "CC0-1.0",
        "keywords": ["test"],
        "extent": {"spatial": {"bbox": [[20, 20, 21, 21]]}, "temporal": {"interval": [["2024-01-01T00:00:00Z", None]]}},
        "summaries": {"gsd": {"minimum": 10, "maximum": 60}},
        # The validator writes a cloud cover as a text, which the extension's schema refuses with reason.
        "thalweg:validation": {"strictness": "core"},
        "links": [],
    }
    names = [f"item-{n:02}" for n in range(1, 31)] + [WRITTEN_BY_THE_VALIDATOR]
    address = f"/api/collections/{COLLECTION}"
    with platform.client() as client:
        client.post("/api/collections", json=described).raise_for_status()
        features = [an_item(name, 1 + day % 28) for day, name in enumerate(names)]
        client.post(f"{address}/items", json={"type": "FeatureCollection", "features": features}).raise_for_status()
        yield COLLECTION
        for name in names:
            client.delete(f"{address}/items/{name}")
        client.delete(address).raise_for_status()


def an_item(name, day):
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": name,
        "geometry": AREA,
        "bbox": [20, 20, 21, 21],
        "properties": {
            "datetime": f"2024-01-{day:02}T12:00:00Z",
            "title": name,
            "gsd": 10 + day % 7,
            "mission": ("sentinel-2", "landsat-8")[day % 2],
            "part": "ab"[day % 2],
            "eo:cloud_cover": day * 37 % 100,
        },
        "assets": {"thumbnail": {"href": "https://example.org/a.png", "type": "image/png", "roles": ["thumbnail"]}},
        "links": [],
    }


@pytest.fixture
def declared(platform):
    """Return the declared classes that the validator knows, by its names."""
    with platform.client() as client:
        kept = client.get("/api/conformance").json()["conformsTo"]
    return [name for name, end in CLASSES.items() if any(uri.startswith(STAC) and uri.endswith(end) for uri in kept)]


@pytest.mark.timeout(600)
@pytest.mark.peers
def test_no_error_in_any_class_declared(platform, installed, filled, declared):
    assert {"core", "collections", "features", "item-search", "transaction"} <= set(declared)
    command = [installed("validator") / "bin/stac-api-validator", "--root-url", f"{platform.url}/api/"]
    command += ["--collection", filled, "--transaction-collection", filled, "--geometry", json.dumps(AREA)]
    command += ["--auth-bearer-token", platform.admin_token]
    command += [part for name in declared for part in ("--conformance", name)]
    command += [part for name, value in QUERIED.items() for part in (f"--{name}", value)]
    mirror = {"PYTHONPATH": str(HERE / "schema_mirror"), "SCHEMA_MIRROR": str(SCHEMAS)}
    told = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **mirror}, check=False)
    assert "Errors: none" in told.stdout + told.stderr, (told.stdout + told.stderr)[-8000:]
    assert told.returncode == 0
