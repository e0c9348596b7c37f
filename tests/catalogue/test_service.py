"""Use cases of the catalogue, with a real policy over a real store."""

import orjson
import pytest
from callers import ALICE, BOB
from made_items import a_collection, an_item, ids, new

from thalweg.core.errors import (
    Conflict,
    Forbidden,
    InvalidParameter,
    NotFound,
    PreconditionFailed,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from thalweg.core.items import FOLLOWING
from thalweg.core.principals import ANYONE
from thalweg.core.queries import CollectionQuery, ItemQuery


@pytest.fixture
def filled(catalogue):
    for name, owner in (("demo.images", ALICE), ("alice.results", ALICE), ("bob.results", BOB)):
        catalogue.register_collection(a_collection(name), owner)
    return catalogue


def kinds(store):
    return [one.event.kind for one in store.outbox.after(0)]


def test_new_things_get_the_class_of_their_workspace(filled, store):
    (open_one,) = filled.register([an_item("S1", "demo.images")], ALICE)
    (private,) = filled.register([an_item("S1", "alice.results")], ALICE)
    assert (open_one.visibility_class, private.visibility_class) == ("demo/anyone", "alice/member")
    assert filled.collection("alice.results", ALICE).visibility_class == "alice/member"
    assert store.outbox.after(0)[-1].event.visibility_class == "alice/member"


def test_who_may_not_see_it_is_told_that_it_is_not_there(filled):
    filled.register([an_item("S1", "alice.results")], ALICE)
    for who in (ANYONE, BOB):
        with pytest.raises(NotFound):
            filled.item("alice.results", "S1", who)
        with pytest.raises(NotFound):
            filled.collection("alice.results", who)
        assert filled.search(ItemQuery(), who).found == ()
        assert filled.count(ItemQuery(ids=("S1",)), who) == 0
        assert "alice.results" not in ids(filled.collections(CollectionQuery(), who))
    assert ids(filled.search(ItemQuery(), ALICE)) == ["S1"]


@pytest.mark.parametrize("item_id", ["taken", "free"])
def test_an_id_that_is_taken_among_others_tells_nothing(filled, item_id):
    """Writing where one may not is refused before it is looked whether the id is taken."""
    filled.register([an_item("taken", "alice.results")], ALICE)
    attempts = (
        lambda: filled.register([an_item(item_id, "alice.results")], BOB),
        lambda: filled.register_once([an_item(item_id, "alice.results")], BOB),
        lambda: filled.replace(an_item(item_id, "alice.results"), BOB),
        lambda: filled.patch("alice.results", item_id, {}, BOB),
        lambda: filled.remove("alice.results", item_id, BOB),
        lambda: filled.register_collection(a_collection(f"alice.{item_id}"), BOB),
        lambda: filled.remove_collection("alice.results", BOB),
    )
    told = set()
    for attempt in attempts:
        with pytest.raises(NotFound) as refused:
            attempt()
        told.add(str(refused.value))
    assert told == {"there is no workspace alice"}


def test_who_reads_may_not_write(filled):
    with pytest.raises(Unauthenticated):
        filled.register([an_item("S1", "demo.images")], ANYONE)
    with pytest.raises(Forbidden):
        filled.register([an_item("S1", "demo.images")], BOB)
    with pytest.raises(Forbidden):
        filled.register_collection(a_collection("demo.more"), BOB)


def test_no_collection_takes_the_name_of_the_catalogue_of_everything(catalogue, workspaces):
    workspaces.create("public", "Public", "anyone", ALICE)
    with pytest.raises(InvalidParameter, match="catalogue of everything"):
        catalogue.register_collection(a_collection("all"), ALICE)
    with pytest.raises(InvalidParameter, match="catalogue of everything"):
        catalogue.load([an_item("S1", "all")], ALICE, making=a_collection("all"))
    with pytest.raises(NotFound):
        catalogue.collection("all", ALICE)


def test_a_batch_that_strays_into_another_workspace_is_refused_whole(filled, store):
    before = kinds(store)
    with pytest.raises(NotFound):
        filled.register([an_item("mine", "bob.results"), an_item("theirs", "alice.results")], BOB)
    assert filled.search(ItemQuery(), BOB).found == ()
    assert kinds(store) == before


def test_a_wrong_item_among_many_is_named_by_its_place(filled):
    with pytest.raises(InvalidParameter) as refused:
        filled.register([an_item("a", "demo.images"), an_item("b", "demo.images", datetime="soon")], ALICE)
    assert refused.value.parameter == "features.1.properties.datetime"
    assert filled.search(ItemQuery(), ALICE).found == ()


def test_too_many_at_once_and_too_long_a_page_are_refused(filled):
    with pytest.raises(TooLarge):
        filled.register([an_item("a", "demo.images")] * 2_001, ALICE)
    for limit in (0, -1, 501):
        with pytest.raises(InvalidParameter):
            filled.search(ItemQuery(limit=limit), ALICE)


def test_a_workspace_narrows_to_what_it_holds(filled):
    filled.register([an_item("a", "demo.images")], ALICE)
    filled.register([an_item("b", "alice.results")], ALICE)
    assert ids(filled.search(ItemQuery(), ALICE, "alice")) == ["b"]
    assert ids(filled.collections(CollectionQuery(), ALICE, workspace="demo")) == ["demo.images"]
    with pytest.raises(NotFound):
        filled.item("demo.images", "a", ALICE, "alice")
    assert filled.search(ItemQuery(), BOB, "alice").found == ()


def test_every_change_is_an_event_in_its_order(filled, store):
    filled.register([an_item("S1", "demo.images")], ALICE)
    filled.patch("demo.images", "S1", {"properties": {"title": "x"}}, ALICE)
    filled.remove("demo.images", "S1", ALICE)
    filled.patch_collection("demo.images", {"title": "y"}, ALICE)
    filled.remove_collection("demo.images", ALICE)
    assert kinds(store)[3:] == [
        "item.registered",
        "item.changed",
        "item.removed",
        "collection.changed",
        "collection.removed",
    ]
    assert store.outbox.after(0)[3].event.data == {"collection": "demo.images", "id": "S1"}


def test_a_patch_changes_what_it_says_and_nothing_else(filled):
    filled.register([an_item("S1", "demo.images", properties={"a": 1, "b": {"c": 2, "d": 3}})], ALICE)
    changed = filled.patch("demo.images", "S1", {"properties": {"a": None, "b": {"c": 4}}}, ALICE)
    properties = orjson.loads(changed.body)["properties"]
    assert properties == {"datetime": "2024-05-01T00:00:00Z", "b": {"c": 4, "d": 3}}
    for change, parameter in (
        ({"id": "S2"}, "id"),
        ({"collection": "alice.results"}, "collection"),
        ({"properties": {"datetime": None}}, "properties.datetime"),
    ):
        with pytest.raises(InvalidParameter) as refused:
            filled.patch("demo.images", "S1", change, ALICE)
        assert refused.value.parameter == parameter
    assert filled.item("demo.images", "S1", ALICE) == changed


def test_a_named_version_must_be_the_one_that_is_there(filled):
    filled.register([an_item("S1", "demo.images")], ALICE)
    with pytest.raises(PreconditionFailed):
        filled.replace(an_item("S1", "demo.images"), ALICE, version=2)
    assert filled.replace(an_item("S1", "demo.images"), ALICE, version=1).version == 1
    changed = an_item("S1", "demo.images", properties={"title": "another"})
    assert filled.replace(changed, ALICE, version=1).version == 2
    with pytest.raises(PreconditionFailed):
        filled.remove("demo.images", "S1", ALICE, version=1)
    filled.remove("demo.images", "S1", ALICE, version=2)
    with pytest.raises(NotFound):
        filled.remove("demo.images", "S1", ALICE)


def test_a_job_registers_its_items_once(filled, store):
    made = [an_item(name, "alice.results", properties={"thalweg:job": "job-1"}) for name in ("a", "b")]
    first = filled.register_once(made[:1], ALICE)
    again = filled.register_once(made, ALICE)
    assert again[0] == first[0]
    assert [item.id for item in again] == ["a", "b"]
    assert filled.register_once(made, ALICE) == again
    assert kinds(store).count("item.registered") == 2


@pytest.mark.parametrize("job", [None, "job-2"])
def test_what_another_job_registered_is_not_taken_for_ones_own(filled, job):
    filled.register([an_item("a", "alice.results", properties={"thalweg:job": "job-1"})], ALICE)
    with pytest.raises(Conflict):
        filled.register_once([an_item("a", "alice.results", properties={"thalweg:job": job} if job else {})], ALICE)


def test_a_member_loads_over_no_item_that_only_owners_see(filled, store, workspaces):
    workspaces.put_member("demo", BOB.id, "member", ALICE)
    (own,) = new(an_item("own", "demo.images"), visibility_class="demo/owner")
    store.register([own], [])
    changed = an_item("own", "demo.images", properties={"title": "taken over"})
    for document in (changed, an_item("own", "demo.images")):
        (told,) = filled.load([document], BOB)
        assert (told.outcome, type(told.error)) == ("refused", Conflict)
    assert filled.item("demo.images", "own", ALICE).version == 1
    (told,) = filled.load([changed], ALICE)
    assert told.outcome == "replaced"


def test_a_collection_is_ensured_once(filled):
    first = filled.ensure_collection(a_collection("alice.more"), ALICE)
    assert filled.ensure_collection(a_collection("alice.more", title="other"), ALICE) == first
    with pytest.raises(NotFound):
        filled.ensure_collection(a_collection("alice.more"), BOB)


def test_a_store_that_is_away_refuses_no_item_of_a_load(filled, store, monkeypatch):
    """What is refused is not loaded again; what could not be looked at must be."""
    answers = iter([Unavailable("away"), Unavailable("away")])
    read = store.collection

    def collection(*asked):
        for error in answers:
            raise error
        return read(*asked)

    monkeypatch.setattr(store, "collection", collection)
    documents = [an_item(f"i{n}", "demo.images") for n in range(4)]
    for _ in range(2):
        with pytest.raises(Unavailable):
            filled.load(documents, ALICE)
    assert [one.outcome for one in filled.load(documents, ALICE)] == ["registered"] * 4


def test_the_extent_of_a_collection_that_follows_its_items_is_theirs(filled, store):
    filled.register_collection({**a_collection("alice.images"), FOLLOWING: "items"}, ALICE)
    filled.fit("alice.images", ALICE)
    assert filled.collection("alice.images", ALICE).version == 1
    filled.register([an_item("S1", "alice.images", (10, 20, 11, 22), "2024-01-02T00:00:00Z")], ALICE)
    filled.register([an_item("S2", "alice.images", (30, 20, 31, 25), "2024-05-02T00:00:00Z")], ALICE)
    filled.fit("alice.images", ALICE)
    filled.fit("alice.images", ALICE)
    fitted = filled.collection("alice.images", ALICE)
    extent = orjson.loads(fitted.body)["extent"]
    assert extent["spatial"]["bbox"] == [[10, 20, 31, 25]]
    assert extent["temporal"]["interval"] == [["2024-01-02T00:00:00Z", "2024-05-02T00:00:00Z"]]
    assert fitted.version == 2
    assert kinds(store).count("collection.changed") == 1


def test_an_extent_that_somebody_wrote_stays(filled):
    filled.register([an_item("S1", "demo.images", (10, 20, 11, 22))], ALICE)
    filled.fit("demo.images", ALICE)
    assert filled.collection("demo.images", ALICE).version == 1
    with pytest.raises(NotFound):
        filled.fit("alice.results", BOB)
