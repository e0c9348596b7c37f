"""Several changes are one: all of them are made with their events, or none."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from altering_program import alterations, told
from made_items import EVERYBODY, PUBLIC, SECRET, VALIDATOR, a_collection, an_item, new, register

from thalweg.catalogue.alterations import Addition, Removal, Replacement
from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.errors import Conflict, NotFound, PreconditionFailed
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery

HERE = Path(__file__).parent
SETTLED = {"changed": "then", "gone": None}


@pytest.fixture(params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    if request.param == "pgstac":
        return request.getfixturevalue("pgstac_url")
    return f"sqlite:///{tmp_path / 'items.sqlite'}"


@pytest.fixture
def items(url):
    """Return a store with two Items."""
    store = open_store(url) if url.startswith("sqlite") else open_pgstac(url)
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    register(store, an_item("changed", properties={"title": "then"}), an_item("gone"))
    yield store
    store.close()


def titles(store):
    found = store.find(ItemQuery(), EVERYTHING).found
    return {item.id: orjson.loads(item.body)["properties"].get("title") for item in found}


def test_changes_are_made_together_with_their_events(items):
    last = items.outbox.last()
    came, changed, gone = items.apply(alterations())
    assert titles(items) == {"came": None, "changed": "now"}
    assert (came.version, changed.version, gone) == (1, 2, None)
    assert changed == items.item("swot", "changed", EVERYBODY)
    heard = [(one.event.kind, one.event.subject) for one in items.outbox.after(last)]
    assert heard == [
        ("item.registered", "swot/came"),
        ("item.changed", "swot/changed"),
        ("item.removed", "swot/gone"),
    ]
    assert [one.number for one in items.versions("swot", "changed", EVERYBODY)] == [2, 1]
    assert items.count(ItemQuery(), EVERYTHING, 10) == 2
    assert list(items.check(lambda *_: None)) == []


def test_an_item_that_was_removed_comes_back_and_one_that_is_replaced_keeps_its_class(items):
    items.apply([Removal("swot", "gone", 1, told("item.removed", "gone"))])
    (back,) = new(an_item("gone"))
    (put,) = new(an_item("changed"), visibility_class=SECRET)
    again, kept = items.apply(
        [Addition(back, told("item.registered", "gone")), Replacement(put, 1, told("item.changed", "changed"))]
    )
    assert (again.version, kept.visibility_class) == (2, PUBLIC)


def wrong(kind):
    (taken,) = new(an_item("changed"))
    (lost,) = new(an_item("lost", "nowhere"))
    event = told("item.changed", "x")
    return {
        "taken": (Addition(taken, event), Conflict),
        "nowhere": (Addition(lost, event), NotFound),
        "nobody": (Removal("swot", "nobody", 1, event), NotFound),
        "another version": (Removal("swot", "other", 7, event), PreconditionFailed),
        "replaced too late": (Replacement(new(an_item("other"))[0], 7, event), PreconditionFailed),
        "twice": (Removal("swot", "gone", 1, event), Conflict),
    }[kind]


@pytest.mark.parametrize("kind", ["taken", "nowhere", "nobody", "another version", "replaced too late", "twice"])
def test_where_the_last_change_cannot_be_made_none_is(items, kind):
    register(items, an_item("other"))
    last, (change, error) = items.outbox.last(), wrong(kind)
    several = alterations()
    if kind == "taken":
        several = (several[0], several[2])
    with pytest.raises(error):
        items.apply((*several, change))
    assert titles(items) == {**SETTLED, "other": None}
    assert items.outbox.last() == last
    assert list(items.check(lambda *_: None)) == []


def test_a_kill_before_the_last_event_leaves_nothing(items, url):
    last = items.outbox.last()
    program = [sys.executable, str(HERE / "altering_program.py"), url]
    ended = subprocess.run(program, env={**os.environ, "PYTHONPATH": str(HERE)}, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert titles(items) == SETTLED
    assert items.outbox.last() == last
    assert len(items.apply(alterations())) == 3


def test_nothing_is_done_where_nothing_is_asked(items):
    assert items.apply([]) == ()
    assert titles(items) == SETTLED


def test_hundreds_are_changed_at_once(items):
    several = new(*(an_item(f"n{number}") for number in range(300)))
    items.apply([Addition(one, told("item.registered", one.id)) for one in several])
    renamed = [replace(one, document={}, body=one.body.replace(b"data.tif", b"more.tif")) for one in several[:150]]
    changes = [Replacement(one, 1, told("item.changed", one.id)) for one in renamed]
    dropped = [Removal("swot", one.id, 1, told("item.removed", one.id)) for one in several[250:]]
    items.apply([*changes, *dropped])
    assert items.count(ItemQuery(), EVERYTHING, 1_000) == 252
