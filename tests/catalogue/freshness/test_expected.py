"""Expected against present, by a rule: on real Items whose gaps can be counted by hand."""

from dataclasses import replace

import pytest
from made_presences import START, infer, made, reported, summed

from thalweg.catalogue.freshness.lags import lags
from thalweg.catalogue.freshness.presence import DAY
from thalweg.catalogue.freshness.report import by_value
from thalweg.catalogue.freshness.rule import Rule
from thalweg.catalogue.times import milliseconds, moment
from thalweg.core.time import instant, written

EVERY_FIVE = Rule("revisit", (), step=5 * DAY, tolerance=DAY // 4)


def at(text):
    return milliseconds(instant(text))


def every_five(*missing, count=40, **parts):
    return [made(START + slot * 5 * DAY, **parts) for slot in range(count) if slot not in missing]


def test_landsats_gaps_are_its_dates_of_sixteen_days(presences):
    items = presences("landsat-c2-l2-100")
    rule = replace(infer(items).rule, delay=0)
    found = reported(items, rule, at("2024-11-28T00:00:00Z"))
    assert [(written(moment(gap.at))[:10], gap.key) for gap in found.gaps] == [
        ("2024-09-08", ("033", "032")),
        ("2024-07-06", ("033", "032")),
        ("2024-06-04", ("033", "032")),
    ]
    assert (found.expected, found.present, found.extra) == (102, 99, 1)
    assert by_value(found.series, rule.key)["landsat:wrs_path"] == {"033": (51, 48), "034": (51, 51)}


def test_sentinel_2_misses_three_of_an_orbit_and_one_of_the_other(presences):
    items = presences("sentinel-2-l2a-pc-100")
    rule = replace(infer(items).rule, delay=0)
    found = reported(items, rule, max(one.at for one in items) + DAY)
    assert {one.key[1]: len(one.missing) for one in found.series} == {"141": 1, "98": 2}
    assert sum(month.expected for month in found.months) == found.expected == found.present + 3
    assert found.overdue == 0


def test_what_may_still_come_is_not_missing():
    items = every_five()
    last = items[-1].at
    late = replace(EVERY_FIVE, delay=3 * DAY)
    assert reported(items, late, last + 8 * DAY).missing == 0
    due = reported(items, late, last + 8 * DAY)
    assert (due.due, due.overdue) == (last + 5 * DAY, 0)
    over = reported(items, late, last + 9 * DAY)
    assert over.missing == 1
    assert over.overdue == 9 * DAY - 5 * DAY - 3 * DAY - DAY // 4


def test_what_comes_twice_counts_once_and_what_fits_nowhere_is_extra():
    items = every_five(7)
    twice = [*items, items[3]._replace(id="again"), made(START + 2 * DAY), made(START + 52 * DAY)]
    found = reported(twice, EVERY_FIVE, items[-1].at + DAY)
    assert (found.expected, found.present, found.extra, found.missing) == (40, 39, 2, 1)
    assert found.gaps[0].at == START + 35 * DAY


def test_a_series_that_ended_is_silent_and_no_longer_counted():
    found = reported(every_five(), EVERY_FIVE, START + 3000 * DAY)
    assert found.series[0].state == "silent"
    assert found.missing == EVERY_FIVE.patience
    assert found.overdue > 2000 * DAY
    ended = reported(every_five(), replace(EVERY_FIVE, until=START + 39 * 5 * DAY), START + 3000 * DAY)
    assert (ended.missing, ended.overdue) == (0, 0)


def test_nothing_is_expected_of_series_without_a_plan():
    scarce = every_five(*(slot for slot in range(40) if slot % 3), platform="a")
    few = every_five(count=2, platform="b")
    full = every_five(platform="c")
    found = reported([*scarce, *few, *full], replace(EVERY_FIVE, key=("platform",)), full[-1].at + DAY)
    assert [one.state for one in found.series] == ["irregular", "few", "regular"]
    assert (found.expected, found.present) == (40, 40)


def test_before_a_rules_beginning_nothing_is_expected_and_items_without_its_key_are_told():
    items = [*every_five(3, 30, platform="a"), made(START)]
    since = replace(EVERY_FIVE, key=("platform",), since=START + 20 * 5 * DAY)
    found = reported(items, since, items[-2].at + DAY)
    assert (found.expected, found.missing, found.unkeyed) == (20, 1, 1)


def test_one_item_of_long_ago_does_not_make_millions_of_gaps():
    hourly = Rule("revisit", (), step=DAY // 24, tolerance=DAY // 96)
    items = [made(0), *(made(START + hour * DAY // 24) for hour in range(30_000))]
    found = reported(items, hourly, items[-1].at)
    assert found.expected <= 10_002


def test_of_nothing_nothing_is_expected():
    found = reported([], EVERY_FIVE, START)
    assert (found.expected, found.completeness, found.newest, found.due, found.overdue) == (0, None, None, None, 0)
    assert summed([]).newest is None


def test_lags_are_told_between_order_statistics():
    found = lags([4, 1, 3, 2])
    assert (found.count, found.p50) == (4, 2.5)
    assert found.p90 == pytest.approx(3.7)
    assert lags([]) is None


def test_an_overview_needs_no_rule(presences):
    found = summed(presences("naip-1000"))
    assert sum(found.months.values()) == found.items == 1000
    assert found.registered is None
    assert written(moment(found.newest))[:10] == "2023-10-02"
    assert summed(presences("landsat-c2-l2-100")).created.p50 / DAY == pytest.approx(8.65, abs=0.1)


def test_a_cycle_of_another_count_fills_no_slot():
    cycles = Rule("cycle", (), step=21 * DAY, tolerance=DAY, number="swot:cycle")
    science = [made(START + number * 21 * DAY, swot_cycle=number) for number in range(1, 20) if number != 7]
    calibration = [made(START - (600 - number) * DAY, swot_cycle=number) for number in range(474, 500)]
    found = reported([*calibration, *science], cycles, START + 400 * DAY)
    assert (found.expected, found.missing, found.extra) == (19, 1, 26)
    assert found.gaps[0].at == START + 7 * 21 * DAY
