"""Rules by whatever properties Items have: known ones of every mission, and those that only one Collection has."""

from dataclasses import replace

import pytest
from callers import ALICE
from made_items import a_collection, an_item
from made_presences import START, infer, made, reported

from thalweg.catalogue.freshness import inference, report
from thalweg.catalogue.freshness.columns import columns_of
from thalweg.catalogue.freshness.memory import Memory
from thalweg.catalogue.freshness.presence import DAY, PARTS, presence_of, reading_of
from thalweg.catalogue.freshness.rule import Rule
from thalweg.catalogue.times import moment
from thalweg.core.errors import InvalidParameter
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.time import written

OWN = "demo.lines"
LINES = Rule("cycle", ("x:line",), step=10 * DAY, tolerance=DAY, number="x:lap")


def after(presences):
    return max(one.at for one in presences) + DAY


def test_each_landsat_comes_every_sixteen_days_a_path_and_row(presences):
    items = [one for one in presences("landsat-c2-l2-100") if one.parts[PARTS.index("platform")] != "landsat-7"]
    key = ("landsat:wrs_path", "landsat:wrs_row", "platform")
    found = reported(items, Rule("revisit", key, step=16 * DAY, tolerance=DAY // 2), after(items))
    assert {one.key[-1] for one in found.series if one.state == "regular"} == {"landsat-8", "landsat-9"}
    assert [(written(moment(gap.at))[:10], gap.key[-1]) for gap in found.gaps] == [
        ("2024-09-08", "landsat-8"), ("2024-07-06", "landsat-8"), ("2024-06-04", "landsat-8")
    ]  # fmt: skip


def test_each_sentinel_2_comes_every_ten_days_a_tile_and_orbit(presences):
    items = presences("sentinel-2-l2a-pc-100")
    key = ("s2:mgrs_tile", "sat:relative_orbit", "platform")
    found = reported(items, Rule("revisit", key, step=10 * DAY, tolerance=DAY // 2), after(items))
    assert {one.key[-1] for one in found.series} >= {"Sentinel-2A", "Sentinel-2B"}
    assert (found.missing, found.extra) == (3, 0)


def test_the_three_parts_of_a_square_of_mgrs_are_its_key(documents):
    bare = [
        {**one, "properties": {name: value for name, value in one["properties"].items() if name != "sentinel:mgrs"}}
        for one in documents("sentinel-1-rtc-12SYJ-258")
    ]
    found = infer([presence_of(one) for one in bare])
    square = ("mgrs:utm_zone", "mgrs:latitude_band", "mgrs:grid_square")
    assert (found.rule.key, found.rule.step) == ((*square, "sat:relative_orbit"), 12 * DAY)


def test_cycles_are_counted_by_the_property_that_items_have(swot):
    counted = [one._replace(parts=(*one.parts[:-1], "sat:orbit_cycle")) for one in swot]
    found = infer(counted)
    assert (found.rule.kind, found.rule.number) == ("cycle", "sat:orbit_cycle")
    assert found.rule.step / DAY == pytest.approx(20.864, abs=0.001)
    other = reported(counted, replace(found.rule, number="swot:cycle"), after(counted))
    assert other.present == 0, "what another property counts fills no slot"


def a_line(line, lap):
    properties = {"datetime": written(moment(START + (lap * 10 + line) * DAY)), "x:line": f"L{line}", "x:lap": lap}
    return an_item(f"line-{line}-{lap}", OWN, properties=properties)


LAPS = [a_line(line, lap) for line in (1, 2, 3) for lap in range(20) if (line, lap) not in {(2, 7), (3, 11)}]


def test_a_rule_may_name_properties_that_nobody_knows():
    reading = reading_of(LINES.key, LINES.number)
    columns = columns_of([presence_of(one, reading) for one in LAPS], reading.parts)
    found = report.report(columns, LINES, START + 199 * DAY)
    assert [gap.key for gap in found.gaps] == [("L3",), ("L2",)]
    told = inference.infer(columns)
    assert (told.rule.kind, told.rule.key, told.rule.number) == ("cycle", ("x:line",), "x:lap")


@pytest.fixture
def lines(catalogue):
    catalogue.register_collection(a_collection(OWN), ALICE)
    catalogue.register(LAPS, ALICE)
    return catalogue


@pytest.mark.parametrize("store", ["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.usefixtures("lines")
def test_an_operator_names_properties_that_the_items_have_and_learns_which(freshnesses):
    choices = freshnesses.choices(OWN, ALICE)
    assert (choices.parts, choices.counters) == (("x:lap", "x:line"), ("x:lap",))
    for wrong, parameter in ((replace(LINES, key=("grid:code",)), "key"), (replace(LINES, number="x:line"), "number")):
        with pytest.raises(InvalidParameter) as refused:
            freshnesses.confirm(OWN, wrong, ALICE)
        assert refused.value.parameter == f"rule.{parameter}"
        assert refused.value.why.endswith(" by x:lap, x:line" if parameter == "key" else " by x:lap")
    freshnesses.confirm(OWN, LINES, ALICE)
    found = freshnesses.freshness(OWN, ALICE).report
    assert {gap.key for gap in found.gaps if gap.at < START + 195 * DAY} == {("L2",), ("L3",)}
    freshnesses.confirm(OWN, replace(LINES, kind="revisit", number="", key=("x:line",)), ALICE)
    assert freshnesses.freshness(OWN, ALICE).report.present == len(LAPS)


def test_before_the_first_item_a_rule_may_name_what_is_common(catalogue, freshnesses):
    catalogue.register_collection(a_collection(OWN), ALICE)
    assert freshnesses.choices(OWN, ALICE).parts == PARTS
    freshnesses.confirm(OWN, Rule("cycle", ("swot:pass",), step=20 * DAY, number="swot:cycle"), ALICE)
    assert freshnesses.freshness(OWN, ALICE).report.expected == 0


def test_a_property_that_was_declared_is_tried_as_a_key(lines, freshnesses, memory):
    assert freshnesses.freshness(OWN, ALICE).told.rule is None, "all lines together"
    lines.declare(Queryable("x:line", "string", OWN, Reach.KEPT), ALICE, lambda *_: None)
    memory.forget(OWN)
    told = freshnesses.freshness(OWN, ALICE).told
    assert (told.rule.kind, told.rule.key, told.rule.step) == ("revisit", ("x:line",), 10 * DAY)


def test_what_differs_from_item_to_item_is_no_key_and_takes_no_room(lines, store, monkeypatch):
    monkeypatch.setattr("thalweg.catalogue.freshness.memory._MANY_PARTS", 10)
    lines.declare(Queryable("x:lap", "integer", OWN, Reach.KEPT), ALICE, lambda *_: None)
    known = Memory(store).known(OWN)
    assert (known.reading.parts, len(known.items.parts), len(known.items.rows)) == (PARTS, 1, len(LAPS))
    asked = Memory(store).known(OWN, ("x:lap",))
    assert len(asked.items.parts) == 20, "what a rule names is read whatever it takes"


def test_an_item_that_counts_by_nothing_has_no_number():
    unnumbered = made(START)
    assert columns_of([unnumbered]).counter() == ""
    assert presence_of({"properties": {"datetime": "2024-01-01T00:00:00Z", "swot:cycle": "first"}}).cycle is None
