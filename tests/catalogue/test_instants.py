"""A time that is written as nearly all are is read as every other is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant

DIGITS = st.integers(0, 99).map("{:02}".format)
FRACTION = st.one_of(st.just(""), st.text("0123456789", min_size=1, max_size=9).map(".{}".format))


def read(text):
    try:
        return instant(text)
    except InvalidParameter as error:
        return error.why.lower()


@settings(deadline=None, max_examples=300, derandomize=True)
@given(
    year=st.one_of(st.integers(0, 9999), st.integers(1990, 2030)),
    month=st.one_of(DIGITS, st.sampled_from(["01", "02", "12"])),
    day=st.one_of(DIGITS, st.sampled_from(["01", "28", "29", "30", "31"])),
    hour=st.one_of(DIGITS, st.sampled_from(["00", "23", "24"])),
    minute=st.one_of(DIGITS, st.sampled_from(["00", "59"])),
    second=st.one_of(DIGITS, st.sampled_from(["00", "59", "60"])),
    fraction=FRACTION,
)
def test_a_usual_time_is_read_as_one_in_small_letters(year, month, day, hour, minute, second, fraction):
    text = f"{year:04}-{month}-{day}T{hour}:{minute}:{second}{fraction}Z"
    assert read(text) == read(text.lower())


@pytest.mark.parametrize("text", ["2024-02-29T12:00:00.123Z", "2024-02-29T12:00:00.123456Z", "2024-02-29T12:00:00Z"])
def test_a_usual_time_is_exact(text):
    assert instant(text) == instant(text.replace("Z", "+00:00"))
    assert instant(text).utcoffset().total_seconds() == 0
