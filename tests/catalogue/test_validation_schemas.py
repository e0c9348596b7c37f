"""The schemas that are carried here: whole, with their sources, and in agreement with what others publish."""

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

import jsonschema
import orjson
import pytest
from made_items import a_collection, an_item

from thalweg.catalogue import jsonschemas, vendored
from thalweg.catalogue.documents import own_links
from thalweg.core.errors import InvalidParameter

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "thalweg"
FOLDER = files("thalweg.catalogue").joinpath("schemas")
WRONG = {
    "altimetry 0.1.0": {"altm:instrument_type": 5},
    "datacube 2.2.0": {"cube:dimensions": {"x": {"type": "spatial", "axis": "up"}}},
    "eo 1.0.0": {"eo:cloud_cover": 101},
    "eo 1.1.0": {"eo:snow_cover": -1},
    "eo 2.0.0": {"eo:cloud_cover": 101},
    "grid 1.1.0": {"grid:code": "MGRS"},
    "mgrs 1.0.0": {"mgrs:utm_zone": "x"},
    "processing 1.2.0": {"processing:level": 1},
    "projection 1.0.0": {"proj:epsg": "4326"},
    "projection 1.1.0": {"proj:epsg": "4326"},
    "projection 2.0.0": {"proj:code": 4326},
    "product 1.0.0": {"product:type": ""},
    "sar 1.3.0": {"sar:frequency_band": "Z"},
    "sat 1.0.0": {"sat:orbit_state": "up"},
    "sat 1.1.0": {"sat:orbit_state": "up"},
    "scientific 1.0.0": {"sci:doi": "x"},
    "table 1.2.0": {"table:columns": [{"type": "int"}]},
    "timestamps 1.1.0": {"published": "yesterday"},
    "version 1.2.0": {"deprecated": "no"},
    "view 1.0.0": {"view:off_nadir": 91},
    "view 1.1.0": {"view:off_nadir": 91},
}


def test_the_manifest_speaks_of_each_file_and_of_no_other():
    entries = {entry["address"]: entry for entry in vendored.manifest()}
    there = {f"https://{name}" for name in _names(FOLDER, "")} - {"https://MANIFEST.json"}
    assert set(entries) == there
    for address, entry in entries.items():
        body = FOLDER.joinpath(*address.removeprefix("https://").split("/")).read_bytes()
        assert hashlib.sha256(body).hexdigest() == entry["sha256"]
        assert entry["licence"]
        assert entry["source"]


def _names(folder, prefix):
    for child in folder.iterdir():
        yield from _names(child, f"{prefix}{child.name}/") if child.is_dir() else [f"{prefix}{child.name}"]


def test_every_schema_compiles_without_a_network_and_refuses_what_is_no_stac():
    assert len(vendored.extensions()) == 35
    for kind in ("Feature", "Collection", "Catalog"):
        for version in vendored.VERSIONS:
            assert not vendored.compiled(vendored.core(kind, version)).is_valid({})
    for extension in vendored.extensions():
        assert not vendored.compiled(extension).is_valid({}), extension
        assert not vendored.compiled(extension).is_valid(5), extension


@pytest.mark.parametrize("name", sorted(WRONG))
def test_an_extension_refuses_its_own_member_where_it_is_wrong(name):
    (address,) = [one for one in vendored.extensions() if vendored.name_of(one) == name]
    document = an_item("S1", properties=WRONG[name], stac_extensions=[address])
    document["links"] = [{"rel": "collection", "href": "./c"}]
    with pytest.raises(InvalidParameter) as refused:
        jsonschemas.check("Feature", document)
    wanted = next(iter(WRONG[name]))
    told = [fault for fault in refused.value.faults if fault.parameter.startswith(f"properties.{wanted}")]
    assert told, refused.value.faults
    assert told[0].why.endswith(f"({name})")


def test_real_items_and_collections_pass_all_that_they_name(real_data, validator):
    checked = set()
    for file in sorted((real_data / "stac").glob("*.ndjson")):
        for line in file.read_bytes().splitlines()[:40]:
            document = orjson.loads(line)
            validator.item(document, "public/anyone")
            checked |= set(document["stac_extensions"]) & vendored.extensions()
    for file in (real_data / "stac").glob("collection-*.json"):
        assert validator.collection(orjson.loads(file.read_bytes()), "public/anyone")
    assert {vendored.name_of(one) for one in checked} >= {"eo 1.0.0", "projection 1.0.0", "sar 1.0.0", "sat 1.0.0"}


def test_the_schemas_agree_with_pystacs_own_checks(real_data):
    from referencing import Registry, Resource  # noqa: PLC0415 - comes with jsonschema

    known = [(entry["address"], _resource(Resource, entry["address"])) for entry in vendored.manifest()]
    meta = "https://json-schema.org/draft-07/schema.json"
    registry = Registry().with_resources([*known, (vendored._META, _resource(Resource, meta))])
    lines = (real_data / "stac" / "sentinel-1-rtc-12SYJ-258.ndjson").read_bytes().splitlines()[:2]
    for document in (orjson.loads(line) for line in lines):
        document["links"] = [*own_links(document), {"rel": "collection", "href": "./c"}]
        wrong = {**document, "properties": {**document["properties"], "sar:polarizations": ["XX"]}}
        for address in jsonschemas.schemas_of("Feature", document, extended=True):
            other = jsonschema.Draft7Validator({"$ref": address}, registry=registry)
            for one in (document, wrong, {}):
                assert other.is_valid(one) == vendored.compiled(address).is_valid(one), address


def _resource(kind, address):
    return kind.from_contents(json.loads(FOLDER.joinpath(*address.removeprefix("https://").split("/")).read_bytes()))


def test_what_is_not_carried_is_passed_and_named(validator):
    named = ["https://example.org/unknown/schema.json", "file:///etc/passwd", vendored.core("Feature", "1.1.0")]
    document = an_item("S1", stac_extensions=named)
    assert validator.item(document, "public/anyone")
    assert jsonschemas.unchecked(document) == tuple(named)


def test_what_our_own_items_name_is_carried_or_told_to_be_missing():
    written = [file.read_text() for block in ("harvest", "hydrology") for file in (SOURCE / block).rglob("*.py")]
    address = re.compile(r'(?:"|github\.io/)([a-z0-9-]+/v\d[\d.]*)(?:"|/schema)')
    named = {one for text in written for one in address.findall(text)}
    assert len(named) > 10
    carried = {one.rpartition("/")[0].split("/", 3)[3] for one in vendored.extensions()}
    missing = {"classification/v1.1.0", "sentinel-2/v1.0.0"}
    assert named - carried == missing
    told = (REPOSITORY / "docs" / "reference" / "validation.md").read_text().partition("No package of a registry")[2]
    for extension, version in (one.split("/v") for one in missing):
        assert re.search(rf"^\| {extension} \| [^|]*{re.escape(version)}\b", told, re.MULTILINE)


def test_a_document_that_brings_its_own_schema_is_only_a_document(validator):
    reference = {
        "$ref": "file:///etc/passwd",
        "$schema": "http://127.0.0.1:1/",
        "$id": vendored.core("Feature", "1.1.0"),
    }
    assert validator.item(an_item("S1", properties={"a": reference}, **reference), "public/anyone")
    collection = a_collection(summaries={"gsd": {"$ref": "http://127.0.0.1:1/schema.json"}, "x": {"type": "number"}})
    assert validator.collection(collection, "public/anyone")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "more",
    [
        {"properties": {"gsd": "x" * 90_000}},
        {"properties": {"x" * 90_000: 5, "gsd": "x"}},
        {"stac_extensions": ["https://example.org/"] * 4_000},
        {"stac_extensions": [[]] * 30_000},
        {"assets": {f"a{number}": number for number in range(7_000)}},
        {"links": [{"rel": 5}] * 7_000},
        {"properties": {"bands": [{"name": 5, "gsd": "x", "eo:common_name": 5}] * 1_500}},
        {"properties": {"datetime": "9" * 90_000}},
        {"properties": {"created": "(" * 90_000}},
    ],
)
def test_a_document_made_to_be_long_in_judging_is_refused_soon_and_in_few_words(validator, more):
    more.setdefault("properties", {}).setdefault("gsd", "x")
    with pytest.raises(InvalidParameter) as refused:
        validator.item(an_item("S1", **more), "public/anyone")
    assert len(refused.value.faults) <= 101
    assert all(len(str(fault)) < 700 for fault in refused.value.faults)
