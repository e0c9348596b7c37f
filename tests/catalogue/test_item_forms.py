"""Documents packed as what fills in a form are read as they were written, whatever else they say."""

import random

import orjson
import pytest
import shapely
import sqlalchemy as sa
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from made_items import EVERYBODY, PUBLIC, VALIDATOR, a_collection, an_item, events_of, new, register

from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.stores.sqlite.bodies import QUICK, Packers, form_taught, unpacker
from thalweg.catalogue.stores.sqlite.compacting import Compacting
from thalweg.catalogue.stores.sqlite.form_learning import form_of
from thalweg.catalogue.stores.sqlite.forms import Form
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.queries import ItemQuery
from thalweg.core.queryables import Queryable, Reach
from thalweg.sql.engines import reading
from thalweg.sql.migrations import migrate

BANDS = ("B02", "B03", "B04", "B08")
WORDS = st.text(st.sampled_from('aZ09_./:,-"\\\x00\x1f éè日本{}[]'), max_size=8)
SAID = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


def scene(number, seed=7, **more):
    """Return one of many Items that are alike as those of a mission are, each with addresses of its own."""
    own = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
    day = f"2024{own.randrange(1, 13):02}{own.randrange(1, 29):02}"
    name = f"S2A_{day}_T{own.randrange(10, 60)}{own.choice('QRST')}_{number}"
    assets = {
        band: {"href": f"https://example.org/{name[4:8]}/{name}/IMG/{name}_{band}.tif", "title": f"Band {band}"}
        for band in BANDS
    }
    cover = {"eo:cloud_cover": own.uniform(0, 100), "platform": own.choice(["a", "b"])}
    west = own.randrange(-170, 170) + 0.25
    return an_item(name, box=(west, 10, west + 1, 11), assets=assets, properties={**cover, **more})


def mapped(number):
    """Return an Item of another kind."""
    item = scene(number, seed=9)
    assets = {"map": {"href": f"https://example.org/maps/{item['id']}.tif", "title": f"Map {number}"}}
    return {**item, "assets": assets, "properties": {**item["properties"], "maps:edition": number % 7}}


def bodies(count, make=scene):
    """Return so many documents as a store packs them."""
    return [one.body for one in new(*(make(number) for number in range(count)))]


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'items.sqlite'}"


@pytest.fixture
def store(url):
    opened = open_store(url)
    opened.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
    yield opened
    opened.close()


def packed(store):
    """Return how many documents are packed by a form, and by others."""
    with store._connections.reading() as connection:
        sql = "SELECT count(form), sum(form IS NULL) FROM doc LEFT JOIN dict USING (d)"
        return connection.execute(sql).fetchall()[0]


def read(store, items):
    """Return the documents that are read of a store, one by one and all at once."""
    return [store.item("swot", one.id, EVERYBODY).body for one in items]


def test_what_fills_in_is_a_small_part_and_told_once():
    documents = bodies(80)
    form = Form.read(form_of(documents[:64]).written())
    for body in documents:
        said = form.fillings(body)
        assert form.text(said) == body
        assert said.count(b"IMG") == 1
        assert len(said) < len(body) / 4


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.lists(SAID, min_size=1, max_size=6), SAID)
def test_any_document_is_filled_in_as_it_is_or_not_at_all(said, other):
    form = form_of([orjson.dumps(one) for one in said])
    written = [orjson.dumps(one) for one in (*said, other)]
    if form is not None:
        form = Form.read(form.written())
        fillings = [form.fillings(one) for one in written]
        assert [form.text(one) for one in fillings if one is not None] == [
            body for body, one in zip(written, fillings, strict=True) if one is not None
        ]


@settings(deadline=None, max_examples=100, derandomize=True)
@given(SAID, st.integers(0, 63))
def test_a_document_that_says_something_else_is_packed_all_the_same(other, number):
    document = orjson.loads(BODIES[number])
    document["properties"]["platform"] = other
    for body in (orjson.dumps(document), orjson.dumps(other), BODIES[number] + b" ", b"\x00" + BODIES[number]):
        d, z = PACKERS.packed([BOOK], body)
        unpack = unpacker(BOOK) if d else zstandard.decompress
        assert unpack(z) == body


BODIES = bodies(64)
BOOK = form_taught(BODIES)._replace(d=1)
PACKERS = Packers(QUICK)


def test_the_items_of_a_load_are_packed_by_the_form_they_teach(store):
    items = new(*map(scene, range(200)))
    store.load(items, lambda _outcome, item: events_of([item])[0], replacing=False)
    by_form, others = packed(store)
    assert by_form > 9 * others
    assert read(store, items) == [one.body for one in items]


def size_of(store):
    """Return the bytes of all documents."""
    with store._connections.reading() as connection:
        return connection.execute("SELECT sum(length(z)) FROM doc").get


def test_items_of_another_kind_get_a_form_of_their_own_and_stay_readable(store):
    items = new(*map(scene, range(100)), *map(mapped, range(1000, 1400)))
    for start in range(0, 500, 100):
        store.load(items[start : start + 100], lambda _outcome, item: events_of([item])[0], replacing=False)
    assert packed(store) == (500, 0)
    assert read(store, items) == [one.body for one in items]
    with store._connections.reading() as connection:
        assert connection.execute("SELECT count(form) FROM dict").get > 1


def test_compacting_packs_by_a_form_what_came_before_there_was_one(store):
    for number in range(63):
        register(store, scene(number))
    assert packed(store) == (0, 63)
    items = new(*map(scene, range(63)))
    register(store, *map(scene, range(63, 130)))
    before = read(store, items)
    store.compact(lambda *_: None)
    assert packed(store)[0] > packed(store)[1]
    assert read(store, items) == before == [one.body for one in items]


def test_compacting_packs_closely_and_only_once(store):
    items = new(*map(scene, range(200)))
    store.register(items, events_of(items))
    sizes = [size_of(store)]
    store.compact(lambda *_: None)
    sizes.append(size_of(store))
    assert sizes[1] < sizes[0]
    with store._connections.reading() as connection:
        written = connection.execute("SELECT n, z FROM doc").fetchall()
    store.compact(lambda *_: None)
    with store._connections.reading() as connection:
        assert connection.execute("SELECT n, z FROM doc").fetchall() == written
    assert read(store, items) == [one.body for one in items]


def test_an_older_version_of_the_tables_reads_what_was_kept_shorter(store, url):
    slanted = {"type": "Polygon", "coordinates": [[[10, 10.25], [10.5, 10], [11, 10.75], [10.5, 11], [10, 10.25]]]}
    items = new(*map(scene, range(100)), an_item("slanted", geometry=slanted))
    store.register(items, events_of(items))
    assert packed(store)[0] > 0
    migrate(store._engine, "catalogue", "catalogue0001")
    with reading(store._engine) as connection:
        sql = "SELECT id, z, body, shape FROM item JOIN doc USING (n) LEFT JOIN dict USING (d)"
        rows = connection.execute(sa.text(sql)).all()
    written, shapes = {}, set()
    for item_id, z, words, shape in rows:
        data = None if words is None else zstandard.ZstdCompressionDict(words)
        written[item_id] = zstandard.ZstdDecompressor(dict_data=data).decompress(z)
        shapes.add(shape)
    assert written == {one.id: one.body for one in items}
    assert shapes == {None, shapely.to_wkb(shapely.geometry.shape(slanted))}
    again = open_store(url)
    assert read(again, items) == [one.body for one in items]
    again.close()


def test_texts_that_share_the_first_byte_of_a_letter_are_learnt(store):
    titles, fixed = ("é", "è à", "é ç", "è ä è", "é b c"), "What all of them say, in as many words as it takes. "
    items = new(*(an_item(f"i{n}", properties={"a:a": fixed, "a:b": titles[n % 5], "b:c": fixed}) for n in range(200)))
    for start in range(0, 200, 50):
        store.load(items[start : start + 50], lambda _outcome, item: events_of([item])[0], replacing=False)
    assert packed(store)[0] > 0
    assert read(store, items) == [one.body for one in items]


def alike(collection, number):
    """Return an Item that differs from the one of its number in another Collection only by what all of them say."""
    at = f"2024-05-01T00:{number // 60:02}:{number % 60:02}Z"
    more = {"a:kind": f"of {collection}", "a:n": number * 7919 % 1000}
    return an_item(f"i{number:04}", collection, datetime=at, properties=more)


def test_a_filter_is_asked_of_the_document_itself_though_another_fills_in_the_same(store):
    for collection in ("aaaa", "bbbb"):
        store.register_collection(VALIDATOR.collection(a_collection(collection), PUBLIC), [])
        for start in (0, 100):
            items = new(*(alike(collection, number) for number in range(start, start + 100)))
            store.load(items, lambda _outcome, item: events_of([item])[0], replacing=False)
    with store._connections.reading() as connection:
        assert connection.execute("SELECT count(DISTINCT z) < count(*) FROM doc").get
    for collection in ("aaaa", "bbbb"):
        store.declare(Queryable("a:kind", "string", collection, Reach.SEEN), lambda *_: None)
        said = Operation("=", (Property("a:kind"), Literal(f"of {collection}")))
        assert store.count(ItemQuery(filter=said), EVERYBODY, 1_000) == 200


def of_kind(number, kind):
    return an_item(f"i{number:05}", properties={"a:kind": kind * 3})


def test_what_is_changed_while_it_is_compacted_stays_changed(store, url, monkeypatch):
    made = [of_kind(n, "kind A ") for n in range(200)] + [of_kind(n, "other B ") for n in range(1000, 1800)]
    for start in range(0, 1000, 100):
        items = new(*made[start : start + 100])
        store.load(items, lambda _outcome, item: events_of([item])[0], replacing=False)
    (changed,) = new(of_kind(150, "other B "))
    with store._connections.reading() as connection:
        place = connection.execute("SELECT n FROM item WHERE id = ?", (changed.id,)).get
    before, other = Compacting._packed, open_store(url)

    def meanwhile(self, connection, shelves, row, *, closed):
        found = before(self, connection, shelves, row, closed=closed)
        if row[0] == place:
            assert found is not None
            other.replace(changed, 1, events_of([changed]))
        return found

    monkeypatch.setattr(Compacting, "_packed", meanwhile)
    store.compact(lambda *_: None)
    other.close()
    assert read(store, [changed]) == [changed.body]


def test_outlines_of_many_positions_are_not_laid_side_by_side():
    documents = [orjson.dumps([[n + k / 7, k * n] for k in range(3_000)]) for n in range(1, 65)]
    assert form_of(documents) is None
