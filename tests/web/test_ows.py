"""What goes wrong in a classic service is told by a report that its clients read."""

import pickle

import pytest
from lxml import etree

from thalweg.core.errors import (
    Forbidden,
    InvalidParameter,
    InvalidRequest,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from thalweg.web.kvp import Kvp, MissingParameter
from thalweg.web.ows import (
    OWS_100,
    OWS_110,
    OWS_200,
    InvalidUpdateSequence,
    NoApplicableCode,
    OperationNotSupported,
    OptionNotSupported,
    VersionNegotiationFailed,
    code_of,
    locator_of,
    report,
)

ERRORS = [
    (MissingParameter("id"), "MissingParameterValue", "id"),
    (InvalidParameter("bbox", "is none"), "InvalidParameterValue", "bbox"),
    (VersionNegotiationFailed("acceptVersions", "names none"), "VersionNegotiationFailed", "acceptVersions"),
    (InvalidUpdateSequence("updateSequence", "is newer"), "InvalidUpdateSequence", "updateSequence"),
    (OperationNotSupported("request", "is none"), "OperationNotSupported", "request"),
    (OptionNotSupported("interval", "is not offered"), "OptionNotSupported", "interval"),
    (NoApplicableCode("both"), "NoApplicableCode", None),
    (InvalidRequest("broken"), "NoApplicableCode", None),
    (TooLarge("too large"), "NoApplicableCode", None),
    (Unauthenticated("who?"), "NoApplicableCode", None),
    (Forbidden("no"), "NoApplicableCode", None),
    (NotFound("nothing"), "NoApplicableCode", None),
    (Unavailable("later"), "NoApplicableCode", None),
]


@pytest.mark.parametrize(("error", "code", "locator"), ERRORS)
@pytest.mark.parametrize("dialect", [OWS_100, OWS_110, OWS_200])
def test_an_error_has_its_code_and_its_place(error, code, locator, dialect):
    root = etree.fromstring(report(error, dialect, "abc"))
    (exception,) = root
    assert (etree.QName(root).namespace, root.get("version")) == (dialect.namespace, dialect.version)
    assert (exception.get("exceptionCode"), exception.get("locator")) == (code, locator)
    assert [one.text for one in exception] == [str(error), "The log knows it as abc."]


@pytest.mark.parametrize(("error", "code", "locator"), ERRORS)
def test_an_error_is_the_same_in_another_process(error, code, locator):
    other = pickle.loads(pickle.dumps(error))  # noqa: S301 - what it wrote itself
    assert (str(other), code_of(other), locator_of(other)) == (str(error), code, locator)


def test_what_no_document_may_hold_is_left_out():
    (exception,) = etree.fromstring(report(InvalidRequest("a\x00b\ufffec"), OWS_200))
    assert exception[0].text == "a\ufffdb\ufffdc"


def test_pairs_have_no_case_and_what_is_not_known_does_not_matter():
    kvp = Kvp([("SERVICE", "CSW"), ("service", "CSW"), ("sOmething", " else ")])
    assert (kvp.required("Service"), kvp.text("SOMETHING"), kvp.text("nothing")) == ("CSW", "else", None)
    assert "SErvice" in kvp
    assert not Kvp([])


def test_pairs_are_read_as_what_they_are():
    kvp = Kvp([("list", "a,, b ,c"), ("count", "12"), ("kind", "x"), ("empty", "")])
    assert kvp.listed("LIST") == ("a", "b", "c")
    assert (kvp.whole("count", 1), kvp.whole("other", 1)) == (12, 1)
    assert (kvp.choice("kind", {"x": 1}, 2), kvp.choice("other", {"x": 1}, 2)) == (1, 2)


@pytest.mark.parametrize(
    "read",
    [
        lambda kvp: kvp.required("empty"),
        lambda kvp: kvp.whole("kind", 1),
        lambda kvp: kvp.whole("count", 1, 20),
        lambda kvp: kvp.whole("much", 1),
        lambda kvp: kvp.choice("kind", {"y": 1}, 2),
        lambda kvp: kvp.listed("many"),
        lambda _: Kvp([("a", "1"), ("A", "2")]),
    ],
)
def test_what_is_wrong_is_named(read):
    kvp = Kvp([("count", "12"), ("kind", "x"), ("empty", " "), ("much", "9" * 30), ("many", "x," * 1_001)])
    with pytest.raises(InvalidParameter):
        read(kvp)
