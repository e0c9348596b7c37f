"""Filters in PostgreSQL find what they find in memory, however much of them SQL can say."""

from contextlib import contextmanager
from dataclasses import replace

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_filters import COLLECTIONS, filters, items
from made_items import EVERYBODY, OWNER, PUBLIC, SECRET, VALIDATOR, a_collection

from thalweg.catalogue.documents import stored
from thalweg.catalogue.footprints import footprint_of
from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.pgstac import census, open_store, planning
from thalweg.catalogue.times import times_of
from thalweg.core.queries import Aggregation, ItemQuery, Sort
from thalweg.cql2.matching import matches

pytestmark = pytest.mark.postgres
_AT_ONCE = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
_POOL = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def made():
    """Return documents that hypothesis makes, the same at every run, each with an id of its own."""
    found = []

    @_POOL
    @given(st.lists(items(), min_size=1, max_size=2))
    def take(documents):
        found.extend(documents)

    take()
    for number, document in enumerate(found):
        document["id"] = f"{document['id']}-{number}"
    return found


@pytest.fixture(scope="module")
def world(pgstac_database):
    """Return a store with Items of which every fifth is hidden, and those that everybody sees."""
    store = open_store(pgstac_database)
    for name in COLLECTIONS:
        store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    documents = made()
    hidden = {document["id"] for document in documents[::5]}
    store.register([new_item(one, SECRET if one["id"] in hidden else PUBLIC) for one in documents], [])
    yield store, [one for one in documents if one["id"] not in hidden]
    for document in documents:
        store.remove(document["collection"], document["id"], 1, [])
    for name in COLLECTIONS:
        store.remove_collection(name, 1, [])
    store.close()


def new_item(document, visibility_class):
    footprint = footprint_of(document["geometry"], document["bbox"], 1000)
    body, times = stored(document, [], 2**20), times_of(document["properties"])
    return NewItem(document["collection"], document["id"], body, times, footprint, visibility_class, document)


@pytest.fixture
def everything(world):
    """Return all Items, also those that are hidden."""
    store, _ = world
    return [orjson.loads(item.body) for item in store.find(ItemQuery(limit=1000), OWNER).found]


@contextmanager
def planned_as_of(few, *, indexed=False):
    """Have who sees more than so many Items counted among those who see many, and all properties taken for indexed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(census, "_RARE", few)
        if indexed:
            patch.setattr(planning.Indexes, "has", lambda _, name: name.startswith("q_"))
        yield


@_AT_ONCE
@given(filters(), st.sampled_from([0, 1000]), st.booleans())
def test_a_filter_finds_what_it_finds_in_memory(world, everything, expression, few, owner):
    store, documents = world
    who, documents = (OWNER, everything) if owner else (EVERYBODY, documents)
    expected = {one["id"] for one in documents if matches(expression, one)}
    query = ItemQuery(filter=expression, limit=1000)
    with planned_as_of(few):
        assert {item.id for item in store.find(query, who).found} == expected
        assert store.count(query, who, 1000) == len(expected)
        (counted,) = store.aggregate(query, [Aggregation("all", "count")], who, 10)
    assert counted.value == len(expected)


@settings(_AT_ONCE, max_examples=40)
@given(
    filters(),
    st.sampled_from(["n", "x:name", "datetime", "id", "wild", "start_datetime", "collection"]),
    st.booleans(),
    st.sampled_from([0, 1000]),
    st.sampled_from([(), (Sort("x:name"),), (Sort("n", descending=True), Sort("id"))]),
)
def test_pages_of_any_order_are_the_whole_and_go_back(world, expression, name, descending, few, more):
    sort = (Sort(name, descending), *(one for one in more if one.name != name))
    query = ItemQuery(filter=expression, limit=1000, sort=sort)
    whole = [item.id for item in world[0].find(query, EVERYBODY).found]
    with planned_as_of(few, indexed=True):
        check_pages(world[0], query, whole)
    check_pages(world[0], query, whole)


def check_pages(store, asked, whole):
    expression = asked.filter
    query = replace(asked, limit=1000)
    assert [item.id for item in store.find(query, EVERYBODY).found] == whole
    forth, pages, token = [], [], None
    while True:
        page = store.find(ItemQuery(filter=expression, limit=17, sort=query.sort, after=token), EVERYBODY)
        pages.append([item.id for item in page.found])
        forth += pages[-1]
        if page.next is None:
            break
        token, previous = page.next, page
    assert forth == whole
    if len(pages) > 1:
        back = store.find(ItemQuery(filter=expression, limit=17, sort=query.sort, after=page.previous), EVERYBODY)
        assert [item.id for item in back.found] == [item.id for item in previous.found]


def test_documents_come_back_equal(world):
    store, documents = world
    for document in documents:
        there = store.item(document["collection"], document["id"], EVERYBODY)
        assert orjson.loads(there.body) == document
        assert there.body.endswith(b'"links":[]}')
