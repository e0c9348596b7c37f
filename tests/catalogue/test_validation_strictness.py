"""Each Collection says how strictly its Items are checked; a fault names the member and the rule."""

import copy

import orjson
import pytest
from callers import ALICE
from made_items import a_collection, an_item

from thalweg.catalogue.strictness import MEMBER, Rules, Strictness, rules_in, rules_of
from thalweg.core.errors import Fault, InvalidParameter
from thalweg.web.answers import problem

EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"
CLEAR = {"rule": "clear-sky", "filter": "eo:cloud_cover <= 50", "message": "at most half may be cloud"}


def asking(strictness=None, rules=None, **more):
    asked = {"strictness": strictness, "rules": rules}
    return a_collection(**{MEMBER: {name: value for name, value in asked.items() if value is not None}, **more})


def faults_of(validator, document, rules):
    with pytest.raises(InvalidParameter) as refused:
        validator.item(document, "public/anyone", rules)
    return refused.value.faults


CLOUDY = an_item("S1", properties={"eo:cloud_cover": 120, "gsd": "ten"}, stac_extensions=[EO])


def test_a_fault_names_the_member_and_the_rule_and_the_others_follow(validator):
    faults = faults_of(validator, CLOUDY, Rules())
    assert set(map(str, faults)) == {
        "properties.eo:cloud_cover: 120 is greater than the maximum of 100 (eo 1.1.0)",
        'properties.gsd: "ten" is not a number (STAC 1.1.0)',
    }


def test_core_leaves_the_extensions_alone(validator):
    assert [fault.parameter for fault in faults_of(validator, CLOUDY, Rules(Strictness.CORE))] == ["properties.gsd"]
    assert validator.item({**CLOUDY, "properties": {**CLOUDY["properties"], "gsd": 10}}, "x", Rules(Strictness.CORE))


def test_off_asks_what_the_store_needs_and_no_more(validator):
    off = Rules(Strictness.OFF)
    assert validator.item({**CLOUDY, "stac_version": "0.6", "assets": {"a": {}}, "stac_extensions": 5}, "x", off)
    for member, value in (
        ("id", "a/b"),
        ("geometry", {"type": "Point", "coordinates": [200, 0]}),
        ("properties", {"datetime": "soon"}),
        ("assets", []),
        ("assets", {"a": 5}),
        ("assets", {"a": {"href": 5}}),
        ("assets", {"a": {"href": "file:///etc/passwd"}}),
        ("assets", {"a": {"deep": {"href": "http://10.0.0.1/"}}}),
        ("assets", {"a": {"deep": {"href": "http://10.0.0.1/"}}, "b": {"href": "https://example.org/"}}),
        ("links", [{"rel": "via"}, {"rel": "via", "href": "javascript:x"}]),
    ):
        assert faults_of(validator, {**CLOUDY, member: value}, off)[0].parameter.startswith(member)


def test_a_rule_of_the_house_holds_at_every_strictness_and_null_does_not_match(validator):
    for strictness in Strictness:
        rules = rules_of(asking(strictness.value, [CLEAR]))
        assert validator.item(an_item("S1", properties={"eo:cloud_cover": 50}), "x", rules)
        for properties in ({"eo:cloud_cover": 51}, {}, {"eo:cloud_cover": "10"}):
            faults = faults_of(validator, an_item("S1", properties=properties), rules)
            assert faults == (Fault("properties.eo:cloud_cover", "at most half may be cloud (rule clear-sky)"),)


def test_a_rule_may_be_json_and_without_a_message_its_filter_speaks(validator):
    asked = {"op": "and", "args": [{"op": "=", "args": [{"property": name}, "a"]} for name in ("platform", "mission")]}
    (fault,) = faults_of(validator, an_item("S1"), rules_in({"rules": [{"rule": "r", "filter": asked}]}, MEMBER))
    assert fault.parameter == "document"
    assert fault.why.startswith('must match {"op":"and"')
    assert fault.why.endswith("(rule r)")


def test_the_rules_of_the_house_are_asked_of_items_only(validator):
    within = "S_INTERSECTS(geometry, BBOX(0, 0, 1, 1)) AND gsd < 1"
    rules = rules_in({"rules": [{"rule": "here", "filter": within}]}, MEMBER)
    for member, value in (("properties", []), ("geometry", 5), ("geometry", {"type": "Polygon"}), ("bbox", "x")):
        faults = faults_of(validator, {**an_item("S1"), member: value}, rules)
        assert not any("rule here" in fault.why for fault in faults)
    assert faults_of(validator, an_item("S1"), rules)[0].why.endswith("(rule here)")


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        (5, MEMBER),
        ([], MEMBER),
        ({"strict": "core"}, f"{MEMBER}.strict"),
        ({"strictness": "lax"}, f"{MEMBER}.strictness"),
        ({"strictness": ["core"]}, f"{MEMBER}.strictness"),
        ({"rules": {}}, f"{MEMBER}.rules"),
        ({"rules": [CLEAR] * 51}, f"{MEMBER}.rules"),
        ({"rules": [CLEAR, CLEAR]}, f"{MEMBER}.rules.1.rule"),
        ({"rules": [5]}, f"{MEMBER}.rules.0"),
        ({"rules": [{**CLEAR, "rule": ""}]}, f"{MEMBER}.rules.0.rule"),
        ({"rules": [{**CLEAR, "message": "a\nb"}]}, f"{MEMBER}.rules.0.message"),
        ({"rules": [{**CLEAR, "filter": ...}]}, f"{MEMBER}.rules.0.filter"),
        ({"rules": [{**CLEAR, "filter": "eo:cloud_cover <="}]}, f"{MEMBER}.rules.0.filter"),
        ({"rules": [CLEAR, {**CLEAR, "rule": "b", "filter": {"op": "nope", "args": []}}]}, f"{MEMBER}.rules.1.filter"),
        ({"rules": [{**CLEAR, "filter": " OR ".join(["a = 1"] * 2000)}]}, f"{MEMBER}.rules.0.filter"),
        ({"rules": [{**CLEAR, "filter": "NOT " * 400 + "a = 1"}]}, f"{MEMBER}.rules.0.filter"),
    ],
)
def test_a_collection_that_asks_what_cannot_be_is_refused_by_the_place(validator, asked, parameter):
    asked = copy.deepcopy(asked)
    if isinstance(asked, dict) and asked.get("rules") and isinstance(asked["rules"][0], dict):
        asked["rules"] = [{name: value for name, value in rule.items() if value is not ...} for rule in asked["rules"]]
    with pytest.raises(InvalidParameter) as refused:
        validator.collection(a_collection(**{MEMBER: asked}), "public/anyone")
    assert refused.value.parameter == parameter


def test_the_catalogue_keeps_to_what_the_collection_asks_from_one_version_to_the_next(catalogue):
    catalogue.register_collection(asking("off", [CLEAR], id="alice.c"), ALICE)
    item = an_item("S1", "alice.c", properties={"eo:cloud_cover": 10, "gsd": "ten"})
    catalogue.register([item], ALICE)
    with pytest.raises(InvalidParameter, match="clear-sky"):
        catalogue.patch("alice.c", "S1", {"properties": {"eo:cloud_cover": 90}}, ALICE)
    (there,) = catalogue.load([{**item, "id": "S2", "properties": {**item["properties"], "eo:cloud_cover": 90}}], ALICE)
    assert "clear-sky" in str(there.error)
    catalogue.patch_collection("alice.c", {MEMBER: {"strictness": "core", "rules": None}}, ALICE)
    assert catalogue.patch("alice.c", "S1", {"properties": {"eo:cloud_cover": 90, "gsd": 10}}, ALICE)
    with pytest.raises(InvalidParameter, match=r"features\.1\.properties\.gsd"):
        catalogue.register([{**item, "id": "S3", "properties": {**item["properties"], "gsd": 10}}, item], ALICE)


def test_a_problem_document_tells_all_faults_only_where_there_are_more_than_one():
    several = orjson.loads(problem(InvalidParameter("a", "is wrong", [Fault("b", "is too")])).body)
    assert several["parameter"] == "a"
    assert several["errors"] == [{"parameter": "a", "detail": "is wrong"}, {"parameter": "b", "detail": "is too"}]
    assert "errors" not in orjson.loads(problem(InvalidParameter("a", "is wrong")).body)


def test_what_is_told_of_a_document_is_bounded(validator):
    assets = {f"a{number}": {"title": 5, "x": "y" * 90} for number in range(700)}
    faults = faults_of(validator, an_item("S1", assets=assets), Rules())
    assert 2 < len(faults) <= 101
    assert all(len(str(fault)) < 400 for fault in faults)
