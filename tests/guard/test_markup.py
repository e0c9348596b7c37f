"""XML of strangers has no document type, no entities, no end of the world."""

import pytest

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.guard import markup
from thalweg.guard.markup import number_of, parsed, text_of, texts_of

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]><a>&lol3;</a>"""
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def test_elements_are_found_whatever_their_namespaces():
    root = parsed(b'<a xmlns:n="urn:n"><n:b><c> 1 </c><c/></n:b><!-- no --><d><b><c>2</c></b></d></a>', "a.xml")
    assert texts_of(root, "b/c") == ["1", "2"]
    assert text_of(root, "b/c", "a.xml") == "1"
    assert number_of(root, "b/c", "a.xml", 0, 2) == 1
    with pytest.raises(InvalidParameter, match="has no b/d"):
        text_of(root, "b/d", "a.xml")
    with pytest.raises(InvalidParameter, match="not between 2 and 3"):
        number_of(root, "b/c", "a.xml", 2, 3)


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        OUTSIDE,
        OUTSIDE.decode().encode("utf-16"),
        OUTSIDE.decode().encode("utf-32"),
        b"<!doctype html><a/>",
        b"<a><b></a>",
        b"<a",
        b"",
        b"<a/><b/>",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"<a>" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_plain_xml_is_refused(content):
    with pytest.raises(InvalidParameter) as refused:
        parsed(content, "a.xml")
    assert refused.value.parameter == "a.xml"


def test_xml_has_a_bound(monkeypatch):
    monkeypatch.setattr(markup, "MOST_BYTES", 10)
    with pytest.raises(TooLarge):
        parsed(b"<a>12345678</a>", "a.xml")


@pytest.mark.parametrize("inside", ["<b/>" * 10, "<b" + "".join(f" a{n}=''" for n in range(10)) + "/>"])
def test_xml_has_a_bound_of_parts(monkeypatch, inside):
    parsed(f"<a>{inside}</a>".encode(), "a.xml")
    monkeypatch.setattr(markup, "MOST_MARKS", 10)
    with pytest.raises(TooLarge, match="tags and attributes"):
        parsed(f"<a>{inside}</a>".encode(), "a.xml")


@pytest.mark.parametrize("text", ["nan", "1e999", "one", "-1", "  "])
def test_a_number_that_is_none_is_refused(text):
    with pytest.raises(InvalidParameter):
        markup.number(text, "n", 0, 10)
