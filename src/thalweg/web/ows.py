"""How the classic OGC services tell an error: as an ``ows:ExceptionReport`` of the version that was spoken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from lxml import etree  # type: ignore[import-untyped]
from starlette.responses import Response

from thalweg.core.errors import (
    InvalidParameter,
    InvalidRequest,
    NotFound,
    NotSupported,
    ThalwegError,
)
from thalweg.web.answers import problem
from thalweg.web.kvp import MissingParameter

_UNPRINTABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class VersionNegotiationFailed(InvalidParameter):
    """None of the versions that the client takes is spoken here."""


class InvalidUpdateSequence(InvalidParameter):
    """The client knows a description that is newer than any that was given out."""


class OptionNotSupported(NotSupported):
    """The request asks for an option of an operation that is not offered; ``parameter`` says which."""

    def __init__(self, parameter: str, why: str) -> None:
        super().__init__(f"{parameter}: {why}")
        self.parameter = parameter
        self.why = why

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.parameter, self.why)


class OperationNotSupported(OptionNotSupported):
    """The request names an operation that is not offered."""


class NoApplicableCode(InvalidRequest):
    """The request breaks a rule that is not of one parameter."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one version of one service reports exceptions.

    Attributes:
        namespace: of OWS Common.
        version: what the report says of itself.
        schema: where the namespace's schema is.
    """

    namespace: str
    version: str
    schema: str


OWS_100 = Dialect("http://www.opengis.net/ows", "1.2.0", "http://schemas.opengis.net/ows/1.0.0/owsExceptionReport.xsd")
"""CSW 2.0.2, whose reports say 1.2.0 (07-006r1, 10.3.7)."""
OWS_110 = Dialect(
    "http://www.opengis.net/ows/1.1", "1.1.0", "http://schemas.opengis.net/ows/1.1.0/owsExceptionReport.xsd"
)
"""WMTS 1.0 and WPS 1.0."""
OWS_200 = Dialect(
    "http://www.opengis.net/ows/2.0", "3.0.0", "http://schemas.opengis.net/ows/2.0/owsExceptionReport.xsd"
)
"""CSW 3.0."""
_CODES: tuple[tuple[type[ThalwegError], str], ...] = (
    (MissingParameter, "MissingParameterValue"),
    (VersionNegotiationFailed, "VersionNegotiationFailed"),
    (InvalidUpdateSequence, "InvalidUpdateSequence"),
    (InvalidParameter, "InvalidParameterValue"),
    (OperationNotSupported, "OperationNotSupported"),
    (OptionNotSupported, "OptionNotSupported"),
)


def code_of(error: ThalwegError) -> str:
    """Return the exception code of OWS Common that says an error best."""
    if isinstance(error, NotFound) and locator_of(error):
        return "InvalidParameterValue"
    return next((code for kind, code in _CODES if isinstance(error, kind)), "NoApplicableCode")


def locator_of(error: ThalwegError) -> str | None:
    """Return the name of the parameter that is wrong."""
    return getattr(error, "parameter", None)


def element_of(error: ThalwegError, dialect: Dialect, reference: str | None = None) -> etree._Element:
    """Return the report; ``reference`` is what the log carries too."""
    within = f"{{{dialect.namespace}}}"
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    report = etree.Element(f"{within}ExceptionReport", nsmap={"ows": dialect.namespace, "xsi": xsi})
    report.set("version", dialect.version)
    report.set("language" if dialect is OWS_100 else _XML_LANG, "en")
    report.set(f"{{{xsi}}}schemaLocation", f"{dialect.namespace} {dialect.schema}")
    exception = etree.SubElement(report, f"{within}Exception", exceptionCode=code_of(error))
    if locator := locator_of(error):
        exception.set("locator", locator)
    for text in (str(error), None if reference is None else f"The log knows it as {reference}."):
        if text:
            etree.SubElement(exception, f"{within}ExceptionText").text = printable(text)
    return report


def report(error: ThalwegError, dialect: Dialect, reference: str | None = None) -> bytes:
    """Return the report as a document."""
    found: bytes = etree.tostring(element_of(error, dialect, reference), xml_declaration=True, encoding="UTF-8")
    return found


def refusal(error: ThalwegError, dialect: Dialect, reference: str | None = None) -> Response:
    """Return the answer that tells an error by a report, with its status of HTTP."""
    content = report(error, dialect, reference)
    return Response(content, error.status, headers_of(error), "application/xml; charset=UTF-8")


def headers_of(error: ThalwegError) -> dict[str, str]:
    """Return what HTTP says of an error beside its status: who may try again, and how to sign in."""
    told = problem(error).headers
    return {name: value for name, value in told.items() if name not in ("content-type", "content-length")}


def printable(text: str) -> str:
    """Return a text without the characters that XML 1.0 has none of."""
    return _UNPRINTABLE.sub("\ufffd", text)
