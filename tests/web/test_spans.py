"""Times as people write them come out as the standards ask, and are shown to people as they wrote them."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from thalweg.core.time import Interval, instant, written
from thalweg.web.spans import shortly, spelled_out

SPANS = [
    ("2024", "2024-01-01T00:00:00Z/2024-12-31T23:59:59.999Z"),
    ("2024-02", "2024-02-01T00:00:00Z/2024-02-29T23:59:59.999Z"),
    ("2024-12", "2024-12-01T00:00:00Z/2024-12-31T23:59:59.999Z"),
    ("2024-05-03", "2024-05-03T00:00:00Z/2024-05-03T23:59:59.999Z"),
    ("2024-05/2024-06", "2024-05-01T00:00:00Z/2024-06-30T23:59:59.999Z"),
    ("2024-05-03/2024-05-09", "2024-05-03T00:00:00Z/2024-05-09T23:59:59.999Z"),
    ("2023/2024", "2023-01-01T00:00:00Z/2024-12-31T23:59:59.999Z"),
    ("2024/..", "2024-01-01T00:00:00Z/.."),
    ("../2024-05", "../2024-05-31T23:59:59.999Z"),
]


@pytest.mark.parametrize(("short", "whole"), SPANS)
def test_a_short_span_is_spelled_out_and_shown_as_it_was_written(short, whole):
    assert parse_qs(spelled_out([("q", "a,b"), ("datetime", short)])) == {"q": ["a,b"], "datetime": [whole]}
    assert Interval.parse(whole)
    assert shortly(whole) == short
    assert spelled_out([("datetime", whole)]) is None


def test_an_end_that_is_whole_stays_and_a_minute_is_a_span():
    mixed = parse_qs(spelled_out([("datetime", "2024-05-03T12:00:00+02:00 / 2024-06")]))
    assert mixed == {"datetime": ["2024-05-03T12:00:00+02:00/2024-06-30T23:59:59.999Z"]}
    minute = parse_qs(spelled_out([("datetime", "2024-05-03 12:30")]))
    assert minute == {"datetime": ["2024-05-03T12:30:00Z/2024-05-03T12:30:59.999Z"]}


@pytest.mark.parametrize("text", ["June", "2024-13", "2023-02-29", "0000", "9999", "2024/2025/2026", "24", "2024-5"])
def test_what_is_no_time_is_left_to_be_refused(text):
    assert spelled_out([("datetime", text)]) is None
    assert shortly(text) == text


def test_from_is_a_beginning_and_to_and_as_of_are_ends_that_are_past():
    told = parse_qs(spelled_out([("from", "2024"), ("to", "2024-05-03"), ("as-of", "2999")]))
    assert (told["from"], told["to"]) == (["2024-01-01T00:00:00Z"], ["2024-05-03T23:59:59.999Z"])
    assert instant(told["as-of"][0]) <= datetime.now(UTC)
    now = written(datetime.now(UTC))
    assert spelled_out([("as-of", now), ("from", now), ("q", "2024")]) is None


def test_times_that_begin_and_end_elsewhere_are_shown_whole():
    whole = "2024-05-03T12:00:00Z/2024-05-09T23:59:59.999Z"
    assert shortly(whole) == "2024-05-03T12:00:00Z/2024-05-09"
    assert shortly("2024-05-03T12:00:00Z") == "2024-05-03T12:00:00Z"
