"""Whatever is asked of PostgreSQL, the answers to who may not see an Item are those of a store that has none of it."""

import sys
from itertools import product
from pathlib import Path

import psycopg
import pytest

from thalweg.catalogue.stores.pgstac import open_store
from thalweg.core.errors import ThalwegError
from thalweg.core.expressions import Array, Expression, Literal, Operation, Property
from thalweg.core.geometry import BBox
from thalweg.core.queries import Aggregation, CollectionQuery, ItemQuery, Sort, Token
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.texts import NoneOf, Phrase
from thalweg.core.time import Interval

sys.path.append(str(Path(__file__).parents[1] / "contracts"))  # the makers of Items stand with the contract

from made_items import EVERYBODY, PUBLIC, SECRET, VALIDATOR, a_collection, an_item, events_of, new, register

pytestmark = pytest.mark.postgres
SEEN = (1, 2.5, "quiet", "2024-05-01T00:00:00Z", True, ["a"], None, "5", 0, "'; DROP TABLE thalweg.item; --")
HIDDEN = (
    1e308, 5e-324, -1e308, 2**64 - 1, "infinity", "-infinity", "now", "99999-01-01", "2024-13-45", "NaN", "1e400",
    ["x", {"y": 1}], {"deep": [1]}, "x" * 2000, "%s", "quiet", 1, 2.5, False,
)  # fmt: skip
SAID = (
    "'; DROP TABLE thalweg.item; --",
    "%s",
    "%(visible)s",
    "%(v0)s",
    "a\0b",
    "\\",
    "$1",
    "x" * 100_000,
    "w' OR '1'='1",
)
NAMES = ("w", "hidden:only", "eo:cloud_cover", "id", "datetime", *SAID[:5])
KINDS = ("terms", "least", "greatest", "histogram", "dates", "geohash", "geotile")
VALUES = (1, 2.5, 1e308, 10**400, -(2**70), float("inf"), True, None, "quiet", *SAID)


@pytest.fixture
def store(pgstac_url):
    opened = open_store(pgstac_url)
    for name in ("swot", "more"):
        opened.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    for place, value in enumerate(SEEN):
        properties = {"w": value, "eo:cloud_cover": 10 * place, "title": f"river {place}"}
        register(opened, an_item(f"seen-{place}", "swot", (place, 0, place + 1, 1), properties=properties))
    yield opened
    opened.close()


def hide(store, url):
    """Put in what only its owner sees: Items of every kind, changed and removed ones, a Collection."""
    store.register_collection(VALIDATOR.collection(a_collection("secret.images", title="river"), SECRET), [])
    long = {"start_datetime": "0001-01-01T00:00:00Z", "end_datetime": "9999-12-31T23:59:59Z"}
    for place, value in enumerate(HIDDEN):
        properties = {"w": value, "hidden:only": value, "title": "hidden river", **long}
        item = an_item(f"hidden-{place}", ("swot", "secret.images")[place % 2], (170, -80, -170, 80))
        item["properties"] |= {**properties, "datetime": f"20{place:02}-05-01T00:00:00Z"}
        register(store, item, visibility_class=SECRET)
    gone = new(an_item("hidden-gone", "more"), an_item("hidden-changed", "more"), visibility_class=SECRET)
    store.register(gone, events_of(gone))
    store.remove("more", "hidden-gone", 1, [])
    store.replace(new(an_item("hidden-changed", "more", properties={"w": 7}), visibility_class=SECRET)[0], 1, [])
    with psycopg.connect(url) as connection:
        # A number that no double holds, as other programs may write one: to cast it fails.
        wide = "UPDATE thalweg.item SET p = jsonb_set(p, '{w}', '1e400') WHERE id = 'hidden-0'"
        assert connection.execute(wide).rowcount == 1


def filters():
    """Yield filters that SQL says whole, in part and not at all."""
    for place, (name, value) in enumerate(product(NAMES, VALUES)):
        yield Operation(("=", "<", "like", ">=")[place % 4], (Property(name), Literal(value)))
    for value in VALUES:
        yield Operation("in", (Property("w"), Array((Literal(value), Literal("5")))))
        yield Operation("a_contains", (Property("w"), Array((Literal(value),))))
        yield Operation("not", (Operation("=", (Property("w"), Literal(value))),))
        yield Operation("=", (Operation("casei", (Property("w"),)), Operation("casei", (Literal(value),))))
        yield Operation(">", (Operation("+", (Property("w"), Literal(value))), Literal(1)))
    yield Operation("isNull", (Property("w"),))
    yield Operation("=", (Property("w"), Property("hidden:only")))


def narrowings():
    """Yield questions by name, without their filters."""
    for name in NAMES:
        yield {"collections": (name,)}
        yield {"ids": (name,)}
        yield {"text": Phrase((name,))}
        yield {"sort": (Sort(name),)}
        yield {"sort": (Sort(name, descending=True), Sort("id"))}
    yield {"ids": tuple(f"hidden-{place}" for place in range(len(HIDDEN)))}
    yield {"collections": ("secret.images",)}
    yield {"text": NoneOf((Phrase(("quiet",)),))}
    yield {"bbox": BBox(170, -90, -170, 90)}
    yield {"interval": Interval.parse("../1900-01-01T00:00:00Z")}


def told(ask):
    """Return an answer, or what an error says, which must be one of ours."""
    try:
        return ask()
    except ThalwegError as error:
        return type(error).__name__, str(error)


def page(store, **narrowing):
    found = store.find(ItemQuery(**{"limit": 3, **narrowing}), EVERYBODY)
    return [(one.id, one.body, one.version) for one in found.found], found.next, found.previous


def asked_of_items(store, expression: Expression):
    def ask():
        query = ItemQuery(filter=expression)
        return page(store, filter=expression), store.count(query, EVERYBODY, 3)

    return ask


def answers(store):
    """Return what all questions are answered."""
    found = [told(asked_of_items(store, one)) for one in filters()]
    for narrowing in narrowings():
        found.append(told(lambda narrowing=narrowing: page(store, **narrowing)))
        unsorted = {name: value for name, value in narrowing.items() if name != "sort"}
        found.append(told(lambda unsorted=unsorted: store.count(ItemQuery(**unsorted), EVERYBODY, 4)))
    for name, kind in product(NAMES, KINDS):
        aggregation = Aggregation("a", kind, name, step=10, precision=3)
        found.append(told(lambda asked=aggregation: store.aggregate(ItemQuery(), [asked], EVERYBODY, 3)))
    found.append(told(lambda: store.aggregate(ItemQuery(), [Aggregation("n", "count")], EVERYBODY, 3)))
    for name in (None, "swot", "more", "secret.images", *SAID):
        found.append(told(lambda name=name: store.queryables(name, EVERYBODY)))
        found.append(told(lambda name=name: store.collection(name or "", EVERYBODY)))
    for query in (CollectionQuery(), CollectionQuery(text=Phrase(("river",))), CollectionQuery(ids=("secret.images",))):
        found.append(told(lambda query=query: store.collections(query, EVERYBODY)))
        found.append(told(lambda query=query: store.count_collections(query, EVERYBODY, 1)))
    for name in ("hidden-0", "hidden-gone", "hidden-changed", *SAID):
        for collection in ("swot", "more", "secret.images"):
            found.append(told(lambda name=name, of=collection: store.item(of, name, EVERYBODY)))
            found.append(told(lambda name=name, of=collection: store.versions(of, name, EVERYBODY)))
    return found


def test_what_is_hidden_changes_no_answer_and_no_error(store, pgstac_url):
    before = answers(store)
    hide(store, pgstac_url)
    after = answers(store)
    assert [(place, *both) for place, both in enumerate(zip(before, after, strict=True)) if both[0] != both[1]] == []


def test_a_walk_through_all_pages_passes_what_is_hidden(store, pgstac_url):
    def walk(sort):
        seen, token = [], None
        while True:
            found = store.find(ItemQuery(limit=2, sort=sort, after=token), EVERYBODY)
            seen.append([one.id for one in found.found])
            token = found.next
            if token is None:
                return seen

    sorts = [(), (Sort("w"),), (Sort("w", descending=True),), (Sort("title"),), (Sort("collection"), Sort("id"))]
    before = [walk(sort) for sort in sorts]
    hide(store, pgstac_url)
    assert [walk(sort) for sort in sorts] == before


@pytest.mark.parametrize("key", ["a", None, 1.5, 2**70, -1, float("nan"), True, "\0", "'; DROP TABLE thalweg.item; --"])
def test_a_place_that_is_none_is_refused_in_words(store, key):
    for sort, number in (((), 2), ((Sort("w"),), 4), ((Sort("id"),), 3), ((Sort("id"),), 2)):
        for backwards in (False, True):
            query = ItemQuery(sort=sort, after=Token((key,) * number, backwards))
            told(lambda query=query: store.find(query, EVERYBODY))
    told(lambda: store.collections(CollectionQuery(after=Token((key,))), EVERYBODY))
    told(lambda: store.collections(CollectionQuery(sort=(Sort("id"),), after=Token((key,))), EVERYBODY))
    assert store.count(ItemQuery(), EVERYBODY, 100) == len(SEEN)


def test_no_name_of_a_property_is_run(store):
    for name in SAID[:-2]:
        for reach in (Reach.INDEXED, Reach.SEEN):
            told(lambda name=name, reach=reach: store.declare(Queryable(name, "string", None, reach), lambda *_: None))
    assert store.count(ItemQuery(), EVERYBODY, 100) == len(SEEN)
