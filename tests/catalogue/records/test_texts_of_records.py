"""A Record written as text at once is the one that lxml would write."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from lxml import etree
from made_records import WHOLE, iso_records

from thalweg.catalogue.records import schemas

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
