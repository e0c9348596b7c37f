"""Envelopes of SOAP 1.2 (and 1.1, which some clients still send): what is in them, and answers put in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]
from starlette.responses import Response

from thalweg.core.errors import InvalidParameter
from thalweg.web.ows import Dialect, element_of, headers_of

if TYPE_CHECKING:
    from thalweg.core.errors import ThalwegError
    from thalweg.guard.markup import Element

SOAP_12, SOAP_11 = "http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"
MEDIA_TYPES = {SOAP_12: "application/soap+xml", SOAP_11: "text/xml"}
_SERVER_ERRORS = 500


def is_envelope(element: Element) -> bool:
    """Tell whether a document is an envelope."""
    name = etree.QName(element)
    return name.namespace in MEDIA_TYPES and name.localname == "Envelope"


def namespace_of(element: Element) -> str:
    """Return the namespace of an element: of an envelope, which SOAP it is of."""
    return etree.QName(element).namespace or ""


def content_of(envelope: Element) -> Element:
    """Return the one element that an envelope's body holds.

    Raises:
        InvalidParameter: it holds none, or several.
    """
    bodies = [one for one in envelope if etree.QName(one).localname == "Body"]
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise InvalidParameter("Body", "an envelope has one Body with one request in it")
    return bodies[0][0]


def wrapped(content: bytes, soap: str) -> bytes:
    """Return an answer in an envelope, the same to the byte but for its declaration."""
    bare = content.partition(b"?>")[2].lstrip() if content.startswith(b"<?xml") else content
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{soap}"><soap:Body>'
    return b"".join((start.encode(), bare, b"</soap:Body></soap:Envelope>"))


def fault(error: ThalwegError, dialect: Dialect, soap: str, reference: str | None = None) -> bytes:
    """Return a fault with the report of an exception in it (07-006r1, 10.3.7.4)."""
    report = element_of(error, dialect, reference)
    sender = error.status < _SERVER_ERRORS
    within = f"{{{soap}}}"
    made = etree.Element(f"{within}Fault", nsmap={"soap": soap})
    if soap == SOAP_12:
        code = etree.SubElement(made, f"{within}Code")
        etree.SubElement(code, f"{within}Value").text = "soap:Sender" if sender else "soap:Receiver"
        reason = etree.SubElement(made, f"{within}Reason")
        text = etree.SubElement(reason, f"{within}Text")
        text.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
        text.text = error.title
        etree.SubElement(made, f"{within}Detail").append(report)
    else:
        etree.SubElement(made, "faultcode").text = "soap:Client" if sender else "soap:Server"
        etree.SubElement(made, "faultstring").text = error.title
        etree.SubElement(made, "detail").append(report)
    return wrapped(etree.tostring(made, encoding="UTF-8"), soap)


def refusal(error: ThalwegError, dialect: Dialect, soap: str, reference: str | None = None) -> Response:
    """Return the answer that tells an error by a fault."""
    content = fault(error, dialect, soap, reference)
    return Response(content, error.status, headers_of(error), f"{MEDIA_TYPES[soap]}; charset=UTF-8")
