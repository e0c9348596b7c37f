"""What does not agree is found and mended, while others serve; and many are as quick as few."""

import psycopg
import pytest
from made_items import EVERYBODY, PUBLIC, SECRET, VALIDATOR, a_collection, an_item, found, register

from thalweg.catalogue.stores.pgstac import open_store
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import CollectionQuery, ItemQuery
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.texts import Phrase

pytestmark = pytest.mark.postgres


@pytest.fixture
def made(store):
    store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    register(store, *(an_item(f"i{n}", properties={"title": f"Reach {n}", "n": n}) for n in range(4)))
    register(store, an_item("hidden", properties={"own": "x"}), visibility_class=SECRET)
    return store


def untold(_step, _done, _total):
    """Tell nobody."""


def behind(url, *statements):
    """Change tables behind the store's back."""
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL thalweg.ours = 'on'")
        connection.execute("SET search_path TO thalweg, pgstac, public")
        for statement in statements:
            connection.execute(statement)


def test_what_agrees_has_no_findings(made):
    assert list(made.check(untold)) == []


def test_what_does_not_agree_is_found_and_mended(made, pgstac_url):
    behind(
        pgstac_url,
        "DELETE FROM pgstac.items WHERE id = 'i0'",
        "DELETE FROM thalweg.item WHERE id = 'i1'",
        "UPDATE thalweg.tally SET n = n + 7",
    )
    places = {finding.where for finding in made.check(untold)}
    assert places == {"swot", "swot/i0", "swot/i1"}
    assert all(finding.mended for finding in made.check(untold, mend=True))
    assert list(made.check(untold)) == []
    assert set(found(made.find(ItemQuery(), EVERYBODY))) == {("swot", "i1"), ("swot", "i2"), ("swot", "i3")}


def test_all_that_is_derived_is_made_again(made, pgstac_url):
    before = made.queryables("swot", EVERYBODY)
    behind(
        pgstac_url, "UPDATE thalweg.item SET w = ''", "DELETE FROM thalweg.sighting", "DELETE FROM thalweg.roll_month"
    )
    made.reindex(untold)
    assert made.queryables("swot", EVERYBODY) == before
    assert found(made.find(ItemQuery(text=Phrase(("reach", "2"))), EVERYBODY)) == [("swot", "i2")]
    register(made, an_item("late", datetime="2100-01-01T00:00:00Z"))
    made.compact(untold)
    held = made.statistics()
    assert (held.counts["Items"], held.counts["Collections"], held.counts["events"]) == (6, 1, 6)
    assert all(size > 0 for size in held.bytes.values())


def test_values_of_hidden_items_are_not_told(made):
    assert "own" not in {one.name for one in made.queryables("swot", EVERYBODY)}
    assert "own" in {one.name for one in made.queryables("swot", EVERYTHING)}


def test_an_index_is_built_used_and_let_go(made, pgstac_url):
    before = indexes(pgstac_url)
    made.declare(Queryable("eo:cloud_cover", "number", None, Reach.INDEXED), untold)
    assert indexes(pgstac_url) == before
    made.declare(Queryable("n", "integer", None, Reach.INDEXED), untold)
    assert len(indexes(pgstac_url) - before) == 2
    made.declare(Queryable("n", "integer", None, Reach.SEEN), untold)
    assert indexes(pgstac_url) == before


def indexes(url):
    with psycopg.connect(url) as connection:
        sql = "SELECT indexname FROM pg_indexes WHERE schemaname = 'thalweg' AND indexname LIKE 'q\\_%'"
        return {name for (name,) in connection.execute(sql)}


def test_collections_are_found_by_page_and_by_what_they_say(store):
    for number in range(30):
        document = a_collection(
            f"c{number:02}", title=f"Basin {number}", keywords=["even" if number % 2 == 0 else "odd"]
        )
        store.register_collection(VALIDATOR.collection(document, PUBLIC if number % 3 else SECRET), [])
    seen, token = [], None
    while True:
        page = store.collections(CollectionQuery(limit=7, text=Phrase(("even",)), after=token), EVERYBODY)
        seen += [one.id for one in page.found]
        token = page.next
        if token is None:
            break
    assert seen == [f"c{number:02}" for number in range(30) if number % 2 == 0 and number % 3]
    assert store.count_collections(CollectionQuery(), EVERYBODY, 100) == 20


def test_collections_that_another_process_changed_are_found_as_they_are(store, pgstac_url):
    other = open_store(pgstac_url)
    dry, wet = (CollectionQuery(text=Phrase((word,))) for word in ("dry", "wet"))
    for name, title in (("a", "Dry"), ("b", "Wet"), ("c", "Dry")):
        other.register_collection(VALIDATOR.collection(a_collection(name, title=title), PUBLIC), [])
    assert [one.id for one in store.collections(dry, EVERYBODY).found] == ["a", "c"]
    other.replace_collection(VALIDATOR.collection(a_collection("a", title="Wet"), PUBLIC), 1, [])
    assert [one.id for one in store.collections(wet, EVERYBODY).found] == ["a", "b"]
    other.remove_collection("b", 1, [])
    other.register_collection(VALIDATOR.collection(a_collection("d", title="Wet"), PUBLIC), [])
    assert [one.id for one in store.collections(wet, EVERYBODY).found] == ["a", "d"]
    other.close()
