"""CQL text of the classic services, old spellings too, asks what Filter Encoding would."""

import pytest

from thalweg.catalogue.filters.cql_text import read_cql
from thalweg.catalogue.filters.dividing import divided, spoken
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.texts import Phrase
from thalweg.cql2.matching import matches

RECORD = {
    "id": "guide",
    "collection": "demo.library",
    "geometry": {"type": "Polygon", "coordinates": [[[110, 28], [122, 28], [122, 34], [110, 34], [110, 28]]]},
    "bbox": [110, 28, 122, 34],
    "properties": {
        "type": "document",
        "title": "The farmer's BBOX(a,1,2,3,4)",
        "keywords": ["River"],
        "updated": "2006-05-12T08:30:00Z",
        "datetime": "2019-06-01T00:00:00Z",
    },
}


def holds(expression, record):
    return matches(spoken(expression), record)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dc:title LIKE '%farmer''s%'", True),
        ("dc:title = 'The farmer''s BBOX(a,1,2,3,4)'", True),
        ("title ILIKE '%FARMER%' AND type = 'document'", True),
        ("apiso:Subject = 'River'", True),
        ("NOT apiso:Subject = 'River'", False),
        ("CASEI(apiso:Subject) = CASEI('RIVER')", True),
        ("apiso:Type IN ('dataset', 'document')", True),
        ("dct:modified BETWEEN '2006-01-01' AND '2006-12-31'", True),
        ("dct:modified > DATE('2006-05-12')", False),
        ("dct:modified AFTER 2006-05-11T00:00:00Z", True),
        ("dct:modified BEFORE 2006-05-11", False),
        ("apiso:TempExtent_begin DURING 2019-05-31T00:00:00Z/2019-06-30T00:00:00Z", True),
        ("BBOX(ows:BoundingBox, 111, 29, 112, 30)", True),
        ("BBOX(ows:BoundingBox, 1, 2, 3, 4)", False),
        ("INTERSECTS(ows:BoundingBox, ENVELOPE(111, 112, 29, 30))", True),
        ("WITHIN(ows:BoundingBox, POLYGON((100 20, 130 20, 130 40, 100 40, 100 20)))", True),
        ("S_INTERSECTS(geometry, POINT(111 29))", True),
        ("dc:creator IS NULL", True),
        ("dc:creator IS NOT NULL", False),
        ("TRUE", True),
    ],
)
def test_text_asks_of_records(text, found):
    assert holds(read_cql(text), RECORD) is found


def test_all_words_are_free_text():
    found = divided(read_cql("csw:AnyText LIKE '%river%' AND dc:type = 'document'"))
    assert found.text == Phrase(("river",))
    assert holds(found.rest, RECORD)


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "dc:nonsense = 'x'", "dc:title = dc:type", "BBOX(dc:title, 1, 2, 3, 4)", "dc:title = 'x", "1 + 1",
     "dc:title LIKE '\x00\x01'", "DWITHIN(ows:BoundingBox, POINT(1 2), 3, km)"],
)  # fmt: skip
def test_what_is_no_filter_is_refused(text):
    with pytest.raises(InvalidParameter):
        read_cql(text)


def test_a_text_is_bounded():
    with pytest.raises(TooLarge):
        read_cql(" OR ".join(["dc:title = 'x'"] * 20_000))
