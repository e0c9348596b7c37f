"""Another catalogue that speaks CSW 2.0.2 or 3.0, read from its first record to its last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import httpx

from thalweg.catalogue.filters.gml import local, namespace
from thalweg.catalogue.harvests.pages import Found, Opened, Page, Track, written
from thalweg.catalogue.records.fetching import SOURCE, place
from thalweg.catalogue.records.writers.dublin_core import CSW_2, CSW_3
from thalweg.catalogue.records.writers.iso19115_3 import MDB
from thalweg.catalogue.records.writers.iso19139 import GMD, GMI
from thalweg.core.errors import InvalidParameter, Unavailable
from thalweg.guard.markup import elements_of, parsed, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.records.fetching import Fetcher
    from thalweg.guard.markup import Element

CATALOGUES = frozenset({CSW_2, CSW_3})
"""The namespaces of CSW."""
_AT_ONCE = 100
_BEST = (MDB, GMD, GMI)
"""What tells more than Dublin Core, the best first."""
_TYPES = {GMD: "MD_Metadata", GMI: "MI_Metadata", MDB: "MD_Metadata"}
_PREFIXES = {GMD: "gmd", GMI: "gmi", MDB: "mdb"}
_OPERATION = frozenset({"service", "request", "version", "acceptversions", "sections"})
_XLINK = "{http://www.w3.org/1999/xlink}href"
_MOST_SAID = 300


@dataclass(frozen=True, slots=True)
class _Service:
    """How a catalogue is asked.

    Attributes:
        address: to which GetRecords is posted.
        csw: the namespace of the version that it speaks.
        schema: in which its records come.
        type_name: how records of this schema are called, with their namespace.
    """

    address: str
    csw: str
    schema: str
    type_name: tuple[str, str]


def opened(fetcher: Fetcher, url: str, wanted: str = "") -> Opened:
    """Open a catalogue.

    Args:
        fetcher: fetches what it answers.
        url: its address, with the parameters of one of its operations or without.
        wanted: the namespace in which its records should come; else they come in the best that it has.

    Raises:
        InvalidParameter: no catalogue is there.
        Unavailable: it does not answer.
    """
    return Opened(_pages(fetcher, _service(fetcher, url, wanted)))


def _service(fetcher: Fetcher, url: str, wanted: str) -> _Service:
    base = _bare(url)
    asked = base.copy_merge_params({"service": "CSW", "version": "2.0.2", "request": "GetCapabilities"})
    root = parsed(fetcher.get(str(asked)).content, SOURCE)
    if namespace(root) not in CATALOGUES or local(root) != "Capabilities":
        raise InvalidParameter(SOURCE, said(root) or "is no catalogue that speaks CSW")
    operation = next((one for one in elements_of(root, "Operation") if one.get("name") == "GetRecords"), None)
    if operation is None:
        raise InvalidParameter(SOURCE, "is a catalogue that answers no GetRecords")
    offered = _values(operation, "outputschema")
    schema = next((one for one in (wanted, *_BEST) if one in offered and one not in CATALOGUES), namespace(root))
    named = _TYPES.get(schema)
    types = {one.rpartition(":")[2] for one in _values(operation, "typenames")}
    type_name = (schema, named) if named is not None and named in types else (namespace(root), "Record")
    return _Service(_posted_to(operation, base), namespace(root), schema, type_name)


def _bare(url: str) -> httpx.URL:
    """Return an address without what one operation is asked by."""
    parsed_url = httpx.URL(url)
    kept = [(name, value) for name, value in parsed_url.params.multi_items() if name.lower() not in _OPERATION]
    return parsed_url.copy_with(params=kept) if kept else parsed_url.copy_with(query=None)


def _values(operation: Element, name: str) -> list[str]:
    parameters = (one for one in elements_of(operation, "Parameter") if (one.get("name") or "").lower() == name)
    return [text for one in parameters for text in texts_of(one, "Value")]


def _posted_to(operation: Element, base: httpx.URL) -> str:
    """Return where GetRecords is posted: where the catalogue says, unless behind its proxy it does not know itself."""
    for one in elements_of(operation, "Post"):
        href, encodings = one.get(_XLINK), texts_of(one, "Value")
        if href and (not encodings or "XML" in encodings) and _is_place(href, base):
            return str(href)
    return str(base)


def _is_place(href: str, base: httpx.URL) -> bool:
    try:
        return place(href) == place(str(base))
    except httpx.InvalidURL:
        return False


def _pages(fetcher: Fetcher, service: _Service) -> Iterator[Page]:
    start, track = 1, Track()
    while start:
        track.step(str(start))
        try:
            results = _results(fetcher, service, start)
        except Unavailable:
            plain = replace(service, schema=service.csw, type_name=(service.csw, "Record"))
            if start > 1 or plain == service:
                raise
            # Not each catalogue that says so can tell all of its records in another schema.
            service = plain
            results = _results(fetcher, service, start)
        found = tuple(Found(written(one)) for one in results)
        matched = _number(results, "numberOfRecordsMatched", start - 1 + len(found))
        yield track.new(Page(found, total=matched))
        start = _next(results, start, len(found), matched)


def _results(fetcher: Fetcher, service: _Service, start: int) -> Element:
    root = parsed(fetcher.post(service.address, _question(service, start)).content, SOURCE)
    results = next(iter(elements_of(root, "SearchResults")), None)
    if results is None:
        raise Unavailable(said(root) or "the source answers GetRecords with no SearchResults")
    return results


def _next(results: Element, start: int, count: int, matched: int) -> int:
    """Return the position of the next record, 0 where there is none.

    Raises:
        Unavailable: the catalogue says that there are more, and gives none.
    """
    following = _number(results, "nextRecord", start + count)
    if following == 0 and count:
        # Servers are known to always say 0; taken for the end, it would have all that follows removed here.
        following = start + count
    if following == 0 or following > matched:
        return 0
    if count == 0:
        raise Unavailable(f"the source tells of {matched} records, and gives {start - 1}")
    if following <= start:
        raise Unavailable("the source leads in a circle")
    return following


def _number(element: Element, name: str, usual: int) -> int:
    text = (element.get(name) or "").strip()
    return int(text) if text.isdecimal() and len(text) <= 12 else usual  # noqa: PLR2004 - what no catalogue has


def _question(service: _Service, start: int) -> bytes:
    space, name = service.type_name
    # The usual prefixes: servers are known to look at names, not at what their prefixes mean.
    prefix = _PREFIXES.get(space, "csw")
    bound = "".join(f" xmlns:{one}={quoteattr(of)}" for one, of in {"csw": service.csw, prefix: space}.items())
    version, results = ("3.0.0", "") if service.csw == CSW_3 else ("2.0.2", ' resultType="results"')
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<csw:GetRecords{bound} service="CSW" version="{version}"{results}'
        f' startPosition="{start}" maxRecords="{_AT_ONCE}" outputFormat="application/xml"'
        f' outputSchema={quoteattr(service.schema)}><csw:Query typeNames="{prefix}:{name}">'
        "<csw:ElementSetName>full</csw:ElementSetName></csw:Query></csw:GetRecords>"
    ).encode()


def said(root: Element) -> str:
    """Return what an exception report says; nothing of another document."""
    if local(root) != "ExceptionReport":
        return ""
    texts = texts_of(root, "ExceptionText")
    return f"the source answers: {(texts or ['an exception'])[0][:_MOST_SAID]}"
