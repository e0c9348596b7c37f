"""Records of all resources beside Items in one store: found together by who asks for Records, never by STAC."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from made_items import a_collection, an_item

from thalweg.catalogue.records.query import RecordQuery
from thalweg.catalogue.records.readers import iso
from thalweg.catalogue.records.record import Concept, Contact, Given, Record, Span, Theme
from thalweg.catalogue.records.service import Records
from thalweg.core.errors import Conflict, Forbidden, NotFound
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.geometry import BBox
from thalweg.core.principals import ANYONE
from thalweg.core.queries import Aggregation, CollectionQuery, ItemQuery, Sort
from thalweg.core.texts import Phrase
from thalweg.core.time import Interval
from thalweg.guard.markup import parsed
from thalweg.workspaces.service import Principal

ALICE, BOB = Principal("alice"), Principal("bob")
A_DOCUMENT = Record(
    id="guide",
    type="document",
    title="How the Yangtze floods",
    keywords=("river",),
    boxes=(BBox(110, 28, 122, 34),),
    span=Span("2019-06-01", "2019-08-31"),
    updated=datetime(2020, 1, 1, tzinfo=UTC),
)


def lower(expression):
    return Operation("casei", (expression,))


@pytest.fixture
def records(store, workspaces, limits):
    made = Records(store, workspaces, limits)
    made.ensure_catalogue("demo.library", "Library", "What was written.", ALICE)
    return made


@pytest.fixture
def both(records, catalogue):
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    catalogue.register(
        [an_item("olinda", "demo.images", box=(111, 29, 112, 30), datetime="2019-07-01T00:00:00Z")], ALICE
    )
    records.register([A_DOCUMENT], "demo.library", ALICE)
    return records


def ids(page):
    return [entry.id for entry in page.found]


def test_items_and_records_are_found_together(both):
    assert ids(both.search(RecordQuery(), ANYONE)) == ["demo.images:olinda", "guide"]
    assert ids(both.search(RecordQuery(bbox=BBox(111, 29, 111.5, 29.5)), ANYONE)) == ["demo.images:olinda", "guide"]
    july = Interval.parse("2019-07-01T00:00:00Z/2019-07-02T00:00:00Z")
    assert ids(both.search(RecordQuery(interval=july), ANYONE)) == ["demo.images:olinda", "guide"]
    assert both.count(RecordQuery(), ANYONE, 10) == 2


@pytest.mark.parametrize(
    ("types", "found"),
    [
        (("item",), ["demo.images:olinda"]),
        (("document",), ["guide"]),
        (("document", "item"), ["demo.images:olinda", "guide"]),
        (("service",), []),
    ],
)
def test_types_of_resources_narrow(both, types, found):
    assert ids(both.search(RecordQuery(types=types), ANYONE)) == found


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        (Operation("=", (Property("type"), Literal("item"))), ["demo.images:olinda"]),
        (Operation("<>", (Property("type"), Literal("item"))), ["guide"]),
        (Operation("not", (Operation("=", (Property("type"), Literal("document"))),)), ["demo.images:olinda"]),
        (
            Operation("like", (Operation("casei", (Property("type"),)), Operation("casei", (Literal("%ITEM%"),)))),
            ["demo.images:olinda"],
        ),
        (Operation("isNull", (Property("type"),)), []),
    ],
)
def test_a_filter_on_the_type_knows_what_items_are(both, filter, found):  # noqa: A002 - the protocol's word
    assert ids(both.search(RecordQuery(filter=filter), ANYONE)) == found


@pytest.mark.usefixtures("both")
def test_stac_knows_nothing_of_records(catalogue):
    assert [item.id for item in catalogue.search(ItemQuery(), ALICE).found] == ["olinda"]
    assert [one.id for one in catalogue.collections(CollectionQuery(), ALICE).found] == ["demo.images"]
    assert catalogue.count(ItemQuery(), ALICE) == 1
    with pytest.raises(NotFound):
        catalogue.collection("demo.library", ALICE)
    with pytest.raises(NotFound):
        catalogue.item("demo.library", "guide", ALICE)
    with pytest.raises(NotFound):
        catalogue.register([an_item("sneaked", "demo.library")], ALICE)


def test_a_record_is_found_by_the_id_that_it_tells(both):
    assert both.record("guide", ANYONE).record() == replace(A_DOCUMENT)
    entry = both.record("demo.images:olinda", ANYONE)
    assert (entry.is_item, entry.record().type, entry.record().parent) == (True, "item", "demo.images")
    with pytest.raises(NotFound):
        both.record("olinda", ANYONE)


def test_who_may_not_see_a_record_finds_none(records):
    records.ensure_catalogue("alice.notes", "Notes", "Her own.", ALICE)
    records.register([replace(A_DOCUMENT, id="secret")], "alice.notes", ALICE)
    assert ids(records.search(RecordQuery(), BOB)) == []
    assert records.count(RecordQuery(), BOB, 10) == 0
    assert ids(records.search(RecordQuery(), ALICE)) == ["secret"]
    with pytest.raises(NotFound):
        records.remove("secret", "alice.notes", BOB)


def test_who_may_only_read_writes_nothing(records):
    with pytest.raises(Forbidden):
        records.register([A_DOCUMENT], "demo.library", BOB)


def test_a_record_is_changed_and_removed(both):
    changed = both.replace(replace(A_DOCUMENT, title="How it floods"), "demo.library", ALICE)
    assert (changed.record().title, changed.item.version) == ("How it floods", 2)
    both.remove("guide", "demo.library", ALICE)
    with pytest.raises(NotFound):
        both.record("guide", ALICE)


def test_an_id_is_taken_once(both):
    with pytest.raises(Conflict, match="has a Record 'guide' already"):
        both.register([A_DOCUMENT], "demo.library", ALICE)


def test_facets_count_what_is_found(both):
    (types,) = both.facets(RecordQuery(), [Aggregation("type", "terms", "type")], ANYONE, 10)
    assert {bucket.key: bucket.count for bucket in types.buckets} == {"document": 1}


def test_words_of_vocabularies_and_of_who_answers_find_a_record(records):
    concepts = (Concept("https://vocabulary.example/7", "Hydrography"), Concept("Vegetation-Cropland"))
    record = replace(
        A_DOCUMENT,
        themes=(Theme("https://vocabulary.example/", concepts),),
        contacts=(Contact(organization="River Bureau", name="Ada Bär"), Contact(name="Cataloguer", of_record=True)),
    )
    records.register([record], "demo.library", ALICE)
    for words, found in (("hydrography", 1), ("cropland", 1), ("river bureau", 1), ("bar", 1), ("vocabulary", 0)):
        assert len(ids(records.search(RecordQuery(text=Phrase(tuple(words.split()))), ANYONE))) == found, words
    assert not ids(records.search(RecordQuery(text=Phrase(("cataloguer",))), ANYONE))
    assert records.record("guide", ANYONE).record() == record


def test_an_iso_document_is_kept_to_the_byte(records, real_data):
    paths = sorted((real_data / "iso").rglob("*.xml"))
    read = []
    for path in paths:
        content = path.read_bytes()
        root = parsed(content, path.name)
        if not root.tag.endswith("GetRecordsResponse"):
            given = Given("application/xml", root.nsmap.get(root.prefix), content)
            read.append(replace(iso.record_of(root), id=path.stem, given=given))
    records.load(read, "demo.library", ALICE)
    for record in read:
        assert records.record(record.id, ANYONE).record().given == record.given
    assert len(read) == 38
    sorted_by_title = records.search(RecordQuery(sort=(Sort("title"),), limit=50), ANYONE).found
    titles = [entry.record().title for entry in sorted_by_title]
    assert titles == sorted(titles)


def test_pages_are_turned_by_position_too(records):
    many = [replace(A_DOCUMENT, id=f"r{n:02}", title=f"Title {n:02}") for n in range(25)]
    records.register(many, "demo.library", ALICE)
    by_title = RecordQuery(sort=(Sort("title"),), limit=10)
    for skip in (20, 0, 10, 5, 24, 25, 100):
        found = ids(records.search(replace(by_title, skip=skip), ANYONE))
        assert found == [one.id for one in many][skip : skip + 10]
