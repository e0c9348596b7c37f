"""Everything moves from one store to the other and back, and is the same."""

import pytest
from made_items import (
    EVERYBODY,
    OWNER,
    PUBLIC,
    SECRET,
    VALIDATOR,
    a_collection,
    an_item,
    events_of,
    new,
    register,
    with_nul,
)

from thalweg.catalogue import copying
from thalweg.catalogue.canonical import canonical
from thalweg.catalogue.copying import copy_store
from thalweg.catalogue.stores.sqlite import open_store as open_sqlite
from thalweg.core.errors import Unavailable
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery

pytestmark = pytest.mark.postgres
ODD = {
    "big": 1e16,
    "small": 1e-7,
    "one": 1.0,
    "two": 2,
    "zero": -0.0,
    "long": 2**53,
    "text": "Mälaren",
    "deep": [{"a": 1}],
}


@pytest.fixture
def other(tmp_path):
    opened = open_sqlite(f"sqlite:///{tmp_path / 'items.sqlite'}")
    yield opened
    opened.close()


def untold(_step, _done, _total):
    """Tell nobody."""


def fill(store):
    for name in ("swot", "sentinel-2"):
        assets = {
            "data": {"title": "Data", "roles": ["data"], "type": "image/tiff; application=geotiff"},
            "more": {"title": "More", "type": "text/plain"},
        }
        document = VALIDATOR.collection(a_collection(name, item_assets=assets), PUBLIC)
        store.register_collection(document, [])
    for number in range(40):
        register(store, an_item(f"i{number}", "swot", properties={**ODD, "n": number}))
    register(store, an_item("pacific", "sentinel-2", (170, -10, -170, 10)), an_item("table", "sentinel-2", None))
    register(store, an_item("hidden", "sentinel-2"), visibility_class=SECRET)
    store.replace(new(an_item("i3", "swot", properties={"n": -3}))[0], 1, [])


def whole(store, seen_by=OWNER):
    page = store.find(ItemQuery(limit=500), seen_by)
    return {(one.collection, one.id): (canonical(one.body), one.visibility_class) for one in page.found}


def test_what_sqlite_holds_goes_to_postgresql_and_back(store, other, tmp_path):
    fill(other)
    report = copy_store(other, store, untold)
    assert report.equal, report.said()
    assert whole(store) == whole(other)
    assert len(whole(store, EVERYBODY)) == 42
    assert store.item("swot", "i3", EVERYBODY).version == 2
    ours, theirs = (one.versions("swot", "i3", EVERYTHING) for one in (store, other))
    assert [(one.number, one.since, one.until, canonical(one.body)) for one in ours] == [
        (one.number, one.since, one.until, canonical(one.body)) for one in theirs
    ]
    back = open_sqlite(f"sqlite:///{tmp_path / 'back.sqlite'}")
    assert copy_store(store, back, untold).equal
    assert whole(back) == whole(other)
    back.close()


def test_a_copy_that_is_done_again_changes_nothing(store, other):
    fill(other)
    copy_store(other, store, untold)
    before = store.outbox.last()
    report = copy_store(other, store, untold)
    assert report.outcomes == {"unchanged": 43}
    assert store.outbox.last() == before


def test_a_copy_that_was_cut_goes_on(store, other, monkeypatch):
    fill(other)
    monkeypatch.setattr(copying, "_AT_ONCE", 7)
    calls = []

    def cut(step, done, _total):
        calls.append((step, done))
        if len(calls) == 4:
            raise Unavailable("cut")

    with pytest.raises(Unavailable):
        copy_store(other, store, cut)
    assert 0 < len(whole(store)) < 43
    report = copy_store(other, store, untold)
    assert report.equal
    assert (report.items, report.outcomes.total(), report.before) == (43, 43, 21)
    assert "Of these, 21 before this run" in report.said()


def test_stores_that_differ_are_told_apart(store, other):
    fill(other)
    copy_store(other, store, untold)
    register(store, an_item("more", "swot"))
    report = copy_store(other, store, untold)
    assert not report.equal
    assert "swot (public/anyone): 40 Items in the source, 41 in the target" in report.said()


def test_an_item_that_is_not_taken_does_not_keep_the_others(store, other):
    fill(other)
    items = [with_nul(one) for one in new(an_item("nul", "swot", properties={"title": "a\ue000b"}))]
    other.register(items, events_of(items))
    report = copy_store(other, store, untold)
    assert +report.outcomes == {"registered": 43, "refused": 1}
    assert report.refused == ("nul: document: holds the character NUL, which this store does not keep",)
    assert whole(other).keys() - whole(store).keys() == {("swot", "nul")}


def test_a_target_that_is_away_ends_the_copy_and_refuses_nothing(store, other, monkeypatch):
    fill(other)

    def away(*_):
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(store, "restore", away)
        with pytest.raises(Unavailable):
            copy_store(other, store, untold)
    assert copy_store(other, store, untold).equal


def test_versions_come_along_both_ways(store, other, tmp_path):
    fill(other)
    version = other.item("swot", "i3", EVERYBODY).version
    other.remove("swot", "i3", version, [])
    register(other, an_item("i3", "swot", properties={"n": 33}))
    kept = other.versions("swot", "i3", EVERYBODY)
    assert [one.body is None for one in kept] == [False, True, False, False]
    assert copy_store(other, store, untold).history
    back = open_sqlite(f"sqlite:///{tmp_path / 'back.sqlite'}")
    try:
        for _ in range(2):
            report = copy_store(store, back, untold)
            assert (report.equal, report.history) == (True, True)
        for mine, theirs in zip(back.versions("swot", "i3", EVERYBODY), kept, strict=True):
            assert (mine.number, mine.since, mine.until) == (theirs.number, theirs.since, theirs.until)
            assert (mine.body and canonical(mine.body)) == (theirs.body and canonical(theirs.body))
        assert list(back.check(untold)) == []
    finally:
        back.close()
