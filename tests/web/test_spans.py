"""Days, months and years where a time is asked for."""

import pytest

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import Interval, written
from thalweg.web.parameters import DatetimeText, Parameters, bind

END = "T23:59:59.999999Z"


class When(Parameters):
    datetime: DatetimeText


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-05-01", "2024-05-01", "2024-05-01"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-05-01/2024-05-02", "2024-05-01", "2024-05-02"),
        ("2024-05/2024-06", "2024-05-01", "2024-06-30"),
        ("2024-05/..", "2024-05-01", None),
        ("/2024-04", None, "2024-04-30"),
    ],
)
def test_days_months_and_years_are_whole_spans_of_utc(text, first, last):
    got = bind(When, {"datetime": text}).datetime
    assert got.start is None or written(got.start) == f"{first}T00:00:00Z"
    assert got.end is None or written(got.end) == f"{last}{END}"
    assert (got.start is None, got.end is None) == (first is None, last is None)


def test_an_end_may_be_a_day_and_the_other_an_instant():
    got = bind(When, {"datetime": "2024-05-01T12:00:00Z/2024-05-01"}).datetime
    assert got == Interval.parse(f"2024-05-01T12:00:00Z/2024-05-01{END}")


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-02-30", "0000-02", "24-05-01", "2024-5", "2024-06/2024-05", "2024-05-01T"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(InvalidParameter) as refused:
        bind(When, {"datetime": text})
    assert refused.value.parameter == "datetime"
