"""The OpenAPI document and the answers are in step: every operation that reads is asked, and answers as declared."""

import json
import re
from urllib.parse import urlencode

import jsonschema
import openapi_spec_validator
import pytest

FILLED = {
    "collection": "demo.images",
    "item": "olinda",
    "process": "water-mask",
    "tms": "WebMercatorQuad",
    "z": "12",
    "x": "1650",
    "y": "2139",
    "matrix": "12",
    "row": "2139",
    "column": "1650",
}
"""What the path parameters are filled with; the address without one of them is told by the failure."""
WANTED = {"from": "2020-01-01T00:00:00Z"}
"""What the query parameters are filled with that an operation demands."""


@pytest.fixture(scope="module")
def client(platform):
    with platform.client() as client:
        yield client


@pytest.fixture(scope="module")
def job(client):
    """Run a Job, so that there is one to be asked for."""
    body = {"inputs": {"image": "demo.images/olinda"}}
    client.post("/api/processes/water-mask/execution", json=body).raise_for_status()
    return client.get("/api/jobs").json()["jobs"][0]["jobID"]


@pytest.fixture(scope="module")
def snapshot(client):
    """Name a search, so that there is one to be asked for."""
    answer = client.post(
        "/api/snapshots", json={"title": "Olinda", "in": "demo", "search": {"collections": ["demo.images"]}}
    )
    return answer.raise_for_status().json()["id"]


@pytest.fixture(scope="module", params=["3.0", "3.1"])
def described(request, client):
    return client.get("/api/openapi", params={"f": request.param}).json()


def _address(path, operation, made):
    filled = {**FILLED, **made}
    for name in re.findall(r"\{(\w+)\}", path):
        allowed = next(one["schema"] for one in operation["parameters"] if one["name"] == name).get("enum")
        path = path.replace(f"{{{name}}}", str(allowed[0]) if allowed else filled[name])
    demanded = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query" and one.get("required")]
    return f"{path}?{urlencode({name: WANTED[name] for name in demanded})}" if demanded else path


def test_every_reading_operation_answers_as_it_is_declared(client, described, job, snapshot):
    asked, made = 0, {"job": job, "snapshot": snapshot}
    for path, operations in described["paths"].items():
        if "get" not in operations:
            continue
        operation = operations["get"]
        answer = client.get(described["servers"][0]["url"] + _address(path, operation, made))
        declared = operation["responses"].get(str(answer.status_code))
        assert answer.status_code < 400, (path, answer.text)
        assert declared is not None, (path, answer.status_code)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        assert kind in {name.partition(";")[0] for name in declared.get("content", {kind: {}})}, (path, kind)
        schema = declared.get("content", {}).get(kind, {}).get("schema", {})
        if kind.endswith("json") and described["openapi"].startswith("3.1"):
            jsonschema.validate(answer.json(), {**schema, "components": described["components"]})
        asked += 1
    assert asked > 20


def test_the_document_is_valid_and_needs_nothing_from_elsewhere(described):
    openapi_spec_validator.validate(described)
    references = re.findall(r'"\$ref": "([^"]*)"', json.dumps(described))
    assert references
    assert all(one.startswith("#/") for one in references)


def test_every_operation_is_described_for_people_and_programs(described):
    names = [one["operationId"] for operations in described["paths"].values() for one in operations.values()]
    assert len(set(names)) == len(names)
    for operations in described["paths"].values():
        for operation in operations.values():
            assert operation["summary"].endswith(".")
            assert operation["tags"]
