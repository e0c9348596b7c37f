"""One JSON document that stands on many lines is one or several Items; what holds none leaves nothing behind."""

import json

import pytest
from people import ADA

from thalweg.core.errors import InvalidParameter, NotFound, TooLarge
from thalweg.harvest.chunks import Load
from thalweg.harvest.ingest import Ingest
from thalweg.harvest.readers.installed import Readers
from thalweg.harvest.sources import documents
from thalweg.harvest.sources.documents import Documents
from thalweg.harvest.sources.ndjson import Ndjson
from thalweg.harvest.sources.opening import bulk

COLLECTION = "lab.bulk"


def an_item(n):
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": f"item-{n}",
        "geometry": {"type": "Point", "coordinates": [n, 10]},
        "bbox": [n, 10, n, 10],
        "properties": {"datetime": "2024-01-01T00:00:00Z"},
        "links": [],
        "assets": {},
    }


@pytest.fixture
def load(platform, tmp_path):
    def loaded(name, text):
        (tmp_path / name).write_text(text)
        ingest = Ingest(platform.files, platform.catalogue, platform.workspaces, Readers(list))
        return list(ingest.load(bulk(tmp_path / name), Load("lab", COLLECTION), ADA))[-1]

    return loaded


@pytest.mark.parametrize(("number", "indent"), [(1, 2), (3, 2), (3, None)])
def test_a_document_on_many_lines_is_taken_as_one(load, left_behind, number, indent):
    items = [an_item(n) for n in range(number)]
    document = items[0] if number == 1 else {"type": "FeatureCollection", "features": [*items, 7]}
    progress = load("items.geojson", "\n" + json.dumps(document, indent=indent))
    assert progress.at.registered == number
    assert progress.reasons == (() if number == 1 else (("document: is no JSON object", 1),))
    assert progress.extent == progress.at.done == progress.documents
    assert sorted(left_behind()[0]) == [one["id"] for one in items]


def test_which_of_both_a_file_is_its_first_line_tells(tmp_path):
    def kind(name, text):
        (tmp_path / name).write_text(text)
        return type(bulk(tmp_path / name))

    line = json.dumps(an_item(1))
    many = json.dumps({"type": "FeatureCollection", "features": []})
    assert kind("a.json", f"{line}\n{line}\n") is Ndjson
    assert kind("a.json", f"{many}\n{line}\n") is Ndjson
    assert kind("a.json", many) is Documents
    assert kind("a.json", "{\n}") is Documents
    assert kind("a.ndjson", "{\n}") is Ndjson
    assert kind("a.json", "") is Ndjson


def test_a_document_that_cannot_be_read_is_refused_as_a_whole(load, monkeypatch):
    with pytest.raises(InvalidParameter, match="neither one JSON document nor one a line"):
        load("items.json", '{"type":\n"Feature"')
    monkeypatch.setattr(documents, "LARGEST", 1000)
    with pytest.raises(TooLarge, match="one Item a line"):
        load("items.json", json.dumps(an_item(1) | {"x": "x" * 1000}, indent=2))


def test_a_load_of_no_item_makes_no_collection(load, platform):
    progress = load("items.ndjson", json.dumps(an_item(1), indent=2))
    assert progress.at.registered == 0
    assert progress.at.refused > 20
    assert progress.reasons[0][0].startswith("document: is no JSON")
    with pytest.raises(NotFound):
        platform.catalogue.collection(COLLECTION, ADA)
    assert load("items.ndjson", json.dumps(an_item(1))).at.registered == 1
    assert platform.catalogue.collection(COLLECTION, ADA).id == COLLECTION
