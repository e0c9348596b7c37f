"""Patterns of LIKE over indexed properties find by letters exactly what a look at each Item finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_items import PUBLIC, VALIDATOR, a_collection, an_item, new, with_nul

from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.events import Event
from thalweg.core.expressions import SOME, VALUE, Array, Literal, Operation, Property
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery
from thalweg.core.queryables import Queryable, Reach
from thalweg.cql2.matching import matches
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate

SIGNS = "aAbBéÉßsS%_\\*?[]\"' -ıİi"  # noqa: RUF001 - letters whose case is odd
WORDS = (
    "Straße",
    "STRASSE",
    "a*b",
    "a?b[c]",
    "50%_off",
    "back\\slash",
    "'quoted\"",
    "Éa éa",
    "İstanbul",
    "aaaa",
    "ab",
    "",
)
TITLES = (*WORDS, *(f"{one} {other}" for one in WORDS[:6] for other in WORDS[3:9]), None, 7, True, ["Straße"])
TEXTS = st.text(SIGNS, max_size=6) | st.sampled_from(WORDS).map(lambda word: word.replace("%", r"\%"))
PATTERNS = st.lists(TEXTS | st.sampled_from(["%", "_"]), max_size=4).map("".join)


def told(outcome, item):
    return Event(f"item.{outcome}", item.id, item.visibility_class)


def titled(number, title):
    keywords = [str(title), {"deep": [f"{title}!", None]}]
    return an_item(f"i{number}", "a", properties={"own:title": title, "own:words": keywords})


@pytest.fixture(scope="module")
def documents():
    return [titled(number, title) for number, title in enumerate(TITLES)]


@pytest.fixture(scope="module")
def store(tmp_path_factory, documents):
    opened = filled(tmp_path_factory.mktemp("letters"), documents)
    yield opened
    opened.close()


def conditions(pattern):
    title, text = Property("own:title"), Literal(pattern)
    yield Operation("like", (title, text))
    yield Operation("not", (Operation("like", (title, text)),))
    yield Operation("like", (Operation("casei", (title,)), Operation("casei", (text,))))
    keyword = Operation("like", (Property(VALUE), text))
    yield Operation(SOME, (Property("own:words"), Array(()), keyword))
    yield Operation("or", (Operation("like", (title, text)), Operation("like", (title, Literal("%aaa%")))))
    yield Operation("and", (Operation("like", (title, text)), Operation("like", (title, Literal("%a%")))))


@settings(deadline=None, max_examples=40, derandomize=True)
@given(PATTERNS)
def test_a_pattern_finds_what_a_look_at_each_item_finds(store, documents, pattern):
    for condition in conditions(pattern):
        there = {one["id"] for one in documents if matches(condition, one)}
        page = store.find(ItemQuery(filter=condition, limit=100), EVERYTHING)
        assert {item.id for item in page.found} == there, condition
        assert store.count(ItemQuery(filter=condition), EVERYTHING, 1000) == len(there)


def liked(pattern):
    return ItemQuery(filter=Operation("like", (Property("own:title"), Literal(pattern))))


def test_letters_follow_the_changes_of_an_item(tmp_path, documents):
    store = filled(tmp_path, documents[:3])
    (changed,) = new(titled(0, "something else"))
    store.replace(changed, 1, [])
    assert found(store, "%Stra%") == []
    assert found(store, "%thing el%") == ["i0"]
    store.remove("a", "i0", 2, [])
    assert found(store, "%thing el%") == []
    assert [one.what for one in store.check(lambda *_: None)] == []
    store.close()


def test_a_store_of_before_finds_by_letters_as_soon_as_it_is_opened(tmp_path, documents):
    store = filled(tmp_path, documents)
    there = found(store, "%Stra%")
    store.close()
    url = f"sqlite:///{tmp_path / 'items.sqlite'}"
    engine = open_engine(url)
    migrate(engine, "catalogue", to="catalogue0006")
    engine.dispose()
    again = open_store(url)
    assert found(again, "%Stra%") == there
    keyword = Operation(SOME, (Property("own:words"), Array(()), Operation("like", (Property(VALUE), Literal("%aa!")))))
    assert [one.id for one in again.find(ItemQuery(filter=keyword), EVERYTHING).found] == ["i9"]
    again.close()


def test_letters_that_are_lost_or_left_over_are_found_and_mended(tmp_path, documents):
    store = filled(tmp_path, documents[:3])
    with store._connections.writing() as connection:
        connection.execute("DELETE FROM letters WHERE rowid = 1")
        connection.execute("INSERT INTO letters (rowid, said) VALUES (77, 'left over')")
    assert "i0" not in found(store, "%Stra%")
    assert {one.where for one in store.check(lambda *_: None, mend=True)} == {"letters", "a/i0"}
    assert "i0" in found(store, "%Stra%")
    assert list(store.check(lambda *_: None)) == []
    store.close()


def keyword_like(pattern):
    keyword = Operation("like", (Property(VALUE), Literal(pattern)))
    return ItemQuery(filter=Operation(SOME, (Property("own:words"), Array(()), keyword)))


def test_letters_are_found_at_any_depth_and_beyond_nul_also_in_a_store_of_before(tmp_path):
    words = ["deep water"]
    for _ in range(40):
        words = [words]
    odd = an_item("odd", "a", properties={"own:title": "shallow", "own:words": ["ab\ue000shore", words]})
    store = filled(tmp_path, [odd])
    store.close()
    engine = open_engine(f"sqlite:///{tmp_path / 'items.sqlite'}")
    for back in (False, True):
        if back:
            migrate(engine, "catalogue", to="catalogue0006")
        store = open_store(f"sqlite:///{tmp_path / 'items.sqlite'}")
        for pattern, there in (("%deep wat%", ["odd"]), ("%shore", ["odd"]), ("ab\0sho%", ["odd"]), ("%\0ab%", [])):
            assert [item.id for item in store.find(keyword_like(pattern), EVERYTHING).found] == there, pattern
        assert found(store, "shall\0%") == []
        store.close()
    engine.dispose()


def filled(folder, documents):
    store = open_store(f"sqlite:///{folder / 'items.sqlite'}")
    store.register_collection(VALIDATOR.collection(a_collection("a"), PUBLIC), [])
    for name in ("own:title", "own:words"):
        store.declare(Queryable(name, "string", "a", Reach.INDEXED), lambda *_: None)
    store.load([with_nul(one) for one in new(*documents)], told, replacing=True)
    return store


def found(store, pattern):
    return [item.id for item in store.find(liked(pattern), EVERYTHING).found]
