"""Free text as STAC's extension has it, basic and advanced."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase
from thalweg.web.freetext import matches_text, read_advanced, read_basic, words_of

TEXT = words_of("The quick, brown Fox jumps over a Climate-Model of São Paulo (Sentinel-2, S2A_MSIL1C)")


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (["fox"], True),
        (["FOX"], True),
        (["wolf"], False),
        (["wolf", "fox"], True),
        (["brown fox"], True),
        (["fox brown"], False),
        (["climate model"], True),
        (["sao paulo"], True),
        (["ox"], False),
        (["S2A MSIL1C"], True),
        (["", "fox"], True),
    ],
)
def test_basic_terms_are_joined_by_or_and_a_term_of_several_words_is_a_phrase(terms, found):
    assert matches_text(read_basic(terms), TEXT) is found


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("fox", True),
        ('"climate model"', True),
        ('"model climate"', False),
        ("climate wolf", True),
        ("climate OR wolf", True),
        ("climate AND wolf", False),
        ("(quick OR slow) AND fox", True),
        ("(quick OR slow) AND wolf", False),
        ("quick +brown -fox", False),
        ("slow +brown -wolf", True),
        ("quick +wolf", False),
        ("-wolf", True),
        ("-fox", False),
        ('-"fox jumps"', False),
        ("+(fox wolf) -(bear cat)", True),
        ("wolf OR quick AND brown", True),
        ("wolf AND quick OR brown", True),
        ("fox AND -wolf", True),
        ("and", False),
    ],
)
def test_advanced_text_has_phrases_operators_brackets_and_signs(q, found):
    assert matches_text(read_advanced(q), TEXT) is found


def test_what_is_read_is_a_tree_of_words():
    assert read_basic(["EO", "Earth Observation"]) == AnyOf((Phrase(("eo",)), Phrase(("earth", "observation"))))
    expected = AllOf((Phrase(("brown",)), NoneOf((Phrase(("fox",)),))))
    assert read_advanced("quick +brown -fox") == expected


@pytest.mark.parametrize(
    ("q", "told"),
    [
        ("", "no word"),
        ("  ", "no word"),
        ("()", "no word"),
        ("!!!", "'!!!' at character 1 holds no word"),
        ("(fox", "bracket at character 1 is never closed"),
        ("fox)", "')' at character 4 closes nothing"),
        ('say "fox', "quotation mark at character 5 is never closed"),
        ("fox AND", "AND at character 5 joins nothing"),
        ("AND fox", "AND joins nothing"),
        ("fox OR", "OR at character 5 joins nothing"),
        ("OR fox", "OR at character 1 joins nothing"),
        ("fox OR OR wolf", "OR at character 5 joins nothing"),
        ("fox +", "+ at character 5 stands before no term"),
        ("fox AND -", "stands before no term"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_place(q, told):
    with pytest.raises(InvalidParameter) as refused:
        read_advanced(q)
    assert refused.value.parameter == "q"
    assert told in refused.value.why


@pytest.mark.parametrize("q", ["a" * 1_001, "a " * 65, "(" * 20 + "a" + ")" * 20])
def test_free_text_is_bounded(q):
    with pytest.raises(TooLarge):
        read_advanced(q)


def test_basic_terms_are_bounded_and_hold_a_word():
    with pytest.raises(TooLarge):
        read_basic(["a"] * 65)
    with pytest.raises(InvalidParameter, match="no word"):
        read_basic(["", "%"])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(st.sampled_from('ab "()+-AND OR%\t\u00e9_'), max_size=40))
def test_any_text_is_read_or_refused(q):
    with suppress(InvalidParameter, TooLarge):
        assert isinstance(read_advanced(q), Phrase | AllOf | AnyOf | NoneOf)
