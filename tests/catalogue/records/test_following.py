"""Records that follow Collections: they come, change and go with them, and nothing is told to who may not see it."""

import subprocess
import sys
from pathlib import Path

import pytest
from callers import ALICE, BOB
from made_items import a_collection

from thalweg.catalogue.records.followed import Collections
from thalweg.catalogue.records.following import Following, Resource
from thalweg.catalogue.records.query import RecordQuery
from thalweg.catalogue.records.record import Record
from thalweg.catalogue.records.service import Records
from thalweg.catalogue.service import Catalogue
from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.principals import ANYONE, Principal


class Made:
    """Resources made by a test, which no event names."""

    kind = "process"
    heard = False

    def __init__(self):
        self.there = {}

    def named_by(self, event):  # noqa: ARG002
        return None

    def one(self, workspace, record_id):
        return self.there.get((workspace, record_id))

    def all(self):
        return list(self.there.values())


@pytest.fixture
def made():
    return Made()


@pytest.fixture
def following(store, workspaces, limits, made):
    workspaces.create("public", "Public", "anyone", Principal("root"))
    return Following(store, workspaces, limits, [Collections(store), made], lambda: ["demo", "alice", "bob", "public"])


def ids(records, who):
    return {entry.id for entry in records.search(RecordQuery(types=("collection", "process"), limit=100), who).found}


@pytest.fixture
def caught_up(following, store):
    places = {}

    def catch_up():
        while following.catch_up([store.outbox], places):
            pass

    return catch_up


def test_a_collection_is_told_of_and_changes_and_goes(records, catalogue, caught_up):
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    caught_up()
    assert ids(records, ANYONE) == {"demo.images"}
    catalogue.patch_collection("demo.images", {"title": "Otherwise"}, ALICE)
    caught_up()
    told = records.record("demo.images", ANYONE).record()
    assert told.title == "Otherwise"
    assert {"/items", "/freshness"} <= {link.href.partition("demo.images")[2] for link in told.links}
    catalogue.remove_collection("demo.images", ALICE)
    caught_up()
    assert ids(records, ANYONE) == set()


def test_who_may_not_see_a_collection_does_not_see_its_record(records, catalogue, caught_up):
    catalogue.register_collection(a_collection("alice.images"), ALICE)
    caught_up()
    assert (ids(records, ALICE), ids(records, BOB), ids(records, ANYONE)) == ({"alice.images"}, set(), set())


def test_to_rebuild_twice_changes_nothing(records, catalogue, following, store):
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    following.rebuild()
    before, last = records.record("demo.images", ANYONE).item, store.outbox.last()
    assert following.rebuild() == {"collection": 1, "process": 0}
    assert (records.record("demo.images", ANYONE).item, store.outbox.last()) == (before, last)


def test_a_rebuild_finds_what_happened_while_nobody_followed(records, catalogue, following, made):
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    process = Record("process:mask", type="process", title="Mask")
    made.there = {("demo", "process:mask"): Resource(process, "demo", "demo/anyone")}
    following.rebuild()
    assert ids(records, ANYONE) == {"demo.images", "process:mask"}
    made.there = {}
    catalogue.remove_collection("demo.images", ALICE)
    following.rebuild()
    assert ids(records, ANYONE) == set()


def test_the_record_of_what_is_no_longer_shown_is_no_longer_shown(records, following, made):
    process, place = Record("process:mask", type="process", title="Mask"), ("demo", "process:mask")
    made.there = {place: Resource(process, "demo", "demo/anyone")}
    following.rebuild()
    assert ids(records, BOB) == {"process:mask"}
    made.there = {place: Resource(process, "demo", "demo/member")}
    following.rebuild()
    assert (ids(records, BOB), ids(records, ALICE)) == (set(), {"process:mask"})


def test_what_people_wrote_beside_stays(records, following, made, alice):
    made.there = {("demo", "process:mask"): Resource(Record("process:mask", type="process"), "demo", "demo/anyone")}
    following.rebuild()
    records.register([Record("ours", type="process", title="Ours")], "demo.resources", alice)
    following.rebuild()
    assert ids(records, ANYONE) == {"process:mask", "ours"}


def test_a_collection_of_items_of_that_name_stays_what_it_is(records, catalogue, following):
    catalogue.register_collection(a_collection("demo.resources"), ALICE)
    following.rebuild()
    assert catalogue.collection("demo.resources", ALICE).id == "demo.resources"
    assert ids(records, ANYONE) == set()


def follow_killed(url, control, stop_after):
    """Follow in a process of its own, which is killed after so many Records."""
    program = Path(__file__).with_name("following_program.py")
    process = subprocess.Popen([sys.executable, str(program), url, control], stdout=subprocess.PIPE, text=True)
    for _ in range(stop_after):
        process.stdout.readline()
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_follower_that_is_killed_loses_nothing(tmp_path, sqlite_url, workspaces, validator, limits):
    url = f"sqlite:///{tmp_path / 'items.sqlite'}"
    store = open_store(url)
    catalogue, records = Catalogue(store, workspaces, validator, limits), Records(store, workspaces, limits)
    for n in range(12):
        catalogue.register_collection(a_collection(f"demo.c{n:02}"), ALICE)
    follow_killed(url, sqlite_url, 5)
    catalogue.remove_collection("demo.c00", ALICE)
    follow_killed(url, sqlite_url, 1)
    following = Following(store, workspaces, limits, [Collections(store)], lambda: ["demo"])
    following.rebuild()
    assert ids(records, ANYONE) == {f"demo.c{n:02}" for n in range(1, 12)}
    found = records.search(RecordQuery(types=("collection",), limit=100), ANYONE).found
    assert {entry.item.version for entry in found} == {1}, "none was told twice"
    store.close()


@pytest.mark.postgres
def test_on_postgresql_what_is_told_stays_as_it_is(pgstac_url, workspaces, validator, limits):
    store = open_pgstac(pgstac_url)
    catalogue, records = Catalogue(store, workspaces, validator, limits), Records(store, workspaces, limits)
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    process = Made()
    process.there = {("demo", "process:mask"): Resource(Record("process:mask", type="process"), "demo", "demo/anyone")}
    following = Following(store, workspaces, limits, [Collections(store), process], lambda: ["demo"])
    following.rebuild()
    following.rebuild()
    found = records.search(RecordQuery(types=("collection", "process")), ANYONE).found
    assert {(entry.id, entry.item.version) for entry in found} == {("demo.images", 1), ("process:mask", 1)}
    catalogue.remove_collection("demo.images", ALICE)
    following.rebuild()
    assert ids(records, ANYONE) == {"process:mask"}
    store.close()
