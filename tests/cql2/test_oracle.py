"""Generated filters over generated Items, ours beside the evaluator of the library ``cql2``.

Where the two differ the standard wins. What is left out of the comparison, and why, is told in `differs` case by case,
and to people in docs/explanation/cql2.md.
"""

from collections.abc import Mapping

import cql2
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_filters import _Maker, filters, items

from thalweg.core.expressions import (
    ARITHMETIC,
    CHARACTERS,
    LOGIC,
    Array,
    Instant,
    Literal,
    Operation,
    Property,
    Shape,
    Span,
    parts,
)
from thalweg.cql2.functions import FUNCTIONS
from thalweg.cql2.matching import matches, value
from thalweg.cql2.spellings import OPERATORS
from thalweg.cql2.writing import to_json

NO_ORACLE = frozenset(FUNCTIONS)
"""The library calls no function but CASEI and ACCENTI."""
SEEN = {"compared": 0, "true": 0, "left out": 0}


def differs(expression, item):
    """Return why the library may answer otherwise here, or ``None``."""
    reasons = (
        ("it has no null: what is missing or of another kind is an error or is cast", a_null_takes_part),
        ("it reads no datetime from a span", an_item_of_a_span_is_asked_for_its_time),
        ("its IN and BETWEEN take no instants, and its IN no properties", a_list_or_a_range_has_more_than_literals),
        ("a DATE is a whole day to it, and no time beside a TIMESTAMP", a_date_is_there),
        ("it refuses a pattern that ends in a backslash", a_pattern_ends_in_a_backslash),
        ("it takes a property that holds an object for a part of the filter", an_object_is_there),
    )
    return next((why for why, holds in reasons if holds(expression, item)), None)


def a_null_takes_part(expression, item):
    return any(value(one, item) is None for one in parts(expression) if not isinstance(one, Shape | Span | Array))


def an_item_of_a_span_is_asked_for_its_time(expression, item):
    return item["properties"]["datetime"] is None and Property("datetime") in parts(expression)


def a_list_or_a_range_has_more_than_literals(expression, _item):
    return any(
        not isinstance(two, Literal) and (isinstance(two, Instant | Property) or one.op == "between")
        for one in parts(expression)
        if isinstance(one, Operation) and one.op in {"in", "between"}
        for two in (one.arguments[1].items if one.op == "in" else one.arguments)
    ) or any(
        isinstance(one, Operation) and one.op == "in" and value_is_a_time(one.arguments[0]) for one in parts(expression)
    )


def value_is_a_time(expression):
    return isinstance(expression, Instant) or expression in {
        Property("datetime"),
        Property("start_datetime"),
        Property("end_datetime"),
    }


def a_date_is_there(expression, _item):
    return any(isinstance(one, Instant) and one.date for one in parts(expression))


def a_pattern_ends_in_a_backslash(expression, _item):
    patterns = [one.arguments[1] for one in parts(expression) if isinstance(one, Operation) and one.op == "like"]
    return any(
        isinstance(one, Literal) and isinstance(one.value, str) and one.value.endswith("\\")
        for pattern in patterns
        for one in parts(pattern)
    )


def an_object_is_there(expression, item):
    asked = (item["properties"].get(one.name) for one in parts(expression) if isinstance(one, Property))
    return any(isinstance(found, Mapping) for found in asked)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(filters(without=NO_ORACLE), items())
def check_against_the_library(expression, item):
    if differs(expression, item) is not None:
        SEEN["left out"] += 1
        return
    theirs = cql2.parse_json(orjson.dumps(to_json(expression)).decode()).matches(item)
    SEEN["compared"] += 1
    SEEN["true"] += theirs
    assert matches(expression, item) is theirs


def test_the_library_answers_as_we_do_wherever_it_follows_the_standard():
    check_against_the_library()
    assert SEEN["compared"] > 40, SEEN
    assert 0 < SEEN["true"] < SEEN["compared"], SEEN


TEXTS = CHARACTERS | {"lower", "upper", "trim", "concat"}


@pytest.mark.parametrize(
    ("strategy", "examples", "wanted"),
    [
        (st.tuples(*_Maker(NO_ORACLE | ARITHMETIC)._predicates(1)), 15, OPERATORS - ARITHMETIC - CHARACTERS - LOGIC),
        (_Maker(frozenset()).figures(2), 400, ARITHMETIC | NO_ORACLE - TEXTS),
        (_Maker(frozenset()).texts(3), 400, TEXTS),
    ],
    ids=["operators", "numbers", "strings"],
)
def test_every_operator_and_function_is_made(strategy, examples, wanted):
    made = set()

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def look(found):
        for expression in found if isinstance(found, tuple) else (found,):
            made.update(one.op for one in parts(expression) if isinstance(one, Operation))

    look()
    assert wanted - made == set()
