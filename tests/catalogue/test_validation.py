"""What the catalogue keeps is valid; what is not is refused by the member's name."""

import copy
import math

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_items import PUBLIC, VALIDATOR, a_box, a_collection, an_item

from thalweg.catalogue import vendored
from thalweg.catalogue.documents import localised, merged, served, stored
from thalweg.catalogue.footprints import shape_of
from thalweg.catalogue.limits import Limits
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.guard.outbound import Outbound

EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"
PROJECTION = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"


def changed(document, path, value):
    """Return the document with one member changed, or taken away where the value is ``...``."""
    result = copy.deepcopy(document)
    *parents, last = path.split(".")
    place = result
    for name in parents:
        place = place[int(name) if isinstance(place, list) else name]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return result


def refusal(check, document):
    with pytest.raises(InvalidParameter) as refused:
        check(document, "public/anyone")
    assert len(str(refused.value)) < 400
    return refused.value.parameter


@pytest.mark.parametrize(
    ("path", "value", "parameter"),
    [
        ("type", "Thing", "type"),
        ("stac_version", "0.9.0", "stac_version"),
        ("stac_version", ..., "stac_version"),
        ("stac_version", 1.1, "stac_version"),
        ("stac_extensions", "x", "stac_extensions"),
        ("id", ..., "id"),
        ("id", 5, "id"),
        ("id", "", "id"),
        ("id", "a/b", "id"),
        ("id", "a,b", "id"),
        ("id", "..", "id"),
        ("id", "a\nb", "id"),
        ("id", "x" * 257, "id"),
        ("collection", ..., "collection"),
        ("geometry", ..., "geometry"),
        ("geometry", 5, "geometry"),
        ("geometry", {"type": "Polygon", "coordinates": [[1, 2]]}, "geometry"),
        ("geometry", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1]]]}, "geometry"),
        ("geometry", {"type": "Point", "coordinates": [200, 0]}, "geometry"),
        ("geometry", {"type": "Point", "coordinates": ["1", 0]}, "geometry"),
        ("geometry", {"type": "GeometryCollection", "geometries": [a_box(10, 10, 11, 11)]}, "geometry"),
        ("geometry", {"type": "LineString", "coordinates": [[10, 10]]}, "geometry"),
        ("bbox", ..., "bbox"),
        ("bbox", [1, 2, 3], "bbox"),
        ("bbox", [10, 10, 11, "11"], "bbox"),
        ("bbox", [10, 11, 11, 10], "bbox"),
        ("bbox", [10, 10, 10.5, 11], "bbox"),
        ("bbox", [20, 20, 21, 21], "bbox"),
        ("properties", ..., "properties"),
        ("properties", [], "properties"),
        ("properties.datetime", ..., "properties.datetime"),
        ("properties.datetime", None, "properties.datetime"),
        ("properties.datetime", "yesterday", "properties.datetime"),
        ("properties.datetime", "2024-02-30T00:00:00Z", "properties.datetime"),
        ("properties.datetime", 5, "properties.datetime"),
        ("properties.gsd", "ten", "properties.gsd"),
        ("properties.providers", [{"roles": ["host"]}], "properties.providers.0.name"),
        ("assets", ..., "assets"),
        ("assets.data.href", ..., "assets.data.href"),
        ("assets.data.href", 5, "assets.data.href"),
        ("assets.data.roles", "data", "assets.data.roles"),
        ("links", {}, "links"),
        ("links", ["x"], "links.0"),
        ("links", [{"rel": "via"}], "links.0.href"),
        ("links", [{"rel": "via", "href": "javascript:alert(1)"}], "links.0.href"),
    ],
)
def test_a_wrong_member_of_an_item_is_named(validator, path, value, parameter):
    assert refusal(validator.item, changed(an_item("S1"), path, value)) == parameter


@pytest.mark.parametrize(
    ("path", "value", "parameter"),
    [
        ("type", "Catalog", "type"),
        ("id", "a b", "id"),
        ("license", ..., "license"),
        ("description", 5, "description"),
        ("links", 5, "links"),
        ("extent", ..., "extent"),
        ("extent.spatial.bbox", [[0, 0, 1]], "extent.spatial.bbox.0"),
        ("extent.spatial.bbox", [[0, 10, 1, 5]], "extent.spatial.bbox.0"),
        ("extent.temporal.interval", [["2024-01-01T00:00:00Z", "2023-01-01T00:00:00Z"]], "extent.temporal.interval.0"),
        ("extent.temporal.interval", [["soon", None]], "extent.temporal.interval.0.0"),
        ("summaries", {"gsd": 5}, "summaries.gsd"),
    ],
)
def test_a_wrong_member_of_a_collection_is_named(validator, path, value, parameter):
    assert refusal(validator.collection, changed(a_collection(), path, value)) == parameter


@pytest.mark.parametrize(
    ("extension", "name", "value"), [(EO, "eo:cloud_cover", 300), (PROJECTION, "proj:shape", [1]), (EO, "eo:bands", 5)]
)
def test_a_vendored_extension_is_checked_where_it_is_named(validator, extension, name, value):
    document = an_item("S1", properties={name: value})
    validator.item(document, "public/anyone")
    named = {**document, "stac_extensions": [extension, "https://example.org/unknown/schema.json"]}
    assert refusal(validator.item, named) == f"properties.{name}"


def test_every_vendored_schema_compiles():
    assert len(vendored.extensions()) == 35
    for extension in vendored.extensions():
        assert vendored.compiled(extension).is_valid({}) is False


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_both_versions_of_stac_are_taken(validator, version):
    assert validator.item(an_item("S1", stac_version=version), "public/anyone").id == "S1"
    assert validator.collection(a_collection(stac_version=version), "public/anyone").id == "swot"


def test_null_members_of_links_count_as_absent_and_structure_is_left_to_the_server(validator):
    links = [{"rel": rel, "href": "http://elsewhere.example"} for rel in ("self", "root", "parent", "collection")]
    kept = {"rel": "via", "href": "https://example.org/x", "type": None, "title": None}
    body = orjson.loads(validator.item(an_item("S1", links=[*links, kept]), "public/anyone").body)
    assert body["links"] == [{"rel": "via", "href": "https://example.org/x"}]


def test_a_templated_link_is_kept(validator):
    link = {"rel": "xyz", "href": "https://example.org/{z}/{x}/{y}.png", "templated": True}
    assert orjson.loads(validator.item(an_item("S1", links=[link]), "public/anyone").body)["links"] == [link]
    assert refusal(validator.item, an_item("S1", links=[{**link, "href": "https://a b/{z}"}])) == "links.0.href"


@pytest.mark.parametrize(
    "href",
    [
        "http://127.0.0.1/a.tif",
        "http://localhost/a.tif",
        "http://2130706433/a.tif",
        "http://0x7f.1/a.tif",
        "http://[::1]/a.tif",
        "http://[::ffff:10.0.0.1]/a.tif",
        "http://169.254.169.254/latest/meta-data",
        "https://user:secret@example.org/a.tif",
        "file:///etc/passwd",
        "/etc/passwd",
        "../../other/a.tif",
        "/vsicurl/http://127.0.0.1/",
        "javascript:alert(1)",
        "data:image/tiff;base64,AAAA",
        "ftp://example.org/a.tif",
    ],
)
def test_an_asset_may_not_lead_inside(validator, href):
    assert refusal(validator.item, changed(an_item("S1"), "assets.data.href", href)) == "assets.data.href"


@pytest.mark.parametrize(
    "href",
    [
        "thalweg:/workspaces/other/files/a.tif",
        "thalweg:/workspaces/public/files/../../other/files/a.tif",
        "thalweg:/workspaces/public/files/%2e%2e/%2E%2E/other/files/a.tif",
        "thalweg:/workspaces/public/files/%252e%252e/a.tif",
        "thalweg:/workspaces/public/files/a//b.tif",
        "thalweg:/workspaces/public/files/..%5cother",
        "thalweg:/workspaces/public/files/a%00.tif",
        "thalweg:/workspaces/public/files/",
        "thalweg:/workspaces/public/members",
        "thalweg:/api/collections",
        "thalweg://evil.example/workspaces/public/files/a.tif",
        "thalweg:workspaces/public/files/a.tif",
    ],
)
def test_an_asset_may_not_name_what_is_not_its_workspaces_own(validator, href):
    assert refusal(validator.item, changed(an_item("S1"), "assets.data.href", href)) == "assets.data.href"


@pytest.mark.parametrize(
    "href",
    [
        "https://example.org/a.tif",
        "http://example.org:8080/a%20b.tif?x=1",
        "s3://bucket/key.tif",
        "thalweg:/workspaces/public/files/deep/er/a%20b.tif",
        "thalweg:/workspaces/public/files/..hidden",
    ],
)
def test_an_asset_may_lead_out_or_to_its_own_workspace(validator, href):
    assert validator.item(changed(an_item("S1"), "assets.data.href", href), "public/anyone")


def test_an_origin_that_was_accepted_speaks_for_itself_only(validator):
    validator.item(changed(an_item("S1"), "assets.data.href", "https://example.org/a.tif"), "public/anyone")
    for href in (
        "https://example.org@127.0.0.1/a.tif",
        "https://example.org:80@127.0.0.1/a.tif",
        "https://example.org\\@127.0.0.1/a.tif",
        "https://example.org/a b.tif",
        "https://example.org/" + "a" * 3000,
        "http://127.0.0.1/a.tif",
        "http://127.0.0.1/a.tif",
    ):
        assert refusal(validator.item, changed(an_item("S1"), "assets.data.href", href)) == "assets.data.href"


def test_an_href_deep_inside_an_asset_is_checked_too(validator):
    alternate = {"href": "https://example.org/a.tif", "alternate": {"local": {"href": "http://10.0.0.1/a.tif"}}}
    document = changed(an_item("S1"), "assets.data", alternate)
    assert refusal(validator.item, document) == "assets.data.alternate.local.href"


def test_a_workspaces_collection_holds_its_files_only(validator):
    document = changed(an_item("S1", "demo.images"), "assets.data.href", "thalweg:/workspaces/demo/files/a.tif")
    assert validator.item(document, "demo/anyone")
    assert refusal(validator.item, {**document, "collection": "bob.images"}) == "assets.data.href"


def test_what_is_too_large_or_too_deep_is_refused(validator):
    with pytest.raises(TooLarge):
        validator.item(an_item("S1", properties={"x": "x" * 200_000}), "public/anyone")
    ring = [[10 + n / 10_000, 10] for n in range(2_000)]
    with pytest.raises(TooLarge):
        validator.item(an_item("S1", geometry={"type": "LineString", "coordinates": ring}), "public/anyone")
    deep: list = []
    for _ in range(900):
        deep = [deep]
    assert refusal(validator.item, an_item("S1", properties={"deep": deep})) == "document"
    with pytest.raises(InvalidParameter):
        localised(an_item("S1", properties={"deep": deep}), "http://eo.example", ())


def test_the_end_may_not_lie_before_the_start(validator):
    span = {"start_datetime": "2024-02-01T00:00:00Z", "end_datetime": "2024-01-01T00:00:00Z"}
    assert refusal(validator.item, an_item("S1", datetime=None, properties=span)) == "properties.end_datetime"


@pytest.mark.parametrize("text", [b"0", b"[]", b'"x"', b"null"])
def test_a_document_that_is_no_object_is_refused(catalogue, text):
    with pytest.raises(InvalidParameter):
        catalogue.ensure_collection(orjson.loads(text), None)


CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
TEXT, NAME = st.text(CHARACTERS), st.text(CHARACTERS, min_size=1, max_size=5)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
MEMBERS = st.sampled_from(
    ["type", "id", "collection", "stac_version", "stac_extensions", "geometry", "bbox", "properties", "assets", "links"]
)


@given(member=MEMBERS, value=JSON)
def test_whatever_stands_in_a_member_it_is_kept_or_refused(member, value):
    from thalweg.catalogue.validation import Validator  # noqa: PLC0415

    validator = Validator(Outbound().check_spelling, Limits())
    try:
        kept = validator.item({**an_item("S1"), member: value}, "public/anyone")
    except (InvalidParameter, TooLarge):
        return
    assert orjson.loads(kept.body)["type"] == "Feature"


@given(
    document=st.dictionaries(st.text(max_size=8), JSON, max_size=4), change=st.dictionaries(st.text(max_size=8), JSON)
)
def test_a_merge_patch_does_what_rfc_7396_says(document, change):
    result = merged(document, change)
    for name, value in change.items():
        if value is None:
            assert name not in result
        elif not isinstance(value, dict):
            assert result[name] == value
    assert all(result[name] == value for name, value in document.items() if name not in change)


@given(
    assets=st.dictionaries(NAME, st.fixed_dictionaries({"title": TEXT}), max_size=3),
    title=TEXT,
)
def test_serving_and_taking_back_are_inverse(assets, title):
    written = {name: {"href": "thalweg:/workspaces/demo/files/a.tif", **asset} for name, asset in assets.items()}
    document = an_item("S1", assets=written, properties={"title": title, "note": '"href":"thalweg:/'})
    body = stored(document, [{"rel": "via", "href": "thalweg:/api/collections/x"}], 10**6)
    shown = orjson.loads(served(body, b'{"rel":"tilejson","href":"http://eo.example/x"}', "http://eo.example"))
    assert all(asset["href"].startswith("http://eo.example/workspaces/") for asset in shown["assets"].values())
    assert shown["properties"] == document["properties"]
    back = localised(shown, "http://eo.example", {"tilejson"})
    assert stored(back, back["links"], 10**6) == body


@pytest.mark.timeout(60)
def test_a_ring_that_crosses_itself_thousands_of_times_costs_neither_memory_nor_minutes():
    star = [[10 * math.cos(7 * k), 10 * math.sin(7 * k)] for k in range(5_000)]
    with pytest.raises(InvalidParameter, match="crosses itself"):
        shape_of({"type": "Polygon", "coordinates": [[*star, star[0]]]}, 20_000)


def test_a_ring_that_crosses_itself_once_is_two_parts():
    bow = [[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]
    assert shape_of({"type": "Polygon", "coordinates": [bow]}, 20_000).area == pytest.approx(2)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"properties": {"title": "a\0b"}}, "properties.title"),
        ({"properties": {"own:deep": [1, {"in": ["x", "\0"]}]}}, "properties.own:deep.1.in.1"),
        ({"properties": {"own:\0": 1}}, "properties"),
        ({"assets": {"a": {"href": "https://example.org/a", "title": "\0"}}}, "assets.a.title"),
    ],
)
def test_nul_is_refused_by_its_place(more, place):
    with pytest.raises(InvalidParameter) as refused:
        VALIDATOR.item(an_item("a", **more), PUBLIC)
    assert refused.value.parameter == place
    assert "NUL" in refused.value.why


def test_what_only_spells_nul_is_none():
    assert VALIDATOR.item(an_item("a", properties={"title": r"\u0000"}), PUBLIC).id == "a"
    with pytest.raises(InvalidParameter, match=r"title: .*NUL"):
        VALIDATOR.collection(a_collection("a", title="\0"), PUBLIC)
