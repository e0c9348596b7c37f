"""A filter in SQL means what it means in memory, whatever of its properties is indexed, kept or only seen."""

import sys
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
from thalweg.core.expressions import Operation
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery, Sort
from thalweg.core.queryables import Reach
from thalweg.cql2.matching import matches

sys.path.append(str(Path(__file__).parents[1] / "cql2"))
from made_filters import COLLECTIONS, FIELDS, filters, items  # noqa: E402 - stands with the tests of CQL2

ITEMS = 120
REACHES = {
    "indexed": dict.fromkeys(FIELDS, Reach.INDEXED),
    "kept": dict.fromkeys(FIELDS, Reach.KEPT),
    "seen": dict.fromkeys(FIELDS, Reach.SEEN),
    "mixed": {name: Reach(place % 3) for place, name in enumerate(FIELDS)},
}
bounded = settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


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


def new(document):
    """Return a document as a store takes it, whatever a schema would say of it."""
    footprint = footprint_of(document["geometry"], document["bbox"], 1_000)
    body, times = stored(document, [], 2**20), times_of(document["properties"])
    return NewItem(document["collection"], document["id"], body, times, footprint, PUBLIC, document)


@pytest.fixture(scope="module", params=REACHES)
def filled(request, tmp_path_factory):
    """Return a store with the Items, and the Items."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(properties, "WELL_KNOWN", REACHES[request.param])
        store = open_store(f"sqlite:///{tmp_path_factory.mktemp('filters') / 'items.sqlite'}")
        for name in COLLECTIONS:
            store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
        documents = made()
        store.register([new(document) for document in documents], [])
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
