"""A Record written as text at once is the one that lxml would write."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given, settings
from lxml import etree
from made_records import WHOLE, iso_records

from thalweg.catalogue.api.fragments import addressed
from thalweg.catalogue.api.oai import entries
from thalweg.catalogue.api.oai.naming import Identifiers
from thalweg.catalogue.api.records.documents import Documents
from thalweg.catalogue.changes import Change
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records import schemas
from thalweg.catalogue.records.entries import Entry
from thalweg.catalogue.records.kept import kept
from thalweg.catalogue.records.record import Contact, Given, Link, Rights
from thalweg.catalogue.records.writers.nodes import sayable
from thalweg.core.items import Item
from thalweg.core.queries import Token

TOLD = [schema for schema in schemas.SCHEMAS if schema.tell is not None]
SETS = ("brief", "summary", "full")


def canonical(element):
    return etree.tostring(element, method="c14n", exclusive=True)


def test_some_schemas_are_written_so():
    assert {schema.prefix for schema in TOLD} == {"csw", "csw30", "oai_dc"}


@pytest.mark.parametrize("schema", TOLD, ids=lambda schema: schema.prefix)
@settings(deadline=None, max_examples=15, derandomize=True)
@given(record=iso_records)
def test_a_text_is_the_element(schema, record):
    for elements in SETS:
        text = schema.tell(record, elements)
        assert canonical(etree.fromstring(text)) == canonical(schema.write(record, elements))


def test_marks_and_ends_of_lines_are_kept():
    odd = replace(WHOLE, given=None, title="a <b> & \"c\" 'd' ]]>\r\n\te", description="\x00\ud7ff\ufffe\U0001f30a")
    (schema, *_) = TOLD
    element = etree.fromstring(schema.tell(odd, "full"))
    assert canonical(element) == canonical(schema.write(odd, "full"))
    assert element.findtext("{http://purl.org/dc/elements/1.1/}title") == "a <b> & \"c\" 'd' ]]>\r\n\te"


def test_what_xml_cannot_say_is_left_out():
    unsayable = [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
    assert {sayable(f"a{chr(one)}") for one in unsayable} == {"a"}
    assert sayable("\t\n\r \x7f\u2028\U0010ffff") == "\t\n\r \x7f\u2028\U0010ffff"


NOW = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENTS = Documents("https://eo.example", "https://eo.example/records")
OAI = schemas.by_prefix("oai_dc")
ODD = replace(
    WHOLE,
    given=None,
    title="a <b> & \x01\r\n",
    rights=Rights(license="proprietary", notes=("one", "two"), use=("", "copyright")),
    links=(Link("thalweg:/workspaces/demo/files/a.tif"), Link("https://example.org/?a=1&b=2")),
    contacts=(Contact("A", roles=("author", "publisher")), Contact(organization="A", roles=("originator",))),
)


def as_kept(record):
    new = kept(record, "demo.papers", "demo/anyone", Limits(), NOW)
    return Item(new.collection, new.id, new.body, 1, new.visibility_class)


def harvested(item):
    return entries.record(Change(NOW, item, Token((1, 1))), Identifiers("eo.example"), DOCUMENTS, OAI)


def the_long_way(item):
    return OAI.fragment(addressed(DOCUMENTS, Entry(item)))


def test_odd_texts_are_harvested_as_their_record_tells_them():
    for record in (
        ODD,
        replace(ODD, boxes=(), geometry=None, span=None, type="", themes=()),
        replace(WHOLE, given=None),
    ):
        item = as_kept(record)
        assert entries._at_once(Entry(item), orjson.loads(item.body), DOCUMENTS) == the_long_way(item)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(record=iso_records)
def test_what_is_harvested_is_what_the_record_tells(record):
    """Dublin Core straight from a kept document is that of the Record, which takes three times as long."""
    item = as_kept(replace(record, given=None))
    text = entries._at_once(Entry(item), orjson.loads(item.body), DOCUMENTS)
    assert text == the_long_way(item)
    assert text in harvested(item)


def test_a_document_that_was_given_goes_out_as_it_came():
    content = f'<oai_dc:dc xmlns:oai_dc="{OAI.uri}"/>'.encode()
    assert content in harvested(as_kept(replace(WHOLE, given=Given("application/xml", OAI.uri, content))))


def test_a_document_of_others_goes_the_long_way():
    document = orjson.loads(as_kept(ODD).body)
    boxless = {name: value for name, value in document.items() if name != "bbox"}
    lined = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
    solid = [1.0, 2.0, 0.0, 3.0, 4.0, 9.0]
    named_wrong = {**document["properties"], "formats": ["text/plain"]}
    for other in ({**boxless, "geometry": lined}, {**document, "bbox": solid}):
        item = replace(as_kept(ODD), body=orjson.dumps(other))
        assert entries._at_once(Entry(item), other, DOCUMENTS) is None
        assert the_long_way(item) in harvested(item)
    assert entries._at_once(Entry(as_kept(ODD)), {**document, "properties": named_wrong}, DOCUMENTS) is None
