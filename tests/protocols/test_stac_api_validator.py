"""stac-api-validator, in an environment of its own, against a running platform: no error in any class declared."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[1] / "src/thalweg/catalogue/schemas"
VALIDATOR = "stac-api-validator==0.6.8"
CLASSES = ("core", "collections", "features", "item-search", "transaction")
COLLECTION = "demo.validated"
AREA = {"type": "Polygon", "coordinates": [[[20, 20], [21, 20], [21, 21], [20, 21], [20, 20]]]}
WRITTEN_BY_THE_VALIDATOR = "S2A_47XNF_20230423_0_L2A"


@pytest.fixture(scope="session")
def validator(tmp_path_factory):
    """Return the program; its dependencies and ours do not go together."""
    folder = tmp_path_factory.mktemp("validator")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    command = [str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", VALIDATOR]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"needs {VALIDATOR} from PyPI: {made.stderr.strip()[-200:]}")
    return folder / "bin/stac-api-validator"


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
        "properties": {"datetime": f"2024-01-{day:02}T12:00:00Z", "title": name},
        "assets": {"thumbnail": {"href": "https://example.org/a.png", "type": "image/png", "roles": ["thumbnail"]}},
        "links": [],
    }


@pytest.mark.timeout(600)
@pytest.mark.peers
def test_no_error_in_any_class_declared(platform, validator, filled):
    command = [str(validator), "--root-url", f"{platform.url}/api/", "--collection", filled]
    command += ["--transaction-collection", filled, "--geometry", json.dumps(AREA)]
    command += ["--auth-bearer-token", platform.admin_token]
    command += [part for name in CLASSES for part in ("--conformance", name)]
    mirror = {"PYTHONPATH": str(HERE / "schema_mirror"), "SCHEMA_MIRROR": str(SCHEMAS)}
    told = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **mirror}, check=False)
    assert "Errors: none" in told.stdout + told.stderr, (told.stdout + told.stderr)[-8000:]
    assert told.returncode == 0
