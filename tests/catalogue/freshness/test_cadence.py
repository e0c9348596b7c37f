"""What real Items tell of how often they come; and where nothing can be told, that and why."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from made_presences import START, infer, made

from thalweg.catalogue.freshness.inference import SURE
from thalweg.catalogue.freshness.light import noon_elevations
from thalweg.catalogue.freshness.presence import DAY, PARTS, presence_of
from thalweg.catalogue.freshness.rule import Rule, read_rule, written_rule
from thalweg.core.errors import InvalidParameter


def test_sentinel_2_comes_every_five_days_a_tile_and_orbit(presences):
    found = infer(presences("sentinel-2-l2a-pc-100"))
    assert (found.rule.kind, found.rule.key) == ("revisit", ("s2:mgrs_tile", "sat:relative_orbit"))
    assert found.rule.step == 5 * DAY
    assert found.confidence > 0.9
    assert found.evidence["slots_filled"] == 97
    assert found.evidence["slots_after_the_first"] == 100


def test_two_landsats_come_every_eight_days_a_path_and_row_and_a_third_between_them_is_no_plan(presences):
    found = infer(presences("landsat-c2-l2-100"))
    assert (found.rule.key, found.rule.step) == (("landsat:wrs_path", "landsat:wrs_row"), 8 * DAY)
    assert found.evidence["on_a_slot"] == found.evidence["items_after_the_first"] - 1
    assert 20 * DAY < found.rule.delay < 30 * DAY, "nine of ten were made within 25 days"


def test_sentinel_1_comes_every_twelve_days_an_orbit_with_holes(presences):
    found = infer(presences("sentinel-1-rtc-12SYJ-258"))
    assert (found.rule.key, found.rule.step) == (("sentinel:mgrs", "sat:relative_orbit"), 12 * DAY)
    assert 0.7 < found.confidence < 0.9
    assert found.rule.delay == 0, "what was made five years later says nothing of how long one waits"


def test_swot_comes_once_a_cycle_and_pass(swot):
    found = infer(swot)
    assert (found.rule.kind, found.rule.number) == ("cycle", "swot:cycle")
    assert {"swot:product", "swot:pass"} <= set(found.rule.key)
    assert found.rule.step / DAY == pytest.approx(20.864, abs=0.001)


def test_of_few_cycles_nothing_is_told(swot):
    few = [one for one in swot if "Reach" in one.id and "_51_" in one.id]
    found = infer(few)
    assert len(few) == 3
    assert found.rule is None
    assert "too few to tell" in found.reason


def test_a_selection_tells_its_grid_and_no_rule(landsat_series):
    found = infer(landsat_series)
    assert found.rule is None
    assert found.evidence["likeliest"].startswith("every 16 days")
    assert "a selection, or an irregular plan" in found.reason


def test_flights_over_years_tell_no_rule(presences):
    found = infer(presences("naip-1000"))
    assert found.rule is None
    assert found.reason.startswith("No rule can be told")


def test_of_nothing_nothing_is_told():
    assert infer([]).reason == "There are no Items."
    assert infer([made(START)]).rule is None
    assert infer([made(START), made(START)]).rule is None


@pytest.mark.parametrize("seed", range(5))
def test_times_by_chance_tell_no_rule(seed):
    chance = Random(seed)  # noqa: S311 - no secret
    assert infer([made(START + chance.randrange(1000 * DAY)) for _ in range(150)]).rule is None


def test_monthly_composites_are_of_the_calendar_whatever_their_months_length():
    months = [f"{2020 + month // 12}-{month % 12 + 1:02}-01T00:00:00Z" for month in range(30) if month != 17]
    found = infer([presence_of({"id": at, "properties": {"datetime": None, "start_datetime": at}}) for at in months])
    assert (found.rule.kind, found.rule.unit) == ("calendar", "month")
    assert (found.evidence["slots_filled"], found.evidence["slots_after_the_first"]) == (28, 29)


def test_daily_and_dekadal_series_are_told():
    daily = infer([made(START + day * DAY) for day in range(60)])
    assert (daily.rule.kind, daily.rule.step) == ("revisit", DAY)
    days = [f"2020-{month:02}-{day:02}T00:00:00Z" for month in range(1, 13) for day in (1, 11, 21)]
    dekads = infer([presence_of({"id": at, "properties": {"datetime": at}}) for at in days])
    assert (dekads.rule.kind, dekads.rule.unit) == ("calendar", "dekad")


def test_items_made_again_and_slices_of_one_pass_change_nothing(presences):
    once = presences("sentinel-2-l2a-pc-100")
    again = [*once, *(one._replace(id=f"{one.id}-again") for one in once)]
    slices = [*once, *(one._replace(id=f"{one.id}-2", at=one.at + 25_000) for one in once)]
    assert infer(again).rule == replace(infer(once).rule, delay=infer(again).rule.delay)
    assert infer(slices).rule.step == 5 * DAY


def test_a_winter_without_light_is_no_gap():
    times = START + np.arange(300) * 5 * DAY
    summers = [
        made(at, latitude=70.0, grid_code="MGRS-35WMU", sat_relative_orbit="8")
        for at in times[noon_elevations(70.0, times) >= 8]
    ]
    found = infer(summers)
    assert found.rule.step == 5 * DAY
    assert 7 < found.rule.least_sun < 9
    assert found.evidence["slots_filled"] == found.evidence["slots_after_the_first"]
    stopped = infer([made(START + slot * 5 * DAY) for slot in range(100) if not 20 <= slot < 30])
    assert stopped.rule.least_sun is None, "where the sun stands high enough an outage is an outage"


def test_where_products_differ_each_is_a_series_of_its_own(presences):
    level_2 = presences("sentinel-2-l2a-pc-100")
    place = PARTS.index("s2:product_type")
    level_1 = [
        one._replace(id=f"{one.id}-1", parts=(*one.parts[:place], "S2MSI1C", *one.parts[place + 1 :]))
        for one in level_2[::2]
    ]
    assert "s2:product_type" in infer([*level_2, *level_1]).rule.key


def test_a_rule_is_written_and_read_again(presences):
    for name in ("sentinel-2-l2a-pc-100", "landsat-c2-l2-100"):
        rule = infer(presences(name)).rule
        assert read_rule(written_rule(rule)) == rule
    calendar = Rule("calendar", ("platform",), unit="dekad", delay=DAY, since=START)
    assert read_rule(written_rule(calendar)) == calendar


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"kind": "sometimes"}, "rule.kind"),
        ({"key": ["two words"]}, "rule.key"),
        ({"key": ["platform", "platform"]}, "rule.key"),
        ({"key": "platform"}, "rule.key"),
        ({"key": [["platform"]]}, "rule.key"),
        ({"key": list("abcdefg")}, "rule.key"),
        ({"kind": "cycle"}, "rule.number"),
        ({"kind": "cycle", "number": "swot:cycle, swot:pass"}, "rule.number"),
        ({"step_days": 0}, "rule.step_days"),
        ({"step_days": True}, "rule.step_days"),
        ({"step_days": 1e300}, "rule.step_days"),
        ({"tolerance_days": 2.5}, "rule.tolerance_days"),
        ({"delay_days": -1}, "rule.delay_days"),
        ({"least_sun_elevation": 100}, "rule.least_sun_elevation"),
        ({"patience": 0}, "rule.patience"),
        ({"since": "yesterday"}, "rule.since"),
        ({"since": "2024-01-01T00:00:00Z", "until": "2023-01-01T00:00:00Z"}, "rule.until"),
        ({"steps": 5}, "rule.steps"),
    ],
)
def test_a_wrong_member_of_a_rule_is_named(change, parameter):
    good = {"kind": "revisit", "key": ["platform"], "step_days": 5, "tolerance_days": 0.2}
    assert read_rule(good).step == 5 * DAY
    with pytest.raises(InvalidParameter) as refused:
        read_rule({**good, **change})
    assert refused.value.parameter == parameter


def test_confidence_needs_more_than_five_of_five():
    assert infer([made(START + slot * 5 * DAY) for slot in range(6)]).confidence < SURE
    assert infer([made(START + slot * 5 * DAY) for slot in range(8)]).confidence > SURE
