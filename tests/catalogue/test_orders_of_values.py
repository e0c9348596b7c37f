"""The values of an indexed property, walked between a filter's bounds: the answer of a plain scan, page by page."""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_items import PUBLIC, VALIDATOR, a_collection, an_item, new
from stored import Stored

from thalweg.catalogue.stores.sqlite import open_store, plans
from thalweg.core.expressions import Array, Literal, Operation, Property
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery, Sort
from thalweg.core.queryables import Queryable, Reach

MEMBER = "eo:cloud_cover"
VALUES = (None, 0, 1, 1.5, 2, 2.5, 7, "", "1", "few", "many")
COMPARED = {
    "=": lambda value, other: value == other,
    "<": lambda value, other: value < other,
    "<=": lambda value, other: value <= other,
    ">": lambda value, other: value > other,
    ">=": lambda value, other: value >= other,
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return a store and the values of its Items by id."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('orders') / 'items.sqlite'}")
    store.register_collection(VALIDATOR.collection(a_collection("a"), PUBLIC), [])
    store.declare(Queryable(MEMBER, "number", "a", Reach.INDEXED), lambda *_: None)
    chance, values = random.Random(9), {}  # noqa: S311 - a test repeats itself
    for number in range(120):
        value = chance.choice(VALUES)
        document = an_item(f"i{number:03}", "a")
        document["properties"] |= {} if value is None else {MEMBER: value}
        store.register(new(document), [])
        values[document["id"]] = value
    yield Stored((store, values))
    store.close()


def compared(op, other):
    return Operation(op, (Property(MEMBER), Literal(other)))


def holds(op, value, other):
    return value is not None and isinstance(value, str) == isinstance(other, str) and COMPARED[op](value, other)


COMPARISON = st.tuples(st.sampled_from(sorted(COMPARED)), st.sampled_from([one for one in VALUES if one is not None]))
PLANS = {"as chosen": {}, "walked": {"PROBED": -1, "WALKED": 10**9}, "gathered": {"PROBED": 10**6, "WALKED": 0}}


@pytest.fixture(params=PLANS)
def plan(request, monkeypatch):
    for name, value in PLANS[request.param].items():
        monkeypatch.setattr(plans, name, value)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    comparisons=st.lists(COMPARISON, min_size=1, max_size=3),
    listed=st.none() | st.lists(st.sampled_from([0, 1.5, "few"]), min_size=1, max_size=2),
    descending=st.booleans(),
    limit=st.integers(3, 30),
)
def test_values_between_bounds_are_walked_whole(plan, stored, comparisons, listed, descending, limit):  # noqa: ARG001
    store, values = stored
    asked = [compared(*one) for one in comparisons]
    if listed is not None:
        asked.append(Operation("in", (Property(MEMBER), Array(tuple(map(Literal, listed))))))
    expected = {
        item
        for item, value in values.items()
        if all(holds(op, value, other) for op, other in comparisons)
        and (listed is None or any(holds("=", value, one) for one in listed))
    }
    query = ItemQuery(filter=Operation("and", tuple(asked)), sort=(Sort(MEMBER, descending),), limit=limit)
    page = store.find(query, EVERYTHING)
    forwards = [page]
    while page.next is not None:
        page = store.find(replace(query, after=page.next), EVERYTHING)
        forwards.append(page)
    found = [item.id for one in forwards for item in one.found]
    keys = [(isinstance(values[one], str), values[one]) for one in found]
    assert sorted(found) == sorted(expected)
    assert keys == sorted(keys, reverse=descending)
    backwards = [[item.id for item in page.found]]
    while page.previous is not None:
        page = store.find(replace(query, after=page.previous), EVERYTHING)
        backwards.insert(0, [item.id for item in page.found])
    assert [one for part in backwards for one in part] == found
