"""Tokens lead back to the place they were made for, in the list they were made for, and nowhere else."""

import pytest

from thalweg.core.errors import InvalidParameter
from thalweg.web.paging import Sealer

SEALER = Sealer(b"a secret")
QUERY = {"sortby": "title"}


@pytest.mark.parametrize("title", ["", "A river", "A river as seen from above. " * 500, "Mälaren \0"])
def test_a_place_comes_back_however_long_it_is(title):
    place = [[title, 1_700_000_000_000, 7, None, 0.1], False]
    assert SEALER.unseal(SEALER.seal(place, QUERY), QUERY) == place


def test_a_token_of_another_list_or_another_platform_is_refused():
    token = SEALER.seal([["A river", 7], False], QUERY)
    for sealer, query in ((SEALER, {"sortby": "id"}), (Sealer(b"another"), QUERY)):
        with pytest.raises(InvalidParameter, match="not a token of this query"):
            sealer.unseal(token, query)


@pytest.mark.parametrize("change", [lambda token: token[:-2], lambda token: "A" + token, lambda token: token[::-1]])
def test_a_token_that_was_changed_is_refused(change):
    token = SEALER.seal([["A river", 7], False], QUERY)
    with pytest.raises(InvalidParameter, match="not a token of this query"):
        SEALER.unseal(change(token), QUERY)


@pytest.mark.parametrize("token", ["", "A", "no token", "ä", "A" * 100_000])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(InvalidParameter, match="not a token of this query"):
        SEALER.unseal(token, QUERY)


def test_a_token_tells_nothing_of_the_place():
    assert b"secret river" not in SEALER.seal([["secret river", 7], False], QUERY).encode()
