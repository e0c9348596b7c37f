"""A filter in SQL means what it means in memory, whatever of its properties is indexed, kept or only seen."""

import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_items import PUBLIC, VALIDATOR, a_collection

from thalweg.catalogue.documents import stored
from thalweg.catalogue.footprints import footprint_of
from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.sqlite import open_store, plans, properties
from thalweg.catalogue.times import times_of
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import ItemQuery, Sort
from thalweg.core.queryables import Reach
from thalweg.core.time import instant
from thalweg.cql2.matching import matches

sys.path.append(str(Path(__file__).parents[1] / "cql2"))
from made_filters import COLLECTIONS, FIELDS, filters, items

ITEMS = 120
CLASSES = (PUBLIC, "w1/member", "w2/owner")
ANY = (*FIELDS, "id", "collection")
SORTS = st.lists(st.builds(Sort, st.sampled_from(ANY), st.booleans()), max_size=2, unique_by=lambda one: one.name)
CALLERS = st.sets(st.sampled_from(CLASSES)).map(lambda names: Visibility(frozenset(names)))
PLANS = (
    {},
    {"PROBED": -1, "WALKED": 10**9},
    {"PROBED": -1, "WALKED": 0, "STEPS": 1},
    {"PROBED": 10**6, "GROUP": -(10**9)},
)
REACHES = {
    "indexed": dict.fromkeys(FIELDS, Reach.INDEXED),
    "kept": dict.fromkeys(FIELDS, Reach.KEPT),
    "seen": dict.fromkeys(FIELDS, Reach.SEEN),
    "mixed": {name: Reach(place % 3) for place, name in enumerate(FIELDS)},
}
bounded = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def made():
    """Return many Items of hypothesis, each with an id of its own, the first ones as they were made."""
    documents = []

    @settings(bounded, max_examples=ITEMS, phases=[Phase.generate])
    @given(items())
    def collect(document):
        documents.append(document)

    collect()
    taken = set()
    for place, document in enumerate(documents):
        if (document["collection"], document["id"]) in taken:
            document["id"] = f"{document['id']}-{place}"
        taken.add((document["collection"], document["id"]))
    return documents


def new(document, visibility_class):
    """Return a document as a store takes it, whatever a schema would say of it."""
    footprint = footprint_of(document["geometry"], document["bbox"], 1_000)
    body, times = stored(document, [], 2**20), times_of(document["properties"])
    return NewItem(document["collection"], document["id"], body, times, footprint, visibility_class, document)


@pytest.fixture(scope="module", params=REACHES)
def filled(request, tmp_path_factory):
    """Return a store with the Items, and the Items."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(properties, "WELL_KNOWN", REACHES[request.param])
        store = open_store(f"sqlite:///{tmp_path_factory.mktemp('filters') / 'items.sqlite'}")
        for name in COLLECTIONS:
            store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
        documents = made()
        store.register([new(document, CLASSES[place % 3]) for place, document in enumerate(documents)], [])
    yield store, documents
    store.close()


@bounded
@given(expression=filters())
def test_a_filter_finds_what_it_matches(filled, expression):
    store, documents = filled
    wanted = {(one["collection"], one["id"]) for one in documents if matches(expression, one)}
    query = ItemQuery(filter=expression, limit=ITEMS)
    assert {(one.collection, one.id) for one in store.find(query, EVERYTHING).found} == wanted
    assert store.count(query, EVERYTHING, ITEMS) == len(wanted)


def sorted_by(document, name):
    """Return what an Item is sorted by: nothing for what is no number, string or truth value."""
    properties = document["properties"]
    if name in {"id", "collection"}:
        return document[name]
    found = properties.get(name)
    if name == "datetime":
        found = found or properties["start_datetime"]
    if name in {"datetime", "start_datetime", "end_datetime"}:
        return None if found is None else instant(found).timestamp()
    return found if isinstance(found, str | int | float) else None


def places(documents, sort):
    """Return the keys of Items in an order."""
    return [
        [(value is None, one.descending, value) for one in sort for value in [sorted_by(document, one.name)]]
        for document in documents
    ]


def before(one, other):
    """Tell whether an Item of these keys comes before another."""
    for (missing, descending, value), (lacks, _, theirs) in zip(one, other, strict=True):
        if missing or lacks:
            if missing is not lacks:
                return lacks
            continue
        mine, yours = ((isinstance(each, str), each) for each in (value, theirs))
        if mine != yours:
            return (mine < yours) is not descending
    return False


@bounded
@given(expression=st.none() | filters(), sort=SORTS, seen_by=CALLERS, plan=st.sampled_from(PLANS), data=st.data())
def test_pages_in_any_order_by_any_plan_are_the_whole(filled, expression, sort, seen_by, plan, data):
    store, documents = filled
    seen = [one for place, one in enumerate(documents) if seen_by.sees(CLASSES[place % 3])]
    wanted = {(one["collection"], one["id"]): one for one in seen if expression is None or matches(expression, one)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in plan.items():
            patch.setattr(plans, name, value)
        limit = data.draw(st.integers(max(1, len(wanted) // 4), ITEMS))
        query = ItemQuery(filter=expression, sort=tuple(sort), limit=limit)
        pages = [store.find(query, seen_by)]
        while pages[-1].next:
            pages.append(store.find(replace(query, after=pages[-1].next), seen_by))
        back = [pages[-1]]
        while back[-1].previous:
            back.append(store.find(replace(query, after=back[-1].previous), seen_by))
    whole = [(one.collection, one.id) for page in pages for one in page.found]
    assert sorted(whole) == sorted(wanted)
    keys = places([wanted[one] for one in whole], sort)
    assert not any(before(later, earlier) for earlier, later in pairwise(keys))
    assert [(one.collection, one.id) for page in reversed(back) for one in page.found] == whole
