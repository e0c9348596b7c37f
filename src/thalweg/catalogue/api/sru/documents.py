"""Answers of SRU as XML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from thalweg.catalogue.api.fragments import standing_alone
from thalweg.catalogue.records.writers.nodes import sayable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from thalweg.catalogue.api.sru.diagnostics import Diagnostic
    from thalweg.catalogue.api.sru.requests import Packing, Spoken

SRW, DIAGNOSTIC = "http://www.loc.gov/zing/srw/", "http://www.loc.gov/zing/srw/diagnostic/"


def element(name: str, text: object) -> str:
    """Return an element with a text."""
    return f"<{name}>{escape(sayable(str(text)))}</{name}>"


def within(name: str, parts: Iterable[str]) -> str:
    """Return an element with others in it; nothing for none."""
    content = "".join(parts)
    return f"<{name}>{content}</{name}>" if content else ""


def packed(fragment: bytes, packing: Packing) -> str:
    """Return a document as it stands in ``recordData``."""
    return escape(fragment.decode()) if packing == "string" else standing_alone(fragment).decode()


def record(schema: str, data: str, packing: Packing, position: int = 0) -> str:
    """Return one record of an answer."""
    said = [element("recordSchema", schema), element("recordPacking", packing), f"<recordData>{data}</recordData>"]
    return within("record", [*said, element("recordPosition", position) if position else ""])


def diagnostics(found: Iterable[Diagnostic]) -> str:
    """Return what is said of diagnostics."""
    told = (
        f'<diagnostic xmlns="{DIAGNOSTIC}">{element("uri", one.uri)}'
        f"{element('details', one.details) if one.details else ''}{element('message', one)}</diagnostic>"
        for one in found
    )
    return within("diagnostics", told)


def echoed(operation: str, given: Mapping[str, str]) -> str:
    """Return the request as it is told in its answer."""
    name = f"echoed{operation[0].upper()}{operation[1:]}Request"
    return within(name, (element(key, given[key]) for key in _ECHOED[operation] if key in given))


_ECHOED = {
    "explain": ("version", "recordPacking"),
    "searchRetrieve": (
        "version", "query", "startRecord", "maximumRecords", "recordPacking", "recordSchema", "recordXPath",
        "resultSetTTL", "sortKeys",
    ),
    "scan": ("version", "scanClause", "responsePosition", "maximumTerms"),
}  # fmt: skip
"""In the order of the schema of each."""


def answer(spoken: Spoken, parts: Iterable[str]) -> bytes:
    """Return a whole answer."""
    root = f"{spoken.operation}Response"
    content = element("version", spoken.version) + "".join(parts)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SRW}">{content}</{root}>'.encode()


def refused(spoken: Spoken, given: Mapping[str, str], found: Diagnostic, described: str = "") -> bytes:
    """Return the answer to a request that is refused."""
    counted = element("numberOfRecords", 0) if spoken.operation == "searchRetrieve" else described
    return answer(spoken, [counted, echoed(spoken.operation, given), diagnostics([found])])
