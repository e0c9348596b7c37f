"""Files are judged without being registered: each fault by its line and column."""

import io
import json

import orjson
import pytest
import stac_geoparquet.arrow
from hypothesis import given, settings
from hypothesis import strategies as st
from made_items import a_collection, an_item

from thalweg.app.validating import validate_files
from thalweg.catalogue.inspection import Inspector
from thalweg.catalogue.json_places import Place, places, repeated
from thalweg.core.errors import InvalidParameter

CLOUDY = an_item("S1", properties={"gsd": "ten"})


def inspected(validator, text, **more):
    return list(Inspector(validator).inspect(io.BytesIO(text if isinstance(text, bytes) else text.encode()), **more))


def told(findings):
    return [(one.id, one.line, [fault.parameter for fault in one.faults]) for one in findings]


def test_a_document_a_collection_and_a_catalog_are_known_by_their_type(validator):
    catalog = {"type": "Catalog", "stac_version": "1.1.0", "id": "c", "description": "x", "links": []}
    for document in (an_item("S1"), a_collection(), catalog):
        for text in (json.dumps(document), json.dumps(document, indent=2)):
            (finding,) = inspected(validator, text)
            assert (finding.kind, finding.faults) == (document["type"], ())
    (finding,) = inspected(validator, json.dumps({**catalog, "description": 5}))
    assert [fault.parameter for fault in finding.faults] == ["description"]


def test_what_a_static_catalogue_leaves_out_is_no_fault(validator):
    document = an_item("S1", assets={"a": {"href": "./a.tif"}, "b": {"href": "../b.tif"}})
    del document["collection"]
    assert inspected(validator, json.dumps(document))[0].faults == ()
    for href in ("/etc/passwd", "file:///etc/passwd", "http://10.0.0.1/a.tif", "javascript:x"):
        document["assets"]["b"]["href"] = href
        (finding,) = inspected(validator, json.dumps(document))
        assert [fault.parameter for fault in finding.faults] == ["assets.b.href"]


def test_lines_are_told_of_one_document_a_line(validator):
    lines = [json.dumps(an_item("S0")), "", json.dumps(CLOUDY), "{", "[]", json.dumps({"type": "Other", "id": "o"})]
    findings = inspected(validator, "\n".join(lines))
    assert told(findings) == [
        ("S0", 1, []),
        ("S1", 3, ["properties.gsd"]),
        ("", 4, ["document"]),
        ("", 5, ["document"]),
        ("o", 6, ["type"]),
    ]
    assert findings[1].places == (Place(3, lines[2].index('"ten"') + 1),)
    assert told(inspected(validator, "{\n" + lines[2], by_line=True)) == [
        ("", 1, ["document"]),
        ("S1", 2, ["properties.gsd"]),
    ]


def test_members_of_an_item_collection_are_told_by_their_own_line(validator):
    together = {"type": "FeatureCollection", "features": [an_item("S0"), CLOUDY, 5]}
    text = json.dumps(together, indent=1)
    good, wrong, none = inspected(validator, text)
    assert (good.faults, none.faults[0].parameter) == ((), "document")
    lines = text.splitlines()
    (place,) = wrong.places
    assert lines[place.line - 1][place.column - 1 :].startswith('"ten"')
    assert lines[none.places[0].line - 1].strip() == "5"


def test_a_member_that_is_there_twice_is_told(validator):
    text = json.dumps(an_item("S1")).replace('"id": "S1"', '"id": "S0", "id": "S1"')
    (finding,) = inspected(validator, text)
    assert [str(fault) for fault in finding.faults] == ["id: is there twice; readers of JSON keep the last"]


@pytest.mark.parametrize("text", ["", " ", "{", "[" * 5_000, "NaN", "nul", b"\xff\xfe", '"a"', "5", '{"type": 5}'])
def test_what_is_no_document_is_told_and_breaks_nothing(validator, text):
    findings = inspected(validator, text)
    assert all(finding.faults for finding in findings)
    assert len(findings) <= 1


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="."), min_size=1, max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(document=JSON, indent=st.sampled_from([None, 1, 3]), plain=st.booleans())
def test_every_member_is_found_where_it_is_written(document, indent, plain):
    text = json.dumps(document, indent=indent, ensure_ascii=plain)
    members = dict(_members(document, ""))
    lines = text.splitlines() if plain else text.split("\n")
    for path, place in places(text.encode(), members.keys()).items():
        rest = "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == members[path]
    assert repeated(text.encode()) == []


def _members(value, path):
    yield path, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inside:
        yield from _members(part, f"{path}.{name}" if path else str(name))


def test_the_command_tells_each_fault_and_ends_with_one(tmp_path, capsys, monkeypatch):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "item.json").write_text(json.dumps(CLOUDY, indent=2))
    (tmp_path / "items.ndjson").write_text(json.dumps(an_item("S2", stac_extensions=["https://example.org/x"])))
    (tmp_path / "notes.txt").write_text("no STAC")
    assert validate_files([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert 'properties.gsd: "ten" is not a number (STAC 1.1.0)' in out
    assert "2 documents in 2 files: 1 valid, 1 wrong" in out
    assert "not checked https://example.org/x" in out
    assert validate_files([str(tmp_path)], as_json=True) == 1
    fault, summary = map(orjson.loads, capsys.readouterr().out.splitlines())
    assert (fault["id"], fault["parameter"], summary["wrong"]) == ("S1", "properties.gsd", 1)
    assert validate_files([str(tmp_path)], strictness="off") == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(CLOUDY).encode())))
    assert validate_files(["-"]) == 1


def test_the_command_judges_by_rules_and_by_a_collection(tmp_path, capsys):
    rules = {"strictness": "core", "rules": [{"rule": "fine", "filter": "gsd < 5"}]}
    for name, document in (
        ("item.json", an_item("S1", properties={"gsd": 10})),
        ("rules.json", rules),
        ("collection.json", a_collection(**{"thalweg:validation": rules})),
        ("wrong.json", {"rules": [{"rule": "x", "filter": "gsd <"}]}),
    ):
        (tmp_path / name).write_text(json.dumps(document))
    item = [str(tmp_path / "item.json")]
    assert validate_files(item) == 0
    assert validate_files(item, rules=tmp_path / "rules.json") == 1
    assert validate_files(item, collection=tmp_path / "collection.json") == 1
    assert "properties.gsd: must match gsd < 5 (rule fine)" in capsys.readouterr().out
    with pytest.raises(InvalidParameter, match=r"rules\.rules\.0\.filter"):
        validate_files(item, rules=tmp_path / "wrong.json")
    with pytest.raises(InvalidParameter, match="neither a file nor a folder"):
        validate_files([str(tmp_path / "missing.json")])


def test_the_command_tells_the_row_of_a_parquet_file(tmp_path, capsys):
    items = [an_item(f"S{n}", properties={"gsd": 0 if n == 3 else 10}) for n in range(1, 6)]
    whole = tmp_path / "items.parquet"
    stac_geoparquet.arrow.to_parquet(stac_geoparquet.arrow.parse_stac_items_to_arrow(items), whole)
    assert validate_files([str(tmp_path)]) == 1
    told, sums = capsys.readouterr().out.splitlines()
    assert told == f"{whole} row 3 S3 properties.gsd: 0 is less than or equal to the minimum of 0 (STAC 1.1.0)"
    assert sums == "5 documents in 1 file: 4 valid, 1 wrong, with 1 fault"
    assert validate_files([str(whole)], as_json=True) == 1
    fault, summary = map(orjson.loads, capsys.readouterr().out.splitlines())
    assert {name: fault.get(name) for name in ("row", "id", "parameter", "line")} == {
        "row": 3,
        "id": "S3",
        "parameter": "properties.gsd",
        "line": None,
    }
    assert summary["documents"] == 5


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"PAR1", "is broken or cut short"), (b"{}", "is no Parquet"), (b"", "is no Parquet")],
)
def test_what_is_no_parquet_is_told_and_the_next_file_is_read(tmp_path, capsys, content, told):
    (tmp_path / "a.parquet").write_bytes(content)
    (tmp_path / "b.json").write_text(json.dumps(an_item("S1")))
    assert validate_files([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert f"{tmp_path / 'a.parquet'} row 1 document: " in out
    assert told in out
    assert "2 documents in 2 files: 1 valid, 1 wrong" in out
